"""Bytes put in place: all of them or none, durable, and readable by the owner alone.

A file or a folder is made beside its place under a partial name, forced to the disk, renamed and
its folder forced to the disk. Whoever makes one holds a lock (``flock``) on it, and so does a
process that helps. A killed run loses its lock with its life, so whatever bears a partial name and
can be locked by one alone is a leftover.
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import BinaryIO

from relief_cli.errors import UsageError
from relief_cli.i18n import N_

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_SYNCING = 8
"""Files that are forced to the disk at once."""
_PIECE = 1 << 20
"""Bytes read at once of a file that may be large."""
_PARTIAL = re.compile(r"\..+\.partial-\d+-[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class OutputFile:
    """One file that a batch wrote."""

    path: str
    """Relative to the batch's folder, with ``/``."""
    kind: str
    """``bank``, or the report: ``payments``, ``held``, ``manifest`` and so on."""
    format: str
    """A bank template's name, or ``csv``, ``xlsx``, ``json``."""
    payments: int = 0
    """Payments that the file orders (笔数); 0 for a file that goes to no bank."""
    amount_fen: int = 0
    """Their sum (金额) in fen."""
    first_payment: int = 0
    """The number of the file's first payment; 0 for a file that goes to no bank."""
    sha256: str
    size: int
    """Bytes."""


def differing(known: Iterable[OutputFile], given: Iterable[OutputFile]) -> set[str]:
    """Give the paths of files that are not in both alike."""
    before = {file.path: file for file in known}
    after = {file.path: file for file in given}
    paths = before.keys() | after.keys()
    return {path for path in paths if before.get(path) != after.get(path)}


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of the file at ``path``, 64 hex digits.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_private_folder(path: Path) -> None:
    """Make the folder ``path``, and those above it that are missing, for the owner alone.

    The umask has no say. A folder that is there stays as it is.

    Raises:
        UsageError: ``write-failed``; the disk or its rights forbid it.
    """
    if not path.parent.exists():
        make_private_folder(path.parent)
    with named(path):
        try:
            path.mkdir(PRIVATE_FOLDER)
        except FileExistsError:
            if not path.is_dir():
                raise
        else:
            path.chmod(PRIVATE_FOLDER)
            # Else what is put into it later could be lost with its name.
            _sync(path.parent)


def write_new(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write ``content`` to ``path``, where nothing is yet, for the owner alone.

    For files of a folder that nobody reads yet: :func:`publish_folder` forces them to the disk.

    Args:
        path: where the bytes belong; its folder is there.
        content: all the bytes, or pieces of them in order.

    Raises:
        UsageError: ``write-failed``.
    """
    with named(path), create_new(path) as file:
        file.writelines(_pieces(content))


def create_new(path: Path) -> BinaryIO:
    """Open a new file at ``path`` to write and read, for the owner alone from the first moment.

    Raises:
        OSError: the disk refuses, or something is there.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE)
    os.fchmod(descriptor, PRIVATE_FILE)
    return os.fdopen(descriptor, "w+b")


def pieces_of(path: Path) -> Iterator[bytes]:
    """Give the content of the file at ``path`` in pieces.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def write_beside(path: Path, content: bytes | Iterable[bytes], *, replace: bool = True) -> bool:
    """Put ``content`` at ``path`` in one step; mode 0600.

    Args:
        path: where the bytes belong; its folder is there.
        content: all the bytes, or pieces of them in order.
        replace: whether they take the place of what is there, or are discarded where something is.

    Returns:
        Whether ``content`` went into place.

    Raises:
        UsageError: ``write-failed``; what was at ``path`` before is untouched.
    """
    with named(path), _partial(path, _create_file) as (partial, descriptor):
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.writelines(_pieces(content))
        os.fsync(descriptor)
        if replace:
            partial.rename(path)
        else:
            try:
                # Unlike renaming, it fails where another run has put something meanwhile.
                path.hardlink_to(partial)
            except FileExistsError:
                return False
        _sync(path.parent)
        return True


def move(path: Path, final: Path) -> None:
    """Give a file another name for good; both folders are forced to the disk.

    Raises:
        UsageError: ``write-failed``.
    """
    with named(final):
        path.rename(final)
        _sync(final.parent)
        _sync(path.parent)


@contextmanager
def partial_folder(final: Path) -> Iterator[Path]:
    """Give an empty private folder beside ``final`` to fill and then to publish.

    Leftovers of killed runs in the same place are removed first. At the end of the block a partial
    folder that was not published is removed too.

    Raises:
        UsageError: ``write-failed``; the disk or its rights forbid it.
    """
    with named(final), _partial(final, _create_folder) as (partial, _):
        yield partial


@contextmanager
def kept(partial: Path) -> Iterator[None]:
    """Keep a partial folder from being taken for a leftover while this process writes into it.

    For a process that helps: it may write on for a moment after the folder's maker was killed.

    Raises:
        UsageError: ``write-failed``; the folder was taken away already.
    """
    with ExitStack() as held:
        # What goes wrong while it writes is told by what it writes.
        with named(partial):
            held.enter_context(_locked(partial))
        yield


def publish_folder(partial: Path, final: Path) -> bool:
    """Put the finished folder ``partial`` at ``final`` in one step, durable and private.

    Where ``final`` already holds files, ``partial`` is discarded: the caller has made sure that
    both hold the same (the ledger knows the digest of every file).

    Returns:
        Whether ``partial`` went into place; ``False`` when ``final`` was there before.

    Raises:
        UsageError: ``write-failed``; ``final`` is untouched.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # not for `relief --help`

    with named(final):
        folders = list(os.walk(partial, topdown=False))
        paths = [Path(folder, name) for folder, _, names in folders for name in names]
        # The disk takes many at once in the time of a few.
        with ThreadPoolExecutor(_SYNCING) as threads:
            list(threads.map(_make_durable, paths, repeat(PRIVATE_FILE)))
        for folder, _, _ in folders:
            _make_durable(Path(folder), PRIVATE_FOLDER)
        try:
            # Never onto files: renaming a folder replaces nothing but an empty folder.
            partial.rename(final)
        except OSError as error:
            if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
                raise
            shutil.rmtree(partial)
            return False
        _sync(final.parent)
        return True


def remove_leftovers(folder: Path) -> None:
    """Remove from ``folder`` what killed runs left unfinished; a living run's work stays.

    Raises:
        OSError: a leftover cannot be removed.
    """
    for entry in list(folder.iterdir()):
        if not _PARTIAL.fullmatch(entry.name):
            continue
        with suppress(FileNotFoundError, BlockingIOError), _opened(entry) as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(entry, descriptor):
                _remove(entry)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into one clear message that names ``path``.

    Raises:
        UsageError: ``write-failed``.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(
            "write-failed",
            N_("Cannot write {path}: {reason}."),
            why=N_("Nothing was put in place; what stood there before is untouched."),
            remedy=N_("Make room on the disk or correct the folder's rights, then run it again."),
            file=path.name,
            path=str(path),
            reason=error.strerror or type(error).__name__,
        ) from error


@contextmanager
def _partial(final: Path, create: Callable[[Path], None]) -> Iterator[tuple[Path, int]]:
    """Give a new locked partial beside ``final`` and its descriptor; remove it if it remains."""
    remove_leftovers(final.parent)
    while True:
        # The process's number is for whoever looks at the folder; only the lock decides.
        name = f".{final.name}.partial-{os.getpid()}-{secrets.token_hex(8)}"
        partial = final.with_name(name)
        create(partial)
        # Another run may take it for a leftover until the lock is held.
        with suppress(_TakenError), _locked(partial) as descriptor:
            try:
                yield partial, descriptor
            finally:
                with suppress(FileNotFoundError):
                    _remove(partial)
            return


def _pieces(content: bytes | Iterable[bytes]) -> Iterable[bytes]:
    return (content,) if isinstance(content, bytes) else content


class _TakenError(FileNotFoundError):
    """A partial was taken away before who writes into it held the lock."""


@contextmanager
def _locked(partial: Path) -> Iterator[int]:
    """Give the descriptor of a partial, locked against whoever removes leftovers."""
    try:
        descriptor = os.open(partial, _flags(partial))
    except FileNotFoundError:
        raise _TakenError from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not _is_still(partial, descriptor):
            raise _TakenError
        yield descriptor
    finally:
        os.close(descriptor)


def _create_file(path: Path) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
    os.fchmod(descriptor, PRIVATE_FILE)
    os.close(descriptor)


def _create_folder(path: Path) -> None:
    path.mkdir(PRIVATE_FOLDER)
    with suppress(FileNotFoundError):  # taken away already, which locking it finds out
        path.chmod(PRIVATE_FOLDER)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Give a descriptor of the file (to write) or folder (to read) at ``path``."""
    descriptor = os.open(path, _flags(path))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _flags(path: Path) -> int:
    kind = os.O_RDONLY if path.is_dir() else os.O_WRONLY
    return kind | os.O_NOFOLLOW | os.O_CLOEXEC


def _is_still(path: Path, descriptor: int) -> bool:
    """Say whether ``path`` is what ``descriptor`` was opened on, not gone and not another."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _make_durable(path: Path, mode: int) -> None:
    path.chmod(mode)
    _sync(path)


def _sync(path: Path) -> None:
    """Force the file or folder at ``path`` to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
