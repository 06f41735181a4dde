"""How large a roster may be before it is refused unread.

The figures let a million people with sixteen columns through, on the slow computers of a county,
and stop what was made to fill memory. A province is read as a hundred files, not as one.
"""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The largest roster file that is read; beyond any of these it is F006."""

    rows: int = 1_200_000
    """Rows of one sheet; Excel itself ends at 1,048,576."""
    columns: int = 512
    """Columns of one sheet that hold anything."""
    file_bytes: int = 512 * MIB
    """Size on disk."""
    inflated_bytes: int = 3 * GIB
    """Size of everything in a packed file; a million rows of sixteen columns are 0.9 GiB."""
    ratio: int = 200
    """Bytes that one packed byte may become, in a part large enough to matter; tables reach 30."""
    ratio_from_bytes: int = 32 * MIB
    """Parts below this size may be packed as tightly as they like."""
    entries: int = 10_000
    """Parts in a packed file."""
    line_bytes: int = 8 * MIB
    """Length of one line of a text file."""
    memory_bytes: int = 6 * GIB
    """What reading one file may take."""
    seconds: float = 600.0
    """How long reading one file may take."""


DEFAULT = Limits()
