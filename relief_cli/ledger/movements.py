"""How the money came where it is: every event that moved any, and how much."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.funding_schema import RECEIPTS
from relief_cli.ledger.positions import PAID, RETURNED, TRANSIT, UNSENT, due, followers
from relief_cli.ledger.return_schema import FAILURES, RESOLUTIONS, RETURN_LINES, RETURNS
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, EVENTS, PARTS, ROWS_OF_BATCH
from relief_cli.ledger.stop_schema import RECOVERIES, REPAYMENTS

RECEIVED, OWED, REPAID = "received", "recovery", "repaid"
"""The kinds of events that move money of no batch."""
STEPS = {
    "event": "int64",
    "batch": "int64",
    "first": "int64",
    "county": "str",
    "category": "str",
    "before": "str",
    "after": "str",
    "amount_fen": "int64",
    "payments": "int64",
}
"""A line for each event, county, category, and fate before and after it.

``batch`` went out or was answered; ``first`` paid for the first time what it pays. Fates are those
of :mod:`relief_cli.ledger.positions`. A payment of several categories counts in the first alone.
"""
_PLACE = ["event", "batch", "first", "county", "category", "before", "after"]
_STEP = {
    "event": "int64",
    "batch": "int64",
    "payment": "int64",
    "before": "str",
    "after": "str",
}
_Steps = sa.Select[tuple[int, int, int, str, str]]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Money that arrived from a source, is owed back, or was repaid."""

    event: int
    kind: str
    """:data:`RECEIVED`, :data:`OWED` or :data:`REPAID`."""
    on: dt.date
    """When it arrived, by its document; of what is owed when that was recorded, in UTC."""
    amount_fen: int
    source: str = ""
    """Whom it came from, where it was received."""
    recovery: int = 0
    """The recovery's number, where it is owed or was repaid."""
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class Movements:
    """All that moved money, but for batches that were rejected."""

    steps: pd.DataFrame
    """As :data:`STEPS`, in the order of the events."""
    days: Mapping[int, dt.date]
    """Event → its day in UTC, for each event of the steps."""
    batches: Mapping[int, tuple[str, str]]
    """Number of a batch → its name and its programme."""
    entries: tuple[Entry, ...]


def movements(connection: sa.Connection) -> Movements:
    """Give what moved money; nothing in it names a person."""
    steps = _steps(connection)
    wanted = set(steps["event"].tolist())
    days = connection.execute(sa.select(EVENTS.c.event, EVENTS.c.at))
    batches = connection.execute(sa.select(BATCHES.c.batch, BATCHES.c.name, BATCHES.c.programme))
    return Movements(
        steps=steps,
        days={row.event: _day(row.at) for row in days if row.event in wanted},
        batches={row.batch: (row.name, row.programme) for row in batches},
        entries=tuple(_entries(connection)),
    )


def _steps(connection: sa.Connection) -> pd.DataFrame:
    """Give every step of every payment's money, summed; see :data:`STEPS`."""
    steps = pd.concat(
        [frame_of(connection.execute(one).all(), _STEP) for one in (_sent(), _told(), _reversed())],
        ignore_index=True,
    )
    again = followers(connection)
    origins = _origins(pd.Series(again.index.to_numpy(), index=again.to_numpy(), dtype="int64"))
    repeated = steps["payment"].isin(origins.index)
    steps = steps.assign(
        payment=steps["payment"].map(origins).fillna(steps["payment"]).astype("int64"),
        # What is paid again had come back.
        before=steps["before"].mask(repeated & (steps["before"] == UNSENT), RETURNED),
        step=np.arange(len(steps)),
    )
    owed = due(connection).rename(columns={"batch": "first"})
    split = steps.merge(owed, on="payment", how="inner")
    split["payments"] = (~split.duplicated("step")).astype("int64")
    grouped = split.groupby(_PLACE, sort=True)[["amount_fen", "payments"]].sum()
    return grouped.reset_index()[list(STEPS)].astype(STEPS)


def _origins(follows: pd.Series) -> pd.Series:
    """Give, by payment that pays again, the one that paid the same for the first time.

    Args:
        follows: by payment that pays again, the failed one that it follows.
    """
    origins = follows.copy()
    # What is followed is in an earlier batch: its own origin is known when it is looked at.
    batch = follows.index.to_numpy() // ROWS_OF_BATCH
    for number in sorted(set(batch.tolist())):
        here = follows[batch == number]
        earlier = here.map(origins).fillna(here).astype("int64")
        origins.loc[here.index] = earlier
    return origins


def _sent() -> _Steps:
    payments = PARTS["payments"]
    fates = sa.literal(UNSENT), sa.literal(TRANSIT)
    return (
        sa.select(EVENTS.c.event, payments.c.batch, payments.c.payment, *fates)
        .join(EVENTS, EVENTS.c.batch == payments.c.batch)
        .where(EVENTS.c.kind == "exported")
        .where(payments.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
    )


def _told() -> _Steps:
    after = sa.case({"paid": PAID, "failed": RETURNED}, value=RESOLUTIONS.c.outcome)
    return _of_answers(RESOLUTIONS, sa.literal(TRANSIT), after)


def _reversed() -> _Steps:
    steps = _of_answers(FAILURES, sa.literal(PAID), sa.literal(RETURNED))
    # What failed at first was told already.
    return steps.where(FAILURES.c.outcome == "paid")


def _of_answers(
    table: sa.Table, before: sa.ColumnElement[str], after: sa.ColumnElement[str]
) -> _Steps:
    return (
        sa.select(RETURNS.c.event, RETURNS.c.batch, table.c.payment, before, after)
        .join(RETURN_LINES, RETURN_LINES.c.line == table.c.line)
        .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
    )


def _entries(connection: sa.Connection) -> Iterator[Entry]:
    """Give what moves money of no batch; of recoveries neither the person nor the reason."""
    for row in connection.execute(sa.select(RECEIPTS).order_by(RECEIPTS.c.receipt)):
        yield Entry(
            event=row.event,
            kind=RECEIVED,
            on=dt.date.fromisoformat(row.received_on),
            amount_fen=row.amount_fen,
            source=row.source,
            document=row.document,
        )
    owed = sa.select(
        RECOVERIES.c.event, RECOVERIES.c.recovery, RECOVERIES.c.amount_fen, EVENTS.c.at
    ).join(EVENTS, EVENTS.c.event == RECOVERIES.c.event)
    for row in connection.execute(owed.order_by(RECOVERIES.c.recovery)):
        yield Entry(
            event=row.event,
            kind=OWED,
            on=_day(row.at),
            amount_fen=row.amount_fen,
            recovery=row.recovery,
        )
    for row in connection.execute(sa.select(REPAYMENTS).order_by(REPAYMENTS.c.repayment)):
        yield Entry(
            event=row.event,
            kind=REPAID,
            on=dt.date.fromisoformat(row.repaid_on),
            amount_fen=row.amount_fen,
            recovery=row.recovery,
            document=row.document,
        )


def _day(at: str) -> dt.date:
    return dt.date.fromisoformat(at[:10])
