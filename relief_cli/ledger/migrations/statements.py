"""What a revision does, statement by statement, in the files beside it.

They are kept as they were on the day of the revision: a ledger of any age must become what a new
one is, and the declarations of tables in the program go on changing.
"""

from collections.abc import Sequence
from pathlib import Path

_VERSIONS = Path(__file__).with_name("versions")
_BETWEEN = "\n--\n"


def statements(revision: str, database: str) -> Sequence[str]:
    """Give the statements of ``revision`` in ``database`` (``sqlite`` or ``postgresql``)."""
    path = _VERSIONS / f"{revision}.{database}.sql"
    if not path.exists():
        return ()  # nothing changes there
    return path.read_text("utf-8").rstrip("\n").split(_BETWEEN)
