"""From when and until when somebody is due a benefit, as rosters say it in months."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.roster import months
from relief_cli.roster.months import Spans

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FIELDS = ("start_month", "approved_month")
"""The columns that say from when."""


def first_month(cycle: Cycle) -> int:
    """Give the number of the cycle's first month (:func:`relief_cli.roster.months.number`)."""
    return months.number(cycle.first_on.year, cycle.first_on.month)


def begins(rows: pd.DataFrame) -> Numbers:
    """Give the number of the month from which each row is due something.

    That is the month which the row names (起始保障年月), and not before the month after the
    approval (审批年月). :data:`relief_cli.roster.months.UNKNOWN` where it names neither.
    """
    start, approved = (months.parse(rows[field]) for field in FIELDS)
    after: Numbers = np.where(approved == months.UNKNOWN, months.UNKNOWN, approved + 1)
    return np.maximum(start, after)


def spans(rows: pd.DataFrame, cycle: Cycle) -> Spans:
    """Give the months of a cycle that each row says it is for: all of them where it says nothing.

    Columns :data:`FIELDS` and ``stop``. What begins after the cycle, or has stopped before it, ends
    before it begins.
    """
    first, last = (months.number(day.year, day.month) for day in (cycle.first_on, cycle.last_on))
    stop = months.parse(rows["stop"])
    until = np.where(stop == months.UNKNOWN, last, np.minimum(stop - 1, last))
    return Spans(np.maximum(begins(rows), first), until)


def unreadable(rows: pd.DataFrame) -> list[tuple[str, Mask, str]]:
    """Find months that cannot be read (R317): they delay nobody.

    Returns:
        Code, rows and field.
    """
    return [
        (
            "R317",
            rows[field].notna().to_numpy() & (months.parse(rows[field]) == months.UNKNOWN),
            field,
        )
        for field in FIELDS
    ]
