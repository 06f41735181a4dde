"""What came back from the bank: failures to be put right, and lines that were kept aside.

The sheet of failures is a roster: whoever corrects the accounts in it gives it to
``relief follow-up``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from xlsxwriter.utility import xl_range

from relief_cli.batch import Batch
from relief_cli.i18n import N_, Translate
from relief_cli.reports import workbook as wb
from relief_cli.reports.words import Wording, reference

VERDICTS = {
    "unmatched": N_("It fits no payment of this batch."),
    "ambiguous": N_("Several payments fit, and nothing tells which."),
    "differs": N_("The amount is not the one that was sent."),
    "contradicts": N_("It contradicts what the bank said before, or another line."),
}
"""Why a line changes nothing."""
_TOP = {"valign": "top"}
MOST_ASIDE = 10_000
"""Lines kept aside that are shown: a file with more is another batch's, or many batches'."""


@dataclass(frozen=True)
class Meaning:
    """What a bank's code means, in the office's language."""

    title: str
    remedy: str


def returned_workbook(
    batch: Batch,
    failed: pd.DataFrame,
    aside: pd.DataFrame,
    meanings: Mapping[str, Meaning],
    wording: Wording,
) -> bytes:
    """Render the workbook of what came back.

    Args:
        batch: the batch.
        failed: payments that have failed and were not paid again:
            :data:`relief_cli.ledger.returns.STANDING`.
        aside: lines that change nothing: ``file``, then
            :data:`relief_cli.ledger.returns.LINES`.
        meanings: of the bank's codes.
        wording: in the office's language.
    """
    say = wording.say
    book = wb.Book(batch.name, say)
    _write_table(book, say(N_("Failures")), _failures(batch, failed, meanings, wording))
    if len(aside):
        shown = aside.head(MOST_ASIDE)
        columns = _kept_aside(batch, shown, wording)
        if len(shown) < len(aside):
            columns = _with_rest(columns, len(aside) - len(shown), say)
        _write_table(book, say(N_("Lines kept aside")), columns)
    return book.content()


@dataclass(frozen=True)
class _Column:
    title: str
    width: int
    cells: Sequence[str | int]
    """Texts, or amounts in fen."""


def _failures(
    batch: Batch, failed: pd.DataFrame, meanings: Mapping[str, Meaning], wording: Wording
) -> list[_Column]:
    say = wording.say
    payments = batch.payments.set_index("payment").loc[failed["payment"]]
    persons = _shown(batch).loc[failed["payment"]]
    ask = Meaning("", say(N_("Ask the bank for the reason.")))
    meant = [meanings.get(str(code), ask) for code in failed["code"]]
    numbers = failed["payment"].tolist()
    return [
        # A roster's own headers, in every language: the reader of rosters knows them.
        _Column("姓名", 12, persons["name"].tolist()),
        _Column("身份证号", 22, persons["person"].tolist()),
        _Column("账户名称", 18, payments["payee_name"].tolist()),
        _Column("账号", 24, payments["account_number"].tolist()),
        _Column("开户行", 22, payments["bank_name"].fillna("").tolist()),
        _Column(say(N_("Payment no.")), 30, [reference(batch.name, one) for one in numbers]),
        _Column(say(N_("Amount (yuan)")), 14, payments["amount_fen"].tolist()),
        _Column(say(N_("Bank's code")), 10, failed["code"].tolist()),
        _Column(say(N_("What it means")), 28, [one.title for one in meant]),
        _Column(say(N_("The bank's own words")), 28, failed["reason"].tolist()),
        _Column(say(N_("What to do")), 40, [one.remedy for one in meant]),
        _Column(say(N_("Known since")), 12, failed["at"].str[:10].tolist()),
    ]


def _shown(batch: Batch) -> pd.DataFrame:
    """Give by payment the entitlement whose person is named: the payee's own, else the first."""
    payee = batch.entitlements["payment"].map(
        batch.payments.set_index("payment")["payee_id_number"]
    )
    others = batch.entitlements.assign(other=payee != batch.entitlements["person"])
    ordered = others.sort_values(["payment", "other"], kind="stable")
    return ordered.drop_duplicates("payment").set_index("payment")


def _kept_aside(batch: Batch, aside: pd.DataFrame, wording: Wording) -> list[_Column]:
    say = wording.say
    named = [
        reference(batch.name, payment) if payment else given
        for payment, given in zip(aside["payment"], aside["reference"], strict=True)
    ]
    amounts = ["" if fen < 0 else fen for fen in aside["amount_fen"].tolist()]
    reasons = [say(VERDICTS[verdict]) for verdict in aside["verdict"]]
    return [
        _Column(say(N_("File")), 34, aside["file"].tolist()),
        _Column(say(N_("Line")), 10, aside["place"].tolist()),
        _Column(say(N_("Payment no.")), 30, named),
        _Column(say(N_("Account")), 24, aside["account_number"].tolist()),
        _Column(say(N_("Payee")), 14, aside["payee_name"].tolist()),
        _Column(say(N_("Amount (yuan)")), 14, amounts),
        _Column(say(N_("Result")), 14, aside["result"].tolist()),
        _Column(say(N_("The bank's own words")), 28, aside["reason"].tolist()),
        _Column(say(N_("Why it was kept aside")), 44, reasons),
    ]


def _with_rest(columns: list[_Column], rest: int, say: Translate) -> list[_Column]:
    """Add a row that says how many lines more there are."""
    note = say(N_("and {count} lines more, which are in the ledger")).format(count=rest)
    texts = [note, *[""] * (len(columns) - 1)]
    return [
        replace(column, cells=[*column.cells, text])
        for column, text in zip(columns, texts, strict=True)
    ]


def _write_table(book: wb.Book, name: str, columns: Sequence[_Column]) -> None:
    sheet = book.sheet(name, landscape=True)
    rows = len(columns[0].cells)
    plain = book.style(wb.TEXT, _TOP)
    text, amount = book.style(wb.TEXT, wb.WRAP, _TOP), book.style(wb.AMOUNT, _TOP)
    heights = [1] * rows
    for place, column in enumerate(columns):
        wb.write_text(sheet, 0, place, column.title, book.style(wb.HEADER))
        # The whole column is text: a number typed into an empty cell keeps all its digits.
        sheet.set_column(place, place, column.width, plain)
        for row, cell in enumerate(column.cells):
            if isinstance(cell, int):
                wb.write_fen(sheet, row + 1, place, cell, amount)
            else:
                wb.write_text(sheet, row + 1, place, cell, text)
                heights[row] = max(heights[row], wb.line_count(cell, column.width))
    for row, lines in enumerate(heights, start=1):
        sheet.set_row(row, min(lines * wb.LINE_HEIGHT + 3, wb.HIGHEST_ROW))
    sheet.set_row(0, 2 * wb.LINE_HEIGHT)
    sheet.freeze_panes(1, 0)
    sheet.hide_gridlines(0)  # prints them
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, rows, len(columns) - 1)
    # Without this every ID and account bears a green triangle.
    sheet.ignore_errors({"number_stored_as_text": xl_range(0, 0, rows, len(columns) - 1)})
