"""Categories of assistance: codes, titles, and the many words that rosters use for them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace

from relief_cli.i18n import N_
from relief_cli.policy.files import Table, check_keys, mistyped
from relief_cli.policy.schema import refusal

KEYS = ("category", "residence")
"""The top-level keys of policy files that this module reads."""

_REQUIRED = {"code": str}
_OPTIONAL = {
    "zh": str,
    "en": str,
    "aliases": list,
    "urban": str,
    "rural": str,
    "by_support_mode": bool,
}
RESIDENCES = ("urban", "rural")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_IGNORED = re.compile(r"[\s()\[\]{}<>【】〔〕《》「」]+")


@dataclass(frozen=True)
class Category:
    """One category of assistance."""

    code: str
    zh: str = ""
    en: str = ""
    urban: str = ""
    """The code that it becomes for residents of a town; empty where the residence says nothing."""
    rural: str = ""
    by_support_mode: bool = False
    """Its people are paid by support mode: 分散 to the person, 集中 through the institution."""
    file: str = ""


@dataclass(frozen=True)
class Categories:
    """All categories that are known."""

    by_code: Mapping[str, Category]
    residences: Mapping[str, str]
    """Folded word of the residence column → ``urban`` or ``rural``."""
    words: Mapping[str, str]
    """Folded word of the category column → code."""

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all categories."""
        return frozenset(self.by_code)

    @property
    def content(self) -> object:
        """What the categories say, for digests; built of plain lists and dictionaries."""
        said = [astuple(replace(one, file="")) for one in self.by_code.values()]
        return [sorted(said), dict(self.words), dict(self.residences)]

    def title(self, code: str, language: str) -> str:
        """Give the title of the category ``code`` in ``language`` (``zh`` or ``en``).

        Raises:
            KeyError: no such category (a fault of the program).
        """
        category = self.by_code[code]
        return category.zh if language == "zh" else category.en

    def mentioned(self, text: str) -> str | None:
        """Give the word for the one category that ``text`` (a title) speaks of.

        A longer word goes before one within it (农村低保 before 低保). None where no category is
        named, or several.
        """
        folded = fold(text)
        found = [word for word in self.words if word in folded]
        outer = [one for one in found if not any(one in other for other in found if other != one)]
        codes = {self.words[word] for word in outer}
        return outer[0] if len(codes) == 1 else None


def fold(word: str) -> str:
    """Give ``word`` as words are compared: one width of characters, no blanks, no brackets.

    >>> fold("低保 （农村）")
    '低保农村'
    """
    return _IGNORED.sub("", unicodedata.normalize("NFKC", word))


def read_categories(tables: Iterable[tuple[str, Table]]) -> Categories:
    """Give the categories of policy files, later ones adding to earlier ones.

    Args:
        tables: name and content of each file.

    Raises:
        PolicyError: an unknown or mistyped key, a category without title, an unknown code, or a
            word that means two things.
    """
    by_code: dict[str, Category] = {}
    residences: dict[str, str] = {}
    words: dict[str, str] = {}
    for file, table in tables:
        entries = table.get("category", [])
        if not isinstance(entries, list):
            raise mistyped(
                file, "category", N_("Its blocks begin with two brackets: [[category]].")
            )
        for entry in entries:
            category, aliases = _read_entry(file, entry, by_code)
            by_code[category.code] = category
            key = f"category.{category.code}.aliases"
            _add_words(words, (category.zh, *aliases), category.code, file, key)
        lists = dict.fromkeys(RESIDENCES, list)
        found = check_keys(file, "residence", table.get("residence", {}), {}, lists)
        for kind, given in found.items():
            _add_words(residences, given, kind, file, f"residence.{kind}")
    for category in by_code.values():
        _check_codes(category, by_code)
    return Categories(by_code, residences, words)


def _read_entry(
    file: str, entry: object, known: Mapping[str, Category]
) -> tuple[Category, list[str]]:
    table = dict(check_keys(file, "category", entry, _REQUIRED, _OPTIONAL))
    code = table["code"]
    if not _CODE.fullmatch(code):
        raise mistyped(
            file, "category.code", N_("A code is small letters and _, such as rural_dibao.")
        )
    aliases: list[str] = table.pop("aliases", [])
    category = replace(known.get(code, Category(code)), **table, file=file)
    for key in ("zh", "en"):
        if not getattr(category, key):
            raise refusal(
                "policy-key-missing",
                N_("{key} is missing"),
                file,
                f"category.{code}.{key}",
                N_("A category of the office's own needs a title in both languages."),
            )
    return category, aliases


def _check_codes(category: Category, by_code: Mapping[str, Category]) -> None:
    for kind in RESIDENCES:
        code = getattr(category, kind)
        if code and code not in by_code:
            raise refusal(
                "policy-category-unknown",
                N_("{key} names the category {category}, which is not known"),
                category.file,
                f"category.{category.code}.{kind}",
                N_("Correct the code, or add a block [[category]] for it."),
                category=code,
            )


def _add_words(
    words: dict[str, str], given: Iterable[str], meaning: str, file: str, key: str
) -> None:
    for word in given:
        folded = fold(word)
        if words.setdefault(folded, meaning) != meaning:
            raise refusal(
                "policy-word-twice",
                N_("{key}: “{word}” already means {meaning}"),
                file,
                key,
                N_("A word may mean one thing only; take it out of one of the two."),
                word=word,
                meaning=words[folded],
            )
