"""The tables of batches, their events and files.

The tables of a batch are those that :mod:`relief_cli.batch` declares. Their rows are numbered in
the whole ledger: payment 7 of batch 3 is payment 300000007 (:data:`ROWS_OF_BATCH`), so rows are
appended, and whatever points at one holds a single number. Amounts are whole fen.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from relief_cli.batch import TABLES
from relief_cli.ledger.columns import INTEGER, key, number, pointer, table, text

ROWS_OF_BATCH = 100_000_000
"""A row's number in the ledger is its batch's times this, plus its number in the batch."""


def rows_of(
    key: sa.ColumnElement[int], number: int | sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """Say whether ``key`` is the number of a row of a batch, or of an answer.

    Rows of one batch lie together by their numbers; no index leads to them by ``batch``.
    """
    first = number * ROWS_OF_BATCH
    return key.between(first, first + (ROWS_OF_BATCH - 1))


# Text that a batch may lack; every other column holds a value in every row.
_OPTIONAL = frozenset(
    {
        ("entitlements", "county"),
        ("entitlements", "township"),
        ("entitlements", "household_id"),
        ("payments", "payee_id_number"),
        ("payments", "bank"),
        ("payments", "bank_name"),
        ("components", "grade"),
        ("components", "first_month"),
        ("components", "last_month"),
        ("grounds", "reference"),
        ("grounds", "cause"),
        ("grounds", "first_month"),
        ("grounds", "last_month"),
        ("grounds", "since"),
        ("facts", "value"),
        ("parameters", "place"),
        ("parameters", "unit"),
        ("parameters", "since"),
        ("parameters", "reference"),
        ("unpaid", "codes"),
        ("unpaid", "cells"),
        ("findings", "field"),
        ("findings", "cell"),
        ("findings", "detail"),
        ("findings", "person"),
        ("findings", "facts"),
        ("sheets", "name"),
        ("sheets", "header"),
    }
)
# What numbers a table's rows within a batch; ``line`` is the ledger's own, the order of recording.
KEYS: Mapping[str, str] = {
    "inputs": "input",
    "sheets": "sheet",
    "parameters": "line",
    "facts": "line",
    "titles": "line",
    "grounds": "ground",
    "payments": "payment",
    "follow_ups": "payment",
    "entitlements": "entitlement",
    "components": "line",
    "shares": "line",
    "recovered": "line",
    "unpaid": "line",
    "findings": "line",
}


OCCASION = ("kind", "first_cycle", "last_cycle", "document", "since", "turn")
"""The columns that say what somebody is paid for at most once."""
OCCASIONS = table(
    "occasions",
    key("occasion"),
    text("programme"),
    # As relief_cli.calendar.Occasion; what it has not is empty, for nothing missing is unique.
    *(number(name) if name == "turn" else text(name) for name in OCCASION),
    sa.UniqueConstraint("programme", *OCCASION),
    sa.CheckConstraint("(first_cycle = '') <> (document = '')"),
    sa.CheckConstraint("(first_cycle = '') = (last_cycle = '')"),
)

BATCHES = table(
    "batches",
    key("batch"),
    text("name", unique=True),
    text("programme"),
    text("cycle"),
    number("sequence"),
    pointer("occasion", "occasions.occasion"),
    text("region"),
    text("office"),
    text("pay_on"),
    text("inputs_digest"),
    number("rows_read"),
    # The batch whose failures this one pays again.
    pointer("follows", "batches.batch", nullable=True),
    # The batch that this one is without some of its people.
    pointer("replaces", "batches.batch", nullable=True),
    sa.UniqueConstraint("programme", "cycle", "sequence"),
    sa.UniqueConstraint("programme", "cycle", "inputs_digest"),
    # What the entitlements' own occasion is held against.
    sa.UniqueConstraint("batch", "occasion"),
    sa.CheckConstraint("sequence > 0 AND rows_read >= 0"),
)

EVENTS = table(
    "events",
    key("event"),
    text("at"),
    text("kind"),
    sa.Column("batch", INTEGER, sa.ForeignKey("batches.batch"), nullable=True, index=True),
    text("body"),
    # Unique: an event has one successor, so the chain cannot fork.
    text("previous", unique=True),
    text("digest", unique=True),
)


def _files(name: str) -> sa.Table:
    """Declare a table of :class:`relief_cli.files.OutputFile`."""
    return table(
        name,
        pointer("batch", "batches.batch"),
        text("path"),
        text("kind"),
        text("format"),
        number("payments"),
        number("amount_fen"),
        number("first_payment"),
        text("sha256"),
        number("size"),
        sa.PrimaryKeyConstraint("batch", "path"),
        sa.CheckConstraint("length(sha256) = 64 AND size >= 0"),
        sa.CheckConstraint("payments >= 0 AND amount_fen >= 0"),
    )


# The files that a batch went out as.
FILES = _files("files")

# The bank files that it was to go out as when it was prepared, and the text of each bank format
# that it was made in, or went out in.
PREPARED_FILES = _files("prepared_files")
LAYOUTS = table(
    "layouts",
    pointer("batch", "batches.batch"),
    text("format"),
    text("text"),
    sa.PrimaryKeyConstraint("batch", "format"),
)

# Every entitlement but a person's first on an occasion: a further attempt, or what is for other
# months after a move. Each is let in by a guard. On entitlements themselves it would be asked for
# each of them, a fourth of the time that recording takes.
ATTEMPTS = table(
    "attempts",
    pointer("occasion", "occasions.occasion"),
    text("person"),
    number("move"),
    number("attempt"),
    # Of its ground; missing where a notice knows none.
    text("first_month", nullable=True),
    text("last_month", nullable=True),
    sa.PrimaryKeyConstraint("occasion", "person", "move", "attempt"),
    sa.CheckConstraint("attempt > 0 OR move > 0"),
    sa.CheckConstraint("move = 0 OR first_month IS NOT NULL AND last_month IS NOT NULL"),
)

_EXTRA: Mapping[str, tuple[sa.Column[int] | sa.Constraint, ...]] = {
    "inputs": (sa.CheckConstraint("length(sha256) = 64"),),
    "payments": (sa.CheckConstraint("amount_fen > 0 AND beneficiaries > 0"),),
    "components": (
        sa.CheckConstraint("amount_fen >= 0 AND income_fen >= -1"),
        sa.CheckConstraint("from_fen >= -1 AND to_fen >= from_fen"),
    ),
    # Only what has failed is paid again.
    "follow_ups": (sa.ForeignKeyConstraint(["follows"], ["failures.payment"]),),
    "shares": (
        sa.UniqueConstraint("batch", "county", "category", "source"),
        sa.CheckConstraint("amount_fen >= 0"),
    ),
    "recovered": (
        sa.UniqueConstraint("batch", "source", "code"),
        sa.CheckConstraint("repayments > 0 AND amount_fen >= 0"),
    ),
    "unpaid": (
        sa.UniqueConstraint("batch", "row"),
        sa.CheckConstraint("fate IN ('held', 'skipped')"),
    ),
    "entitlements": (
        number("occasion"),
        # How often it came to nothing before: its batch was rejected, or its payment failed.
        number("attempt"),
        # The same where it is not the person's first; only what is not null is looked up.
        sa.Column("again", INTEGER, nullable=True),
        sa.CheckConstraint(
            "coalesce(again, 0) = attempt AND (move = 0 OR again IS NOT NULL)", name="again"
        ),
        sa.ForeignKeyConstraint(
            ["occasion", "person", "move", "again"],
            ["attempts.occasion", "attempts.person", "attempts.move", "attempts.attempt"],
        ),
        sa.CheckConstraint("attempt >= 0 AND move >= 0"),
        sa.CheckConstraint("amount_fen > 0"),
        # The canonical identity number: another spelling would be another person.
        sa.CheckConstraint("length(person) = 18"),
        sa.ForeignKeyConstraint(["batch", "occasion"], ["batches.batch", "batches.occasion"]),
    ),
}
# What rows point at, by number in the whole ledger. Numbers of sheets and grounds stay those within
# the batch, and are held against them once: a look-up for each row would cost a tenth of recording.
POINTERS: Mapping[str, Mapping[str, str]] = {
    "entitlements": {"payment": "payments"},
    "components": {"entitlement": "entitlements"},
}


def _part(name: str, columns: Mapping[str, str]) -> sa.Table:
    """Declare one table of a batch from its columns in :mod:`relief_cli.batch`."""
    own_key = KEYS[name]
    points = POINTERS.get(name, {})
    # Entitlements point at their batch together with its occasion.
    alone = name != "entitlements"
    batch = pointer("batch", "batches.batch") if alone else number("batch")
    own = [
        pointer(column, f"{points[column]}.{column}")
        if column in points
        else text(column, nullable=(name, column) in _OPTIONAL)
        if dtype == "str"
        else number(column)
        for column, dtype in columns.items()
        if column != own_key
    ]
    within = sa.CheckConstraint(f"{own_key} / {ROWS_OF_BATCH} = batch")
    target = "payments.payment" if name == "follow_ups" else None
    return table(name, key(own_key, target), batch, *own, within, *_EXTRA.get(name, ()))


PARTS: Mapping[str, sa.Table] = {name: _part(name, columns) for name, columns in TABLES.items()}
ENTITLEMENTS = PARTS["entitlements"]
PAYMENTS = PARTS["payments"]

FOLLOWED = sa.Index("followed", PARTS["follow_ups"].c.follows)

# Nobody is paid twice, but for other months after a move. The person stands behind the occasion, so
# that the entries of one occasion lie together: asking who was paid on it, and recording the next
# one, touch few pages.
ONCE = sa.Index(
    "once",
    ENTITLEMENTS.c.occasion,
    ENTITLEMENTS.c.person,
    ENTITLEMENTS.c.move,
    ENTITLEMENTS.c.attempt,
    unique=True,
)

# Whom a payment is for: what has failed is looked up by its payment.
PAID_BY = sa.Index("paid_by", ENTITLEMENTS.c.payment)

# What an entitlement is made of.
MADE_OF = sa.Index("made_of", PARTS["components"].c.entitlement)

# Who was ever paid into an account. Payments come in the order of their accounts, bank by bank, so
# recording them touches few pages.
PAID_INTO = sa.Index("paid_into", PAYMENTS.c.account_number)
