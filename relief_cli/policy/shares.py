"""Who pays for a programme: by weights that may nest, or lump sums first and locals the rest."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from relief_cli.i18n import N_
from relief_cli.policy.parameters import Parameter, Policy
from relief_cli.policy.schema import refusal
from relief_cli.policy.values import GROUPS, LUMP_SUMS, Choices, Pairs, Words

COUNTY = "county"
"""The source that bears parts of dibao alone."""


@dataclass(frozen=True)
class Share:
    """One weight of a split: of a source, or of a group that is split again."""

    source: str
    weight: int
    parts: tuple["Share", ...] = ()
    """How the group is split; empty for a source."""


@dataclass(frozen=True)
class Funding:
    """Who pays for a programme, and by which function codes (功能科目) it is shown."""

    programme: str
    weights: Mapping[str, tuple[Share, ...]]
    """County → who pays which part of what the lump sums do not cover."""
    codes: Mapping[str, str]
    """Programme or category → function code."""
    lump_sums: tuple[str, ...] = ()
    """Sources whose money is used up first, in this order."""
    county_alone: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """County and category → fen per person a month that the county bears before all others."""

    def code(self, category: str) -> str:
        """Give the function code of what people of a category get; empty where none is known."""
        return self.codes.get(self.programme, self.codes.get(category, ""))

    def sources(self, county: str) -> list[str]:
        """Give all who may pay in a county, in the order of the policy."""
        alone = [COUNTY] if any(place == county for place, _ in self.county_alone) else []
        return list(dict.fromkeys((*self.lump_sums, *_sources(self.weights[county]), *alone)))


def funding_at(
    policy: Policy, programme: str, on: dt.date, counties: Iterable[str]
) -> tuple[Funding, tuple[Parameter, ...]]:
    """Give who pays for a programme on a day, and the parameters that say so, each once.

    Raises:
        PolicyError: ``policy-missing``; as :func:`shares_at`.
    """
    mode, codes = policy.at("funding.mode", on), policy.at("funding.codes", on)
    used = [mode, codes]
    lump_sums: tuple[str, ...] = ()
    name = f"{programme}.shares"
    if dict(cast("Choices", mode.value)).get(programme) == LUMP_SUMS:
        order = policy.at("funding.lump-sums", on)
        used.append(order)
        lump_sums, name = cast("tuple[str, ...]", order.value), GROUPS["local"]
    weights, alone = {}, {}
    for county in sorted(set(counties)):
        weights[county], cited = shares_at(policy, name, on, county)
        own = policy.find(f"{programme}.county-alone", on, county)
        for category, fen in cast("Pairs", own.value) if own else ():
            alone[county, category] = fen
        every = (*cited, own) if own else cited
        used += [parameter for parameter in every if parameter not in used]
    by_word = {word: code for code, of_code in cast("Words", codes.value) for word in of_code}
    return Funding(programme, weights, by_word, lump_sums, alone), tuple(used)


def shares_at(
    policy: Policy, name: str, on: dt.date, place: str
) -> tuple[tuple[Share, ...], tuple[Parameter, ...]]:
    """Give the split that holds ``on`` a day in ``place``, and the parameters that say so.

    Args:
        policy: the policy.
        name: a parameter of weights, such as ``one-time.shares``.
        on: the day.
        place: the county.

    Raises:
        PolicyError: ``policy-missing``, or ``policy-source-twice`` where a source would be both
            by itself and in a group.
    """
    parameter = policy.at(name, on, place)
    used = [parameter]
    shares = []
    for source, weight in cast("tuple[tuple[str, int], ...]", parameter.value):
        parts: tuple[Share, ...] = ()
        if source in GROUPS:
            parts, below = shares_at(policy, GROUPS[source], on, place)
            used += below
        shares.append(Share(source, weight, parts))
    sources = list(_sources(shares))
    if len(set(sources)) < len(sources):
        raise refusal(
            "policy-source-twice",
            N_("{key} reaches a source twice: {sources}"),
            parameter.file,
            f"{name}.value",
            N_("Name each source once, by itself or inside a group."),
            sources=", ".join(sources),
        )
    return tuple(shares), tuple(used)


def _sources(shares: Iterable[Share]) -> Iterator[str]:
    for share in shares:
        yield from (part.source for part in share.parts or (share,))
