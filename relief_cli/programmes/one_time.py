"""What everybody gets once under a notice: the subsidy and the vouchers of 晋民发〔2022〕38号.

Clause 2.1: consumption vouchers (爱心消费券) of 1500 yuan for everybody in 特困, handed out against
a signature. Clause 2.2: the one-time living subsidy (一次性生活补贴), 300 yuan per person, as
vouchers where conditions allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from relief_cli.calendar import Cycle, Occasion, workday_on_or_before
from relief_cli.money import format_plain
from relief_cli.policy import Parameter, Policy, funding_at
from relief_cli.programmes.registers import VOUCHER_REGISTER
from relief_cli.programmes.terms import (
    ALONE,
    Dues,
    Ground,
    People,
    Terms,
)

if TYPE_CHECKING:
    import datetime as dt

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASONS = {
    "one-time": {
        "zh": "一次性生活补贴 每人{amount}元（{category}）",
        "en": "one-time living subsidy, {amount} yuan per person ({category})",
    },
    "voucher": {
        "zh": "爱心消费券 每人{amount}元（{category}）",
        "en": "consumption vouchers, {amount} yuan per person ({category})",
    },
}


@dataclass(frozen=True, kw_only=True)
class OneTimeTerms(Terms):
    """What the policy says about the subsidy."""

    amount: Parameter
    """Fen per person."""
    paper: frozenset[str]
    """The counties that hand out vouchers, against a signature."""


@dataclass(frozen=True)
class OneTime:
    """Every eligible person gets the same, once under the notice."""

    name: str = "one-time"
    """``one-time`` or ``voucher``: what the policy's parameters begin with."""
    per_person: bool = True

    def terms(self, policy: Policy, cycle: Cycle, counties: Sequence[str]) -> OneTimeTerms:
        """Give what the policy says about ``cycle``.

        Values are those of the cycle's first day. A cycle that began before the notice (July 2022,
        or the quarter it is in) takes those of its last day, so that the notice reaches the cycle
        in which it was given.

        Args:
            policy: the policy, with the office's own files.
            cycle: the cycle that is paid for.
            counties: the counties whose shares are wanted.

        Raises:
            PolicyError: ``policy-missing``, such as for a cycle that ended before the notice.
        """
        began_before = policy.find(f"{self.name}.occasion", cycle.first_on) is None
        on = cycle.last_on if began_before else cycle.first_on
        amount, eligible, occasion = (
            policy.at(f"{self.name}.{name}", on) for name in ("amount", "categories", "occasion")
        )
        forms = {county: policy.at(f"{self.name}.form", on, county) for county in counties}
        paper = frozenset(county for county, form in forms.items() if form.value == "voucher")
        # The notice gives the vouchers none.
        deadline = policy.find(f"{self.name}.deadline", on)
        pay_by = cast("dt.date", deadline.value) if deadline else cycle.last_on
        funding, cited = funding_at(policy, self.name, on, counties)
        return OneTimeTerms(
            occasion=Occasion.of_notice(str(occasion.value)),
            categories=cast("tuple[str, ...]", eligible.value),
            funding=funding,
            pay_on=workday_on_or_before(pay_by).on,
            used=(
                amount,
                eligible,
                *((deadline,) if deadline else ()),
                occasion,
                *dict.fromkeys(forms.values()),
                *cited,
            ),
            register=VOUCHER_REGISTER if paper else "",
            paper=paper,
            most_per_person_fen=cast("int", amount.value),
            amount=amount,
        )

    def dues(self, people: People, terms: Terms) -> Dues:
        """Give each row the amount per person.

        Reasons are one for each category, in the policy's order.
        """
        if not isinstance(terms, OneTimeTerms):
            raise TypeError(type(terms))
        amount_fen = cast("int", terms.amount.value)
        amount = format_plain(amount_fen).removesuffix(".00")
        count = len(people.table)
        return Dues(
            amount_fen=np.full(count, amount_fen, dtype=np.int64),
            bound=np.full(count, ALONE, dtype=np.int64),
            on_paper=people.county.isin(terms.paper).to_numpy(),
            ground=people.category_places(terms),
            grounds=[
                Ground(
                    _REASONS[self.name][people.language].format(
                        amount=amount, category=people.categories.title(code, people.language)
                    ),
                    terms.amount.reference,
                )
                for code in terms.categories
            ],
        )
