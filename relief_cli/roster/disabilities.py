"""Kinds and grades of disability, as rosters and lists write them: 肢体二级, 肢体/2, 智力 Ⅲ级.

Each distinct text is read once; there are few of them however long the list is.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

MULTIPLE = "多重"
"""Several kinds in one person; the grade is that of the worst."""
UNTOLD = ""
"""The kind where only a grade is told."""


@dataclass(frozen=True)
class Disability:
    """What is known of somebody: kind → grade, 1 the most severe."""

    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        """Say whether a grade is told."""
        return bool(self.grades)

    @property
    def worst(self) -> int:
        """The most severe grade, 0 where none is told."""
        return min(self.grades.values(), default=0)

    def joined(self, other: "Disability") -> "Disability":
        """Give what two lines tell of one person: of each kind the more severe grade."""
        known = dict(self.grades)
        for kind, grade in other.grades.items():
            known[kind] = min(grade, known.get(kind, grade))
        return Disability(known)


@dataclass(frozen=True)
class _Words:
    kinds: Mapping[str, str]
    codes: Mapping[str, str]
    grades: Mapping[str, int]
    token: re.Pattern[str]


@lru_cache
def _words() -> _Words:
    text = (
        resources.files("relief_cli.roster").joinpath("data/disabilities.toml").read_text("utf-8")
    )
    said = tomllib.loads(text)
    kinds = {word: kind for kind, words in said["kinds"].items() for word in words}
    grades = {word: int(grade) for grade, words in said["grades"].items() for word in words}
    longest = sorted(grades, key=len, reverse=True)
    # A figure is a grade where 级 follows, or where nothing else does: 一户多残 has none.
    grade = rf"(?<![0-9IV])(?P<grade>{'|'.join(longest)})(?=[级等]|[^\w]|$)"
    return _Words(kinds, said["codes"], grades, re.compile(rf"(?P<kind>{'|'.join(kinds)})|{grade}"))


@lru_cache(maxsize=1 << 14)
def read(kind: str, grade: str = "") -> Disability:
    """Read what stands in the columns of kind and grade; either may hold both.

    A grade belongs to the kinds before it that have none; what is left without one has that of
    the column of grades, or the worst that is told (多重一级（肢体、智力）).

    Args:
        kind: the text of 残疾类别, or of a column of both.
        grade: the text of 残疾等级.

    >>> read("肢体二级").grades, read("视力", "壹级").grades
    ({'肢体': 2}, {'视力': 1})
    >>> read("肢体", "未评级").is_readable
    False
    """
    told: dict[str, int] = {}
    waiting: list[str] = []
    for found in _tokens(_words().codes.get(kind.strip(), kind) if grade else kind):
        if isinstance(found, str):
            waiting.append(found)
        else:
            told.update(dict.fromkeys(waiting or ([] if told else [UNTOLD]), found))
            waiting = []
    beside = read(grade) if grade else Disability()
    worst = beside.worst or min(told.values(), default=0)
    if not worst:
        return Disability()
    told.update(dict.fromkeys(waiting, worst))
    others = {name: number for name, number in beside.grades.items() if name != UNTOLD}
    if not told and not others:
        others = {UNTOLD: worst}
    return Disability({**told, **others})


def _tokens(text: str) -> list[str | int]:
    words = _words()
    plain = unicodedata.normalize("NFKC", text).upper()
    return [
        words.kinds[found["kind"]] if found["kind"] else words.grades[found["grade"]]
        for found in words.token.finditer(plain)
    ]
