"""The tables of operators, of what they approved and what they rejected."""

import sqlalchemy as sa

from relief_cli.ledger.columns import key, pointer, table, text
from relief_cli.ledger.schema import BATCHES, EVENTS

_BATCH, _EVENT = f"{BATCHES.name}.batch", f"{EVENTS.name}.event"

OPERATORS = table(
    "operators",
    key("operator"),
    text("name", unique=True),
    text("role"),
    # Ed25519, 64 hex digits.
    text("public_key", unique=True),
    sa.CheckConstraint("length(public_key) = 64"),
)

REVOCATIONS = table(
    "revocations",
    key("operator", "operators.operator"),
    # What was approved before this event stays approved.
    pointer("event", _EVENT),
)

APPROVALS = table(
    "approvals",
    pointer("batch", _BATCH),
    pointer("operator", "operators.operator"),
    pointer("event", _EVENT),
    text("content"),
    text("signature"),
    # A second signature of the same hand is no second pair of eyes.
    sa.PrimaryKeyConstraint("batch", "operator"),
)

REJECTIONS = table(
    "rejections",
    key("batch", _BATCH),
    pointer("event", _EVENT),
    text("reason"),
)
