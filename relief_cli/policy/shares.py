"""Who pays which part: weights that may nest."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from relief_cli.i18n import N_
from relief_cli.policy.parameters import Parameter, Policy
from relief_cli.policy.schema import refusal
from relief_cli.policy.values import GROUPS


@dataclass(frozen=True)
class Share:
    """One weight of a split: of a source, or of a group that is split again."""

    source: str
    weight: int
    parts: tuple["Share", ...] = ()
    """How the group is split; empty for a source."""


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


def _sources(shares: list[Share]) -> Iterator[str]:
    for share in shares:
        yield from (part.source for part in share.parts or (share,))
