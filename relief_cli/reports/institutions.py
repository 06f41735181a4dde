"""The list that goes with a payment to an institution: whose money it is."""

import numpy as np
import pandas as pd
from xlsxwriter.worksheet import Worksheet

from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.words import Wording

_COLUMNS = (
    (N_("Institution"), 32),
    (N_("No."), 6),
    (N_("Name"), 14),
    (N_("ID number"), 24),
    (N_("Category"), 20),
    (N_("Amount (yuan)"), 18),
)


def write_residents(book: wb.Book, batch: Batch, wording: Wording) -> None:
    """Add the sheet, where the batch pays institutions (晋民发〔2022〕38号, clause 4).

    An institution is a payee without an identity number. Each has its residents, in the order of
    the entitlements, and their sum, which is the payment.
    """
    institutions = batch.payments[batch.payments["payee_id_number"].isna()]
    residents = batch.entitlements[batch.entitlements["payment"].isin(institutions["payment"])]
    if residents.empty:
        return
    title = wording.say(N_("Residents of institutions"))
    sheet = book.sheet(title, landscape=True)
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, title, book.style(wb.TITLE))
    sheet.set_row(0, 28)
    for column, (header, columns_wide) in enumerate(_COLUMNS):
        wb.write_text(sheet, 1, column, wording.say(header), book.style(wb.HEADER))
        sheet.set_column(column, column, columns_wide)
    sheet.repeat_rows(1)
    names = dict(zip(institutions["payment"], institutions["payee_name"], strict=True))
    row = 2
    for payment, rows in residents.groupby("payment", sort=True):
        row = _write_institution(book, sheet, row, str(names[payment]), rows, wording)


def _write_institution(
    book: wb.Book, sheet: Worksheet, row: int, name: str, rows: pd.DataFrame, wording: Wording
) -> int:
    """Write one institution's residents and their sum; give the next free row."""
    text, middle = book.style(wb.LABEL), book.style(wb.GRID, {"align": "center"})
    number_as_text, amount = book.style(wb.GRID, wb.TEXT), book.style(wb.GRID, wb.AMOUNT)
    categories = rows["category"].replace(dict(wording.categories))
    book.write_rows(
        sheet,
        row,
        [
            (wb.text_cells(pd.Series([name] * len(rows), dtype="str")), text),
            (wb.number_cells(np.arange(1, len(rows) + 1)), middle),
            (wb.text_cells(rows["name"]), text),
            (wb.text_cells(rows["person"]), number_as_text),
            (wb.text_cells(categories), text),
            (wb.fen_cells(rows["amount_fen"].to_numpy()), amount),
        ],
    )
    row += len(rows)
    total = book.style(wb.GRID, wb.TOTAL, {"align": "center"})
    said = wording.say(N_("{name}: {count} persons in all")).format(name=name, count=len(rows))
    sheet.merge_range(row, 0, row, 4, said, total)
    wb.write_fen(
        sheet, row, 5, int(rows["amount_fen"].sum()), book.style(wb.GRID, wb.AMOUNT, wb.TOTAL)
    )
    return row + 1
