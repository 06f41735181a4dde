"""What dibao is made of: the benefit itself, 分类施保 and 补发."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.money_columns import equal_parts
from relief_cli.programmes.components import ARREARS, BASIC, SUPPLEMENT, Component

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Made:
    """Amounts, and what of them is 分类施保 and 补发; the rest is the benefit itself."""

    fen: Fen
    supplement: Fen
    arrears: Fen

    @property
    def basic(self) -> Fen:
        """The rest; 0 where the parts are more than the whole, which a finding says (R306)."""
        rest: Fen = np.maximum(self.fen - self.supplement - self.arrears, 0)
        return rest


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the policy or the roster says that people are due; all as long as the eligible rows."""

    whole: Made
    """What the row's household is due."""
    own: Made
    """What the row has of its own."""
    alone: Mask
    """Rows that get their own; the others share their household's."""
    income: Fen
    """The income per head a month from which it was computed, else ``UNKNOWN``."""
    band: pd.Series
    """The grade (档) by which it was computed, else missing."""


def divided(told: Told, household: Fen, first: Mask) -> Made:
    """Give each row's part of its household's amount, and what that is made of.

    Sums are divided one upon the other, so that what a row's amount is made of adds up to it.

    Args:
        told: what households and rows are due.
        household: the number of each row's household.
        first: rows to which fen that do not divide go first.
    """
    whole, own, alone = told.whole, told.own, told.alone
    share = partial(equal_parts, group=household, first=first)
    fen = share(whole.fen)
    supplement, arrears = np.zeros_like(fen), np.zeros_like(fen)
    if ((whole.supplement > 0) | (whole.arrears > 0)).any():
        basic = share(np.minimum(whole.basic, whole.fen))
        with_supplement = share(np.minimum(whole.basic + whole.supplement, whole.fen))
        supplement, arrears = with_supplement - basic, fen - with_supplement
    own_supplement = np.minimum(own.supplement, own.fen)
    own_arrears = np.minimum(own.arrears, own.fen - own_supplement)
    return Made(
        np.where(alone, own.fen, fen),
        np.where(alone, own_supplement, supplement),
        np.where(alone, own_arrears, arrears),
    )


def components(
    made: Made,
    told: Told,
    places: npt.NDArray[np.intp],
    classes: pd.Series,
    months: Callable[[], tuple[pd.Series, pd.Series]],
) -> list[Component]:
    """Give what later runs have to know of the eligible rows; all as long as these.

    Args:
        made: what each is due.
        told: from what that was computed.
        places: theirs among the people, ascending.
        classes: their class of 分类施保, missing where the policy knows none.
        months: gives the first and the last month that 补发 is for.
    """
    by_rule = (told.income >= 0) | told.band.notna().to_numpy()
    basic = np.flatnonzero((made.fen > 0) & by_rule)
    added, more = np.flatnonzero(made.supplement), np.flatnonzero(made.arrears)
    first, last = months() if len(more) else (classes, classes)
    found = (
        Component(
            part=BASIC,
            places=places[basic],
            amount_fen=made.basic[basic],
            grade=told.band.iloc[basic],
            income_fen=told.income[basic],
        ),
        Component(
            part=SUPPLEMENT,
            places=places[added],
            amount_fen=made.supplement[added],
            grade=classes.iloc[added],
        ),
        Component(
            part=ARREARS,
            places=places[more],
            amount_fen=made.arrears[more],
            first_month=first.iloc[more],
            last_month=last.iloc[more],
        ),
    )
    return [one for one in found if len(one.places)]
