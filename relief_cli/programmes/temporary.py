"""Temporary assistance (临时救助): sudden hardship, each amount with its cause.

晋民发〔2022〕38号, clauses 6 to 10: by roster as approved; people out of work who are not insured
get not less than the local rural standard of dibao for a month; townships may pay small amounts
out of their reserve fund (备用金) against a signature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle, Occasion, workday_on_or_before
from relief_cli.findings import Block
from relief_cli.money import Rounding
from relief_cli.money_columns import AmountState
from relief_cli.policy import Parameter, Policy, funding_at
from relief_cli.policy.categories import fold
from relief_cli.programmes.registers import RESERVE_REGISTER
from relief_cli.programmes.standards import Standards, standards_at
from relief_cli.programmes.terms import (
    ALONE,
    Dues,
    Ground,
    People,
    Terms,
    wrong_cycle,
)

if TYPE_CHECKING:
    from relief_cli.policy.values import Words

NAME = "temporary"
_STANDARDS = {"rural": ("dibao.standard-rural",)}
_UP = Rounding(1, "up")
"""A floor is never rounded down."""

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {"zh": "临时救助：{cause}", "en": "temporary assistance: {cause}"}
_UNKNOWN = -1

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cause:
    """Why somebody is in need."""

    code: str
    words: tuple[str, ...]

    def title(self, language: str) -> str:
        """Give it as files say it."""
        return self.words[0] if language == "zh" else self.code


@dataclass(frozen=True, kw_only=True)
class TemporaryTerms(Terms):
    """What the policy says about temporary assistance in one month."""

    ground: Parameter
    causes: tuple[Cause, ...]
    floor_causes: frozenset[str]
    floor: Standards
    caps: Mapping[str, int]
    """County → fen above which a document is needed."""
    reserve_words: frozenset[str]
    supported: Mapping[str, frozenset[str]]
    """Cause → categories that are supported otherwise, and not paid for it."""


class Temporary:
    """Each person gets the amount that was approved, for one cause once in a calendar year."""

    name = NAME
    per_person = True

    def terms(self, policy: Policy, cycle: Cycle, counties: Sequence[str]) -> TemporaryTerms:
        """Give what the policy says about the month.

        Raises:
            PolicyError: ``policy-missing``.
            UsageError: ``cycle-kind``; the cycle is no month.
        """
        if not cycle.is_month:
            raise wrong_cycle(NAME, cycle, f"{cycle.first_on:%Y-%m}")
        on = cycle.last_on
        eligible, causes, ground, reserve = (
            policy.at(f"temporary.{name}", on)
            for name in ("categories", "causes", "ground", "reserve-words")
        )
        types = policy.at("temporary.type-words", on)
        floor_causes, once, supported, supporting = (
            policy.find(f"temporary.{name}", on)
            for name in ("floor-causes", "once-causes", "unsupported-causes",
                         "unsupported-programmes")
        )  # fmt: skip
        caps = {county: policy.at("temporary.cap", on, county) for county in counties}
        floor = standards_at(policy, _STANDARDS, on, counties, _UP)
        funding, cited = funding_at(policy, NAME, on, counties)
        found = [one for one in (floor_causes, once, supported, supporting) if one]
        rules = (eligible, causes, ground, reserve, types, *found)
        used = (*rules, *caps.values(), *floor.used, *cited)
        return TemporaryTerms(
            occasion=Occasion.of_cycle(cycle),
            categories=cast("tuple[str, ...]", eligible.value),
            funding=funding,
            pay_on=workday_on_or_before(on).on,
            used=tuple(dict.fromkeys(used)),
            register=RESERVE_REGISTER,
            once_a_year=True,
            once_causes=_codes(once),
            unsupported_causes=frozenset(_words(supported)),
            supporting=tuple(sorted(_codes(supporting))),
            category_words=dict.fromkeys(map(fold, _codes(types)), "temporary_assistance"),
            supported={cause: frozenset(codes) for cause, codes in _words(supported).items()},
            ground=ground,
            causes=tuple(Cause(code, words) for code, words in cast("Words", causes.value)),
            floor_causes=_codes(floor_causes),
            floor=floor,
            caps={county: cast("int", cap.value) for county, cap in caps.items()},
            reserve_words=frozenset(map(fold, _codes(reserve))),
        )

    def dues(self, people: People, terms: Terms) -> Dues:
        """Give each row the amount that stands there, with its cause and its document."""
        if not isinstance(terms, TemporaryTerms):
            raise TypeError(type(terms))
        rows, eligible = people.table, people.eligible(terms)
        fen, state = people.amounts["total"]
        amount = np.where((state == AmountState.OK) & (fen > 0), fen, 0)
        cause = _causes(rows["cause"], terms)
        documented = rows["document"].notna().to_numpy()
        most = people.county.map(dict(terms.caps)).to_numpy("int64")
        low, unsure = _below_floor(people, terms, cause, amount)
        place, grounds = _grounds(people, terms, cause)
        return Dues(
            amount_fen=np.where(eligible, amount, 0),
            bound=np.full(len(rows), ALONE, dtype=np.int64),
            ground=place,
            grounds=grounds,
            on_paper=_among(rows["paid_from"], terms.reserve_words) & eligible,
            blocks=[
                Block(code, np.flatnonzero(eligible & mask), name, downgraded=downgraded)
                for code, mask, name, downgraded in (
                    ("R311", amount == 0, "total", False),
                    ("R320", cause == _UNKNOWN, "cause", False),
                    ("R321", low, "total", False),
                    ("R321", unsure, "total", True),
                    ("R327", _supported(people, terms, cause), "category", False),
                    ("R322", (amount > most) & ~documented, "total", False),
                )
            ],
        )


def _codes(parameter: Parameter | None) -> frozenset[str]:
    return frozenset(cast("tuple[str, ...]", parameter.value)) if parameter else frozenset()


def _words(parameter: Parameter | None) -> Mapping[str, tuple[str, ...]]:
    return dict(cast("Words", parameter.value)) if parameter else {}


def _supported(people: People, terms: TemporaryTerms, cause: npt.NDArray[np.int64]) -> Mask:
    """Say whose category is supported otherwise, which their cause rules out."""
    found = np.zeros(len(cause), dtype=bool)
    for place, one in enumerate(terms.causes):
        categories = terms.supported.get(one.code)
        if categories:
            found |= (cause == place) & people.category.isin(list(categories)).to_numpy()
    return found


def _causes(given: pd.Series, terms: TemporaryTerms) -> npt.NDArray[np.int64]:
    """Give the place of each row's cause: its word, or the only cause one of whose words it holds.

    ``患脑梗塞，因病致贫`` says illness.
    """
    words = [
        (fold(word), place) for place, cause in enumerate(terms.causes) for word in cause.words
    ]
    exact = dict(words)
    codes, distinct = pd.factorize(given)
    places = []
    for text in map(fold, map(str, distinct)):
        held = {place for word, place in words if word in text}
        single = held.pop() if len(held) == 1 else _UNKNOWN
        places.append(exact.get(text, single))
    return np.array([*places, _UNKNOWN], dtype=np.int64)[codes]


def _among(given: pd.Series, words: frozenset[str]) -> Mask:
    codes, distinct = pd.factorize(given)
    known = [fold(str(text)) in words for text in distinct]
    return np.array([*known, False], dtype=bool)[codes]


def _below_floor(
    people: People,
    terms: TemporaryTerms,
    cause: npt.NDArray[np.int64],
    amount: npt.NDArray[np.int64],
) -> tuple[Mask, Mask]:
    """Say who gets less than the floor, and where it should hold and is not known."""
    floored = np.array([one.code in terms.floor_causes for one in terms.causes] + [False])[cause]
    rural = pd.Series("rural", index=people.county.index, dtype="str")
    held = terms.floor.of(people.county, rural)
    least = held.part(held.fen, 1)
    low: Mask = floored & held.known & (amount < least) & (amount > 0)
    return low, floored & ~held.known


def _grounds(
    people: People, terms: TemporaryTerms, cause: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], list[Ground]]:
    """Give the place of each row's ground, and the grounds: a cause with a document, if any."""
    documents, distinct = pd.factorize(people.table["document"])
    pairs = np.maximum(cause, 0) * (len(distinct) + 1) + documents + 1
    place, occurring = pd.factorize(pairs, sort=True)
    grounds = []
    for pair in occurring.tolist():
        number, document = divmod(pair, len(distinct) + 1)
        cause_of = terms.causes[number]
        text = _REASON[people.language].format(cause=cause_of.title(people.language))
        clause = str(terms.ground.value)
        reference = f"{clause}；{distinct[document - 1]}" if document else clause
        grounds.append(Ground(text, reference, people.cycle.months, cause=cause_of.code))
    return place.astype(np.int64), grounds
