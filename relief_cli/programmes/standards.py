"""Standards by place: who is held against which, and what a part of one comes to."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.money import Rounding, scaled
from relief_cli.policy import Parameter, Policy
from relief_cli.policy.values import Standard

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_YEAR = 366


@dataclass(frozen=True)
class Held:
    """The standard that each row is held to; all as long as the rows."""

    fen: Fen
    """0 where none is known."""
    months: Fen
    """What the standard is for: 1, 3 or 12."""
    rule: npt.NDArray[np.intp]
    """The place of its rule in :attr:`rules`."""
    rules: Sequence[Rounding]

    @property
    def known(self) -> Mask:
        """Say who is held to something."""
        return self.fen > 0

    def part(
        self,
        fen: Fen,
        factor: Fen | int,
        divisor: int = 1,
        rounding: Rounding | None = None,
    ) -> Fen:
        """Give a month's part of ``fen`` × ``factor`` ÷ ``divisor``, rounded once.

        Args:
            fen: amounts for as many months as the standards are for, none negative.
            factor: whole numbers, such as months, people or percents.
            divisor: above zero.
            rounding: of the outcome; each standard's own rule where None.
        """
        result = np.zeros(len(fen), dtype=np.int64)
        factors = np.broadcast_to(np.asarray(factor, dtype=np.int64), fen.shape)
        for period in np.unique(self.months):
            of_period = self.months == period
            for place in np.unique(self.rule[of_period]):
                rows = of_period & (self.rule == place)
                how = rounding or self.rules[place]
                result[rows] = scaled(fen[rows], factors[rows], divisor * int(period), how)
        return result


@dataclass(frozen=True)
class Standards:
    """The standards that hold in one cycle."""

    by_place: Mapping[tuple[str, str], Parameter]
    """County and kind (such as ``urban``) → the parameter; lacking where none holds."""
    on: dt.date
    """The day for which they are wanted."""
    rounding: Rounding
    """Of a part of a standard that has no rule of its own."""

    @property
    def used(self) -> tuple[Parameter, ...]:
        """Every parameter, each once."""
        return tuple(dict.fromkeys(self.by_place.values()))

    def are_new(self, county: pd.Series, kind: pd.Series) -> Mask:
        """Say whose standard is of the last twelve months: they move each year.

        An older one may have been raised since, and nobody wrote it down here.
        """
        new = np.zeros(len(county), dtype=bool)
        for parameter, rows in self._rows(county, kind):
            new[rows] = (self.on - parameter.since).days < _YEAR
        return new

    def of(self, county: pd.Series, kind: pd.Series) -> Held:
        """Give the standard of each row.

        Args:
            county: the county of each row.
            kind: such as ``urban`` or ``rural``, missing where unknown.
        """
        fen = np.zeros(len(county), dtype=np.int64)
        months = np.ones(len(county), dtype=np.int64)
        rule = np.zeros(len(county), dtype=np.intp)
        rules = [self.rounding]
        for parameter, rows in self._rows(county, kind):
            standard = parameter.value
            if not isinstance(standard, Standard):
                raise TypeError(parameter.name)
            fen[rows], months[rows] = standard.fen, standard.months
            if standard.rounding:
                rule[rows] = len(rules)
                rules.append(standard.rounding)
        return Held(fen, months, rule, rules)

    def _rows(self, county: pd.Series, kind: pd.Series) -> Iterator[tuple[Parameter, Mask]]:
        """Give each standard with the rows that it holds for."""
        # Places and kinds are few: compared as numbers, a standard's rows are found at once.
        (where, places), (which, kinds) = pd.factorize(county), pd.factorize(kind)
        known, wanted = list(places), list(kinds)
        for (place, of_kind), parameter in self.by_place.items():
            if place in known and of_kind in wanted:
                yield parameter, (where == known.index(place)) & (which == wanted.index(of_kind))


def standards_at(
    policy: Policy,
    names: Mapping[str, Sequence[str]],
    on: dt.date,
    counties: Sequence[str],
    rounding: Rounding,
) -> Standards:
    """Give the standards that hold ``on`` a day in ``counties``.

    Args:
        policy: the policy.
        names: kind → the parameters' names; the first that the place has is taken.
        on: the day.
        counties: the places.
        rounding: of a part of a standard that has no rule of its own.
    """
    found = {}
    for county in sorted(set(counties)):
        for kind, named in names.items():
            held = (policy.find(name, on, county) for name in named)
            parameter = next((one for one in held if one), None)
            if parameter:
                found[county, kind] = parameter
    return Standards(found, on, rounding)
