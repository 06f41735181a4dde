"""When what must be paid: the calendar of a year, on the screen and in files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli import files
from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.own_files import open_file
from relief_cli.payouts.cycles import Planned, planned
from relief_cli.payouts.setting import Setting
from relief_cli.reports.schedule import Line, schedule_workbook

_MARKS = {".xlsx": b"PK\x03\x04", ".ics": b"BEGIN:VCALENDAR"}
"""How files begin that a new one may take the place of."""


@dataclass(frozen=True, kw_only=True)
class ScheduleOutcome:
    """The deadlines of a year, and what was written of them."""

    year: int
    lines: tuple[Line, ...]
    files: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "year": self.year,
            "deadlines": [
                {
                    "programme": line.programme,
                    "cycle": line.cycle,
                    "deadline_on": line.deadline_on.isoformat(),
                    "pay_by_on": line.pay_by.on.isoformat(),
                    "provisional": line.pay_by.provisional,
                    "reference": line.reference,
                }
                for line in self.lines
            ],
            "files": [str(path) for path in self.files],
        }


def schedule(
    setting: Setting, year: int, workbook: Path | None, events: Path | None
) -> ScheduleOutcome:
    """Tell when what must be paid in a year, by the policy that is known today.

    Args:
        setting: the office, or defaults.
        year: the year in which the deadlines lie.
        workbook: where the page to be printed goes, if one is wanted.
        events: where the file for calendar programs goes, if one is wanted.

    Raises:
        UsageError: ``schedule-empty``, ``schedule-place``, ``write-failed``; nothing was written.
        PolicyError: ``office-value``; ``policy-missing``.
    """
    lines = tuple(map(_line, planned(setting.office, setting.policy, [year])))
    wanted = {place: kind for place, kind in ((workbook, ".xlsx"), (events, ".ics")) if place}
    for place, kind in wanted.items():
        _require_place(place, kind)
    if wanted and not lines:
        raise UsageError(
            "schedule-empty",
            N_("The policy orders no deadline in {year}; no file was written."),
            remedy=N_("Give another year, or add the deadlines to the office's policy."),
            year=year,
        )
    wording, contents = setting.wording(), {}
    if workbook:
        contents[workbook] = schedule_workbook(year, lines, setting.office.name, wording)
    if events:
        from relief_cli.reports.schedule_events import (  # noqa: PLC0415  # loaded only for it
            schedule_events,
        )

        contents[events] = schedule_events(year, lines, setting.office.region, wording.say)
    for place, content in contents.items():
        files.make_private_folder(place.parent)
        files.write_beside(place, content)
    return ScheduleOutcome(year=year, lines=lines, files=tuple(contents))


def _line(one: Planned) -> Line:
    deadline = one.deadline
    return Line(
        programme=one.programme,
        cycle=deadline.cycle,
        deadline_on=deadline.on,
        pay_by=one.pay_by,
        reference=deadline.parameter.reference,
        since=deadline.parameter.since,
        paid_for=deadline.paid_for.name,
    )


def _require_place(path: Path, kind: str) -> None:
    """Let a file take the place of one of its kind, and of nothing else.

    Raises:
        UsageError: ``schedule-place``.
    """
    mark = _MARKS[kind]
    try:
        with open_file(path) as file:
            known = file.read(len(mark)) == mark
    except FileNotFoundError:
        known = True
    except OSError:
        known = False
    if not known or path.suffix.lower() != kind:
        raise UsageError(
            "schedule-place",
            N_("{path} is no place for a file that ends in {kind}."),
            why=N_("Another file must not be lost, and programs go by the ending."),
            remedy=N_("Give the name of a new file that ends in {kind}."),
            file=path.name,
            path=str(path),
            kind=kind,
        )
