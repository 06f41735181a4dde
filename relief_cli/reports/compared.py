"""The workbook of a comparison with a list of another department."""

from dataclasses import dataclass

import pandas as pd

from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.corrections import Checked, layouts
from relief_cli.reports.finding_sheets import write_findings
from relief_cli.reports.fix_list import write_layouts
from relief_cli.reports.plain_tables import write_table
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import Wording

LIST_HEADERS = (
    N_("Place in the list"),
    N_("Name in the list"),
    N_("ID in the list"),
    N_("Date in the list"),
    N_("Name agrees"),
)
"""What the list says, beside each row that was found on it."""
PAIRS = {
    "name": "str",
    "person": "str",
    "place": "str",
    "list_name": "str",
    "list_person": "str",
    "happened_on": "str",
    "list_place": "str",
}
"""A person of the rosters and one of the list, with where each stands."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a comparison found."""

    title: str
    """What the list is called, in the office's language."""
    checked: Checked
    """The rows that are held or marked; what the list says of them stands beside."""
    later: pd.DataFrame
    """As :data:`PAIRS`: who stands there since a month after the one that is paid for."""
    possible: pd.DataFrame
    """As :data:`PAIRS`: who may be meant, although the numbers differ."""


def compared_workbook(compared: Compared, wording: Wording) -> bytes:
    """Render the workbook: rows in their own columns, possible pairs, and the findings by code.

    Args:
        compared: what was found.
        wording: in the office's language.
    """
    say = wording.say
    book = wb.Book(say(N_("Comparison with a list")), say)
    found = layouts(compared.checked, wording)
    nothing = N_("Nobody in the rosters stands on the list.")
    write_layouts(book, found, wording, nothing, LIST_HEADERS)
    possible = N_(
        "The names agree, the numbers almost: the same birthday, or one digit differs. Nothing"
        " follows from it; look whether one of the numbers is wrong."
    )
    later = N_(
        "What the list tells happened after the month that is paid for, or in it: the row is paid."
    )
    for pairs, name, note in (
        (compared.possible, N_("Possible"), possible),
        (compared.later, N_("Due until then"), later),
    ):
        if len(pairs):
            title = f"{compared.title}　{say(name)}"
            write_table(book, _pairs(pairs, say(name), title, say(note), wording), wording)
    write_findings(book, compared.checked, wording)
    return book.content()


def _pairs(pairs: pd.DataFrame, name: str, title: str, note: str, wording: Wording) -> Table:
    headers = (
        (N_("Name"), 12),
        (N_("ID"), 22),
        (N_("Place in the roster"), 36),
        (N_("Name in the list"), 12),
        (N_("ID in the list"), 22),
        (N_("Date in the list"), 14),
        (N_("Place in the list"), 36),
    )
    columns = tuple(
        Column(title=wording.say(header), kind="text", cells=pairs[field].tolist(), width=width)
        for (header, width), field in zip(headers, PAIRS, strict=True)
    )
    return Table(name=name, title=title, columns=columns, note=note)
