"""Standards by place: who is held against which, and what one comes to in a month."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.money import Rounding, scaled
from relief_cli.policy import Parameter, Policy
from relief_cli.policy.schema import Standard

Fen = npt.NDArray[np.int64]
_YEAR = 366


@dataclass(frozen=True)
class Standards:
    """The standards that hold in one cycle."""

    by_place: Mapping[tuple[str, str], Parameter]
    """County and kind (``urban``, ``rural``) → the parameter; lacking where none holds."""
    on: dt.date
    """The day for which they are wanted."""

    @property
    def used(self) -> tuple[Parameter, ...]:
        """Every parameter, each once."""
        return tuple(dict.fromkeys(self.by_place.values()))

    def are_new(self, county: pd.Series, kind: pd.Series) -> npt.NDArray[np.bool_]:
        """Say whose standard is of the last twelve months: they move each year.

        An older one may have been raised since, and nobody wrote it down here.
        """
        new = np.zeros(len(county), dtype=bool)
        for parameter, rows in self._rows(county, kind):
            new[rows] = (self.on - parameter.since).days < _YEAR
        return new

    def of(self, county: pd.Series, kind: pd.Series) -> tuple[Fen, Fen]:
        """Give the standard of each row in fen, and the months that it is for; 0 where none holds.

        Args:
            county: the county of each row.
            kind: ``urban`` or ``rural``, missing where unknown.
        """
        fen = np.zeros(len(county), dtype=np.int64)
        months = np.ones(len(county), dtype=np.int64)
        for parameter, rows in self._rows(county, kind):
            standard = parameter.value
            if not isinstance(standard, Standard):
                raise TypeError(parameter.name)
            fen[rows], months[rows] = standard.fen, standard.months
        return fen, months

    def _rows(
        self, county: pd.Series, kind: pd.Series
    ) -> Iterator[tuple[Parameter, npt.NDArray[np.bool_]]]:
        """Give each standard with the rows that it holds for."""
        for (place, wanted), parameter in self.by_place.items():
            of_kind = (kind == wanted).fillna(value=False).to_numpy()
            yield parameter, (county == place).to_numpy() & of_kind


def standards_at(
    policy: Policy, names: Mapping[str, str], on: dt.date, counties: Sequence[str]
) -> Standards:
    """Give the standards that hold ``on`` a day in ``counties``.

    Args:
        policy: the policy.
        names: kind → the parameter's name.
        on: the day.
        counties: the places.
    """
    found = {
        (county, kind): parameter
        for county in sorted(set(counties))
        for kind, name in names.items()
        if (parameter := policy.find(name, on, county)) is not None
    }
    return Standards(found, on)


def monthly(fen: Fen, months: Fen, factor: Fen | int, divisor: int, rounding: Rounding) -> Fen:
    """Give a month's part of standards × ``factor`` ÷ ``divisor``, rounded once.

    Args:
        fen: standards.
        months: how many months each is for.
        factor: whole numbers.
        divisor: above zero.
        rounding: of the outcome.
    """
    result = np.zeros(len(fen), dtype=np.int64)
    factors = np.broadcast_to(np.asarray(factor, dtype=np.int64), fen.shape)
    for period in np.unique(months):
        rows = months == period
        result[rows] = scaled(fen[rows], factors[rows], divisor * int(period), rounding)
    return result
