"""What is still due to everybody for cycles that were paid by a lower standard.

Arrears are the difference less what was made up already: by arrears before, by 补发 in a roster, or
by a top-up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    counts what was made up by the same raise, or a later one.
    """
    keys = ["first_month", "last_month", "cycle", "since"]
    given = made_up.groupby(keys, dropna=False)
    spans = []
    for _, rows in given:
        first, last, cycle, since = (
            rows[keys].astype(object).where(rows[keys].notna(), None).iloc[0]
        )
        spans.append(((first, last, cycle, since), rows.groupby("person")["amount_fen"].sum()))
    # What is for one cycle goes before what is for several.
    spans.sort(key=lambda span: (span[0][0] != span[0][1], *map(str, span[0])))
    for (first, last, cycle, since), pool in spans:
        left = pool
        for one in dues:
            if _concerns(one.cycle, first, last, cycle):
                left = _taken_off(one.rows, left, (first, last), since)


def _taken_off(
    rows: pd.DataFrame, pool: pd.Series, span: tuple[str | None, str | None], since: str | None
) -> pd.Series:
    """Take what people have of a pool off what ``rows`` are due, and give what is left of it."""
    own, (first, last) = rows["since"], span
    bound = since or first
    same = own.str[: len(bound)] <= bound if bound else own.notna()
    counts = by_rule(rows) | same.to_numpy(bool, na_value=False)
    there = pool.reindex(rows["person"]).fillna(0).to_numpy("int64")
    if first is not None and last is not None:
        # Who moved within the cycle has several rows.
        counts &= ((rows["first_month"] <= last) & (rows["last_month"] >= first)).to_numpy()
    more = np.where(counts, rows["more_fen"].to_numpy(), 0)
    sums = pd.Series(more).groupby(rows["person"].to_numpy())
    taken = np.clip(there - (sums.cumsum().to_numpy() - more), 0, more)
    rows["more_fen"] -= taken
    of_person = pd.Series(taken, index=rows["person"]).groupby(level=0).sum()
    return pool.sub(of_person, fill_value=0).astype("int64")


def _concerns(cycle: Cycle, first: str | None, last: str | None, before: str | None) -> bool:
    """Say whether what is for some months, or for some before a cycle, can be for ``cycle``."""
    if first is None or last is None:
        return before is None or cycle.first_on < Cycle.parse(before).first_on
    return any(first <= month <= last for month in cycle.months)
