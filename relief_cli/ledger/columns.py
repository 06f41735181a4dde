"""How the ledger's tables are declared: types, and what holds for every table."""

import sqlalchemy as sa

_WITHOUT_ROWID = ("attempts", "files")
"""Tables that SQLite keeps in the order of their keys, which are several columns."""
METADATA = sa.MetaData()
INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Sorted by code points, as SQLite does it, whatever language a server is set to.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def table(name: str, *parts: sa.Column[int] | sa.Column[str] | sa.Constraint) -> sa.Table:
    """Declare a table whose types SQLite enforces (``STRICT``: no text in a money column)."""
    with_rowid = name not in _WITHOUT_ROWID
    return sa.Table(name, METADATA, *parts, sqlite_strict=True, sqlite_with_rowid=with_rowid)


def key(name: str, target: str | None = None) -> sa.Column[int]:
    """Declare the number that numbers a table's rows; with ``target``, those of another table."""
    points = (sa.ForeignKey(target),) if target else ()
    return sa.Column(name, INTEGER, *points, primary_key=True, autoincrement=False)


def number(name: str) -> sa.Column[int]:
    """Declare a whole number that every row has."""
    return sa.Column(name, INTEGER, nullable=False)


def text(name: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    """Declare a text."""
    return sa.Column(name, TEXT, nullable=nullable, unique=unique)


def pointer(column: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    """Declare a number that points at a row: ``target`` is ``table.column``."""
    return sa.Column(column, INTEGER, sa.ForeignKey(target), nullable=nullable)
