"""The fields of a roster, and the headers under which they arrive."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from relief_cli.errors import PolicyError
from relief_cli.i18n import N_

MONEY = (
    "monthly_amount",
    "supplement",
    "household_supplement",
    "person_supplement",
    "arrears",
    "total",
    "basic_living_standard",
    "care_amount",
    "income_per_head",
)
"""Fields that hold yuan."""

IDS = ("id_number", "household_head_id_number")
NUMBERS_AS_TEXT = (*IDS, "account_number", "institution_account")
"""Fields whose digits Excel destroys when it takes them for a number (it keeps 15)."""

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x1f\x7f-\x9f]+")
_UNIT = re.compile(r"[(\[【〔]元(/[年月季人户])*[)\]】〕]|元$")
_BRACKETS = re.compile(r"[()\[\]【】〔〕*:“”\"']")
_HINT = re.compile(
    r"[(\[【〔][^)\]】〕]*(必填|选填|必录|必选|可选|下拉|不能为空|不可为空|请填|请选|文本|格式)[^)\]】〕]*[)\]】〕]"
    r"|[(\[【〔][A-Za-z][A-Za-z /_.-]*[)\]】〕]"
    r"|(必填|选填|下拉选择)$"
)
"""What a form says beside a title about how to fill it in, and a title's English."""
_MARKS = re.compile(r"[★☆※●◆▲△✱]")
_NUMBERED = re.compile(r"[0-9一二三四五六七八九十]+")
_ENOUGH = 3
_ENOUGH_OF_A_LIST = 2
"""A list of another department need not say more than who is meant: name and ID."""


@dataclass(frozen=True)
class Field:
    """One field: whose column it is, and which headers mean it."""

    name: str
    of_person: bool
    unique: bool
    headers: tuple[str, ...]
    member_headers: tuple[str, ...]
    weak_headers: frozenset[str]
    """Those of the headers that mean it only where no other one stands in the sheet."""
    first_wins: bool
    carried: bool
    """Whether anything is computed from it; else it is known, and stays in the row's cells."""


@dataclass(frozen=True)
class Meaning:
    """What one header means."""

    field: str
    member: bool = False
    """The header says that a household member stands in this column (家庭成员姓名)."""
    rank: int = 0
    """The header's place in the field's list; the lowest wins where the field says so."""
    weak: bool = False
    """It means the field only where no other header of it stands in the sheet."""


class Headers:
    """Knows which header means which field.

    Args:
        fields: the fields by name, as :func:`load_headers` gives them.
        enough: so many fields must be understood before a row is taken for a header.
    """

    def __init__(self, fields: Mapping[str, Field], enough: int = _ENOUGH) -> None:
        self.fields = dict(fields)
        self.enough = enough
        self._meanings: dict[str, Meaning] = {}
        for field in fields.values():
            for rank, header in enumerate(field.headers):
                weak = header in field.weak_headers
                self._meanings[header] = Meaning(field.name, rank=rank, weak=weak)
            for header in field.member_headers:
                self._meanings[header] = Meaning(field.name, member=True)

    def meaning(self, header: str) -> Meaning | None:
        """Give what ``header`` means, None where it is not known.

        A number in the header (成员1姓名, 姓名2) is looked over when the rest means a person's
        own field: such columns stand side by side, one group for each household member.
        """
        found = self._meaning(normal(header))
        return found or self._meaning(normal(_without_hints(header)))

    def _meaning(self, key: str) -> Meaning | None:
        found = self._meanings.get(key)
        if found or not key:
            return found
        bare = _NUMBERED.sub("", key)
        found = self._meanings.get(bare) if bare != key else None
        if found and self.fields[found.field].of_person:
            return Meaning(found.field, member=True)
        return None


def _without_hints(header: str) -> str:
    """Give a title without what is said about it.

    >>> _without_hints("★姓名（必填）"), _without_hints("姓名(Name)")
    ('姓名', '姓名')
    >>> _without_hints("救助类别(下拉选择)"), _without_hints("姓名（户主）")
    ('救助类别', '姓名（户主）')
    """
    text = unicodedata.normalize("NFKC", header)
    bare = _HINT.sub("", _MARKS.sub("", text))
    return bare if bare != text else header


def normal(header: str) -> str:
    """Give the form in which headers are compared: half-width, no spaces, brackets or unit.

    >>> normal(" 发放 金额（元/月）"), normal("“姓名”：")
    ('发放金额', '姓名')
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", header))
    return _BRACKETS.sub("", _UNIT.sub("", text))


@lru_cache
def _built_in() -> dict[str, dict[str, object]]:
    text = resources.files("relief_cli.roster").joinpath("data/headers.toml").read_text("utf-8")
    return tomllib.loads(text)


def load_headers(
    extra: Mapping[str, Sequence[str]] | None = None, *, lists: bool = False
) -> Headers:
    """Load the known headers, with an office's own added.

    Args:
        extra: field name → further headers (``[reading.headers]`` of ``relief.toml``).
        lists: those of lists of other departments (deaths, employment …), not of rosters.

    Raises:
        PolicyError: ``header-field-unknown``, ``extra`` names a field that does not exist.
    """
    extra = extra or {}
    known = _built_in()
    for name in extra:
        if name not in known:
            raise PolicyError(
                "header-field-unknown",
                N_("relief.toml gives headers for a field that does not exist: {field}"),
                remedy=N_("Use one of these fields: {fields}"),
                file="relief.toml",
                field=name,
                fields=", ".join(known),
            )
    chosen = {
        name: entry
        for name, entry in known.items()
        if entry.get("lists" if lists else "rosters", not lists)
    }
    fields = {
        name: _field(name, entry, extra.get(name, ()), lists=lists)
        for name, entry in chosen.items()
    }
    return Headers(fields, _ENOUGH_OF_A_LIST if lists else _ENOUGH)


def _field(name: str, entry: Mapping[str, object], extra: Sequence[str], *, lists: bool) -> Field:
    def normals(key: str) -> tuple[str, ...]:
        given = entry.get(key, [])
        return tuple(normal(str(header)) for header in given) if isinstance(given, list) else ()

    return Field(
        name=name,
        of_person=entry["of"] == "person",
        unique=bool(entry["unique"]),
        headers=(
            *normals("headers"),
            *normals("weak_headers"),
            *(normals("list_headers") if lists else ()),
            *(normal(header) for header in extra),
        ),
        member_headers=normals("member_headers"),
        weak_headers=frozenset(normals("weak_headers")),
        first_wins=bool(entry.get("first_wins", False)),
        carried=lists or bool(entry.get("carried", True)),
    )
