"""Parses the XML of a sheet."""

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relief_cli.roster.xml_parts import broken, new_parser, run

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Of the elements of a sheet: ISO/IEC 29500 transitional, and strict."""
_MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = {"1", "true"}
_MIN = re.compile(rb"\smin\s*=\s*[\"']([0-9]{1,5})[\"']")
_MAX = re.compile(rb"\smax\s*=\s*[\"']([0-9]{1,5})[\"']")
_LETTERS = 26


def _no_columns() -> NDArray[np.bool_]:
    return np.zeros(MOST_COLUMNS, dtype=np.bool_)


@dataclass
class Marks:
    """What was found on a sheet so far; see ``SheetFeatures``."""

    formulas: list[tuple[int, int]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    """The value that stands with each formula."""
    errors: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: NDArray[np.bool_] = field(default_factory=_no_columns)
    autofilter: bool = False
    values: int = 0

    def hide_columns(self, first: int, last: int) -> None:
        """Mark the columns ``first`` to ``last``, counted from 1, both included."""
        self.hidden_columns[max(0, first - 1) : last] = True


def cell_position(reference: str) -> tuple[int, int] | None:
    """Give row and column, from 0, of a cell such as ``"C7"``; None where no sheet has it.

    >>> cell_position("C7"), cell_position("C0")
    ((6, 2), None)
    """
    parts = _REFERENCE.fullmatch(reference.upper())
    if parts is None:
        return None
    column = 0
    for letter in parts[1]:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    row = int(parts[2])
    if not 0 < row <= _MOST_ROWS or column > MOST_COLUMNS:
        return None
    return row - 1, column - 1


def span(tag: bytes) -> tuple[int, int]:
    """Give the first and last column, from 1, of a ``col`` element; (1, 0) where it tells none.

    >>> span(b'<col min="2" max="4" hidden="1"/>'), span(b"<col/>")
    ((2, 4), (1, 0))
    """
    first, last = _MIN.search(tag), _MAX.search(tag)
    return (int(first[1]), int(last[1])) if first and last else (1, 0)


def parse_sheet(xml: bytes) -> Marks:
    """Give what a full parse of a sheet finds.

    Raises:
        UnreadableError: F001, without a file's name; the XML is broken or declares entities.
    """
    sheet = _Sheet()
    parser = new_parser()
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.text
    parser.CommentHandler = sheet.interrupt
    parser.ProcessingInstructionHandler = sheet.interrupt
    parser.StartCdataSectionHandler = sheet.interrupt
    run(parser, xml)
    return sheet.marks


class _Sheet:
    """Follows the elements of a sheet; a row or cell without a position follows the one before."""

    def __init__(self) -> None:
        self.marks = Marks()
        self._row = -1
        self._column = -1
        self._in_formula_cell = False
        self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        handler = self._starts.get(element)
        if handler is not None and namespace in NAMESPACES:
            handler(self, attributes)

    def end(self, name: str) -> None:
        if name.endswith((" v", " is")):
            self.marks.values += 1
        if name.endswith(" v"):
            self._in_value = False
        elif name.endswith(" c"):
            self._in_formula_cell = False

    def text(self, text: str) -> None:
        if self._in_value and self._in_formula_cell:
            self.marks.stored[-1] += text.strip()

    def interrupt(self, *_content: str) -> None:
        """Refuse a value in pieces: of ``1<!-- -->2`` one reader makes 12 and another 1."""
        if self._in_value:
            raise broken()

    def _start_column(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden") in _TRUE and first.isdecimal() and last.isdecimal():
            self.marks.hide_columns(int(first[:6]), int(last[:6]))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        in_sheet = number.isdecimal() and 0 < int(number[:8]) <= _MOST_ROWS
        self._row = int(number) - 1 if in_sheet else self._row + 1
        self._column = -1
        if attributes.get("hidden") in _TRUE:
            self.marks.hidden_rows.append(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        position = cell_position(attributes.get("r", ""))
        self._row, self._column = position or (self._row, self._column + 1)
        self._in_formula_cell = False
        if attributes.get("t") == "e":
            self.marks.errors.append((self._row, self._column))

    def _start_formula(self, _attributes: dict[str, str]) -> None:
        if not self._in_formula_cell:
            self._in_formula_cell = True
            self.marks.formulas.append((self._row, self._column))
            self.marks.stored.append("")

    def _start_value(self, _attributes: dict[str, str]) -> None:
        self._in_value = True

    def _start_filter(self, _attributes: dict[str, str]) -> None:
        self.marks.autofilter = True

    _starts = {  # noqa: RUF012  # a table of methods, never changed
        "col": _start_column,
        "row": _start_row,
        "c": _start_cell,
        "f": _start_formula,
        "v": _start_value,
        "autoFilter": _start_filter,
    }
