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


def wait_for(pipe):
    """Wait until the process beside has done all that it found."""
    wait_until(pipe.poll)


def test_it_is_done_in_another_process_with_the_modules_asked_for(started):
    wait = started.share(tasks.pid_and_product, 2, [4, 5, 6])
    wait_for(started._started.pipe)  # noqa: SLF001
    made = wait()
    assert [product for _, product in made] == [8, 10, 12]
    ((pid, _), *others) = made
    assert pid != os.getpid()
    assert {one for one, _ in others} == {pid}
    wait = started.share(tasks.loaded, "pandas", [0])
    wait_for(started._started.pipe)  # noqa: SLF001
    assert wait() == [True]


def test_whoever_waits_takes_what_is_left(started):
    wait = started.share(tasks.pid_and_product, 1, [1])
    wait_for(started._started.pipe)  # noqa: SLF001  # it is up
    wait()
    made = started.share(tasks.slow_pid, 0.05, range(20))()
    here = made.count(os.getpid())
    assert (0 < here < 20, len(set(made)), len(made)) == (True, 2, 20)


def test_nothing_to_do_is_soon_done(started):
    assert started.share(tasks.pid_and_product, 2, [])() == []


def test_before_the_start_and_after_the_end_it_is_done_here():
    with Beside() as beside:
        assert beside.share(tasks.pid_and_product, 2, [4])() == [(os.getpid(), 8)]
        beside.start()
        wait = beside.share(tasks.pid_and_product, 2, [4])
        wait_for(beside._started.pipe)  # noqa: SLF001
        ((pid, _),) = wait()
    wait_until(lambda: not alive(pid))
    assert beside.share(tasks.pid_and_product, 2, [4])() == [(os.getpid(), 8)]


@pytest.mark.parametrize("dies", [tasks.die_unless, tasks.die_at_two_unless])
def test_where_the_process_dies_it_is_done_here(started, dies):
    here = os.getpid()
    wait = started.share(dies, here, range(5))
    wait_for(started._started.pipe)  # noqa: SLF001
    assert wait() == [0, 1, 2, 3, 4]
    assert started.share(tasks.pid_and_product, 2, [1])() == [(here, 2)]


@pytest.mark.parametrize("waiting", [False, True])
def test_what_it_raises_is_raised_here(started, waiting):
    wait = started.share(tasks.fail_at, 1, range(3))
    if waiting:
        wait_for(started._started.pipe)  # noqa: SLF001
    with pytest.raises(LookupError, match="1"):
        wait()


def test_it_says_nothing(started, capfd):
    wait = started.share(tasks.shout, None, [0])
    wait_for(started._started.pipe)  # noqa: SLF001
    assert wait() == [True]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_it_does_not_outlive_its_parent(ending):
    program = (
        "import signal, sys, time; import beside_tasks; from relief_cli.beside import Beside\n"
        # Whoever runs the tests in the background may have told them to ignore it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "beside = Beside(); beside.start()\n"
        "wait = beside.share(beside_tasks.pid_and_product, 1, [1])\n"
        "beside._started.pipe.poll(None); print(wait()[0][0], flush=True); time.sleep(60)\n"
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
        assert beside.share(tasks.pid_and_product, 2, [4])() == [(os.getpid(), 8)]
