"""Certificate numbers of households (低保证号, 户号): one form for one number."""

import re
import unicodedata

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import mask, texts
from relief_cli.roster.read import Roster

SHORTEST = 4
"""Shorter numbers only count the households of a list: 1, 2, 17."""
LONG = 8
"""Numbers of so many characters are a county's; shorter ones can be each township's own."""

_EXACT_DIGITS = 15
"""Excel keeps so many digits of a number and writes zeros for the rest."""
_AS_NUMBER = re.compile(r"([0-9]+)\.0+")
_ROUNDED = re.compile(r"[0-9.]+E\+[0-9]+")
_OF_CERTIFICATES = "证"

# RE2 patterns of what stands in its form already, so that most texts are not touched one by one.
_CLEAN = r"^([A-Z]+[0-9]{3,}|[1-9][0-9]{3,14})$"
_ONE_DIGIT = r"^[A-Z]*(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"


def certificates(roster: Roster) -> pd.Series:
    """Give the certificate number of each row's household in one form, else missing.

    A short number counts only where the column is of certificates (低保证号): under 户号 it numbers
    the households of one list.
    """
    numbers = normal(roster.people["household_id"])
    short = mask(pc.less(pc.utf8_length(texts(numbers)), LONG)) & ~_certified(roster)
    return numbers.mask(short) if short.any() else numbers


def normal(values: pd.Series) -> pd.Series:
    """Give each number without spaces, marks and leading zeros, half-width and in capitals.

    What tells no household from another is missing: a cell without digits, a number of one digit
    repeated, one shorter than :data:`SHORTEST`, and one whose last digits Excel has lost.

    >>> normal(pd.Series([" 晋低保 字第００１２３号", "d-140122-0017", "0014012200017.0"])).tolist()
    ['晋低保字第00123号', 'D1401220017', '14012200017']
    >>> normal(pd.Series(["无", "0000", "17", "1.4E+17", "140122000012345000"])).isna().all()
    np.True_
    """
    given = texts(values)
    clean = mask(pc.match_substring_regex(given, _CLEAN))
    clean &= ~mask(pc.match_substring_regex(given, _ONE_DIGIT))
    other = np.flatnonzero(~clean & mask(given.is_valid()))
    if not len(other):
        return values.astype("str")
    unclean = given.take(pa.array(other)).dictionary_encode()
    forms = pa.array([_form(text) for text in unclean.dictionary.to_pylist()], given.type)
    chosen = np.zeros(len(given), dtype=bool)
    chosen[other] = True
    mended = pc.replace_with_mask(given, pa.array(chosen), forms.take(unclean.indices))
    return pd.Series(mended, index=values.index, dtype="str")


def _form(text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if _ROUNDED.fullmatch(plain):
        return None
    plain = _AS_NUMBER.sub(r"\1", plain)
    plain = "".join(character for character in plain if character.isalnum())
    digits = "".join(character for character in plain if character.isdecimal())
    if len(set(digits)) < 2:  # such as 0000, or no digit at all
        return None
    if plain == digits:
        # Excel drops the zeros before a number.
        plain = digits.lstrip("0")
        if not plain[_EXACT_DIGITS:].strip("0") and len(plain) > _EXACT_DIGITS:
            return None
    counted = sum(character.isascii() for character in plain)
    return plain if counted >= SHORTEST else None


def _certified(roster: Roster) -> npt.NDArray[np.bool_]:
    """Say whose sheet has a column of certificates."""
    sheets = [
        number
        for number, sheet in enumerate(roster.sheets)
        for column in sheet.layout.columns
        if column.field == "household_id" and _OF_CERTIFICATES in sheet.layout.header[column.index]
    ]
    return np.isin(roster.people["sheet"].to_numpy(), sheets)
