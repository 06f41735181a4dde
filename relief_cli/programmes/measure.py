"""Dibao held against the standard and the income of each household."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.groups import largest, totals
from relief_cli.money import Rounding
from relief_cli.money_columns import AmountState
from relief_cli.programmes.components import UNKNOWN
from relief_cli.programmes.dibao_components import Made, Told
from relief_cli.programmes.standards import Held, Standards, require
from relief_cli.roster.amounts import Parsed

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Found = list[tuple[str, Mask, str, bool]]
"""Code, rows and field of each finding, and whether it is only a warning here."""
_PERCENT = 100
_YEAR = 12
_TO_THE_YUAN = Rounding(100, "up")
"""What is allowed above a standard that is no whole yuan a month."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the policy says about amounts."""

    standards: Standards
    names: Mapping[str, Sequence[str]]
    """Kind → the parameters of standards."""
    supplements: Mapping[str, int]
    """分类施保: the word in the roster → percent of the standard."""
    grades: Mapping[str, Mapping[str, int]]
    """按档: county → the word in the roster → fen per person a month."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The rows that are held against something; all as long as ``rows``."""

    rows: pd.DataFrame
    amounts: Callable[[str], Parsed]
    """Field → what stands in its column."""
    household: Fen
    members: Fen
    """How many people the household's amount is for."""
    county: pd.Series
    kind: pd.Series
    """``urban`` or ``rural``, missing where unknown."""

    def held(self, rules: Rules) -> Held:
        """Give each row's standard."""
        return rules.standards.of(self.county, self.kind)

    def income(self) -> tuple[Fen, Mask]:
        """Give the household's income per head a month, and where it is told."""
        fen, state = self.amounts("income_per_head")
        return self.whole(fen, state == AmountState.OK)

    def whole(self, fen: Fen, given: Mask) -> tuple[Fen, Mask]:
        """Give the largest of the household's given amounts, and whether there is one."""
        found = largest(np.where(given, fen, -1), self.household)
        return np.maximum(found, 0), found >= 0


def computed(measure: Measure, rules: Rules) -> tuple[Told, Found]:
    """Give what each row's household is due.

    It is what its grade (档) gives for each member, or else (standard − income per head) × members;
    and what 分类施保 adds.

    Returns:
        The household's amount, and the rows whose grade or class of 分类施保 the policy does not
        know (R311): too little would be paid.

    Raises:
        PolicyError: ``policy-missing``; a county has no standard.
    """
    held = measure.held(rules)
    income, stated = measure.income()
    due, known = _difference(measure, held, income), stated & held.known
    graded, by_grade = _by_grade(measure, rules)
    untold = measure.rows["grade"].isna().to_numpy() & measure.kind.notna().to_numpy()
    lacking = untold & ~held.known
    require(lacking, measure.county, measure.kind, rules.names, rules.standards.on)
    due, known = np.where(by_grade, graded, due), known | by_grade
    supplement = _supplement(measure, rules, held)
    added = totals(supplement, measure.household)
    word = measure.rows["supplement_class"]
    unknown = (word.notna() & ~word.isin(list(rules.supplements))).to_numpy()
    ungraded = measure.rows["grade"].notna().to_numpy() & ~by_grade
    # 分类施保 raises dibao: where none is due, it has nothing to raise (社会救助暂行办法 第十二条).
    paid = known & (due > 0)
    whole = Made(np.where(paid, due + added, 0), np.where(paid, added, 0), np.zeros_like(due))
    told = Told(
        whole=whole,
        own=whole,
        alone=np.zeros(len(due), dtype=bool),
        income=np.where(stated & ~by_grade, income, UNKNOWN),
        band=measure.rows["grade"].where(by_grade),
    )
    return told, [
        ("R311", unknown, "supplement_class", False),
        ("R311", ungraded, "grade", False),
    ]


@dataclass(frozen=True)
class Approved:
    """What rosters say that households are due, whichever column says it; as long as the rows."""

    whole: Made
    """What is paid to the row's household in all."""
    stated: Mask
    """Which rows state an amount."""
    by_total: Mask
    """Which of them by their total alone."""


def compared(measure: Measure, rules: Rules, approved: Approved) -> Found:
    """Hold what will be paid against standard and income, where both are known (R305, R315).

    The benefit itself is at most the standard for each of the household's people; 分类施保 its
    highest class for each of them, the standard where no class is known; 补发 a year of it.
    """
    held = measure.held(rules)
    whole = approved.whole
    basic = whole.fen - whole.supplement - whole.arrears
    highest = max(rules.supplements.values(), default=_PERCENT)
    most = held.part(held.fen, measure.members, rounding=_TO_THE_YUAN)
    above = basic > most
    added = held.part(held.fen, measure.members * highest, _PERCENT, rounding=_TO_THE_YUAN)
    found: Found = []
    for mask, field in (
        (above & approved.stated & ~approved.by_total, "monthly_amount"),
        (above & approved.stated & approved.by_total, "total"),
        (whole.supplement > added, "supplement"),
        (whole.arrears > _YEAR * most, "arrears"),
    ):
        found += [
            ("R305", held.known & mask & held.new, field, False),
            # Nobody goes without because a raised standard was not written into the policy yet.
            ("R305", held.known & mask & ~held.new, field, True),
        ]
    income, told = measure.income()
    due, known = _difference(measure, held, income), told & held.known
    differs = known & approved.stated & ~above & (basic != due)
    return [*found, ("R315", differs, "monthly_amount", False)]


def _difference(measure: Measure, held: Held, income: Fen) -> Fen:
    """Give (standard − income per head) × members a month."""
    lacking: Fen = np.maximum(held.fen - held.months * income, 0)
    return held.part(lacking, measure.members)


def _by_grade(measure: Measure, rules: Rules) -> tuple[Fen, Mask]:
    """Give what the household's grade gives for its members a month, and where it is known."""
    each = np.zeros(len(measure.rows), dtype=np.int64)
    for county, grades in rules.grades.items():
        here = (measure.county == county).to_numpy()
        told = measure.rows["grade"].map(dict(grades)).fillna(0)
        each[here] = np.asarray(told, dtype=np.int64)[here]
    of_household, known = measure.whole(each, each > 0)
    return of_household * measure.members, known


def _supplement(measure: Measure, rules: Rules, held: Held) -> Fen:
    """Give what 分类施保 adds for each row: its class's percent of the standard."""
    percent = measure.rows["supplement_class"].map(dict(rules.supplements)).fillna(0)
    percents: Fen = np.asarray(percent, dtype=np.int64)
    return held.part(held.fen, percents, _PERCENT)
