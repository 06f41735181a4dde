"""The one way in which a report puts bytes on the disk."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from relief_cli.files import OutputFile, write_new


def save(folder: Path, name: str, content: bytes) -> OutputFile:
    """Write one report that only its owner can read.

    Args:
        folder: an existing folder that nobody reads yet; who publishes it does the fsync.
        name: the file's name: its stem is the kind, its ending the format.
        content: the bytes.

    Raises:
        UsageError: ``write-failed``; the disk refuses.
    """
    write_new(folder / name, content)
    return report_file(name, content)


def report_file(name: str, content: bytes) -> OutputFile:
    """Tell of a report whose bytes are ``content``; see :func:`save`."""
    return OutputFile(
        path=name,
        kind=Path(name).stem,
        format=Path(name).suffix.removeprefix("."),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def banks_only(files: Iterable[OutputFile]) -> list[OutputFile]:
    """Give the files among ``files`` that go to a bank, in their order."""
    return [file for file in files if file.kind == "bank"]
