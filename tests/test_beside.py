"""Work done in a process beside this one, and here where there is none."""

import os
import signal
import subprocess
import sys

import beside_tasks as tasks
import pytest
from processes import alive, wait_until

from relief_cli.beside import Beside
from relief_cli.roster import server


@pytest.fixture
def started():
    with Beside() as beside:
        beside.start("pandas")
        yield beside


def test_it_is_done_in_another_process_with_the_modules_asked_for(started):
    pid, double = started.do(tasks.pid_and_double, 4)()
    assert (double, pid != os.getpid()) == (8, True)
    assert started.do(tasks.pid_and_double, 5)() == (pid, 10)
    assert started.do(tasks.loaded_pandas)()


def test_before_the_start_and_after_the_end_it_is_done_here():
    with Beside() as beside:
        assert beside.do(tasks.pid_and_double, 4)() == (os.getpid(), 8)
        beside.start()
        pid, _ = beside.do(tasks.pid_and_double, 4)()
    wait_until(lambda: not alive(pid))
    assert beside.do(tasks.pid_and_double, 4)() == (os.getpid(), 8)


def test_where_the_process_dies_it_is_done_here(started):
    here = os.getpid()
    assert started.do(tasks.die_unless, here)() == here
    assert started.do(tasks.pid_and_double, 1)() == (here, 2)


def test_what_it_raises_is_raised_here(started):
    with pytest.raises(LookupError, match="7"):
        started.do(tasks.fail, 7)()


def test_it_says_nothing(started, capfd):
    assert started.do(tasks.shout)()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_it_does_not_outlive_its_parent(ending):
    program = (
        "import signal, sys, time; import beside_tasks; from relief_cli.beside import Beside\n"
        # Whoever runs the tests in the background may have told them to ignore it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "beside = Beside(); beside.start()\n"
        "print(beside.do(beside_tasks.pid_and_double, 1)()[0], flush=True); time.sleep(60)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.send_signal(ending)
    wait_until(lambda: not alive(pid))


def test_where_no_process_can_be_started_it_is_done_here(monkeypatch):
    def refuse(_process):
        raise BlockingIOError

    monkeypatch.setattr(server.CONTEXT.Process, "start", refuse)
    with Beside() as beside:
        beside.start()
        assert beside.do(tasks.pid_and_double, 4)() == (os.getpid(), 8)
