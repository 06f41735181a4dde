"""The tables of who may draw for whom (代领备案)."""

import sqlalchemy as sa

from relief_cli.ledger.columns import key, pointer, table, text
from relief_cli.ledger.schema import EVENTS

_EVENT = f"{EVENTS.name}.event"

MANDATES = table(
    "mandates",
    key("mandate"),
    pointer("event", _EVENT),
    # For whom.
    text("person"),
    # Who: the name that the account bears.
    text("payee_name"),
    text("document"),
    # The last day on which it holds, ISO 8601.
    text("until"),
    sa.CheckConstraint("length(person) = 18 AND length(payee_name) > 0"),
)

MANDATE_ENDS = table(
    "mandate_ends",
    # A mandate ends once; a new one is a new record.
    key("mandate", f"{MANDATES.name}.mandate"),
    pointer("event", _EVENT),
    text("reason"),
)
