"""Cleaning of cell texts: what typing and exporting added goes, what was meant stays.

All functions take and give Arrow string arrays, with null for a blank cell. Only the few cells
that a regular expression finds to be unclean are touched one by one.
"""

import re
import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f\xad]+")
_SPACES = re.compile(r"[\s\u3000\xa0]+")
_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\u02ff])[\s\u3000\xa0]+(?=[^\x00-\u02ff])")
_APOSTROPHES = "'’‘`＇"

_BLANK = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "NULL", "null", "None", "nan"}
)
"""What clerks write into a cell that has nothing to say."""

# RE2 patterns of what needs no cleaning.
_CLEAN_NUMBER = r"^[0-9]+X?$"
_CLEAN_TEXT = r"^[^\s\pC\x{3000}\x{a0}'’‘`＇\-—/\\无暂空NUnul]+$"


def numbers(values: pa.Array) -> pa.Array:
    """Clean identity and account numbers.

    Half-width, no spaces or invisible characters, no leading apostrophe, upper-case X.

    >>> numbers(pa.array(["'140122 19800101 001ｘ", "——"])).to_pylist()
    ['14012219800101001X', None]
    """
    return _apply(values, _CLEAN_NUMBER, _number)


def names(values: pa.Array) -> pa.Array:
    """Clean names: no spaces between Chinese characters (张　三), none at the ends.

    Nothing else is changed: a name is stored and sent as it was given.

    >>> names(pa.array(["张　三", "阿依 · 古丽", "无"])).to_pylist()
    ['张三', '阿依 · 古丽', None]
    """
    return _apply(values, _CLEAN_TEXT, _name)


def texts(values: pa.Array) -> pa.Array:
    """Clean other texts: one space where several stood, no invisible characters.

    >>> texts(pa.array(["太原  小店", " 无业", "无"])).to_pylist()
    ['太原 小店', '无业', None]
    """
    return _apply(values, _CLEAN_TEXT, _text)


def _apply(values: pa.Array, clean: str, mend: Callable[[str], str]) -> pa.Array:
    """Mend what is unclean, each distinct text once; a cell of nothing but spaces becomes null."""
    unclean = pc.invert(pc.match_substring_regex(values, clean))
    if not pc.any(unclean).as_py():
        return values
    given = pc.filter(values, unclean).dictionary_encode()
    mended = [_or_none(mend(text)) for text in given.dictionary.to_pylist()]
    return pc.replace_with_mask(
        values,
        pc.coalesce(unclean, pa.scalar(value=False)),
        pa.array(mended, values.type).take(given.indices),
    )


def _or_none(text: str) -> str | None:
    return None if text in _BLANK else text


def _number(text: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _SPACES.sub("", plain).lstrip(_APOSTROPHES).upper()


def _name(text: str) -> str:
    return _BETWEEN_HAN.sub("", _text(text))


def _text(text: str) -> str:
    plain = _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()
    return plain.lstrip(f"{_APOSTROPHES} ")
