"""Reads files in processes beside this one, which may fail in any way without harm.

The readers are native code. On hostile files they were seen to abort the whole process, to fill
memory and to run without end. So files are read in children, forked from a server that has the
readers loaded, with limits on memory, time and writing for each file. A child that read one file
soundly reads the next one, in memory that it has already; one in which anything went wrong ends.
Whatever ends a child, its parent gets a result, or one error that names the file.
"""

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any, Generic, TypeVar

from relief_cli.errors import ReliefError, UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster import server
from relief_cli.roster.child import OUT_OF_MEMORY, Allowance, run
from relief_cli.roster.container import Container
from relief_cli.roster.limits import DEFAULT, MIB, Limits
from relief_cli.roster.refusals import ASK, RESAVE, SPLIT, refuse

Task = TypeVar("Task")
Result = TypeVar("Result")

_MOST_CHILDREN = 8

HEADROOM_BYTES = 320 * MIB
_MEMORY_PER_BYTE = {"xlsx": 8, "xlsm": 8, "ods": 16, "xlsb": 24, "xls": 24, "csv": 16}
"""Memory that reading may take for each unpacked byte; twice what rosters took when measured."""
_LAST_WORDS_SECONDS = 5.0
"""For a child to be gone that has closed its pipe."""
SECONDS = 10.0
_SECONDS_PER_BYTE = 1 / MIB
"""Time for each unpacked byte; a slow computer needs a twentieth of it."""


def allowance(container: Container, limits: Limits = DEFAULT) -> Allowance:
    """Give what reading ``container`` may cost, by its size and within ``limits``.

    A small file that claims to be small gets little, so that a forged claim ends soon.
    """
    size = container.inflated_bytes
    memory = HEADROOM_BYTES + _MEMORY_PER_BYTE[container.kind] * size
    return Allowance(
        file=container.name,
        memory_bytes=min(memory, limits.memory_bytes),
        seconds=min(SECONDS + _SECONDS_PER_BYTE * size, limits.seconds),
    )


def read_each(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    allowance_of: Callable[[Task], Allowance],
    *,
    parallel: int | None = None,
) -> Iterator[Result | ReliefError]:
    """Call ``function`` for each of ``tasks`` in child processes, with limits for each.

    The first children start at once; what they give is waited for when it is asked for.

    Args:
        function: a function of an importable module; its argument and result can be pickled.
        tasks: its arguments, each asked for when a child is free for it.
        allowance_of: what a task may cost and the name of its file; called in this process.
        parallel: how many children at once; by default the number of processors, at most 8.

    Returns:
        An iterator that gives for each task, in their order, the result; or the
        :class:`ReliefError` that was raised in the child; or :class:`UnreadableError`, F006 when
        the child went beyond its allowance and F001 when it crashed. What else was raised in a
        child is a fault of the program: the iterator raises it as it is, with the child's
        traceback as a note. Closing the iterator ends the children that still run.
    """
    server.warm_up()
    crew = _Crew(
        function, iter(tasks), allowance_of, parallel or min(_MOST_CHILDREN, _processors())
    )
    crew.fill()
    return crew.results()


@dataclass
class _Crew(Generic[Task]):
    """The children that work on one list of tasks."""

    function: Callable[[Task], object]
    coming: Iterator[Task]
    allowance_of: Callable[[Task], Allowance]
    most: int
    begun: list[Task] = field(default_factory=list)
    running: "dict[int, _Child]" = field(default_factory=dict)
    idle: "list[_Child]" = field(default_factory=list)

    def fill(self) -> None:
        """Give work to as many children as may run at once."""
        free = max(0, self.most - len(self.running))
        for task in islice(self.coming, free):
            self.begun.append(task)
            child = self.idle.pop() if self.idle else _start(self.function)
            self.give(len(self.begun) - 1, child)

    def give(self, index: int, child: "_Child") -> None:
        """Let ``child`` work on a task."""
        task = self.begun[index]
        child.begin(task, self.allowance_of(task))
        self.running[index] = child

    def results(self) -> Iterator[Any]:
        finished: dict[int, object] = {}
        try:
            for index in count():
                self.fill()
                if index == len(self.begun):
                    return
                while index not in finished:
                    self.collect(finished)
                    self.fill()
                yield _unpack(finished.pop(index))
        finally:
            for child in (*self.running.values(), *self.idle):
                child.end()

    def collect(self, finished: dict[int, object]) -> None:
        """Wait for at least one child and take what has come."""
        soonest = min(child.deadline for child in self.running.values())
        ready = multiprocessing.connection.wait(
            [child.pipe for child in self.running.values()], max(0.0, soonest - time.monotonic())
        )
        for index, child in list(self.running.items()):
            if child.pipe not in ready and time.monotonic() <= child.deadline:
                continue
            del self.running[index]
            answer = child.answer() if child.pipe in ready else (_too_slow(child.file), None)
            if answer is None and child.has_read:
                # What ended it may have been left by an earlier file: this one is tried alone.
                child.end()
                self.give(index, _start(self.function))
                continue
            error, payload = answer or (child.reason_of_death(), None)
            finished[index] = payload if error is None else error
            if error is None:
                self.idle.append(child)
            else:
                child.end()


def _unpack(outcome: object) -> object:
    if isinstance(outcome, Exception) and not isinstance(outcome, ReliefError):
        raise outcome
    return outcome


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class _Child:
    """A child, as its parent sees it."""

    process: ForkServerProcess
    pipe: Connection
    file: str = ""
    """The name of the file that it reads."""
    deadline: float = 0.0
    has_read: bool = False
    """It has answered before."""

    def begin(self, task: object, allowance: Allowance) -> None:
        """Give it a task; a child that is gone already is found out when its answer is awaited."""
        self.file = allowance.file
        # The child's own alarm comes first; this one is for a child that cannot even be alarmed.
        self.deadline = time.monotonic() + allowance.seconds + 2
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send_bytes(pickle.dumps((task, allowance), protocol=5))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()

    def answer(self) -> tuple[object, object] | None:
        """Take the error and the result, one of them ``None``; ``None`` if it died instead."""
        try:
            error, payload = pickle.loads(self.pipe.recv_bytes())  # noqa: S301  # our own child
        except (EOFError, OSError):
            return None
        self.has_read = True
        if isinstance(error, ReliefError) and error.file is None:
            error.file = self.file
        return error, payload

    def reason_of_death(self) -> UnreadableError:
        """Tell what its end means for the file."""
        self.process.join(_LAST_WORDS_SECONDS)
        return _reason_of_death(self.process.exitcode, self.file)


def _start(function: Callable[[Task], object]) -> _Child:
    pipe, childs_end = server.CONTEXT.Pipe()
    process = server.CONTEXT.Process(target=run, args=(function, childs_end), daemon=True)
    with server.clean_start():
        process.start()
    childs_end.close()
    return _Child(process, pipe)


def _reason_of_death(code: int | None, file: str) -> UnreadableError:
    if code in {-signal.SIGXCPU, -signal.SIGALRM}:
        return _too_slow(file)
    if code in {OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL}:
        return refuse(
            "F006",
            N_("Reading the file takes far more memory than a roster of its size."),
            file=file,
            remedy=SPLIT,
        )
    return refuse(
        "F001",
        N_("The file is damaged, or made in a way that no spreadsheet program uses."),
        file=file,
        remedy=RESAVE,
    )


def _too_slow(file: str) -> UnreadableError:
    return refuse(
        "F006",
        N_("Reading the file takes far longer than a roster of its size."),
        file=file,
        remedy=ASK,
    )
