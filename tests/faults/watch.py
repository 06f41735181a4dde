"""Counts the calls by which this process changes one folder, and lets one of them go wrong."""

import ctypes
import errno
import os
import signal
import stat
import sys
import threading
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from faults import libc
from faults.disk import Durable, tree

_KINDS = {
    "write": "write", "pwrite": "write", "pwrite64": "write",
    "fsync": "sync", "fdatasync": "sync",
    "rename": "rename", "renameat": "rename",
    "unlink": "remove", "unlinkat": "remove", "rmdir": "remove",
    "mkdir": "make", "mkdirat": "make",
    "open": "make", "open64": "make", "openat": "make", "openat64": "make",
    "ftruncate": "truncate", "ftruncate64": "truncate",
    "chmod": "mode", "fchmod": "mode", "fchmodat": "mode",
}  # fmt: skip
_AT = frozenset({"renameat", "unlinkat", "mkdirat", "openat", "openat64", "fchmodat"})
_HERE = -100  # AT_FDCWD
KINDS = ("write", "sync", "rename", "commit", "make", "remove", "mode", "truncate")
"""What calls do. What removes SQLite's journal is a ``commit``: that instant decides."""
_PAGE = 4096
END = 0
"""The number of the call after the last: the command has ended."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and at which call."""

    what: str = ""
    """``killed`` before the call, ``torn`` in the middle of a write, ``ENOSPC`` or ``EIO`` once,
    ``full`` from the call on, ``power`` or ``bytes`` lost before it (see Durable), a ``small`` disk
    or a real one (``tmpfs``). ``counted``: nothing goes wrong.
    """
    kind: str = ""
    """Which calls are counted; ``+`` between several."""
    at: int = -1
    """Which of them, from 1; :data:`END` for after the last; bytes of a small disk."""

    def __str__(self):
        """Say it in short."""
        return f"{self.what} at {self.kind} {self.at}"


class Watch:
    """Stands between this process and the C library."""

    def __init__(self, folder, fault, *, strict=False):
        self.folder = os.fspath(folder)
        self.fault = fault
        self.strict = strict
        self.process = os.getpid()
        self.counts = Counter()
        self.fired = False
        self.escaped = []
        """Calls before which the folder was not as the call before had left it."""
        self.sizes = [_used(self.folder)] * 2
        """Bytes that its files filled at first, and at most."""
        self._lock = threading.RLock()
        self._inside = False
        self._durable = Durable(folder) if fault.what in ("power", "bytes") else None
        self._seen = tree(Path(folder)) if strict else None

    def begin(self, places):
        """See all calls from now on."""
        libc.replace(places, self._hook)

    def end(self):
        """The command has ended: what is lost now is what it said was done."""
        with self._lock:
            self._inside = True
            self._check_escaped("the end")
            if self.fault.at == END and self._durable:
                self._lose()

    def _hook(self, name, real, arguments):
        # A process that is being started shares this memory, and nothing of it is meant.
        if os.getpid() != self.process:
            return real(*arguments)
        with self._lock:
            if self._inside:
                return real(*arguments)
            self._inside = True
            try:
                return self._call(name, real, arguments)
            except BaseException:  # noqa: BLE001  # C cannot take it: the harness is at fault
                traceback.print_exc(file=sys.__stderr__)
                os._exit(99)
            finally:
                self._inside = False

    def _call(self, name, real, arguments):
        path = _path(name, arguments)
        kind = _kind(name, arguments, path)
        if not kind or not _is_in(path, self.folder):
            return real(*arguments)
        self._check_escaped(f"{name} {path}")
        self.counts[kind] += 1
        failed = self._fail(kind, real, arguments)
        if failed is not None:
            return failed
        answer = real(*arguments)
        self._note(kind, path, answer)
        return answer

    def _check_escaped(self, where):
        if self.strict and tree(Path(self.folder)) != self._seen:
            self.escaped.append(where)

    def _note(self, kind, path, answer):
        if self.strict:
            self._seen = tree(Path(self.folder))
        if self.fault.what == "counted":
            self.sizes[1] = max(self.sizes[1], _used(self.folder))
        if self._durable is not None and answer >= 0:
            if kind == "make":
                self._durable.made(path)
            elif kind == "sync":
                self._durable.synced(path)

    def _fail(self, kind, real, arguments):
        """Let the call go wrong if it is the one; ``None`` where it is to go right."""
        fault = self.fault
        if fault.what == "small":
            return self._small(kind, arguments)
        kinds = fault.kind.split("+")
        if kind not in kinds:
            return None
        number = sum(self.counts[one] for one in kinds)
        if number < fault.at or (number > fault.at and fault.what != "full"):
            return None
        first, self.fired = not self.fired, True
        if fault.what == "killed":
            _die()
        if fault.what in ("power", "bytes"):
            self._lose()
            _die()
        if fault.what == "torn":
            _half(real, arguments)
            _die()
        if fault.what == "full" and first and kind == "write" and arguments[2] > 1:
            return _half(real, arguments)  # a disk that runs full takes what it can
        ctypes.set_errno(errno.ENOSPC if fault.what in ("ENOSPC", "full") else errno.EIO)
        return -1

    def _small(self, kind, arguments):
        """Refuse what a disk of so many bytes has no room for, page by page."""
        left = self.fault.at - _used(self.folder)
        if kind != "write" or _growth(arguments) <= left:
            return None
        self.fired = True
        ctypes.set_errno(errno.ENOSPC)
        return -1

    def _lose(self):
        self._durable.lose_bytes() if self.fault.what == "bytes" else self._durable.lose_all()


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


def _half(real, arguments):
    descriptor, buffer, size, *offset = arguments
    return real(descriptor, buffer, size // 2, *offset)


def _path(name, arguments):
    """Give the path that a call is about; the first where there are two."""
    if isinstance(arguments[0], bytes):
        return os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100  # links are followed by nobody
    descriptor = arguments[0]
    if name not in _AT:
        return _of(descriptor)
    base = os.getcwd() if descriptor == _HERE else _of(descriptor)  # noqa: PTH109  # the plain text
    return os.path.normpath(os.path.join(base, os.fsdecode(arguments[1])))  # noqa: PTH118  # likewise


def _of(descriptor):
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  # the plain text
    except OSError:
        return ""


def _is_in(path, folder):
    return path == folder or path.startswith(folder + "/")


def _kind(name, arguments, path):
    """Give what a call does, ``None`` where it changes nothing."""
    kind = _KINDS[name]
    there = os.path.lexists(path)
    if kind == "make" and "open" in name:
        flags = arguments[2 if name in _AT else 1]
        if there:
            return "truncate" if flags & os.O_TRUNC else None
        return "make" if flags & os.O_CREAT else None
    if kind == "make":
        return None if there else "make"
    if kind == "remove" and path.endswith("-journal"):
        return "commit"
    if kind == "mode" and there:
        mode = arguments[2 if name in _AT else 1]
        return None if stat.S_IMODE(os.stat(path).st_mode) == mode else "mode"  # noqa: PTH116
    return kind if there or kind in ("write", "sync", "truncate") else None


def _used(folder):
    """Give the bytes of all pages that the files in ``folder`` fill."""
    return sum(_pages(path.stat().st_size) for path in Path(folder).rglob("*") if path.is_file())


def _growth(arguments):
    """Give the bytes of the pages by which a write would make its file longer."""
    descriptor, _, size, *offset = arguments
    start = offset[0] if offset else os.lseek(descriptor, 0, os.SEEK_CUR)
    length = os.fstat(descriptor).st_size
    return _pages(max(length, start + size)) - _pages(length)


def _pages(size):
    return -(-size // _PAGE) * _PAGE
