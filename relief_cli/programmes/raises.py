"""Standards that were raised backwards in time: what held before, and what holds now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.arrow import renamed
from relief_cli.calendar import Cycle
from relief_cli.groups import totals
from relief_cli.money import Rounding
from relief_cli.policy import Parameter, Policy
from relief_cli.programmes import dibao, tekun
from relief_cli.programmes.standards import Standards, standards_at
from relief_cli.roster import months

Fen = npt.NDArray[np.int64]
Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Raisable:
    """How a programme's standards make its amounts."""

    standards: Names
    """Kind → the parameters' names; the first that the place has is taken."""
    care: Names
    """Likewise grade of care → names; empty where the programme pays none."""
    kind: Callable[[pd.DataFrame], pd.Series]
    """The kind of each paid row, missing where unknown."""
    count: Callable[[pd.DataFrame], Fen]
    """How many people (of the whole household) or months each row's amount is for."""
    of_household: bool
    """The household's people share one amount, so it is rounded for them together."""


def _kinds_of_dibao(paid: pd.DataFrame) -> pd.Series:
    return renamed(paid["category"], dibao.KINDS)


def _kinds_of_tekun(paid: pd.DataFrame) -> pd.Series:
    kind = renamed(paid["category"], tekun.KINDS)
    return kind.mask(paid["payee_id_number"].isna(), kind + "_inside")


def _persons(paid: pd.DataFrame) -> Fen:
    return totals(paid["people"].to_numpy("int64"), paid["household"].to_numpy("int64"))


def _months(paid: pd.DataFrame) -> Fen:
    first, last = (months.parse(paid[name]) for name in ("first_month", "last_month"))
    return last - first + 1


RAISABLE: Mapping[str, Raisable] = {
    dibao.NAME: Raisable(dibao.STANDARDS, {}, _kinds_of_dibao, _persons, of_household=True),
    tekun.NAME: Raisable(tekun.BASIC, tekun.CARE, _kinds_of_tekun, _months, of_household=False),
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

    def rose(self) -> list[Parameter]:
        """Give the standards that took the place of an earlier one."""
        return [one for key, one in self.after.by_place.items() if key in self.before.by_place]


def raises_at(
    policy: Policy, programme: str, names: Names, cycles: Sequence[tuple[Cycle, Sequence[str]]]
) -> list[Raise]:
    """Give the standards that hold in cycles now, and those that held before they were ordered.

    Only the newest of each place counts: cycles before it were paid rightly.

    Args:
        policy: the policy.
        programme: one of :data:`RAISABLE`.
        names: of its standards, or of those of care.
        cycles: each with its counties.

    Raises:
        PolicyError: ``policy-missing``; the programme has no rule of rounding then.
    """
    every = [_raise_at(policy, programme, names, cycle, counties) for cycle, counties in cycles]
    newest: dict[tuple[str, str], Parameter] = {}
    for one in every:
        for key, after in one.after.by_place.items():
            newest[key] = max(newest.get(key, after), after, key=lambda held: held.since)
    return [_only_newest(one, newest) for one in every]


def _raise_at(
    policy: Policy, programme: str, names: Names, cycle: Cycle, counties: Sequence[str]
) -> Raise:
    rounding = policy.at(f"{programme}.rounding", cycle.first_on).value
    if not isinstance(rounding, Rounding):
        raise TypeError(programme)
    after = standards_at(policy, names, cycle.first_on, counties, rounding)
    before = {
        key: older
        for key, parameter in after.by_place.items()
        if (older := _older(policy, parameter)) is not None
    }
    return Raise(Standards(before, cycle.first_on, rounding), after)


def _only_newest(one: Raise, newest: Mapping[tuple[str, str], Parameter]) -> Raise:
    settled = {
        key: after for key, after in one.after.by_place.items() if after.since < newest[key].since
    }
    before = replace(one.before, by_place={**one.before.by_place, **settled})
    return replace(one, before=before)


def _older(policy: Policy, newer: Parameter) -> Parameter | None:
    """Give the value that held before ``newer`` in its place."""
    held = [
        one
        for one in policy.parameters
        if (one.name, one.place) == (newer.name, newer.place) and one.since < newer.since
    ]
    return max(held, key=lambda one: one.since, default=None)
