"""R4 and R5: is this person to be paid here, now, once?

The database has the last word on paying nobody twice; these checks say it before, row by row.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.checks.names import folded
from relief_cli.checks.subject import Subject
from relief_cli.findings import Block
from relief_cli.money import format_yuan
from relief_cli.roster import months
from relief_cli.roster.identity import NOBODY

_STOPPED_NOT = frozenset(
    {"否", "无", "正常", "0", "未停", "不", "在保", "正常发放", "未停发", "未停保", "FALSE", "N"}
)


def under_another_number(subject: Subject) -> list[Block]:
    """Find people of whose name somebody was paid for this into the same account already (R408).

    Their other identity number is wrong, or this one is: the database would take them for two.
    """
    known = subject.drawn[subject.drawn["now"]]
    if known.empty:
        return []
    people = subject.people
    chosen = np.flatnonzero(
        (people["payee_account"].isin(known["account_number"]) & people["name"].notna()).to_numpy()
    )
    here = pd.DataFrame(
        {
            "row": chosen,
            "person": people["person"].iloc[chosen].to_numpy(object),
            "account_number": people["payee_account"].iloc[chosen].to_numpy(object),
            "name": people["name"].iloc[chosen].map(folded).to_numpy(object),
        }
    )
    before = known.assign(name=known["name"].map(folded)).rename(columns={"person": "other"})
    both = here.merge(before, on=["account_number", "name"])
    # A person without a usable number is held for that.
    both = both[both["person"].notna() & (both["person"] != both["other"])].drop_duplicates("row")
    return [Block("R408", both["row"].to_numpy("int64"), "id_number", list(both["batch"]))]


def excluded(subject: Subject) -> list[Block]:
    """Find people who get another programme that excludes this one (R404)."""
    if subject.excluded.empty:
        return []
    known = subject.excluded.drop_duplicates("person").set_index("person")["programme"]
    other = subject.people["person"].map(known)
    rows = np.flatnonzero(other.notna().to_numpy())
    return [Block("R404", rows, "id_number", list(other.iloc[rows]))]


def capped(subject: Subject) -> list[Block]:
    """Find people who would get more from two programmes together than a rule allows (R406)."""
    if subject.capped.empty or subject.due_fen is None:
        return []
    known = subject.capped.groupby(["person", "programme"], as_index=False).agg(
        {"amount_fen": "sum", "most_fen": "min"}
    )
    people = pd.DataFrame({"person": subject.people["person"], "due": subject.due_fen})
    people["row"] = np.arange(len(people))
    both = people.merge(known, on="person")
    over = both[both["due"] + both["amount_fen"] > both["most_fen"]]
    detail = [
        f"{programme} {format_yuan(there)} + {format_yuan(here)} > {format_yuan(most)}"
        for programme, there, here, most in zip(
            over["programme"], over["amount_fen"], over["due"], over["most_fen"], strict=True
        )
    ]
    return [Block("R406", over["row"].to_numpy("int64"), "total", detail)]


def listed(subject: Subject) -> list[Block]:
    """Find people on lists of other departments: the dead (R501) and others (R503)."""
    blocks = []
    known = subject.listed
    for code, holds in known[["code", "holds"]].drop_duplicates().itertuples(index=False):
        rows = known[known["code"].eq(code) & known["holds"].eq(holds)]
        details = list(rows["detail"])
        blocks.append(
            Block(code, rows["row"].to_numpy("int64"), "id_number", details, downgraded=not holds)
        )
    return blocks


def stopped(subject: Subject) -> list[Block]:
    """Find people who are stopped (R502): their row says so, or the office does.

    A row that names the month from which nothing is paid stops nothing before it, nor in the months
    of 渐退 after, which are for incomes that rose.
    """
    reason = subject.people["stop_reason"]
    stop = subject.people["stop"]
    # Where the row says both that nobody stopped and why somebody did, the reason counts.
    text = stop.mask(stop.isin(_STOPPED_NOT)).fillna(reason)
    rows = np.flatnonzero(text.notna().to_numpy())
    rows = rows[[value not in _STOPPED_NOT for value in text.iloc[rows]]] if len(rows) else rows
    since = months.parse(text.iloc[rows])
    judged = subject.stopped_by or subject.as_of
    paid_for = months.number(judged.year, judged.month)
    said = zip(text.iloc[rows], reason.iloc[rows].fillna(""), strict=True)
    at_once = [ends_at_once(f"{stop} {why}", subject.taper_never) for stop, why in said]
    taper = np.where(at_once, 0, subject.taper_months)
    rows = rows[(since == months.UNKNOWN) | (paid_for >= since + taper)]
    by_month = (text == stop).iloc[rows].to_numpy(dtype=bool)
    blocks = [Block("R502", rows[by_month], "stop"), Block("R502", rows[~by_month], "stop_reason")]
    if subject.stopped:
        known = subject.people["person"].map(dict.fromkeys(subject.stopped, 1)).notna()
        blocks.append(Block("R502", np.flatnonzero(known.to_numpy()), "id_number"))
    return blocks


def ends_at_once(reason: str, words: Sequence[str]) -> bool:
    """Say whether nothing is due after a stop, by its reason.

    >>> ends_at_once("2022年7月死亡", ["死亡"]), ends_at_once("收入提高", ["死亡"])
    (True, False)
    """
    return any(word in reason for word in words)


def repeated(
    subject: Subject, faulty: npt.NDArray[np.bool_], passed: npt.NDArray[np.bool_]
) -> list[Block]:
    """Find further rows of the same person (R401), also in a second category (R402).

    Rows for other months are none: who moves within a cycle (分散 to 集中) has one for each part.
    Of those for the same months one stays: a row without faults before one with, the higher amount
    where the programme says so, then by the policy's order of categories, then the first.

    Args:
        subject: what is checked.
        faulty: rows that another check holds.
        passed: rows that need nothing now; they do not count.
    """
    people, key = subject.people, subject.roster.identities.key
    counted = np.flatnonzero((key != NOBODY) & ~passed & ~people["id_number#number"].to_numpy())
    chosen = counted[pd.Series(key[counted]).duplicated(keep=False).to_numpy()]
    key = key[chosen] if subject.spans is None else subject.spans.at(chosen).shared(key[chosen])
    rank = {code: place for place, code in enumerate(subject.order)}
    category = subject.category.iloc[chosen].fillna("")
    rows = pd.DataFrame(
        {
            "key": key,
            "faulty": faulty[chosen],
            "lower": _lower(subject, chosen),
            "rank": [rank.get(code, len(rank)) for code in category],
            "category": category.array,
        },
        index=chosen,
    )
    rows = rows.sort_values(["key", "faulty", "lower", "rank"], kind="stable")
    again = rows["key"].duplicated()
    stays = rows.loc[~again].assign(stays=lambda frame: frame.index).set_index("key")
    further = rows[again]
    kept = further["key"].map(stays["stays"]).to_numpy("int64")
    second = (further["category"] != further["key"].map(stays["category"])).to_numpy()
    blocks = []
    for code, which in (("R401", ~second), ("R402", second)):
        place = [subject.roster.place(int(row)) for row in kept[which]]
        field = "category" if code == "R402" else "id_number"
        blocks.append(Block(code, further.index.to_numpy()[which], field, place))
    return blocks


def _lower(subject: Subject, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Give a number that is smaller for a higher amount; the same for all where nobody asks."""
    if not subject.higher_first or subject.due_fen is None:
        return np.zeros(len(rows), dtype=np.int64)
    return -subject.due_fen[rows]


def held_together(
    subject: Subject, faulty: npt.NDArray[np.bool_], passed: npt.NDArray[np.bool_]
) -> Block:
    """Find rows whose amount is also for a row that is held, or got more than its part (R312).

    Args:
        subject: what is checked.
        faulty: rows that another check holds.
        passed: rows that need nothing now.
    """
    nobody = np.zeros(0, dtype=np.int64)
    if subject.bound is None:
        return Block("R312", nobody, "monthly_amount")
    bound, known = subject.bound, subject.before
    apart = (faulty | passed) & (bound >= 0)
    # Who was paid before has their part, and no more.
    apart[known["row"][(known["due_fen"] == known["paid_fen"]) & ~faulty[known["row"]]]] = False
    incomplete = bound[apart]
    rows = np.flatnonzero(~faulty & ~passed & np.isin(bound, incomplete) & (bound >= 0))
    return Block("R312", rows, "monthly_amount")
