"""The price-linked temporary subsidy (价格临时补贴), paid when prices have risen enough.

发改价格〔2021〕1553号 and 晋民发〔2022〕38号, clause 2.3: a subsidy of standard × index, by the
index of all prices or of food, whichever has reached its threshold, the higher one where both have;
once per person, whatever the categories; within the month in which the index is published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from relief_cli.arrow import renamed
from relief_cli.calendar import Cycle, Occasion, workday_on_or_before
from relief_cli.findings import Block
from relief_cli.i18n import N_
from relief_cli.policy import Parameter, Policy, funding_at
from relief_cli.policy.tables import residence_kinds
from relief_cli.policy.values import Percent
from relief_cli.programmes.price_indices import (
    Movement,
    last_day_of_month,
    months_before,
    movement_of,
)
from relief_cli.programmes.standards import Standards, standards_at
from relief_cli.programmes.terms import (
    ALONE,
    Dues,
    Ground,
    People,
    Remark,
    Terms,
    wrong_cycle,
)

if TYPE_CHECKING:
    from relief_cli.money import Rounding
    from relief_cli.policy.values import Words

NAME = "price"
_STANDARDS = {"urban": ("dibao.standard-urban",), "rural": ("dibao.standard-rural",)}
_WHOLE = 10_000
"""Hundredths of a percent in one."""

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {
    "zh": "价格临时补贴 {cycle}（{category}，{month}{index}上涨{percent}%）",
    "en": "price-linked temporary subsidy for {cycle} "
    "({category}; {index} of {month} up {percent} %)",
}
_INDICES = {
    "price.cpi": {"zh": "居民消费价格", "en": "consumer prices"},
    "price.food": {"zh": "食品价格", "en": "food prices"},
}


@dataclass(frozen=True, kw_only=True)
class PriceTerms(Terms):
    """What the policy says about the subsidy of one month."""

    movements: Mapping[str, Movement]
    """By county."""
    standards: Standards
    kinds: Mapping[str, str]
    """Category → ``urban``, ``rural`` or ``by-residence``."""
    index_month: str
    """The month whose index, roster and standards count."""
    amount_reference: str
    least: Mapping[str, int]
    """County → fen that a person gets at least, where anything is due."""


class Price:
    """Each person gets the standard times the index that has reached its threshold."""

    name = NAME
    per_person = True

    def terms(self, policy: Policy, cycle: Cycle, counties: Sequence[str]) -> PriceTerms:
        """Give what the policy says about the month in which it is paid.

        Raises:
            PolicyError: ``policy-missing``; also ``index-missing``, an index was not written down.
            UsageError: ``cycle-kind``; the cycle is no month.
        """
        if not cycle.is_month:
            raise wrong_cycle(NAME, cycle, f"{cycle.first_on:%Y-%m}")
        on = cycle.first_on
        eligible, rounding, lag, standards, deadline = (
            policy.at(f"price.{name}", on)
            for name in ("categories", "rounding", "index-lag", "standards", "deadline")
        )
        month = months_before(cycle, cast("int", lag.value))
        movements = {county: movement_of(policy, cycle, month, county) for county in counties}
        held = standards_at(
            policy, _STANDARDS, month.first_on, counties, cast("Rounding", rounding.value)
        )
        funding, cited = funding_at(policy, NAME, on, counties)
        prices = [
            one
            for movement in movements.values()
            for one in (*movement.indices, *movement.thresholds)
        ]
        least = {county: policy.find("price.least", on, county) for county in counties}
        leasts = {county: one for county, one in least.items() if one}
        published = max(movement.published_on for movement in movements.values())
        return PriceTerms(
            occasion=Occasion.of_cycle(cycle),
            categories=cast("tuple[str, ...]", eligible.value),
            funding=funding,
            pay_on=workday_on_or_before(last_day_of_month(published)).on,
            used=tuple(
                dict.fromkeys(
                    (
                        *(eligible, rounding, lag, standards, deadline),
                        *leasts.values(),
                        *prices,
                        *held.used,
                        *cited,
                    )
                )
            ),
            remark=_remark(movements, month),
            movements=movements,
            standards=held,
            kinds={code: kind for kind, codes in cast("Words", standards.value) for code in codes},
            index_month=month.text,
            least={county: cast("int", one.value) for county, one in leasts.items()},
            higher_first=True,
            amount_reference=standards.reference,
        )

    def dues(self, people: People, terms: Terms) -> Dues:
        """Give each eligible row its standard times the index that has triggered."""
        if not isinstance(terms, PriceTerms):
            raise TypeError(type(terms))
        eligible = people.eligible(terms)
        kind = renamed(people.category, terms.kinds)
        by_residence = residence_kinds(people.categories, people.table["residence"])
        kind = kind.mask(kind == "by-residence", by_residence)
        places, counties = pd.factorize(people.county)
        triggered = [terms.movements[county].triggering for county in counties]
        points = np.array([found[1].basis_points if found else 0 for found in triggered])[places]
        held = terms.standards.of(people.county, kind)
        amount = held.part(held.fen, points, _WHOLE)
        least = np.array([terms.least.get(county, 0) for county in counties] or [0])[places]
        amount = np.where(amount > 0, np.maximum(amount, least), 0)
        untold = eligible & (points > 0) & (amount == 0)
        quiet = eligible & (points == 0)
        rank = people.category_places(terms)
        return Dues(
            amount_fen=np.where(eligible, amount, 0),
            bound=np.full(len(eligible), ALONE, dtype=np.int64),
            ground=places * len(terms.categories) + rank,
            grounds=[
                _ground(people, terms, code, found)
                for found in triggered
                for code in terms.categories
            ],
            on_paper=np.zeros(len(eligible), dtype=bool),
            blocks=[
                Block("R311", np.flatnonzero(untold), "residence"),
                Block("R319", np.flatnonzero(quiet), "category"),
            ],
        )


def _remark(movements: Mapping[str, Movement], month: Cycle) -> Remark:
    """Say whether the subsidy is triggered, and by what."""
    every = list(movements.values())
    movement = next((one for one in every if one.triggering), every[0])
    (_, cpi, cpi_least), (_, food, food_least) = movement.pairs
    message = (
        N_(
            "The price mechanism is triggered by {month}: CPI {cpi} % (threshold {cpi_least} %), "
            "food {food} % (threshold {food_least} %)."
        )
        if movement.triggering
        else N_(
            "The price mechanism is not triggered by {month}: CPI {cpi} % (threshold {cpi_least} "
            "%), food {food} % (threshold {food_least} %). Nobody is due anything."
        )
    )
    values = {"cpi": cpi, "cpi_least": cpi_least, "food": food, "food_least": food_least}
    return Remark(message, {"month": month.text} | {key: str(one) for key, one in values.items()})


def _ground(
    people: People, terms: PriceTerms, code: str, found: tuple[Parameter, Percent] | None
) -> Ground:
    if found is None:
        return Ground("", "")
    index, percent = found
    language = people.language
    text = _REASON[language].format(
        cycle=people.cycle.text,
        category=people.categories.title(code, language),
        month=terms.index_month,
        index=_INDICES[index.name][language],
        percent=percent,
    )
    reference = f"{index.reference}；{terms.amount_reference}"
    return Ground(text, reference, people.cycle.months)
