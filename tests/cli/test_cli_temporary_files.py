"""What runs leave among the system's temporary files, however they ended: nothing."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from golden.running import PROGRAM, environment, process
from processes import wait_until
from rules.made import person, table, write_csv


@pytest.fixture
def temporary():
    """Give a folder with a name that is short enough for a socket in it."""
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def roster(tmp_path):
    return write_csv(tmp_path / "a.csv", table(*(person(number) for number in range(900))))


def started(roster, temporary):
    """Start a run and wait until it has made something among the temporary files."""
    command = [*PROGRAM, "--office", str(roster.parent), "check", str(roster)]
    running = subprocess.Popen(
        command,
        env=environment(TMPDIR=temporary),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: list(temporary.rglob("listener-*")))
    return running


def test_a_run_that_is_killed_leaves_nothing(roster, temporary):
    running = started(roster, temporary)
    running.kill()
    running.wait()
    wait_until(lambda: not list(temporary.iterdir()))


def test_what_nobody_is_left_to_remove_the_next_run_removes(roster, temporary):
    running = started(roster, temporary)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert list(temporary.iterdir())
    command = [*PROGRAM, "--office", str(roster.parent), "check", str(roster)]
    assert process(command, TMPDIR=temporary).code in (0, 1)
    assert not list(temporary.iterdir())


def test_what_a_living_run_needs_stays(roster, temporary):
    running = started(roster, temporary)
    os.kill(running.pid, signal.SIGSTOP)
    (own,) = temporary.iterdir()
    command = [*PROGRAM, "--office", str(roster.parent), "check", str(roster)]
    assert process(command, TMPDIR=temporary).code in (0, 1)
    assert list(temporary.iterdir()) == [own]
    os.kill(running.pid, signal.SIGCONT)
    assert running.wait(60) in (0, 1)
    assert not list(temporary.iterdir())
