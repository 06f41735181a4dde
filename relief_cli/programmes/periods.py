"""From when and until when somebody is due a benefit, as rosters say it in months."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.roster import months

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
