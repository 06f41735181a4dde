"""The tables of operators: what they signed, approved and rejected, and the rule of approvals."""

import sqlalchemy as sa

from relief_cli.ledger.columns import key, number, pointer, table, text
from relief_cli.ledger.schema import BATCHES, EVENTS

_BATCH, _EVENT = f"{BATCHES.name}.batch", f"{EVENTS.name}.event"

OPERATORS = table(
    "operators",
    key("operator"),
    # A batch that was prepared before it is approved by others.
    pointer("event", _EVENT),
    text("name", unique=True),
    text("role"),
    # 0 for a key that prepares and never approves, such as that of a nightly run.
    number("approves"),
    # Ed25519, 64 hex digits.
    text("public_key", unique=True),
    sa.CheckConstraint("length(public_key) = 64 AND approves IN (0, 1)"),
)

SIGNATURES = table(
    "signatures",
    pointer("event", _EVENT),
    pointer("operator", "operators.operator"),
    # Ed25519, 128 hex digits.
    text("signature"),
    sa.PrimaryKeyConstraint("event", "operator"),
)

RULES = table(
    # The newest counts.
    "rules",
    key("rule"),
    pointer("event", _EVENT),
    number("approvals"),
    # Yuan; above it a batch needs two approvals; empty where there is no such limit.
    text("second_above"),
    # With a space between.
    text("roles"),
    sa.CheckConstraint("approvals BETWEEN 0 AND 2"),
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
