"""From which month on nothing is due to people, by the stops of the books."""

from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.batch import Batch
from relief_cli.calendar import ARREARS, Cycle
from relief_cli.ledger import Book
from relief_cli.policy import Policy
from relief_cli.programmes import tekun
from relief_cli.programmes.ends import ends_of
from relief_cli.programmes.periods import first_month
from relief_cli.roster import months

Months = npt.NDArray[np.int64]
_QUARTER = 3


def ends_by_books(book: Book, policy: Policy, programme: str, cycle: Cycle) -> dict[str, int]:
    """Give person → the first month of a programme that is not due (:mod:`…roster.months`).

    Args:
        book: the ledger.
        policy: with the programme's months of 渐退.
        programme: such as ``dibao``.
        cycle: the one whose policy counts.
    """
    stops = book.stops.holding(programme)
    if not stops:
        return {}
    taper, never = (
        policy.find(f"{programme}.taper-{name}", cycle.first_on) for name in ("months", "never")
    )
    return ends_of(
        stops,
        cast("int", taper.value) if taper else 0,
        cast("tuple[str, ...]", never.value) if never else (),
    )


def months_begun(policy: Policy, programme: str, cycle: Cycle) -> int:
    """Give how many months are due once one of them has begun.

    Of tekun it is a quarter, where the policy says so (``tekun.leaving``).
    """
    if programme != tekun.NAME:
        return 1
    by_month = policy.at("tekun.leaving", cycle.first_on).value == "by-month"
    return 1 if by_month else _QUARTER


def first_and_last(rows: pd.DataFrame, cycle: Cycle) -> tuple[Months, Months]:
    """Give the first and the last month that ``rows`` (``first_month``, ``last_month``) are for.

    What is paid by a notice is for the month that it is paid in.
    """
    first, last = (months.parse(rows[name]) for name in ("first_month", "last_month"))
    of_notice = first == months.UNKNOWN
    month = first_month(cycle)
    return np.where(of_notice, month, first), np.where(of_notice, month, last)


def months_of(batch: Batch) -> tuple[Months, Months]:
    """Give the first and the last month that each entitlement of a batch is for."""
    of_ground = batch.grounds.set_index("ground")[["first_month", "last_month"]]
    told = of_ground.reindex(batch.entitlements["ground"])
    if batch.occasion.kind == ARREARS:
        parts = batch.components.groupby("entitlement")
        spans = parts.agg({"first_month": "min", "last_month": "max"})
        told = spans.reindex(batch.entitlements["entitlement"])
    return first_and_last(told, Cycle.parse(batch.cycle))
