"""Who pays what: each county's total split among the funding sources, to the fen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from relief_cli.frames import conform, empty
from relief_cli.money import apportion, split
from relief_cli.policy import Funding, Share
from relief_cli.policy.shares import COUNTY
from relief_cli.purses import Money

SHARES = {
    "county": "str",
    "category": "str",
    "code": "str",
    "source": "str",
    "amount_fen": "int64",
}
"""What :func:`share` gives."""
Cell = tuple[str, str]
"""County and category."""


def share(entitlements: pd.DataFrame, funding: Funding, money: Money) -> pd.DataFrame:
    """Give each source's share of what is due to each county and category.

    What the county bears alone comes first. Then, where the policy says so, come lump sums: what a
    source has left for a function code, then what it has for any, by what is still due. The rest of
    each county, else all of it, is split by weights with the largest remainder, the part of a group
    then again; only then by category. So the shares of a category and of a county sum to its total,
    and all shares to the batch's.

    Args:
        entitlements: columns county, category, amount_fen; and ``times``, how many people's months
            each is for, where the county bears a part of them alone.
        funding: who pays.
        money: what the sources have left.

    Returns:
        columns ``SHARES``: counties and categories by name, sources in the policy's order; a source
        that gives nothing is listed with 0 fen.

    Raises:
        KeyError: a county has no split (a fault of the program).
        PolicyError: ``policy-weights``.
    """
    due = _due(entitlements)
    given: dict[tuple[Cell, str], int] = defaultdict(int)
    for cell, source, fen in _county_alone(entitlements, funding):
        given[cell, source] += fen
        due[cell] -= fen
    for cell, source, fen in _lump_sums(due, funding, money):
        given[cell, source] += fen
        due[cell] -= fen
    for county in dict.fromkeys(county for county, _ in due):
        rest = {cell: fen for cell, fen in due.items() if cell[0] == county}
        for cell, source, fen in _by_weight(rest, funding.weights[county]):
            given[cell, source] += fen
    rows = [
        (*cell, funding.code(cell[1]), source, given[cell, source])
        for cell in due
        for source in funding.sources(cell[0])
    ]
    return pd.DataFrame(rows, columns=list(SHARES)).astype(SHARES)


def share_again(before: pd.DataFrame, entitlements: pd.DataFrame) -> pd.DataFrame:
    """Split some of what was shared before among the same sources, in the same proportion.

    Args:
        before: the shares of all of it, columns ``SHARES``.
        entitlements: of what is left or paid again, columns county, category and amount_fen.

    Returns:
        columns ``SHARES``, with the counties and categories that are left.
    """
    due = _due(entitlements)
    tables = [empty(SHARES)]
    for cell, shares in before.groupby(["county", "category"], sort=False):
        if cell in due:
            parts = split(due[cell], shares["amount_fen"].tolist())
            tables.append(shares.assign(amount_fen=parts))
    return conform(pd.concat(tables, ignore_index=True), SHARES)


def _due(entitlements: pd.DataFrame) -> dict[Cell, int]:
    totals = entitlements.groupby(["county", "category"], as_index=False)["amount_fen"].sum()
    return {
        (county, category): int(fen) for county, category, fen in totals.itertuples(index=False)
    }


def _county_alone(entitlements: pd.DataFrame, funding: Funding) -> Iterator[tuple[Cell, str, int]]:
    """Give what the county bears of each amount: so much a person and month, at most all of it."""
    for (county, category), fen in funding.county_alone.items():
        here = (entitlements["county"] == county) & (entitlements["category"] == category)
        rows = entitlements[here]
        if len(rows):
            part = np.minimum(rows["amount_fen"], fen * rows["times"]).sum()
            yield (county, category), COUNTY, int(part)


def _lump_sums(
    due: Mapping[Cell, int], funding: Funding, money: Money
) -> Iterator[tuple[Cell, str, int]]:
    """Give what each source's lump sum covers of what is due."""
    left = dict(due)
    for source in funding.lump_sums:
        for code in dict.fromkeys(funding.code(category) for _, category in due):
            of_code = {cell: fen for cell, fen in left.items() if funding.code(cell[1]) == code}
            for cell, fen in _cover(of_code, money.left(source, code) if code else 0):
                left[cell] -= fen
                yield cell, source, fen
        for cell, fen in _cover(dict(left), money.left(source, "")):
            left[cell] -= fen
            yield cell, source, fen


def _cover(due: Mapping[Cell, int], most_fen: int) -> Iterable[tuple[Cell, int]]:
    """Give each cell its part of what there is, by what is due to it."""
    covered = min(most_fen, sum(due.values()))
    return zip(due, split(covered, list(due.values())), strict=True) if covered else ()


def _by_weight(
    due: Mapping[Cell, int], weights: Sequence[Share]
) -> Iterator[tuple[Cell, str, int]]:
    """Split what is due in one county, then each source's part by category."""
    total = sum(due.values())
    sources, parts = zip(*_split(total, weights), strict=True)
    for cell, row in zip(due, apportion(list(due.values()), parts), strict=True):
        yield from ((cell, source, fen) for source, fen in zip(sources, row, strict=True))


def _split(total_fen: int, shares: Sequence[Share]) -> Iterator[tuple[str, int]]:
    amounts = split(total_fen, [one.weight for one in shares])
    for one, amount_fen in zip(shares, amounts, strict=True):
        if one.parts:
            yield from _split(amount_fen, one.parts)
        else:
            yield one.source, amount_fen
