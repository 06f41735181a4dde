"""Where the money of every entitlement is: not sent, on its way, paid, or back."""

from collections.abc import Collection

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import FAILED, FAILURES, RESOLUTIONS
from relief_cli.ledger.return_schema import PAID as SAID_PAID
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, EVENTS, FILES, PARTS, ROWS_OF_BATCH

UNSENT, TRANSIT, PAID, RETURNED = "unsent", "transit", "paid", "returned"
FATES = (PAID, RETURNED, TRANSIT, UNSENT)
"""Where an amount can be. ``returned``: it failed or came back and has not gone out again."""

POSITIONS = {
    "batch": "int64",
    "county": "str",
    "category": "str",
    "amount_fen": "int64",
    "persons": "int64",
    "fate": "str",
    "failed_fen": "int64",
    "reversed_fen": "int64",
    "repaid_fen": "int64",
}
"""Of the batches that pay for the first time, by county, category and fate.

``batch`` is its number in the ledger. ``fate`` is where the money is in the end, over all
follow-ups. ``failed_fen`` failed at first and ``reversed_fen`` came back after success, of this
payment or of one that followed it; ``repaid_fen`` is paid by a follow-up.
"""
PLACES = {"batch": "int64", "county": "str", "fate": "str", "amount_fen": "int64"}
"""What :data:`POSITIONS` come to by county and fate."""
DUE = {
    "batch": "int64",
    "payment": "int64",
    "county": "str",
    "category": "str",
    "amount_fen": "int64",
    "persons": "int64",
}
"""A line for each payment, county and category; ``payment`` is its number in the ledger."""
_GROUPED = {
    "batch": "int64",
    "county": "str",
    "category": "str",
    "sent": "bool",
    "followed": "bool",
    "outcome": "str",
    "failed": "bool",
    "amount_fen": "int64",
    "persons": "int64",
    "failed_fen": "int64",
    "reversed_fen": "int64",
}


def positions(
    connection: sa.Connection, batches: Collection[int] | None = None, *, failed: bool = False
) -> pd.DataFrame:
    """Give where the money of the batches that were not rejected is; see :data:`POSITIONS`.

    Args:
        connection: to the ledger.
        batches: numbers of those that are wanted; all where ``None``.
        failed: only what failed or came back at some time.
    """
    table = frame_of(connection.execute(_grouped(batches, failed=failed)).all(), _GROUPED)
    sent, followed = table.pop("sent"), table.pop("followed")
    fate = np.select(
        [
            # Not out again yet: the money is still back.
            ~sent & followed,
            ~sent,
            table.pop("outcome") == "",
            table.pop("failed"),
        ],
        [RETURNED, UNSENT, TRANSIT, RETURNED],
        default=PAID,
    )
    repaid = table["amount_fen"] * (followed & (fate == PAID))
    return table.assign(fate=fate, repaid_fen=repaid)[list(POSITIONS)].astype(POSITIONS)


def places(connection: sa.Connection) -> pd.DataFrame:
    """Give what all positions come to; see :data:`PLACES`.

    Most batches are not gone through: what has not gone out, was not answered at all, or was
    answered in full and is paid but for few payments, is all that its counties' shares add up to.
    """
    whole = _whole(connection)
    sent = set(connection.scalars(sa.select(FILES.c.batch).distinct()))
    settled = set(connection.scalars(_with_event("settled")))
    answered = {one for one in sent - settled if connection.scalar(_an_answer(one)) is not None}
    number = sa.select(FAILURES.c.payment // ROWS_OF_BATCH).distinct()
    failed = {int(one) for (one,) in connection.execute(number) if one in settled}
    found = [positions(connection, answered), positions(connection, failed, failed=True)]
    some = pd.concat(found, ignore_index=True)[list(PLACES)]
    elsewhere = some.groupby(["batch", "county"])["amount_fen"].sum()
    fate = whole["batch"].map(lambda one: UNSENT if one not in sent else TRANSIT)
    fate = fate.mask(whole["batch"].isin(settled), PAID)
    index = pd.MultiIndex.from_frame(whole[["batch", "county"]])
    left = whole["amount_fen"] - elsewhere.reindex(index).fillna(0).to_numpy("int64")
    rest = whole.assign(fate=fate, amount_fen=left)
    rest = rest[~rest["batch"].isin(answered)]
    return pd.concat([rest[list(PLACES)], some], ignore_index=True).astype(PLACES)


def due(connection: sa.Connection) -> pd.DataFrame:
    """Give what was to be paid; see :data:`DUE`."""
    entitlements = PARTS["entitlements"]
    keys = [entitlements.c[name] for name in ("batch", "payment", "county", "category")]
    select = (
        sa.select(*keys, sa.func.sum(entitlements.c.amount_fen), sa.func.count())
        .where(entitlements.c.batch.in_(_first()))
        .group_by(*keys)
        .order_by(*keys[1:])
    )
    return frame_of(connection.execute(select).all(), DUE)


def followers(connection: sa.Connection) -> pd.Series:
    """Give, by failed payment, the payment that pays it again and was not rejected."""
    live = _live().subquery()
    found = frame_of(
        connection.execute(sa.select(live.c.follows, live.c.payment)).all(),
        {"follows": "int64", "payment": "int64"},
    )
    return found.set_index("follows")["payment"]


def _first() -> sa.Select[tuple[int]]:
    """Select the batches that pay for the first time and were not rejected."""
    return sa.select(BATCHES.c.batch).where(
        BATCHES.c.follows.is_(None), BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch))
    )


def _live() -> sa.Select[tuple[int, int]]:
    """Select which payment pays which failed one again, but for rejected batches."""
    again = PARTS["follow_ups"]
    return sa.select(again.c.follows, again.c.payment).where(
        again.c.batch.not_in(sa.select(REJECTIONS.c.batch))
    )


def _ends() -> sa.CTE:
    """Select, by payment that is paid again, the last of its chain and how often it came back."""
    live = _live().cte("live")
    failed = sa.select(FAILURES.c.payment.label("first"), FAILURES.c.payment.label("payment"))
    chain = failed.where(FAILURES.c.payment.in_(sa.select(live.c.follows))).cte(
        "chain", recursive=True
    )
    chain = chain.union_all(
        sa.select(chain.c.first, live.c.payment).join(live, live.c.follows == chain.c.payment)
    )
    last = sa.func.max(chain.c.payment)
    return (
        sa.select(
            chain.c.first,
            # What follows is in a later batch than what it follows.
            last.label("last"),
            (last // ROWS_OF_BATCH).in_(sa.select(FILES.c.batch)).label("sent"),
            sa.func.sum(_is(FAILURES.c.outcome == FAILED)).label("failures"),
            sa.func.sum(_is(FAILURES.c.outcome == SAID_PAID)).label("reversals"),
        )
        .join(FAILURES, FAILURES.c.payment == chain.c.payment, isouter=True)
        .group_by(chain.c.first)
        .cte("ends")
    )


def _grouped(batches: Collection[int] | None, *, failed: bool) -> sa.Select[tuple[object, ...]]:
    """Select the sums of entitlements whose money went the same way; see ``_GROUPED``."""
    due, ends = PARTS["entitlements"], _ends()
    last = sa.func.coalesce(ends.c.last, due.c.payment)
    # One subquery for the batch, not for each of its rows.
    own = due.c.batch.in_(sa.select(FILES.c.batch))
    keys = [
        due.c.batch,
        due.c.county,
        due.c.category,
        sa.func.coalesce(ends.c.sent, own),
        ends.c.last.is_not(None),
        sa.func.coalesce(RESOLUTIONS.c.outcome, ""),
        FAILURES.c.payment.is_not(None),
    ]
    amount, total = due.c.amount_fen, sa.func.sum
    failures = sa.func.coalesce(ends.c.failures, _is(FAILURES.c.outcome == FAILED))
    reversals = sa.func.coalesce(ends.c.reversals, _is(FAILURES.c.outcome == SAID_PAID))
    select = (
        sa.select(
            *keys, total(amount), sa.func.count(), total(amount * failures),
            total(amount * reversals),
        )
        .join(ends, ends.c.first == due.c.payment, isouter=True)
        .join(RESOLUTIONS, RESOLUTIONS.c.payment == last, isouter=True)
        .join(FAILURES, FAILURES.c.payment == last, isouter=True)
        .where(due.c.batch.in_(_first()))
        .group_by(*keys)
        .order_by(*keys[:3])
    )  # fmt: skip
    if batches is not None:
        # By the number of the row: no index leads from a batch to its entitlements.
        within = [
            due.c.entitlement.between(number * ROWS_OF_BATCH, (number + 1) * ROWS_OF_BATCH - 1)
            for number in sorted(batches)
        ]
        select = select.where(sa.or_(sa.false(), *within))
    if failed:
        select = select.where(due.c.payment.in_(sa.select(FAILURES.c.payment)))
    return select


def _is(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)


def _whole(connection: sa.Connection) -> pd.DataFrame:
    """Give what the shares of each county of each batch add up to: all that it is due."""
    shares = PARTS["shares"]
    keys = shares.c.batch, shares.c.county
    select = sa.select(*keys, sa.func.sum(shares.c.amount_fen)).where(shares.c.batch.in_(_first()))
    columns = {name: PLACES[name] for name in ("batch", "county", "amount_fen")}
    rows = connection.execute(select.group_by(*keys).order_by(*keys)).all()
    return frame_of(rows, columns)


def _with_event(kind: str) -> sa.Select[tuple[int]]:
    return sa.select(EVENTS.c.batch).where(EVENTS.c.kind == kind).distinct()


def _an_answer(batch: int) -> sa.Select[tuple[int]]:
    first = batch * ROWS_OF_BATCH
    payment = RESOLUTIONS.c.payment
    return sa.select(payment).where(payment >= first, payment < first + ROWS_OF_BATCH).limit(1)
