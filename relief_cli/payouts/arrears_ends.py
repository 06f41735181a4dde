"""What is left of arrears where somebody was stopped, died or stands on a list of the office.

Months before a death or a stop are still due; later ones are not. A list that ends nothing holds
the whole.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from relief_cli.ledger import Book
from relief_cli.payouts.ending import ends_by_books, first_and_last, months_begun
from relief_cli.payouts.lists import Lists, Taken
from relief_cli.payouts.making_up import CycleDue
from relief_cli.payouts.setting import Setting
from relief_cli.programmes.ends import months_due, part_due
from relief_cli.roster import identity, months
from relief_cli.roster.months import NEVER


def keep_what_is_due(
    dues: Sequence[CycleDue], setting: Setting, book: Book, programme: str, taken: Taken
) -> None:
    """Take months that are not due off ``more_fen``; say in ``ended_by`` and ``held_by`` why.

    ``ended_by``: R502 for a stop in the books, else the finding of a list; empty where all months
    are due. ``held_by``: the finding of a list that holds whatever the month.

    Raises:
        PolicyError: ``policy-missing``; ``list-kind-unknown``.
    """
    for one in dues:
        listed = taken.at(setting.policy, one.cycle, programme)
        _keep(one, setting, book, programme, listed)


def _keep(one: CycleDue, setting: Setting, book: Book, programme: str, listed: Lists) -> None:
    rows, cycle = one.rows, one.cycle
    key = identity.parse(rows["person"]).key
    stops = ends_by_books(book, setting.policy, programme, cycle)
    ended = np.asarray(rows["person"].map(stops).fillna(NEVER), dtype=np.int64)
    code = np.where(ended < NEVER, "R502", "")
    for each in listed.lists:
        month = replace(listed, lists=(each,)).ended(key, rows["name"])
        code = np.where(month < ended, each.code, code)
        ended = np.minimum(ended, month)
    first, last = first_and_last(rows, cycle)
    begun = months_begun(setting.policy, programme, cycle)
    due = months_due(first, last, ended, begun)
    length = last - first + 1
    rows["more_fen"] = part_due(rows["more_fen"].to_numpy("int64"), due, length)
    rows["ended_by"] = np.where(due < length, code, "")
    # Arrears are for the months that are due, and for no later ones.
    cut = np.flatnonzero((due > 0) & (due < length))
    until = pd.Series([months.text(month) for month in (first + due - 1)[cut]], dtype="str")
    rows["last_month"] = rows["last_month"].mask(due < length, until.set_axis(rows.index[cut]))
    holding = listed.lasting().standing(key, rows["name"], cycle)
    held_by = holding[holding["holds"]].drop_duplicates("row").set_index("row")["code"]
    rows["held_by"] = held_by.reindex(range(len(rows))).fillna("").to_numpy()
