"""Where the money of every entitlement is: not sent, on its way, paid, or back."""

from collections.abc import Collection

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.batch import empty
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import FAILED, FAILURES, RESOLUTIONS
from relief_cli.ledger.return_schema import PAID as SAID_PAID
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import BATCHES, EVENTS, FILES, PARTS, ROWS_OF_BATCH, rows_of

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


_WHOLE = {
    name: POSITIONS[name] for name in ("batch", "county", "category", "amount_fen", "persons")
}


def positions(connection: sa.Connection, cycles: Collection[str] | None = None) -> pd.DataFrame:
    """Give where the money of the batches that were not rejected is; see :data:`POSITIONS`.

    Args:
        connection: to the ledger.
        cycles: only batches of these cycles; all where ``None``.
    """
    first = _first().order_by(BATCHES.c.batch)
    if cycles is not None:
        first = first.where(BATCHES.c.cycle.in_(sorted(cycles)))
    batches = connection.scalars(first).all()
    due = [selected(connection, _due(batch), _WHOLE) for batch in batches]
    whole = pd.concat([empty(_WHOLE), *due], ignore_index=True)
    complete = {batch for batch in batches if _is_answered_in_full(connection, batch)}
    found = _by_fate(connection, whole, complete)
    there = (found["amount_fen"] != 0) | (found["persons"] != 0)
    return found[there].reset_index(drop=True)[list(POSITIONS)].astype(POSITIONS)


def places(connection: sa.Connection) -> pd.DataFrame:
    """Give what all positions come to by county; see :data:`PLACES`.

    Reads no entitlements but those of failed payments and of batches that are answered in part: all
    others add up to the shares of their county.
    """
    shares = PARTS["shares"]
    keys = shares.c.batch, shares.c.county
    select = (
        sa.select(*keys, sa.func.sum(shares.c.amount_fen))
        .where(shares.c.batch.in_(_first()))
        .group_by(*keys)
        .order_by(*keys)
    )
    columns = {name: PLACES[name] for name in ("batch", "county", "amount_fen")}
    settled = sa.select(EVENTS.c.batch).where(EVENTS.c.kind == "settled").distinct()
    whole = selected(connection, select, columns)
    found = _by_fate(connection, whole, set(connection.scalars(settled)))
    return found[list(PLACES)].astype(PLACES)


def _by_fate(
    connection: sa.Connection, whole: pd.DataFrame, complete: Collection[int]
) -> pd.DataFrame:
    """Split what whole batches are due by where it is.

    Args:
        connection: to the ledger.
        whole: ``batch``, what else tells the amounts apart, ``amount_fen``, and ``persons`` or not.
        complete: the batches of which every payment is answered.

    Returns:
        :data:`POSITIONS` as far as ``whole`` has them, with the figures of failures.
    """
    sums = [name for name in ("amount_fen", "persons") if name in whole]
    keys = [name for name in whole if name not in sums]
    batches = set(whole["batch"])
    sent = set(connection.scalars(sa.select(FILES.c.batch).distinct()))
    in_part = sorted(
        batch
        for batch in batches & sent
        if batch not in complete and _has_answer(connection, batch)
    )
    failed = _detailed(
        connection, PARTS["entitlements"].c.payment.in_(sa.select(FAILURES.c.payment))
    )
    parts = [
        _detailed(connection, rows_of(PARTS["entitlements"].c.entitlement, batch))
        for batch in in_part
    ]
    exceptions = pd.concat(
        [failed[failed["batch"].isin(batches & set(complete))], *parts], ignore_index=True
    )
    elsewhere = exceptions.groupby(keys)[sums].sum()
    rest = whole[~whole["batch"].isin(in_part)].reset_index(drop=True)
    index = pd.MultiIndex.from_frame(rest[keys])
    left = rest[sums] - elsewhere.reindex(index).fillna(0).astype("int64").to_numpy()
    fate = np.select(
        [~rest["batch"].isin(sent), rest["batch"].isin(complete)], [UNSENT, PAID], default=TRANSIT
    )
    zero = dict.fromkeys(("failed_fen", "reversed_fen", "repaid_fen"), 0)
    rest = rest.assign(**{name: left[name] for name in sums}, fate=fate, **zero)
    return pd.concat([rest, exceptions[list(rest)]], ignore_index=True)


def _detailed(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> pd.DataFrame:
    """Give the positions of the ``wanted`` entitlements, payment by payment; :data:`POSITIONS`."""
    table = selected(connection, _grouped(wanted), _GROUPED)
    sent, followed = table.pop("sent"), table.pop("followed")
    fate = np.select(
        [
            # The repeat payment is not exported yet; the money is still with the office.
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


def _due(batch: int) -> sa.Select[tuple[int, str, str, int, int]]:
    """Select what a batch is due by county and category; see ``_WHOLE``."""
    due = PARTS["entitlements"]
    keys = due.c.county, due.c.category
    return (
        sa.select(sa.literal(batch), *keys, sa.func.sum(due.c.amount_fen), sa.func.count())
        .where(rows_of(due.c.entitlement, batch))
        .group_by(*keys)
        .order_by(*keys)
    )


def _is_answered_in_full(connection: sa.Connection, batch: int) -> bool:
    """Say whether the bank has told of every payment of a batch, by the rows themselves."""
    counts = (
        connection.scalar(sa.select(sa.func.count()).where(rows_of(table.c.payment, batch)))
        for table in (PARTS["payments"], RESOLUTIONS)
    )
    return len(set(counts)) == 1


def _has_answer(connection: sa.Connection, batch: int) -> bool:
    payment = RESOLUTIONS.c.payment
    some = sa.select(payment).where(rows_of(payment, batch)).limit(1)
    return connection.scalar(some) is not None


def _first() -> sa.Select[int]:
    """Select the batches that pay for the first time and were not rejected."""
    return sa.select(BATCHES.c.batch).where(
        BATCHES.c.follows.is_(None), BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch))
    )


def _ends() -> sa.CTE:
    """Select, by payment that is paid again, the last of its chain and how often it came back."""
    again = PARTS["follow_ups"]
    live = (
        sa.select(again.c.follows, again.c.payment)
        .where(again.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        .cte("live")
    )
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


def _grouped(wanted: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
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
    return (
        sa.select(
            *keys, total(amount), sa.func.count(), total(amount * failures),
            total(amount * reversals),
        )
        .join(ends, ends.c.first == due.c.payment, isouter=True)
        .join(RESOLUTIONS, RESOLUTIONS.c.payment == last, isouter=True)
        .join(FAILURES, FAILURES.c.payment == last, isouter=True)
        .where(wanted, due.c.batch.in_(_first()))
        .group_by(*keys)
        .order_by(*keys[:3])
    )  # fmt: skip


def _is(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)
