"""A year's money: carried over, received, spent, recovered, left; and closing the year."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from relief_cli import files
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.years import YearLine
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import writing
from relief_cli.reports.reconciliation_page import reconciliation_page
from relief_cli.reports.tables_workbook import tables_workbook
from relief_cli.reports.words import SOURCES
from relief_cli.reports.year_tables import year_table


@dataclass(frozen=True, kw_only=True)
class YearOutcome:
    """The figures of a year, and where they were written."""

    year: int
    closed: bool
    """Whether it takes no new entries."""
    lines: tuple[YearLine, ...]
    """By source and function code."""
    files: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        lines = [{**asdict(one), "balance_fen": one.balance_fen} for one in self.lines]
        sources: dict[str, dict[str, int]] = {}
        for line in lines:
            sums = sources.setdefault(line["source"], defaultdict(int))
            for name, fen in line.items():
                if name.endswith("_fen"):
                    sums[name] += fen
        return {
            "year": self.year,
            "closed": self.closed,
            "sources": sources,
            "lines": lines,
            "files": [str(path) for path in self.files],
        }


def reconcile_year(setting: Setting, year: int, on: dt.date, *, close: bool) -> YearOutcome:
    """Write the figures of a year as a workbook and as a page, and close it where that is asked.

    Args:
        setting: the office.
        year: the calendar year.
        on: the day on which it is asked.
        close: whether the year takes no new entries from now on.

    Raises:
        RefusedError: ``year-not-over``, ``year-unfinished``.
        UsageError: ``write-failed``.
    """
    if close and on.year <= year:
        raise RefusedError(
            "year-not-over",
            N_("The year {year} is not over: it cannot be closed."),
            why=N_("A closed year takes no new entries."),
            remedy=N_("Close it in the next year."),
            year=year,
        )
    order = list(dict.fromkeys([*SOURCES, *setting.policy.sources()]))
    with writing(setting.office) as book:
        if close:
            book.years.close(year)
        closed, head = book.years.closed(), book.head()
        lines = sorted(book.years.lines(year), key=lambda one: (order.index(one.source), one.code))
    wording = setting.wording()
    shown = year_table(year, lines, wording, closed=year <= max(closed, default=0))
    folder = setting.office.out_folder / "reconciliation"
    files.make_private_folder(folder)
    heading = wording.say(N_("Year {year}")).format(year=year)
    title = wording.say(N_("Funding reconciliation"))
    contents = {
        folder / f"year-{year}.xlsx": tables_workbook(
            title, [shown], setting.office.name, wording, head=head
        ),
        folder / f"year-{year}.html": reconciliation_page(
            [shown], setting.office.name, heading, head, wording
        ),
    }
    for place, content in contents.items():
        files.write_beside(place, content)
    return YearOutcome(
        year=year,
        closed=year <= max(closed, default=0),
        lines=tuple(lines),
        files=tuple(contents),
    )


def broken_years(book: Book) -> Iterator[tuple[str, str]]:
    """Hold what closed years left, as it was recorded, against the books."""
    for year, carried in book.years.carried().items():
        left = {(one.source, one.code): one.balance_fen for one in book.years.lines(year)}
        if left != carried:
            yield f"year {year}", N_("what it left to the next is not what the books say")
