import io
import zipfile

import openpyxl
import pytest

from relief_cli.reports import workbook as wb


def say(message):
    return message


def amounts(*fen):
    book = wb.Book("t", say)
    sheet = book.sheet("s")
    for row, amount in enumerate(fen):
        wb.write_fen(sheet, row, 0, amount, book.style(wb.AMOUNT))
    return book.content()


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, b"<v>0.00</v>"),
        (1, b"<v>0.01</v>"),
        (-1, b"<v>-0.01</v>"),
        (30_001, b"<v>300.01</v>"),
        (2**31 + 1, b"<v>21474836.49</v>"),
        (10**15 - 1, b"<v>9999999999999.99</v>"),
        (10**15 - 2, b"<v>9999999999999.98</v>"),
    ],
)
def test_an_amount_is_exact_to_the_fen(fen, written):
    content = amounts(fen)
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert written in sheet
    read = openpyxl.load_workbook(io.BytesIO(content)).active["A1"].value
    assert round(read * 100) == fen


def test_the_largest_amounts_stay_apart():
    highest = 10**15 - 1
    sheet = openpyxl.load_workbook(io.BytesIO(amounts(*range(highest - 99, highest + 1)))).active
    assert len({row[0] for row in sheet.values}) == 100


@pytest.mark.parametrize("fen", [10**15, -(10**15)])
def test_an_amount_that_a_cell_cannot_show_is_refused(fen):
    with pytest.raises(OverflowError):
        amounts(fen)


def test_a_workbook_knows_no_clock():
    parts = zipfile.ZipFile(io.BytesIO(amounts(1))).infolist()
    assert {part.date_time for part in parts} == {(1980, 1, 1, 0, 0, 0)}
    assert {part.compress_type for part in parts} == {zipfile.ZIP_STORED}
    created = openpyxl.load_workbook(io.BytesIO(amounts(1))).properties
    assert created.created.isoformat() == "2000-01-01T00:00:00"
    assert created.modified == created.created


@pytest.mark.parametrize(
    "text", ["=1+1", "{=1}", "http://x.cn", "0012", "140101195001010019", "@a"]
)
def test_text_stays_text(text):
    book = wb.Book("t", say)
    wb.write_text(book.sheet("s"), 0, 0, text, book.style(wb.TEXT))
    cell = openpyxl.load_workbook(io.BytesIO(book.content())).active["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_text_longer_than_a_cell_is_cut_not_lost():
    book = wb.Book("t", say)
    wb.write_text(book.sheet("s"), 0, 0, "长" * 40_000, book.style())
    assert len(openpyxl.load_workbook(io.BytesIO(book.content())).active["A1"].value) == 32_767


def test_sheet_names_are_legal_and_unique():
    book = wb.Book("t", say)
    wanted = ["东镇", "东镇", "a/b:c", "'x'", "History", "", "长" * 40, "长" * 40, "A", "a"]
    for name in wanted:
        book.sheet(name)
    assert openpyxl.load_workbook(io.BytesIO(book.content())).sheetnames == [
        *("东镇", "东镇_2", "a_b_c", "_x_", "_History", "_"),
        *("长" * 31, "长" * 29 + "_2", "A", "a_2"),
    ]


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("金额\nab", 4), ("𠮷", 2)])
def test_a_chinese_character_takes_two_columns(text, columns):
    assert wb.width(text) == columns


def test_pages_are_a4_one_wide_and_numbered():
    book = wb.Book("t", say)
    book.sheet("s", landscape=True)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content())).active
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0  # as many as it takes; one wide is the default
    assert sheet.oddFooter.center.text == "Page &P of &N"
