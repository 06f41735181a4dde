"""R1: who a person is. Identity numbers after GB 11643-1999, regions after GB/T 2260."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from relief_cli.arrow import is_among, mask, texts
from relief_cli.checks.subject import Subject
from relief_cli.findings import Block, where
from relief_cli.roster import identity

_OLDEST_LIKELY = 110
_NAME = r"^[\pL〇\pM·•・‧∙⋅.．' ’-]*[\pL〇][\pL〇\pM·•・‧∙⋅.．' ’-]*$"
"""Letters of any script, the dots of minority names, and what stands inside Latin names.

〇 (U+3007) counts as a number in Unicode; 武〇 is a name.
"""

_LONGEST_NAME = 100
"""Characters; the longest names on ID cards have some thirty."""

_USUAL = r"^[\x{4E00}-\x{9FFF}]+$"
"""Chinese characters alone, as nearly every name: these need no closer look."""

_NO_NAMES = (
    *(
        "户主",
        "本人",
        "同上",
        "本户",
        "家属",
        "成员",
        "姓名",
        "某某",
        "无名",
        "无名氏",
        "不详",
        "未知",
    ),
    *(
        "待定",
        "配偶",
        "妻",
        "妻子",
        "夫",
        "丈夫",
        "子",
        "儿子",
        "长子",
        "次子",
        "之子",
        "女",
        "女儿",
    ),
    *("长女", "次女", "之女", "父", "父亲", "母", "母亲", "孙子", "孙女"),
)
"""Words that stand for somebody, where the name should be."""


def check(subject: Subject) -> list[Block]:
    """Check every ID and name (R101 to R110)."""
    people, found = subject.people, subject.roster.identities
    missing = people["id_number"].isna().to_numpy()
    number = people["id_number#number"].to_numpy()
    malformed = (found.key == identity.NOBODY) & ~missing & ~number
    usable = (found.key != identity.NOBODY) & ~number
    possible = identity.births_possible(found.birth, subject.as_of)
    known = _known(found.region)
    old = identity.ages(found.birth, subject.as_of) > _OLDEST_LIKELY
    name = people["name"]
    return [
        where("R101", missing, "id_number"),
        where("R102", malformed, "id_number"),
        where("R103", usable & found.check_wrong, "id_number"),
        where("R104", number & ~missing, "id_number"),
        where("R105", usable & ~possible, "id_number"),
        where("R106", usable & ~known, "id_number"),
        where("R107", usable & found.upgraded, "id_number"),
        where("R108", usable & possible & old, "id_number"),
        where("R109", name.isna().to_numpy() | is_among(name, _NO_NAMES), "name"),
        Block("R110", _no_names(name), "name"),
        _no_holder(people),
    ]


def _no_holder(people: pd.DataFrame) -> Block:
    """Find accounts whose holder is no name, where it is not the person's own (R110)."""
    holder, own = texts(people["payee_name"]), texts(people["name"])
    other = ~mask(pc.equal(holder, own)) & mask(holder.is_valid())
    rows = np.flatnonzero(other & ~people["institution"].to_numpy())
    names = people["payee_name"].iloc[rows]
    wrong = is_among(names, _NO_NAMES)
    wrong[_no_names(names)] = True
    return Block("R110", rows[wrong], "account_name")


def _no_names(name: pd.Series) -> npt.NDArray[np.int64]:
    """Give the rows of what is written as no name is.

    Chinese characters with Latin letters, such as 李四A, are among them: no bank knows these. So is
    what is longer than any name.
    """
    long = _longer(name, _LONGEST_NAME)
    rows = np.flatnonzero((~matches(name, _USUAL) | long) & name.notna().to_numpy())
    rest = name.iloc[rows]
    mixed = matches(rest, r"\p{Latin}") & matches(rest, r"\p{Han}")
    return rows[~matches(rest, _NAME) | mixed | long[rows]]


def _longer(values: pd.Series, characters: int) -> npt.NDArray[np.bool_]:
    return mask(pc.greater(pc.utf8_length(texts(values)), characters))


def _known(region: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    codes = identity.region_codes()
    place = np.minimum(np.searchsorted(codes, region), len(codes) - 1)
    known: npt.NDArray[np.bool_] = codes[place] == region
    return known


def matches(values: pd.Series, pattern: str) -> npt.NDArray[np.bool_]:
    """Say which values match an RE2 ``pattern``; a missing one does not."""
    return mask(pc.match_substring_regex(texts(values), pattern))
