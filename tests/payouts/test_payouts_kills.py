"""A run that is killed at any moment and run again gives what an undisturbed run gives."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from golden import rosters
from golden.books import digests, entitled, recorded
from golden.running import arguments_of, done, environment, process

KILLING = Path(__file__).with_name("killing.py")
STEP = 23
"""Of so many points one is tried."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Give rosters, an office that paid them without trouble, and the answer."""
    folder = tmp_path_factory.mktemp("undisturbed")
    faults = {"persons": {"R103": 2, "R101": 1}, "csv": {"R202": 1}}
    paths, _ = rosters.make(folder / "in", 4, 160, ("csv", "persons"), faults=faults)
    office = folder / "office"
    return paths, office, done(office, paths)


def check_same(office, undisturbed):
    """Check an office's books and bytes, to the last file, against those without trouble."""
    _, other, answer = undisturbed
    assert recorded(office) == recorded(other)
    found, expected = digests(office), digests(other)
    del found["ledger.sqlite"], expected["ledger.sqlite"]  # its events bear the time
    assert found == expected
    assert len(entitled(office)) == answer["rows"]["paid"]


def killed_at(points, paths, folder):
    """Kill a run at each of ``points`` and run it again; give the jobs and what they told."""
    jobs = []
    for point in points:
        own = folder / str(point)
        own.mkdir()
        arguments = arguments_of(own / "office", paths)[3:]
        jobs.append({"arguments": arguments, "kill_at": point, "folder": str(own)})
    (folder / "jobs.json").write_text(json.dumps(jobs), "utf-8")
    told = process([sys.executable, KILLING, folder / "jobs.json"], timeout=300)
    assert told.code == 0, told.err
    return list(zip(jobs, told.json, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_killed_before_any_call_that_leaves_a_trace(undisturbed, tmp_path, half):
    paths = undisturbed[0]
    ((counted, _),) = killed_at([0], paths, tmp_path)
    told = json.loads((Path(counted["folder"]) / "first.json").read_text("utf-8"))
    assert told["code"] == 1, told["err"]
    calls = told["calls"]
    assert calls > 100
    points = range(1 + half * STEP, calls + 1, 2 * STEP)
    for job, ended in killed_at(points, paths, tmp_path):
        folder = Path(job["folder"])
        assert ended == {"killed": True, "status": 0}, job
        again = json.loads((folder / "again.json").read_text("utf-8"))
        assert again["code"] == 1, (job, again["err"])
        answer = json.loads(again["out"])
        check_answer(answer, folder / "office", undisturbed)
        check_same(folder / "office", undisturbed)


def check_answer(answer, office, undisturbed):
    """Check the answer against the one without trouble; its files are compared by their bytes."""
    expected = undisturbed[2]
    same = ("batch", "state", "rows", "amount_fen", "payments", "shares_fen", "findings")
    assert {name: answer[name] for name in same} == {name: expected[name] for name in same}
    assert answer["output"] == str(office / "out" / answer["batch"])


@pytest.mark.slow
def test_killed_at_moments_spread_over_its_time(undisturbed, tmp_path):
    paths = undisturbed[0]
    begun = time.monotonic()
    assert process(arguments_of(tmp_path / "whole", paths)).code == 1
    whole = time.monotonic() - begun
    for part in (0.5, 0.7, 0.9):  # before, it is still loading
        office = tmp_path / str(part)
        with started(office, paths) as run:
            time.sleep(whole * part)
            run.kill()
        assert process(arguments_of(office, paths)).code == 1
        check_same(office, undisturbed)


def started(office, paths, **options):
    return subprocess.Popen(
        arguments_of(office, paths), env=environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, **options,
    )  # fmt: skip


def test_killed_again_and_again(undisturbed, tmp_path):
    """Not one kill but one after the other on the same office, each a little later."""
    paths, office = undisturbed[0], tmp_path / "office"
    for moment in range(1, 6):
        with started(office, paths) as run:
            time.sleep(moment * 0.25)
            run.kill()
    assert process(arguments_of(office, paths)).code == 1
    check_same(office, undisturbed)


def test_no_child_outlives_a_killed_run(undisturbed, tmp_path):
    with started(tmp_path / "office", undisturbed[0], start_new_session=True) as run:
        time.sleep(0.6)
        run.kill()
    deadline = time.monotonic() + 10
    while living_in(run.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert living_in(run.pid) == []


def living_in(session):
    """Give the processes of a session that have not ended."""
    living = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == session and state != "Z":
            living.append(folder.name)
    return living


def test_stopped_by_the_clerk_it_says_so_and_can_be_run_again(undisturbed, tmp_path):
    paths, office = undisturbed[0], tmp_path / "office"
    command = arguments_of(office, paths)
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as run:  # fmt: skip
        time.sleep(0.8)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
    assert run.returncode in (1, 130)  # done already, or stopped
    assert b"Traceback" not in err
    assert process(command).code == 1
    check_same(office, undisturbed)


POINTS = {
    # What SQLite and the file system are asked for themselves, below any code of relief.
    "in the middle of the pages": "pwrite64:signal=SIGKILL:when=40",
    "before the ledger is durable": "fdatasync,fsync:signal=SIGKILL:when=9",
    "before the journal goes": "unlink:signal=SIGKILL:when=2",
    "before the folder is in place": "rename,renameat,renameat2:signal=SIGKILL:when=2",
}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("point", POINTS)
def test_killed_within_a_call_to_the_kernel(undisturbed, tmp_path, point):
    paths, office = undisturbed[0], tmp_path / "office"
    calls = POINTS[point].partition(":")[0]
    trace = ["strace", "-o", str(tmp_path / "trace"), "-e", f"trace={calls}",
             "-e", f"inject={POINTS[point]}"]  # fmt: skip
    killed = process([*trace, *arguments_of(office, paths)])
    if "ptrace" in killed.err:
        pytest.skip("processes may not be traced here")
    assert killed.code in (-signal.SIGKILL, 128 + signal.SIGKILL), killed.err
    assert process(arguments_of(office, paths)).code == 1
    check_same(office, undisturbed)
