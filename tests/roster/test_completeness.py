"""No cell is lost between a sheet's XML and what was read of it; else the file is refused."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from rules.made import judged, person, table, write_xlsx

from relief_cli.errors import UnreadableError

SHEET = "xl/worksheets/sheet1.xml"


def changed(path, change, part=SHEET):
    """Give a workbook with one part as ``change`` leaves its text."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    assert change(text) != text
    parts[part] = change(text).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def roster(tmp_path):
    return write_xlsx(tmp_path / "r.xlsx", table(*map(person, range(1, 5))))


def refused(path):
    with pytest.raises(UnreadableError) as caught:
        judged(path)
    assert caught.value.code == "F001"
    return caught.value.message


def test_a_row_number_twice(roster):
    assert "twice" in refused(changed(roster, lambda xml: xml.replace('r="3"', 'r="2"', 1).replace(
        'r="A3"', 'r="A2"').replace('r="B3"', 'r="B2"')))  # fmt: skip


def test_a_cell_twice(roster):
    assert "twice" in refused(changed(roster, lambda xml: xml.replace('r="B4"', 'r="A4"')))


def test_a_second_table_of_cells(roster):
    def split(xml):
        return xml.replace('<row r="4"', '</sheetData><sheetData><row r="4"')

    assert "can be read" in refused(changed(roster, split))


def test_two_sheets_of_one_name(tmp_path):
    path = write_xlsx(tmp_path / "r.xlsx", sheets={"甲": table(person(1)), "乙": table(person(2))})
    renamed = changed(path, lambda xml: xml.replace('name="乙"', 'name="甲"'), "xl/workbook.xml")
    assert "Two sheets" in refused(renamed)


@pytest.mark.parametrize("change", [
    lambda xml: xml.replace("</row>", '<c r="K{}" t="str"><f>""</f><v></v></c></row>', 1).replace(
        "K{}", "K1"),
    lambda xml: xml.replace("</row>", '<c r="K1" t="e"><v>#N/A</v></c></row>', 1),
    lambda xml: xml.replace("</row>", '<c r="K1" t="inlineStr"><is><t></t></is></c></row>', 1),
])  # fmt: skip
def test_cells_in_which_nothing_stands_are_not_missed(roster, change):
    assert list(judged(changed(roster, change)).fates.values()) == ["paid"] * 4


@pytest.mark.parametrize("preserved", [False, True])
def test_empty_shared_texts_are_not_missed(tmp_path, preserved):
    """Exports write an empty text where nobody typed anything."""
    path = tmp_path / "r.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("花名册")
    rows = table(*map(person, range(1, 4)))
    for at, row in enumerate([*rows]):
        for column, cell in enumerate([*row, *[""] * 3]):
            page._write_string(at, column, "\u200b" if cell == "" else cell)  # noqa: SLF001
    book.close()
    empty = '<t xml:space="preserve"></t>' if preserved else "<t/>"
    changed(path, lambda xml: xml.replace("<t>\u200b</t>", empty), "xl/sharedStrings.xml")
    assert openpyxl.load_workbook(path).active["F2"].value in (None, "")
    assert list(judged(path).fates.values()) == ["paid"] * 3
    # A lost row is found all the same.
    changed(path, lambda xml: xml.replace('<row r="3"', '</sheetData><sheetData><row r="3"'))
    assert "can be read" in refused(path)
