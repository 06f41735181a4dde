"""How the money came where it is: every event that moved any, and how much."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from relief_cli.frames import empty
from relief_cli.ledger.chains import Chain, chains
from relief_cli.ledger.funding_schema import RECEIPTS
from relief_cli.ledger.positions import PAID, RETURNED, TRANSIT, UNSENT
from relief_cli.ledger.recovered import recovered
from relief_cli.ledger.return_schema import FAILURES, RESOLUTIONS, RETURNS
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import BATCHES, EVENTS, PARTS, ROWS_OF_BATCH, rows_of
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
_DUE = {"payment": "int64", "county": "str", "category": "str", "amount_fen": "int64"}
_CHANGED = {"payment": "int64", "event": "int64", "before": "str", "after": "str"}
_ANSWERED = {"payment": "int64", "outcome": "str", "line": "int64"}
_SUMS = ["amount_fen", "payments"]


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
    parts: tuple[tuple[str, int], ...] = ()
    """Where it was repaid: the sources that it goes back to, and how much of it."""
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
    sent = sa.select(EVENTS.c.batch, EVENTS.c.event).where(EVENTS.c.kind == "exported")
    batches = connection.execute(sa.select(BATCHES.c.batch, BATCHES.c.follows))
    follows = {row.batch: row.follows for row in batches}
    answers = connection.execute(sa.select(RETURNS.c.answer, RETURNS.c.event))
    events = {row.answer: row.event for row in answers}
    apart = chains(connection)
    # Batch by batch, so that the payments of all years are not in memory together.
    found = [
        _steps_of(connection, batch, _root(batch, follows), event, events, apart)
        for batch, event in connection.execute(sent.order_by(EVENTS.c.batch)).all()
    ]
    steps = pd.concat([empty(STEPS), *found], ignore_index=True)
    return steps.sort_values([name for name in STEPS if name not in _SUMS], ignore_index=True)


def _root(batch: int, follows: Mapping[int, int | None]) -> int:
    """Give the batch that paid for the first time what ``batch`` pays."""
    while (followed := follows[batch]) is not None:
        batch = followed
    return batch


def _steps_of(
    connection: sa.Connection,
    batch: int,
    first: int,
    sent: int,
    events: Mapping[int, int],
    apart: Sequence[Chain],
) -> pd.DataFrame:
    """Give the steps of one batch; see :data:`STEPS`.

    Args:
        connection: to the ledger.
        batch: its number in the ledger.
        first: the batch that paid for the first time what it pays.
        sent: the event with which it went out.
        events: answer → the event with which it was taken in.
        apart: payments that the bank came back to after they had failed, and what pays them again.
    """
    due = selected(connection, _due(batch), _DUE)
    due = due.assign(payments=(~due.duplicated("payment")).astype("int64"))
    changed = due.merge(_changed(apart), on="payment")
    due = due[~due["payment"].isin([number for chain in apart for number in chain.payments])]
    answered, failed = (
        selected(connection, _answered(table, batch), _ANSWERED)
        for table in (RESOLUTIONS, FAILURES)
    )
    after = answered["outcome"].map({"paid": PAID, "failed": RETURNED})
    # What failed at first is told by its resolution.
    back = failed[failed["outcome"] == "paid"]
    moved = [
        # What is paid again had come back.
        due.assign(event=sent, before=UNSENT if first == batch else RETURNED, after=TRANSIT),
        _told(due, answered.assign(before=TRANSIT, after=after), events),
        _told(due, back.assign(before=PAID, after=RETURNED), events),
        changed,
    ]
    steps = pd.concat(moved).assign(batch=batch, first=first)
    keys = [name for name in STEPS if name not in _SUMS]
    return steps.groupby(keys, sort=False)[_SUMS].sum().reset_index()[list(STEPS)].astype(STEPS)


def _changed(apart: Sequence[Chain]) -> pd.DataFrame:
    rows = [
        (one.payment, one.event, one.before, one.after)
        for chain in apart
        for one in chain.changes()
    ]
    return pd.DataFrame(rows, columns=list(_CHANGED)).astype(_CHANGED)


def _told(due: pd.DataFrame, rows: pd.DataFrame, events: Mapping[int, int]) -> pd.DataFrame:
    """Give what is due of the payments that answers tell of, with each answer's event."""
    answer = rows["line"] // ROWS_OF_BATCH
    return due.merge(rows.assign(event=answer.map(events)), on="payment")


def _due(batch: int) -> sa.Select[tuple[int, str, str, int]]:
    """Select what each payment of a batch is for by county and category; see ``_DUE``."""
    table = PARTS["entitlements"]
    keys = table.c.payment, table.c.county, table.c.category
    return (
        sa.select(*keys, sa.func.sum(table.c.amount_fen))
        .where(rows_of(table.c.entitlement, batch))
        .group_by(*keys)
        .order_by(*keys)
    )


def _answered(table: sa.Table, batch: int) -> sa.Select[tuple[int, str, int]]:
    return sa.select(table.c.payment, table.c.outcome, table.c.line).where(
        rows_of(table.c.payment, batch)
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
    parts: dict[int, Counter[str]] = defaultdict(Counter)
    for one in recovered(connection):
        parts[one.repayment][one.source] += one.amount_fen
    for row in connection.execute(sa.select(REPAYMENTS).order_by(REPAYMENTS.c.repayment)):
        yield Entry(
            event=row.event,
            kind=REPAID,
            on=dt.date.fromisoformat(row.repaid_on),
            amount_fen=row.amount_fen,
            recovery=row.recovery,
            parts=tuple(parts[row.repayment].items()),
            document=row.document,
        )


def _day(at: str) -> dt.date:
    return dt.date.fromisoformat(at[:10])
