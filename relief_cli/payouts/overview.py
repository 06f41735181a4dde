"""Where everything stands, what is late, and what to type next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relief_cli.ledger import Ledger
from relief_cli.ledger.later_answers import Doubt
from relief_cli.ledger.positions import PAID, Place
from relief_cli.office import Office
from relief_cli.payouts import funds
from relief_cli.payouts.cycles import CycleStanding, cycles
from relief_cli.payouts.next_steps import commands
from relief_cli.payouts.office_policy import load_policy
from relief_cli.payouts.standing import (
    BatchStanding,
    OpenFailures,
    all_batches,
    as_object,
    open_failures,
)
from relief_cli.payouts.states import SETTLED
from relief_cli.reports.source_figures import SourceFigures, by_county, by_source, source_figures


@dataclass(frozen=True, kw_only=True)
class StatusOutcome:
    """How an office stands on one day; nothing in it names a beneficiary."""

    on: dt.date
    year: int
    cycles: tuple[CycleStanding, ...]
    """Those of the year, and what is late of the years before."""
    waiting: tuple[BatchStanding, ...]
    """Batches that lack approvals."""
    failures: tuple[OpenFailures, ...]
    doubts: tuple[Doubt, ...]
    """What failed first and was paid by a later word of the bank."""
    sources: tuple[SourceFigures, ...]
    commands: tuple[str, ...]
    """What to type, the most urgent first."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "on": self.on.isoformat(),
            "year": self.year,
            "cycles": [one.as_json() for one in self.cycles],
            "waiting": [one.as_json() for one in self.waiting],
            "open_failures": sum(one.payments for one in self.failures),
            "failures": [one.as_json() for one in self.failures],
            "contradicted": [as_object(one) for one in self.doubts if one.is_open],
            "paid_twice": [as_object(one) for one in self.doubts if one.twice],
            "sources": by_source(self.sources),
            "next": self.commands[0] if self.commands else None,
            "commands": list(self.commands),
        }


def status(office: Office, on: dt.date, year: int | None = None) -> StatusOutcome:
    """Tell how every cycle, batch and source of money stands; nothing is written.

    Args:
        office: the office.
        on: the day for which it is asked.
        year: whose cycles are shown; that of ``on`` where ``None``.

    Raises:
        UsageError: ``ledger-missing``; and as :meth:`relief_cli.ledger.Ledger.open`.
        PolicyError: ``office-value``, ``policy-missing``; as :func:`load_policy`.
    """
    policy = load_policy(office)
    with Ledger.open(office.ledger_place, make=False).reading() as book:
        batches = all_batches(office, book)
        failures = open_failures(book, batches, on)
        doubts = book.returns.doubts()
        places = book.places()
        sources = source_figures(
            by_county(places, book.shares()),
            book.funds.receipts(),
            book.recovered(),
            funds.sources(policy),
        )
    wanted = on.year if year is None else year
    # At the end of a year the next payment to be made is one of the next.
    until = max(dt.date(wanted, 12, 31), on + dt.timedelta(days=31))
    found = cycles(office, policy, batches, on, until)
    return StatusOutcome(
        on=on,
        year=wanted,
        cycles=tuple(one for one in found if one.year == wanted or (year is None and one.late)),
        waiting=tuple(one for one in batches if one.missing.approvals),
        failures=tuple(failures),
        doubts=tuple(doubts),
        sources=tuple(sources),
        commands=tuple(
            commands(
                found,
                batches,
                failures,
                doubts,
                _closable(batches, places, failures),
                office.out_folder / "returns",
            )
        ),
    )


def _closable(
    batches: Sequence[BatchStanding], places: Sequence[Place], failures: Sequence[OpenFailures]
) -> list[str]:
    """Give the batches of which everything is paid, and that a reconciliation would close."""
    unpaid = {one.batch for one in places if one.fate != PAID and one.amount_fen}
    failed = {one.batch for one in failures}
    return [
        one.name
        for one in batches
        if one.state == SETTLED and one.number not in unpaid and one.name not in failed
    ]
