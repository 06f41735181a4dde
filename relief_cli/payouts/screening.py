"""Find people who should be on a roster and are on none; nothing is recorded."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli import screening
from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.payouts import examine
from relief_cli.payouts.places import put_report
from relief_cli.payouts.setting import Setting
from relief_cli.policy import Parameter
from relief_cli.policy.tables import classify
from relief_cli.reports.screened import Part, screened_workbook
from relief_cli.roster.gather import Gathering, list_lacking_columns
from relief_cli.roster.listed import PeopleList, read_list
from relief_cli.roster.masks import mask_id, mask_name
from relief_cli.roster.read import Roster, read
from relief_cli.screening import Found, Screened

if TYPE_CHECKING:
    from relief_cli.policy.comparing import Criterion

CRITERIA = "screen.criteria"
_SHOWN = 10
"""People of each criterion on the screen; the workbook has all."""
_LONG_NUMBER = re.compile(r"[0-9Xx]{8,}")
_DISABILITY = ("disability", "disability_grade")

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What is asked for: rosters against a list of disabled people."""

    rosters: Gathering
    against: Gathering
    """The list's files, gathered with ``lists=True``."""
    on: dt.date
    """The day whose policy holds."""
    report: Path | None
    advance: Callable[[str], None] = lambda _step: None


@dataclass(frozen=True, kw_only=True)
class ScreenOutcome:
    """What a screening found."""

    rows: int
    list_rows: int
    found: dict[str, int]
    """Criterion → people."""
    titles: dict[str, dict[str, str]]
    """Criterion → what it is about, in ``zh`` and ``en``."""
    unchecked: tuple[str, ...]
    """Criteria for which no roster was given."""
    unclear: int
    """People who meet a criterion if the kind of disability is the right one."""
    grade_differs: int
    unreadable: int
    """Rows of the list of which the number or the disability cannot be read."""
    shown: tuple[tuple[str, str, str, str, str, str], ...]
    """Masked: criterion, name, number, disability, township, place in the list."""
    report: Path

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "rows": self.rows,
            "list_rows": self.list_rows,
            "found": self.found,
            "unchecked": list(self.unchecked),
            "unclear": self.unclear,
            "grade_differs": self.grade_differs,
            "unreadable": self.unreadable,
            "report": str(self.report),
        }


def screen(setting: Setting, asked: Screening) -> ScreenOutcome:
    """Find who meets a criterion of the policy and is missing, and write a workbook of it.

    Args:
        setting: the office, or the defaults outside one.
        asked: what is asked for.

    Raises:
        PolicyError: ``policy-missing``.
        UnreadableError: a file cannot be taken in; F004, the list says nothing of disabilities.
        UsageError: ``write-failed``.
    """
    parameter = setting.policy.at(CRITERIA, asked.on)
    criteria = cast("tuple[Criterion, ...]", parameter.value)
    roster, people = read(asked.rosters, asked.advance), read_list(asked.against, asked.advance)
    _require_disabilities(people)
    texts = examine.category_texts(roster, setting.policy)
    category = classify(setting.policy.categories, texts, roster.people["residence"])
    screened = screening.screen(roster, category, people, criteria)
    if len(people.rows) and len(screened.unreadable) == len(people.rows):
        raise _nothing_readable(people)
    asked.advance("check")
    parts = _Parts(setting, roster, people).all(screened, parameter)
    inputs = [*roster.inputs, *people.inputs]
    content = screened_workbook(parts, setting.wording())
    place = put_report(setting.office, "screen", inputs, asked.report, content)
    asked.advance("write")
    unclear = [one.unclear for one in screened.found]
    return ScreenOutcome(
        rows=len(roster.people),
        list_rows=len(people.rows),
        found={one.criterion.code: len(one.entries) for one in screened.found},
        titles={one.code: {"zh": one.zh, "en": one.en} for one in criteria},
        unchecked=tuple(one.criterion.code for one in screened.found if not one.is_checked),
        unclear=len(np.unique(np.concatenate(unclear))),
        grade_differs=len(screened.differing[0]),
        unreadable=len(screened.unreadable),
        shown=_shown(screened.found, parts),
        report=place,
    )


def _require_disabilities(people: PeopleList) -> None:
    for sheet in people.sheets:
        if not any(sheet.layout.has(name) for name in _DISABILITY):
            name = people.inputs[sheet.input].name
            wanted = {"disability": "残疾类别", "disability_grade": "残疾等级"}
            raise list_lacking_columns(name, sheet.name, wanted, sheet.layout.ignored)


def _nothing_readable(people: PeopleList) -> UnreadableError:
    return UnreadableError(
        "list-unreadable",
        N_("No row of the list tells a disability that can be read"),
        why=N_("It would look as if nobody were missing"),
        remedy=N_("Write kind and grade such as 肢体 and 二级, or 肢体二级 in one column"),
        file=people.inputs[0].name,
    )


class _Parts:
    """Makes the sheets of the workbook."""

    def __init__(self, setting: Setting, roster: Roster, people: PeopleList) -> None:
        self._setting = setting
        self._roster = roster
        self._people = people

    def all(self, screened: Screened, parameter: Parameter) -> list[Part]:
        """Give one for each criterion, in their order, and three of what is to be looked at."""
        return [
            *(self._criterion(one, parameter.reference) for one in screened.found),
            self._unclear(screened.found),
            self._differing(*screened.differing),
            self._unreadable(screened.unreadable),
        ]

    def _criterion(self, found: Found, reference: str) -> Part:
        say = self._setting.say
        title = found.criterion.title(self._setting.office.language)
        columns = self._listed(found.entries, found.rows)
        columns["place"] = [self._place(row) for row in found.rows]
        note = say(N_("By {reference}. To be visited by the townships, and confirmed."))
        if not found.is_checked:
            note = say(N_("Not checked: no roster of such families was given."))
        return Part(
            name=title,
            title=title,
            note=note.format(reference=reference),
            columns=self._ordered(columns),
        )

    def _unclear(self, found: Sequence[Found]) -> Part:
        say, language = self._setting.say, self._setting.office.language
        entries = np.concatenate([one.unclear for one in found])
        columns = self._listed(entries, np.full(len(entries), -1, dtype=np.int64))
        columns["criterion"] = [one.criterion.title(language) for one in found for _ in one.unclear]
        note = N_("The grade would be enough; the list does not tell which kind of disability.")
        name = say(N_("Kind to be asked"))
        return Part(name=name, title=name, note=say(note), columns=self._ordered(columns))

    def _differing(self, rows: Rows, entries: Rows) -> Part:
        say = self._setting.say
        columns = self._listed(entries, rows)
        columns["roster_grade"] = self._roster.said(_DISABILITY, rows)
        columns["place"] = [self._place(row) for row in rows]
        note = N_("On a roster, which tells another grade than the list: put right what is old.")
        name = say(N_("Grade differs"))
        return Part(name=name, title=name, note=say(note), columns=self._ordered(columns))

    def _unreadable(self, entries: Rows) -> Part:
        say = self._setting.say
        columns = self._listed(entries, np.full(len(entries), -1, dtype=np.int64))
        columns["person"] = self._people.rows["id_number"].iloc[entries].fillna("").tolist()
        note = N_("These rows of the list were not used: the ID or the disability is unclear.")
        name = say(N_("Not used"))
        return Part(name=name, title=name, note=say(note), columns=self._ordered(columns))

    def _listed(self, entries: Rows, rows: Rows) -> dict[str, list[str]]:
        """Give the people of the list; where a roster has them, by its township and village."""
        listed = self._people.rows.iloc[entries]
        columns: dict[str, list[str]] = {}
        for name in ("township", "village"):
            known = self._roster.people[name].array.take(rows, allow_fill=True)
            own = listed[name].reset_index(drop=True)
            columns[name] = pd.Series(known).fillna(own).fillna("").astype("str").tolist()
        columns["name"] = listed["name"].fillna("").tolist()
        columns["person"] = self._people.identities.person.iloc[entries].fillna("").tolist()
        columns["disability"] = [
            " ".join(dict.fromkeys(text for text in texts if text))
            for texts in zip(*(listed[name].fillna("") for name in _DISABILITY), strict=True)
        ]
        columns["list_place"] = [self._people.place(int(entry)) for entry in entries]
        return columns

    def _place(self, row: int) -> str:
        return self._roster.place(int(row)) if row >= 0 else ""

    def _ordered(self, columns: dict[str, list[str]]) -> dict[str, list[str]]:
        """Order the rows by township and village, those of whom neither is known last."""
        places = list(zip(columns["township"], columns["village"], strict=True))
        order = sorted(
            range(len(places)), key=lambda n: tuple((not part, part) for part in places[n])
        )
        return {name: [cells[n] for n in order] for name, cells in columns.items()}


def _shown(
    found: Sequence[Found], parts: Sequence[Part]
) -> tuple[tuple[str, str, str, str, str, str], ...]:
    """Give the first people of each criterion, with nobody named in full."""
    lines = []
    for one, part in zip(found, parts, strict=False):
        names = ("name", "person", "disability", "township", "list_place")
        columns = (part.columns[name][:_SHOWN] for name in names)
        lines += [
            (
                one.criterion.code,
                mask_name(name),
                mask_id(person),
                # In a cell of the wrong kind a number may stand.
                _LONG_NUMBER.sub("****", disability),
                _LONG_NUMBER.sub("****", township),
                place,
            )
            for name, person, disability, township, place in zip(*columns, strict=True)
        ]
    return tuple(lines)
