import os
import signal
import stat
import subprocess
import sys
import textwrap

import pytest

from relief_cli.errors import UsageError
from relief_cli.files import (
    kept,
    make_private_folder,
    partial_folder,
    publish_folder,
    remove_leftovers,
    sha256_of,
    write_beside,
)

pytestmark = pytest.mark.disk


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=[0o000, 0o022, 0o277], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def start(code, *arguments):
    """Run ``code`` in a process of its own and wait until it prints a line."""
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)], stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"ready\n"
    return child


def kill(child):
    child.send_signal(signal.SIGKILL)
    child.communicate()


@pytest.mark.usefixtures("umask")
def test_written_file_is_whole_and_private(tmp_path):
    path = tmp_path / "a.csv"
    write_beside(path, iter([b"one,", b"two\n"]))
    assert path.read_bytes() == b"one,two\n"
    assert mode(path) == 0o600
    assert names(tmp_path) == ["a.csv"]


def test_writing_replaces_in_one_step(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_beside(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600


def test_failing_content_leaves_the_old_file_and_no_leftover(tmp_path):
    def content():
        yield b"half"
        raise RuntimeError

    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        write_beside(path, content())
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_full_disk_is_one_clear_message_and_leaves_nothing(tmp_path):
    code = """
        import resource, sys
        from pathlib import Path
        from relief_cli.errors import UsageError
        from relief_cli.files import write_beside
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            write_beside(Path(sys.argv[1]), [b"x" * 4000] * 3)
        except UsageError as error:
            print(error.code, error.file)
    """
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    shown = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)], capture_output=True, check=True
    )
    assert shown.stdout == b"write-failed a.csv\n"
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.csv"]


def test_missing_folder_is_one_clear_message(tmp_path):
    with pytest.raises(UsageError) as caught:
        write_beside(tmp_path / "none" / "a", b"")
    assert caught.value.code == "write-failed"


@pytest.mark.usefixtures("umask")
def test_published_folder_is_whole_and_private(tmp_path):
    final = tmp_path / "batch-1"
    with partial_folder(final) as partial:
        make_private_folder(partial / "bank")
        (partial / "bank" / "1.txt").touch(0o644)
        assert not final.exists()
        assert publish_folder(partial, final)
    assert names(tmp_path) == ["batch-1"]
    assert [mode(final), mode(final / "bank")] == [0o700, 0o700]
    assert mode(final / "bank" / "1.txt") == 0o600


def test_publishing_again_keeps_what_is_there(tmp_path):
    final = tmp_path / "batch-1"
    for content, published in (("first", True), ("second", False)):
        with partial_folder(final) as partial:
            (partial / "a").write_text(content)
            assert publish_folder(partial, final) is published
    assert (final / "a").read_text() == "first"
    assert names(tmp_path) == ["batch-1"]


def test_a_file_in_the_folders_place_is_an_error(tmp_path):
    final = tmp_path / "batch-1"
    final.write_text("mine")
    with pytest.raises(UsageError) as caught, partial_folder(final) as partial:
        publish_folder(partial, final)
    assert (caught.value.code, caught.value.file) == ("write-failed", "batch-1")
    assert final.read_text() == "mine"
    assert names(tmp_path) == ["batch-1"]


def test_unpublished_folder_is_removed(tmp_path):
    with partial_folder(tmp_path / "batch-1") as partial:
        (partial / "a").touch()
    assert names(tmp_path) == []


HOLD = """
    import sys, time
    from pathlib import Path
    from relief_cli.files import partial_folder, write_beside
    def content():
        yield b"half"
        print("ready", flush=True)
        time.sleep(60)
    final = Path(sys.argv[1])
    if sys.argv[2] == "file":
        write_beside(final, content())
    with partial_folder(final) as partial:
        (partial / "a").touch()
        for _ in content():
            pass
"""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_leftover_of_a_killed_run_is_removed_and_a_living_ones_is_not(tmp_path, kind):
    child = start(HOLD, tmp_path / "x", kind)
    try:
        remove_leftovers(tmp_path)
        write_beside(tmp_path / "y", b"")
        assert len(names(tmp_path)) == 2, "the living run's partial and y"
    finally:
        kill(child)
    assert len(names(tmp_path)) == 2
    write_beside(tmp_path / "y", b"")
    assert names(tmp_path) == ["y"]


def test_names_that_only_look_alike_are_left_alone(tmp_path):
    alike = {".x.partial-12", "x.partial-12-0123456789abcdef", ".x.partial-12-0123456789abcdef.bak"}
    for name in alike:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert set(names(tmp_path)) == alike


def test_digest_is_sha256(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_a_killed_runs_second_process_still_writes_into_is_no_leftover(tmp_path):
    child = start(HOLD, tmp_path / "x", "folder")
    (partial,) = tmp_path.iterdir()
    with kept(partial):
        kill(child)
        remove_leftovers(tmp_path)
        assert names(partial) == ["a"]
    remove_leftovers(tmp_path)
    assert names(tmp_path) == []
    with pytest.raises(UsageError) as caught, kept(partial):
        pytest.fail("it was taken away")
    assert caught.value.code == "write-failed"
