"""Payments as the bytes of one file. Same payments, same bytes: no clock, no locale, no chance."""

import datetime as dt
from collections.abc import Mapping
from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from relief_cli import sheet_rows
from relief_cli.banks import amounts, markup, patterns
from relief_cli.banks.patterns import Column
from relief_cli.banks.template import FORMULA_START, Template
from relief_cli.sheet_rows import Rows

# A workbook says when it was made; it must not say when the program ran.
_MADE_ON = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
# Read back as they stand, so they are never given an apostrophe; planning has refused the names
# that would start a formula.
_EXACT = frozenset({"payee_name", "account_number", "amount"})
_A4 = 9
_SIGNED = {"valign": "vcenter", "align": "center", "text_wrap": True}
_SIGNED_HEIGHT = 26
"""Points: room for a signature or a fingerprint."""


def render(payments: pd.DataFrame, template: Template, values: Mapping[str, object]) -> bytes:
    """Give the bytes of one file.

    Args:
        payments: the payments of this file alone, in order.
        template: the file's format.
        values: the facts of the batch and of the file, by name.
    """
    columns = _columns(payments, template, values)
    if template.kind == "workbook":
        return _workbook(columns, len(payments), template, values)
    if template.kind == "xml":
        return _xml(columns, template, values)
    return _delimited(columns, template, values)


def _columns(
    payments: pd.DataFrame, template: Template, values: Mapping[str, object]
) -> list[Column]:
    rows = _sources(payments, template, values)
    return [column.value.column(values, rows) for column in template.columns]


def _sources(
    payments: pd.DataFrame, template: Template, values: Mapping[str, object]
) -> dict[str, pa.Array]:
    """Give the row sources that the template's columns use, as Arrow arrays."""
    numbers = payments["payment"].to_numpy()
    rows: dict[str, pa.Array] = {
        "line": pa.array(np.arange(1, len(payments) + 1)),
        "payment": pa.array(numbers),
    }
    used = template.sources
    if "amount" in used:
        rows["amount"] = amounts.write_column(
            payments["amount_fen"].to_numpy(), template.amount_unit
        )
    if "reference" in used:
        rows["reference"] = patterns.REFERENCE.column(values, rows)
    for source in ("payee_name", "account_number", "bank_name", "payee_id_number"):
        if source in used and source in payments:
            rows[source] = amounts.text_array(payments[source])
        elif source in used:
            rows[source] = pa.repeat(pa.scalar("", pa.large_string()), len(payments))
    return rows


def _delimited(columns: list[Column], template: Template, values: Mapping[str, object]) -> bytes:
    titles = [column.title[str(values["language"])] for column in template.columns]
    if template.quoted:
        columns = [
            _quoted(value, template.delimiter, exact=column.value.alone in _EXACT)
            for value, column in zip(columns, template.columns, strict=True)
        ]
        titles = [_quoted(title, template.delimiter, exact=False) for title in titles]
    lines = patterns.join(columns, template.delimiter).to_pylist()
    if template.titles:
        lines.insert(0, template.delimiter.join(titles))
    if template.row_end:
        lines = [line + template.row_end for line in lines]
    header = [cells[0].render(values) for cells in template.header]
    trailer = [line.render(values) for line in template.trailer]
    text = template.line_end.join([*header, *lines, *trailer])
    return (text + template.line_end * template.final_line_end).encode(template.encoding)


def _quoted(column: Column, delimiter: str, *, exact: bool) -> Column:
    """Defuse what a spreadsheet program would run, then quote what RFC 4180 wants quoted."""
    array = pa.array([column], pa.large_string()) if isinstance(column, str) else column
    if not exact:
        array = pc.replace_substring_regex(array, f"({FORMULA_START})", "'\\1")
    quoted = patterns.join(['"', pc.replace_substring(array, '"', '""'), '"'], "")
    needed = pc.or_(pc.match_substring(array, delimiter), pc.match_substring(array, '"'))
    array = pc.if_else(needed, quoted, array)
    return str(array[0]) if isinstance(column, str) else array


def _xml(columns: list[Column], template: Template, values: Mapping[str, object]) -> bytes:
    elements = [column.element for column in template.columns]
    rows = markup.write(template.element, list(zip(elements, columns, strict=True)))
    facts = {
        name: markup.escape(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    header = [cells[0].render(facts) for cells in template.header]
    trailer = [line.render(facts) for line in template.trailer]
    return "\n".join([*header, *rows.to_pylist(), *trailer, ""]).encode(template.encoding)


def _workbook(
    columns: list[Column], count: int, template: Template, values: Mapping[str, object]
) -> bytes:
    target = BytesIO()
    options = {
        "in_memory": True,  # no personal data in a folder for temporary files
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(target, options) as book:
        book.set_properties({"created": _MADE_ON})
        sheet = book.add_worksheet(template.sheet)
        text_format = book.add_format({"num_format": "@", **(_SIGNED if template.signed else {})})
        header = [[cell.render(values) for cell in cells] for cells in template.header]
        if template.signed:
            _for_signatures(book, sheet, template, count)
            _headings(book, sheet, template, header)
        else:
            for row, cells in enumerate(header):
                for place, text in enumerate(cells):
                    _write(sheet, row, place, text, text_format)
        for column in template.columns:
            style = text_format if template.signed else None
            sheet.set_column(column.place, column.place, column.width, style)
            if template.titles:
                title = column.title[str(values["language"])]
                _write(sheet, template.first_line - 2, column.place, title, text_format)
        rows = _filled(sheet, columns, count, template, text_format)
    return sheet_rows.fill(target, rows, packed=True)


def _filled(
    sheet: Worksheet, columns: list[Column], count: int, template: Template, look: Format
) -> list[Rows]:
    """Mark the payments' rows; banks refuse a cell that is there and empty, so those are none."""
    cells = {
        column.place: _texts(value, count)
        for column, value in zip(template.columns, columns, strict=True)
        if not isinstance(value, str) or value
    }
    if not count or not cells:
        return []
    first = template.first_line - 1
    mark = sheet_rows.mark(sheet, first, dict.fromkeys(cells, look))
    in_order = [cells[place] for place in sorted(cells)]
    return [Rows(mark, first, in_order, blanks=False)]


def _texts(value: Column, count: int) -> pa.Array:
    return (
        pa.repeat(pa.scalar(value, pa.large_string()), count) if isinstance(value, str) else value
    )


def _for_signatures(book: Workbook, sheet: Worksheet, template: Template, count: int) -> None:
    """Make pages to sign on: lines around every cell, room to write, titles on each page.

    Cells to be written into by hand are no cells in the file, or they would be most of it: their
    columns say how they look, and one condition draws the lines.
    """
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    sheet.set_default_row(_SIGNED_HEIGHT)
    titles = template.first_line - 2
    sheet.repeat_rows(titles)
    first, last = template.columns[0].place, template.columns[-1].place
    every = {"type": "formula", "criteria": "TRUE", "format": book.add_format({"border": 1})}
    sheet.conditional_format(titles, first, titles + count, last, every)
    sheet.print_area(0, first, titles + count, last)


def _headings(
    book: Workbook, sheet: Worksheet, template: Template, header: list[list[str]]
) -> None:
    """Write the lines above the titles over the whole width, the first one large."""
    last = template.columns[-1].place
    styles = ({"bold": True, "font_size": 16, "align": "center"}, {"align": "left"})
    for row, cells in enumerate(header):
        style = book.add_format({"valign": "vcenter", **styles[row > 0]})
        sheet.merge_range(row, 0, row, last, "    ".join(cells), style)
        sheet.set_row(row, _SIGNED_HEIGHT)


def _write(sheet: Worksheet, row: int, place: int, text: str, text_format: Format) -> None:
    # Banks refuse a cell that is there and empty, so an empty text is no cell at all.
    if text:
        sheet.write_string(row, place, text, text_format)
