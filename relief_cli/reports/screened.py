"""The workbook of a screening: who is to be visited, by township and village."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.plain_tables import write_table
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import Wording

_COLUMNS: Mapping[str, tuple[str, int]] = {
    "township": (N_("Township"), 14),
    "village": (N_("Village"), 14),
    "name": (N_("Name"), 12),
    "person": (N_("ID"), 22),
    "disability": (N_("Disability in the list"), 20),
    "criterion": (N_("Criterion"), 34),
    "roster_grade": (N_("Disability in the roster"), 20),
    "place": (N_("Place in the roster"), 36),
    "list_place": (N_("Place in the list"), 36),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sheet: whom it names, and what is to be done with them."""

    name: str
    """In the office's language, as :attr:`title` and :attr:`note`."""
    title: str
    note: str
    columns: Mapping[str, Sequence[str]]
    """By the names of :data:`_COLUMNS`, all of one length."""


def screened_workbook(parts: Sequence[Part], wording: Wording) -> bytes:
    """Render the workbook; it names people in full.

    Args:
        parts: one for each criterion, and what else is to be looked at.
        wording: in the office's language.
    """
    book = wb.Book(wording.say(N_("Screening")), wording.say)
    for part in parts:
        columns = tuple(
            Column(
                title=wording.say(title),
                kind="text",
                cells=list(part.columns[name]),
                width=width,
            )
            for name, (title, width) in _COLUMNS.items()
            if name in part.columns
        )
        table = Table(name=part.name, title=part.title, columns=columns, note=part.note)
        write_table(book, table, wording)
    return book.content()
