"""Which tables a ledger has: the revision that they are at, and which relief brought them there.

A new ledger is made from the declarations, see :mod:`relief_cli.ledger.creation`. Scripts in
:mod:`relief_cli.ledger.migrations` change an older one; ``docs/releasing.md`` says when one is due.
"""

import re
from collections.abc import Collection

import sqlalchemy as sa

from relief_cli import __version__
from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.columns import TEXT, table, text
from relief_cli.ledger.database import Database, damaged

KNOWN = ("0001",)
"""The oldest first; they sort as texts."""
NEWEST = KNOWN[-1]
"""What this program reads and writes."""
_REVISION = re.compile(r"[0-9]{4}")

# One row for the relief that made the tables, one for each that brought them up to date.
VERSIONS = table(
    "versions",
    sa.Column("revision", TEXT, primary_key=True),
    text("version"),
)


def stamp(connection: sa.Connection) -> None:
    """Record that this relief made the tables what they are."""
    connection.execute(VERSIONS.insert().values(revision=NEWEST, version=__version__))


def made_by(connection: sa.Connection) -> str:
    """Give the version of relief that made the ledger."""
    first = sa.select(VERSIONS.c.version).order_by(VERSIONS.c.revision).limit(1)
    return str(connection.execute(first).scalar_one())


def kept(database: Database, connection: sa.Connection, tables: Collection[str]) -> str:
    """Give the revision of a ledger that has ``tables``.

    Raises:
        UsageError: ``ledger-newer``.
        UnreadableError: ``ledger-damaged``; it says none, or what no relief has written.
    """
    rows = connection.execute(sa.select(VERSIONS)).all() if VERSIONS.name in tables else []
    versions = {str(row.revision): str(row.version) for row in rows}
    if not versions:
        raise damaged(database, "its revision is missing")
    if len(versions) < len(rows) or not all(map(_REVISION.fullmatch, versions)):
        raise damaged(database, "its revision is none of relief's")
    last = max(versions)
    if last > NEWEST:
        raise _newer(database, versions[last])
    if not versions.keys() <= set(KNOWN):
        raise damaged(database, "its revision is none of relief's")
    return last


def _newer(database: Database, version: str) -> UsageError:
    return UsageError(
        "ledger-newer",
        N_("The ledger was written by a newer relief (its version {found}, here {known})."),
        why=N_("What an older program does not know, it could not keep."),
        remedy=N_("Install the newer relief on this computer too."),
        file=database.file,
        found=version,
        known=__version__,
    )
