"""Money in whole fen: parse, format, split exactly, 大写. The only place that rounds.

An amount is an ``int`` (or an ``int64`` column) of fen, never a float. Amounts of a roster are
text: the reader has already turned number cells into the text that a clerk sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relief_cli.arrow import texts
from relief_cli.errors import PolicyError, ReliefError, UsageError
from relief_cli.i18n import N_

LIMIT_FEN = 10**15
"""Amounts are smaller than this (ten trillion yuan): beyond it stand slips, not payments."""

_WIDEST = 19
"""Digits that a column of fen may have."""
_YUAN_DIGITS = len(str(LIMIT_FEN)) - 3
# A full set of NFKC foldings would also read ③ as 3 and 2² as 22, so the variants that keyboards
# for Chinese produce are named one by one.
_VARIANTS = dict(zip("０１２３４５６７８９．，－−￥\u3000\xa0", "0123456789.,--¥  ", strict=True))
_AMOUNT = (
    r"^\s*(?P<sign>-?)\s*¥?\s*(?P<sign_after>-?)"
    r"(?P<yuan>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)"
    r"(?:\.(?P<decimals>[0-9]+))?\s*元?\s*$"
)
_BLANK = r"^\s*$"
_ZERO, _NOTHING = (pa.scalar(text, pa.large_string()) for text in ("0", ""))

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


class AmountMalformed(UsageError):  # noqa: N818  # named after the finding, as the rules name it
    """The text is not an amount of yuan."""


class AmountTooPrecise(UsageError):  # noqa: N818  # as above
    """The amount has more than two decimals; it is never rounded."""


class AmountState(IntEnum):
    """What became of each text of a column."""

    OK = 0
    MISSING = 1
    MALFORMED = 2
    TOO_PRECISE = 3


def parse_yuan(text: str) -> int:
    """Give the fen in ``text``, an amount of yuan such as ``¥1,234.5`` or ``300元``.

    Raises:
        AmountMalformed: the text is empty, no amount, or not below ``LIMIT_FEN``.
        AmountTooPrecise: more than two decimals are written, be they zeros.

    >>> parse_yuan("¥1,234.5"), parse_yuan("３００元")
    (123450, 30000)
    >>> parse_yuan("300.000")
    Traceback (most recent call last):
    relief_cli.money.AmountTooPrecise: the amount “300.000” has more than two decimals
    """
    fen, state = parse_yuan_column(pd.Series([text], dtype="str"))
    if state[0] == AmountState.OK:
        return int(fen[0])
    raise _refusal(AmountState(state[0]), text)


def _refusal(state: AmountState, text: str) -> ReliefError:
    if state is AmountState.TOO_PRECISE:
        return AmountTooPrecise(
            "amount-too-precise",
            N_("the amount “{text}” has more than two decimals"),
            why=N_("Money is paid to the fen; rounding would pay what nobody decided."),
            remedy=N_("Write the amount with at most two decimals, such as 300.06."),
            text=text,
        )
    return AmountMalformed(
        "amount-malformed",
        N_("“{text}” is not an amount of yuan"),
        remedy=N_("Write digits only, with at most two decimals, such as 300 or 1,234.50."),
        text=text,
    )


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
    for variant, plain in _VARIANTS.items():
        given = pc.replace_substring(given, variant, plain)
    fields = pc.extract_regex(given, _AMOUNT)
    sign, sign_after, yuan, decimals = (
        pc.fill_null(pc.struct_field(fields, name), "")
        for name in ("sign", "sign_after", "yuan", "decimals")
    )
    yuan = pc.utf8_ltrim(pc.replace_substring(yuan, ",", ""), characters="0")
    state = np.full(len(given), AmountState.OK, dtype=np.uint8)
    state[_numpy(pc.greater(pc.utf8_length(decimals), 2))] = AmountState.TOO_PRECISE
    has_digit = pc.match_substring_regex(given, "[0-9]")
    both_signs = pc.and_(pc.equal(sign, "-"), pc.equal(sign_after, "-"))
    too_large = pc.greater(pc.utf8_length(yuan), _YUAN_DIGITS)
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


def format_plain(fen: int) -> str:
    """Give ``fen`` as yuan with two decimals, for files: ``1234.50``.

    >>> format_plain(123450), format_plain(-5)
    ('1234.50', '-0.05')
    """
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def format_yuan(fen: int) -> str:
    """Give ``fen`` as yuan with two decimals and thousands commas, for people: ``1,234.50``.

    >>> format_yuan(123450), format_yuan(-123456789)
    ('1,234.50', '-1,234,567.89')
    """
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def plain_column(fen: NDArray[np.int64]) -> pd.Series:
    """Give a column of fen as :func:`format_plain` does, as a column of text in its order.

    >>> plain_column(np.array([123450, -5])).tolist()
    ['1234.50', '-0.05']
    """
    whole = pa.array(fen).cast(pa.decimal128(_WIDEST, 0))
    # The same digits with the point two places further on.
    yuan = pa.Array.from_buffers(pa.decimal128(_WIDEST, 2), len(whole), whole.buffers())
    return pd.Series(yuan.cast(pa.string()), dtype="str")


def split(total_fen: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``total_fen`` by ``weights``, to the fen, so that the shares sum exactly.

    Each share is the exact fraction rounded down; the fen left over go one each to the largest
    remainders, ties to the first in order. A negative total (a return) is split as its positive
    one, so that it undoes it.

    Raises:
        PolicyError: no weights, a negative one, one that is not whole, or only zeros.

    >>> split(100, (1, 1, 1)), split(-7, (6, 4))
    ((34, 33, 33), (-4, -3))
    >>> split(100, (0, 0))
    Traceback (most recent call last):
    relief_cli.errors.PolicyError: cannot split an amount by the weights [0, 0]
    """
    if not all(type(weight) is int and weight >= 0 for weight in weights) or not sum(weights):
        raise PolicyError(
            "policy-weights",
            N_("cannot split an amount by the weights {weights}"),
            remedy=N_("Weights are whole numbers, none negative, not all zero."),
            weights=list(weights),
        )
    whole = sum(weights)
    shares, remainders = zip(
        *(divmod(abs(total_fen) * weight, whole) for weight in weights), strict=True
    )
    left_over = abs(total_fen) - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda place: -remainders[place])
    favoured = set(by_remainder[:left_over])
    sign = -1 if total_fen < 0 else 1
    return tuple(sign * (share + (place in favoured)) for place, share in enumerate(shares))


@dataclass(frozen=True)
class Rounding:
    """How a computed amount becomes one that is paid."""

    to_fen: int
    """1, 10 or 100: to the fen, the jiao or the yuan."""
    rule: str
    """``half-up``, ``up`` or ``down``."""

    RULES: ClassVar = ("half-up", "up", "down")

    def __str__(self) -> str:
        """Give it as it is written in a policy file.

        >>> str(Rounding(10, "half-up"))
        'jiao, half-up'
        """
        unit = {1: "fen", 10: "jiao", 100: "yuan"}[self.to_fen]
        return f"{unit}, {self.rule}"


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


def uppercase(fen: int) -> str:
    """Give ``fen`` in the capital numerals of vouchers (大写), without the word 人民币 before it.

    Follows 支付结算办法 (银发〔1997〕393号), annex 1 「正确填写票据和结算凭证的基本规定」: each run
    of zeros inside the yuan gives one 零; no 零 stands between 元 and 角 where zeros end the yuan;
    零 stands after 元 where there are fen and no jiao; nothing stands after 分. 整 stands after 元,
    and after 角 as 会计基础工作规范 第五十二条 wants it (the annex leaves it free).

    >>> uppercase(1640902), uppercase(140950)
    ('壹万陆仟肆佰零玖元零贰分', '壹仟肆佰零玖元伍角整')
    >>> uppercase(-30005), uppercase(0)
    ('负叁佰元零伍分', '零元整')
    """
    if fen < 0:
        return "负" + uppercase(-fen)
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = _numerals(yuan) + "元" if yuan or not rest else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif cents and yuan:
        text += "零"
    return text + (_DIGITS[cents] + "分" if cents else "整")


def _numerals(number: int) -> str:
    for size, unit in _UNITS:
        if number >= size:
            high, low = divmod(number, size)
            # A run of zeros may end the part before the unit (10|7000) or begin the one after it.
            gap = low and (high % 10 == 0 or low < size // 10)
            return _numerals(high) + unit + ("零" if gap else "") + (_numerals(low) if low else "")
    return _DIGITS[number]
