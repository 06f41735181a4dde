"""A process that is killed and run again gives what an undisturbed run gives; see also faults/.

Here it is the real command with its children, killed by the clock. What each call of the system
leaves when it is the last is tried in ``tests/faults/``.
"""

import signal
import subprocess
import time
from pathlib import Path

import pytest
from golden import rosters
from golden.books import digests, entitled, recorded
from golden.running import arguments_of, done, environment, process
from processes import wait_until

pytestmark = pytest.mark.disk
DATABASES = ("sqlite",)  # it is about files
BEFORE_READING = 3
"""Processes of a run: itself, the server of those that read, and what tracks their resources."""


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


def test_killed_at_moments_spread_over_its_time(undisturbed, tmp_path, warm, pytestconfig):
    paths = undisturbed[0]
    begun = time.monotonic()
    assert process(arguments_of(tmp_path / "whole", paths)).code == 1
    whole = time.monotonic() - begun
    # Before, it is still loading.
    for part in (0.5, 0.7, 0.9) if pytestconfig.option.matrix else (0.8,):
        office = tmp_path / str(part)
        with started(office, paths) as run:
            time.sleep(whole * part)
            run.kill()
        assert process(arguments_of(office, paths, program=warm)).code == 1
        check_same(office, undisturbed)


def started(office, paths, **options):
    return subprocess.Popen(
        arguments_of(office, paths), env=environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, **options,
    )  # fmt: skip


@pytest.mark.matrix
def test_killed_again_and_again(undisturbed, tmp_path, warm):
    """Not one kill but one after the other on the same office, each a little later."""
    paths, office = undisturbed[0], tmp_path / "office"
    for moment in range(1, 6, 2):
        with started(office, paths) as run:
            time.sleep(moment * 0.25)
            run.kill()
    assert process(arguments_of(office, paths, program=warm)).code == 1
    check_same(office, undisturbed)


def test_no_child_outlives_a_killed_run(undisturbed, tmp_path):
    with started(tmp_path / "office", undisturbed[0], start_new_session=True) as run:
        wait_until(lambda: len(living_in(run.pid)) > BEFORE_READING)
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


def test_stopped_by_the_clerk_it_can_be_run_again(undisturbed, tmp_path):
    paths, office = undisturbed[0], tmp_path / "office"
    command = arguments_of(office, paths)
    # Whoever runs the tests in the background may have told them to ignore the signal.
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as run:  # fmt: skip
        wait_until(lambda: len(living_in(run.pid)) > BEFORE_READING)
        wait_until(lambda: len(living_in(run.pid)) == BEFORE_READING)  # all is read
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert b"Traceback" not in err
    assert err.decode().rstrip().endswith(("重新运行即可。", "run it again."))
    assert process(command).code == 1
    check_same(office, undisturbed)
