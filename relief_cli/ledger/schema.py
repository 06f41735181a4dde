"""The ledger's tables, and what the database itself forbids.

Every table only grows: triggers abort each change and each deletion. The tables of a batch are
those that :mod:`relief_cli.batch` declares. Their rows are numbered in the whole ledger: payment 7
of batch 3 is payment 300000007 (:data:`ROWS_OF_BATCH`), so rows are appended, and whatever points
at one holds a single number. Amounts are whole fen. The DDL is SQLAlchemy's, so that another
database can be added; what only SQLite understands is marked so.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from relief_cli.batch import TABLES

VERSION = 2
"""Grows with every change of the tables; kept in SQLite's ``user_version``."""
APPLICATION = 0x52454C46
"""``RELF``: tells a ledger from any other SQLite file; kept in SQLite's ``application_id``."""

ROWS_OF_BATCH = 100_000_000
"""A row's number in the ledger is its batch's times this, plus its number in the batch."""

METADATA = sa.MetaData()

_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Text that a batch may lack; every other column holds a value in every row.
_OPTIONAL = frozenset(
    {
        ("entitlements", "county"),
        ("entitlements", "township"),
        ("payments", "payee_id_number"),
        ("payments", "bank"),
        ("payments", "bank_name"),
        ("grounds", "reference"),
        ("parameters", "place"),
        ("parameters", "unit"),
        ("parameters", "since"),
        ("parameters", "reference"),
        ("unpaid", "codes"),
        ("unpaid", "cells"),
        ("findings", "field"),
        ("findings", "cell"),
        ("findings", "detail"),
        ("sheets", "name"),
        ("sheets", "header"),
    }
)
# What numbers a table's rows within a batch; ``line`` is the ledger's own, the order of recording.
KEYS: Mapping[str, str] = {
    "inputs": "input",
    "sheets": "sheet",
    "parameters": "line",
    "grounds": "ground",
    "payments": "payment",
    "entitlements": "entitlement",
    "shares": "line",
    "unpaid": "line",
    "findings": "line",
}


def _table(name: str, *parts: sa.Column[int] | sa.Column[str] | sa.Constraint) -> sa.Table:
    """Declare a table whose types SQLite enforces (``STRICT``: no text in a money column)."""
    return sa.Table(name, METADATA, *parts, sqlite_strict=True, sqlite_with_rowid=name != "files")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, _INTEGER, nullable=False)


def _text(name: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, unique=unique)


OCCASIONS = _table(
    "occasions",
    sa.Column("occasion", _INTEGER, primary_key=True, autoincrement=False),
    _text("programme"),
    _text("name"),
    sa.UniqueConstraint("programme", "name"),
)

BATCHES = _table(
    "batches",
    sa.Column("batch", _INTEGER, primary_key=True, autoincrement=False),
    _text("name", unique=True),
    _text("programme"),
    _text("cycle"),
    _number("sequence"),
    sa.Column("occasion", _INTEGER, sa.ForeignKey("occasions.occasion"), nullable=False),
    _text("region"),
    _text("office"),
    _text("pay_on"),
    _text("inputs_digest"),
    _number("rows_read"),
    sa.UniqueConstraint("programme", "cycle", "sequence"),
    sa.UniqueConstraint("programme", "cycle", "inputs_digest"),
    # What the entitlements' own occasion is held against.
    sa.UniqueConstraint("batch", "occasion"),
    sa.CheckConstraint("sequence > 0 AND rows_read >= 0"),
)

EVENTS = _table(
    "events",
    sa.Column("event", _INTEGER, primary_key=True, autoincrement=False),
    _text("at"),
    _text("kind"),
    sa.Column("batch", _INTEGER, sa.ForeignKey("batches.batch"), nullable=True, index=True),
    _text("body"),
    # Unique: an event has one successor, so the chain cannot fork.
    _text("previous", unique=True),
    _text("digest", unique=True),
)

FILES = _table(
    "files",
    sa.Column("batch", _INTEGER, sa.ForeignKey("batches.batch"), nullable=False),
    _text("path"),
    _text("kind"),
    _text("format"),
    _number("payments"),
    _number("amount_fen"),
    _number("first_payment"),
    _text("sha256"),
    _number("size"),
    sa.PrimaryKeyConstraint("batch", "path"),
    sa.CheckConstraint("length(sha256) = 64 AND size >= 0"),
    sa.CheckConstraint("payments >= 0 AND amount_fen >= 0"),
)

_EXTRA: Mapping[str, tuple[sa.Column[int] | sa.Constraint, ...]] = {
    "inputs": (sa.CheckConstraint("length(sha256) = 64"),),
    "payments": (sa.CheckConstraint("amount_fen > 0 AND beneficiaries > 0"),),
    "shares": (
        sa.UniqueConstraint("batch", "county", "source"),
        sa.CheckConstraint("amount_fen >= 0"),
    ),
    "unpaid": (
        sa.UniqueConstraint("batch", "row"),
        sa.CheckConstraint("fate IN ('held', 'skipped')"),
    ),
    "entitlements": (
        sa.Column("occasion", _INTEGER, nullable=False),
        sa.CheckConstraint("amount_fen > 0"),
        # The canonical identity number: another spelling would be another person.
        sa.CheckConstraint("length(person) = 18"),
        sa.ForeignKeyConstraint(["batch", "occasion"], ["batches.batch", "batches.occasion"]),
    ),
}
# What rows point at, by number in the whole ledger. Numbers of sheets and grounds stay those within
# the batch, and are held against them once: a look-up for each row would cost a tenth of recording.
POINTERS: Mapping[str, Mapping[str, str]] = {"entitlements": {"payment": "payments"}}


def _part(name: str, columns: Mapping[str, str]) -> sa.Table:
    """Declare one table of a batch from its columns in :mod:`relief_cli.batch`."""
    key = KEYS[name]
    points = POINTERS.get(name, {})
    numbered = sa.Column(key, _INTEGER, primary_key=True, autoincrement=False)
    # Entitlements point at their batch together with its occasion.
    to_batch = () if name == "entitlements" else (sa.ForeignKey("batches.batch"),)
    batch = sa.Column("batch", _INTEGER, *to_batch, nullable=False)
    own = [
        _pointer(column, points[column])
        if column in points
        else _text(column, nullable=(name, column) in _OPTIONAL)
        if dtype == "str"
        else _number(column)
        for column, dtype in columns.items()
        if column != key
    ]
    within = sa.CheckConstraint(f"{key} / {ROWS_OF_BATCH} = batch")
    return _table(name, numbered, batch, *own, within, *_EXTRA.get(name, ()))


def _pointer(column: str, table: str) -> sa.Column[int]:
    return sa.Column(column, _INTEGER, sa.ForeignKey(f"{table}.{column}"), nullable=False)


PARTS: Mapping[str, sa.Table] = {name: _part(name, columns) for name, columns in TABLES.items()}
ENTITLEMENTS = PARTS["entitlements"]
PAYMENTS = PARTS["payments"]

# Nobody is paid twice. The person stands last, so that the entries of one occasion lie together:
# asking who was paid on an occasion, and recording the next one, touch few pages.
ONCE = sa.Index("once", ENTITLEMENTS.c.occasion, ENTITLEMENTS.c.person, unique=True)

_GROWS_ONLY = """
CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table}
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
"""


def create_tables(connection: sa.Connection) -> None:
    """Make all tables in SQLite and the triggers that let them only grow; stamp the version."""
    METADATA.create_all(connection, checkfirst=False)
    for table in METADATA.sorted_tables:
        for action in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(_GROWS_ONLY.format(table=table.name, action=action))
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
