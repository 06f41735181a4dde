"""Months as rosters write them: 202209, 2022-09, 2022年9月, 2022.9, 2022/09/01."""

import numpy as np
import numpy.typing as npt
import pandas as pd

_MONTH = (
    r"^\s*([12][0-9]{3})\s*[-./年]?\s*(0?[1-9]|1[0-2])"
    r"\s*(?:月|[-./月]\s*[0-9]{1,2}\s*日?)?(?:\s+[0-9:]+)?\s*$"
)
_DAY = r"^\s*([12][0-9]{3}(?:0[1-9]|1[0-2]))[0-3][0-9]\s*$"
UNKNOWN = -1


def number(year: int, month: int) -> int:
    """Give the number of a month, so that the next one is one more.

    >>> number(2023, 1) - number(2022, 12)
    1
    """
    return year * 12 + month - 1


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
    short = pd.Series(distinct).astype("str").str.replace(_DAY, r"\1", regex=True)
    parts = short.str.extract(_MONTH)
    told = parts.notna().all(axis=1).to_numpy()
    numbers = np.full(len(distinct), UNKNOWN, dtype=np.int64)
    years, months = (parts.loc[told, column].astype("int64").to_numpy() for column in (0, 1))
    numbers[told] = years * 12 + months - 1
    result[given] = numbers[codes]
    return result
