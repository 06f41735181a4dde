"""The funding reconciliation: what was received, due, sent, paid, and where the rest is."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli import files
from relief_cli.banks.codes import all_codes
from relief_cli.calendar import Cycle
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.payouts.setting import Setting
from relief_cli.reports.reconciliation_figures import Reconciliation, reconcile, until
from relief_cli.reports.reconciliation_page import reconciliation_page
from relief_cli.reports.reconciliation_tables import tables
from relief_cli.reports.source_figures import by_source
from relief_cli.reports.tables_workbook import tables_workbook
from relief_cli.reports.words import SOURCES


@dataclass(frozen=True, kw_only=True)
class ReconcileOutcome:
    """The reconciliation, and where it was written."""

    figures: Reconciliation
    files: tuple[Path, ...]
    closed: tuple[str, ...]
    """Batches that are closed with it: everything paid, nothing open, no difference."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "cycle": self.figures.cycle or None,
            "on": self.figures.on.isoformat(),
            "sources": by_source(self.figures.sources),
            "differences": [
                {
                    "batch": one.batch,
                    "figure": one.link.left,
                    "value": one.link.left_figure,
                    "must_equal": one.link.right,
                    "other_value": one.link.right_figure,
                    "difference": one.link.difference,
                    "unit": "fen" if one.link.money else "count",
                }
                for one in self.figures.differences
            ],
            "open_failures": len(self.figures.failures),
            "closed": list(self.closed),
            "files": [str(path) for path in self.files],
        }


def reconcile_funding(setting: Setting, cycle: str | None, on: dt.date) -> ReconcileOutcome:
    """Write the reconciliation as a workbook and as a page, and close what is finished.

    Args:
        setting: the office.
        cycle: the cycle to be shown by itself, with all before it; the last one where ``None``.
        on: the day for which the ages of failures are computed.

    Raises:
        UsageError: ``cycle-malformed``, ``write-failed``.
    """
    chosen = Cycle.parse(cycle).text if cycle else None
    with Ledger.open(setting.office.ledger_place).writing() as book:
        cycles = until(book.cycles(), chosen)
        positions, sums = book.positions(cycles), book.tie_outs(cycles)
        figures = reconcile(
            positions=positions,
            shares=book.shares(),
            tie_outs=sums,
            failures=book.returns.owed(),
            receipts=book.funds.receipts(),
            recovered=book.recovered(),
            sources=[*SOURCES, *setting.policy.sources()],
            cycle=chosen,
            on=on,
        )
        wrong = {one.batch for one in figures.differences}
        closed = book.close_finished(sums, positions, wrong)
    wording, language = setting.wording(), setting.office.language
    meanings = {code: one.title[language] for code, one in all_codes().items()}
    shown = tables(figures, meanings, wording)
    name = f"reconciliation-{figures.cycle or 'empty'}"
    heading = setting.say(N_("Cycle {cycle}, on {day}")).format(
        cycle=figures.cycle or "–", day=on.isoformat()
    )
    folder = setting.office.out_folder / "reconciliation"
    files.make_private_folder(folder)
    contents = {
        folder / f"{name}.xlsx": tables_workbook(
            setting.say(N_("Funding reconciliation")), shown, setting.office.name, wording
        ),
        folder / f"{name}.html": reconciliation_page(shown, setting.office.name, heading, wording),
    }
    for place, content in contents.items():
        files.write_beside(place, content)
    return ReconcileOutcome(figures=figures, files=tuple(contents), closed=tuple(closed))
