"""Where everything stands, what is late, and what to type next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from relief_cli.ledger.positions import PAID
from relief_cli.payouts import funds
from relief_cli.payouts.auditing import existing_ledger
from relief_cli.payouts.cycles import CycleStanding, cycles
from relief_cli.payouts.next_steps import commands
from relief_cli.payouts.outcome import SETTLED
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.standing import BatchStanding, OpenFailures, all_batches, open_failures
from relief_cli.reports.reconciliation_figures import by_source, source_figures


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
    sources: pd.DataFrame
    """``source`` and :data:`relief_cli.reports.reconciliation_figures.SOURCE_FIGURES`."""
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
            "sources": by_source(self.sources),
            "next": self.commands[0] if self.commands else None,
            "commands": list(self.commands),
        }


def status(setting: Setting, on: dt.date, year: int | None = None) -> StatusOutcome:
    """Tell how every cycle, batch and source of money stands; nothing is written.

    Args:
        setting: the office.
        on: the day for which it is asked.
        year: whose cycles are shown; that of ``on`` where ``None``.

    Raises:
        UsageError: ``ledger-missing``; and as :meth:`relief_cli.ledger.Ledger.open`.
        PolicyError: ``office-value``; ``policy-missing``.
    """
    with existing_ledger(setting.office).reading() as book:
        batches = all_batches(setting, book)
        failures = open_failures(book, batches, on)
        places = book.places()
        sources = source_figures(
            places=places,
            shares=book.shares(),
            receipts=book.funds.receipts(),
            sources=funds.sources(setting),
        )
    wanted = on.year if year is None else year
    # At the end of a year the next payment to be made is one of the next.
    until = max(dt.date(wanted, 12, 31), on + dt.timedelta(days=31))
    found = cycles(setting, batches, on, until)
    return StatusOutcome(
        on=on,
        year=wanted,
        cycles=tuple(one for one in found if one.year == wanted or (year is None and one.late)),
        waiting=tuple(one for one in batches if one.missing.approvals),
        failures=tuple(failures),
        sources=sources,
        commands=tuple(
            commands(
                found,
                batches,
                failures,
                _closable(batches, places, failures),
                setting.office.out_folder / "returns",
            )
        ),
    )


def _closable(
    batches: Sequence[BatchStanding], places: pd.DataFrame, failures: Sequence[OpenFailures]
) -> list[str]:
    """Give the batches of which everything is paid, and that a reconciliation would close."""
    elsewhere = places[(places["fate"] != PAID) & (places["amount_fen"] != 0)]
    unpaid = set(elsewhere["batch"])
    failed = {one.batch for one in failures}
    return [
        one.name
        for one in batches
        if one.state == SETTLED and one.number not in unpaid and one.name not in failed
    ]
