"""Several files in one: tar, with nothing in it but names and bytes, so the same give the same.

Archives are read by few rules and refused by all others. What :mod:`tarfile` understands beyond
them (links, devices, sparse files, names that lead elsewhere) no archive of relief holds.
"""

import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from relief_cli.errors import RefusedError, UnreadableError
from relief_cli.i18n import N_

_LONGEST_NAME = 100
"""Bytes; a longer name needs an extension of the format, which is written and not read here."""
_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1 << 20
_MODE = 0o600
# No part begins with a dot, and nothing stands in it that a disk or a screen takes for more.
_PART = r"[^/\\.\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*"
_NAME = re.compile(f"{_PART}(/{_PART})*")


@dataclass(frozen=True)
class Member:
    """One file to be packed."""

    name: str
    """With ``/``, relative."""
    size: int
    content: Iterable[bytes]


def packed(members: Iterable[Member]) -> Iterator[bytes]:
    """Give an archive of ``members`` in their order, in pieces."""
    for member in members:
        info = tarfile.TarInfo(member.name)
        info.size, info.mode = member.size, _MODE
        yield info.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")
        size = 0
        for piece in member.content:
            size += len(piece)
            yield piece
        if size != member.size:  # the file grew or shrank while it was read
            message = f"a member has {size} bytes, not {member.size}"
            raise ValueError(message)
        yield bytes(-size % _BLOCK)
    yield bytes(2 * _BLOCK)


def fits(name: str) -> bool:
    """Say whether a member called ``name`` is one that :func:`members` reads.

    >>> fits("out/dibao-2022-08-1/manifest.json"), fits("../manifest.json")
    (True, False)
    """
    return bool(_NAME.fullmatch(name)) and len(name.encode()) <= _LONGEST_NAME


def members(file: BinaryIO) -> Iterator[Member]:
    """Give the members of an archive; each is to be read to its end before the next.

    Raises:
        UnreadableError: ``archive-unreadable``; it is no archive, or not whole.
        RefusedError: ``archive-hostile``; it holds what no archive of relief holds.
    """
    names: set[str] = set()
    number = 0
    while (block := file.read(_BLOCK)) != bytes(_BLOCK):
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, ValueError) as error:
            raise _unreadable() from error
        number += 1
        key = info.name.casefold()  # some disks know no case
        plain = info.type == tarfile.REGTYPE and info.size >= 0 and fits(info.name)
        if not plain or key in names:
            raise _hostile(number)
        names.add(key)
        yield Member(info.name, info.size, _content(file, info.size))
        file.read(-info.size % _BLOCK)
    if file.read(_BLOCK + 1) != bytes(_BLOCK):
        raise _unreadable()


def _content(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(size, _PIECE))
        if not piece:
            raise _unreadable()
        size -= len(piece)
        yield piece


def _unreadable() -> UnreadableError:
    return UnreadableError(
        "archive-unreadable",
        N_("The file is not a whole tar archive."),
        why=N_("It was cut short or changed on the way, or is another kind of file."),
        remedy=N_("Fetch it again from where it was kept, or take another backup."),
    )


def _hostile(number: int) -> RefusedError:
    return RefusedError(
        "archive-hostile",
        N_("The archive holds what relief never puts into one: member {number}."),
        why=N_("Such an archive can be made to write where it should not."),
        remedy=N_("Do not unpack it by other means; find out where the file came from."),
        number=number,
    )
