"""Tables as a workbook: A4 pages with charts and lines for signatures."""

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from relief_cli.i18n import N_
from relief_cli.ledger.events import short_head
from relief_cli.reports import qr
from relief_cli.reports import workbook as wb
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import Wording

_TITLE_ROW, _OFFICE_ROW, _HEADER_ROW = 0, 1, 2
_CHART_ROWS = 16
_COLOURS = ("#70AD47", "#5B9BD5", "#ED7D31", "#A5A5A5", "#FFC000")


def tables_workbook(
    title: str,
    tables: Sequence[Table],
    office: str,
    wording: Wording,
    *,
    signed: bool = True,
    head: str = "",
) -> bytes:
    """Render the workbook, one sheet for each table.

    Args:
        title: of the document, in its properties.
        tables: what it shows.
        office: the reporting office's name.
        wording: in the office's language.
        signed: whether each sheet ends with lines for signatures.
        head: of the chain of events, which the first sheet shows; empty where none is shown.
    """
    book = wb.Book(title, wording.say)
    for table in tables:
        told = f"    {wording.say(N_('Books up to {head}')).format(head=short_head(head))}"
        _write(book, table, office, wording, signed=signed, told=told if head else "")
    if head:
        first, width = book.sheets[0], len(tables[0].columns)
        first.insert_image(_TITLE_ROW, width, "head.png", {"image_data": qr.png(head)})
    return book.content()


def _write(
    book: wb.Book, table: Table, office: str, wording: Wording, *, signed: bool, told: str
) -> None:
    sheet = book.sheet(table.name, landscape=True)
    last = len(table.columns) - 1
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, table.title, book.style(wb.TITLE))
    sheet.set_row(_TITLE_ROW, 32)
    line = wording.say(N_("Reporting office: {office} (seal)")).format(office=office) + told
    sheet.merge_range(_OFFICE_ROW, 0, _OFFICE_ROW, last, line, book.style({"valign": "vcenter"}))
    sheet.set_row(_OFFICE_ROW, 22)
    for place, column in enumerate(table.columns):
        wb.write_text(sheet, _HEADER_ROW, place, column.title, book.style(wb.HEADER))
        sheet.set_column(place, place, column.width)
        _write_cells(book, sheet, place, column)
    _set_heights(sheet, table)
    sheet.set_row(_HEADER_ROW, 2 * wb.LINE_HEIGHT)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    row = _write_total(book, sheet, table, wording)
    if table.note:
        sheet.merge_range(row, 0, row, last, table.note, book.style(wb.NOTE))
        columns = sum(column.width for column in table.columns)
        sheet.set_row(row, wb.line_count(table.note, columns) * wb.LINE_HEIGHT + 6)
        row += 1
    if table.chart and table.rows:
        _chart(book, sheet, table, row + 1)
        row += _CHART_ROWS
    if signed:
        _signatures(book, sheet, row + 1, last, wording)


def _write_cells(book: wb.Book, sheet: Worksheet, place: int, column: Column) -> None:
    styles = {
        "text": book.style(wb.LABEL),
        "right": book.style(wb.GRID, {"align": "right", "indent": 1}),
        "count": book.style(wb.GRID, wb.COUNT),
        "money": book.style(wb.GRID, wb.AMOUNT),
    }
    for row, cell in enumerate(column.cells, start=_HEADER_ROW + 1):
        _write_cell(sheet, (row, place), column, cell, styles)


def _set_heights(sheet: Worksheet, table: Table) -> None:
    """Give rows whose texts are wrapped the height that they take."""
    texts = [column for column in table.columns if column.kind == "text"]
    for row in range(table.rows):
        lines = max(wb.line_count(str(one.cells[row]), one.width - 2) for one in texts)
        if lines > 1:
            sheet.set_row(_HEADER_ROW + 1 + row, min(lines * wb.LINE_HEIGHT + 3, wb.HIGHEST_ROW))


def _write_cell(
    sheet: Worksheet,
    place: tuple[int, int],
    column: Column,
    cell: str | int,
    styles: dict[str, object],
) -> None:
    style = styles[column.kind]
    if column.kind == "money":
        wb.write_fen(sheet, *place, int(cell), style)
    elif column.kind == "count":
        sheet.write_number(*place, int(cell), style)
    else:
        wb.write_text(sheet, *place, str(cell), style)


def _write_total(book: wb.Book, sheet: Worksheet, table: Table, wording: Wording) -> int:
    """Write the line of totals where there is something to add up; give the next row."""
    row = _HEADER_ROW + 1 + table.rows
    if not any(column.total for column in table.columns):
        return row
    styles: dict[str, object] = {
        "text": book.style(wb.GRID, wb.TOTAL, {"align": "center"}),
        "count": book.style(wb.GRID, wb.COUNT, wb.TOTAL),
        "money": book.style(wb.GRID, wb.AMOUNT, wb.TOTAL),
    }
    for place, column in enumerate(table.columns):
        if column.total:
            _write_cell(sheet, (row, place), column, column.sum, styles)
        else:
            text = wording.say(N_("Total")) if place == 0 else ""
            wb.write_text(sheet, row, place, text, styles["text"])
    return row + 1


def _chart(book: wb.Book, sheet: Worksheet, table: Table, row: int) -> None:
    """Draw the chart from the cells above, so that it follows them."""
    chart = book.chart({"type": "bar", "subtype": "stacked"})
    first, last = _HEADER_ROW + 1, _HEADER_ROW + table.rows
    for colour, place in zip(_COLOURS, table.chart, strict=False):
        chart.add_series(
            {
                "name": [sheet.get_name(), _HEADER_ROW, place],
                "categories": [sheet.get_name(), first, 0, last, table.labels - 1],
                "values": [sheet.get_name(), first, place, last, place],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.set_title({"name": table.title, "name_font": {"size": 11}})
    chart.set_legend({"position": "bottom"})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True}})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_size({"width": 900, "height": (_CHART_ROWS - 2) * 20})
    sheet.insert_chart(xl_rowcol_to_cell(row, 0), chart)


def _signatures(book: wb.Book, sheet: Worksheet, row: int, last: int, wording: Wording) -> None:
    say = wording.say
    line = "        ".join(
        say(text)
        for text in (
            N_("Prepared by:                    "),
            N_("Checked by:                    "),
            N_("Approved by:                    "),
            N_("Date:        (year)     (month)     (day)"),
        )
    )
    sheet.merge_range(row, 0, row, last, line, book.style({"valign": "vcenter"}))
    sheet.set_row(row, 30)
