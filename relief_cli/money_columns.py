"""Whole columns of money in fen: parse, format, round, split. Nothing else rounds a column.

Amounts of a roster are text: the reader has already turned number cells into the text that a clerk
sees.
"""

from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relief_cli.arrow import texts
from relief_cli.money import AMOUNT, VARIANTS, YUAN_DIGITS, Rounding

_WIDEST = 19
"""Digits that a column of fen may have."""
_BLANK = r"^\s*$"
_ZERO, _NOTHING = (pa.scalar(text, pa.large_string()) for text in ("0", ""))


class AmountState(IntEnum):
    """What became of each text of a column."""

    OK = 0
    MISSING = 1
    MALFORMED = 2
    TOO_PRECISE = 3


def parse_yuan_column(values: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Give the fen in each text of a column, and what became of it.

    Read are digits (half or full width), thousands commas in their places, up to two decimals,
    a minus sign, ¥ or ￥ before, 元 behind, and blanks around. ``.5`` is fifty fen; ``300.000`` is
    too precise, because a third decimal usually means that two numbers were joined as text.

    Args:
        values: texts of yuan, missing where the cell was empty.

    Returns:
        fen (0 where the state is not OK) and :class:`AmountState`, both in the order of ``values``.
    """
    # Rosters repeat a few amounts many times, so each distinct text is parsed once.
    encoded = texts(values).dictionary_encode()
    if not len(encoded.dictionary):
        return np.zeros(len(encoded), np.int64), np.full(
            len(encoded), AmountState.MISSING, np.uint8
        )
    fen, state = _parse_distinct(encoded.dictionary)
    # The last place stands for a missing text.
    place = pc.fill_null(encoded.indices, len(fen)).to_numpy(zero_copy_only=False)
    return np.append(fen, 0)[place], np.append(state, np.uint8(AmountState.MISSING))[place]


def _parse_distinct(given: Any) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:  # noqa: ANN401  # pyarrow is untyped
    for variant, plain in VARIANTS.items():
        given = pc.replace_substring(given, variant, plain)
    fields = pc.extract_regex(given, AMOUNT)
    sign, sign_after, yuan, decimals = (
        pc.fill_null(pc.struct_field(fields, name), "")
        for name in ("sign", "sign_after", "yuan", "decimals")
    )
    yuan = pc.utf8_ltrim(pc.replace_substring(yuan, ",", ""), characters="0")
    state = np.full(len(given), AmountState.OK, dtype=np.uint8)
    state[_numpy(pc.greater(pc.utf8_length(decimals), 2))] = AmountState.TOO_PRECISE
    has_digit = pc.match_substring_regex(given, "[0-9]")
    both_signs = pc.and_(pc.equal(sign, "-"), pc.equal(sign_after, "-"))
    too_large = pc.greater(pc.utf8_length(yuan), YUAN_DIGITS)
    malformed = pc.or_(
        pc.or_(pc.is_null(fields), pc.invert(has_digit)), pc.or_(both_signs, too_large)
    )
    state[_numpy(malformed)] = AmountState.MALFORMED
    state[_numpy(pc.match_substring_regex(given, _BLANK))] = AmountState.MISSING

    usable = pa.array(state == AmountState.OK)
    digits = pc.binary_join_element_wise(
        _ZERO, yuan, pc.utf8_rpad(decimals, width=2, padding="0"), _NOTHING
    )
    fen = _numpy(pc.cast(pc.if_else(usable, digits, _ZERO), pa.int64()))
    negative = _numpy(pc.or_(pc.equal(sign, "-"), pc.equal(sign_after, "-")))
    return np.where(negative, -fen, fen), state


def _numpy(array: Any) -> NDArray[Any]:  # noqa: ANN401  # pyarrow is untyped
    values: NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return values


def plain_column(fen: NDArray[np.int64]) -> pd.Series:
    """Give a column of fen as :func:`format_plain` does, as a column of text in its order.

    >>> plain_column(np.array([123450, -5])).tolist()
    ['1234.50', '-0.05']
    """
    whole = pa.array(fen).cast(pa.decimal128(_WIDEST, 0))
    # The same digits with the point two places further on.
    yuan = pa.Array.from_buffers(pa.decimal128(_WIDEST, 2), len(whole), whole.buffers())
    return pd.Series(yuan.cast(pa.string()), dtype="str")


def scaled(
    fen: NDArray[np.int64], factor: NDArray[np.int64] | int, divisor: int, rounding: Rounding
) -> NDArray[np.int64]:
    """Give ``fen`` × ``factor`` ÷ ``divisor``, rounded once, at the end.

    Args:
        fen: amounts, none negative.
        factor: whole numbers, none negative, such as percents or months.
        divisor: above zero.
        rounding: to which unit, and how.

    Raises:
        OverflowError: the product does not fit (amounts of a person are far smaller).

    >>> scaled(np.array([10000]), 1, 3, Rounding(1, "up")).tolist()
    [3334]
    >>> scaled(np.array([10000]), 1, 3, Rounding(100, "half-up")).tolist()
    [3300]
    """
    factors = np.asarray(factor, dtype=np.int64)
    largest = int(fen.max(initial=0)) * int(factors.max(initial=0))
    if largest > np.iinfo(np.int64).max // 2:
        raise OverflowError("an amount times its factor")
    unit = divisor * rounding.to_fen
    added = {"half-up": unit // 2, "up": unit - 1, "down": 0}[rounding.rule]
    rounded: NDArray[np.int64] = (fen * factors + added) // unit * rounding.to_fen
    return rounded


def equal_parts(
    total_fen: NDArray[np.int64], group: NDArray[np.int64], first: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Split each group's total equally among its rows, to the fen.

    Args:
        total_fen: the total of the row's group, not negative; the same in all rows of a group.
        group: the number of each row's group.
        first: rows to which the fen that do not divide go before the others of their group.

    Returns:
        The part of each row; those of a group sum to its total. What is left over goes one fen
        each to the rows that are first, then to the others, in their order.

    >>> group, first = np.array([7, 7, 7]), np.array([False, True, False])
    >>> equal_parts(np.array([100, 100, 100]), group, first).tolist()
    [33, 34, 33]
    """
    _, place, size = np.unique(group, return_inverse=True, return_counts=True)
    order = np.lexsort((np.arange(len(group)), ~first, place))
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - starts[place[order]]
    parts: NDArray[np.int64] = total_fen // size[place] + (rank < total_fen % size[place])
    return parts
