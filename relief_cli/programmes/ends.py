"""The month of an end: from which month on nothing is due to who died, left or was stopped.

A roster (停发年月) and a stop in the books name that month themselves. A list of another department
tells when something happened, such as a death; whether the month of it is due is the programme's to
say (``dibao.end`` …). Of several the earliest counts, whichever came first.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from relief_cli.checks.persons import ends_at_once
from relief_cli.money import Rounding
from relief_cli.money_columns import scaled
from relief_cli.policy import Parameter, Policy
from relief_cli.roster import months

_UP = Rounding(1, "up")
BEGUN, WHOLE = "begun", "whole"
"""The month in which it happened is due, for it had begun; or only whole months are."""

Months = npt.NDArray[np.int64]


class Stop(Protocol):
    """A stop, as the books know it."""

    @property
    def person(self) -> str:
        """The canonical identity number."""

    @property
    def since(self) -> dt.date:
        """From which month on nothing is due: any day of it."""

    @property
    def reason(self) -> str:
        """In the clerk's words."""


def rule_at(policy: Policy, programme: str, on: dt.date) -> Parameter:
    """Give the rule of a programme that holds ``on`` a day.

    Raises:
        PolicyError: ``policy-missing``.
    """
    return policy.at(f"{programme}.end", on)


def after_event(month: Months, rule: str) -> Months:
    """Give the first months that are not due, of months in which somebody died.

    >>> after_event(np.array([24000, months.UNKNOWN]), BEGUN).tolist()
    [24001, -1]
    """
    known = month != months.UNKNOWN
    after: Months = np.where(known & (rule == BEGUN), month + 1, month)
    return after


def months_due(first: Months, last: Months, ended: Months, cycle_months: int = 1) -> Months:
    """Give how many of the months that somebody is paid for are due.

    Args:
        first: the first of them.
        last: the last of them.
        ended: the first month that is not due.
        cycle_months: how long a cycle is that is due whole once it has begun, such as a quarter;
            1 where the month of the end counts.

    >>> first, last, ended = (np.array([month]) for month in (24000, 24002, 24001))
    >>> months_due(first, last, ended).tolist(), months_due(first, last, ended, 3).tolist()
    ([1], [3])
    """
    whole = -(-ended // cycle_months) * cycle_months
    until = np.where(ended > first, whole, ended)
    due: Months = np.clip(until - first, 0, last - first + 1)
    return due


def part_due(fen: Months, due: Months, length: Months) -> Months:
    """Give what of amounts for ``length`` months the ``due`` ones come to, whole fen upwards.

    So nobody is asked for a fen that may have been due.
    """
    part = np.zeros(len(fen), dtype=np.int64)
    for count in np.unique(length):
        which = length == count
        part[which] = scaled(fen[which], due[which], int(count), _UP)
    return part


def ends_of(
    stops: Sequence[Stop], taper_months: int = 0, never: Sequence[str] = ()
) -> dict[str, int]:
    """Give person → the first month that is not due, by their stops.

    Args:
        stops: those that hold; of several of a person the first counts.
        taper_months: so many months people are paid on (渐退).
        never: words in the reason of a stop after which they are not.
    """
    found: dict[str, int] = {}
    for one in stops:
        taper = 0 if ends_at_once(one.reason, never) else taper_months
        month = months.number(one.since.year, one.since.month) + taper
        found[one.person] = min(month, found.get(one.person, month))
    return found
