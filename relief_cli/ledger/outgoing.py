"""What a batch is to go out as: its bank files by their digests, and the formats they are made in.

It is recorded when the batch is prepared, so that an approval signs the bank files themselves.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields

import sqlalchemy as sa

from relief_cli.files import OutputFile
from relief_cli.ledger.events import canonical
from relief_cli.ledger.schema import LAYOUTS, PREPARED_FILES

_FILE = [PREPARED_FILES.c[each.name] for each in fields(OutputFile)]


@dataclass(frozen=True)
class Outgoing:
    """The bank files of a batch before they exist."""

    files: Sequence[OutputFile] = ()
    """By path."""
    layouts: Mapping[str, str] = field(default_factory=dict)
    """Bank format → the text of its template."""

    @property
    def digest(self) -> str:
        """The SHA-256 over all of it, 64 hex digits: what an approval signs besides the content."""
        told = {"files": [asdict(file) for file in self.files], "layouts": dict(self.layouts)}
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def add_outgoing(connection: sa.Connection, batch: int, outgoing: Outgoing) -> None:
    """Record what batch number ``batch`` is to go out as."""
    add_layouts(connection, batch, outgoing.layouts)
    if outgoing.files:
        rows = [{"batch": batch, **asdict(file)} for file in outgoing.files]
        connection.execute(PREPARED_FILES.insert(), rows)


def add_layouts(connection: sa.Connection, batch: int, layouts: Mapping[str, str]) -> None:
    """Record the texts of bank formats; those that are known stay as they are."""
    known = _layouts(connection, batch)
    rows = [
        {"batch": batch, "format": name, "text": text}
        for name, text in layouts.items()
        if name not in known
    ]
    if rows:
        connection.execute(LAYOUTS.insert(), rows)


def read_outgoing(connection: sa.Connection, batch: int) -> Outgoing:
    """Give what batch number ``batch`` was to go out as, with formats chosen at its export."""
    select = (
        sa.select(*_FILE).where(PREPARED_FILES.c.batch == batch).order_by(PREPARED_FILES.c.path)
    )
    files = [OutputFile(**row) for row in connection.execute(select).mappings()]
    return Outgoing(files, _layouts(connection, batch))


def _layouts(connection: sa.Connection, batch: int) -> dict[str, str]:
    select = (
        sa.select(LAYOUTS.c.format, LAYOUTS.c.text)
        .where(LAYOUTS.c.batch == batch)
        .order_by(LAYOUTS.c.format)
    )
    return {row.format: row.text for row in connection.execute(select)}
