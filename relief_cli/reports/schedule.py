"""The calendar of payments: one list for the screen, the workbook and calendar programs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from relief_cli.calendar import Workday
from relief_cli.i18n import N_, Translate
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.tables_workbook import tables_workbook
from relief_cli.reports.words import PROGRAMMES, Wording, day_text, word

PROVISIONAL = N_(
    "Provisional: the State Council's days off of that year are not known to this version; weekends"
    " alone were counted. Make it again with a version that knows them."
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One payment that is ordered."""

    programme: str
    cycle: str
    deadline_on: dt.date
    pay_by: Workday
    reference: str
    since: dt.date
    """Since when it is ordered so."""
    paid_for: str
    """What tells it from others of the programme, even where its day is moved."""

    def title(self, say: Translate) -> str:
        """Give the programme's name."""
        return word(PROGRAMMES, self.programme, say)

    def note(self, say: Translate) -> str:
        """Say what is particular about the day on which it must be paid."""
        notes = []
        if self.pay_by.on != self.deadline_on:
            notes.append(say(N_("moved from a day off")))
        if self.pay_by.provisional:
            notes.append(say(N_("provisional")))
        return say(N_(", ")).join(notes)


def schedule_title(year: int, say: Translate) -> str:
    """Give what the calendar of ``year`` is called."""
    return say(N_("Calendar of payments {year}")).format(year=year)


def schedule_workbook(year: int, lines: Sequence[Line], office: str, wording: Wording) -> bytes:
    """Render the calendar as a page to be pinned to the wall.

    Args:
        year: the year.
        lines: in the order of the days.
        office: the office's name.
        wording: in the office's language.
    """
    say = wording.say
    title = schedule_title(year, say)
    columns = {
        N_("Programme"): (20, [line.title(say) for line in lines]),
        N_("Cycle"): (11, [line.cycle for line in lines]),
        N_("Deadline"): (21, [day_text(line.deadline_on, say) for line in lines]),
        N_("Pay by"): (21, [day_text(line.pay_by.on, say) for line in lines]),
        N_("Note"): (22, [line.note(say) for line in lines]),
        N_("Reference"): (44, [line.reference for line in lines]),
    }
    table = Table(
        name=title,
        title=title,
        columns=tuple(
            Column(title=say(name), kind="text", cells=cells, width=width)
            for name, (width, cells) in columns.items()
        ),
        note=say(PROVISIONAL) if any(line.pay_by.provisional for line in lines) else "",
    )
    return tables_workbook(title, [table], office, wording, signed=False)
