"""What a reading process is told to read: light to import, so that it is told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relief_cli.roster.container import Container
from relief_cli.roster.limits import Limits

if TYPE_CHECKING:  # loading the readers takes longer than starting the processes that have them
    from relief_cli.roster.reader import FileTable


@dataclass(frozen=True)
class Job:
    """A file, and how it is read."""

    container: Container
    limits: Limits
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The office's own headers by field."""
    sheets: tuple[str, ...] = ()
    """Sheets to read; all visible ones where empty."""
    passwords: tuple[str, ...] = field(default=(), repr=False)
    lists: bool = False
    """A list of another department is meant, not a roster."""


def read(job: Job) -> "FileTable":
    """Read a file in a reading process, see :func:`relief_cli.roster.reader.read_file`."""
    from relief_cli.roster.reader import read_file  # noqa: PLC0415  # see above

    return read_file(job)
