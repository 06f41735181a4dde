"""Long tables as sheets: a title, what it is about, a header on every page, and a line of totals.

Unlike the rows that a township puts right, such a table is only read. One that has more rows than a
sheet is continued on the next.
"""

from collections.abc import Sequence
from dataclasses import replace

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import Wording

MOST_ROWS = 1_000_000
"""Of one sheet; the format allows 1,048,576."""
_TITLE, _NOTE, _HEADER = 0, 1, 2
_MARKED = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}


def write_table(
    book: wb.Book, table: Table, wording: Wording, *, marked: frozenset[int] = frozenset()
) -> None:
    """Add a table, on as many sheets as it needs.

    Args:
        book: the workbook.
        table: the table; its charts are not drawn.
        wording: in the office's language.
        marked: columns that must not be overlooked.
    """
    for first in range(0, max(table.rows, 1), MOST_ROWS):
        _write(book, table, first, wording, marked)


def _write(
    book: wb.Book, table: Table, first: int, wording: Wording, marked: frozenset[int]
) -> None:
    sheet = book.sheet(table.name, landscape=True)
    columns = [_part(column, first) for column in table.columns]
    rows, last = len(columns[0].cells), len(columns) - 1
    _write_head(book, sheet, table)
    for place, column in enumerate(columns):
        style = _style(book, column, marked=place in marked)
        sheet.set_column(place, place, column.width, style)
        wb.write_text(sheet, _HEADER, place, column.title, book.style(wb.HEADER))
        _write_cells(sheet, place, column, style)
    for row, lines in _lines(columns).items():
        height = min(lines * wb.LINE_HEIGHT + 2, wb.HIGHEST_ROW)
        sheet.set_row(_HEADER + 1 + row, height)
    sheet.set_row(_HEADER, 2 * wb.LINE_HEIGHT)
    sheet.repeat_rows(_HEADER)
    sheet.freeze_panes(_HEADER + 1, 0)
    sheet.autofilter(_HEADER, 0, _HEADER + rows, last)
    # Without this every ID and account bears a green triangle.
    below = xl_range(_HEADER, 0, _HEADER + rows + 1, last)
    sheet.ignore_errors({"number_stored_as_text": below})
    if first + rows == table.rows:
        _write_total(book, sheet, table, _HEADER + 1 + rows, wording)


def _write_head(book: wb.Book, sheet: Worksheet, table: Table) -> None:
    last = len(table.columns) - 1
    sheet.merge_range(_TITLE, 0, _TITLE, last, table.title, book.style(wb.TITLE))
    sheet.set_row(_TITLE, 28)
    sheet.merge_range(_NOTE, 0, _NOTE, last, table.note, book.style(wb.NOTE))
    columns = sum(column.width for column in table.columns)
    sheet.set_row(_NOTE, wb.line_count(table.note, columns) * wb.LINE_HEIGHT + 4)


def _part(column: Column, first: int) -> Column:
    if not first and len(column.cells) <= MOST_ROWS:
        return column
    return replace(column, cells=column.cells[first : first + MOST_ROWS])


def _lines(columns: Sequence[Column]) -> dict[int, int]:
    """Give the rows that take more than one line, and how many."""
    lines: dict[int, int] = {}
    for column in columns:
        for row, cell in enumerate(column.cells):
            # A character takes two columns at most: most cells need no counting.
            if isinstance(cell, str) and 2 * len(cell) >= column.width:
                taken = wb.line_count(cell, column.width)
                if taken > lines.get(row, 1):
                    lines[row] = taken
    return lines


def _style(book: wb.Book, column: Column, *, marked: bool) -> Format:
    kinds: dict[str, dict[str, object]] = {
        "count": wb.COUNT,
        "money": wb.AMOUNT,
        "text": {**wb.TEXT, **wb.WRAP},
    }
    return book.style(
        wb.GRID, kinds.get(column.kind, {"align": "right"}), _MARKED if marked else {}
    )


def _write_cells(sheet: Worksheet, place: int, column: Column, style: Format) -> None:
    """Write a column; a figure that is not known is a blank text."""
    for row, cell in enumerate(column.cells, start=_HEADER + 1):
        if isinstance(cell, str):
            wb.write_text(sheet, row, place, cell, style)
        elif column.kind == "money":
            wb.write_fen(sheet, row, place, cell, style)
        else:
            sheet.write_number(row, place, cell, style)


def _write_total(book: wb.Book, sheet: Worksheet, table: Table, row: int, wording: Wording) -> None:
    if not any(column.total for column in table.columns):
        return
    for place, column in enumerate(table.columns):
        if column.total and column.kind == "money":
            style = book.style(wb.GRID, wb.AMOUNT, wb.TOTAL)
            wb.write_fen(sheet, row, place, column.sum, style)
        elif column.total:
            sheet.write_number(row, place, column.sum, book.style(wb.GRID, wb.COUNT, wb.TOTAL))
        else:
            text = wording.say(N_("Total")) if place == 0 else ""
            wb.write_text(sheet, row, place, text, book.style(wb.GRID, wb.TOTAL))
