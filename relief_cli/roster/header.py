"""Finds the header of a sheet and says which column means what."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from relief_cli.roster.fields import Headers, Meaning, normal
from relief_cli.roster.grid import Cell, Merge, cell_text

SEARCHED_ROWS = 40
"""A header stands below titles and notes, but not deeper than this."""

_ENOUGH = 3
"""Columns in which a row must repeat the header before it is taken for one again."""

_FILLER = re.compile("(信息|情况|资料|基本信息|基本情况)$")
_LONG_NUMBER = re.compile(r"[0-9]{8,}[Xx]?")
IDENTIFYING = {"name": "姓名", "id_number": "身份证号"}
"""Fields without which nobody is identified, each with its usual title."""
_PEOPLE = ("name", "id_number", "household_head", "household_head_id_number")


@dataclass(frozen=True)
class Column:
    """A column that is understood."""

    index: int
    """0-based."""
    field: str
    slot: int
    """0, or which of several people who stand side by side in one row."""


@dataclass(frozen=True)
class Layout:
    """What the header of one sheet says."""

    header: tuple[str, ...]
    """The header cell of each column, a two-row header joined as it was understood."""
    last_row: int
    """0-based row of the header's last row; the data start below."""
    columns: tuple[Column, ...]
    slots: int
    """People per row; more than 1 where household members stand side by side."""
    head_in_row: bool
    """The household's head stands before the members in the same row, and is one of the people."""
    repeated: tuple[str, ...]
    """Headers of a field that two columns claim (F005)."""
    ignored: tuple[str, ...]
    """Headers that are not understood."""

    def has(self, field: str) -> bool:
        """Say whether the sheet has a column of ``field``."""
        return any(column.field == field for column in self.columns)


@dataclass(frozen=True)
class _Candidate:
    texts: tuple[str, ...]
    meanings: tuple[Meaning | None, ...]
    last_row: int

    @property
    def score(self) -> int:
        return len({meaning.field for meaning in self.meanings if meaning})

    @property
    def names_people(self) -> bool:
        return any(meaning and meaning.field in _PEOPLE for meaning in self.meanings)


def find_header(
    rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], headers: Headers
) -> Layout | None:
    """Find the header among the first rows of a sheet.

    Args:
        rows: the sheet's first rows, from row 1 on.
        merges: merged cells of the sheet.
        headers: the known headers.

    Returns:
        The layout, or None where no row looks like a header (F003).
    """
    best: _Candidate | None = None
    for index in range(min(len(rows), SEARCHED_ROWS)):
        for candidate in _candidates(rows, merges, headers, index):
            if not candidate.names_people or candidate.score < headers.enough:
                continue
            if best is None or candidate.score > best.score:
                best = candidate
    return _layout(best, headers) if best else None


@dataclass(frozen=True)
class Nearest:
    """The row that looks most like a header where none is one."""

    row: int
    """1-based."""
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    """Titles that are not understood; none where the row may be a person's."""
    missing: tuple[str, ...]
    """Titles without which nobody is identified."""


def nearest_header(
    rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], headers: Headers
) -> Nearest | None:
    """Find the row that :func:`find_header` would have needed; None where no title is known."""
    candidates = [
        candidate
        for index in range(min(len(rows), SEARCHED_ROWS))
        for candidate in _candidates(rows, merges, headers, index)
    ]
    best = max(candidates, key=lambda candidate: candidate.score, default=None)
    if best is None or not best.score:
        return None
    fields = {meaning.field for meaning in best.meanings if meaning}
    given = zip(best.texts, best.meanings, strict=True)
    titles = [(_shown(text), meaning) for text, meaning in given if text]
    return Nearest(
        row=best.last_row + 1,
        known=tuple(text for text, meaning in titles if meaning),
        unknown=tuple(text for text, meaning in titles if not meaning) if best.score > 1 else (),
        missing=tuple(title for field, title in IDENTIFYING.items() if field not in fields),
    )


def _candidates(
    rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], headers: Headers, index: int
) -> list[_Candidate]:
    top = [_plain(cell) for cell in rows[index]]
    single = _Candidate(tuple(top), tuple(headers.meaning(text) for text in top), index)
    if index + 1 >= len(rows):
        return [single]
    bottom = [_plain(cell) for cell in rows[index + 1]]
    if sum(headers.meaning(text) is not None for text in bottom) < 2:
        return [single]
    spread = _spread(top, bottom, [merge for merge in merges if merge[0][0] == index])
    pairs = [_joined(upper, lower, headers) for upper, lower in zip(spread, bottom, strict=True)]
    return [single, _Candidate(tuple(p[0] for p in pairs), tuple(p[1] for p in pairs), index + 1)]


def _plain(cell: Cell) -> str:
    return re.sub(r"\s+", "", cell_text(cell)) if isinstance(cell, str) else ""


def _spread(top: list[str], bottom: list[str], merges: list[Merge]) -> list[str]:
    """Write the text of a merged upper cell over all columns that it spans."""
    spread = list(top)
    for (_, first), (_, last) in merges:
        spread[first : last + 1] = [top[first]] * (min(last + 1, len(top)) - first)
    if not merges:  # a CSV has no merges: an empty upper cell over a lower one belongs to its left
        for column in range(1, len(spread)):
            if not spread[column] and bottom[column]:
                spread[column] = spread[column - 1]
    return spread


def _joined(upper: str, lower: str, headers: Headers) -> tuple[str, Meaning | None]:
    if not lower:
        return upper, headers.meaning(upper)
    for text in (upper + lower, _FILLER.sub("", upper) + lower, lower):
        meaning = headers.meaning(text)
        if meaning:
            return text, meaning
    return lower, None


def _layout(found: _Candidate, headers: Headers) -> Layout:
    claims: dict[str, list[tuple[int, Meaning]]] = {}
    for index, meaning in enumerate(found.meanings):
        if meaning:
            claims.setdefault(meaning.field, []).append((index, meaning))
    _plain_is_head(claims)
    _head_is_person(claims)
    slots = _people_per_row(claims)
    columns: list[Column] = []
    repeated: list[str] = []
    for field, places in claims.items():
        taken = _taken(field, places, slots, headers)
        columns += taken
        if not taken:
            repeated += [_shown(found.texts[index]) for index, _ in places]
    return Layout(
        header=found.texts,
        last_row=found.last_row,
        columns=tuple(columns),
        slots=slots,
        head_in_row=slots > 1 and "household_head" in claims,
        repeated=tuple(repeated),
        ignored=tuple(
            _shown(text)
            for text, meaning in zip(found.texts, found.meanings, strict=True)
            if text and not meaning
        ),
    )


def _shown(header: str) -> str:
    """Give a header as it may be shown: an ID or account that stands there is nobody's to read."""
    return _LONG_NUMBER.sub("****", header)


def _plain_is_head(claims: dict[str, list[tuple[int, Meaning]]]) -> None:
    """Read 姓名 as the head's where 家庭成员姓名 stands beside it and 户主姓名 does not."""
    for field, head in (("name", "household_head"), ("id_number", "household_head_id_number")):
        places = claims.get(field, [])
        plain = [place for place in places if not place[1].member]
        if len(plain) == 1 and len(places) > 1 and head not in claims:
            claims[head] = plain
            claims[field] = [place for place in places if place[1].member]


def _head_is_person(claims: dict[str, list[tuple[int, Meaning]]]) -> None:
    """Read the head's columns as the person's own where a sheet names nobody else.

    Where it names others, the head's number is not theirs, and their own is missing (F004).
    """
    if "name" not in claims and "household_head" in claims:
        claims["name"] = claims["household_head"]
        if "id_number" not in claims and "household_head_id_number" in claims:
            claims["id_number"] = claims["household_head_id_number"]


def _people_per_row(claims: dict[str, list[tuple[int, Meaning]]]) -> int:
    """Count the pairs of name and ID; a name or ID without its other half makes no person."""
    names, numbers = (len(claims.get(field, ())) for field in ("name", "id_number"))
    return max(names, 1) if names == numbers else 1


def _taken(
    field: str, places: list[tuple[int, Meaning]], slots: int, headers: Headers
) -> list[Column]:
    """Choose the columns of one field; none where two columns claim it and neither can give way."""
    places = [place for place in places if not place[1].weak] or places
    if len(places) == slots and headers.fields[field].of_person:
        return [Column(index, field, slot) for slot, (index, _) in enumerate(places)]
    ranks = Counter(meaning.rank for _, meaning in places)
    first = min(ranks)
    if (
        headers.fields[field].unique
        and len(places) > 1
        and not (headers.fields[field].first_wins and ranks[first] == 1)
    ):
        return []
    index = next(index for index, meaning in places if meaning.rank == first)
    return [Column(index, field, 0)]


def is_header_again(texts: Sequence[str], layout: Layout) -> bool:
    """Say whether a data row only repeats the header, as printed pages that were joined do."""
    shared = [
        normal(text) == normal(layout.header[column.index])
        for column in layout.columns
        if (text := texts[column.index])
    ]
    return len(shared) >= min(_ENOUGH, len(layout.columns)) and all(shared)
