"""What the policy says about lists of other departments: effects by kind, criteria of screening."""

import re
from dataclasses import dataclass
from typing import Any

HOLD, WARN = "hold", "warn"
EVERY_KIND = "*"
"""In :attr:`Criterion.disabilities`: every kind of disability that is not named."""
_GRADES = frozenset({1, 2, 3, 4})
_CODE = re.compile(r"[a-z]+([_-][a-z]+)*")
_TITLES = frozenset({"zh", "en"})


@dataclass(frozen=True)
class Effect:
    """What it means for a row that its person stands on a list of one kind."""

    kind: str
    holds: bool
    """The row is held; else it is paid with a warning."""
    zh: str
    en: str
    ends: bool = False
    """Whether the list's date is the end of a claim (a death), so that what was before is due."""

    def title(self, language: str) -> str:
        """Give what the list is called, in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        """Give all of it in one line."""
        ends = ", ends" if self.ends else ""
        return f"{self.kind} {HOLD if self.holds else WARN}{ends} ({self.zh}, {self.en})"


@dataclass(frozen=True)
class Criterion:
    """Whom a list of disabled people shows to be missing on rosters."""

    code: str
    zh: str
    en: str
    disabilities: tuple[tuple[str, tuple[int, ...]], ...]
    """Kind of disability, or :data:`EVERY_KIND`, and the grades that count."""
    families: tuple[str, ...] = ()
    """Categories of whose rosters the person must be on one; empty: the person is on none."""
    on_none_of: tuple[str, ...] = ()
    """Categories of the benefit: whoever is on a roster of theirs has it already."""

    def title(self, language: str) -> str:
        """Give what it is about, in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en

    def grades(self, kind: str) -> tuple[int, ...]:
        """Give the grades that count for a kind of disability."""
        known = dict(self.disabilities)
        return known.get(kind, known.get(EVERY_KIND, ()))

    def __str__(self) -> str:
        """Give all of it in one line."""
        counted = "; ".join(f"{kind} {','.join(map(str, g))}" for kind, g in self.disabilities)
        families, benefit = "+".join(self.families), "+".join(self.on_none_of)
        return f"{self.code} [{counted}] {families} - {benefit} ({self.zh}, {self.en})"


def read_effects(value: object) -> tuple[Effect, ...] | None:
    """Give the effects by kind that a policy file says, or None where it is not sound."""
    if not isinstance(value, dict) or not value:
        return None
    read = [_effect(kind, entry) for kind, entry in value.items()]
    sound = [one for one in read if one is not None]
    return tuple(sound) if len(sound) == len(read) else None


def _effect(kind: str, entry: object) -> Effect | None:
    if not _CODE.fullmatch(kind) or not _is_entry(entry, {"effect"}, {"ends"}):
        return None
    given: Any = entry
    if given["effect"] not in (HOLD, WARN):
        return None
    if not isinstance(given.get("ends", False), bool):
        return None
    return Effect(
        kind=kind,
        holds=given["effect"] == HOLD,
        zh=given["zh"],
        en=given["en"],
        ends=given.get("ends", False),
    )


def read_criteria(value: object) -> tuple[Criterion, ...] | None:
    """Give the criteria of screening that a policy file says, or None where one is not sound."""
    if not isinstance(value, list) or not value:
        return None
    read = [_criterion(entry) for entry in value]
    sound = [one for one in read if one is not None]
    codes = {one.code for one in sound}
    return tuple(sound) if len(codes) == len(read) else None


def _criterion(entry: object) -> Criterion | None:
    if not _is_entry(entry, {"code", "disabilities"}, {"families", "on_none_of"}):
        return None
    given: Any = entry
    families, benefit = given.get("families", []), given.get("on_none_of", [])
    if not (_are_texts(families) and _are_texts(benefit)):
        return None
    kinds = given["disabilities"]
    if not _is_text(given["code"]) or not isinstance(kinds, dict) or not kinds:
        return None
    if not _CODE.fullmatch(given["code"]) or not all(map(_are_grades, kinds.values())):
        return None
    return Criterion(
        code=given["code"],
        zh=given["zh"],
        en=given["en"],
        disabilities=tuple((kind, tuple(grades)) for kind, grades in kinds.items()),
        families=tuple(families),
        on_none_of=tuple(benefit),
    )


def _is_entry(entry: object, required: set[str], optional: set[str]) -> bool:
    """Say whether it is a table with both titles, what is required, and nothing unknown."""
    if not isinstance(entry, dict) or not all(_is_text(entry.get(name)) for name in _TITLES):
        return False
    return required | _TITLES <= entry.keys() <= required | optional | _TITLES


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_grades(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(type(grade) is int and grade in _GRADES for grade in value)
