"""The amounts that stand in a roster, each column parsed once, whoever asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.money_columns import AmountState, parse_yuan_column
from relief_cli.roster.units import QUARTER

Parsed = tuple[NDArray[np.int64], NDArray[np.uint8]]
"""Fen (0 where the text is no amount), and the :class:`relief_cli.money.AmountState` of each."""


@dataclass(frozen=True)
class Amounts:
    """Amounts by field; nobody may change what is given, for others get the same."""

    people: pd.DataFrame
    """With a column of texts for each field."""
    months: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    """Field → how many months each row's amount is for, as its column's title says; 0 where it says
    none. Fields of which no title says it are not there."""
    _parsed: dict[str, Parsed] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Parsed:
        """Give what stands in a column, see :func:`relief_cli.money.parse_yuan_column`."""
        if name not in self._parsed:
            fen, state = parse_yuan_column(self.people[name])
            fen.flags.writeable = state.flags.writeable = False
            self._parsed[name] = fen, state
        return self._parsed[name]

    def per(self, name: str) -> NDArray[np.int64]:
        """Give how many months each row's amount is for, 0 where its title does not say it."""
        return self.months.get(name, np.zeros(len(self.people), dtype=np.int64))

    def at(self, name: str, rows: NDArray[np.intp]) -> Parsed:
        """Give the same for some ``rows``."""
        fen, state = self[name]
        return fen[rows], state[rows]


_TEKUN = ("basic_living_standard", "care_amount")


def periods_of_total(amounts: Amounts) -> NDArray[np.int64]:
    """Give how many months each row's total is for; 0 where neither its title nor its parts say it.

    Parts that are a month's by their title, and three times of which the total is, make it a
    quarter's; those that add up to it make it theirs.
    """
    said, (alone, parts, per) = amounts.per("total"), _totals(amounts)
    by_parts = np.select(
        [(per > 0) & (alone == parts), (per > 0) & (alone * per == parts * QUARTER)], [per, QUARTER]
    )
    return np.where(said > 0, said, by_parts)


def adds_up_by_period(amounts: Amounts) -> NDArray[np.bool_]:
    """Say which totals are their parts for another period than the parts are for."""
    period, (alone, parts, per) = periods_of_total(amounts), _totals(amounts)
    adds_up: NDArray[np.bool_] = (per > 0) & (period > 0) & (alone * per == parts * period)
    return adds_up


def _totals(amounts: Amounts) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give total less 补发, the sum of the other parts, and for how many months these are.

    0 for the last where that is not known, or no part or no total is stated.
    """
    fen, given = {}, {}
    for name in ("total", "arrears", *_TEKUN):
        values, state = amounts[name]
        given[name] = state == AmountState.OK
        fen[name] = np.where(given[name], values, 0)
    basic, care = _TEKUN
    alike = (amounts.per(basic) == amounts.per(care)) | ~given[care]
    per = np.where(given["total"] & given[basic] & alike, amounts.per(basic), 0)
    return fen["total"] - fen["arrears"], fen[basic] + fen[care], per
