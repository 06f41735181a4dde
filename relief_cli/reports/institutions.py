"""The list that goes with a payment to an institution: whose money it is."""

import numpy as np
import pandas as pd
import pyarrow as pa

from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.words import Wording
from relief_cli.sheet_rows import Rows, mark

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
    text, middle = book.style(wb.LABEL), book.style(wb.GRID, {"align": "center"})
    number, amount = book.style(wb.GRID, wb.TEXT), book.style(wb.GRID, wb.AMOUNT)
    person = mark(sheet, 2, dict(enumerate((text, middle, text, number, text, amount))))
    total = book.style(wb.LABEL, wb.TOTAL)
    sums = book.style(wb.GRID, wb.AMOUNT, wb.TOTAL)
    together = mark(sheet, 3, dict(enumerate((*[total] * 5, sums))))
    names = dict(zip(institutions["payment"], institutions["payee_name"], strict=True))
    row = 2
    for payment, rows in residents.groupby("payment", sort=True):
        name = pd.Series([str(names[payment])], dtype="str")
        listed = Rows(person, row, _people(rows, name, wording))
        count = wording.say(N_("{count} persons in all")).format(count=len(rows))
        book.write_rows(listed)
        book.write_rows(Rows(together, listed.end, _sum(rows, name, count)))
        row = listed.end + 1


def _people(rows: pd.DataFrame, name: pd.Series, wording: Wording) -> list[pa.Array]:
    """Give the cells of an institution's residents."""
    return [
        wb.text_cells(name.repeat(len(rows))),
        wb.number_cells(np.arange(1, len(rows) + 1)),
        wb.text_cells(rows["name"]),
        wb.text_cells(rows["person"]),
        wb.text_cells(rows["category"].replace(dict(wording.categories))),
        wb.fen_cells(rows["amount_fen"].to_numpy()),
    ]


def _sum(rows: pd.DataFrame, name: pd.Series, count: str) -> list[pa.Array]:
    """Give the cells of the line below them."""
    texts = ("", "", count, "")
    return [
        wb.text_cells(name),
        *(wb.text_cells(pd.Series([text], dtype="str")) for text in texts),
        wb.fen_cells(np.array([rows["amount_fen"].sum()])),
    ]
