"""The list of what was paid to people after they had died or stopped, for signature."""

import datetime as dt
from collections.abc import Sequence

from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.words import PROGRAMMES, Wording, word

_COLUMNS = (
    (N_("No."), 6),
    (N_("Name"), 12),
    (N_("ID number"), 22),
    (N_("Programme"), 18),
    (N_("Cycles overpaid"), 30),
    (N_("Amount (yuan)"), 16),
    (N_("Recorded (yuan)"), 16),
    (N_("Not recorded (yuan)"), 16),
    (N_("Stopped since"), 14),
    (N_("Reason"), 44),
)
Line = tuple[str, str, str, str, int, int, dt.date, str]
"""Name, ID, programme, cycles, fen, of them those that no recovery asks for, since, reason."""


def overpaid_workbook(lines: Sequence[Line], wording: Wording) -> bytes:
    """Render the list.

    Args:
        lines: one for each person and programme.
        wording: in the office's language.
    """
    say = wording.say
    title = say(N_("Paid after death or stop, to be recovered"))
    book = wb.Book(title, say)
    sheet = book.sheet(title, landscape=True)
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, title, book.style(wb.TITLE))
    sheet.set_row(0, 28)
    for column, (header, width) in enumerate(_COLUMNS):
        wb.write_text(sheet, 1, column, say(header), book.style(wb.HEADER))
        sheet.set_column(column, column, width)
    sheet.repeat_rows(1)
    text, middle = book.style(wb.LABEL), book.style(wb.GRID, {"align": "center"})
    row = 1
    for name, person, programme, cycles, fen, missing, since, reason in lines:
        row += 1
        sheet.write_number(row, 0, row - 1, middle)
        wb.write_text(sheet, row, 1, name, text)
        wb.write_text(sheet, row, 2, person, book.style(wb.GRID, wb.TEXT))
        wb.write_text(sheet, row, 3, word(PROGRAMMES, programme, say), text)
        wb.write_text(sheet, row, 4, cycles, text)
        for column, amount in enumerate((fen, fen - missing, missing), start=5):
            wb.write_fen(sheet, row, column, amount, book.style(wb.GRID, wb.AMOUNT))
        wb.write_text(sheet, row, 8, since.isoformat(), middle)
        wb.write_text(sheet, row, 9, reason, text)
        height = max(wb.line_count(cycles, _COLUMNS[4][1]), wb.line_count(reason, _COLUMNS[9][1]))
        sheet.set_row(row, height * wb.LINE_HEIGHT + 5)
    total = book.style(wb.GRID, wb.TOTAL, {"align": "center"})
    sheet.merge_range(row + 1, 0, row + 1, 4, say(N_("Total")), total)
    fen, missing = sum(line[4] for line in lines), sum(line[5] for line in lines)
    for column, amount in enumerate((fen, fen - missing, missing), start=5):
        wb.write_fen(sheet, row + 1, column, amount, book.style(wb.GRID, wb.AMOUNT, wb.TOTAL))
    return book.content()
