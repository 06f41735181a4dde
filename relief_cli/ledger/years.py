"""The money of each year by source and function code, and years that are closed.

What goes out stands in the year of the batch's pay day; a failure, or what comes back after
success, in the year in which the bank said so. What becomes known after a year was closed stands in
the next one.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.chains import chains
from relief_cli.ledger.events import add_event
from relief_cli.ledger.funding_schema import CARRIED, CLOSED_YEARS, RECEIPTS
from relief_cli.ledger.recovered import recovered
from relief_cli.ledger.return_schema import FAILURES, RETURN_LINES, RETURNS
from relief_cli.ledger.schema import BATCHES, EVENTS, PARTS
from relief_cli.ledger.stop_schema import REPAYMENTS
from relief_cli.money import apportion
from relief_cli.purses import Purse, charge

_Cell = tuple[int, str, str]
"""The batch that pays first, county and category."""


@dataclass(frozen=True, kw_only=True)
class YearLine:
    """A source's money for one code (empty: for any) in one year, in fen."""

    source: str
    code: str
    carried_fen: int
    """Left of the years before (上年结转)."""
    received_fen: int
    spent_fen: int
    """Gone out and not come back."""
    recovered_fen: int
    """Paid back by people."""

    @property
    def balance_fen(self) -> int:
        """What is left at the end of the year (结余)."""
        return self.carried_fen + self.received_fen - self.spent_fen + self.recovered_fen


class Years:
    """What the ledger knows of years, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def closed(self) -> dict[int, int]:
        """Give each closed year and the event that closed it."""
        select = sa.select(CLOSED_YEARS.c.year, CLOSED_YEARS.c.event).order_by(CLOSED_YEARS.c.year)
        return {row.year: row.event for row in self._connection.execute(select)}

    def carried(self) -> dict[int, dict[Purse, int]]:
        """Give what each closed year left, as it was recorded."""
        found: dict[int, dict[Purse, int]] = {year: {} for year in self.closed()}
        for row in self._connection.execute(sa.select(CARRIED)):
            found[row.year][row.source, row.code] = row.balance_fen
        return found

    def require_open(self, on: dt.date) -> None:
        """Refuse what would be booked in a closed year, or in one before it.

        Raises:
            RefusedError: ``year-closed``.
        """
        last = max(self.closed(), default=0)
        if on.year <= last:
            raise RefusedError(
                "year-closed",
                N_("The year {year} is closed: nothing is booked on {day}."),
                why=N_("Its balances were carried forward and signed; they must stay."),
                remedy=N_(
                    "Give a day of an open year, after {last}-12-31: --on, or --pay-on for a batch."
                ),
                year=on.year,
                day=on.isoformat(),
                last=last,
            )

    def lines(self, year: int) -> list[YearLine]:
        """Give the figures of a year by source and code; lines of nothing are left out.

        What is for a code comes out of the source's money for that code, then out of its money for
        any code, see :func:`relief_cli.purses.charge`.
        """
        received, repaid = self._received(), self._recovered()
        given = [_until(received, last) + _until(repaid, last) for last in (year - 1, year)]
        entries = list(_entries(self._connection, self.closed()))
        used = [
            charge(of, _spent(self._connection, entries, last))
            for of, last in zip(given, (year - 1, year), strict=True)
        ]
        lines = [
            YearLine(
                source=source,
                code=code,
                carried_fen=given[0][source, code] - used[0].get((source, code), 0),
                received_fen=received[year][source, code],
                spent_fen=used[1].get((source, code), 0) - used[0].get((source, code), 0),
                recovered_fen=repaid[year][source, code],
            )
            for source, code in sorted({*given[1], *used[0], *used[1]})
        ]
        return [
            one
            for one in lines
            if one.carried_fen or one.received_fen or one.spent_fen or one.recovered_fen
        ]

    def _received(self) -> Mapping[int, Counter[Purse]]:
        found: dict[int, Counter[Purse]] = defaultdict(Counter)
        for row in self._connection.execute(sa.select(RECEIPTS)):
            found[int(row.received_on[:4])][row.source, row.code] += row.amount_fen
        return found

    def _recovered(self) -> Mapping[int, Counter[Purse]]:
        select = sa.select(REPAYMENTS.c.repayment, REPAYMENTS.c.repaid_on)
        days = {row.repayment: row.repaid_on for row in self._connection.execute(select)}
        found: dict[int, Counter[Purse]] = defaultdict(Counter)
        for one in recovered(self._connection):
            found[int(days[one.repayment][:4])][one.source, one.code] += one.amount_fen
        return found


class WritableYears(Years):
    """The same in a transaction that writes."""

    def close(self, year: int) -> None:
        """Close a year: record what it leaves to the next; again has no effect.

        Raises:
            RefusedError: ``year-unfinished``; a batch that is paid by its end has not gone out.
        """
        if year <= max(self.closed(), default=0):
            return
        unsent = self._unsent(year)
        if unsent:
            raise RefusedError(
                "year-unfinished",
                N_("The year {year} cannot be closed: {batches} has not gone out."),
                why=N_("It is to be paid in that year, and a closed year takes no new entries."),
                remedy=N_("Export or reject it, then close the year."),
                year=year,
                batches=", ".join(unsent),
            )
        event = add_event(self._connection, "year-closed", None, {"year": year})
        # What is known until now stands in it, so the lines are made before it is closed.
        lines = self.lines(year)
        self._connection.execute(CLOSED_YEARS.insert().values(year=year, event=event))
        last = self._connection.scalar(sa.select(sa.func.max(CARRIED.c.carried))) or 0
        for number, line in enumerate(lines, start=last + 1):
            body: dict[str, object] = {
                "carried": number,
                "year": year,
                **{name: asdict(line)[name] for name in ("source", "code")},
                "balance_fen": line.balance_fen,
            }
            event = add_event(self._connection, "carried", None, body)
            self._connection.execute(CARRIED.insert().values(event=event, **body))

    def _unsent(self, year: int) -> list[str]:
        select = (
            sa.select(BATCHES.c.name)
            .where(
                BATCHES.c.pay_on <= f"{year}-12-31",
                BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
                BATCHES.c.batch.not_in(sa.select(EVENTS.c.batch).where(EVENTS.c.kind == _SENT)),
            )
            .order_by(BATCHES.c.batch)
        )
        return list(self._connection.scalars(select))


_SENT = "exported"
"""The kind of the event with which a batch goes out."""


def _until(by_year: Mapping[int, Counter[Purse]], year: int) -> Counter[Purse]:
    total: Counter[Purse] = Counter()
    for one, amounts in by_year.items():
        if one <= year:
            total.update(amounts)
    return total


def _entries(
    connection: sa.Connection, closed: Mapping[int, int]
) -> Iterator[tuple[int, _Cell, int]]:
    """Give what went out (above 0) and came back (below): year, cell, fen."""
    rows = connection.execute(sa.select(BATCHES.c.batch, BATCHES.c.follows, BATCHES.c.pay_on))
    batches = {row.batch: row for row in rows}

    def first(batch: int) -> int:
        while (followed := batches[batch].follows) is not None:
            batch = followed
        return batch

    def booked(year: int, event: int) -> int:
        later = [one for one, closing in closed.items() if one >= year and closing < event]
        return max(later) + 1 if later else year

    for gone in connection.execute(_gone()):
        year = booked(int(batches[gone.batch].pay_on[:4]), gone.event)
        yield year, (first(gone.batch), gone.county, gone.category), int(gone.fen)
    for back in connection.execute(_back()):
        # The bank may name no day.
        known = max(int(batches[back.batch].pay_on[:4]), int(back.bank_on[:4] or 0))
        year = booked(known, back.event)
        yield year, (first(back.batch), back.county, back.category), -int(back.fen)
    for batch, event, day, county, category, fen in _told_later(connection):
        known = max(int(batches[batch].pay_on[:4]), int(day[:4] or 0))
        yield booked(known, event), (first(batch), county, category), fen


def _told_later(connection: sa.Connection) -> Iterator[tuple[int, int, str, str, str, int]]:
    """Give what later words on failed payments change: spent again (above 0), or not come back.

    Returns:
        Batch, event, the bank's day, county, category, fen.
    """
    due = PARTS["entitlements"].c
    for chain in chains(connection):
        for event, payment, sign in chain.corrections():
            day = connection.scalar(sa.select(RETURNS.c.bank_on).where(RETURNS.c.event == event))
            sums = (
                sa.select(due.batch, due.county, due.category, sa.func.sum(due.amount_fen))
                .where(due.payment == payment)
                .group_by(due.batch, due.county, due.category)
            )
            for batch, county, category, fen in connection.execute(sums):
                yield batch, event, day or "", county, category, sign * int(fen)


def _gone() -> sa.Select[tuple[int, str, str, int, int]]:
    """Select what went out by batch, county and category, with the event."""
    shares = PARTS["shares"].c
    keys = shares.batch, shares.county, shares.category, EVENTS.c.event
    return (
        sa.select(*keys, sa.func.sum(shares.amount_fen).label("fen"))
        .join(EVENTS, sa.and_(EVENTS.c.batch == shares.batch, EVENTS.c.kind == _SENT))
        .group_by(*keys)
    )


def _back() -> sa.Select[tuple[int, str, str, int, str, int]]:
    """Select what failed or came back by batch, county and category, with the answer's event."""
    due = PARTS["entitlements"].c
    keys = due.batch, due.county, due.category, RETURNS.c.event, RETURNS.c.bank_on
    return (
        sa.select(*keys, sa.func.sum(due.amount_fen).label("fen"))
        .join(FAILURES, FAILURES.c.payment == due.payment)
        .join(RETURN_LINES, RETURN_LINES.c.line == FAILURES.c.line)
        .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
        .group_by(*keys)
    )


def _spent(
    connection: sa.Connection, entries: list[tuple[int, _Cell, int]], year: int
) -> Counter[Purse]:
    """Give what has gone out until the end of a year, split as the reconciliation splits it."""
    gone: Counter[_Cell] = Counter()
    for booked, cell, fen in entries:
        gone[cell] += fen if booked <= year else 0
    shares = PARTS["shares"]
    of_cell: dict[_Cell, list[tuple[Purse, int]]] = defaultdict(list)
    for row in connection.execute(sa.select(shares).order_by(shares.c.line)):
        purse = row.source, row.code
        of_cell[row.batch, row.county, row.category].append((purse, row.amount_fen))
    spent: Counter[Purse] = Counter()
    for cell, fen in gone.items():
        purses, due = zip(*of_cell[cell], strict=True)
        for purse, part in zip(purses, apportion([fen, sum(due) - fen], due)[0], strict=True):
            spent[purse] += part
    return spent
