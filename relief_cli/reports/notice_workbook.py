"""The public notice as a workbook: a sheet for each place, to be printed and put up there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.notice_lines import LISTED, Group
from relief_cli.reports.notice_text import Notice

_LINES = (8, 28, 28, 11, 19)
_SUMMARY = (8, 40, 13, 13, 20)
_LAST = len(_LINES) - 1
_SIZE = 12
"""Points; a notice is read from a board."""
_LARGE = {"font_size": _SIZE}
_TITLE_SIZE = 16
_ROW = 20
_MIDDLE = {"align": "center"}


def notice_workbook(notice: Notice) -> bytes:
    """Render the workbook: a sheet of the sums by place, and a sheet for each place.

    Args:
        notice: in the office's language.
    """
    book = wb.Book(notice.title, notice.say)
    _write_summary(book, notice)
    for group in notice.groups:
        _write_place(book, notice, group)
    return book.content()


@dataclass
class _Page:
    """A sheet, and the row to be written next."""

    book: wb.Book
    sheet: Worksheet
    row: int = 0

    def line(self, text: str, style: Mapping[str, object], height: float = _ROW) -> None:
        """Write one line over the whole width."""
        shown = self.book.style(_LARGE, style)
        self.sheet.merge_range(self.row, 0, self.row, _LAST, "", shown)
        wb.write_text(self.sheet, self.row, 0, text, shown)
        self.sheet.set_row(self.row, height)
        self.row += 1

    def paragraph(self, text: str, style: Mapping[str, object], size: int = _SIZE) -> None:
        """Write text over the whole width in as many lines as it takes."""
        lines = wb.line_count(text, sum(_LINES) * wb.FONT_SIZE / size)
        look = {"valign": "vcenter", **wb.WRAP, **style, "font_size": size}
        self.line(text, look, lines * 1.5 * size + 4)

    def header(self, titles: Sequence[str]) -> None:
        """Write the titles of columns, which stand on every page again."""
        for column, title in enumerate(titles):
            wb.write_text(self.sheet, self.row, column, title, self.book.style(wb.HEADER, _LARGE))
        self.sheet.set_row(self.row, _ROW + 4)
        self.sheet.repeat_rows(self.row)
        self.row += 1


def _write_summary(book: wb.Book, notice: Notice) -> None:
    say = notice.say
    page = _begin(book, notice, say(N_("Summary")), _SUMMARY)
    titles = (N_("No."), N_("Place"), N_("Households"), N_("Persons"), N_("Amount (yuan)"))
    page.header([say(title) for title in titles])
    count, amount = (book.style(wb.GRID, _LARGE, kind) for kind in (wb.COUNT, wb.AMOUNT))
    for number, group in enumerate(notice.groups, start=1):
        sheet, row = page.sheet, page.row
        sheet.write_number(row, 0, number, book.style(wb.GRID, _LARGE, _MIDDLE))
        wb.write_text(sheet, row, 1, notice.place(group), book.style(wb.LABEL, _LARGE))
        sheet.write_number(row, 2, group.total("households"), count)
        sheet.write_number(row, 3, group.total("persons"), count)
        wb.write_fen(sheet, row, 4, group.total("amount_fen"), amount)
        sheet.set_row(row, _height(notice.place(group), _SUMMARY[1]))
        page.row += 1
    _end(page, notice, notice)


def _write_place(book: wb.Book, notice: Notice, group: Group) -> None:
    page = _begin(book, notice, notice.place(group), _LINES)
    page.line(notice.place(group), {"bold": True, "valign": "vcenter"})
    page.header(notice.headers)
    number_style, text = book.style(wb.GRID, _LARGE, _MIDDLE), book.style(wb.LABEL, _LARGE)
    count, amount = (book.style(wb.GRID, _LARGE, kind) for kind in (wb.COUNT, wb.AMOUNT))
    lines = group.lines
    columns = (lines[name] for name in ("kind", "name", "category", "persons", "amount_fen"))
    for number, line in enumerate(zip(*columns, strict=True), start=1):
        kind, name, category, persons, fen = line
        sheet, row = page.sheet, page.row
        sheet.write_number(row, 0, number, number_style)
        wb.write_text(sheet, row, 1, name or "–", text)
        wb.write_text(sheet, row, 2, category, text)
        sheet.write_number(row, 3, persons, count)
        wb.write_fen(sheet, row, 4, fen, amount)
        # Masked names and most categories take one line.
        alone = kind == LISTED and len(category) < _LINES[2] // 3
        height = _ROW if alone else max(_height(name, _LINES[1]), _height(category, _LINES[2]))
        sheet.set_row(row, height)
        page.row += 1
    _end(page, notice, group)


def _begin(book: wb.Book, notice: Notice, name: str, widths: Sequence[int]) -> _Page:
    """Add a sheet with the title and what stands above the lines."""
    page = _Page(book, book.sheet(name))
    for column, columns_wide in enumerate(widths):
        page.sheet.set_column(column, column, columns_wide)
    page.paragraph(notice.title, wb.TITLE, _TITLE_SIZE)
    for text in notice.introduction:
        page.paragraph(text, {"indent": 1})
    return page


def _end(page: _Page, notice: Notice, whole: Notice | Group) -> None:
    """Write the sum, what stands below the lines, and where to sign; nothing else is printed."""
    book, sheet = page.book, page.sheet
    total = {**wb.GRID, **wb.TOTAL, **_LARGE}
    label = book.style(total, _MIDDLE)
    sheet.merge_range(page.row, 0, page.row, _LAST - 1, "", label)
    wb.write_text(sheet, page.row, 0, notice.counts(whole), label)
    wb.write_fen(sheet, page.row, _LAST, whole.total("amount_fen"), book.style(total, wb.AMOUNT))
    sheet.set_row(page.row, _ROW)
    page.row += 1
    page.paragraph(notice.in_words(whole), {**wb.LABEL, "bold": True})
    for text in notice.notes:
        page.paragraph(text, wb.NOTE, wb.FONT_SIZE)
    for text in (notice.office, notice.dated):
        page.line(text, {"align": "right", "valign": "vcenter"}, 26)
    sheet.print_area(0, 0, page.row - 1, _LAST)


def _height(text: str, columns: int) -> float:
    return max(_ROW, wb.line_count(text, columns * wb.FONT_SIZE / _SIZE) * 1.5 * _SIZE + 2)
