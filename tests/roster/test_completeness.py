"""No cell is lost between a sheet's XML and what was read of it; else the file is refused."""

import io
import re
import struct
import zipfile

import openpyxl
import pytest
import xlsxwriter
from rules.made import id_number, judged, person, read, table, write_xlsx

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


def packed(path, name_of=lambda name: name, **parts):
    """Pack a workbook again under other names, with the parts that are given."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            entry = zipfile.ZipInfo("x")
            entry.filename = name_of(name)  # else Python would put the slashes right
            archive.writestr(entry, part, zipfile.ZIP_DEFLATED)
    return path


def in_zip64(path):
    """Let records before the end record tell where the list of parts is, as streams are packed."""
    content = path.read_bytes()
    end = content.rfind(b"PK\5\6")
    count, size, start = struct.unpack_from("<H2xII", content, end + 8)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    large = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    ended = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, *large, 0)
    path.write_bytes(content[:end] + record + locator + ended)
    return path


def without_part_names(path):
    return changed(path, lambda xml: re.sub(r'\sr:id="[^"]*"', "", xml), "xl/workbook.xml")


WRITTEN_SO = {
    "A0": lambda path: changed(path, lambda xml: re.sub('ref="A1:[A-Z0-9]+"', 'ref="A0"', xml)),
    "no dimension": lambda path: changed(path, lambda xml: re.sub("<dimension[^>]*/>", "", xml)),
    "sheets without parts": without_part_names,
    "backslashes": lambda path: packed(path, lambda name: name.replace("/", "\\")),
    "zip64": in_zip64,
    "all of it": lambda path: in_zip64(
        packed(WRITTEN_SO["A0"](without_part_names(path)), lambda name: name.replace("/", "\\"))
    ),
}


@pytest.mark.parametrize("how", WRITTEN_SO)
def test_what_programs_that_clerks_use_write_is_read(tmp_path, how):
    sheets = {f"第{n}村": table(person(n)) for n in range(1, 12)}
    path = WRITTEN_SO[how](write_xlsx(tmp_path / "r.xlsx", sheets=sheets))
    roster = read(path)
    assert [sheet.name for sheet in roster.sheets] == list(sheets)
    assert roster.people["person"].tolist() == [id_number(n) for n in range(1, 12)]


def test_a_list_of_parts_that_is_not_where_it_should_be_is_damage(tmp_path):
    path = in_zip64(write_xlsx(tmp_path / "r.xlsx", table(person(1))))
    path.write_bytes(path.read_bytes().replace(b"PK\6\6", b"PK\6\5"))
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert caught.value.code == "F001"


@pytest.mark.parametrize("name", ["..\\evil.xml", "\\evil.xml", "c:\\evil.xml"])
def test_backslashes_lead_nowhere(tmp_path, name):
    path = write_xlsx(tmp_path / "r.xlsx", table(person(1)))
    packed(path, **{"evil.xml": b"<a/>"})
    packed(path, lambda one: name if one == "evil.xml" else one)
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert caught.value.code == "F001"
