"""The server from which the processes that read files are forked.

Light to import, so that a command can start it before anything else is loaded.
"""

import contextlib
import fcntl
import functools
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing import forkserver
from multiprocessing.util import Finalize
from pathlib import Path
from types import ModuleType

CONTEXT = multiprocessing.get_context("forkserver")
_STARTING = threading.Lock()
_LONGEST_FOLDER = 55
"""Bytes of the folder for temporary files in which the server's socket has a name that is short
enough: the system takes 107 (``sun_path``), and what is below this folder has some fifty."""
_SHORT_FOLDER = "/tmp"  # noqa: S108  # a folder for the owner alone is made in it

_PREFIX = "relief-reading-"
FOLDER = "RELIEF_SOCKETS"
"""Where in its environment the server finds the folder of its socket."""

_LOADED = ("relief_cli.roster.reading",)
"""What the server loads before its first fork, by name alone: this module imports none of it."""


def warm_up() -> None:
    """Start the server, and return at once; has no effect on a server that runs already.

    Raises:
        OSError: there is no folder for temporary files, or no room in it.
    """
    CONTEXT.set_forkserver_preload(list(_LOADED))
    with clean_start(), _sockets_in(_own_folder()):
        forkserver.ensure_running()


@functools.cache
def _own_folder() -> Path:
    """Make this process's folder for sockets; remove those that killed processes have left.

    The server removes it as well when this process is gone, see
    :mod:`relief_cli.roster.reading`. Who makes one holds a lock on it for life.
    """
    parent = _temporary_folder()
    for folder in parent.glob(f"{_PREFIX}*"):
        _remove_leftover(folder)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        # Another process may take it for a leftover until the lock is held.
        if _locked(folder, fcntl.LOCK_SH) is not None:
            # After Python has removed its own folder in it, which has the priority -100.
            Finalize(None, shutil.rmtree, (folder, True), exitpriority=-101)
            return folder


def _temporary_folder() -> Path:
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError as error:
        raise FileNotFoundError(
            error.errno, error.strerror, os.environ.get("TMPDIR", _SHORT_FOLDER)
        ) from error
    return Path(folder if len(os.fsencode(folder)) <= _LONGEST_FOLDER else _SHORT_FOLDER)


def _remove_leftover(folder: Path) -> None:
    """Remove a folder of this user whose maker lives no more."""
    descriptor = _locked(folder, fcntl.LOCK_EX)
    if descriptor is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _locked(folder: Path, kind: int) -> int | None:
    """Give a descriptor that holds a lock on ``folder``; None where another process does."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:  # gone by now, another user's, or no folder
        return None
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        state = os.fstat(descriptor)
        if state.st_uid == os.geteuid() and os.path.samestat(state, folder.stat()):
            return descriptor
    except OSError:  # another process holds it, or has removed it
        pass
    os.close(descriptor)
    return None


@contextlib.contextmanager
def _sockets_in(folder: Path) -> Iterator[None]:
    """Let Python put the server's socket into ``folder``, and tell the server where it is."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        del os.environ[FOLDER]


@contextlib.contextmanager
def clean_start() -> Iterator[None]:
    """Keep what surrounds this process away from the server and the children.

    Python would run the caller's main program again in each child, and would let the server
    import modules from the current folder, which is where a clerk unpacks what came by mail.
    """
    settings = {
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # A child fills its memory once and ends: large pages, and nothing given back in between.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864"
        ":glibc.malloc.mmap_threshold=1073741824",
    }
    # Two threads may start children.
    with _STARTING:
        yield from _cleanly(settings)


def _cleanly(settings: dict[str, str]) -> Iterator[None]:
    main = sys.modules["__main__"]
    before = {name: os.environ.get(name) for name in settings}
    sys.modules["__main__"] = ModuleType("__main__")
    os.environ.update(settings)
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
