"""Months as rosters write them: 202209, 2022-09, 2022年9月, 2022.09, 2022/09/01, 二〇二二年九月."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.groups import overlapping

_MONTH = re.compile(
    r"([12][0-9]{3})\s*[-./年、。]?\s*(0?[1-9]|1[0-2])"
    r"\s*(?:月份?|[-./月]\s*[0-9]{1,2}\s*日?)?(?:[\sT]+[0-9:.]+)?\s*起?"
)
_DAY = re.compile(r"([12][0-9]{3})(0[1-9]|1[0-2])[0-3][0-9]")
_AS_NUMBER = re.compile(r"([0-9]{5,8})\.0")
_EITHER = re.compile(r"[0-9]{4}\.1")
"""January, or October whose zero a spreadsheet program took away."""
_SERIAL = re.compile(r"[345][0-9]{4}")
"""A day as spreadsheet programs count it, of the years 1982 to 2064."""
_FIRST_DAY = dt.date(1899, 12, 30)
_TENS = (("十二月", "12月"), ("十一月", "11月"), ("十月", "10月"))
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
UNKNOWN = -1
NEVER = 12 * 10_000
"""The number of a month that no claim outlives."""

Months = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """The first and the last month of each of some rows; :data:`UNKNOWN` for what is for none."""

    first: Months
    last: Months

    @classmethod
    def parse(cls, rows: pd.DataFrame) -> "Spans":
        """Give those of ``rows`` (``first_month``, ``last_month``)."""
        return cls(parse(rows["first_month"]), parse(rows["last_month"]))

    def at(self, rows: npt.NDArray[np.int64]) -> "Spans":
        """Give those of some rows."""
        return Spans(self.first[rows], self.last[rows])

    def shared(self, key: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the same number to rows of one key that are for the same months, or some of them.

        What is for no month is for the same as all else.
        """
        none = self.first == UNKNOWN
        return overlapping(key, np.where(none, 0, self.first), np.where(none, NEVER, self.last))

    def apart(self, key: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Say which keys have several rows, no two of them for the same month."""
        table = pd.DataFrame({"key": key, "shared": self.shared(key)}).groupby("key")["shared"]
        rows, several = table.transform("size"), table.transform("nunique")
        apart: npt.NDArray[np.bool_] = ((rows > 1) & (rows == several)).to_numpy()
        return apart


def number(year: int, month: int) -> int:
    """Give the number of a month, so that the next one is one more.

    >>> number(2023, 1) - number(2022, 12)
    1
    """
    return year * 12 + month - 1


def text(month: int) -> str:
    """Give a month as commands and files have it.

    >>> text(24272)
    '2022-09'
    """
    return f"{month // 12}-{month % 12 + 1:02d}"


def parse(values: pd.Series) -> npt.NDArray[np.int64]:
    """Give the number of the month that each text names, :data:`UNKNOWN` where none is told.

    >>> parse(pd.Series(["2022年9月", "20220901", "9月"])).tolist()  # 12 times 2022, and 8
    [24272, 24272, -1]
    """
    result = np.full(len(values), UNKNOWN, dtype=np.int64)
    given = np.flatnonzero(values.notna().to_numpy())
    if not len(given):
        return result
    codes, distinct = pd.factorize(values.iloc[given])
    numbers = np.array([_of_text(str(text)) for text in distinct], dtype=np.int64)
    result[given] = numbers[codes]
    return result


def _of_text(text: str) -> int:
    text = unicodedata.normalize("NFKC", text).strip()
    for tens, digits in _TENS:
        text = text.replace(tens, digits)
    text = _AS_NUMBER.sub(r"\1", text.translate(_DIGITS))
    if _SERIAL.fullmatch(text):
        day = _FIRST_DAY + dt.timedelta(days=int(text))
        return number(day.year, day.month)
    found = None if _EITHER.fullmatch(text) else _DAY.fullmatch(text) or _MONTH.fullmatch(text)
    return number(int(found[1]), int(found[2])) if found else UNKNOWN
