"""What a title says its amounts are for: a month, a quarter or a year."""

import re

UNKNOWN, MONTH, QUARTER, YEAR = 0, 1, 3, 12
"""Months that an amount is for."""

_DATES = re.compile(
    r"(?:[12][0-9]{3}|[0-9]{2})年(?:度)?|(?:1[0-2]|0?[1-9])月(?:份)?|第?[1-4一二三四]季度"
)
"""They say when, not for how long."""
_PER = re.compile(r"(?:[/／]|每|元)人?[/／每]?(月|季|年)")
_WORDS = (
    (re.compile("季度|全季|季合计|每季"), QUARTER),
    (re.compile("全年|年标准|年合计|年供养|每年"), YEAR),
    (re.compile("月标准|月合计|月供养|月保障|月补助|月发放|每月|按月"), MONTH),
)
_LETTERS = {"月": MONTH, "季": QUARTER, "年": YEAR}


def months_of(title: str) -> int:
    """Give how many months the amounts below a title are for; :data:`UNKNOWN` where it says none.

    What stands behind the amount, as in 元/月, goes before a word.

    >>> [months_of(title) for title in ("基本生活标准（元/月）", "季度合计（元）", "元/人/年")]
    [1, 3, 12]
    >>> [months_of(title) for title in ("合计", "2022年8月发放金额", "三季度发放金额")]
    [0, 0, 0]
    """
    plain = _DATES.sub("", title)
    found = _PER.search(plain)
    if found:
        return _LETTERS[found[1]]
    return next((months for word, months in _WORDS if word.search(plain)), UNKNOWN)
