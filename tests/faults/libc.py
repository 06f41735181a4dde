"""Puts functions of Python in the place of the C library's, for the calls that change a disk.

Python and SQLite call the C library through addresses that the dynamic linker has filled in. Here
these addresses are found (ELF: relocations that name a symbol) and overwritten. So SQLite's own
writes are seen as well as Python's, without a compiler, a debugger or rights that a test machine
may not give; and the kernel is still asked for real.
"""

import ctypes
import functools
import os
import struct
from collections.abc import Callable
from pathlib import Path

FD, PATH, FLAGS, BUFFER = ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p
SIZE, OFFSET, MODE = ctypes.c_size_t, ctypes.c_int64, ctypes.c_uint

ARGUMENTS = {
    "write": (FD, BUFFER, SIZE),
    "pwrite": (FD, BUFFER, SIZE, OFFSET),
    "pwrite64": (FD, BUFFER, SIZE, OFFSET),
    "fsync": (FD,),
    "fdatasync": (FD,),
    "ftruncate": (FD, OFFSET),
    "ftruncate64": (FD, OFFSET),
    "rename": (PATH, PATH),
    "renameat": (FD, PATH, FD, PATH),
    "unlink": (PATH,),
    "unlinkat": (FD, PATH, FLAGS),
    "rmdir": (PATH,),
    "mkdir": (PATH, MODE),
    "mkdirat": (FD, PATH, MODE),
    "open": (PATH, FLAGS, MODE),
    "open64": (PATH, FLAGS, MODE),
    "openat": (FD, PATH, FLAGS, MODE),
    "openat64": (FD, PATH, FLAGS, MODE),
    "chmod": (PATH, MODE),
    "fchmod": (FD, MODE),
    "fchmodat": (FD, PATH, MODE, FLAGS),
}
"""What is replaced. Whatever else should change a disk one day, `Watch.escaped` finds."""
_LONG = frozenset({"write", "pwrite", "pwrite64"})
_CALLERS = ("python", "sqlite")
"""Parts of a file's name: only these are given the replacements, all others keep the library's."""

# ELF (System V ABI): what a program header, a dynamic entry, a symbol and a relocation hold.
_DYNAMIC, _STRINGS, _SYMBOLS, _RELOCATIONS, _RELOCATIONS_SIZE = 2, 5, 6, 7, 8
_JUMPS, _JUMPS_SIZE = 23, 2
_SYMBOL_SIZE, _RELOCATION = 24, struct.Struct("QQq")
_READ_WRITE, _PAGE = 1 | 2, os.sysconf("SC_PAGE_SIZE")


class _Header(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("offset", ctypes.c_uint64),
        ("vaddr", ctypes.c_uint64), ("paddr", ctypes.c_uint64), ("filesz", ctypes.c_uint64),
        ("memsz", ctypes.c_uint64), ("align", ctypes.c_uint64),
    )  # fmt: skip


class _Object(ctypes.Structure):
    _fields_ = (
        ("base", ctypes.c_uint64), ("name", ctypes.c_char_p),
        ("headers", ctypes.POINTER(_Header)), ("count", ctypes.c_uint16),
    )  # fmt: skip


_LIBRARY = ctypes.CDLL(None, use_errno=True)
_VISIT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Object), ctypes.c_size_t, ctypes.c_void_p)


def places():
    """Give function → the addresses of the places that hold its address, in Python and SQLite."""
    found = {name: [] for name in ARGUMENTS}

    def visit(loaded, _size, _data):
        of = loaded.contents
        # The program itself has no name here.
        name = Path((of.name or b"").decode()).name or "python"
        if any(caller in name for caller in _CALLERS):
            for symbol, place in _relocations(of):
                if symbol in found:
                    found[symbol].append(place)
        return 0

    _LIBRARY.dl_iterate_phdr(_VISIT(visit), None)
    return found


def _relocations(loaded):
    """Give (symbol, place) of all relocations of one object that name a symbol."""
    dynamic = _dynamic(loaded)
    strings, symbols = dynamic[_STRINGS], dynamic[_SYMBOLS]
    for table, size in ((_RELOCATIONS, _RELOCATIONS_SIZE), (_JUMPS, _JUMPS_SIZE)):
        if table not in dynamic:
            continue
        entries = ctypes.string_at(dynamic[table], dynamic[size])
        for offset, info, _ in _RELOCATION.iter_unpack(entries):
            if symbol := info >> 32:
                name = ctypes.c_uint32.from_address(symbols + symbol * _SYMBOL_SIZE).value
                yield ctypes.string_at(strings + name).decode(), loaded.base + offset


def _dynamic(loaded):
    """Give the dynamic section of an object: tag → value, addresses as they are in memory."""
    section = next(
        header.vaddr for header in loaded.headers[: loaded.count] if header.type == _DYNAMIC
    )
    at, found = loaded.base + section, {}
    while tag := ctypes.c_int64.from_address(at).value:
        found[tag] = ctypes.c_uint64.from_address(at + 8).value
        at += 16
    for tag in (_STRINGS, _SYMBOLS, _RELOCATIONS, _JUMPS):
        # Some C libraries leave them relative to where the object lies.
        if found.get(tag, loaded.base) < loaded.base:
            found[tag] += loaded.base
    return found


def replace(found, hook: Callable):
    """Let ``hook(name, real, arguments)`` answer every call of the functions in ``found``."""
    for name, addresses in found.items():
        answer = ctypes.c_ssize_t if name in _LONG else ctypes.c_int
        kind = ctypes.CFUNCTYPE(answer, *ARGUMENTS[name], use_errno=True)
        replacement = kind(functools.partial(_call, hook, name, kind((name, _LIBRARY))))
        _KEPT.append(replacement)
        for place in addresses:
            # Some are read-only once the program is linked.
            if _LIBRARY.mprotect(ctypes.c_void_p(place & -_PAGE), _PAGE, _READ_WRITE):
                raise OSError(ctypes.get_errno(), "mprotect")
            pointer = ctypes.cast(replacement, ctypes.c_void_p).value
            ctypes.c_uint64.from_address(place).value = pointer


_KEPT = []
"""The replacements: they are called as long as this process lives."""


def _call(hook, name, real, *arguments):
    return hook(name, real, arguments)
