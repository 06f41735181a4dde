import io
from dataclasses import replace

import openpyxl
import pytest

from relief_cli.reports.figures import by_place, links
from relief_cli.reports.summary import draft

HEAD = "3f2a91bc00112233" + "0" * 48


@pytest.fixture
def book(batch, lines, bank_files, wording):
    content = draft(batch, bank_files, lines, wording, HEAD).content(
        [file.sha256 for file in bank_files]
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def test_the_disbursement_adds_up(book):
    rows = [row for row in book.worksheets[0].values if any(cell is not None for cell in row)]
    assert rows[0][0] == "One-time living subsidy: disbursement and funding sheet"
    assert rows[2][0] == "Reporting office: 某市民政局 (seal)"
    assert rows[3][0] == "Books up to 3f2a-91bc-0011-2233"
    rows = rows[1:]
    assert rows[3] == (
        *("County", "Township", "Category", "Households", "Persons", "Amount (yuan)"),
    )
    assert rows[4:11] == [
        ("甲县", "东镇", "农村低保", 1, 1, 300),
        ("甲县", "东镇", "特困", 1, 1, 300),
        ("甲县", "西镇", "城市低保", 1, 1, 300.01),
        ("甲县", "Subtotal", None, 2, 3, 900.01),
        ("乙县", "(not given)", "农村低保", 1, 1, 400),
        ("乙县", "Subtotal", None, 1, 1, 400),
        ("Total", None, None, 3, 4, 1300.01),
    ]
    assert rows[11][0] == "Total in words: 壹仟叁佰元零壹分 (¥1,300.01)"
    assert rows[12][0] == "3 payments. 8 rows: 4 paid, 3 held, 1 needing nothing"
    shares = rows.index(("Funding shares (yuan)", *[None] * 5))
    assert rows[shares + 1][:5] == ("County", "province", "municipal", "county", "Total")
    assert rows[shares + 2 : shares + 5] == [
        ("甲县", 540.01, 180, 180, 900.01, None),
        ("乙县", 240, 80, 80, 400, None),
        ("Total", 780.01, 260, 260, 1300.01, None),
    ]
    assert [cell for cell in rows[-1] if cell] == ["Prepared by:", "Checked by:", "Approved by:"]


def test_the_bank_files_add_up(book):
    rows = list(book.worksheets[1].values)
    assert rows[2:] == [
        (1, "bank/a.txt", "shanxi-rcu", 2, 900.01, "0123456789abcdef"),
        (2, "bank/b.txt", "ccb-txt", 1, 400, "0123456789abcdef"),
        ("Total", None, None, 3, 1300.01, None),
    ]


def test_every_link_of_the_reconciliation_agrees(book):
    rows = list(book.worksheets[2].values)[2:]
    assert [(row[1], row[3], row[4], row[5]) for row in rows] == [
        (8, 8, 0, "agrees"),
        (4, 4, 0, "agrees"),
        (1300.01, 1300.01, 0, "agrees"),
        (0, 0, 0, "agrees"),
        (3, 3, 0, "agrees"),
        (3, 3, 0, "agrees"),
        (1300.01, 1300.01, 0, "agrees"),
        (1300.01, 1300.01, 0, "agrees"),
    ]


def test_unpaid_rows_by_code(book):
    rows = list(book.worksheets[3].values)[2:]
    assert [(row[0], row[1], row[4]) for row in rows[:-1]] == [
        ("held", "R101", 1),
        ("held", "R103", 1),
        ("held", "R104", 1),
        ("held", "R202", 1),
        ("held", "R204", 1),
        ("held", None, 3),
        ("needs nothing now", "R403", 1),
        ("needs nothing now", None, 1),
    ]


def test_header_rows_repeat_on_every_page(book):
    assert [sheet.print_title_rows for sheet in book.worksheets] == ["$5:$5", *["$2:$2"] * 3]


def differences(batch, lines, files):
    return [link.difference for link in links(batch, lines, files)]


def test_each_broken_link_shows(batch, lines, bank_files):
    assert differences(batch, lines, bank_files) == [0] * 8
    # a row without a fate
    assert differences(replace(batch, rows_read=9), lines, bank_files)[0] == 1
    # two payments swapped one fen: the sums agree, the payments do not
    swapped = batch.payments.assign(amount_fen=[60_001, 30_000, 40_000])
    assert differences(replace(batch, payments=swapped), lines, bank_files) == [
        *(0, 0, 0, 2, 0, 0, 0, 0),
    ]
    # payment 2 stands in no file, payment 1 in two: the count of lines agrees
    doubled = lines.assign(payment=[3, 1, 1])
    assert differences(batch, doubled, bank_files) == [0, 0, 0, 0, 2, 0, 0, 0]
    # a bank file is missing
    assert differences(batch, lines, bank_files[:1]) == [0, 0, 0, 0, 0, 1, 40_000, 0]
    # a fen of the shares is missing
    short = batch.shares.assign(amount_fen=batch.shares["amount_fen"] - [1, 0, 0, 0, 0, 0])
    assert differences(replace(batch, shares=short), lines, bank_files)[7] == 1


def test_a_household_counts_once_in_a_subtotal(batch):
    places = by_place(batch, [])
    assert places.loc[places["level"] == "county", "households"].tolist() == [2, 1]
    # 张三 and 李四 are one household of two categories
    assert places.loc[places["level"] == "category", "households"].tolist() == [1, 1, 1, 1]


def test_categories_stand_in_the_order_asked_for(batch):
    places = by_place(batch, ["tekun", "urban_dibao"])
    assert places["category"].tolist() == [
        *("tekun", "rural_dibao", "urban_dibao", "", "rural_dibao", "", ""),
    ]
    assert places["amount_fen"].tolist() == [
        *(30_000, 30_000, 30_001, 90_001, 40_000, 40_000, 130_001),
    ]
