"""What runs in a child process that reads files, one after the other: limits, and answers.

See :mod:`relief_cli.roster.sandbox` for the parent's side.
"""

import contextlib
import gc
import math
import multiprocessing
import os
import pickle
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from relief_cli.errors import ReliefError

Task = TypeVar("Task")

OUT_OF_MEMORY = 101
PANICKED = 102
"""Exit codes by which a child says what it has no memory or no words left to say."""


_LEAST_MEMORY_BYTES = 64 * 1024 * 1024
"""What a task may take at least, however large the process has become before it."""


@dataclass(frozen=True)
class Allowance:
    """What reading one file may cost."""

    file: str
    """The file's name, for messages."""
    memory_bytes: int
    """Address space beyond what a child has at its start."""
    seconds: float
    """Processor time, and time on the wall."""


def run(function: Callable[[Task], object], pipe: Connection) -> None:
    """Call ``function`` for what comes through ``pipe``; never returns.

    Each task comes with its :class:`Allowance` and is answered by ``(error, result)``. A process
    in which anything was raised answers and ends: only one that read soundly reads on.

    Args:
        function: reads one file.
        pipe: brings pickled pairs of task and allowance, and takes the pickled answers.
    """
    _fence_in()
    size_at_start = _address_space()
    while True:
        task, allowance = pickle.loads(pipe.recv_bytes())  # noqa: S301  # our own parent
        _limit(allowance, size_at_start)
        sound = True
        try:
            answer = pickle.dumps((None, function(task)), protocol=5)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except BaseException as error:  # noqa: BLE001  # handed to the parent, which raises it
            if (
                type(error).__name__ == "PanicException"
            ):  # of native code; nothing to import it from
                os._exit(PANICKED)
            answer = pickle.dumps((_portable(error), None), protocol=5)
            sound = False
        signal.setitimer(signal.ITIMER_REAL, 0)  # the parent may be busy when the result is ready
        pipe.send_bytes(answer)
        if not sound:
            os._exit(0)
        del task, answer


def settle() -> None:
    """Make a new process a quiet one that does not outlive its parent."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
    threading.Thread(target=_follow_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Looking for cycles would go through all that the server loaded, again and again.
    gc.disable()


def _fence_in() -> None:
    settle()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit(allowance: Allowance, size_at_start: int) -> None:
    """Limit what the next task may take; memory that earlier ones left free is used again."""
    used = time.process_time()
    _lower(resource.RLIMIT_CPU, math.ceil(used + allowance.seconds))
    if size := _address_space():
        memory = max(size_at_start + allowance.memory_bytes, size + _LEAST_MEMORY_BYTES)
        _lower(resource.RLIMIT_AS, memory)
    signal.setitimer(signal.ITIMER_REAL, allowance.seconds)


def _lower(kind: int, limit: int) -> None:
    """Set the limit that is enforced; the next task's is another one, maybe higher."""
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(0)


def _address_space() -> int:
    """Give the bytes of address space in use; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _portable(error: BaseException) -> Exception:
    """Give ``error`` in a form that arrives: with its traceback, and surely picklable."""
    text = "".join(traceback.format_exception(error))
    if isinstance(error, Exception):
        if not isinstance(error, ReliefError):
            error.add_note(f"In the process that read the file:\n{text}")
        with contextlib.suppress(Exception):
            pickle.loads(pickle.dumps(error))  # noqa: S301  # only whether it can
            return error
    return RuntimeError(f"{type(error).__name__} in the process that read the file:\n{text}")
