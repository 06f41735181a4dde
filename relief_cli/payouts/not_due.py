"""What was paid for months that were not due, whoever says since when they were not."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import ARREARS, Cycle, Occasion
from relief_cli.frames import empty
from relief_cli.ledger import Book
from relief_cli.money import Rounding
from relief_cli.money_columns import scaled
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import SENT
from relief_cli.programmes import tekun
from relief_cli.programmes.deadlines import NAMES
from relief_cli.programmes.ends import NEVER
from relief_cli.programmes.periods import first_month
from relief_cli.roster import months

NOT_DUE = {
    "programme": "str",
    "cycle": "str",
    "person": "str",
    "name": "str",
    "ended": "int64",
    "over_fen": "int64",
}
"""What :func:`not_due` gives: ``ended`` is the first month that was not due."""
Ends = Callable[[str, Cycle, pd.DataFrame], npt.NDArray[np.int64]]
"""Gives the first month of a programme that is not due to each of some rows (``person``, ``name``),
by the policy of a cycle; :data:`relief_cli.programmes.ends.NEVER` where nothing has ended."""

_DUE = Rounding(1, "up")
"""Nobody is asked for a fen that may have been due."""


def not_due(
    book: Book, setting: Setting, ends: Ends, concerns: Callable[[Cycle], bool] = lambda _: True
) -> pd.DataFrame:
    """Give what went out for months that were not due; a line for each person and payment.

    What did not reach people is not among it, nor 补发 for months before.

    Args:
        book: the ledger.
        setting: the office.
        ends: since when nothing is due to whom.
        concerns: says which cycles are looked at.

    Returns:
        Columns :data:`NOT_DUE`, programme by programme, in the order of recording.
    """
    sent = {one.name: one.cycle for one in book.batches() if one.state in SENT}
    tables = [
        _of_occasion(book, setting, programme, occasion, sent, ends, concerns)
        for programme in NAMES
        for occasion in book.occasions(programme)
        if occasion.kind != ARREARS
    ]
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else empty(NOT_DUE)


def _of_occasion(
    book: Book,
    setting: Setting,
    programme: str,
    occasion: Occasion,
    sent: Mapping[str, str],
    ends: Ends,
    concerns: Callable[[Cycle], bool],
) -> pd.DataFrame:
    rows = book.standing(programme, occasion)
    rows = rows[rows["batch"].isin(list(sent))]
    tables = [
        _of_cycle(setting, programme, cycle, part, ends)
        for text, part in rows.groupby(rows["batch"].map(dict(sent)), sort=False)
        if concerns(cycle := Cycle.parse(str(text)))
    ]
    table = pd.concat(tables) if tables else rows[:0]
    if table.empty:
        return empty(NOT_DUE)
    parts = book.made_of(programme, occasion)
    before = parts[parts["part"] == ARREARS].groupby("entitlement")["amount_fen"].sum()
    made_up = before.reindex(table["entitlement"]).fillna(0).to_numpy("int64")
    own, due = table["amount_fen"].to_numpy("int64") - made_up, table["due"].to_numpy("int64")
    over = np.zeros(len(table), dtype=np.int64)
    for count in table["length"].unique():
        which = table["length"].eq(count).to_numpy()
        over[which] = own[which] - scaled(own[which], due[which], int(count), _DUE)
    found = table.assign(programme=programme, over_fen=over)[list(NOT_DUE)]
    return found[found["over_fen"] > 0].astype(NOT_DUE)


def _of_cycle(
    setting: Setting, programme: str, cycle: Cycle, rows: pd.DataFrame, ends: Ends
) -> pd.DataFrame:
    """Say for how many months rows were paid, and how many of these were due.

    Returns:
        Those to whom something has ended, with ``cycle``, ``ended``, ``length`` and ``due``.
    """
    ended = ends(programme, cycle, rows)
    rows, ended = rows[ended < NEVER], ended[ended < NEVER]
    first, last = (months.parse(rows[name]) for name in ("first_month", "last_month"))
    # What is paid by a notice is for the month that it is paid in.
    of_notice = first == months.UNKNOWN
    first = np.where(of_notice, first_month(cycle), first)
    length = np.where(of_notice, 1, last - first + 1)
    due = np.clip(ended - first, 0, length)
    if programme == tekun.NAME and not _by_month(setting, cycle):
        due = np.where(due > 0, length, 0)
    return rows.assign(cycle=cycle.text, ended=ended, length=length, due=due)


def _by_month(setting: Setting, cycle: Cycle) -> bool:
    return setting.policy.at("tekun.leaving", cycle.first_on).value == "by-month"
