"""The funding reconciliation: what was received, due, sent, paid, and where the rest is."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from relief_cli import files
from relief_cli.banks.codes import all_codes
from relief_cli.calendar import Cycle
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.later_answers import Doubt
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import Hands, writing
from relief_cli.payouts.standing import as_object
from relief_cli.reports.reconciliation_figures import Line, Period, Reconciliation, reconcile
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
    doubts: tuple[Doubt, ...] = ()
    """What failed first and was paid by a later word of the bank."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "cycle": self.figures.cycle or None,
            "on": self.figures.on.isoformat(),
            "people": self.figures.people.get("", 0),
            "programmes": {
                name: {"people": self.figures.people.get(name, 0), **_amounts(line)}
                for name, line in self.figures.by_programme.items()
            },
            "codes": {code: _amounts(line) for code, line in self.figures.by_code.items()},
            "sources": by_source(self.figures.sources),
            "purses": [
                {
                    "source": one.source,
                    "code": one.code,
                    "received_fen": one.received_fen,
                    "recovered_fen": one.recovered_fen,
                    "sent_fen": one.used_fen,
                    "balance_fen": one.balance_fen,
                }
                for one in self.figures.purses
            ],
            "documents": [
                {
                    "source": one.source,
                    "code": one.code,
                    "mark": one.mark,
                    "document": one.document or None,
                    "kind": one.kind,
                    "received_fen": one.received_fen,
                    "sent_fen": one.used_fen,
                    "balance_fen": one.left_fen,
                }
                for one in self.figures.documents
            ],
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
            "contradicted": [as_object(one) for one in self.doubts if one.is_open],
            "paid_twice": [as_object(one) for one in self.doubts if one.twice],
            "closed": list(self.closed),
            "files": [str(path) for path in self.files],
        }


def _amounts(line: Line) -> dict[str, int]:
    return {
        "due_fen": line.due_fen,
        "paid_fen": line.paid_fen + line.repaid_fen,
        "in_transit_fen": line.in_transit_fen,
        "returned_fen": line.returned_fen,
        "unsent_fen": line.unsent_fen,
    }


def _period(book: Book, chosen: Cycle | None, sums: pd.DataFrame) -> Period:
    """Give the month or quarter that is shown by itself: the last month with a payment by default.

    What is paid stands in the month of its day, whatever cycle it is for.
    """
    last = max(sums["pay_on"], default="")
    cycle = chosen or (Cycle.parse(last[:7]) if last else None)
    if cycle is None:
        return Period(cycle="", people={})
    return Period(cycle=cycle.text, people=book.people(cycle.first_on, cycle.last_on))


def reconcile_funding(setting: Setting, cycle: str | None, on: dt.date) -> ReconcileOutcome:
    """Write the reconciliation as a workbook and as a page, and close what is finished.

    Args:
        setting: the office.
        cycle: the month or quarter whose payments are shown by themselves, with all before; the
            last month with a payment where ``None``.
        on: the day for which the ages of failures are computed.

    Raises:
        UsageError: ``cycle-malformed``, ``write-failed``.
    """
    chosen = Cycle.parse(cycle) if cycle else None
    # What is closed follows from the books: nobody's hand is in it.
    with writing(setting.office, Hands()) as book:
        until = chosen.last_on if chosen else None
        positions, sums = book.positions(until), book.tie_outs(until)
        period = _period(book, chosen, sums)
        figures = reconcile(
            positions=positions,
            shares=book.shares(),
            tie_outs=sums,
            failures=book.returns.owed(),
            receipts=book.funds.receipts(),
            recovered=book.recovered(),
            sources=[*SOURCES, *setting.policy.sources()],
            period=period,
            on=on,
        )
        doubts = book.returns.doubts()
        wrong = {one.batch for one in figures.differences}
        head = book.head()
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
            setting.say(N_("Funding reconciliation")),
            shown,
            setting.office.name,
            wording,
            head=head,
        ),
        folder / f"{name}.html": reconciliation_page(
            shown, setting.office.name, heading, head, wording
        ),
    }
    for place, content in contents.items():
        files.write_beside(place, content)
    return ReconcileOutcome(
        figures=figures, files=tuple(contents), closed=tuple(closed), doubts=tuple(doubts)
    )
