"""Small files that an office writes by hand: settings, policy, bank templates, keys.

A folder that is missing or closed is an error with its name: without it the values of the office
would silently be those that come with the program.
"""

import errno
import os
import select
import stat
from pathlib import Path
from typing import BinaryIO

from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.settings import SETTINGS

_LONGEST_BYTES = 16 << 20
_LONGEST_STREAM_BYTES = 1 << 16
_WRITER_SECONDS = 10.0
_ABSENT = (FileNotFoundError, NotADirectoryError)


def toml_files(office: Path, name: str) -> list[Path]:
    """Give the ``.toml`` files in the folder ``name`` of an office, in the order of their names.

    Args:
        office: the office's folder; without ``relief.toml`` in it no folder is missed.
        name: of the folder, which ``relief init`` has made.

    Raises:
        PolicyError: ``office-folder``; the folder is missing or cannot be read.
    """
    folder = office / name
    try:
        files = [path for path in folder.iterdir() if path.name.endswith(".toml")]
    except _ABSENT as error:
        if not is_office(office):
            return []
        raise _missing(folder) if not folder.is_symlink() else _closed(folder, error) from error
    except OSError as error:
        raise _closed(folder, error) from error
    return sorted(files)


def is_office(folder: Path) -> bool:
    """Say whether ``folder`` holds a ``relief.toml``; also where the folder cannot be looked into.

    Whoever reads the settings says what is wrong with the folder.
    """
    try:
        (folder / SETTINGS).lstat()
    except _ABSENT:
        return False
    except OSError:
        return True
    return True


def read(path: Path) -> tuple[bytes, os.stat_result]:
    """Give the content of a small file and the state of what was opened.

    A pipe, a device or a folder is refused: reading it could wait forever or have no end.

    Raises:
        OSError: it cannot be read, is no file, or is larger than 16 MiB.
    """
    with open_file(path) as file:
        state = os.fstat(file.fileno())
        content = file.read(_LONGEST_BYTES + 1)
    if len(content) > _LONGEST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return content, state


def read_stream(path: Path) -> bytes:
    """Give the content of a file of keys or passwords, which may be a pipe that somebody writes.

    Raises:
        OSError: it cannot be read, is a pipe into which nobody writes for ten seconds, or is larger
            than 64 KiB, as what has no end.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not select.select([file], [], [], _WRITER_SECONDS)[0]:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        os.set_blocking(file.fileno(), True)
        content = file.read(_LONGEST_STREAM_BYTES + 1)
    if len(content) > _LONGEST_STREAM_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return content


def open_file(path: Path) -> BinaryIO:
    """Open a file to read; never wait for a pipe into which nobody writes.

    Raises:
        OSError: it cannot be opened, or is a pipe or a device.
    """
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "a pipe or a device, not a file")


def _missing(folder: Path) -> PolicyError:
    return PolicyError(
        "office-folder",
        N_("The folder {folder} of this office is missing."),
        why=N_("relief init made it. The office's own values in it would be lost in silence."),
        remedy=N_(
            "Put it back from a backup; if the office never had a file in it: mkdir -m 700 {path}"
        ),
        file=folder.name,
        folder=folder.name,
        path=str(folder),
    )


def _closed(folder: Path, error: OSError) -> PolicyError:
    return PolicyError(
        "office-folder",
        N_("The folder {folder} of this office cannot be read: {reason}."),
        why=N_("The office's own values in it would be lost in silence."),
        remedy=N_("Put it right, then run this again: {path}"),
        file=folder.name,
        folder=folder.name,
        path=str(folder),
        reason=error.strerror or type(error).__name__,
    )
