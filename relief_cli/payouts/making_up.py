"""What is still due to everybody for cycles that were paid by a lower standard.

Arrears are the difference less what was made up already: by arrears before, by 补发 in a roster, or
by a top-up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle, Occasion
from relief_cli.ledger import Book
from relief_cli.payouts.setting import Setting
from relief_cli.policy import Parameter
from relief_cli.programmes import dibao
from relief_cli.programmes.components import ARREARS, BASIC, CARE, SUPPLEMENT, UNKNOWN
from relief_cli.programmes.measure import Rules
from relief_cli.programmes.raises import RAISABLE, Raise, raises_at
from relief_cli.programmes.still_due import Former, Raised, by_rule, still_due

Fen = npt.NDArray[np.int64]
_GRADES = {BASIC: "band", SUPPLEMENT: "class", CARE: "care_grade"}


@dataclass(frozen=True, kw_only=True)
class CycleDue:
    """One cycle, and what is still due for it."""

    cycle: Cycle
    basic: Raise
    care: Raise
    rows: pd.DataFrame
    """:data:`relief_cli.ledger.entitled.STANDING` and :data:`relief_cli.programmes.still_due.PAID`,
    with ``more_fen``, ``known``, ``unclear``, and ``since``: the first day of what rose."""

    @property
    def used(self) -> tuple[Parameter, ...]:
        """Every parameter that decides it."""
        return (*self.basic.used, *self.care.used)


def dues_of(
    book: Book, setting: Setting, programme: str, cycles: Sequence[Cycle]
) -> list[CycleDue]:
    """Give what is due more for ``cycles``, which follow each other, by the standards as raised.

    The cycles from the one before the raise on come before them: what people were paid then tells
    whether later amounts follow the new standard already, and what was made up for them is not
    taken off others.

    Raises:
        PolicyError: a parameter is missing.
    """
    tables = [_paid(book, setting, programme, cycle) for cycle in cycles]
    first = _before_the_raise(setting, programme, cycles, tables)
    earlier = first.to(cycles[0])[:-1]
    tables = [*(_paid(book, setting, programme, cycle) for cycle in earlier), *tables]
    every = [*earlier, *cycles]
    former, found = Former(), []
    for one in _with_raises(setting, programme, every, tables):
        rules = _rules(setting, programme, one)
        due = still_due(
            one.rows,
            Raised(
                programme=programme,
                basic=one.basic,
                care=one.care,
                rules=rules,
                first_on=cycles[0].first_on,
            ),
            former,
        )
        one.rows["more_fen"] = due.more_fen
        one.rows["known"], one.rows["unclear"] = due.known, due.unclear
        one.rows["care_grade"] = due.care_grade
        one.rows["from_fen"], one.rows["to_fen"] = due.from_fen, due.to_fen
        found.append(one)
    return found


def _before_the_raise(
    setting: Setting, programme: str, cycles: Sequence[Cycle], tables: Sequence[pd.DataFrame]
) -> Cycle:
    """Give the cycle before the earliest raise that concerns ``cycles``, or the first of these."""
    sinces = [
        parameter.since
        for one in _with_raises(setting, programme, cycles, tables)
        for parameter in (*one.basic.rose(), *one.care.rose())
    ]
    first = cycles[0]
    earliest = first.around(min(sinces)).before if sinces else first
    return min(first, earliest)


def _with_raises(
    setting: Setting, programme: str, cycles: Sequence[Cycle], tables: Sequence[pd.DataFrame]
) -> Iterator[CycleDue]:
    how = RAISABLE[programme]
    places = [
        (cycle, sorted(set(table["county"]))) for cycle, table in zip(cycles, tables, strict=True)
    ]
    basic, care = (
        raises_at(setting.policy, programme, names, places) for names in (how.standards, how.care)
    )
    for cycle, table, of_basic, of_care in zip(cycles, tables, basic, care, strict=True):
        since = _since(table, how.kind(table), of_basic, of_care)
        yield CycleDue(cycle=cycle, basic=of_basic, care=of_care, rows=table.assign(since=since))


def _since(rows: pd.DataFrame, kind: pd.Series, basic: Raise, care: Raise) -> pd.Series:
    """Give since when the first of what rose holds for each row; missing where nothing did."""
    since = pd.Series(pd.NA, index=rows.index, dtype="str")
    for one, of in ((basic, kind), (care, None)):
        for (county, of_kind), parameter in one.after.by_place.items():
            if (county, of_kind) not in one.before.by_place:
                continue
            here = rows["county"] == county
            if of is not None:
                here &= (of == of_kind).fillna(value=False)
            day = parameter.since.isoformat()
            since = since.mask(here & (since.isna() | (since > day)), day)
    return since


def _paid(book: Book, setting: Setting, programme: str, cycle: Cycle) -> pd.DataFrame:
    """Give what was paid in a cycle and what it is made of.

    Households are told apart by their batch too.
    """
    occasion = Occasion.of_cycle(cycle)
    rows = book.standing(programme, occasion)
    parts = book.made_of(programme, occasion)
    home = rows["batch"] + " " + rows["household"].astype("str")
    amounts = parts.pivot_table(
        index="entitlement", columns="part", values="amount_fen", aggfunc="sum"
    ).reindex(rows["entitlement"])
    fen = {
        part: amounts[part].fillna(0).to_numpy("int64") if part in amounts else 0
        for part in (SUPPLEMENT, CARE, ARREARS)
    }
    told = {
        name: parts[parts["part"] == part].set_index("entitlement")["grade"]
        for part, name in _GRADES.items()
    }
    income = parts[parts["part"] == BASIC].set_index("entitlement")["income_fen"]
    return rows.assign(
        county=rows["county"].fillna(setting.office.county),
        household=pd.factorize(home)[0].astype(np.int64),
        own_fen=rows["amount_fen"] - fen[ARREARS],
        supplement_fen=fen[SUPPLEMENT],
        care_fen=fen[CARE],
        income_fen=income.reindex(rows["entitlement"]).fillna(UNKNOWN).to_numpy("int64"),
        **{
            name: pd.Series(grade.reindex(rows["entitlement"]).array, index=rows.index)
            for name, grade in told.items()
        },
    )


def _rules(setting: Setting, programme: str, one: CycleDue) -> Rules | None:
    if programme != dibao.NAME:
        return None
    counties = sorted(set(one.rows["county"]))
    return dibao.Dibao().terms(setting.policy, one.cycle, counties).rules


def take_off(dues: Sequence[CycleDue], made_up: pd.DataFrame) -> None:
    """Take what was made up already off what is due, the earliest cycle first.

    What was computed is due up to what it comes to now, whatever it was made up by. Of the others
    counts what was made up by the same rise of the standards, whatever day it has now; where nobody
    wrote the standards down, by the same raise or a later one.
    """
    fields, given = [*_MadeUp._fields], []
    for _, rows in made_up.groupby(fields, dropna=False):
        told = rows[fields].astype(object).where(rows[fields].notna(), None).iloc[0]
        given.append((_MadeUp(*told), rows.groupby("person")["amount_fen"].sum()))
    # What is for one cycle goes before what is for several.
    given.sort(key=lambda each: (each[0].first_month != each[0].last_month, *map(str, each[0])))
    for one, pool in given:
        left = pool
        for due in dues:
            if _concerns(due.cycle, one):
                left = _taken_off(due.rows, left, one)


class _MadeUp(NamedTuple):
    """What several people were made up alike; see :data:`relief_cli.ledger.made_of.MADE_UP`."""

    first_month: str | None
    last_month: str | None
    cycle: str | None
    since: str | None
    from_fen: int
    to_fen: int


def _taken_off(rows: pd.DataFrame, pool: pd.Series, one: _MadeUp) -> pd.Series:
    """Take what people have of a pool off what ``rows`` are due, and give what is left of it."""
    there = pool.reindex(rows["person"]).fillna(0).to_numpy("int64")
    there = np.where(by_rule(rows), there, _of_the_same_rise(rows, there, one))
    more = rows["more_fen"].to_numpy()
    if one.first_month is not None and one.last_month is not None:
        # Who moved within the cycle has several rows.
        within = rows["first_month"] <= one.last_month
        within &= rows["last_month"] >= one.first_month
        more = np.where(within, more, 0)
    sums = pd.Series(more).groupby(rows["person"].to_numpy())
    taken = np.clip(there - (sums.cumsum().to_numpy() - more), 0, more)
    rows["more_fen"] -= taken
    of_person = pd.Series(taken, index=rows["person"]).groupby(level=0).sum()
    return pool.sub(of_person, fill_value=0).astype("int64")


def _of_the_same_rise(rows: pd.DataFrame, fen: Fen, one: _MadeUp) -> Fen:
    """Give what of ``fen`` made up for the rise that each row is due something for."""
    if one.to_fen > one.from_fen:
        low = np.maximum(rows["from_fen"], one.from_fen)
        shared = np.clip(np.minimum(rows["to_fen"], one.to_fen) - low, 0, None)
        part: Fen = fen * shared.to_numpy() // (one.to_fen - one.from_fen)
        return part
    own, bound = rows["since"], one.since or one.first_month
    same = own.str[: len(bound)] <= bound if bound else own.notna()
    return np.where(same.to_numpy(bool, na_value=False), fen, 0)


def _concerns(cycle: Cycle, one: _MadeUp) -> bool:
    """Say whether what is for some months, or for some before a cycle, can be for ``cycle``."""
    first, last = one.first_month, one.last_month
    if first is None or last is None:
        return one.cycle is None or cycle.first_on < Cycle.parse(one.cycle).first_on
    return any(first <= month <= last for month in cycle.months)
