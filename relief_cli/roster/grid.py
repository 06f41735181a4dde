"""A sheet as a reader gives it, before anything is understood."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

Cell = str | int | float | bool | dt.date | dt.time | dt.timedelta
"""What a cell holds; an empty cell is an empty text."""

CELL_SEPARATOR = "\x1f"
"""Joins the original cells of a row; a cell's own control characters are taken out before."""

CHUNK = 20_000
"""Rows that are held as Python objects at a time; bounds the memory of a reader."""

EXACT = 10**15
"""Whole numbers below this have at most the 15 digits that Excel keeps."""

Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell (row, column) of merged cells, 0-based, inclusive."""


@dataclass
class Features:
    """What stands in a sheet beside its values; all positions 0-based (row, column)."""

    formulas: list[tuple[int, int, bool]] = field(default_factory=list)
    """Formula cells; True where the file stores a value with the formula."""
    errors: list[tuple[int, int]] = field(default_factory=list)
    """Cells that hold an error such as ``#N/A``."""
    hidden_rows: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)


@dataclass
class Grid:
    """One visible sheet.

    ``chunks`` gives the rows from the first row and column A on, at most :data:`CHUNK` at a time,
    all of one width.
    """

    name: str
    chunks: Iterable[list[list[Cell]]]
    features: Features
    separated: bool = False
    """Marks divide the cells of a line: one mark too many shifts all cells after it."""


@dataclass(frozen=True)
class CellFinding:
    """A finding of the reader about one cell."""

    sheet_row: int
    """1-based."""
    code: str
    field: str
    cell: str
    """Such as ``C7``."""
    warning: bool = False
    """Overrides the rule's severity: the row is paid all the same."""


def cell_text(cell: Cell) -> str:
    """Give the text that a clerk sees in a cell formatted as General.

    Excel computes and keeps 15 significant digits; more digits of a float are its noise.

    >>> cell_text(300.0), cell_text(0.1 + 0.2), cell_text(True)
    ('300', '0.3', 'TRUE')
    >>> cell_text(6228480000000000018)
    '6228480000000000000'
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, int | float):
        return format(Decimal(f"{cell:.15g}"), "f")
    return str(cell)


def column_letter(index: int) -> str:
    """Give the letter of a 0-based column: 0 → ``A``, 26 → ``AA``.

    >>> column_letter(0), column_letter(25), column_letter(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(65 + rest) + letters
        index -= 1
    return letters
