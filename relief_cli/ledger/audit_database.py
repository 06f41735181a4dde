"""Whether the database that holds the books still guards them, and finds itself sound."""

import functools
from collections.abc import Iterator

import sqlalchemy as sa

from relief_cli.i18n import N_
from relief_cli.ledger import shape
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.database import Broken


def broken_guards(connection: sa.Connection) -> Iterator[Broken]:
    """See that tables, constraints, indexes and triggers are those of a new ledger, to the letter.

    What forbids a change or a second payment would else be missed only when it is missing.
    """
    found, expected = shape.told(connection), shape.expected(connection)
    for what in sorted(found.keys() | expected.keys()):
        if what not in expected:
            yield what, N_("it does not belong to a ledger: it was added")
        elif found.get(what) != expected[what]:
            yield what, N_("the guard against changes was taken away or changed")


def broken_database(connection: sa.Connection) -> Iterator[Broken]:
    """Let SQLite look at its pages and types; follow every reference."""
    if connection.dialect.name == "sqlite":
        for (text,) in connection.exec_driver_sql("PRAGMA integrity_check(1)"):
            if text != "ok":
                yield "ledger.sqlite", N_("the database finds itself damaged")
    for table in METADATA.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys)):
            if connection.scalar(_dangling(key)) is not None:
                yield f"table {table.name}", N_("a row points at nothing")
                return


@functools.cache
def _dangling(key: sa.ForeignKeyConstraint) -> sa.Select[int]:
    """Select one row whose reference leads nowhere."""
    target = key.referred_table.alias("target")
    pairs = [(element.parent, target.c[element.column.name]) for element in key.elements]
    met = sa.and_(*(own == other for own, other in pairs))
    return (
        sa.select(sa.literal(1))
        .select_from(key.table.outerjoin(target, met))
        .where(pairs[0][1].is_(None), *(own.is_not(None) for own, _ in pairs))
        .limit(1)
    )
