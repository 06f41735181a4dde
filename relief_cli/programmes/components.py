"""What amounts are made of: the parts that a later run has to know apart.

What no component tells of an amount is the basic benefit for the months of its ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = (
    "entitlement",
    "part",
    "grade",
    "income_fen",
    "first_month",
    "last_month",
    "from_fen",
    "to_fen",
    "amount_fen",
)
BASIC = "basic"
"""The basic benefit, where it was computed from an income or a grade (档)."""
SUPPLEMENT = "supplement"
"""分类施保; ``grade`` is the person's own class, the amount its part of the household's."""
CARE = "care"
"""照料护理; ``grade`` is the person's."""
ARREARS = "arrears"
"""补发 for other months, which stand beside it."""
UNKNOWN = -1
"""An income or a standard that is not known, or decided nothing."""

Fen = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Component:
    """One part of the amounts of some rows; all as long as ``places``."""

    part: str
    places: npt.NDArray[np.intp]
    """Whose amounts have it: places among the people, ascending."""
    amount_fen: Fen
    grade: pd.Series | None = None
    """The class or grade as the policy names it; missing where none is stated."""
    income_fen: Fen | None = None
    """The income per head a month, :data:`UNKNOWN` where it is not known."""
    first_month: pd.Series | None = None
    last_month: pd.Series | None = None
    """For which months, where these are not the ground's."""

    def of(self, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Give what it tells of ``rows``, a line for each: ``place`` among them, and the rest."""
        at = np.minimum(np.searchsorted(self.places, rows), len(self.places) - 1)
        place = np.flatnonzero(self.places[at] == rows)
        chosen = at[place]
        given = {
            name: None if series is None else series.iloc[chosen].array
            for name, series in (
                ("grade", self.grade),
                ("first_month", self.first_month),
                ("last_month", self.last_month),
            )
        }
        income = UNKNOWN if self.income_fen is None else self.income_fen[chosen]
        fen = self.amount_fen[chosen]
        return pd.DataFrame(
            {
                "place": place,
                "part": self.part,
                "income_fen": income,
                "from_fen": UNKNOWN,
                "to_fen": UNKNOWN,
                "amount_fen": fen,
                **given,
            }
        )


def components_table(components: Sequence[Component], entitlements: pd.DataFrame) -> pd.DataFrame:
    """Give the table of components, by entitlement; columns :data:`COLUMNS`.

    Args:
        components: of the people, none of nobody.
        entitlements: ``entitlement``, and ``row``: its place among the people.
    """
    rows = entitlements["row"].to_numpy()
    tables = [table for one in components if len(table := one.of(rows))]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    every = pd.concat(tables, ignore_index=True).sort_values("place", kind="stable")
    number = entitlements["entitlement"].to_numpy()[every["place"]]
    return every.assign(entitlement=number)[list(COLUMNS)]
