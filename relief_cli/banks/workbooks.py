"""Payments as workbooks; what those of one format have in common is made once in a batch.

A batch has a hundred of them when people sign, and to make one without its payments takes longer
than to fill the payments in. So the facts that differ from file to file are written as marks,
which their texts take the place of.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from relief_cli import sheet_rows
from relief_cli.banks.patterns import FILE, Column
from relief_cli.banks.template import Template
from relief_cli.sheet_rows import Mark, Rows

# A workbook says when it was made; it must not say when the program ran.
_MADE_ON = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_A4 = 9
_SIGNED = {"valign": "vcenter", "align": "center", "text_wrap": True}
_SIGNED_HEIGHT = 26
"""Points: room for a signature or a fingerprint."""
_OPTIONS = {
    "in_memory": True,  # no personal data in a folder for temporary files
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_STAND_IN = "\ue000{name}\ue000"
"""Stands for a fact of the file; a private character, which no name and no title has."""


@dataclass(frozen=True)
class _Blank:
    """A workbook without payments."""

    parts: Mapping[str, bytes]
    mark: Mark | None
    """Where they go; None where there are none."""


class Workbooks:
    """The workbooks of one format in one batch."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._blanks: dict[tuple[object, ...], _Blank] = {}

    def render(self, columns: list[Column], count: int, values: Mapping[str, object]) -> bytes:
        """Give the bytes of one file.

        Args:
            columns: the texts of each of the template's columns, for ``count`` payments.
            count: how many payments the file has.
            values: the facts of the batch and of the file, by name.
        """
        # Banks refuse a cell that is there and empty, so those are none.
        cells = {
            column.place: _texts(value, count)
            for column, value in sorted(
                zip(self._template.columns, columns, strict=True), key=lambda pair: pair[0].place
            )
            if count and (not isinstance(value, str) or value)
        }
        # An empty fact is no cell either, so it is not stood for.
        facts = {_STAND_IN.format(name=name): str(values[name]) for name in FILE if values[name]}
        key = (count if self._template.signed else 0, *cells, *sorted(facts))
        if key not in self._blanks:
            stood_for = {name: _STAND_IN.format(name=name) for name in FILE if values[name]}
            self._blanks[key] = _blank(self._template, count, list(cells), {**values, **stood_for})
        blank = self._blanks[key]
        rows = []
        if blank.mark is not None:
            rows = [Rows(blank.mark, blank.mark.row, list(cells.values()), blanks=False)]
        return sheet_rows.packed(sheet_rows.filled(blank.parts, rows, facts))


def _texts(value: Column, count: int) -> pa.Array:
    return (
        pa.repeat(pa.scalar(value, pa.large_string()), count) if isinstance(value, str) else value
    )


def _blank(
    template: Template, count: int, places: list[int], values: Mapping[str, object]
) -> _Blank:
    target = BytesIO()
    mark = None
    with Workbook(target, _OPTIONS) as book:
        book.set_properties({"created": _MADE_ON})
        sheet = book.add_worksheet(template.sheet)
        look = book.add_format({"num_format": "@", **(_SIGNED if template.signed else {})})
        header = [[cell.render(values) for cell in cells] for cells in template.header]
        if template.signed:
            _for_signatures(book, sheet, template, count)
            _headings(book, sheet, template, header)
        else:
            for row, cells in enumerate(header):
                for place, text in enumerate(cells):
                    _write(sheet, row, place, text, look)
        for column in template.columns:
            style = look if template.signed else None
            sheet.set_column(column.place, column.place, column.width, style)
            if template.titles:
                title = column.title[str(values["language"])]
                _write(sheet, template.first_line - 2, column.place, title, look)
        if places:
            mark = sheet_rows.mark(sheet, template.first_line - 1, dict.fromkeys(places, look))
    return _Blank(sheet_rows.unpacked(target), mark)


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
