"""Who pays what: each county's total split among the funding sources, to the fen."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from relief_cli.money import split
from relief_cli.policy import Share

SHARES = {"county": "str", "source": "str", "amount_fen": "int64"}
"""What :func:`share` gives."""


def share(
    entitlements: pd.DataFrame, weights_by_county: Mapping[str, Sequence[Share]]
) -> pd.DataFrame:
    """Give each source's share of each county's total.

    A county's total is split by largest remainder; the part of a group is then split again the
    same way. So the shares of a county sum to its total, and all shares to the batch's.

    Args:
        entitlements: columns county and amount_fen.
        weights_by_county: for each county of the entitlements, who pays by which weight.

    Returns:
        columns ``SHARES``: counties by name, sources in the policy's order; a source of weight
        zero is listed with 0 fen.

    Raises:
        KeyError: a county has no weights (a fault of the program).
        PolicyError: ``policy-weights``.
    """
    totals = entitlements.groupby("county", dropna=False)["amount_fen"].sum().sort_index()
    rows = [
        (county, source, amount_fen)
        for county, total_fen in totals.items()
        for source, amount_fen in _split(int(total_fen), weights_by_county[str(county)])
    ]
    return pd.DataFrame(rows, columns=list(SHARES)).astype(SHARES)


def _split(total_fen: int, shares: Sequence[Share]) -> Iterator[tuple[str, int]]:
    amounts = split(total_fen, [one.weight for one in shares])
    for one, amount_fen in zip(shares, amounts, strict=True):
        if one.parts:
            yield from _split(amount_fen, one.parts)
        else:
            yield one.source, amount_fen
