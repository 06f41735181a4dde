"""Workbooks: one look, A4 pages, and the same bytes every time.

XlsxWriter is told no clock and no temporary files (a roster's rows must not lie about in /tmp).
Its zip is made anew, see :func:`relief_cli.sheet_rows.packed`: a file that is written twice must be
one file, on any machine.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from relief_cli import money_columns, sheet_rows
from relief_cli.arrow import texts
from relief_cli.i18n import N_, Translate

FONT = "宋体"
FONT_SIZE = 10
LINE_HEIGHT = 15
"""Points for one line of text in the default font."""
HIGHEST_ROW = 400
"""Points; the format allows 409."""
LONGEST_TEXT = 32_767
"""Characters in one cell, by the xlsx format; XlsxWriter drops a longer text without a word."""
MOST_FEN = 10**15 - 1
"""A spreadsheet keeps 15 significant digits: above this, a cell would not show every fen."""

_A4 = 9
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]|^'+|'+$")
_RESERVED_SHEET_NAME = "history"

AMOUNT = {"num_format": "#,##0.00", "align": "right", "indent": 1}
COUNT = {"num_format": "#,##0", "align": "right", "indent": 1}
TEXT = {"num_format": "@"}
GRID = {"border": 1, "valign": "vcenter"}
WRAP = {"text_wrap": True}
LABEL = {"border": 1, "valign": "vcenter", "text_wrap": True, "align": "left", "indent": 1}
HEADER = {"bold": True, "align": "center", "bg_color": "#D9E1F2", **GRID, **WRAP}
TOTAL = {"bold": True, "bg_color": "#F2F2F2"}
TITLE = {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}
SECTION = {"bold": True, "font_size": 11, "valign": "vcenter"}
NOTE = {"font_color": "#595959", "valign": "vcenter", **WRAP}


class Book:
    """A workbook in memory.

    Args:
        title: the document's title in its properties.
        translate: for the page footer.
    """

    def __init__(self, title: str, translate: Translate) -> None:
        self._buffer = io.BytesIO()
        self._translate = translate
        self._styles: dict[tuple[tuple[str, object], ...], Format] = {}
        self._names: set[str] = set()
        self._blocks: list[sheet_rows.Rows] = []
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_format_properties": {"font_name": FONT, "font_size": FONT_SIZE},
            },
        )
        self._book.set_properties({"title": title, "created": _CREATED})

    @property
    def sheets(self) -> list[Worksheet]:
        """The sheets, in their order."""
        return list(self._book.worksheets())

    def sheet(self, name: str, *, landscape: bool = False) -> Worksheet:
        """Add an A4 sheet, one page wide, with page numbers.

        Args:
            name: the wanted name; made legal and unique where it is not.
            landscape: for a wide table.
        """
        sheet: Worksheet = self._book.add_worksheet(self._legal(name))
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page = self._translate(N_("Page {page} of {pages}")).format(page="&P", pages="&N")
        sheet.set_footer(f"&C{page}")
        return sheet

    def style(self, *parts: Mapping[str, object]) -> Format:
        """Give the cell format of ``parts`` laid over each other, the later one on top."""
        merged = {key: value for part in parts for key, value in part.items()}
        key = tuple(sorted(merged.items()))
        if key not in self._styles:
            self._styles[key] = self._book.add_format(merged)
        return self._styles[key]

    def write_rows(self, rows: sheet_rows.Rows) -> None:
        """Write whole columns, below all rows that were written so before: not cell by cell."""
        self._blocks.append(rows)

    def chart(self, kind: Mapping[str, str]) -> Chart:
        """Add a native chart; the caller puts it on a sheet."""
        return self._book.add_chart(dict(kind))

    def content(self) -> bytes:
        """Close the workbook and give its bytes, which depend on what was written alone."""
        return sheet_rows.packed(self.parts())

    def parts(self) -> dict[str, bytes]:
        """Close the workbook and give its parts, for :func:`relief_cli.sheet_rows.packed`."""
        self._book.close()
        return sheet_rows.filled(sheet_rows.unpacked(self._buffer), self._blocks)

    def _legal(self, wanted: str) -> str:
        """Make a sheet name that Excel takes: short, without its special characters, used once."""
        stem = _NOT_IN_SHEET_NAME.sub("_", wanted).strip()[:_LONGEST_SHEET_NAME]
        if not stem or stem.lower() == _RESERVED_SHEET_NAME:
            stem = f"_{stem}"
        name, number = stem, 1
        while name.lower() in self._names:
            number += 1
            ending = f"_{number}"
            name = stem[: _LONGEST_SHEET_NAME - len(ending)] + ending
        self._names.add(name.lower())
        return name


def write_fen(sheet: Worksheet, row: int, column: int, fen: int, style: Format) -> None:
    """Write an amount as a number in yuan: the only place where money meets binary floats.

    The Decimal goes into the file digit by digit; whoever opens the file reads a double. Up to
    ``MOST_FEN`` (ten million million yuan) doubles lie closer together than half a fen, and 15
    digits show every fen, so that every amount comes back exact.

    Raises:
        OverflowError: the amount is larger, which no standard allows (a fault of the program).
    """
    _require_showable(fen)
    sheet.write_number(row, column, Decimal(int(fen)).scaleb(-2), style)


def fen_cells(fen: NDArray[np.int64]) -> pa.Array:
    """Give amounts as cells of :meth:`Book.write_rows`, as :func:`write_fen` writes one.

    Raises:
        OverflowError: as there.
    """
    _require_showable(int(np.abs(fen).max(initial=0)))
    return pa.array(money_columns.plain_column(fen), pa.large_string()).cast(pa.decimal128(18, 2))


def number_cells(numbers: NDArray[np.int64]) -> pa.Array:
    """Give whole numbers as cells of :meth:`Book.write_rows`."""
    return pa.array(numbers).cast(pa.decimal128(19, 0))


def text_cells(values: pd.Series) -> pa.Array:
    """Give texts as cells of :meth:`Book.write_rows`, missing ones as empty."""
    return pc.utf8_slice_codeunits(pc.fill_null(texts(values), ""), 0, LONGEST_TEXT)


def _require_showable(fen: int) -> None:
    if abs(fen) > MOST_FEN:
        message = f"{fen} fen do not fit into a cell"
        raise OverflowError(message)


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Write ``text`` as text, whatever it looks like: never a formula, a link or a number."""
    if text:
        sheet.write_string(row, column, text[:LONGEST_TEXT], style)
    else:
        sheet.write_blank(row, column, None, style)


def width(text: str) -> int:
    """Give the columns that the widest line of ``text`` takes: a Chinese character takes two.

    >>> width("金额"), width("é"), width("")
    (4, 1, 0)
    """
    return max((_line_width(line) for line in text.split("\n")), default=0)


def line_count(text: str, columns: float) -> int:
    """Give the lines that ``text`` takes when it is wrapped into ``columns``.

    >>> line_count("收款人姓名", 11), line_count("收款人姓名", 10)
    (1, 2)
    """
    room = max(1, int(columns) - 1)
    return sum(max(1, -(-_line_width(line) // room)) for line in text.split("\n"))


def _line_width(line: str) -> int:
    """UTF-8 has 3 or 4 bytes for what is two columns wide, 1 or 2 for what is one."""
    characters = len(line)
    return characters + (len(line.encode()) - characters) // 2
