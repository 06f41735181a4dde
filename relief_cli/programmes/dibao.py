"""The minimum living allowance (最低生活保障), paid monthly to the household's account.

晋民发〔2022〕38号, clause 4: to households by the 10th. The amount is what was approved, as it
stands in the roster: 保障金 + 分类施保 + 补发 = 合计.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle, workday_on_or_before
from relief_cli.findings import Block, where
from relief_cli.money import AmountState, equal_parts, parse_yuan_column
from relief_cli.policy import Parameter, Policy
from relief_cli.programmes.terms import (
    ALONE,
    Dues,
    People,
    Terms,
    shares_of,
    wrong_cycle,
)

NAME = "dibao"
PARTS = (
    "monthly_amount",
    "supplement",
    "household_supplement",
    "person_supplement",
    "arrears",
)
"""What a household's total is the sum of."""
_SUMMED_IN_SUPPLEMENT = ("household_supplement", "person_supplement")

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {
    "zh": "最低生活保障金 {cycle}（{category}）",
    "en": "minimum living allowance for {cycle} ({category})",
}

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class DibaoTerms(Terms):
    """What the policy says about dibao in one month."""

    ground: Parameter
    """Under which clause it is paid each month."""


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
        shares, cited = shares_of(policy, "dibao.shares", on, counties)
        return DibaoTerms(
            occasion=cycle.text,
            categories=cast("tuple[str, ...]", eligible.value),
            shares=shares,
            pay_on=workday_on_or_before(on.replace(day=cast("int", pay_day.value))).on,
            used=(eligible, pay_day, *cited),
            ground=pay_day,
        )

    def dues(self, people: People, terms: Terms) -> Dues:
        """Divide what each household was approved among its members, to the fen.

        An amount of the household stands once: in the head's row, in a merged cell, or in a column
        that says so (户月保障金额) and repeats it. Where each row has an amount of its own, that is
        the row's.
        """
        if not isinstance(terms, DibaoTerms):
            raise TypeError(type(terms))
        table, eligible = people.table, people.eligible(terms)
        stated, due = _stated(table)
        once = people.household_wide("total") | people.household_wide("monthly_amount")
        household = table["household"].to_numpy()
        groups = pd.DataFrame(
            {"household": household, "stated": stated, "due": np.where(stated, due, 0)}
        )[eligible]
        by = groups.groupby("household", sort=False)
        size, given = by["stated"].transform("size"), by["stated"].transform("sum")
        repeated = once[eligible] & (by["due"].transform("nunique") == 1).to_numpy()
        whole = by["due"].transform("sum").where(~repeated, by["due"].transform("max"))
        own = ((given == size) & ~(repeated & (size > 1))).to_numpy()
        amount = np.zeros(len(table), dtype=np.int64)
        bound = np.full(len(table), ALONE, dtype=np.int64)
        places = np.flatnonzero(eligible)
        amount[places[own]] = due[places[own]]
        shared = places[~own]
        amount[shared] = equal_parts(
            whole.to_numpy("int64")[~own],
            household[shared],
            first=table["says_head"].to_numpy()[shared],
        )
        bound[shared] = household[shared]
        missing = eligible & (amount == 0)
        return Dues(
            amount_fen=amount,
            bound=bound,
            reason=_category_places(people, terms),
            reasons=_reasons(people, terms),
            blocks=[where("R311", missing, "total"), *_head_counts(people, eligible)],
        )


def _stated(table: pd.DataFrame) -> tuple[Mask, Fen]:
    """Say which rows state an amount, and how much: the row's total, or the sum of its parts."""
    amounts = {name: parse_yuan_column(table[name]) for name in (*PARTS, "total")}
    has_sum = amounts["supplement"][1] == AmountState.OK
    summed = np.zeros(len(table), dtype=np.int64)
    for name in PARTS:
        fen, state = amounts[name]
        counted = state == AmountState.OK
        if name in _SUMMED_IN_SUPPLEMENT:
            counted &= ~has_sum
        summed += np.where(counted, fen, 0)
    total, state = amounts["total"]
    by_total = state == AmountState.OK
    by_parts = amounts["monthly_amount"][1] == AmountState.OK
    due = np.where(by_total, total, summed)
    return (by_total | by_parts) & (due > 0), due


def _head_counts(people: People, eligible: Mask) -> list[Block]:
    """Find households whose number of covered members is not the number of their rows (R313)."""
    table = people.table
    covered = pd.to_numeric(table["covered_members"], errors="coerce")
    listed = eligible & ~table["only_head"].to_numpy()
    rows = pd.DataFrame({"household": table["household"], "covered": covered})[listed]
    by = rows.groupby("household", sort=False)["covered"]
    differs = by.transform("max").notna() & (by.transform("max") != by.transform("size"))
    mask = np.zeros(len(table), dtype=bool)
    mask[rows.index[differs & rows["covered"].notna()]] = True
    return [where("R313", mask, "covered_members")]


def _category_places(people: People, terms: Terms) -> npt.NDArray[np.int64]:
    places, codes = pd.factorize(people.category)
    rank = {code: place for place, code in enumerate(terms.categories)}
    # The last stands for categories that are not paid, and for unknown ones.
    ranks = np.array([*(rank.get(code, 0) for code in codes), 0], dtype=np.int64)
    return ranks[places]


def _reasons(people: People, terms: DibaoTerms) -> list[tuple[str, str]]:
    return [
        (
            _REASON[people.language].format(
                cycle=people.cycle.text, category=people.categories.title(code, people.language)
            ),
            terms.ground.reference,
        )
        for code in terms.categories
    ]
