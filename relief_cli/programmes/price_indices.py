"""The published price indices: what prices did in a month, and whether that is enough."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from relief_cli.calendar import Cycle
from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.policy import Parameter, Policy
from relief_cli.policy.values import Percent

if TYPE_CHECKING:
    from relief_cli.policy.values import Index

INDICES = ("price.cpi", "price.food")
"""The indices that count, by their parameters."""


@dataclass(frozen=True)
class Movement:
    """What prices did in one place, and whether that is enough."""

    indices: tuple[Parameter, ...]
    thresholds: tuple[Parameter, ...]

    @property
    def pairs(self) -> list[tuple[Parameter, Percent, Percent]]:
        """Give each index with its change and its threshold."""
        return [
            (index, cast("Index", index.value).percent, cast("Percent", threshold.value))
            for index, threshold in zip(self.indices, self.thresholds, strict=True)
        ]

    @property
    def triggering(self) -> tuple[Parameter, Percent] | None:
        """Give the index that has reached its threshold, the higher one of two; else None."""
        reached = [(index, change) for index, change, least in self.pairs if change >= least]
        return max(reached, key=lambda pair: pair[1], default=None)

    @property
    def published_on(self) -> dt.date:
        """Give the day on which the last of the indices was published."""
        return max(cast("Index", index.value).published_on for index in self.indices)


def last_day_of_month(day: dt.date) -> dt.date:
    """Give the last day of a day's month.

    >>> last_day_of_month(dt.date(2022, 9, 9))
    datetime.date(2022, 9, 30)
    """
    return Cycle.parse(f"{day:%Y-%m}").last_on


def months_before(cycle: Cycle, count: int) -> Cycle:
    """Give the month that lies ``count`` months before ``cycle``."""
    number = cycle.first_on.year * 12 + cycle.first_on.month - 1 - count
    return Cycle.parse(f"{number // 12}-{number % 12 + 1:02d}")


def index_of(policy: Policy, name: str, month: Cycle, place: str) -> Parameter | None:
    """Give the index of just that month: an older one says nothing about it."""
    found = policy.find(name, month.last_on, place)
    if found is not None and found.since < month.first_on and found.place:
        found = policy.find(name, month.last_on)
    return found if found is not None and found.since >= month.first_on else None


def movement_of(policy: Policy, cycle: Cycle, month: Cycle, place: str) -> Movement:
    """Give what prices did in ``month``, by the thresholds of ``cycle``.

    Raises:
        PolicyError: ``index-missing``, ``policy-missing``.
    """
    indices, thresholds = [], []
    for name in INDICES:
        index = index_of(policy, name, month, place)
        if index is None:
            raise _index_missing(name, month, place)
        indices.append(index)
        thresholds.append(policy.at(f"{name}-threshold", cycle.first_on))
    return Movement(tuple(indices), tuple(thresholds))


def _index_missing(name: str, month: Cycle, place: str) -> PolicyError:
    return PolicyError(
        "index-missing",
        N_("the policy has no {name} of {month} ({place})"),
        why=N_("Whether the subsidy is paid, and how much, hangs on the published indices."),
        remedy=N_(
            'Add [[{name}]] with since = {month}-01, value = {{ percent = "2.5", published = '
            '{month}-14 }}, unit = "percent over the year before" and the reference to a file '
            "policy/….toml: the figures that were published for the province."
        ),
        name=name,
        month=month.text,
        place=place,
    )
