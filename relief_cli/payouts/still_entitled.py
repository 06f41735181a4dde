"""Whoever was stopped, died or was listed since a batch was prepared is not paid by it."""

import numpy as np
import pandas as pd

from relief_cli.batch import Batch
from relief_cli.calendar import Cycle
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.payouts import lists
from relief_cli.payouts.confirmation import require_not_paid_before
from relief_cli.payouts.ending import ends_by_books, months_begun, months_of
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.setting import Setting
from relief_cli.programmes.ends import months_due
from relief_cli.roster import identity
from relief_cli.roster.gather import Options
from relief_cli.roster.masks import mask_name
from relief_cli.roster.months import NEVER

_TOLD = ["entitlement", "payment", "person", "name"]
_SHOWN = 5
"""Payments that a message names."""


def lists_for(setting: Setting, batch: Batch) -> Lists:
    """Read the lists that the office names, as they are now.

    Raises:
        UnreadableError: a list cannot be taken in.
    """
    cycle = Cycle.parse(batch.cycle)
    taken = lists.start(setting.office, Options()).read()
    return taken.at(setting.policy, cycle, batch.programme)


def ended_since(book: Book, setting: Setting, batch: Batch, listed: Lists) -> pd.DataFrame:
    """Give the entitlements of a batch that are for months which are not due any more.

    Args:
        book: the ledger, with the stops as they are now.
        setting: the office.
        batch: one that has not gone out.
        listed: the lists of other departments as they are now; none where they were just asked.

    Returns:
        Columns ``entitlement``, ``payment``, ``person`` and ``name``.
    """
    cycle = Cycle.parse(batch.cycle)
    rows = batch.entitlements
    stops = ends_by_books(book, setting.policy, batch.programme, cycle)
    if not stops and not listed.lists:
        return rows.loc[[], _TOLD]
    first, last = months_of(batch)
    by_books = np.asarray(rows["person"].map(stops).fillna(NEVER), dtype=np.int64)
    key = identity.parse(rows["person"]).key
    by_lists = listed.ended(key, rows["name"])
    begun = months_begun(setting.policy, batch.programme, cycle)
    due = months_due(first, last, np.minimum(by_books, by_lists), begun)
    over = due < last - first + 1
    standing = listed.lasting().standing(key, rows["name"], cycle)
    over[standing.loc[standing["holds"], "row"]] = True
    return rows.loc[over, _TOLD]


def require_entitled(book: Book, setting: Setting, batch: Batch, listed: Lists) -> None:
    """Refuse a batch with somebody who is not due what it pays any more.

    Raises:
        RefusedError: ``ended-since``; it names the payments. ``paid-after-all``, as
            :func:`relief_cli.payouts.confirmation.require_not_paid_before`.
    """
    require_not_paid_before(book, batch)
    over = ended_since(book, setting, batch, listed)
    if over.empty:
        return
    named = [
        f"{batch.name}-{payment:06d} {mask_name(name)}"
        for payment, name in zip(over["payment"], over["name"], strict=True)
    ]
    more = f" +{len(named) - _SHOWN}" if len(named) > _SHOWN else ""
    raise RefusedError(
        "ended-since",
        N_(
            "{count} people of {batch} were stopped, or stand on a list, since it was prepared:"
            " {payments}"
        ),
        why=N_("What is paid for months after a death or a stop is hard to get back."),
        remedy=N_("Make it again without them: relief withhold {batch}"),
        batch=batch.name,
        count=len(named),
        payments=", ".join(named[:_SHOWN]) + more,
    )
