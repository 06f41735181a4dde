"""Which tables a ledger has: the number of the last change to them that it went through.

Changes are in :mod:`relief_cli.ledger.migrations`, and Alembic carries them out. A new ledger is
made at once with all of them, see :mod:`relief_cli.ledger.creation`.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from relief_cli.errors import ReliefError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.database import Database, damaged

NEWEST = "0004"
"""What this program reads and writes."""
KNOWN = ("0001", "0002", "0003", "0004")
OF_VERSIONS: Mapping[int, str] = {4: "0001"}
"""Ledgers in SQLite had numbers of versions first: number → the revision with the same tables."""

# As Alembic declares it.
TABLE = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def kept(database: Database, connection: sa.Connection) -> str:
    """Give the revision that the ledger says it is at.

    Raises:
        UsageError: ``ledger-newer``.
        UnreadableError: ``ledger-damaged``; it says none.
    """
    found = connection.execute(sa.select(TABLE.c.version_num)).scalars().all()
    if len(found) != 1:
        raise damaged(database, "its revision is missing")
    if found[0] not in KNOWN:
        raise unknown(database, found[0], older=False)
    return str(found[0])


def unknown(database: Database, found: str, *, older: bool) -> ReliefError:
    """Say that the ledger is from a time that this program does not know."""
    if older:
        return UsageError(
            "ledger-older",
            N_("The ledger was made by an older relief (its version {found}, here {known})."),
            why=N_("Its tables lack what this program must record."),
            remedy=N_("Finish its batches with the older relief, and begin a new office folder."),
            file=database.file,
            found=found,
            known=NEWEST,
        )
    return UsageError(
        "ledger-newer",
        N_("The ledger was written by a newer relief (its version {found}, here {known})."),
        why=N_("What an older program does not know, it could not keep."),
        remedy=N_("Install the newer relief on this computer too."),
        file=database.file,
        found=found,
        known=NEWEST,
    )
