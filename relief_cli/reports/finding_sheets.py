"""Sheets that count findings: 问题汇总 of a check, and the unpaid rows of a batch by code."""

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from relief_cli.batch import Batch
from relief_cli.checks.accepting import NOT_ACCEPTED
from relief_cli.findings import severities
from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.corrections import Checked
from relief_cli.reports.words import FATES, SEVERITIES, Wording

_COUNTED = (
    (N_("Code"), 8),
    (N_("Kind"), 8),
    (N_("Problem"), 26),
    (N_("Count"), 8),
    (N_("Why it matters"), 42),
    (N_("How to put it right"), 48),
)
_LISTED = (
    N_("Code"),
    N_("Kind"),
    N_("Problem"),
    N_("Cell"),
    N_("Detail"),
    N_("File and sheet"),
)
_UNPAID = (
    (N_("Fate"), 12),
    (N_("Code"), 8),
    (N_("Kind"), 8),
    (N_("Problem"), 30),
    (N_("Persons"), 10),
    (N_("How to put it right"), 56),
)


def write_findings(book: wb.Book, checked: Checked, wording: Wording) -> None:
    """Add the sheet that counts the findings by code and lists those of whole files and sheets.

    Args:
        book: the workbook.
        checked: all findings.
        wording: in the office's language.
    """
    sheet = book.sheet(wording.say(N_("Findings by code")), landscape=True)
    title = wording.say(N_("Findings by code"))
    sheet.merge_range(0, 0, 0, len(_COUNTED) - 1, title, book.style(wb.TITLE))
    sheet.set_row(0, 28)
    _header(book, sheet, 1, [wording.say(header) for header, _ in _COUNTED])
    for column, (_, columns) in enumerate(_COUNTED):
        sheet.set_column(column, column, columns)
    sheet.repeat_rows(1)
    loud = checked.findings["acceptance"] == NOT_ACCEPTED
    findings, quiet = checked.findings[loud], checked.findings[~loud]
    counts = findings["code"].value_counts()
    worst = severities(findings)
    row = 2
    for code in sorted(counts.index, key=lambda code: _order(code, wording)):
        text = wording.texts[code]
        kind = wording.say(SEVERITIES[worst[code]])
        cells = (code, kind, text.title, int(counts[code]), text.why, text.remedy)
        _line(book, sheet, row, cells, [columns for _, columns in _COUNTED])
        row += 1
    for code, count in quiet["code"].value_counts().sort_index().items():
        kind, remedy = wording.say(N_("accepted")), wording.say(N_("By whom: relief accept list"))
        text = wording.texts[str(code)]
        cells = (str(code), kind, text.title, int(count), text.why, remedy)
        _line(book, sheet, row, cells, [columns for _, columns in _COUNTED])
        row += 1
    of_files = findings[findings["row"] < 0].fillna("")
    if len(of_files):
        _list_files(book, sheet, row + 1, _named(of_files, checked), wording)


def write_unpaid(book: wb.Book, batch: Batch, wording: Wording) -> None:
    """Add the sheet that counts the batch's unpaid rows by fate and code.

    A person with two codes counts under both, and once in the total.

    Args:
        book: the workbook.
        batch: the batch.
        wording: in the office's language.
    """
    name = wording.say(N_("Rows not paid"))
    sheet = book.sheet(name, landscape=True)
    sheet.merge_range(0, 0, 0, len(_UNPAID) - 1, name, book.style(wb.TITLE))
    sheet.set_row(0, 28)
    _header(book, sheet, 1, [wording.say(header) for header, _ in _UNPAID])
    for column, (_, columns) in enumerate(_UNPAID):
        sheet.set_column(column, column, columns)
    sheet.repeat_rows(1)
    worst = severities(batch.findings)
    row = 2
    for fate in FATES:
        rows = batch.unpaid.loc[batch.unpaid["fate"] == fate, "codes"]
        counts = rows.str.split(",").explode().value_counts()
        for code in sorted(counts.index, key=lambda code: _order(code, wording)):
            text = wording.texts[code]
            cells = (
                wording.say(FATES[fate]),
                code,
                wording.say(SEVERITIES[worst[code]]) if code in worst else wording.severity(code),
                text.title,
                int(counts[code]),
                text.remedy,
            )
            _line(book, sheet, row, cells, [columns for _, columns in _UNPAID])
            row += 1
        labels = {0: wording.say(FATES[fate]), 3: wording.say(N_("Subtotal"))}
        row = _fate_total(book, sheet, row, len(rows), labels)
    note = wording.say(
        N_("A person with several problems counts under each, and once in a subtotal.")
    )
    sheet.merge_range(row, 0, row, len(_UNPAID) - 1, note, book.style(wb.NOTE))


def _fate_total(
    book: wb.Book, sheet: Worksheet, row: int, count: int, labels: dict[int, str]
) -> int:
    """Write a fate's subtotal and give the next row."""
    total = book.style(wb.LABEL, wb.TOTAL)
    for column in range(len(_UNPAID)):
        wb.write_text(sheet, row, column, labels.get(column, ""), total)
    sheet.write_number(row, 4, count, book.style(wb.GRID, wb.COUNT, wb.TOTAL))
    sheet.set_row(row, wb.LINE_HEIGHT + 4)
    return row + 1


def _list_files(
    book: wb.Book, sheet: Worksheet, row: int, findings: pd.DataFrame, wording: Wording
) -> None:
    title = wording.say(N_("Findings of whole files and sheets"))
    wb.write_text(sheet, row, 0, title, book.style(wb.SECTION))
    _header(book, sheet, row + 1, [wording.say(header) for header in _LISTED])
    columns = (findings[name] for name in ("code", "cell", "detail", "place"))
    for number, (code, cell, detail, place) in enumerate(zip(*columns, strict=True), row + 2):
        kind = wording.severity(code)
        cells = (code, kind, wording.texts[code].title, cell, detail, place)
        _line(book, sheet, number, cells, [width for _, width in _COUNTED])


def _named(findings: pd.DataFrame, checked: Checked) -> pd.DataFrame:
    """Add ``place``: the file's and the sheet's name."""
    files = findings["input"].map(checked.inputs.set_index("input")["name"]).fillna("")
    names = findings["sheet"].map(checked.sheets.set_index("sheet")["name"]).fillna("")
    return findings.assign(place=(files + "　" + names).str.strip())


def _order(code: str, wording: Wording) -> tuple[int, str]:
    return wording.severity_rank(code), code


def _header(book: wb.Book, sheet: Worksheet, row: int, headers: list[str]) -> None:
    for column, header in enumerate(headers):
        wb.write_text(sheet, row, column, header, book.style(wb.HEADER))
    sheet.set_row(row, 1.4 * wb.LINE_HEIGHT)


def _line(
    book: wb.Book, sheet: Worksheet, row: int, cells: tuple[str | int, ...], widths: list[int]
) -> None:
    text = book.style(wb.LABEL)
    lines = 1
    for column, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(row, column, cell, book.style(wb.GRID, wb.COUNT))
        else:
            wb.write_text(sheet, row, column, cell, text)
            lines = max(lines, wb.line_count(cell, widths[column]))
    sheet.set_row(row, min(lines * wb.LINE_HEIGHT + 4, wb.HIGHEST_ROW))
