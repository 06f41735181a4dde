"""A standard that was raised backwards in time: what is still due for a cycle that was paid.

The difference is what a cycle would have come to under the new standard, less what it came to under
the old one, each rounded as it was paid. Incomes and supplements are taken as they were.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.arrow import renamed
from relief_cli.calendar import Cycle
from relief_cli.money import Rounding
from relief_cli.money_columns import equal_parts
from relief_cli.policy import Parameter, Policy
from relief_cli.programmes import dibao, tekun
from relief_cli.programmes.standards import Standards, standards_at
from relief_cli.roster import months

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Raisable:
    """How a programme's standards make its amounts."""

    standards: Mapping[str, Sequence[str]]
    """Kind → the parameters' names; the first that the place has is taken."""
    kind: Callable[[pd.DataFrame], pd.Series]
    """The kind of each paid row, missing where unknown."""
    count: Callable[[pd.DataFrame], Fen]
    """How many people (dibao) or months (tekun) each paid row is for."""
    of_household: bool
    """The household's people share one amount, so it is rounded for them together."""


def _kinds_of_dibao(paid: pd.DataFrame) -> pd.Series:
    return renamed(paid["category"], dibao.KINDS)


def _kinds_of_tekun(paid: pd.DataFrame) -> pd.Series:
    kind = renamed(paid["category"], tekun.KINDS)
    return kind.mask(paid["payee_id_number"].isna(), kind + "_inside")


def _persons(paid: pd.DataFrame) -> Fen:
    return paid["people"].to_numpy("int64")


def _months(paid: pd.DataFrame) -> Fen:
    first, last = (months.parse(paid[name]) for name in ("first_month", "last_month"))
    return last - first + 1


RAISABLE: Mapping[str, Raisable] = {
    dibao.NAME: Raisable(dibao.STANDARDS, _kinds_of_dibao, _persons, of_household=True),
    tekun.NAME: Raisable(tekun.BASIC, _kinds_of_tekun, _months, of_household=False),
}
"""The programmes whose amounts follow a standard."""


@dataclass(frozen=True)
class Raise:
    """The standards of one cycle before and after."""

    before: Standards
    after: Standards

    @property
    def used(self) -> tuple[Parameter, ...]:
        """Every parameter, each once."""
        return tuple(dict.fromkeys((*self.before.used, *self.after.used)))


def raise_at(policy: Policy, programme: str, cycle: Cycle, counties: Sequence[str]) -> Raise:
    """Give the standards that hold in a cycle now, and those that held before they were ordered.

    Raises:
        PolicyError: ``policy-missing``; the programme has no rule of rounding then.
    """
    how = RAISABLE[programme]
    rounding = policy.at(f"{programme}.rounding", cycle.first_on).value
    if not isinstance(rounding, Rounding):
        raise TypeError(programme)
    after = standards_at(policy, how.standards, cycle.first_on, counties, rounding)
    before = {
        key: older
        for key, parameter in after.by_place.items()
        if (older := _older(policy, parameter)) is not None
    }
    return Raise(Standards(before, cycle.first_on, rounding), after)


def _older(policy: Policy, newer: Parameter) -> Parameter | None:
    """Give the value that held before ``newer`` in its place."""
    held = [
        one
        for one in policy.parameters
        if (one.name, one.place) == (newer.name, newer.place) and one.since < newer.since
    ]
    return max(held, key=lambda one: one.since, default=None)


def difference(
    programme: str, paid: pd.DataFrame, standards: Raise, first_on: dt.date
) -> tuple[Fen, Mask]:
    """Give what is still due for each row that was paid in one cycle.

    A standard that holds since before the span, with no earlier one on record, did not rise in it.

    Args:
        programme: one of :data:`RAISABLE`.
        paid: columns county, category, household, people, first_month, last_month,
            payee_id_number, person.
        standards: before and after.
        first_on: the first day of the span that is made up for.

    Returns:
        Fen, 0 where the standard did not rise; and for whom that can be told.
    """
    how = RAISABLE[programme]
    kind = how.kind(paid)
    before, after = (each.of(paid["county"], kind) for each in (standards.before, standards.after))
    count = how.count(paid)
    settled = np.zeros(len(paid), dtype=bool)
    for (county, of_kind), parameter in standards.after.by_place.items():
        if parameter.since < first_on:
            here = (paid["county"] == county) & (kind == of_kind).fillna(value=False)
            settled |= here.to_numpy(dtype=bool)
    both = before.known & after.known
    known = both | (settled & after.known)
    group = np.arange(len(paid), dtype=np.int64)
    if how.of_household:
        group, _ = pd.factorize(paid["household"])
        count = pd.Series(count).groupby(group).transform("sum").to_numpy("int64")
    more = after.part(after.fen, count) - before.part(before.fen, count)
    more = np.where(both, np.maximum(more, 0), 0)
    if not how.of_household:
        return more, known
    # People of one household may be in different categories: each part is of the row's own rise.
    return equal_parts(more, group, first=np.zeros(len(paid), dtype=bool)), known
