"""What was paid for months that were not due, whoever says since when they were not."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import ARREARS, BENEFIT, Cycle, Occasion
from relief_cli.frames import empty
from relief_cli.ledger import Book
from relief_cli.payouts.ending import first_and_last, months_begun
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import SENT
from relief_cli.programmes.deadlines import NAMES
from relief_cli.programmes.ends import months_due, part_due
from relief_cli.roster.months import NEVER

NOT_DUE = {
    "programme": "str",
    "cycle": "str",
    "move": "int64",
    "person": "str",
    "name": "str",
    "ended": "int64",
    "over_fen": "int64",
}
"""What :func:`not_due` gives: ``move`` is that of the part of the cycle that it belongs to,
``ended`` the first month that was not due."""
Ends = Callable[[str, Cycle, pd.DataFrame], npt.NDArray[np.int64]]
"""Gives the first month of a programme that is not due to each of some rows (``person``, ``name``),
by the policy of a cycle; :data:`relief_cli.roster.months.NEVER` where nothing has ended."""

_MONTHS = ["first_month", "last_month"]
_PART = ["entitlement", "person", "name", "cycle", "move", *_MONTHS, "amount_fen"]


def not_due(
    book: Book, setting: Setting, ends: Ends, concerns: Callable[[Cycle], bool] = lambda _: True
) -> pd.DataFrame:
    """Give what went out for months that were not due; a line for each person and payment.

    Arrears are of the cycles that they make up for; 补发 in a roster, for the months that the books
    know, is of the cycle that it was paid in. What did not reach people is not among it.

    Args:
        book: the ledger.
        setting: the office.
        ends: since when nothing is due to whom.
        concerns: says which cycles are looked at.

    Returns:
        Columns :data:`NOT_DUE`, programme by programme, in the order of recording.
    """
    sent = {one.name: one.cycle for one in book.batches() if one.state in SENT}
    tables = []
    for programme in NAMES:
        moved = book.moved(programme)
        for occasion in book.occasions(programme):
            parts = _of_moves(_parts(book, programme, occasion, sent), occasion, moved)
            for text, rows in parts.groupby("cycle", sort=False):
                cycle = Cycle.parse(str(text))
                if concerns(cycle):
                    tables.append(_of_cycle(setting, programme, cycle, rows, ends))
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else empty(NOT_DUE)


def _parts(book: Book, programme: str, occasion: Occasion, sent: Mapping[str, str]) -> pd.DataFrame:
    """Give what was paid on an occasion, each sum with its ``cycle`` and months.

    Returns:
        ``entitlement``, ``person``, ``name``, ``cycle``, ``move``, ``first_month``, ``last_month``
        (missing where a notice knows none) and ``amount_fen``.
    """
    rows = book.standing(programme, occasion)
    rows = rows[rows["batch"].isin(list(sent))]
    rows = rows.assign(cycle=rows["batch"].map(dict(sent)))[_PART]
    parts = book.made_of(programme, occasion)
    parts = parts[(parts["part"] == ARREARS) & parts["entitlement"].isin(rows["entitlement"])]
    made_up = parts.groupby("entitlement")["amount_fen"].sum()
    before = made_up.reindex(rows["entitlement"]).fillna(0).to_numpy("int64")
    own = rows.assign(amount_fen=rows["amount_fen"].to_numpy() - before)
    whose = rows.drop(columns=[*_MONTHS, "amount_fen"])
    known = parts.loc[parts["first_month"].notna(), ["entitlement", *_MONTHS, "amount_fen"]]
    others = known.merge(whose, on="entitlement")
    if occasion.kind == ARREARS:
        length = Cycle.parse(occasion.first_cycle)
        of_month = {
            text: length.around(Cycle.parse(text).first_on).text
            for text in others["first_month"].unique()
        }
        others["cycle"] = others["first_month"].map(of_month)
    every = pd.concat([own, others[_PART]], ignore_index=True)
    return every[every["amount_fen"] > 0]


def _of_moves(parts: pd.DataFrame, occasion: Occasion, moved: pd.DataFrame) -> pd.DataFrame:
    """Say which part of its cycle a benefit's arrears and top-ups belong to, by their months."""
    if occasion.kind == BENEFIT:
        return parts
    numbered = parts.assign(move=0)
    lines = numbered.reset_index().merge(moved, on=["person", "cycle"], suffixes=("", "_moved"))
    within = lines["first_month"].between(lines["first_month_moved"], lines["last_month_moved"])
    numbered.loc[lines.loc[within, "index"], "move"] = lines.loc[within, "move_moved"].to_numpy()
    return numbered


def _of_cycle(
    setting: Setting, programme: str, cycle: Cycle, rows: pd.DataFrame, ends: Ends
) -> pd.DataFrame:
    """Give what of ``rows`` (:func:`_parts`) was not due; columns :data:`NOT_DUE`."""
    ended = ends(programme, cycle, rows)
    rows, ended = rows[ended < NEVER], ended[ended < NEVER]
    if rows.empty:
        return empty(NOT_DUE)
    first, last = first_and_last(rows, cycle)
    due = months_due(first, last, ended, months_begun(setting.policy, programme, cycle))
    length = last - first + 1
    paid = rows["amount_fen"].to_numpy("int64")
    over = paid - part_due(paid, due, length)
    found = rows.assign(programme=programme, ended=ended, over_fen=over)[list(NOT_DUE)]
    return found[found["over_fen"] > 0].astype(NOT_DUE)
