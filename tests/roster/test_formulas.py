"""Formulas of workbooks that are no XML sheets are found, and whether anybody computed them."""

import io
import re
import struct
import zipfile

import openpyxl
import pytest
import xlwt
from odf import opendocument, table, text
from rules.made import judged, person
from rules.made import table as rows_of

from relief_cli.roster.formulas import formulas_of

AMOUNT = "发放金额"


def people(*amounts):
    return rows_of(*(person(n, **{AMOUNT: cell}) for n, cell in enumerate(amounts, start=1)))


def write_ods(path, rows, values):
    """Write a sheet; where ``values`` has a row's number, its last cell is a formula of it."""
    book = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="花名册")
    for at, row in enumerate(rows):
        line = table.TableRow()
        for cell in row[:-1]:
            shown = table.TableCell(valuetype="string")
            shown.addElement(text.P(text=cell))
            line.addElement(shown)
        last = {"valuetype": "string"} if at == 0 else {"valuetype": "float", "value": row[-1]}
        if at in values:
            last = {"valuetype": "float", "value": values[at], "formula": "of:=[.A1]"}
        cell = table.TableCell(**last)
        cell.addElement(text.P(text=str(row[-1])))
        line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(path)
    return path


@pytest.mark.parametrize(("values", "stored"), [
    ({2: "0"}, [False]), ({2: "0", 3: "0.00"}, [False, False]), ({2: "0", 3: "150"}, [True, True]),
])  # fmt: skip
def test_ods(tmp_path, values, stored):
    path = write_ods(tmp_path / "a.ods", people("100", "200", "300"), values)
    found = formulas_of("ods", io.BytesIO(path.read_bytes()))
    column = len(people("1")[0]) - 1
    assert found == {
        "花名册": [(row, column, one) for row, one in zip(values, stored, strict=True)]
    }
    judgement = judged(path)
    fates = list(judgement.fates.values())
    assert len(judgement.of("F007")) == len(values)
    # Nobody computed it: held. Else only what is no amount is: a result of nothing is not paid.
    assert fates[0] == "paid"
    assert (fates[2] == "paid") == (3 not in values or all(stored))


def test_ods_with_cells_that_stand_for_several(tmp_path):
    path = write_ods(tmp_path / "a.ods", people("100", "200"), {2: "7"})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts["content.xml"].decode()
    first = content.index("<table:table-row")
    blank = ('<table:table-row table:number-rows-repeated="3"><table:table-cell '
             'table:number-columns-repeated="2"/></table:table-row>')  # fmt: skip
    parts["content.xml"] = (content[:first] + blank + content[first:]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    ((row, column, stored),) = formulas_of("ods", io.BytesIO(path.read_bytes()))["花名册"]
    assert (row, column, stored) == (5, len(people("1")[0]) - 1, True)


def xls(path, formulas, sheet="花名册"):
    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    for at, row in enumerate(people("100", "200", "300")):
        for column, cell in enumerate(row):
            computed = column == len(row) - 1 and at in formulas
            page.write(at, column, xlwt.Formula(formulas[at]) if computed else cell)
    book.save(str(path))
    return path


@pytest.mark.parametrize("sheet", ["花名册", "Sheet1"])
def test_xls_that_nobody_computed(tmp_path, sheet):
    path = xls(tmp_path / "a.xls", {1: "100+50", 3: "A1"}, sheet)
    last = len(people("1")[0]) - 1
    found = formulas_of("xls", io.BytesIO(path.read_bytes()))
    assert found == {sheet: [(1, last, False), (3, last, False)]}
    assert list(judged(path).fates.values()) == ["held", "paid", "held"]


def test_xls_whose_values_are_stored(tmp_path):
    path = xls(tmp_path / "a.xls", {1: "100+50", 3: "A1"})
    content = path.read_bytes()
    place = struct.pack("<HH", 1, len(people("1")[0]) - 1)
    record = re.search(rb"\x06\x00.." + re.escape(place), content, re.DOTALL)
    at = record.end() + 2
    stored = content[:at] + struct.pack("<d", 150.0) + content[at + 8 :]
    path.write_bytes(stored)
    found = formulas_of("xls", io.BytesIO(stored))["花名册"]
    # The writer leaves an empty text as the other's value: nobody has computed that one.
    assert [computed for _, _, computed in found] == [True, False]
    assert list(judged(path).fates.values()) == ["paid", "paid", "held"]


def test_what_is_no_such_workbook_tells_of_none():
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    assert formulas_of("xlsb", book) == {}
