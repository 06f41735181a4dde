"""A file that is to be read, and how; light to import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from relief_cli.roster.container import Container
from relief_cli.roster.limits import Limits


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
