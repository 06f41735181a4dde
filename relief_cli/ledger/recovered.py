"""Money that came back from people, and the sources that it goes back to.

It goes back by the shares that it came from: those of the batch, county and category by which the
cycle was paid that is owed back. Where a recovery names no cycle, those of the person's last
payment before it; where there was none, the county that asked for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.schema import BATCHES, ENTITLEMENTS, EVENTS, PARTS
from relief_cli.ledger.stop_schema import OVERPAYMENTS, RECOVERIES, REPAYMENTS
from relief_cli.money import split

SHARES = PARTS["shares"]
_OWN = "county", ""
"""The source of what no payment of the books tells of, and no function code."""


class Recovered(NamedTuple):
    """A source's part of one repayment."""

    repayment: int
    source: str
    code: str
    """The function code by which it was paid; empty where none is known."""
    amount_fen: int


def recovered(connection: sa.Connection) -> list[Recovered]:
    """Give each source's part of each repayment, in the order of recording.

    The parts of a repayment sum to it, and those of all repayments of a recovery are, fen for fen,
    the shares of what has come back of it so far.
    """
    rows = connection.execute(sa.select(REPAYMENTS).order_by(REPAYMENTS.c.repayment)).all()
    shares = {number: _shares_of(connection, number) for number in {row.recovery for row in rows}}
    back: dict[int, int] = defaultdict(int)
    given: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    found = []
    for row in rows:
        back[row.recovery] += row.amount_fen
        parts = split(back[row.recovery], list(shares[row.recovery].values()))
        for purse, so_far in zip(shares[row.recovery], parts, strict=True):
            before = given[row.recovery].get(purse, 0)
            given[row.recovery][purse] = so_far
            if so_far != before:
                found.append(Recovered(row.repayment, *purse, so_far - before))
    return found


def by_source(parts: Iterable[Recovered]) -> list[tuple[str, str, int, int]]:
    """Sum ``parts`` by source and code: rows of :data:`relief_cli.batch.RECOVERED`, sorted."""
    fen: Counter[tuple[str, str]] = Counter()
    repayments: dict[tuple[str, str], set[int]] = defaultdict(set)
    for part in parts:
        fen[part.source, part.code] += part.amount_fen
        repayments[part.source, part.code].add(part.repayment)
    return [(*purse, len(repayments[purse]), fen[purse]) for purse in sorted(fen)]


class _Paid(NamedTuple):
    """By which batch, for which county and in which category somebody was paid."""

    batch: int
    county: str | None
    category: str


def _shares_of(connection: sa.Connection, recovery: int) -> Mapping[tuple[str, str], int]:
    """Give what each source gave of what a recovery asks for, by code; some more than nothing."""
    whole = connection.execute(sa.select(RECOVERIES).where(RECOVERIES.c.recovery == recovery)).one()
    parts = connection.execute(
        sa.select(OVERPAYMENTS).where(OVERPAYMENTS.c.recovery == recovery)
    ).all()
    found = [(part.amount_fen, _of_cycle(connection, whole.person, part)) for part in parts]
    if not parts:
        found = [(whole.amount_fen, _last(connection, whole.person, whole.event))]
    shares: dict[tuple[str, str], int] = defaultdict(int)
    for fen, paid in found:
        for purse, part in _split(connection, fen, paid):
            shares[purse] += part
    return {purse: fen for purse, fen in shares.items() if fen} or {_OWN: whole.amount_fen}


def _of_cycle(connection: sa.Connection, person: str, part: sa.Row[Any]) -> _Paid | None:
    """Give by what somebody was paid for a cycle first, or for a part of it."""
    of_cycle = _paid(person).where(
        BATCHES.c.programme == part.programme,
        BATCHES.c.cycle == part.cycle,
        ENTITLEMENTS.c.move == part.move,
    )
    return _first(connection, of_cycle.order_by(ENTITLEMENTS.c.entitlement))


def _last(connection: sa.Connection, person: str, event: int) -> _Paid | None:
    """Give by what somebody was paid last before an event."""
    prepared = sa.select(sa.func.min(EVENTS.c.event)).where(EVENTS.c.batch == ENTITLEMENTS.c.batch)
    before = _paid(person).where(prepared.scalar_subquery() < event)
    return _first(connection, before.order_by(ENTITLEMENTS.c.entitlement.desc()))


def _paid(person: str) -> sa.Select[tuple[int, str, str]]:
    return (
        sa.select(ENTITLEMENTS.c.batch, ENTITLEMENTS.c.county, ENTITLEMENTS.c.category)
        .join(BATCHES, BATCHES.c.batch == ENTITLEMENTS.c.batch)
        .where(
            ENTITLEMENTS.c.person == person,
            ENTITLEMENTS.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
        )
    )


def _first(connection: sa.Connection, select: sa.Select[tuple[int, str, str]]) -> _Paid | None:
    row = connection.execute(select.limit(1)).first()
    return _Paid(row.batch, row.county, row.category) if row else None


def _split(
    connection: sa.Connection, fen: int, paid: _Paid | None
) -> list[tuple[tuple[str, str], int]]:
    if paid is None:
        return [(_OWN, fen)]
    cell = tuple(SHARES.c[name] == getattr(paid, name) for name in _Paid._fields)
    rows = connection.execute(
        sa.select(SHARES.c.source, SHARES.c.code, SHARES.c.amount_fen)
        .where(*cell)
        .order_by(SHARES.c.line)
    ).all()
    parts = split(fen, [row.amount_fen for row in rows])
    return [((row.source, row.code), part) for row, part in zip(rows, parts, strict=True)]
