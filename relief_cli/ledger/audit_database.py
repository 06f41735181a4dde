"""Whether the database that holds the books still guards them, and finds itself sound."""

from collections.abc import Iterator

import sqlalchemy as sa

from relief_cli.i18n import N_
from relief_cli.ledger import guards
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.database import Broken

# ``A``: it fires in every session, also in those that apply copies.
_TRIGGERS = """
SELECT t.tgname, pg_get_triggerdef(t.oid, true) AS definition, p.prosrc AS body
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = current_schema()::regnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled = 'A'
"""


def broken_guards(connection: sa.Connection) -> Iterator[Broken]:
    """See that the triggers that forbid changes are there, to the letter."""
    expected: dict[str, tuple[str, ...]]
    if connection.dialect.name == "sqlite":
        expected = {name: (sql,) for name, sql in guards.in_sqlite().items()}
        select = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        expected = {
            name: (trigger.definition, trigger.body)
            for name, trigger in guards.in_postgresql().items()
        }
        select = _TRIGGERS
    present = {name: tuple(rest) for name, *rest in connection.exec_driver_sql(select)}
    for name, content in expected.items():
        if present.get(name) != content:
            yield f"trigger {name}", N_("the guard against changes was taken away or changed")


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
