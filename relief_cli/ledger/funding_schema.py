"""The tables of money received from sources, of townships' reserve funds and of closed years."""

import sqlalchemy as sa

from relief_cli.ledger.columns import key, number, pointer, table, text
from relief_cli.ledger.schema import EVENTS

RECEIPTS = table(
    "receipts",
    key("receipt"),
    pointer("event", f"{EVENTS.name}.event"),
    text("source"),
    # Less than nothing where a wrong entry is put right.
    number("amount_fen"),
    text("document"),
    # The function code and the mark of direct money (直达资金); empty where the document has none.
    text("code"),
    text("mark"),
    text("received_on"),
    # A document brings money of a source once for each of its codes and marks.
    sa.UniqueConstraint("source", "document", "code", "mark"),
    sa.CheckConstraint("amount_fen <> 0"),
)

RESERVES = table(
    "reserves",
    key("reserve"),
    pointer("event", f"{EVENTS.name}.event"),
    text("township"),
    # Less than nothing where money is given back, or a wrong entry is put right.
    number("amount_fen"),
    text("document"),
    text("given_on"),
    sa.UniqueConstraint("township", "document"),
    sa.CheckConstraint("amount_fen <> 0"),
)

CLOSED_YEARS = table("closed_years", key("year"), pointer("event", f"{EVENTS.name}.event"))

CARRIED = table(
    # What a closed year leaves to the next.
    "carried",
    key("carried"),
    pointer("event", f"{EVENTS.name}.event"),
    pointer("year", f"{CLOSED_YEARS.name}.year"),
    text("source"),
    text("code"),
    # Less than nothing where more went out than came in.
    number("balance_fen"),
    sa.UniqueConstraint("year", "source", "code"),
)
