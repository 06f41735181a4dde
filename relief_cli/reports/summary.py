"""summary.xlsx: the disbursement and funding sheet for signature, and what proves it.

Sheets: the disbursement by county, township and category with the funding shares; the residents of
institutions; the bank files; the reconciliation; the rows that were not paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from relief_cli import sheet_rows
from relief_cli.banks.planning import PlannedFile
from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.disbursement import write_disbursement
from relief_cli.reports.figures import links
from relief_cli.reports.finding_sheets import write_unpaid
from relief_cli.reports.institutions import write_residents
from relief_cli.reports.words import Wording

_FILES = (
    (N_("No."), 6),
    (N_("File"), 64),
    (N_("Format"), 14),
    (N_("Payments (count)"), 10),
    (N_("Amount (yuan)"), 18),
    (N_("SHA-256, first 16 digits"), 24),
)
_LINKS = (
    (N_("Figure"), 30),
    (N_("Value"), 18),
    (N_("Must equal"), 30),
    (N_("Value"), 18),
    (N_("Difference"), 18),
    (N_("Result"), 10),
)
_DIGEST_DIGITS = 16


@dataclass(frozen=True)
class Draft:
    """summary.xlsx but for the digests of the bank files, which are known last."""

    parts: Mapping[str, bytes]
    """Of the workbook."""

    def content(self, digests: Sequence[str]) -> bytes:
        """Give the bytes of the whole.

        Args:
            digests: SHA-256 of each bank file in hex digits, in the order of the files.
        """
        texts = {_stand_in(place): digest[:_DIGEST_DIGITS] for place, digest in enumerate(digests)}
        return sheet_rows.packed(sheet_rows.filled(self.parts, [], texts))


def draft(
    batch: Batch, files: Sequence[PlannedFile], lines: pd.DataFrame, wording: Wording, head: str
) -> Draft:
    """Draft summary.xlsx.

    Args:
        batch: the batch.
        files: its bank files.
        lines: ``payment``, ``file``, ``line``: where each payment stands in them.
        wording: in the office's language.
        head: of the chain of events before the batch.
    """
    book = wb.Book(batch.name, wording.say)
    write_disbursement(book, batch, wording, head)
    write_residents(book, batch, wording)
    _write_files(book, files, wording)
    _write_links(book, batch, lines, files, wording)
    write_unpaid(book, batch, wording)
    return Draft(book.parts())


def _stand_in(place: int) -> str:
    """Give what stands for a file's digest, between what Unicode keeps from being a character."""
    return f"\ufdd0{place}\ufdd0"


def _write_files(book: wb.Book, files: Sequence[PlannedFile], wording: Wording) -> None:
    sheet = _table(book, wording.say(N_("Bank files")), _FILES, wording)
    text, middle = book.style(wb.LABEL), book.style(wb.GRID, {"align": "center"})
    count, amount = book.style(wb.GRID, wb.COUNT), book.style(wb.GRID, wb.AMOUNT)
    row = 2
    for place, file in enumerate(files):
        sheet.write_number(row, 0, place + 1, middle)
        wb.write_text(sheet, row, 1, file.path, text)
        wb.write_text(sheet, row, 2, file.format, middle)
        sheet.write_number(row, 3, file.payments, count)
        wb.write_fen(sheet, row, 4, file.amount_fen, amount)
        wb.write_text(sheet, row, 5, _stand_in(place), middle)
        sheet.set_row(row, wb.line_count(file.path, _FILES[1][1]) * wb.LINE_HEIGHT + 5)
        row += 1
    total = book.style(wb.GRID, wb.TOTAL, {"align": "center"})
    sheet.merge_range(row, 0, row, 2, wording.say(N_("Total")), total)
    payments = sum(file.payments for file in files)
    sheet.write_number(row, 3, payments, book.style(wb.GRID, wb.COUNT, wb.TOTAL))
    fen = sum(file.amount_fen for file in files)
    wb.write_fen(sheet, row, 4, fen, book.style(wb.GRID, wb.AMOUNT, wb.TOTAL))
    wb.write_text(sheet, row, 5, "", total)
    sheet.set_row(row, wb.LINE_HEIGHT + 5)


def _write_links(
    book: wb.Book,
    batch: Batch,
    lines: pd.DataFrame,
    files: Sequence[PlannedFile],
    wording: Wording,
) -> None:
    sheet = _table(book, wording.say(N_("Reconciliation")), _LINKS, wording)
    text, middle = book.style(wb.LABEL), book.style(wb.GRID, {"align": "center"})
    wrong = book.style(wb.GRID, {"align": "center", "bold": True, "bg_color": "#FFC7CE"})
    for row, link in enumerate(links(batch, lines, files), start=2):
        wb.write_text(sheet, row, 0, wording.say(link.left), text)
        wb.write_text(sheet, row, 2, wording.say(link.right), text)
        figures = ((1, link.left_figure), (3, link.right_figure), (4, link.difference))
        for column, figure in figures:
            if link.money:
                wb.write_fen(sheet, row, column, figure, book.style(wb.GRID, wb.AMOUNT))
            else:
                sheet.write_number(row, column, figure, book.style(wb.GRID, wb.COUNT))
        if link.difference:
            wb.write_text(sheet, row, 5, wording.say(N_("differs")), wrong)
        else:
            wb.write_text(sheet, row, 5, wording.say(N_("agrees")), middle)
        sheet.set_row(row, 2 * wb.LINE_HEIGHT)


def _table(
    book: wb.Book, title: str, columns: Sequence[tuple[str, int]], wording: Wording
) -> Worksheet:
    """Add a sheet with a title in row 1 and the header in row 2."""
    sheet = book.sheet(title, landscape=True)
    sheet.merge_range(0, 0, 0, len(columns) - 1, title, book.style(wb.TITLE))
    sheet.set_row(0, 28)
    for column, (header, columns_wide) in enumerate(columns):
        wb.write_text(sheet, 1, column, wording.say(header), book.style(wb.HEADER))
        sheet.set_column(column, column, columns_wide)
    sheet.set_row(1, 1.6 * wb.LINE_HEIGHT)
    sheet.repeat_rows(1)
    return sheet
