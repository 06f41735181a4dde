"""What rosters state that tekun comes to, and what it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.money import Rounding
from relief_cli.money_columns import AmountState, scaled
from relief_cli.programmes.components import ARREARS, CARE, Component
from relief_cli.programmes.standards import Held
from relief_cli.roster.amounts import Amounts, periods_of_total

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Found = list[tuple[str, Mask, str, bool]]
"""Code, rows and field of each finding, and whether it is only a warning here."""

WHOLE = 3
"""Months of a quarter."""
_QUARTERS = 4
_TO_THE_YUAN = Rounding(100, "up")
"""What is allowed above a standard that is no whole yuan."""
_FIELDS = ("total", "basic_living_standard", "care_amount", "arrears", "monthly_amount")


@dataclass(frozen=True)
class Made:
    """Amounts, and what of them is care and 补发; the rest is basic living."""

    fen: Fen
    care: Fen
    arrears: Fen


@dataclass(frozen=True)
class Stated:
    """The amounts that stand in a roster; all as long as the people."""

    amounts: Amounts
    due: Fen
    """How many months of the quarter are due."""
    stated_due: Fen
    """How many are by the roster itself, which may not know of an end."""
    stated_for: str
    """What the policy says that amounts are for: ``due``, ``quarter`` or ``month``."""
    rounding: Rounding

    def made(self) -> Made:
        """Give the stated amount for the months that are due; 0 where none is stated.

        A column that says so itself (月保障金额, 元/月, 季度合计) is of a month or a quarter,
        whatever the policy says of the others. 补发 is for other months, and is added as it stands.
        """
        given, fen = self._given()
        arrears = np.maximum(fen["arrears"], 0)
        by_parts = given["basic_living_standard"] & ~given["total"]
        by_month = given["monthly_amount"] & ~given["total"] & ~given["basic_living_standard"]
        per_basic, per_care = (
            self.amounts.per(name) for name in ("basic_living_standard", "care_amount")
        )
        alike = (per_basic == per_care) | ~given["care_amount"]
        together = fen["basic_living_standard"] + np.where(alike, fen["care_amount"], 0)
        apart = np.where(alike, 0, fen["care_amount"])
        parts = self._part(together, per_basic) + self._part(apart, per_care)
        whole = self._part(fen["total"] - arrears, periods_of_total(self.amounts))
        monthly = np.maximum(fen["monthly_amount"], 0) * self.due
        amount = np.select([given["total"], by_parts, by_month], [whole, parts, monthly], 0)
        made_up = np.where((given["total"] | by_parts) & (self.due > 0), arrears, 0)
        care = np.minimum(self._part(fen["care_amount"], per_care), amount)
        return Made(amount + made_up, np.where(by_month, 0, care), made_up)

    def as_due(self) -> Mask:
        """Say of which rows nothing but the months due says what their amount is for."""
        given, _ = self._given()
        by_month = given["monthly_amount"] & ~given["total"] & ~given["basic_living_standard"]
        basic = self.amounts.per("basic_living_standard")
        per = np.where(given["total"], periods_of_total(self.amounts), basic)
        as_due: Mask = (self._months(per) == 0) & ~by_month
        return as_due

    def above(self, made: Made, basic: Held, most_care: Held) -> Found:
        """Hold what will be paid, whichever column says it, against basic living and care (R305).

        Who has no grade may be in full need of care. 补发 is for other months, a year of them at
        most.
        """
        most = sum(
            held.part(held.fen, self.due, rounding=_TO_THE_YUAN) for held in (basic, most_care)
        )
        known = basic.known & most_care.known & (self.due > 0)
        year = _QUARTERS * most
        found: Found = []
        for mask, field in (
            (made.fen - np.minimum(made.arrears, year) > most, "total"),
            (made.arrears > year, "arrears"),
        ):
            found += [
                ("R305", known & mask & basic.new, field, False),
                ("R305", known & mask & ~basic.new, field, True),
            ]
        return found

    def compared(self, basic: Held, care: Held) -> Found:
        """Hold stated parts against the standards, where these are known (R305, R315)."""
        found: Found = []
        for name, standard in (("basic_living_standard", basic), ("care_amount", care)):
            fen, state = self.amounts[name]
            months = self._months(self.amounts.per(name))
            stated_for = np.where(months > 0, months, self.due)
            given = (state == AmountState.OK) & standard.known & (stated_for > 0)
            most = standard.part(standard.fen, stated_for, rounding=_TO_THE_YUAN)
            above = given & (fen > most)
            differs = given & ~above & (fen != standard.part(standard.fen, stated_for))
            found += [
                ("R305", above & standard.new, name, False),
                # Nobody goes without because a raised standard was not written into the policy yet.
                ("R305", above & ~standard.new, name, True),
                ("R315", differs, name, False),
            ]
        return found

    def _given(self) -> tuple[dict[str, Mask], dict[str, Fen]]:
        """Give which amounts are stated, and these in fen; 0 for the others."""
        parsed = {name: self.amounts[name] for name in _FIELDS}
        given = {name: state == AmountState.OK for name, (_, state) in parsed.items()}
        return given, {name: np.where(given[name], fen, 0) for name, (fen, _) in parsed.items()}

    def _months(self, per: Fen) -> Fen:
        """Give how many months amounts are for: as their titles say, else the policy.

        0 where the policy says that they are for the months that are due.
        """
        return np.where(per > 0, per, {"quarter": WHOLE, "month": 1}.get(self.stated_for, 0))

    def _part(self, fen: Fen, per: Fen) -> Fen:
        """Give the part of amounts that the months due come to, rounded once."""
        months = self._months(per)
        months = np.where(months > 0, months, self.stated_due)
        result = np.where(self.due > 0, np.maximum(fen, 0), 0)
        for period in pd.unique(months):
            if period:
                rows = months == period
                due = self.due[rows]
                result[rows] = scaled(result[rows], due, int(period), self.rounding)
        return result


def components(
    made: Made,
    paid: npt.NDArray[np.intp],
    grade: pd.Series,
    months: Callable[[], tuple[pd.Series, pd.Series]],
) -> list[Component]:
    """Give what later runs have to know.

    Args:
        made: what each row is due; as long as the people.
        paid: the places of those who are due something.
        grade: each one's grade of care, missing where unknown.
        months: gives the first and the last month that 补发 is for.
    """
    care, more = (paid[fen[paid] > 0] for fen in (made.care, made.arrears))
    first, last = months() if len(more) else (grade, grade)
    found = (
        Component(
            part=CARE, places=care, amount_fen=made.care[care], grade=grade.iloc[care].astype("str")
        ),
        Component(
            part=ARREARS,
            places=more,
            amount_fen=made.arrears[more],
            first_month=first.iloc[more],
            last_month=last.iloc[more],
        ),
    )
    return [one for one in found if len(one.places)]
