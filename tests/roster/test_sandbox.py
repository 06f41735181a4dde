"""Each file is read in a child that may fail in any way."""

import os
import pickle
import signal
import subprocess
import sys
import time

import pytest
from hostile import child_tasks
from processes import alive, wait_until

from relief_cli.errors import PolicyError, ReliefError, UnreadableError
from relief_cli.roster import server
from relief_cli.roster.container import inspect
from relief_cli.roster.limits import Limits
from relief_cli.roster.sandbox import Allowance, allowance, read_each

MIB = 1024 * 1024


def little(_task, seconds=20.0):
    return Allowance(file="township.xlsx", memory_bytes=300 * MIB, seconds=seconds)


def hasty(task):
    return little(task, seconds=0.5)


def only(function, task=0, allowance_of=little):
    (outcome,) = read_each(function, [task], allowance_of)
    return outcome


def test_results_come_in_the_order_of_the_tasks():
    tasks = [9, 0, 5, 1, 7, 2]
    assert list(read_each(child_tasks.slow_double, tasks, little, parallel=3)) == [
        18, 0, 10, 2, 14, 4,
    ]  # fmt: skip


def test_nothing_to_read_starts_nothing():
    assert list(read_each(child_tasks.double, [], little)) == []


def test_a_named_error_arrives_as_it_was_and_names_the_file():
    error = only(child_tasks.refuse, "Sheet1")
    assert isinstance(error, UnreadableError)
    assert (error.code, error.file, error.sheet) == ("F003", "township.xlsx", "Sheet1")
    assert str(error) == "no header in 30 rows"
    assert error.remedy == "look"


def test_every_error_can_be_pickled():
    error = PolicyError("x", "{a}", why="w", remedy="r", file="f", sheet="s", cell="C7", a=1)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is PolicyError
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("task", ["abort", "killed", "fill_memory"])
def test_memory_is_f006(task):
    error = only(getattr(child_tasks, task))
    assert isinstance(error, UnreadableError)
    assert (error.code, error.file) == ("F006", "township.xlsx")
    assert "memory" in str(error)


@pytest.mark.parametrize("task", ["spin", "sleep"])
def test_time_is_f006(task):
    started = time.monotonic()
    error = only(getattr(child_tasks, task), allowance_of=hasty)
    assert isinstance(error, UnreadableError)
    assert (error.code, error.file) == ("F006", "township.xlsx")
    assert "longer" in str(error)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("task", ["segfault", "vanish", "panic"])
def test_a_crash_is_f001(task):
    error = only(getattr(child_tasks, task))
    assert isinstance(error, UnreadableError)
    assert (error.code, error.file) == ("F001", "township.xlsx")


def test_one_bad_file_does_not_disturb_the_others():
    outcomes = list(read_each(child_tasks.abort_on_two, [1, 2, 3], little))
    assert outcomes[0] == 1
    assert isinstance(outcomes[1], ReliefError)
    assert outcomes[2] == 3


def test_a_fault_of_the_program_stays_one_and_shows_where():
    with pytest.raises(KeyError, match="missing") as caught:
        only(child_tasks.bug)
    assert "child_tasks.py" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("task", ["unpicklable_bug", "unpicklable_result", "leave"])
def test_a_fault_that_cannot_travel_is_still_a_fault(task):
    with pytest.raises(Exception, match=r"process that read the file|pickle"):
        only(getattr(child_tasks, task))


def test_a_child_writes_no_files(tmp_path):
    assert only(child_tasks.write_file, str(tmp_path / "x")) == 0


def test_native_noise_does_not_reach_the_screen(capfd):
    only(child_tasks.shout)
    only(child_tasks.abort)
    assert capfd.readouterr() == ("", "")


def test_a_child_runs_nothing_of_the_callers_main_program():
    assert only(child_tasks.main_file) is None


def test_a_large_result_arrives_whole():
    assert only(child_tasks.big, 10 * MIB) == bytes(10 * MIB)


def test_closing_the_iterator_ends_the_children(tmp_path):
    outcomes = read_each(
        child_tasks.announce_and_sleep_unless_first,
        [str(tmp_path / "first"), str(tmp_path / "a")],
        little,
        parallel=2,
    )
    assert next(outcomes) == "first"
    wait_until(lambda: list(tmp_path.glob("a.*")))
    outcomes.close()
    pids = [int(path.suffix[1:]) for path in tmp_path.glob("a.*")]
    assert pids
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_the_death_of_the_parent_leaves_no_children(tmp_path, ending):
    program = (
        "import signal\n"
        # Whoever runs the tests in the background may have told them to ignore it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from relief_cli.roster.sandbox import *\n"
        "from hostile import child_tasks as c\n"
        f"tasks = [{str(tmp_path / 'a')!r}, {str(tmp_path / 'b')!r}]\n"
        "list(read_each(c.announce_and_sleep, tasks,"
        " lambda t: Allowance('f', 300 << 20, 50.0), parallel=2))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stderr=subprocess.DEVNULL
    ) as parent:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2, 20)
        parent.send_signal(ending)
    pids = [int(path.suffix[1:]) for path in tmp_path.iterdir()]
    wait_until(lambda: not any(alive(pid) for pid in pids))


def test_the_server_imports_nothing_from_the_current_folder(tmp_path):
    (tmp_path / "socket.py").write_text("open('/dev/null')\nraise SystemExit(9)\n", "ascii")
    program = (
        "import sys; sys.path.remove('')\n"
        "from relief_cli.roster.sandbox import *\n"
        "from hostile import child_tasks as c\n"
        "print(list(read_each(c.double, [4], lambda t: Allowance('f', 300 << 20, 50.0))))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("[8]\n", "")


def test_readers_are_not_charged_to_the_child():
    assert only(child_tasks.loaded) >= {"pyarrow", "python_calamine"}


def test_a_child_never_loads_pandas():
    assert only(child_tasks.array_and_pandas) == (["a"], "ModuleNotFoundError", False)


def test_a_child_that_read_soundly_reads_on_and_others_end():
    first, second = read_each(child_tasks.own_pid, [1, 2], little, parallel=1)
    assert first == second
    before, error, after = read_each(child_tasks.pid_or_refuse, [1, 0, 1], little, parallel=1)
    assert isinstance(error, UnreadableError)
    assert before != after


def test_a_file_is_not_blamed_for_what_an_earlier_one_left(tmp_path):
    # The second task dies in a process that read before, and is well in one of its own.
    tasks = [str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "c")]
    assert list(read_each(child_tasks.die_after_another, tasks, little, parallel=1)) == tasks


def test_every_task_has_its_own_time_and_memory():
    # The second takes longer than what the first left over, and less than it has itself.
    outcomes = read_each(
        child_tasks.spin_for, [0.7, 0.7, 0.7], lambda t: little(t, 1.5), parallel=1
    )
    assert list(outcomes) == [0.7, 0.7, 0.7]
    large = read_each(child_tasks.hold, [200 * MIB, 200 * MIB], little, parallel=1)
    assert list(large) == [200 * MIB, 200 * MIB]
    small, tall = read_each(child_tasks.hold, [10 * MIB, 4096 * MIB], little, parallel=1)
    assert small == 10 * MIB
    assert (tall.code, tall.file) == ("F006", "township.xlsx")


def test_warming_up_returns_at_once():
    started = time.monotonic()
    server.warm_up()
    assert time.monotonic() - started < 0.2


def test_the_allowance_grows_with_the_file_up_to_the_limits(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name,id\n", encoding="utf-8")
    container = inspect(path)
    small = allowance(container)
    assert small.file == "a.csv"
    assert 300 * MIB < small.memory_bytes < 400 * MIB
    capped = allowance(container, Limits(memory_bytes=MIB, seconds=1.0))
    assert (capped.memory_bytes, capped.seconds) == (MIB, 1.0)
