"""Who should be on a roster by what a list of disabled people says: criteria of the policy.

晋民发〔2022〕38号, clause 1: severely disabled members of families on the margin of dibao may apply
alone for it, and tekun covers further kinds and grades of disability.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.policy.comparing import EVERY_KIND, Criterion
from relief_cli.roster.disabilities import MULTIPLE, UNTOLD, Disability, read
from relief_cli.roster.identity import NOBODY
from relief_cli.roster.listed import PeopleList
from relief_cli.roster.read import Roster

Keys = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Whom one criterion finds; positions in the list."""

    criterion: Criterion
    entries: Rows
    unclear: Rows
    """Who meets it if the kind of disability is the right one, which the list does not tell."""
    rows: Rows
    """Of ``entries``, a row of each in a roster of the families; -1 where there is none."""
    is_checked: bool
    """Whether a roster of the families was given at all."""


@dataclass(frozen=True, kw_only=True)
class Screened:
    """What a list of disabled people shows."""

    found: tuple[Found, ...]
    differing: tuple[Rows, Rows]
    """Rows of rosters that say another grade, and the entries of the list."""
    unreadable: Rows
    """Entries of which the number or the disability cannot be read."""


def screen(
    roster: Roster, category: pd.Series, people: PeopleList, criteria: Sequence[Criterion]
) -> Screened:
    """Find who is missing on rosters, and whose roster tells another grade.

    Args:
        roster: all rosters, those of every benefit and of families on the margin.
        category: the category's code of each row, missing where unknown.
        people: the list.
        criteria: what is looked for.
    """
    told = disabilities(people)
    key = people.identities.key
    readable = np.array([one.is_readable for one in told], dtype=np.bool_) & (key != NOBODY)
    entries, known = _persons(key, told, np.flatnonzero(readable))
    found = tuple(_meeting(roster, category, key, entries, known, one) for one in criteria)
    return Screened(
        found=found,
        differing=_differing(roster, key, entries, known),
        unreadable=np.flatnonzero(~readable),
    )


def disabilities(people: PeopleList) -> list[Disability]:
    """Read the disability of every entry."""
    columns = (people.rows[name].fillna("") for name in ("disability", "disability_grade"))
    return [read(kind, grade) for kind, grade in zip(*columns, strict=True)]


def _persons(
    key: Keys, told: Sequence[Disability], readable: Rows
) -> tuple[Rows, list[Disability]]:
    """Give the first entry of each person, in the list's order, and all that is told of them."""
    place: dict[int, int] = {}
    entries: list[int] = []
    known: list[Disability] = []
    for entry, number in zip(readable.tolist(), key[readable].tolist(), strict=True):
        at = place.setdefault(number, len(entries))
        if at == len(entries):
            entries.append(entry)
            known.append(told[entry])
        else:
            known[at] = known[at].joined(told[entry])
    return np.array(entries, dtype=np.int64), known


def _meeting(
    roster: Roster,
    category: pd.Series,
    key: Keys,
    entries: Rows,
    known: Sequence[Disability],
    criterion: Criterion,
) -> Found:
    own = roster.identities.key
    asked = key[entries]
    has_it = own[category.isin(list(criterion.on_none_of)).to_numpy()]
    rows = np.full(len(entries), -1, dtype=np.int64)
    is_checked = True
    if criterion.families:
        members = np.flatnonzero(category.isin(list(criterion.families)).to_numpy())
        rows = _rows_of(asked, own, members)
        is_checked = bool(len(members))
        concerned = (rows >= 0) & ~np.isin(asked, has_it)
    else:
        concerned = ~np.isin(asked, own)
    verdicts = np.array([meets(criterion, one) for one in known], dtype=object)
    certain = concerned & (verdicts == True)  # noqa: E712  # of three verdicts
    unclear = concerned & (verdicts == None)  # noqa: E711  # likewise
    return Found(
        criterion=criterion,
        entries=entries[certain],
        unclear=entries[unclear],
        rows=rows[certain],
        is_checked=is_checked,
    )


def meets(criterion: Criterion, known: Disability) -> bool | None:
    """Say whether a disability meets a criterion; None where that hangs on a kind not told."""
    doubtful = False
    every = [set(grades) for _, grades in criterion.disabilities]
    for kind, grade in known.grades.items():
        if grade in criterion.grades(kind) and kind != UNTOLD:
            return True
        if kind in (UNTOLD, MULTIPLE):
            if EVERY_KIND in dict(criterion.disabilities) and all(grade in one for one in every):
                return True
            doubtful |= any(grade in one for one in every)
    return None if doubtful else False


def _rows_of(asked: Keys, own: Keys, members: Rows) -> Rows:
    """Give for each of ``asked`` the first row among ``members`` with that number, or -1."""
    order = members[np.argsort(own[members], kind="stable")]
    numbers = own[order]
    place = np.searchsorted(numbers, asked)
    there = place < len(numbers)
    there[there] = numbers[place[there]] == asked[there]
    rows = np.full(len(asked), -1, dtype=np.int64)
    rows[there] = order[place[there]]
    return rows


def _differing(
    roster: Roster, key: Keys, entries: Rows, known: Sequence[Disability]
) -> tuple[Rows, Rows]:
    """Find rows of rosters that say another grade than the list."""
    sheets = {*roster.sheets_with("disability"), *roster.sheets_with("disability_grade")}
    own = roster.identities.key
    stating = np.isin(roster.people["sheet"].to_numpy(), sorted(sheets)) & (own != NOBODY)
    by_key = dict(zip(key[entries].tolist(), range(len(entries)), strict=True))
    rows = np.flatnonzero(stating & np.isin(own, key[entries]))
    kinds, grades = (roster.said((name,), rows) for name in ("disability", "disability_grade"))
    places = [by_key[number] for number in own[rows].tolist()]
    differ = [
        read(kind, grade).is_readable and read(kind, grade).worst != known[place].worst
        for kind, grade, place in zip(kinds, grades, places, strict=True)
    ]
    chosen = np.array(differ, dtype=np.bool_)
    return rows[chosen], entries[np.array(places, dtype=np.int64)[chosen]]
