"""A ledger of an older relief brought up to date, in the transaction that holds the writers' lock.

Alembic orders the scripts and runs them. It is slow to load, so only an older ledger loads it.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from relief_cli.ledger import revisions

_SCRIPTS = Path(__file__).with_name("migrations")


def bring_up_to_date(connection: sa.Connection, revision: str) -> None:
    """Carry out every change that came after ``revision``; record which relief did it.

    Args:
        connection: in a transaction that writes; all changes are made, or none.
        revision: what the tables are at.
    """
    scripts = ScriptDirectory(str(_SCRIPTS))
    newest_first = list(scripts.iterate_revisions(revisions.NEWEST, revision))
    with Operations.context(MigrationContext.configure(connection)):
        for script in reversed(newest_first):
            script.module.upgrade()
    revisions.stamp(connection)
