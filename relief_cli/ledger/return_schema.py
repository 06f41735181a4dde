"""The tables of banks' answers, and of what became of each payment."""

import sqlalchemy as sa

from relief_cli.ledger.columns import INTEGER, key, number, pointer, table, text
from relief_cli.ledger.schema import BATCHES, EVENTS, PAYMENTS

PAID, FAILED, REVERSED = "paid", "failed", "reversed"
CONTRADICTS = "contradicts"
CONFIRMED_PAID, CONFIRMED_FAILED = "confirmed-paid", "confirmed-failed"
VERDICTS = (
    PAID,
    FAILED,
    # Failed after it had been paid (退票).
    REVERSED,
    "open",
    # Told before, by another answer or another line of this one.
    "repeated",
    # Fits no payment of the batch, or several.
    "unmatched",
    "ambiguous",
    # Another amount than was sent.
    "differs",
    # Against what another line, or an answer before, said.
    CONTRADICTS,
    # It had failed before, or there were both words; the bank has confirmed this one.
    CONFIRMED_PAID,
    CONFIRMED_FAILED,
)
"""What was made of a line; those from ``open`` to ``differs`` change nothing, and are kept."""
LATER = (CONTRADICTS, CONFIRMED_PAID, CONFIRMED_FAILED)
"""Verdicts by which a bank comes back to a payment that had failed."""

_PAYMENT = f"{PAYMENTS.name}.payment"

RETURNS = table(
    "returns",
    key("answer"),
    pointer("batch", f"{BATCHES.name}.batch"),
    pointer("event", f"{EVENTS.name}.event"),
    text("name"),
    text("format"),
    text("sha256"),
    number("size"),
    text("bank_on"),
    text("meanings"),
    text("said"),
    # By which word of the bank the clerk takes it for confirmed; empty for an ordinary answer.
    text("confirmed"),
    # The same answer twice has no effect, whatever its format and order.
    sa.UniqueConstraint("batch", "said"),
    sa.CheckConstraint("length(sha256) = 64 AND size > 0"),
)

RETURN_LINES = table(
    "return_lines",
    key("line"),
    pointer("answer", f"{RETURNS.name}.answer"),
    text("place"),
    pointer("payment", _PAYMENT, nullable=True),
    text("verdict"),
    text("reference"),
    text("account_number"),
    text("payee_name"),
    number("amount_fen"),
    text("result"),
    text("reason"),
    text("code"),
    sa.CheckConstraint("verdict IN ({})".format(", ".join(f"'{one}'" for one in VERDICTS))),
)

# What the bank said of one payment is found without reading all answers.
TOLD_OF = sa.Index("told_of", RETURN_LINES.c.payment)

RESOLUTIONS = table(
    "resolutions",
    # A payment resolves once.
    key("payment", _PAYMENT),
    text("outcome"),
    pointer("line", f"{RETURN_LINES.name}.line"),
    sa.UniqueConstraint("payment", "outcome"),
    sa.CheckConstraint("outcome IN ('paid', 'failed')"),
)

FAILURES = table(
    "failures",
    # A payment fails once: at first, or after it had been paid.
    sa.Column("payment", INTEGER, primary_key=True, autoincrement=False),
    text("outcome"),
    pointer("line", f"{RETURN_LINES.name}.line"),
    # ``failed``: at first; ``paid``: it was reversed. Only what happened so can stand here.
    sa.ForeignKeyConstraint(["payment", "outcome"], ["resolutions.payment", "resolutions.outcome"]),
)

LATER_ANSWERS = table(
    # What the bank said of a payment after it had failed; the newest line of a payment holds.
    "later_answers",
    key("line", f"{RETURN_LINES.name}.line"),
    pointer("payment", f"{FAILURES.name}.payment"),
    text("verdict"),
    sa.CheckConstraint("verdict IN ({})".format(", ".join(f"'{one}'" for one in LATER))),
)

LATER_OF = sa.Index("later_of", LATER_ANSWERS.c.payment)
