"""Compare rosters with a list of another department; nothing is recorded."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relief_cli.batch import LOUD
from relief_cli.calendar import Cycle
from relief_cli.checks import listed as finding
from relief_cli.findings import Block, collect, severities
from relief_cli.payouts import examine
from relief_cli.payouts.lists import code_of, detail
from relief_cli.payouts.office_policy import EFFECTS, effect_of
from relief_cli.payouts.outcome import code_counts
from relief_cli.payouts.places import put_report
from relief_cli.payouts.setting import Setting
from relief_cli.policy.comparing import Effect
from relief_cli.programmes import dibao, tekun
from relief_cli.programmes.ends import after_event, rule_at
from relief_cli.reports.compared import LIST_HEADERS, PAIRS, Compared, compared_workbook
from relief_cli.reports.corrections import Beside, Checked
from relief_cli.roster import months
from relief_cli.roster.gather import Gathering
from relief_cli.roster.identity import NOBODY
from relief_cli.roster.listed import PeopleList, read_list
from relief_cli.roster.masks import mask_id, mask_name
from relief_cli.roster.read import Roster, read

_SHOWN = 10
"""Rows of each kind on the screen; the workbook has all."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is asked for: rosters against a list of one kind."""

    rosters: Gathering
    against: Gathering
    """The list's files, gathered with ``lists=True``."""
    kind: str
    """Of :data:`EFFECTS`."""
    cycle: Cycle | None
    """What would be paid for; None where everybody on the list counts, whatever its date."""
    on: dt.date
    """The day whose policy holds where there is no cycle."""
    report: Path | None
    advance: Callable[[str], None] = lambda _step: None


@dataclass(frozen=True, kw_only=True)
class CompareOutcome:
    """What a comparison found."""

    kind: str
    title: dict[str, str]
    """What the list is called, in ``zh`` and ``en``."""
    rows: int
    list_rows: int
    list_unusable: int
    """Rows of the list without a usable identity number."""
    matched: int
    """Rows of the rosters whose number stands on the list, the three below together."""
    held: int
    warned: int
    later: int
    """Rows that are due all the same: what the list tells happened later."""
    name_differs: int
    """Of the matched rows those for which the list has another name."""
    possible: int
    findings: dict[str, int]
    severities: dict[str, str]
    shown: tuple[tuple[str, ...], ...]
    """Masked: name, number, where, where in the list, since when, what follows."""
    report: Path

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "kind": self.kind,
            "rows": self.rows,
            "list_rows": self.list_rows,
            "list_unusable": self.list_unusable,
            "matched": self.matched,
            "held": self.held,
            "warned": self.warned,
            "later": self.later,
            "name_differs": self.name_differs,
            "possible": self.possible,
            "findings": self.findings,
            "report": str(self.report),
        }


def compare(setting: Setting, asked: Comparison) -> CompareOutcome:
    """Find who in the rosters stands on a list, and write a workbook of it.

    Args:
        setting: the office, or the defaults outside one.
        asked: what is asked for.

    Raises:
        PolicyError: ``list-kind-unknown``, ``policy-missing``.
        UnreadableError: a file cannot be taken in.
        UsageError: ``write-failed``.
    """
    on = asked.cycle.first_on if asked.cycle else asked.on
    effect = effect_of(setting.policy.at(EFFECTS, on), asked.kind)
    roster, people = read(asked.rosters, asked.advance), read_list(asked.against, asked.advance)
    found = finding.find(roster.identities.key, roster.people["name"], people)
    month = found["month"].to_numpy()
    late = np.zeros(len(found), dtype=bool)
    if asked.cycle and effect.ends:
        # A month is paid as dibao is, a quarter as tekun.
        programme, last = dibao.NAME if asked.cycle.is_month else tekun.NAME, asked.cycle.last_on
        rule = rule_at(setting.policy, programme, last)
        late = after_event(month, str(rule.value)) > months.number(last.year, last.month)
    counted = found[~late].reset_index(drop=True)
    possible = _possible(roster, people, found)
    asked.advance("check")
    title = effect.title(setting.office.language)
    checked = _checked(roster, people, counted, effect, title)
    content = compared_workbook(
        Compared(
            title=title,
            checked=checked,
            later=_pairs(roster, people, found[late]),
            possible=_pairs(roster, people, possible),
        ),
        setting.wording(),
    )
    inputs = [*roster.inputs, *people.inputs]
    of = f"{asked.kind} {asked.cycle.text if asked.cycle else ''}"
    place = put_report(setting.office, "compare", inputs, asked.report, content, asked=of)
    asked.advance("write")
    return CompareOutcome(
        kind=effect.kind,
        title={"zh": effect.zh, "en": effect.en},
        rows=len(roster.people),
        list_rows=len(people.rows),
        list_unusable=people.unusable,
        matched=len(found),
        held=len(counted) if effect.holds else 0,
        warned=0 if effect.holds else len(counted),
        later=int(late.sum()),
        name_differs=int(found["name_differs"].sum()),
        possible=len(possible),
        findings=code_counts(checked.findings),
        severities=severities(checked.findings),
        shown=_shown(roster, people, counted, effect, possible),
        report=place,
    )


def _possible(roster: Roster, people: PeopleList, found: pd.DataFrame) -> pd.DataFrame:
    """Give those who may be meant: people and entries that no number has brought together."""
    own, listed = roster.identities, people.identities
    asked = own.key.copy()
    asked[found["row"].to_numpy()] = NOBODY
    free = np.where(np.isin(listed.key, own.key), NOBODY, listed.key)
    return finding.possible(
        replace(own, key=asked),
        roster.people["name"],
        replace(listed, key=free),
        people.rows["name"],
    )


def _checked(
    roster: Roster, people: PeopleList, counted: pd.DataFrame, effect: Effect, title: str
) -> Checked:
    """Give the rows that are held or marked, with their finding and what the list says."""
    rows = counted["row"].to_numpy()
    columns = (counted[name] for name in ("entry", "month", "name_differs"))
    details = [
        detail(people, title, int(entry), int(month), differs=bool(differs))
        for entry, month, differs in zip(*columns, strict=True)
    ]
    code = code_of(effect)
    blocks = [Block(code, rows, "id_number", details, downgraded=not effect.holds)]
    given = roster.people.iloc[rows]
    table = given[["input", "sheet", "sheet_row", "member", "cells"]].assign(row=rows, codes=code)
    return Checked(
        rows=table.astype({"codes": "str"}),
        findings=examine.located(
            roster, collect(blocks).assign(**LOUD), "error" if effect.holds else "warning"
        ),
        sheets=examine.sheets_table(roster, widened=False),
        inputs=examine.inputs_table(roster),
        beside=Beside(headers=LIST_HEADERS, texts=_beside(roster, people, counted)),
    )


def _beside(
    roster: Roster, people: PeopleList, counted: pd.DataFrame
) -> dict[tuple[int, int], tuple[str, ...]]:
    """Give what the list says of each row; of several people side by side, a line each."""
    texts: dict[tuple[int, int], tuple[str, ...]] = {}
    pairs = _pairs(roster, people, counted)
    origin = roster.people[["sheet", "sheet_row"]].iloc[counted["row"]]
    columns = (pairs[name] for name in ("list_place", "list_name", "list_person", "happened_on"))
    for place, *told, differs in zip(
        origin.itertuples(index=False), *columns, counted["name_differs"], strict=True
    ):
        said = (*map(str, told), "✗" if differs else "✓")
        at = (int(place[0]), int(place[1]))
        before = texts.get(at)
        texts[at] = tuple(map("\n".join, zip(before, said, strict=True))) if before else said
    return texts


def _pairs(roster: Roster, people: PeopleList, pairs: pd.DataFrame) -> pd.DataFrame:
    """Give people of the rosters and of the list side by side; see :data:`PAIRS`."""
    here, there = pairs["row"].to_numpy(), pairs["entry"].to_numpy()
    own, listed = roster.people.iloc[here], people.rows.iloc[there]
    columns = {
        "name": own["name"],
        "person": own["person"],
        "place": [roster.place(int(row)) for row in here],
        "list_name": listed["name"],
        "list_person": listed["id_number"],
        "happened_on": listed["happened_on"],
        "list_place": [people.place(int(entry)) for entry in there],
    }
    table = pd.DataFrame({name: np.asarray(values, object) for name, values in columns.items()})
    return table.astype(PAIRS).fillna("")


def _shown(
    roster: Roster,
    people: PeopleList,
    counted: pd.DataFrame,
    effect: Effect,
    possible: pd.DataFrame,
) -> tuple[tuple[str, ...], ...]:
    """Give the first of what was found, with nobody named in full."""
    lines = []
    for pairs, verdict in (
        (counted, "held" if effect.holds else "warned"),
        (possible.assign(name_differs=False), "possible"),
    ):
        first = pairs[:_SHOWN]
        told = _pairs(roster, people, first)
        columns = (told[name].tolist() for name in ("name", "person", "place", "list_place"))
        others = [
            mask_name(name) if differs else ""
            for name, differs in zip(told["list_name"], first["name_differs"], strict=True)
        ]
        lines += [
            (mask_name(name), mask_id(person), place, there, other, verdict)
            for name, person, place, there, other in zip(*columns, others, strict=True)
        ]
    return tuple(lines)
