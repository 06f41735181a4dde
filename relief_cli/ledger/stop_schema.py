"""The tables of people who are paid no more, and of money that is owed back."""

import sqlalchemy as sa

from relief_cli.ledger.columns import key, number, pointer, table, text
from relief_cli.ledger.schema import EVENTS

_EVENT = f"{EVENTS.name}.event"

STOPS = table(
    "stops",
    key("stop"),
    pointer("event", _EVENT),
    text("person"),
    # From this day on, ISO 8601.
    text("since"),
    text("reason"),
    # Their names with a space between; empty for all.
    text("programmes"),
    sa.CheckConstraint("length(person) = 18"),
)

RESUMPTIONS = table(
    "resumptions",
    # A stop ends once; a new one is a new record.
    key("stop", f"{STOPS.name}.stop"),
    pointer("event", _EVENT),
    text("reason"),
)

RECOVERIES = table(
    "recoveries",
    key("recovery"),
    pointer("event", _EVENT),
    text("person"),
    text("name"),
    number("amount_fen"),
    # The day from which it is owed, ISO 8601.
    text("since"),
    text("reason"),
    sa.CheckConstraint("length(person) = 18 AND amount_fen > 0"),
)

OVERPAYMENTS = table(
    # What of a recovery is which cycle's: what is asked for once is not asked for again.
    "overpayments",
    key("overpayment"),
    pointer("event", _EVENT),
    pointer("recovery", f"{RECOVERIES.name}.recovery"),
    text("programme"),
    text("cycle"),
    # Which of the parts that the cycle was paid in, as the entitlements have it.
    number("move"),
    number("amount_fen"),
    sa.UniqueConstraint("recovery", "programme", "cycle", "move"),
    sa.CheckConstraint("amount_fen > 0 AND move >= 0"),
)

REPAYMENTS = table(
    "repayments",
    key("repayment"),
    pointer("event", _EVENT),
    pointer("recovery", f"{RECOVERIES.name}.recovery"),
    number("amount_fen"),
    text("repaid_on"),
    text("document"),
    sa.UniqueConstraint("recovery", "document"),
    sa.CheckConstraint("amount_fen > 0"),
)
