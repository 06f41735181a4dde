"""The minimum living allowance (最低生活保障), paid monthly to the household's account.

晋民发〔2022〕38号, clause 4: to households by the 10th. The amount is what was approved, as it
stands in the roster: 保障金 + 分类施保 + 补发 = 合计.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.arrow import is_among, renamed
from relief_cli.calendar import Cycle, Occasion
from relief_cli.checks.amounts import DIBAO_PARTS, SUPPLEMENTS, summed
from relief_cli.checks.claims import (
    COUNTED,
    EXTRA,
    HOUSEHOLD,
    OF_HOUSEHOLD,
    OF_PERSON,
    PERSON,
    SINGLE,
    parts,
)
from relief_cli.findings import Block
from relief_cli.groups import largest, smallest, totals
from relief_cli.money_columns import AmountState
from relief_cli.policy import Parameter, Policy, funding_at
from relief_cli.programmes import periods
from relief_cli.programmes.components import UNKNOWN
from relief_cli.programmes.deadlines import pay_day_of
from relief_cli.programmes.dibao_components import Made, Told, components, divided
from relief_cli.programmes.measure import (
    Approved,
    Found,
    Measure,
    Rules,
    compared,
    computed,
)
from relief_cli.programmes.standards import standards_at
from relief_cli.programmes.terms import (
    ALONE,
    Dues,
    Ground,
    People,
    Terms,
    wrong_cycle,
)
from relief_cli.roster.amounts import Parsed

if TYPE_CHECKING:
    from relief_cli.money import Rounding
    from relief_cli.policy.values import Pairs

NAME = "dibao"
STANDARDS = {"urban": ("dibao.standard-urban",), "rural": ("dibao.standard-rural",)}
KINDS = {"urban_dibao": "urban", "rural_dibao": "rural"}

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {
    "zh": "最低生活保障金 {cycle}（{category}{people}）",
    "en": "minimum living allowance for {cycle} ({category}{people})",
}
# Where one row stands for a whole household.
_PEOPLE_COVERED = {"zh": "，保障{count}人", "en": ", {count} people covered"}

_PEOPLE = re.compile(r"\s*([0-9]{1,3})(?:\.0+)?\s*人?\s*")
"""A number of people as rosters write it."""

_READ = [
    "person",
    "input",
    "household",
    "household_head",
    "household_head_person",
    "says_head",
    "only_head",
    "covered_members",
    "grade",
    "supplement_class",
    *periods.FIELDS,
]
"""What is read of an eligible row beside its amounts: a copy of all columns takes 60 MB."""

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class DibaoTerms(Terms):
    """What the policy says about dibao in one month."""

    ground: Parameter
    """Under which clause it is paid each month."""
    computed: bool
    """Whether amounts are computed from standards and incomes; else they stand in the roster."""
    rules: Rules


class Dibao:
    """Each household gets what was approved for it; its members share it in the books."""

    name = NAME
    per_person = False

    def terms(self, policy: Policy, cycle: Cycle, counties: Sequence[str]) -> DibaoTerms:
        """Give what the policy says about the month.

        Raises:
            PolicyError: ``policy-missing``.
            UsageError: ``cycle-kind``; the cycle is no month.
        """
        if not cycle.is_month:
            raise wrong_cycle(NAME, cycle, f"{cycle.first_on:%Y-%m}")
        on = cycle.first_on
        eligible = policy.at("dibao.categories", on)
        pay_day = policy.at("dibao.pay-day", on)
        amount = policy.at("dibao.amount", on)
        rounding = policy.at("dibao.rounding", on)
        taper = policy.at("dibao.taper-months", on)
        never = policy.at("dibao.taper-never", on)
        supplements = policy.find("dibao.supplements", on)
        how = cast("Rounding", rounding.value)
        standards = standards_at(policy, STANDARDS, on, counties, how)
        grades = {
            county: found
            for county in sorted(set(counties))
            if (found := policy.find("dibao.grades", on, county))
        }
        funding, cited = funding_at(policy, NAME, on, counties)
        rules = (amount, rounding, taper, never, *([supplements] if supplements else []))
        return DibaoTerms(
            occasion=Occasion.of_cycle(cycle),
            categories=cast("tuple[str, ...]", eligible.value),
            funding=funding,
            pay_on=pay_day_of(cycle, pay_day).pay_by.on,
            used=tuple(
                dict.fromkeys(
                    (eligible, pay_day, *rules, *grades.values(), *standards.used, *cited)
                )
            ),
            taper_months=cast("int", taper.value),
            taper_never=cast("tuple[str, ...]", never.value),
            ground=pay_day,
            computed=amount.value == "computed",
            rules=Rules(
                standards=standards,
                names=STANDARDS,
                supplements=dict(cast("Pairs", supplements.value)) if supplements else {},
                grades={
                    county: dict(cast("Pairs", found.value)) for county, found in grades.items()
                },
            ),
        )

    def dues(self, people: People, terms: Terms) -> Dues:
        """Divide what each household is due among its members, to the fen.

        An amount of the household stands once: in the head's row, in a merged cell, or in a column
        that says so (户月保障金额) and repeats it. Where each row has an amount of its own, that is
        the row's. Where amounts are computed, all are the household's.
        """
        if not isinstance(terms, DibaoTerms):
            raise TypeError(type(terms))
        eligible = people.eligible(terms)
        places = np.flatnonzero(eligible)
        rows = people.table[_READ].iloc[places]
        households = _Households(rows)
        once = people.household_wide("total") | people.household_wide("monthly_amount")
        held_to = Measure(
            rows=rows,
            amounts=partial(people.amounts.at, rows=places),
            household=households.number,
            members=households.members(),
            county=people.county.iloc[places],
            kind=renamed(people.category.iloc[places], KINDS),
        )
        told, found = _told(held_to, terms, households, once[places])
        made = divided(told, households.number, rows["says_head"].to_numpy())
        bound = np.where(told.alone, ALONE, households.number)
        first = periods.first_month(people.cycle)
        covered = np.where(rows["only_head"] & (households.size == 1), held_to.members, 1)
        unit = _units(rows, told, households, once[places])
        place, grounds = _grounds(
            people,
            terms,
            _spread(covered, places, len(people.table), 1),
            _spread(unit, places, len(people.table), EXTRA),
        )
        return Dues(
            amount_fen=_spread(made.fen, places, len(people.table), 0),
            bound=_spread(bound, places, len(people.table), ALONE),
            ground=place,
            grounds=grounds,
            unit=_spread(unit, places, len(people.table), EXTRA),
            on_paper=np.zeros(len(people.table), dtype=bool),
            blocks=[
                Block(code, places[mask], field, downgraded=downgraded)
                for code, mask, field, downgraded in (
                    ("R311", made.fen == 0, "monthly_amount", False),
                    ("R313", households.counts_differ(), "covered_members", False),
                    (
                        "R314",
                        periods.begins(rows) > first,
                        "start_month",
                        False,
                    ),
                    ("R316", _head_missing(rows, people.table), "household_head_id_number", False),
                    *((code, mask, name, False) for code, mask, name in periods.unreadable(rows)),
                    *found,
                )
            ],
            components=components(
                made,
                told,
                places,
                rows["supplement_class"].where(
                    rows["supplement_class"].isin(list(terms.rules.supplements))
                ),
                partial(terms.rules.standards.months_raised, held_to.county, held_to.kind),
            ),
        )


class _Households:
    """Whom each eligible row belongs to."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.number = rows["household"].to_numpy()
        named = rows["person"].notna().to_numpy()
        self.again: Mask = named & rows.duplicated(["household", "person"]).to_numpy()
        place, texts = pd.factorize(rows["covered_members"])
        counts = [int(found[1]) if (found := _PEOPLE.fullmatch(text)) else 0 for text in texts]
        self._written = place >= 0
        # The last stands for a blank cell.
        self.covered: Fen = np.array([*counts, 0], dtype=np.int64)[place]
        self._listed = ~rows["only_head"].to_numpy()
        self.size: Fen = totals(np.ones(len(rows), dtype=bool), self.number)
        self._stated: Fen = largest(self.covered, self.number)

    def members(self) -> Fen:
        """Give how many people the household's amount is for: as stated, else its rows."""
        return np.where(self._stated > 0, self._stated, self.size)

    def counts_differ(self) -> Mask:
        """Find rows whose number of covered members is none, or not that of the rows."""
        differ: Mask = self._listed & (self._stated != self.size)
        found: Mask = self._written & ((self.covered == 0) | differ)
        return found


def _units(rows: pd.DataFrame, told: Told, households: _Households, once: Mask) -> Fen:
    """Say what each row's amount is for, see :mod:`relief_cli.checks.claims`."""
    own = told.own
    extra = told.alone & (own.fen > 0) & (own.supplement + own.arrears >= own.fen)
    _, part = np.unique(parts(rows), return_inverse=True)
    single = totals(np.ones(len(rows), dtype=bool), part) == 1
    whole = ~told.alone | once | rows["only_head"].to_numpy()
    return np.select(
        [extra, whole, single & (households.covered > 1), single],
        [EXTRA, HOUSEHOLD, COUNTED, SINGLE],
        PERSON,
    )


def _told(
    measure: Measure, terms: DibaoTerms, households: _Households, once: Mask
) -> tuple[Told, Found]:
    """Give what households are due, computed or as approved, and what is found of it."""
    if terms.computed:
        return computed(measure, terms.rules)
    told, approved = _as_approved(measure.amounts, households, once)
    return told, compared(measure, terms.rules, approved)


def _as_approved(
    amounts: Callable[[str], Parsed], households: _Households, once: Mask
) -> tuple[Told, Approved]:
    """Give the household's amount, which rows have one of their own, and how much.

    And what is held against the standard: there a person who stands twice counts once.
    """
    stated, own = _stated(amounts)
    number = households.number
    repeated = largest(own.fen, number) == smallest(own.fen, number)
    repeated &= once & (households.size > 1)
    whole, held_to = (
        Made(
            *(
                np.where(repeated, fen, totals(np.where(left_out, 0, fen), number))
                for fen in (own.fen, own.supplement, own.arrears)
            )
        )
        for left_out in (np.zeros_like(households.again), households.again)
    )
    told = Told(
        whole=whole,
        own=own,
        alone=(totals(stated, number) == households.size) & ~repeated,
        income=np.full(len(number), UNKNOWN, dtype=np.int64),
        band=pd.Series(pd.NA, index=range(len(number)), dtype="str"),
    )
    by_total = amounts("total")[1] == AmountState.OK
    return told, Approved(held_to, stated=stated, by_total=by_total)


def _head_missing(rows: pd.DataFrame, everybody: pd.DataFrame) -> Mask:
    """Find rows whose head stands in no row of the lists."""
    head = rows["household_head_person"]
    missing: Mask = head.notna().to_numpy() & ~is_among(head, everybody["person"])
    return missing


def _spread(values: Fen, places: npt.NDArray[np.intp], count: int, elsewhere: int) -> Fen:
    """Put the values of some rows into a column of all."""
    column = np.full(count, elsewhere, dtype=np.int64)
    column[places] = values
    return column


def _stated(amounts: Callable[[str], Parsed]) -> tuple[Mask, Made]:
    """Say which rows state an amount, how much, and what of it is 分类施保 and 补发.

    It is the row's total, or the sum of its parts.
    """
    parsed = {name: amounts(name) for name in (*DIBAO_PARTS, "total")}
    of_parts, _ = summed(parsed, DIBAO_PARTS)
    total, state = parsed["total"]
    by_total = state == AmountState.OK
    by_parts = parsed["monthly_amount"][1] == AmountState.OK
    due = np.where(by_total, total, of_parts)
    stated = (by_total | by_parts) & (due > 0)
    parts = (summed(parsed, names)[0] for names in (SUPPLEMENTS, ("arrears",)))
    return stated, Made(np.where(stated, due, 0), *parts)


def _grounds(
    people: People, terms: DibaoTerms, covered: Fen, unit: Fen
) -> tuple[Fen, list[Ground]]:
    """Give the place of each row's ground, and the grounds.

    A ground is a category, for how many people it is, and whether that is the whole household.
    """
    most = int(covered.max(initial=1))
    kind = people.category_places(terms) * most + covered - 1
    place, occurring = pd.factorize(kind * 2 + (unit >= SINGLE), sort=True)
    grounds = []
    for number in occurring.tolist():
        category, count = divmod(number // 2, most)
        said = _PEOPLE_COVERED[people.language].format(count=count + 1) if count else ""
        title = people.categories.title(terms.categories[category], people.language)
        text = _REASON[people.language].format(cycle=people.cycle.text, category=title, people=said)
        whose = OF_HOUSEHOLD if number % 2 else OF_PERSON
        reference, months = terms.ground.reference, people.cycle.months
        grounds.append(Ground(text, reference, months, count + 1, unit=whose))
    return place.astype(np.int64), grounds
