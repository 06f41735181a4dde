"""The sheet that is signed: who gets how much by place and category, and who funds it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.ledger.events import short_head
from relief_cli.money import format_yuan, uppercase
from relief_cli.policy.parameters import OPEN
from relief_cli.reports import qr
from relief_cli.reports import workbook as wb
from relief_cli.reports.figures import GROUP, by_place, count_rows
from relief_cli.reports.words import PROGRAMMES, SOURCES, Wording, word

_COLUMNS = (
    (N_("County"), 18),
    (N_("Township"), 18),
    (N_("Category"), 26),
    (N_("Households"), 17),
    (N_("Persons"), 17),
    (N_("Amount (yuan)"), 18),
)
_LAST = len(_COLUMNS) - 1
_OPEN = {"text_wrap": True, "valign": "vcenter"}
_ROW_HEIGHT = 18


@dataclass
class _Page:
    """The sheet, and the row to be written next."""

    book: wb.Book
    sheet: Worksheet
    wording: Wording
    row: int = 0

    def line(self, text: str, style: Mapping[str, object], height: float = _ROW_HEIGHT) -> None:
        """Write one line over the whole width."""
        self.sheet.merge_range(self.row, 0, self.row, _LAST, text, self.book.style(style))
        self.sheet.set_row(self.row, height)
        self.row += 1


def write_disbursement(book: wb.Book, batch: Batch, wording: Wording, head: str) -> None:
    """Add the sheet.

    Args:
        book: the workbook.
        batch: the batch.
        wording: in the office's language.
        head: of the chain of events, 64 hex digits; empty where the books had none.
    """
    sheet = book.sheet(wording.say(N_("Disbursement and funding")))
    for column, (_, columns) in enumerate(_COLUMNS):
        sheet.set_column(column, column, columns)
    page = _Page(book, sheet, wording)
    _write_head(page, batch, head)
    _write_places(page, by_place(batch, list(wording.categories)))
    _write_total(page, batch)
    _write_shares(page, batch.shares)
    _write_open(page, batch.parameters)
    _write_signatures(page)


def _write_head(page: _Page, batch: Batch, head: str) -> None:
    say = page.wording.say
    programme = word(PROGRAMMES, batch.programme, say)
    title = say(N_("{programme}: disbursement and funding sheet"))
    page.line(title.format(programme=programme), wb.TITLE, 32)
    subtitle = say(N_("Cycle {cycle}    Batch {batch}"))
    page.line(subtitle.format(cycle=batch.cycle, batch=batch.name), {"align": "center"})
    style = page.book.style({"valign": "vcenter"})
    office = say(N_("Reporting office: {office} (seal)")).format(office=batch.office)
    page.sheet.merge_range(page.row, 0, page.row, 2, office, style)
    day = say(N_("Date:        (year)     (month)     (day)"))
    right = page.book.style({"valign": "vcenter", "align": "right"})
    page.sheet.merge_range(page.row, 3, page.row, _LAST, day, right)
    page.sheet.set_row(page.row, 22)
    page.row += 1
    if head:
        # With it an auditor finds that the books were cut off.
        books = say(N_("Books up to {head}")).format(head=short_head(head))
        page.line(books, {"align": "right"})
        page.sheet.insert_image(0, _LAST, "head.png", {"image_data": qr.png(head)})


def _write_places(page: _Page, places: pd.DataFrame) -> None:
    say, book, sheet = page.wording.say, page.book, page.sheet
    _header(page, [say(header) for header, _ in _COLUMNS])
    sheet.repeat_rows(page.row - 1)
    columns = (places[name] for name in (*GROUP, "level", "households", "persons", "amount_fen"))
    for county, township, category, level, households, persons, fen in zip(*columns, strict=True):
        bold: Mapping[str, object] = {} if level == "category" else wb.TOTAL
        labels = _labels(page.wording, level, (county, township, category))
        for column, label in enumerate(labels):
            wb.write_text(sheet, page.row, column, label, book.style(wb.LABEL, bold))
        count = book.style(wb.GRID, wb.COUNT, bold)
        sheet.write_number(page.row, 3, households, count)
        sheet.write_number(page.row, 4, persons, count)
        wb.write_fen(sheet, page.row, 5, fen, book.style(wb.GRID, wb.AMOUNT, bold))
        lines = max(wb.line_count(text, _COLUMNS[i][1]) for i, text in enumerate(labels))
        sheet.set_row(page.row, lines * wb.LINE_HEIGHT + 3)
        page.row += 1


def _labels(wording: Wording, level: str, group: tuple[str, str, str]) -> tuple[str, str, str]:
    """Give the words of the first three columns; what a roster did not say is said to be so."""
    unknown = wording.say(N_("(not given)"))
    county, township, category = group
    if level == "category":
        title = wording.categories.get(category, category)
        return county or unknown, township or unknown, title or unknown
    if level == "county":
        return county or unknown, wording.say(N_("Subtotal")), ""
    return wording.say(N_("Total")), "", ""


def _write_total(page: _Page, batch: Batch) -> None:
    say = page.wording.say
    rows = count_rows(batch)
    words = say(N_("Total in words: {words} (¥{amount})"))
    fen = batch.amount_fen
    page.line(
        words.format(words=uppercase(fen), amount=format_yuan(fen)),
        {**wb.LABEL, "bold": True},
        24,
    )
    counts = say(
        N_("{payments} payments. {read} rows: {paid} paid, {held} held, {skipped} needing nothing")
    )
    page.line(
        counts.format(
            payments=f"{len(batch.payments):,}",
            read=f"{rows.read:,}",
            paid=f"{rows.paid:,}",
            held=f"{rows.held:,}",
            skipped=f"{rows.skipped:,}",
        ),
        wb.LABEL,
        20,
    )
    note = N_(
        "A household with members of two categories counts in both lines, once in a subtotal."
    )
    page.line(say(note), wb.NOTE)


def _write_shares(page: _Page, shares: pd.DataFrame) -> None:
    """Write what each source bears, by county; sources in the order of the policy."""
    say = page.wording.say
    page.row += 1
    page.line(say(N_("Funding shares (yuan)")), wb.SECTION)
    sources = list(dict.fromkeys(shares["source"]))
    headers = [say(N_("County")), *(word(SOURCES, source, say) for source in sources)]
    _header(page, [*headers, say(N_("Total"))])
    by_county: dict[str, dict[str, int]] = {}
    of_county = shares.assign(county=shares["county"].fillna(""))
    keys = ["county", "source"]
    sums = of_county.groupby(keys, sort=False, as_index=False)["amount_fen"].sum()
    for county, source, fen in sums.itertuples(index=False):
        by_county.setdefault(county, {})[source] = fen
    totals = shares.groupby("source", sort=False)["amount_fen"].sum().to_dict()
    for county, amounts in by_county.items():
        label = county or say(N_("(not given)"))
        _share_line(page, label, [amounts.get(source, 0) for source in sources], {})
    _share_line(page, say(N_("Total")), [totals[source] for source in sources], wb.TOTAL)


def _share_line(page: _Page, label: str, amounts: list[int], bold: Mapping[str, object]) -> None:
    book, sheet = page.book, page.sheet
    wb.write_text(sheet, page.row, 0, label, book.style(wb.LABEL, bold))
    for column, fen in enumerate([*amounts, sum(amounts)], start=1):
        wb.write_fen(sheet, page.row, column, fen, book.style(wb.GRID, wb.AMOUNT, bold))
    sheet.set_row(page.row, _ROW_HEIGHT)
    page.row += 1


def _write_open(page: _Page, parameters: pd.DataFrame) -> None:
    """Write which values of the policy the batch goes by though nobody has confirmed them."""
    still_open = parameters[parameters["status"] == OPEN]
    if still_open.empty:
        return
    say = page.wording.say
    page.row += 1
    page.line(say(N_("Values of the policy that are still to be confirmed")), wb.SECTION)
    texts = still_open[["name", "place", "value", "reference"]].fillna("")
    for name, place, value, reference in texts.itertuples(index=False):
        where = f" {place}" if place else ""
        page.line(f"{name}{where} = {value}    {reference}", _OPEN, 2 * _ROW_HEIGHT)


def _write_signatures(page: _Page) -> None:
    say = page.wording.say
    page.row += 1
    style = page.book.style({"valign": "vcenter"})
    signers = (N_("Prepared by:"), N_("Checked by:"), N_("Approved by:"))
    for first, signer in zip((0, 2, 4), signers, strict=True):
        wb.write_text(page.sheet, page.row, first, say(signer), style)
    page.sheet.set_row(page.row, 30)


def _header(page: _Page, headers: list[str]) -> None:
    for column, header in enumerate(headers):
        wb.write_text(page.sheet, page.row, column, header, page.book.style(wb.HEADER))
    page.sheet.set_row(page.row, 22)
    page.row += 1
