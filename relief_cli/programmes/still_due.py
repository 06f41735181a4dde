"""What is still due for a cycle that was paid before its standard was raised.

An amount that was computed is computed again, from what the books say it came from. One that was
approved as a sum rises by the difference between the standards, each rounded as it was paid, unless
what was paid shows that it rose already.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.groups import totals
from relief_cli.money_columns import AmountState, equal_parts
from relief_cli.programmes.components import UNKNOWN
from relief_cli.programmes.measure import Measure, Rules, computed
from relief_cli.programmes.raises import RAISABLE, Raise
from relief_cli.programmes.standards import Held, Standards
from relief_cli.roster.amounts import Parsed

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PAID = {
    "person": "str",
    "batch": "str",
    "category": "str",
    "county": "str",
    "household": "int64",
    "people": "int64",
    "first_month": "str",
    "last_month": "str",
    "payee_id_number": "str",
    "own_fen": "int64",
    "supplement_fen": "int64",
    "care_fen": "int64",
    "class": "str",
    "care_grade": "str",
    "band": "str",
    "income_fen": "int64",
}
"""What is asked of the rows that were paid in a cycle. ``own_fen`` is what they were paid for it,
分类施保 and care among it but not 补发 for other months; ``household`` numbers from 0; ``class`` is
that of 分类施保, ``band`` the household's 档; ``income_fen`` per head, else ``UNKNOWN``."""
_PERCENT, _MONTHS = 100, 12


@dataclass(frozen=True, kw_only=True)
class Raised:
    """What rose in a cycle."""

    programme: str
    basic: Raise
    care: Raise
    rules: Rules | None
    """By which dibao is computed; None for other programmes."""
    first_on: dt.date
    """The first day of the span that is made up for: what rose before is settled."""


@dataclass(frozen=True)
class StillDue:
    """As long as the rows."""

    more_fen: Fen
    """0 where nothing is due, or it cannot be told."""
    known: Mask
    """Whether the standards tell it."""
    unclear: Mask
    """Whether the amount changed otherwise, so that nobody can say by which standard it is."""
    care_grade: pd.Series
    """The grade of care that was paid, where it can be told."""
    from_fen: Fen
    """What the standards came to for twelve months, before what rose."""
    to_fen: Fen
    """The same after it."""


class Former:
    """What people were paid by the standard before, as far as the cycles up to now tell."""

    def __init__(self) -> None:
        """Begin knowing nobody."""
        self._paid = pd.DataFrame({"fen": [], "count": []}, dtype="int64")

    def follows(self, rows: pd.DataFrame, fen: Fen, count: Fen, rise: Fen) -> tuple[Mask, Mask]:
        """Say which amounts have risen with their standard already, and of which it is not clear.

        Who was not paid before is as the others of the batch's place are.

        Args:
            rows: those paid in the next cycle (:data:`PAID`).
            fen: the benefit of each row's household, or of the row.
            count: for how many people, or months.
            rise: by how much it has to rise; 0 where the standard did not.
        """
        before = self._paid.reindex(rows["person"])
        known = before["count"].notna().to_numpy()
        old, of = (before[name].fillna(0).to_numpy("int64") for name in ("fen", "count"))
        # Per head, without dividing.
        more, enough = fen * of - old * count, rise * of
        rose = rise > 0
        follows = known & rose & (more >= enough)
        same = known & rose & (more == 0)
        place, _ = pd.factorize(pd.MultiIndex.from_frame(rows[["batch", "county", "category"]]))
        some_follow, some_not = (totals(mask, place) > 0 for mask in (follows, same))
        unclear = known & rose & ~follows & ~same
        unclear |= ~known & rose & some_follow & some_not
        follows |= ~known & rose & some_follow & ~some_not
        told = pd.DataFrame({"fen": fen, "count": count}, index=rows["person"])
        told = told[~(follows | unclear)]
        # Who moved within the cycle has two.
        told = told[~told.index.duplicated(keep="last")]
        self._paid = pd.concat([self._paid[~self._paid.index.isin(told.index)], told])
        return follows, unclear


def still_due(rows: pd.DataFrame, raised: Raised, former: Former) -> StillDue:
    """Give what is still due for each row that was paid in a cycle.

    A standard that holds since before the span, with no earlier one on record, did not rise in it.

    Args:
        rows: :data:`PAID`, each person once, but who moved within the cycle.
        raised: what rose.
        former: what the cycles before tell; this one is added.
    """
    how = RAISABLE[raised.programme]
    kind, count = how.kind(rows), how.count(rows)
    old, new = (each.of(rows["county"], kind) for each in (raised.basic.before, raised.basic.after))
    both = old.known & new.known
    rise = np.where(both, new.part(new.fen, count) - old.part(old.fen, count), 0)
    group = rows["household"].to_numpy() if how.of_household else np.arange(len(rows))
    own, supplement, care = (
        totals(rows[name].to_numpy(), group) for name in ("own_fen", "supplement_fen", "care_fen")
    )
    basic = own - supplement - care
    follows, unclear = former.follows(rows, basic, count, np.maximum(rise, 0))
    if not how.of_household:
        # Nobody's income is taken from it: it is the one standard or the other.
        by_old, by_new = (each.part(each.fen, count) == basic for each in (old, new))
        follows, unclear = (follows | by_new) & ~by_old, unclear & ~by_new & ~by_old
    more = np.where(follows | unclear, 0, np.maximum(rise, 0))
    more += _more_supplement(rows, raised.rules, group, supplement, old, new)
    grade = _grade(rows, raised.care, count)
    more_care, grade_known = _more_care(rows, grade, raised.care, count)
    more += more_care
    known = grade_known & (both | (_settled(rows, kind, raised) & new.known))
    again = by_rule(rows)
    if again.any() and raised.rules:
        more[again] = _computed_again(rows[again], count[again], kind[again], raised.rules)
        known, unclear = known | again, unclear & ~again
    if how.of_household:
        # People of one household may be in different categories: each part is of the row's rise.
        more = equal_parts(more, group, first=np.zeros(len(rows), dtype=bool))
    level = {
        name: _year(held, standards, rows, grade)
        for name, held, standards in (
            ("from_fen", old, raised.care.before),
            ("to_fen", new, raised.care.after),
        )
    }
    level["to_fen"] = np.maximum(level["to_fen"], level["from_fen"])
    return StillDue(np.where(known, more, 0), known, unclear & known, grade, **level)


def _year(basic: Held, care: Standards, rows: pd.DataFrame, grade: pd.Series) -> Fen:
    """Give what basic living and the grade of care come to for twelve months."""
    held = care.of(rows["county"], grade)
    whole: Fen = basic.part(basic.fen, _MONTHS) + held.part(held.fen, _MONTHS)
    return whole


def _settled(rows: pd.DataFrame, kind: pd.Series, raised: Raised) -> Mask:
    """Say whose standard holds since before the span."""
    settled = np.zeros(len(rows), dtype=bool)
    for (county, of_kind), parameter in raised.basic.after.by_place.items():
        if parameter.since < raised.first_on:
            here = (rows["county"] == county) & (kind == of_kind).fillna(value=False)
            settled |= here.to_numpy(dtype=bool)
    return settled


def by_rule(rows: pd.DataFrame) -> Mask:
    """Say whose amount was computed."""
    computed_ones: Mask = (rows["income_fen"].to_numpy() != UNKNOWN) | rows[
        "band"
    ].notna().to_numpy()
    return computed_ones


def _computed_again(rows: pd.DataFrame, count: Fen, kind: pd.Series, rules: Rules) -> Fen:
    """Give by how much the household's amount is more if it is computed again."""
    household, _ = pd.factorize(rows["household"])
    income = rows["income_fen"].to_numpy()
    facts = rows.rename(columns={"band": "grade", "class": "supplement_class"})

    def amounts(_field: str) -> Parsed:
        state = np.where(income == UNKNOWN, AmountState.MISSING, AmountState.OK)
        return np.maximum(income, 0), state.astype(np.uint8)

    measure = Measure(
        rows=facts,
        amounts=amounts,
        household=household,
        members=count,
        county=rows["county"],
        kind=kind,
    )
    told, _ = computed(measure, rules)
    paid = totals(rows["own_fen"].to_numpy(), household)
    more: Fen = np.maximum(told.whole.fen - paid, 0)
    return more


def _more_supplement(
    rows: pd.DataFrame, rules: Rules | None, group: Fen, paid: Fen, old: Held, new: Held
) -> Fen:
    """Give by how much 分类施保 of the household rises, where its classes' part was paid."""
    if rules is None or not rules.supplements:
        return np.zeros(len(rows), dtype=np.int64)
    percents = rows["class"].map(dict(rules.supplements)).fillna(0)
    percent: Fen = np.asarray(percents, dtype=np.int64)
    before, after = (
        totals(np.where(held.known, held.part(held.fen, percent, _PERCENT), 0), group)
        for held in (old, new)
    )
    return np.where(old.known & new.known & (paid == before), np.maximum(after - before, 0), 0)


def _grade(rows: pd.DataFrame, care: Raise, count: Fen) -> pd.Series:
    """Give each row's grade of care: as stated, else the only one whose standard was paid."""
    stated, paid = rows["care_grade"], rows["care_fen"].to_numpy()
    untold = stated.isna().to_numpy() & (paid > 0)
    if not untold.any():
        return stated
    fits = {
        grade: untold
        & np.logical_or(
            *(_part(each, rows, grade, count) == paid for each in (care.before, care.after))
        )
        for grade in dict.fromkeys(grade for _, grade in care.after.by_place)
    }
    one = sum(fits.values(), start=np.zeros(len(rows), dtype=np.int64)) == 1
    for grade, mask in fits.items():
        stated = stated.mask(mask & one, grade)
    return stated


def _more_care(rows: pd.DataFrame, grade: pd.Series, care: Raise, count: Fen) -> tuple[Fen, Mask]:
    """Give by how much each row's care rises, and whether that can be told."""
    paid = rows["care_fen"].to_numpy()
    more, lacking = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    for one in dict.fromkeys(grade for _, grade in care.before.by_place):
        old, new = (_part(each, rows, one, count) for each in (care.before, care.after))
        rose = (paid > 0) & (old > 0) & (new > old)
        here = (grade == one).to_numpy(bool, na_value=False)
        more = np.where(here & rose, np.maximum(new - np.maximum(old, paid), 0), more)
        lacking |= rose & grade.isna().to_numpy()
    return more, ~lacking


def _part(standards: Standards, rows: pd.DataFrame, grade: str, count: Fen) -> Fen:
    """Give what care of a grade comes to for each row's months, 0 where it is not known."""
    held = standards.of(rows["county"], pd.Series(grade, index=rows.index))
    return held.part(held.fen, count)
