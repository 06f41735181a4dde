"""A ledger of an older relief brought up to date, in the transaction that holds the writers' lock.

Slow to load and seldom needed, so nothing loads it before it is.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

_SCRIPTS = Path(__file__).with_name("migrations")


def bring_up_to_date(connection: sa.Connection, revision: str | None, to: str = "head") -> None:
    """Carry out every change that came after ``revision``.

    Args:
        connection: in a transaction that writes; all changes are made, or none.
        revision: what the tables are at; ``None`` where there are none.
        to: the last change to carry out.
    """
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if revision is not None:
        command.stamp(config, revision)
    command.upgrade(config, to)
