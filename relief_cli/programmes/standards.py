"""Standards by place: who is held against which, and what a part of one comes to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.money import Rounding
from relief_cli.money_columns import scaled
from relief_cli.policy import Parameter, Policy
from relief_cli.policy.parameters import missing
from relief_cli.policy.values import Standard

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_YEAR = 366
_DAY = dt.timedelta(days=1)


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
    new: Mask
    """Whether the standard is of the last twelve months: they move each year, so an older one may
    have been raised since, and nobody wrote it down."""

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
        group = self.months * len(self.rules) + self.rule
        for each in pd.unique(group):
            period, place = divmod(int(each), len(self.rules))
            rows = group == each
            how = rounding or self.rules[place]
            result[rows] = scaled(fen[rows], factors[rows], divisor * period, how)
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

    def of(self, county: pd.Series, kind: pd.Series) -> Held:
        """Give the standard of each row.

        Args:
            county: the county of each row.
            kind: such as ``urban`` or ``rural``, missing where unknown.
        """
        # Places and kinds are few: as numbers they are looked up for all rows at once.
        (where, places), (which, kinds) = (
            (codes, list(distinct)) for codes, distinct in map(pd.factorize, (county, kind))
        )
        # The first stands for none; what is missing has the number -1, that of the last.
        found = np.zeros((len(places) + 1, len(kinds) + 1), dtype=np.intp)
        known = [(0, 1, 0, False)]
        rules = [self.rounding]
        for (place, of_kind), parameter in self.by_place.items():
            if place not in places or of_kind not in kinds:
                continue
            standard = parameter.value
            if not isinstance(standard, Standard):
                raise TypeError(parameter.name)
            rule = len(rules) if standard.rounding else 0
            rules += [standard.rounding] if standard.rounding else []
            found[places.index(place), kinds.index(of_kind)] = len(known)
            new = self._is_new(parameter)
            known.append((standard.fen, standard.months, rule, new))
        fen, months, rule_of, is_new = map(np.array, zip(*known, strict=True))
        row = found[where, which]
        return Held(fen[row], months[row], rule_of[row], rules, is_new[row])

    def months_raised(self, county: pd.Series, kind: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Say which months before the cycle each row's standard holds for already.

        These are what 补发 beside it is for. Missing where none is known, or it holds for longer
        than a year.

        Returns:
            The first and the last of them, such as ``2022-07``; as long as the rows.
        """
        first = pd.Series(pd.NA, index=county.index, dtype="str")
        for (place, of_kind), parameter in self.by_place.items():
            since = parameter.since
            # Each month is paid by what holds on its first day.
            month = since if since.day == 1 else Cycle.parse(f"{since:%Y-%m}").last_on + _DAY
            if month < self.on.replace(day=1) and self._is_new(parameter):
                here = (county == place) & (kind.astype("str") == of_kind)
                first = first.mask(here.to_numpy(bool, na_value=False), f"{month:%Y-%m}")
        before = self.on.replace(day=1) - _DAY
        return first, first.mask(first.notna(), f"{before:%Y-%m}")

    def _is_new(self, parameter: Parameter) -> bool:
        return (self.on - parameter.since).days < _YEAR


def require(
    lacking: Mask,
    county: pd.Series,
    kind: pd.Series,
    names: Mapping[str, Sequence[str]],
    on: dt.date,
) -> None:
    """Refuse to go on without a standard that rows are to be paid by.

    Args:
        lacking: rows whose county has none.
        county: of each row.
        kind: of each row.
        names: kind → the parameters' names; the last is the general one.
        on: the day.

    Raises:
        PolicyError: ``policy-missing``; it names the first that lacks.
    """
    rows = np.flatnonzero(lacking)
    if len(rows):
        place, of_kind = county.iloc[rows[0]], kind.iloc[rows[0]]
        raise missing(names[str(of_kind)][-1], on, str(place))


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
