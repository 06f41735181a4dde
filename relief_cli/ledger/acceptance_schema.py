"""The tables of findings that the office has accepted: somebody looked, and they are quiet."""

import sqlalchemy as sa

from relief_cli.ledger.columns import key, pointer, table, text
from relief_cli.ledger.schema import EVENTS

_EVENT = f"{EVENTS.name}.event"

ACCEPTANCES = table(
    "acceptances",
    key("acceptance"),
    pointer("event", _EVENT),
    # The finding's.
    text("code"),
    # Whose finding: a person's, or everybody's who is paid into an account.
    text("person", nullable=True),
    text("account_number", nullable=True),
    text("reason"),
    text("accepted_by"),
    # The last day on which it holds, ISO 8601.
    text("until"),
    sa.CheckConstraint("(person IS NULL) <> (account_number IS NULL)"),
)

ACCEPTANCE_FACTS = table(
    "acceptance_facts",
    key("line"),
    pointer("event", _EVENT),
    pointer("acceptance", f"{ACCEPTANCES.name}.acceptance"),
    # What was looked at; with other facts the finding is told again.
    text("facts"),
    sa.UniqueConstraint("acceptance", "facts"),
)

ACCEPTANCE_ENDS = table(
    "acceptance_ends",
    # An acceptance ends once; a new one is a new record.
    key("acceptance", f"{ACCEPTANCES.name}.acceptance"),
    pointer("event", _EVENT),
    text("reason"),
)
