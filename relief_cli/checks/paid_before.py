"""R403, R409, R410 and R411: who was paid for this already, and as much as is due?"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.checks.names import folded
from relief_cli.checks.subject import BEFORE, Subject
from relief_cli.findings import Block
from relief_cli.frames import empty
from relief_cli.groups import totals
from relief_cli.money import format_yuan
from relief_cli.money_columns import equal_parts
from relief_cli.roster import months
from relief_cli.roster.months import Spans

Fen = npt.NDArray[np.int64]


def before(
    people: pd.DataFrame, due: Fen, bound: Fen, spans: Spans, paid: pd.DataFrame
) -> pd.DataFrame:
    """Hold what rows are due against what was paid for the same already.

    Who moved within a cycle stands in several rows, or was paid several times, each for months of
    its own: rows are held against what was paid for their months.

    Args:
        people: the table of people.
        due: what each row is due; 0 where nothing can be said, then nothing is owed.
        bound: the same number for rows that one amount is for, below zero for others.
        spans: for which months each row is.
        paid: :data:`relief_cli.ledger.paid.PAID`.

    Returns:
        Columns :data:`BEFORE`; a line for each row of somebody who was paid.
    """
    if paid.empty:
        return empty(BEFORE)
    person = people["person"]
    rows = np.flatnonzero(person.isin(paid["person"]).to_numpy())
    of_row, of_paid = _same_months(person.iloc[rows], spans.at(rows), paid)
    known = (
        paid.assign(same=of_paid)
        .groupby("same", sort=False)
        .agg(
            {
                **dict.fromkeys(("name", "batch", "move"), "first"),
                **dict.fromkeys(("amount_fen", "arrears_fen"), "sum"),
            }
        )
    )
    there = np.isin(of_row, known.index)
    rows, same = rows[there], of_row[there]
    found = known.loc[same].reset_index(drop=True)
    due_fen = due[rows]
    # A person who stands in several rows was paid once, perhaps by the second; but for rows that
    # are each for other months.
    parts = spans.at(rows).apart(same)
    first = ~pd.Series(same).duplicated().to_numpy()
    as_paid = pd.Series(due_fen == found["amount_fen"].to_numpy()).groupby(same).transform("any")
    table = pd.DataFrame(
        {
            # Rows that stand alone have numbers of their own.
            "group": np.where(bound[rows] < 0, -1 - same, bound[rows]),
            "due_fen": np.where(first | parts, due_fen, 0),
            "paid_fen": np.where(first, found["amount_fen"], 0),
        }
    )
    group, _ = pd.factorize(table["group"])
    sums = {name: totals(table[name].to_numpy(), group) for name in ("due_fen", "paid_fen")}
    beyond = np.where(due_fen > 0, sums["due_fen"] - sums["paid_fen"], 0)
    beyond = np.where((bound[rows] < 0) & ~parts & (as_paid | ~first), 0, beyond)
    # Who of a household gets the fen that do not divide can change from roster to roster: where
    # some got more than their part and some less, the household's sum counts.
    own = (table["due_fen"] - table["paid_fen"]).to_numpy()
    mixed = (totals(own > 0, group) > 0) & (totals(own < 0, group) > 0)
    part = np.sign(beyond) * equal_parts(np.abs(beyond), group, first=first)
    owed = np.where(mixed, part, np.where(beyond == 0, 0, own))
    return found.assign(row=rows, **sums, beyond_fen=beyond, owed_fen=owed)[list(BEFORE)]


def _same_months(person: pd.Series, spans: Spans, paid: pd.DataFrame) -> tuple[Fen, Fen]:
    """Give one number to what is due and what was paid to a person for the same months.

    Returns:
        The number of each row, and of each line of ``paid``.
    """
    before = (months.parse(paid[name]) for name in ("first_month", "last_month"))
    both = Spans(
        *(np.concatenate(pair) for pair in zip((spans.first, spans.last), before, strict=True))
    )
    key, _ = pd.factorize(pd.concat([person, paid["person"]], ignore_index=True))
    same = both.shared(key)
    return same[: len(person)], same[len(person) :]


def check(subject: Subject) -> list[Block]:
    """Find people who have been paid for this already.

    They need nothing now (R403), unless the roster says more (R409) or less (R410) than they got.
    Where the name differs from the one that was paid, somebody's ID may be wrong, and the row is
    held (R401) instead of passed over. A top-up pays what is owed beyond, and nobody else (R411).
    """
    known = subject.before
    rows = known["row"].to_numpy()
    blocks = [_not_yet(subject, rows)] if subject.topping_up else []
    if known.empty:
        return blocks
    here = subject.people["name"].iloc[rows]
    differ = np.array(
        [
            isinstance(one, str) and one != other and folded(one) != folded(other)
            for one, other in zip(here, known["name"], strict=True)
        ],
        dtype=bool,
    )
    beyond, owed = known["beyond_fen"].to_numpy(), known["owed_fen"].to_numpy()
    more = beyond > 0
    # All of a household wait together: it comes back as a whole.
    passed = (beyond == 0) | (more & (owed <= 0) & subject.topping_up)
    figures = [
        f"{batch}: {format_yuan(paid)} → {format_yuan(due)}"
        for batch, paid, due in zip(
            known["batch"], known["paid_fen"], known["due_fen"], strict=True
        )
    ]
    codes = [("R403", ~differ & passed), ("R410", ~differ & (beyond < 0))]
    if not subject.topping_up:
        codes.append(("R409", ~differ & more))
    for code, mask in (*codes, ("R401", differ)):
        said = known["batch"] if code in ("R403", "R401") else pd.Series(figures)
        field = "total" if code in ("R409", "R410") else "id_number"
        blocks.append(Block(code, rows[mask], field, list(said[mask])))
    return blocks


def _not_yet(subject: Subject, paid: npt.NDArray[np.int64]) -> Block:
    """Find rows of people who were not paid for the cycle: what is due to them no top-up pays."""
    everybody = np.arange(len(subject.people))
    return Block("R411", everybody[~np.isin(everybody, paid)], "id_number")
