"""The server from which the processes that read files are forked.

Light to import, so that a command can start it before anything else is loaded.
"""

import contextlib
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing import forkserver
from types import ModuleType

CONTEXT = multiprocessing.get_context("forkserver")
_STARTING = threading.Lock()
_LONGEST_FOLDER = 70
"""Bytes of the folder for temporary files in which the server's socket has a name that is short
enough: the system takes 107 (``sun_path``), and Python's own part is some thirty."""
_SHORT_FOLDER = "/tmp"  # noqa: S108  # a folder for the owner alone is made in it

_LOADED = ("relief_cli.roster.reading",)
"""What the server loads before its first fork, by name alone: this module imports none of it."""


def warm_up() -> None:
    """Start the server, and return at once; has no effect on a server that runs already."""
    CONTEXT.set_forkserver_preload(list(_LOADED))
    if len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER:
        tempfile.tempdir = _SHORT_FOLDER
    with clean_start():
        forkserver.ensure_running()


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
