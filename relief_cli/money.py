"""Money in whole fen: parse, format, split exactly, 大写. Columns: :mod:`relief_cli.money_columns`.

An amount is an ``int`` of fen, never a float.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from relief_cli.errors import PolicyError, UsageError
from relief_cli.i18n import N_

LIMIT_FEN = 10**15
"""Amounts are smaller than this (ten trillion yuan): beyond it stand slips, not payments."""

YUAN_DIGITS = len(str(LIMIT_FEN)) - 3
# A full set of NFKC foldings would also read ③ as 3 and 2² as 22, so the variants that keyboards
# for Chinese produce are named one by one.
VARIANTS = dict(zip("０１２３４５６７８９．，－−￥\u3000\xa0", "0123456789.,--¥  ", strict=True))
_BLANKS = r"[ \t\n\f\r]*"
AMOUNT = (
    rf"^{_BLANKS}(?P<sign>-?){_BLANKS}¥?{_BLANKS}(?P<sign_after>-?)"
    r"(?P<yuan>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)"
    rf"(?:\.(?P<decimals>[0-9]+))?{_BLANKS}元?{_BLANKS}$"
)
"""An amount in which :data:`VARIANTS` are replaced; read by Python and by RE2 alike."""
_PLAIN = str.maketrans(VARIANTS)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


class AmountMalformed(UsageError):  # noqa: N818  # named after the finding, as the rules name it
    """The text is not an amount of yuan."""


class AmountTooPrecise(UsageError):  # noqa: N818  # as above
    """The amount has more than two decimals; it is never rounded."""


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
    found = re.fullmatch(AMOUNT, text.translate(_PLAIN))
    if found is None:
        raise _malformed(text)
    yuan, decimals = found["yuan"].replace(",", "").lstrip("0"), found["decimals"] or ""
    signs = found["sign"] + found["sign_after"]
    has_digit = found["yuan"] or decimals
    if not has_digit or signs == "--" or len(yuan) > YUAN_DIGITS:
        raise _malformed(text)
    if len(decimals) > 2:
        raise AmountTooPrecise(
            "amount-too-precise",
            N_("the amount “{text}” has more than two decimals"),
            why=N_("Money is paid to the fen; rounding would pay what nobody decided."),
            remedy=N_("Write the amount with at most two decimals, such as 300.06."),
            text=text,
        )
    return int(f"{signs}{yuan}{decimals:0<2}")


def _malformed(text: str) -> AmountMalformed:
    return AmountMalformed(
        "amount-malformed",
        N_("“{text}” is not an amount of yuan"),
        remedy=N_("Write digits only, with at most two decimals, such as 300 or 1,234.50."),
        text=text,
    )


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


def apportion(parts_fen: Sequence[int], shares_fen: Sequence[int]) -> list[list[int]]:
    """Give each source's part of each of several amounts that together are all the shares.

    Each amount but the last is split by what the sources have left, by largest remainder; the last
    takes the rest. So every amount and every share comes out to the fen, and none is negative.

    Args:
        parts_fen: the amounts, such as what is paid, came back and is open; none negative.
        shares_fen: each source's share of their sum.

    Returns:
        A row for each amount, with a column for each source.

    Raises:
        ValueError: the amounts are not the shares' sum (a fault of the program).

    >>> apportion([70, 30], [60, 40])
    [[42, 28], [18, 12]]
    >>> apportion([1, 1], [1, 1])
    [[1, 0], [0, 1]]
    >>> apportion([1, 1], [1, 0])
    Traceback (most recent call last):
    ValueError: the amounts are not the sum of the shares
    """
    if sum(parts_fen) != sum(shares_fen):
        raise ValueError("the amounts are not the sum of the shares")
    left = list(shares_fen)
    rows = []
    for part in parts_fen[:-1]:
        row = list(split(part, left)) if part else [0] * len(left)
        left = [before - taken for before, taken in zip(left, row, strict=True)]
        rows.append(row)
    return [*rows, left]


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
