"""Support for people in extreme hardship (特困人员救助供养), paid quarterly.

晋民发〔2022〕38号, clause 4: 分散 to the person by the 10th of the quarter's first month, 集中 in
one payment to the institution. The amount is a basic living standard and care by grade.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.arrow import renamed
from relief_cli.calendar import Cycle, Occasion
from relief_cli.findings import Block
from relief_cli.money import Rounding
from relief_cli.policy import Parameter, Policy, funding_at
from relief_cli.programmes import periods
from relief_cli.programmes.deadlines import pay_day_of
from relief_cli.programmes.standards import Held, Standards, require, standards_at
from relief_cli.programmes.tekun_stated import WHOLE, Found, Made, Stated, components
from relief_cli.programmes.terms import (
    ALONE,
    Dues,
    Ground,
    People,
    Terms,
    wrong_cycle,
)
from relief_cli.roster import months

if TYPE_CHECKING:
    from relief_cli.policy.values import Words

NAME = "tekun"
BASIC = {
    "urban": ("tekun.standard-urban",),
    "rural": ("tekun.standard-rural",),
    "urban_inside": ("tekun.standard-urban-institution", "tekun.standard-urban"),
    "rural_inside": ("tekun.standard-rural-institution", "tekun.standard-rural"),
}
KINDS = {"urban_tekun": "urban", "rural_tekun": "rural"}
CARE = {grade: (f"tekun.care-{grade}",) for grade in ("able", "half", "full")}
_MOST_CARE = "full"
_PARTS = ((0, 3), (0, 1), (0, 2), (1, 1), (1, 2), (2, 1))
"""The parts of a quarter that can be due: the whole first; how many months before, how many due."""
# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {
    "zh": "特困人员救助供养金 {cycle}（{category}{part}）",
    "en": "support for people in extreme hardship for {cycle} ({category}{part})",
}
# Where not all months are due.
_PART = {"zh": "，{months}", "en": ", {months}"}
_BETWEEN = {"zh": "至", "en": " to "}

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class TekunTerms(Terms):
    """What the policy says about tekun in one quarter."""

    ground: Parameter
    """Under which clause it is paid each quarter."""
    computed: bool
    """Whether amounts are computed from the standards; else they stand in the roster."""
    stated_for: str
    """What a roster's amounts are for: ``due``, ``quarter`` or ``month``."""
    joining_by_month: bool
    leaving_by_month: bool
    rounding: Rounding
    basic: Standards
    care: Standards
    grades: Mapping[str, str]
    """The word in the roster → ``able``, ``half`` or ``full``."""


class Tekun:
    """Each person gets basic living and care for the months of the quarter that are due."""

    name = NAME
    per_person = True

    def terms(self, policy: Policy, cycle: Cycle, counties: Sequence[str]) -> TekunTerms:
        """Give what the policy says about the quarter.

        Raises:
            PolicyError: ``policy-missing``.
            UsageError: ``cycle-kind``; the cycle is no quarter.
        """
        if cycle.is_month:
            quarter = (cycle.first_on.month + 2) // 3
            raise wrong_cycle(NAME, cycle, f"{cycle.first_on.year}Q{quarter}")
        on = cycle.first_on
        eligible = policy.at("tekun.categories", on)
        pay_day = policy.at("tekun.pay-day", on)
        rules = {
            name: policy.at(f"tekun.{name}", on)
            for name in ("amount", "roster-amount", "joining", "leaving", "rounding", "care-grades")
        }
        rounding = cast("Rounding", rules["rounding"].value)
        basic = standards_at(policy, BASIC, on, counties, rounding)
        care = standards_at(policy, CARE, on, counties, rounding)
        funding, cited = funding_at(policy, NAME, on, counties)
        used = (eligible, pay_day, *rules.values(), *basic.used, *care.used, *cited)
        return TekunTerms(
            occasion=Occasion.of_cycle(cycle),
            categories=cast("tuple[str, ...]", eligible.value),
            funding=funding,
            pay_on=pay_day_of(cycle, pay_day).pay_by.on,
            used=tuple(dict.fromkeys(used)),
            within_cycle=True,
            ground=pay_day,
            computed=rules["amount"].value == "computed",
            stated_for=cast("str", rules["roster-amount"].value),
            joining_by_month=rules["joining"].value == "by-month",
            leaving_by_month=rules["leaving"].value == "by-month",
            rounding=rounding,
            basic=basic,
            care=care,
            grades={
                word: grade
                for grade, words in cast("Words", rules["care-grades"].value)
                for word in words
            },
        )

    def dues(self, people: People, terms: Terms) -> Dues:
        """Give each row what it is due: as approved, or computed from the standards."""
        if not isinstance(terms, TekunTerms):
            raise TypeError(type(terms))
        rows = people.table
        eligible = people.eligible(terms)
        due, skipped, known_why = _months_due(rows, people.cycle, terms, None)
        stated_due = due
        if people.ended is not None:
            due, skipped, known_why = _months_due(rows, people.cycle, terms, people.ended)
        held = _Held(people, terms)
        found: Found = []
        if terms.computed:
            held.require(eligible, terms)
            made, field = _computed(held, due, terms), "care_grade"
        else:
            stated = Stated(people.amounts, due, stated_due, terms.stated_for, terms.rounding)
            made, field = stated.made(), "total"
            found = [
                ("R318", stated.as_due() & (due > 0) & (due < WHOLE), "total", False),
                *stated.above(made, held.basic, held.most_care),
                *stated.compared(held.basic, held.care),
            ]
        amount = np.where(eligible, made.fen, 0)
        return Dues(
            amount_fen=amount,
            bound=np.full(len(rows), ALONE, dtype=np.int64),
            ground=people.category_places(terms) * len(_PARTS) + _part(skipped, due),
            grounds=_grounds(people, terms),
            on_paper=np.zeros(len(rows), dtype=bool),
            blocks=[
                Block(code, np.flatnonzero(mask), name, downgraded=downgraded)
                for code, mask, name, downgraded in (
                    ("R311", eligible & (amount == 0) & ~known_why, field, False),
                    ("R328", eligible & (due > 0) & (due < stated_due), "id_number", False),
                    ("R314", eligible & _not_yet(rows, people.cycle), "start_month", False),
                    *((code, eligible & mask, name, low) for code, mask, name, low in found),
                    *(
                        (code, eligible & mask, name, False)
                        for code, mask, name in periods.unreadable(rows)
                    ),
                )
            ],
            none_due=due == 0,
            components=components(
                made,
                np.flatnonzero(amount),
                held.grade,
                partial(terms.basic.months_raised, people.county, held.kind),
            ),
        )


class _Held:
    """The standards that each row is held to."""

    def __init__(self, people: People, terms: TekunTerms) -> None:
        places, codes = pd.factorize(people.category)
        kinds = list(KINDS.values())
        number = [kinds.index(KINDS[code]) if code in KINDS else -1 for code in codes]
        kind: Fen = np.array([*number, -1], dtype=np.int64)[places]
        inside = people.table["institution"].to_numpy() & (kind >= 0)
        every = [*kinds, *(f"{kind}_inside" for kind in kinds)]
        of_kind: Fen = np.where(inside, kind + len(kinds), kind)
        basic = pd.Categorical.from_codes(of_kind, pd.Index(every))
        self._county, self.kind = people.county, pd.Series(basic)
        self.basic: Held = terms.basic.of(people.county, self.kind)
        self.grade = grade = renamed(people.table["care_grade"], terms.grades)
        self.care: Held = terms.care.of(people.county, grade)
        self.most_care: Held = terms.care.of(people.county, grade.fillna(_MOST_CARE))

    def require(self, eligible: Mask, terms: TekunTerms) -> None:
        """Refuse to go on without a standard by which somebody is to be paid.

        Raises:
            PolicyError: ``policy-missing``.
        """
        lacking = eligible & ~self.basic.known & self.kind.notna().to_numpy()
        require(lacking, self._county, self.kind, BASIC, terms.basic.on)
        if terms.care.by_place:
            lacking = eligible & ~self.care.known & self.grade.notna().to_numpy()
            require(lacking, self._county, self.grade, CARE, terms.care.on)


def _months_due(
    rows: pd.DataFrame, cycle: Cycle, terms: TekunTerms, ended: Fen | None
) -> tuple[Fen, Fen, Mask]:
    """Give how many months of the quarter each row is due, and how many before that it is not.

    And where others say why it is none: these begin later (R314), or stopped before (R502).

    Args:
        rows: the roster's.
        cycle: the quarter.
        terms: how people join and leave within it.
        ended: the first month that is not due, as others than the roster say.
    """
    first = periods.first_month(cycle)
    begins = periods.begins(rows)
    joined = np.where(begins == months.UNKNOWN, 0, np.clip(begins - first, 0, WHOLE))
    stop = months.parse(rows["stop"])
    left = np.where(stop == months.UNKNOWN, WHOLE, np.clip(stop - first, 0, WHOLE))
    if ended is not None:
        left = np.minimum(left, np.clip(ended - first, 0, WHOLE))
    known_why: Mask = (joined == WHOLE) | (left == 0)
    if not terms.joining_by_month:
        joined = np.where(joined < WHOLE, 0, joined)
    if not terms.leaving_by_month:
        left = np.where(left > 0, WHOLE, left)
    return np.maximum(left - joined, 0), joined, known_why


def _part(skipped: Fen, due: Fen) -> Fen:
    """Give the place in :data:`_PARTS` of the months that are due; the whole where it is none."""
    place = {part: number for number, part in enumerate(_PARTS)}
    table = np.zeros((WHOLE + 1, WHOLE + 1), dtype=np.int64)
    for (before, count), number in place.items():
        table[before, count] = number
    return table[skipped, due]


def _not_yet(rows: pd.DataFrame, cycle: Cycle) -> Mask:
    """Find rows that begin after the quarter."""
    not_yet: Mask = periods.begins(rows) >= periods.first_month(cycle) + WHOLE
    return not_yet


def _computed(held: _Held, due: Fen, terms: TekunTerms) -> Made:
    """Give basic living and care for the months that are due; 0 where a standard is not known.

    An office that has no standards of care pays basic living alone.
    """
    basic, none = held.basic.part(held.basic.fen, due), np.zeros_like(due)
    if not terms.care.by_place:
        return Made(basic, none, none)
    both = held.basic.known & held.care.known
    care = np.where(both, held.care.part(held.care.fen, due), 0)
    return Made(np.where(both, basic, 0) + care, care, none)


def _grounds(people: People, terms: TekunTerms) -> list[Ground]:
    """Give the grounds: for each category one for each part of the quarter."""
    language, every = people.language, people.cycle.months
    grounds = []
    for code in terms.categories:
        for before, count in _PARTS:
            due = every[before : before + count]
            ends = dict.fromkeys((due[0], due[-1]))
            said = _PART[language].format(months=_BETWEEN[language].join(ends))
            text = _REASON[language].format(
                cycle=people.cycle.text,
                category=people.categories.title(code, language),
                part="" if count == WHOLE else said,
            )
            grounds.append(Ground(text, terms.ground.reference, due))
    return grounds
