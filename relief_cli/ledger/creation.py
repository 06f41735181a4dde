"""A new ledger: its tables, what the database itself forbids, and the revision they are at."""

from collections.abc import Callable

import sqlalchemy as sa

from relief_cli.ledger import guards, revisions
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.sqlite import APPLICATION


def create_tables(
    connection: sa.Connection, fill: Callable[[sa.Connection], object] = revisions.stamp
) -> None:
    """Make all tables with their guards.

    Args:
        connection: in a transaction that writes, to a database without tables.
        fill: adds the rows of another ledger, with the versions of relief that it knows, before the
            guards see to the order of adding.
    """
    METADATA.create_all(connection, checkfirst=False)
    fill(connection)
    if connection.dialect.name == "sqlite":
        for statement in guards.in_sqlite().values():
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
        return
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for trigger in guards.in_postgresql():
        for statement in trigger.statements(schema):
            connection.exec_driver_sql(statement)
