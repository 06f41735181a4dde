"""The one-time living subsidy (一次性生活补贴) of 晋民发〔2022〕38号, clause 2.2."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from relief_cli.calendar import Cycle, workday_on_or_before
from relief_cli.money import format_plain
from relief_cli.policy import Categories, Parameter, Policy, Share, shares_at

NAME = "one-time"

ENTITLED = {
    "person": "str",
    "name": "str",
    "category": "str",
    "county": "str",
    "township": "str",
    "household": "int64",
    "amount_fen": "int64",
    "ground": "int32",
    "sheet": "int32",
    "sheet_row": "int32",
    "member": "int32",
}
"""What :func:`entitle` gives: entitlements before they have numbers and payments."""
GROUNDS = {"ground": "int32", "reason": "str", "reference": "str"}

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {
    "zh": "一次性生活补贴 每人{amount}元（{category}）",
    "en": "one-time living subsidy, {amount} yuan per person ({category})",
}


@dataclass(frozen=True)
class OneTime:
    """What the policy says about the subsidy for one cycle."""

    amount: Parameter
    """Fen per person."""
    eligible: Parameter
    """Category codes; the first of a person's categories is the one paid."""
    deadline: Parameter
    occasion: Parameter
    """The notice under which a person is paid once, whatever the cycle."""
    shares: Mapping[str, tuple[Share, ...]]
    """County → who pays which part."""
    pay_on: dt.date
    """The deadline, or the working day before it."""
    used: tuple[Parameter, ...]
    """Every parameter that decides the outcome, each once."""

    @property
    def amount_fen(self) -> int:
        """The amount per person in fen."""
        return cast("int", self.amount.value)

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes of the eligible categories, in the policy's order."""
        return cast("tuple[str, ...]", self.eligible.value)


def read_parameters(policy: Policy, cycle: Cycle, counties: Sequence[str]) -> OneTime:
    """Give what the policy says about ``cycle``.

    Values are those of the cycle's first day. A cycle that began before the notice (July 2022, or
    the quarter it is in) takes those of its last day, so that the notice reaches the cycle in
    which it was given.

    Args:
        policy: the policy, with the office's own files.
        cycle: the cycle that is paid for.
        counties: the counties whose shares are wanted.

    Raises:
        PolicyError: ``policy-missing``, such as for a cycle that ended before the notice.
    """
    began_before = policy.find("one-time.occasion", cycle.first_on) is None
    on = cycle.last_on if began_before else cycle.first_on
    amount = policy.at("one-time.amount", on)
    eligible = policy.at("one-time.categories", on)
    deadline = policy.at("one-time.deadline", on)
    occasion = policy.at("one-time.occasion", on)
    shares = {}
    used = [amount, eligible, deadline, occasion]
    for county in sorted(set(counties)):
        shares[county], cited = shares_at(policy, "one-time.shares", on, county)
        used += [parameter for parameter in cited if parameter not in used]
    pay_on = workday_on_or_before(cast("dt.date", deadline.value)).on
    return OneTime(amount, eligible, deadline, occasion, shares, pay_on, tuple(used))


def entitle(
    rows: pd.DataFrame, parameters: OneTime, categories: Categories, language: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each of ``rows`` the amount per person (晋民发〔2022〕38号, clause 2.2).

    Args:
        rows: the people to be paid: checked, eligible, each once; columns person, name, category,
            county, township, household and the origin (sheet, sheet_row, member).
        parameters: what the policy says.
        categories: for the titles in the reasons.
        language: of the reasons, ``zh`` or ``en``.

    Returns:
        entitlements (columns ``ENTITLED``, the index of ``rows``), and grounds (columns
        ``GROUNDS``): one per category that occurs, in the policy's order.

    Raises:
        ValueError: a row's category is not eligible (a fault of the program: checks hold or skip
            such rows).
    """
    places, codes = pd.factorize(rows["category"])
    number = {code: place for place, code in enumerate(parameters.categories)}
    if (places < 0).any() or not set(codes) <= set(number):
        raise ValueError("rows to be paid must be of an eligible category")
    occurring = sorted(map(str, codes), key=number.__getitem__)
    ground = np.array([occurring.index(code) for code in codes], dtype=np.int32)[places]
    entitled = rows.assign(amount_fen=parameters.amount_fen, ground=ground)
    amount = format_plain(parameters.amount_fen).removesuffix(".00")
    grounds = pd.DataFrame(
        {
            "ground": range(len(occurring)),
            "reason": [
                _REASON[language].format(amount=amount, category=categories.title(code, language))
                for code in occurring
            ],
            "reference": [parameters.amount.reference] * len(occurring),
        }
    )
    return entitled[list(ENTITLED)].astype(ENTITLED), grounds.astype(GROUNDS)
