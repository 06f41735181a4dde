"""Rows filled into a workbook are what XlsxWriter would have written, cell by cell."""

import io

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from relief_cli import sheet_rows

TEXTS = ["张三", "", " 前后 ", "a&b<c>d\"e'", "=1+1", "两\n行", "_x0041_", "\x01", "𠮷", "000123"]
NUMBERS = [300, 0, -1, 10**15 - 1, 7, 8, 9, 10, 11, 12]


def cells(texts):
    return pa.array(texts, pa.large_string())


def numbers(fen):
    return pa.array([f"{each / 100:.2f}" for each in fen]).cast(pa.decimal128(18, 2))


class Made:
    """A workbook made twice: in whole columns, and by XlsxWriter cell by cell."""

    def __init__(self):
        self.buffers = [io.BytesIO(), io.BytesIO()]
        self.books = [xlsxwriter.Workbook(each, {"in_memory": True}) for each in self.buffers]
        forms = [("@", "#,##0.00"), ("@", "0.00")]
        self.looks = [
            [[book.add_format({"num_format": form, "border": 1}) for form in pair]
             for pair in forms]
            for book in self.books
        ]  # fmt: skip
        self.blocks = []

    def sheet(self, first=1):
        self.sheets = [book.add_worksheet() for book in self.books]
        for sheet in self.sheets:
            sheet.write_string(0, 0, "标题")
            sheet.set_row(first, 30)
        self.marks = [
            sheet_rows.mark(self.sheets[0], first + place, {1: text, 3: number})
            for place, (text, number) in enumerate(self.looks[0])
        ]

    def rows(self, first, texts, fen, *, look=0, blanks=True):
        columns = [cells(texts), numbers(fen)]
        self.blocks.append(sheet_rows.Rows(self.marks[look], first, columns, blanks))
        text, number = self.looks[1][look]
        for row, (each, amount) in enumerate(zip(texts, fen, strict=True), start=first):
            if each:
                self.sheets[1].write_string(row, 1, each, text)
            elif blanks:
                self.sheets[1].write_blank(row, 1, None, text)
            self.sheets[1].write_number(row, 3, amount / 100, number)
            self.sheets[1].set_row(row, 30 if look == 0 else None)

    def contents(self):
        for book in self.books:
            book.close()
        parts = sheet_rows.unpacked(self.buffers[0])
        return sheet_rows.packed(sheet_rows.filled(parts, self.blocks)), self.buffers[1]


def by_calamine(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def by_openpyxl(content):
    """Give every cell's value, kind of value and look, and each sheet's extent and heights."""

    def seen(cell):
        value = None if cell.data_type == "s" else cell.value
        return cell.data_type, cell.number_format, cell.border.left.style, value

    return [
        (
            sheet.dimensions,
            [sheet.row_dimensions[row].height for row in range(1, 30)],
            [[seen(cell) for cell in row] for row in sheet],
        )
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
    ]


@pytest.mark.parametrize("blanks", [False, True])
def test_they_are_the_cells_that_are_written_one_by_one(blanks):
    made = Made()
    made.sheet()
    made.rows(1, ["一", "二"], [1, 2])
    made.sheet()
    made.rows(1, TEXTS, NUMBERS, blanks=blanks)
    made.rows(11, TEXTS[:1], NUMBERS[:1], blanks=blanks, look=1)
    made.rows(14, TEXTS[::-1], NUMBERS, blanks=blanks)
    filled, plain = made.contents()
    assert by_calamine(filled) == by_calamine(plain.getvalue())
    assert by_openpyxl(filled) == by_openpyxl(plain.getvalue())
    assert by_calamine(filled)[0][1:] == [["", "一", "", 0.01], ["", "二", "", 0.02]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), min_size=1))
def test_any_text_comes_back_as_from_xlsxwriter(texts):
    made = Made()
    made.sheet()
    made.rows(1, texts, [1] * len(texts))
    filled, plain = made.contents()
    assert by_calamine(filled) == by_calamine(plain.getvalue())


@pytest.mark.parametrize("row", [3, 4, 20])
def test_what_is_written_among_them_or_below_is_a_fault(row):
    made = Made()
    made.sheet(3)
    made.rows(3, TEXTS, NUMBERS)
    made.sheets[0].write_string(row, 7, "beside")
    with pytest.raises(ValueError, match="something else stands in row 4 or below"):
        made.contents()
