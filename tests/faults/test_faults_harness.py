"""The harness itself: it counts what changes a disk, and knows what a loss of power leaves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from faults import points
from faults.disk import Durable, tree
from faults.watch import END, Fault

TESTS = Path(__file__).parents[1]
WATCHED = """
import json, os, sqlite3, sys
from pathlib import Path
from faults import libc
from faults.watch import Fault, Watch
folder = Path(sys.argv[1])
watch = Watch(folder, Fault("counted"), strict=True)
watch.begin(libc.places())
def done():
    watch.end()
    print(json.dumps([watch.counts, len(watch.escaped)]))
"""


def watched(code, folder):
    """Run ``code`` in a process that is watched, and give what it told."""
    command = [sys.executable, "-c", WATCHED + code, str(folder)]
    paths = {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    ended = subprocess.run(command, env=paths, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_what_python_and_sqlite_change_is_counted(tmp_path):
    code = """
(folder / "a").write_bytes(b"x")
(folder / "a").rename(folder / "b")
(folder / "c").mkdir()
(folder / "c").chmod(0o700)
(folder / "c").rmdir()
with (folder / "b").open("r+b") as file:
    file.truncate(0)
    os.fsync(file.fileno())
book = sqlite3.connect(folder / "book")
book.execute("CREATE TABLE persons (person)")
book.close()
Path(os.devnull).write_text("elsewhere")
done()
"""
    counts, escaped = watched(code, tmp_path)
    assert escaped == 0
    once = {"rename": 1, "mode": 1, "remove": 1, "truncate": 1, "commit": 1}
    assert {kind: counts[kind] for kind in once} == once
    assert counts["make"] == 4
    assert counts["write"] > 3
    assert counts["sync"] > 3


def test_a_change_that_is_not_counted_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    told = watched('os.link(folder / "file", folder / "link")\ndone()\n', tmp_path)
    assert told == [{}, 1]


@pytest.fixture
def disk(tmp_path):
    """Give a folder of which all is durable, and what knows so."""
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "old").chmod(0o600)
    return tmp_path, Durable(tmp_path)


def test_what_was_synced_outlives_the_power(disk):
    folder, durable = disk
    (folder / "new").write_bytes(b"new")
    (folder / "new").chmod(0o600)
    durable.made(folder / "new")
    durable.synced(folder / "new")
    durable.synced(folder)
    before = tree(folder)
    durable.lose_bytes()
    assert tree(folder) == before
    durable.lose_all()
    assert tree(folder) == before


def test_without_a_sync_of_the_file_its_bytes_are_lost(disk):
    folder, durable = disk
    (folder / "old").write_bytes(b"changed")
    (folder / "new").write_bytes(b"new")
    durable.made(folder / "new")
    durable.lose_bytes()
    assert (folder / "old").read_bytes() == b"old"
    assert (folder / "new").read_bytes() == b""


def test_without_a_sync_of_the_folder_names_are_as_before(disk):
    folder, durable = disk
    before = tree(folder)
    (folder / "old").rename(folder / "elsewhere")
    (folder / "new").mkdir()
    durable.made(folder / "new")
    durable.synced(folder / "new")
    durable.lose_all()
    assert tree(folder) == before


def test_a_sample_has_all_commits_and_both_ends():
    counts = {"write": 40, "sync": 9, "commit": 3}
    every = points.points(counts, (4096, 40960), ("small",))
    chosen = points.sample(every, 10)
    assert len(chosen) < len(every) / 3
    for what in ("killed", "EIO", "power", "bytes"):
        assert [Fault(what, "commit", n) in chosen for n in (1, 2, 3)] == [True] * 3
    assert sum(fault.at == END for fault in chosen) == 2
    assert {points.label(fault) for fault in chosen} == {points.label(fault) for fault in every}
