"""What rosters state as amounts, whoever is paid by them: each row's, and each household's once."""

import numpy as np
import numpy.typing as npt

from relief_cli.checks.amounts import DIBAO_PARTS, summed
from relief_cli.money_columns import AmountState
from relief_cli.roster.read import Roster

Fen = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_TEKUN_PARTS = ("basic_living_standard", "care_amount")
AMOUNTS = (*DIBAO_PARTS, *_TEKUN_PARTS, "total")
"""The fields in which a roster says what somebody gets."""


def amounts(roster: Roster) -> tuple[Mask, Fen, Mask]:
    """Say which rows state an amount, how much, and which state something that is none.

    The row's own total goes before the sum of its parts.
    """
    parsed = {name: roster.amounts[name] for name in AMOUNTS}
    fen, by_total = parsed["total"][0], parsed["total"][1] == AmountState.OK
    fen, stated = np.where(by_total, fen, 0), by_total
    for parts in (DIBAO_PARTS, _TEKUN_PARTS):
        of_parts, _ = summed(parsed, parts)
        given = [parsed[name][1] == AmountState.OK for name in parts]
        chosen = ~stated & np.logical_or.reduce(given)
        fen, stated = np.where(chosen, of_parts, fen), stated | chosen
    states = [state for _, state in parsed.values()]
    unreadable = [
        (state == AmountState.MALFORMED) | (state == AmountState.TOO_PRECISE) for state in states
    ]
    return stated, fen, np.logical_or.reduce(unreadable)


def with_heads(roster: Roster, stated: Mask, fen: Fen) -> Fen:
    """Put a household's one amount with its head, or with the lowest number where none is named."""
    if not len(fen):
        return fen
    number = roster.people["household"].to_numpy()
    heads = roster.people["says_head"].to_numpy()
    order = np.lexsort((roster.identities.key, ~heads, number))
    starts = np.flatnonzero(np.r_[True, number[order][1:] != number[order][:-1]])
    given = np.where(stated, fen, 0)[order]
    size = np.diff(np.r_[starts, len(order)])
    count = np.add.reduceat(stated[order].astype(np.int64), starts)
    wide = roster.household_wide("total") | roster.household_wide("monthly_amount")
    all_wide = np.logical_and.reduceat((wide & stated)[order], starts)
    highest, lowest = np.maximum.reduceat(given, starts), np.minimum.reduceat(given, starts)
    repeated = all_wide & (highest == lowest) & (size > 1)
    once = repeated | ((count == 1) & (size > 1))
    held = np.where(np.repeat(once, size), 0, given)
    held[starts[once]] = highest[once]
    result = np.empty(len(fen), dtype=np.int64)
    result[order] = held
    return result
