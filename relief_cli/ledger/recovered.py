"""Money that came back from people, and the sources that it goes back to.

It goes back by the shares that it came from: those of the batch and county by which the cycle was
paid that is owed back. Where a recovery names no cycle, those of the person's last payment before
it; where there was none, the county that asked for it.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.schema import BATCHES, ENTITLEMENTS, EVENTS, PARTS
from relief_cli.ledger.stop_schema import OVERPAYMENTS, RECOVERIES, REPAYMENTS
from relief_cli.money import split

SHARES = PARTS["shares"]
_OWN = "county"
"""The source of what no payment of the books tells of."""


class Recovered(NamedTuple):
    """A source's part of one repayment."""

    repayment: int
    source: str
    amount_fen: int


def recovered(connection: sa.Connection) -> list[Recovered]:
    """Give each source's part of each repayment, in the order of recording.

    The parts of a repayment sum to it, and those of all repayments of a recovery are, fen for fen,
    the shares of what has come back of it so far.
    """
    rows = connection.execute(sa.select(REPAYMENTS).order_by(REPAYMENTS.c.repayment)).all()
    shares = {number: _shares_of(connection, number) for number in {row.recovery for row in rows}}
    back: dict[int, int] = defaultdict(int)
    given: dict[int, dict[str, int]] = defaultdict(dict)
    found = []
    for row in rows:
        back[row.recovery] += row.amount_fen
        sources = list(shares[row.recovery])
        parts = split(back[row.recovery], list(shares[row.recovery].values()))
        for source, so_far in zip(sources, parts, strict=True):
            before = given[row.recovery].get(source, 0)
            given[row.recovery][source] = so_far
            if so_far != before:
                found.append(Recovered(row.repayment, source, so_far - before))
    return found


class _Paid(NamedTuple):
    """By which batch, and for which county, somebody was paid."""

    batch: int
    county: str | None


def _shares_of(connection: sa.Connection, recovery: int) -> Mapping[str, int]:
    """Give source → what it gave of the sum that a recovery asks for; some more than nothing."""
    whole = connection.execute(sa.select(RECOVERIES).where(RECOVERIES.c.recovery == recovery)).one()
    parts = connection.execute(
        sa.select(OVERPAYMENTS).where(OVERPAYMENTS.c.recovery == recovery)
    ).all()
    found = [
        (part.amount_fen, _of_cycle(connection, whole.person, part.programme, part.cycle))
        for part in parts
    ]
    if not parts:
        found = [(whole.amount_fen, _last(connection, whole.person, whole.event))]
    shares: dict[str, int] = defaultdict(int)
    for fen, paid in found:
        for source, part in _split(connection, fen, paid):
            shares[source] += part
    return {source: fen for source, fen in shares.items() if fen} or {_OWN: whole.amount_fen}


def _of_cycle(connection: sa.Connection, person: str, programme: str, cycle: str) -> _Paid | None:
    """Give by what somebody was paid for a cycle first."""
    of_cycle = _paid(person).where(BATCHES.c.programme == programme, BATCHES.c.cycle == cycle)
    return _first(connection, of_cycle.order_by(ENTITLEMENTS.c.entitlement))


def _last(connection: sa.Connection, person: str, event: int) -> _Paid | None:
    """Give by what somebody was paid last before an event."""
    prepared = sa.select(sa.func.min(EVENTS.c.event)).where(EVENTS.c.batch == ENTITLEMENTS.c.batch)
    before = _paid(person).where(prepared.scalar_subquery() < event)
    return _first(connection, before.order_by(ENTITLEMENTS.c.entitlement.desc()))


def _paid(person: str) -> sa.Select[tuple[int, str]]:
    return (
        sa.select(ENTITLEMENTS.c.batch, ENTITLEMENTS.c.county)
        .join(BATCHES, BATCHES.c.batch == ENTITLEMENTS.c.batch)
        .where(
            ENTITLEMENTS.c.person == person,
            ENTITLEMENTS.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
        )
    )


def _first(connection: sa.Connection, select: sa.Select[tuple[int, str]]) -> _Paid | None:
    row = connection.execute(select.limit(1)).first()
    return _Paid(row.batch, row.county) if row else None


def _split(connection: sa.Connection, fen: int, paid: _Paid | None) -> list[tuple[str, int]]:
    if paid is None:
        return [(_OWN, fen)]
    rows = connection.execute(
        sa.select(SHARES.c.source, SHARES.c.amount_fen)
        .where(SHARES.c.batch == paid.batch, SHARES.c.county == paid.county)
        .order_by(SHARES.c.line)
    ).all()
    parts = split(fen, [row.amount_fen for row in rows])
    return [(row.source, part) for row, part in zip(rows, parts, strict=True)]
