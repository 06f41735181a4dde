"""Dibao held against the standard and the income of each household."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.money import AmountState, Rounding, parse_yuan_column
from relief_cli.programmes.standards import Standards, monthly

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Found = list[tuple[str, Mask, str, bool]]
"""Code, rows and field of each finding, and whether it is only a warning here."""
_PERCENT = 100
_TO_THE_YUAN = Rounding(100, "up")
"""What is allowed above a standard that is no whole yuan a month."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the policy says about amounts."""

    standards: Standards
    rounding: Rounding
    supplements: Mapping[str, int]
    """分类施保: the word in the roster → percent of the standard."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The rows that are held against something; all as long as ``rows``."""

    rows: pd.DataFrame
    household: Fen
    members: Fen
    """How many people the household's amount is for."""
    county: pd.Series
    kind: pd.Series
    """``urban`` or ``rural``, missing where unknown."""

    def rows_standards(self, rules: Rules) -> tuple[Fen, Fen]:
        """Give each row's standard in fen and the months it is for; 0 where none holds."""
        return rules.standards.of(self.county, self.kind)

    def whole(self, fen: Fen, given: Mask) -> tuple[Fen, Mask]:
        """Give the largest of the household's given amounts, and whether there is one."""
        by = pd.DataFrame({"fen": np.where(given, fen, -1)}).groupby(self.household)["fen"]
        largest = by.transform("max").to_numpy("int64")
        return np.maximum(largest, 0), largest >= 0


def computed(measure: Measure, rules: Rules) -> tuple[Fen, Found]:
    """Give what each row's household is due: (standard − income per head) × members + 分类施保.

    Returns:
        The household's amount; 0 where standard or income is not known, or nothing is due. And
        the rows whose class of 分类施保 the policy does not know (R311): too little would be paid.
    """
    due, known = _difference(measure, rules)
    supplement = _supplement(measure, rules)
    added = pd.Series(supplement).groupby(measure.household).transform("sum").to_numpy("int64")
    word = measure.rows["supplement_class"]
    unknown = (word.notna() & ~word.isin(list(rules.supplements))).to_numpy()
    return np.where(known, due + added, 0), [("R311", unknown, "supplement_class", False)]


def compared(measure: Measure, rules: Rules) -> Found:
    """Hold the approved amounts against standard and income, where both are known (R305, R315)."""
    fen, state = parse_yuan_column(measure.rows["monthly_amount"])
    given = state == AmountState.OK
    total = pd.Series(np.where(given, fen, 0)).groupby(measure.household).transform("sum")
    largest = pd.Series(np.where(given, fen, 0)).groupby(measure.household).transform("max")
    standard, months = measure.rows_standards(rules)
    most = monthly(standard, months, measure.members, 1, _TO_THE_YUAN)
    above = (standard > 0) & given & (largest.to_numpy("int64") > most)
    due, known = _difference(measure, rules)
    stated = (total.to_numpy("int64") == due) | (largest.to_numpy("int64") == due)
    new = rules.standards.are_new(measure.county, measure.kind)
    return [
        ("R305", above & new, "monthly_amount", False),
        # Nobody goes without because a raised standard was not written into the policy yet.
        ("R305", above & ~new, "monthly_amount", True),
        ("R315", known & given & ~above & ~stated, "monthly_amount", False),
    ]


def _difference(measure: Measure, rules: Rules) -> tuple[Fen, Mask]:
    """Give (standard − income per head) × members a month, and where both are known."""
    standard, months = measure.rows_standards(rules)
    fen, state = parse_yuan_column(measure.rows["income_per_head"])
    income, told = measure.whole(fen, state == AmountState.OK)
    lacking: Fen = np.maximum(standard - months * income, 0)
    return monthly(lacking, months, measure.members, 1, rules.rounding), told & (standard > 0)


def _supplement(measure: Measure, rules: Rules) -> Fen:
    """Give what 分类施保 adds for each row: its class's percent of the standard."""
    standard, months = measure.rows_standards(rules)
    percent = measure.rows["supplement_class"].map(dict(rules.supplements)).fillna(0)
    percents: Fen = np.asarray(percent, dtype=np.int64)
    return monthly(standard, months, percents, _PERCENT, rules.rounding)
