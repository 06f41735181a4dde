"""Where the money of every entitlement is: not sent, on its way, paid, or back."""

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import FAILURES, RESOLUTIONS
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, FILES, PARTS, ROWS_OF_BATCH

UNSENT, TRANSIT, PAID, RETURNED = "unsent", "transit", "paid", "returned"
FATES = (PAID, RETURNED, TRANSIT, UNSENT)
"""Where an amount can be. ``returned``: it failed or came back and has not gone out again."""

POSITIONS = {
    "batch": "int64",
    "payment": "int64",
    "county": "str",
    "category": "str",
    "amount_fen": "int64",
    "persons": "int64",
    "fate": "str",
    "failed_fen": "int64",
    "reversed_fen": "int64",
    "repaid_fen": "int64",
}
"""A line for each payment, county and category of the batches that pay for the first time.

``batch`` and ``payment`` are numbers in the ledger. ``fate`` is where the money is in the end, over
all follow-ups. ``failed_fen`` failed at first and ``reversed_fen`` came back after success, of this
payment or of one that followed it; ``repaid_fen`` is paid by a follow-up.
"""
_SENT = {"payment": "int64", "batch": "int64", "sent": "bool", "outcome": "str", "failed": "bool"}


def positions(connection: sa.Connection) -> pd.DataFrame:
    """Give where the money of all batches that were not rejected is; see :data:`POSITIONS`."""
    fates = _fates(_payments(connection), followers(connection))
    owed = due(connection)
    told = fates.loc[owed["payment"]].reset_index(drop=True)
    amount = owed["amount_fen"]
    return owed.assign(
        fate=told["fate"],
        failed_fen=amount * told["failures"],
        reversed_fen=amount * told["reversals"],
        repaid_fen=amount * (told["followed"] & (told["fate"] == PAID)),
    ).astype(POSITIONS)


def due(connection: sa.Connection) -> pd.DataFrame:
    """Give what was to be paid: the first six columns of :data:`POSITIONS`."""
    entitlements = PARTS["entitlements"]
    first = sa.select(BATCHES.c.batch).where(
        BATCHES.c.follows.is_(None), BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch))
    )
    select = (
        sa.select(
            entitlements.c.batch,
            entitlements.c.payment,
            entitlements.c.county,
            entitlements.c.category,
            sa.func.sum(entitlements.c.amount_fen),
            sa.func.count(),
        )
        .where(entitlements.c.batch.in_(first))
        .group_by(
            entitlements.c.batch,
            entitlements.c.payment,
            entitlements.c.county,
            entitlements.c.category,
        )
        .order_by(entitlements.c.payment, entitlements.c.county, entitlements.c.category)
    )
    columns = {name: POSITIONS[name] for name in list(POSITIONS)[:6]}
    return frame_of(connection.execute(select).all(), columns)


def _payments(connection: sa.Connection) -> pd.DataFrame:
    """Give every payment that was not rejected: whether it went out, and what the bank said."""
    payments = PARTS["payments"]
    select = (
        sa.select(
            payments.c.payment,
            payments.c.batch,
            payments.c.batch.in_(sa.select(FILES.c.batch)),
            sa.func.coalesce(RESOLUTIONS.c.outcome, ""),
            FAILURES.c.payment.is_not(None),
        )
        .join(RESOLUTIONS, RESOLUTIONS.c.payment == payments.c.payment, isouter=True)
        .join(FAILURES, FAILURES.c.payment == payments.c.payment, isouter=True)
        .where(payments.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        .order_by(payments.c.payment)
    )
    return frame_of(connection.execute(select).all(), _SENT)


def followers(connection: sa.Connection) -> pd.Series:
    """Give, by failed payment, the payment that pays it again and was not rejected."""
    again = PARTS["follow_ups"]
    select = sa.select(again.c.follows, again.c.payment).where(
        again.c.batch.not_in(sa.select(REJECTIONS.c.batch))
    )
    found = frame_of(connection.execute(select).all(), {"follows": "int64", "payment": "int64"})
    return found.set_index("follows")["payment"]


def _fates(payments: pd.DataFrame, followers: pd.Series) -> pd.DataFrame:
    """Give, by payment, where its money is in the end, and how often it failed on the way."""
    fate = np.select(
        [~payments["sent"], payments["outcome"] == "", payments["failed"]],
        [UNSENT, TRANSIT, RETURNED],
        default=PAID,
    ).astype(object)
    reversed_ = payments["failed"] & (payments["outcome"] == "paid")
    told = pd.DataFrame(
        {
            "fate": fate,
            "failures": (payments["failed"] & ~reversed_).to_numpy("int64"),
            "reversals": reversed_.to_numpy("int64"),
            "followed": False,
        },
        index=payments["payment"],
    )
    # What follows is in a later batch than what it follows: from the last batch backwards, the end
    # of each chain is known when its beginning is looked at.
    batch = followers.index.to_numpy() // ROWS_OF_BATCH
    for number in sorted(set(batch.tolist()), reverse=True):
        pairs = followers[batch == number]
        later = told.loc[pairs.to_numpy()].set_axis(pairs.index)
        # Not out again yet: the money is still back.
        back = later["fate"].where(later["fate"] != UNSENT, RETURNED)
        told.loc[pairs.index, "fate"] = back
        told.loc[pairs.index, "followed"] = True
        for column in ("failures", "reversals"):
            told.loc[pairs.index, column] += later[column]
    return told
