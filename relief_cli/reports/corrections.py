"""The rows that a township has to put right, as it sent them, with what to do beside each.

One implementation for held.xlsx and for the workbook of ``relief check``. A sheet that is made
here is a roster again: original headers in row 1, original cells below them, the explanations in
columns that no roster field is called.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from relief_cli.checks.accepting import NOT_ACCEPTED
from relief_cli.i18n import N_
from relief_cli.reports.words import Wording
from relief_cli.roster.grid import CELL_SEPARATOR

ADDED = (
    N_("Problem codes"),
    N_("Reason"),
    N_("How to put it right"),
    N_("Source file"),
    N_("Source sheet"),
    N_("Source row"),
)
"""The headers of the added columns, in order."""

_COLUMN = re.compile("[A-Z]+")
_Origin = tuple[int, int]
"""Sheet (which says the file) and row of the spreadsheet."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What else is written beside the rows, after the added columns."""

    headers: tuple[str, ...] = ()
    """Marked messages."""
    texts: Mapping[_Origin, tuple[str, ...]] = field(default_factory=dict)
    """A text for each header."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check found, and in which rows."""

    rows: pd.DataFrame
    """The columns of :data:`relief_cli.batch.UNPAID`, ``fate`` or not; one line per person."""
    findings: pd.DataFrame
    """As :data:`relief_cli.batch.FINDINGS`."""
    sheets: pd.DataFrame
    """As :data:`relief_cli.batch.SHEETS`."""
    inputs: pd.DataFrame
    """As :data:`relief_cli.batch.INPUTS`."""
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One spreadsheet row to put right."""

    cells: tuple[str, ...]
    codes: tuple[str, ...]
    """Errors first; a code once, however many of the row's people have it."""
    marks: Mapping[int, str]
    """0-based column among ``cells`` → the code that is wrong with it."""
    details: Mapping[str, tuple[str, ...]]
    """Code → headers and details of its findings, for the reason."""
    file: str
    sheet: str
    sheet_row: int
    beside: tuple[str, ...] = ()
    """As :attr:`Beside.texts`."""


@dataclass(kw_only=True)
class Layout:
    """Rows of one header, whatever files and sheets they came from."""

    name: str
    """The source sheet's name; blank where the rows come from sheets of several names."""
    header: tuple[str, ...]
    rows: list[Row]


@dataclass
class _Gathered:
    """The people of one spreadsheet row, as one."""

    cells: str
    codes: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a finding points."""

    code: str
    column: int
    """0-based; -1 where no cell is named."""
    detail: str


class _Source:
    """A sheet of a roster, and which of its columns go into the workbook.

    A workbook of ours that comes back with faults must not grow by six columns each time: its
    added columns are left out.
    """

    def __init__(self, file: str, name: str, given: tuple[str, ...], own: Container[str]) -> None:
        self.file = file
        self.name = name
        self.kept = [index for index, header in enumerate(given) if header not in own]
        self.header = tuple(given[index] for index in self.kept)
        self._places = {index: place for place, index in enumerate(self.kept)}

    def row(
        self, sheet_row: int, gathered: _Gathered, places: list[_Place], wording: Wording
    ) -> Row:
        """Put one spreadsheet row together with what its findings say."""
        codes = sorted(gathered.codes, key=wording.severity_rank)
        marks: dict[int, str] = {}
        details: dict[str, dict[str, None]] = {code: {} for code in codes}
        for place in places:
            if place.code not in details:
                continue  # it belongs to someone of the same row who was paid
            header = ""
            if place.column in self._places:
                kept = self._places[place.column]
                marks[kept] = min(place.code, marks.get(kept, place.code), key=codes.index)
                header = self.header[kept]
            notes = dict.fromkeys(note for note in (header, place.detail) if note)
            details[place.code].update(notes)
        cells = gathered.cells.split(CELL_SEPARATOR)
        return Row(
            cells=tuple(cells[index] for index in self.kept),
            codes=tuple(codes),
            marks=marks,
            details={code: tuple(notes) for code, notes in details.items()},
            file=self.file,
            sheet=self.name,
            sheet_row=sheet_row,
        )


def layouts(checked: Checked, wording: Wording) -> list[Layout]:
    """Gather the rows to put right by the header under which they came.

    People who stood side by side in one spreadsheet row give one row with the codes of all. When
    it returns, those of them who were paid are skipped as paid already.

    Args:
        checked: the rows; findings of other rows are passed over.
        wording: gives the order of the codes, and the added columns of a workbook that came back.

    Raises:
        KeyError: a code without a text, a sheet that is not there (a fault of the program).
    """
    headers = (*ADDED, *checked.beside.headers)
    sources = _sources(checked.sheets, checked.inputs, _own_headers(headers, wording))
    places = _places(checked.findings)
    found: dict[tuple[str, ...], Layout] = {}
    for (sheet, sheet_row), gathered in _by_origin(checked.rows).items():
        source = sources[sheet]
        header = source.header
        layout = found.setdefault(header, Layout(name=source.name, header=header, rows=[]))
        if layout.name != source.name:
            layout.name = ""
        row = source.row(sheet_row, gathered, places.get((sheet, sheet_row), []), wording)
        layout.rows.append(replace(row, beside=checked.beside.texts.get((sheet, sheet_row), ())))
    return list(found.values())


def _own_headers(headers: Iterable[str], wording: Wording) -> frozenset[str]:
    """Give the added headers, also as a roster's are read: without spaces."""
    said = [text for one in headers for text in (one, wording.say(one))]
    return frozenset([*said, *("".join(text.split()) for text in said)])


def column_number(cell: str) -> int:
    """Give the 0-based column of a cell: ``A1`` → 0, ``AB7`` → 27; -1 where no cell is named.

    >>> column_number("A1"), column_number("AB7"), column_number("")
    (0, 27, -1)
    """
    letters = _COLUMN.match(cell)
    number = 0
    for letter in letters.group() if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _sources(sheets: pd.DataFrame, inputs: pd.DataFrame, own: Container[str]) -> dict[int, _Source]:
    files = dict(zip(inputs["input"], inputs["name"], strict=True))
    columns = (sheets[name] for name in ("sheet", "input", "name", "header"))
    return {
        sheet: _Source(files[file], name, tuple(header.split(CELL_SEPARATOR)), own)
        for sheet, file, name, header in zip(*columns, strict=True)
    }


def _by_origin(rows: pd.DataFrame) -> dict[_Origin, _Gathered]:
    """Join the people of one spreadsheet row, in the order of the files."""
    ordered = rows.sort_values(["input", "sheet", "sheet_row", "member"], kind="stable")
    columns = (ordered[name] for name in ("sheet", "sheet_row", "codes", "cells"))
    gathered: dict[_Origin, _Gathered] = {}
    for sheet, sheet_row, codes, cells in zip(*columns, strict=True):
        row = gathered.setdefault((sheet, sheet_row), _Gathered(cells))
        row.codes.update(dict.fromkeys(codes.split(",")))
    return gathered


def _places(findings: pd.DataFrame) -> dict[_Origin, list[_Place]]:
    told = (findings["sheet_row"] > 0) & (findings["acceptance"] == NOT_ACCEPTED)
    rows = findings[told].fillna({"cell": "", "detail": ""})
    columns = (rows[name] for name in ("sheet", "sheet_row", "code", "cell", "detail"))
    places: dict[_Origin, list[_Place]] = {}
    for sheet, sheet_row, code, cell, detail in zip(*columns, strict=True):
        place = _Place(code=code, column=column_number(cell), detail=detail)
        places.setdefault((sheet, sheet_row), []).append(place)
    return places
