"""The workbooks that a township puts right and sends back: held.xlsx, and that of a check."""

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.corrections import ADDED, Checked, Layout, Row, layouts
from relief_cli.reports.finding_sheets import write_findings
from relief_cli.reports.words import Wording

_NUMBERS = frozenset({"R104", "R203"})
"""Stored as a number, digits lost: written as a number again, so that nobody takes the rest for
the whole; whoever corrects it types into a text cell."""
_LOST = "#N/A"
_NO_VALUE = frozenset({"F007", "F010"})
"""A formula without a value, an error: an empty cell in its place could pass for an answer."""
_NO_ANSWER = frozenset({"F009"})
"""A merge that is gone in this workbook: what stood in it would pass for the row's own."""

_TOP = {"valign": "top"}
_FILLS: dict[str, dict[str, object]] = {
    "error": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
    "notice": {"bg_color": "#DDEBF7"},
}
_ADDED_HEADER = {**wb.HEADER, "bg_color": "#FCE4D6"}
_WIDTHS = (12, 36, 44, 20, 14, 8)
"""Of the added columns."""
_BESIDE = 20
_NARROWEST, _WIDEST, _MARGIN = 6, 32, 3
_ONE_LINE = 16
"""A longer header is broken into two lines."""
_SAMPLE = 200
"""Rows that decide how wide a column is."""


def held_workbook(batch: Batch, wording: Wording) -> bytes:
    """Render held.xlsx: the rows not paid, in their original columns, as a roster again.

    Args:
        batch: the batch.
        wording: in the office's language.
    """
    checked = Checked(
        rows=batch.unpaid[batch.unpaid["fate"] == "held"],
        findings=batch.findings,
        sheets=batch.sheets,
        inputs=batch.inputs,
    )
    found = layouts(checked, wording)
    book = wb.Book(wording.say(N_("Rows held")), wording.say)
    write_layouts(book, found, wording, N_("No row of this batch is held."))
    return book.content()


def fix_list_workbook(checked: Checked, wording: Wording) -> bytes:
    """Render the workbook of a check: as held.xlsx, with all rows that have a finding.

    The last sheet counts the findings by code, and lists those of whole files and sheets.

    Args:
        checked: all findings, and the rows that have one of any severity.
        wording: in the office's language.
    """
    found = layouts(checked, wording)
    book = wb.Book(wording.say(N_("Findings")), wording.say)
    write_layouts(book, found, wording, N_("No row has a finding."))
    write_findings(book, checked, wording)
    return book.content()


def write_layouts(
    book: wb.Book,
    found: Sequence[Layout],
    wording: Wording,
    nothing: str,
    beside: Sequence[str] = (),
) -> None:
    """Add a sheet for each layout; one that says ``nothing`` where there is none.

    Args:
        book: the workbook.
        found: the rows.
        wording: in the office's language.
        nothing: what is said where no row is.
        beside: headers of what else stands beside the rows.
    """
    for layout in found:
        name = layout.name or wording.say(N_("Rows to put right"))
        sheet = book.sheet(name, landscape=True)
        _write_header(book, sheet, layout, wording, beside)
        _write_rows(book, sheet, layout.rows, len(layout.header), wording)
    if not found:
        sheet = book.sheet(wording.say(N_("Rows held")))
        sheet.set_column(0, 0, 60)
        wb.write_text(sheet, 0, 0, wording.say(nothing), book.style(wb.SECTION))


def _write_header(
    book: wb.Book, sheet: Worksheet, layout: Layout, wording: Wording, beside: Sequence[str]
) -> None:
    text = book.style(wb.TEXT, _TOP)
    for column, header in enumerate(layout.header):
        wb.write_text(sheet, 0, column, header, book.style(wb.HEADER))
        # The whole column is text: a number typed into an empty cell keeps all its digits.
        sheet.set_column(column, column, _width(layout, column), text)
    first = len(layout.header)
    widths = (*_WIDTHS, *(_BESIDE for _ in beside))
    for place, header in enumerate((*ADDED, *beside)):
        wb.write_text(sheet, 0, first + place, wording.say(header), book.style(_ADDED_HEADER))
        sheet.set_column(first + place, first + place, widths[place])
    sheet.set_row(0, 2 * wb.LINE_HEIGHT)
    sheet.freeze_panes(1, 0)
    sheet.hide_gridlines(0)  # prints them
    sheet.repeat_rows(0)
    last, right = len(layout.rows), first + len(widths) - 1
    sheet.autofilter(0, 0, last, right)
    # Without this every ID and account bears a green triangle.
    sheet.ignore_errors({"number_stored_as_text": xl_range(0, 0, last, right)})


def _write_rows(
    book: wb.Book,
    sheet: Worksheet,
    rows: Sequence[Row],
    first: int,
    wording: Wording,
) -> None:
    """Write the rows below the header; ``first`` is the first added column."""
    text = book.style(wb.TEXT, _TOP)
    fills = {name: book.style(wb.TEXT, _TOP, fill) for name, fill in _FILLS.items()}
    added, beside = book.style(wb.WRAP, _TOP), book.style(wb.TEXT, wb.WRAP, _TOP)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row.cells):
            code = row.marks.get(column)
            if code is not None:
                _write_marked(
                    sheet, (number, column), cell, code, fills[wording.texts[code].severity]
                )
            elif cell:
                sheet.write_string(number, column, cell[: wb.LONGEST_TEXT], text)
        reason, remedy = _reason(row, wording), _remedy(row, wording)
        explained = (",".join(row.codes), reason, remedy, row.file, row.sheet)
        for place, cell in enumerate(explained):
            wb.write_text(sheet, number, first + place, cell, added)
        sheet.write_number(number, first + len(explained), row.sheet_row, added)
        for place, cell in enumerate(row.beside, start=first + len(ADDED)):
            wb.write_text(sheet, number, place, cell, beside)
        lines = max(wb.line_count(reason, _WIDTHS[1]), wb.line_count(remedy, _WIDTHS[2]))
        sheet.set_row(number, min(lines * wb.LINE_HEIGHT + 3, wb.HIGHEST_ROW))


def _write_marked(
    sheet: Worksheet, place: tuple[int, int], cell: str, code: str, style: Format
) -> None:
    if code in _NUMBERS and cell.isdecimal():
        sheet.write_number(*place, Decimal(cell), style)
    else:
        lost = code in _NO_ANSWER or (code in _NO_VALUE and not cell)
        wb.write_text(sheet, *place, _LOST if lost else cell, style)


def _reason(row: Row, wording: Wording) -> str:
    parts = []
    for code in row.codes:
        title = wording.texts[code].title
        details = wording.say(N_(", ")).join(row.details[code])
        where = wording.say(N_("{problem} ({details})")).format(problem=title, details=details)
        parts.append(where if details else title)
    return _list(parts)


def _remedy(row: Row, wording: Wording) -> str:
    return _list(list(dict.fromkeys(wording.texts[code].remedy for code in row.codes)))


def _list(parts: list[str]) -> str:
    """Give one text; several are numbered, in the order of the codes."""
    if len(parts) == 1:
        return parts[0]
    return "\n".join(f"{number}. {part}" for number, part in enumerate(parts, start=1))


def _width(layout: Layout, column: int) -> int:
    sample = (wb.width(row.cells[column]) for row in layout.rows[:_SAMPLE])
    header = wb.width(layout.header[column])
    if header > _ONE_LINE:
        header = -(-header // 2)  # in two lines
    return min(max(header, *sample, _NARROWEST) + _MARGIN, _WIDEST)
