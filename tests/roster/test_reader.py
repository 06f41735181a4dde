"""Rosters in files of every kind, as townships send them, are read to the same people."""

import io
import struct

import pytest
import xlsxwriter
import xlwt
from hostile import crafted
from msoffcrypto.format.ooxml import OOXMLFile
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from rules.made import (
    card,
    id_number,
    person,
    read,
    table,
    told,
    write_csv,
    write_xls,
    write_xlsx,
)

from relief_cli.errors import UnreadableError

SOUND = table(person(1), person(2))
EXPECTED = [(person(n)["姓名"], id_number(n), card(n)) for n in (1, 2)]


def people(roster):
    columns = (roster.people[name] for name in ("name", "person", "payee_account"))
    return list(zip(*columns, strict=True))


def write_ods(path, rows):
    document = OpenDocumentSpreadsheet()
    page = Table(name="花名册")
    for row in rows:
        line = TableRow()
        for cell in row:
            number = isinstance(cell, int | float)
            kind = {"valuetype": "float", "value": cell} if number else {"valuetype": "string"}
            box = TableCell(**kind)
            box.addElement(P(text=str(cell)))
            line.addElement(box)
        page.addElement(line)
    document.spreadsheet.addElement(page)
    document.save(path)
    return path


def write_xlsb(path, rows):
    """Write texts into an .xlsb, record by record ([MS-XLSB] 2.1.4)."""

    def record(kind, data=b""):
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        size = len(data)
        length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
        return head + length + data

    def wide(text):
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    book = record(0x83) + record(0x8F) + record(
        0x9C, struct.pack("<II", 0, 1) + wide("rId1") + wide("花名册")
    ) + record(0x90) + record(0x84)  # fmt: skip
    area = struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)
    data = [record(0x81), record(0x94, area), record(0x91)]
    for at, row in enumerate(rows):
        data.append(record(0x00, struct.pack("<II", at, 0) + bytes(9)))
        data += [record(0x06, struct.pack("<II", c, 0) + wide(text)) for c, text in enumerate(row)]
    data += [record(0x92), record(0x82)]
    contents = {
        "[Content_Types].xml": crafted.TYPES,
        "_rels/.rels": crafted.ROOT_LINKS.replace("workbook.xml", "workbook.bin"),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": crafted.LINKS.replace("sheet1.xml", "sheet1.bin").replace(
            f'<Relationship Id="rId2" Type="{crafted.OFFICE}/sharedStrings"'
            ' Target="sharedStrings.xml"/>',
            "",
        ),
        "xl/worksheets/sheet1.bin": b"".join(data),
    }
    path.write_bytes(crafted.packed(contents))
    return path


WRITERS = {
    "花名册.xlsx": write_xlsx,
    "花名册.xls": write_xls,
    "花名册.et": write_xls,
    "花名册.ods": write_ods,
    "花名册.xlsb": write_xlsb,
    "花名册.csv": write_csv,
    "无后缀": write_xlsx,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_people(tmp_path, name):
    assert people(read(WRITERS[name](tmp_path / name, SOUND))) == EXPECTED


@pytest.mark.parametrize("writer", [write_xlsx, write_xls, write_ods])
def test_blank_rows_and_columns_around_the_table(tmp_path, writer):
    rows = [[""] * 7, ["", "", "2022年8月花名册", "", "", "", ""],
            *(["", "", *row] for row in SOUND)]  # fmt: skip
    roster = read(writer(tmp_path / "花名册", rows))
    assert people(roster) == EXPECTED
    assert list(roster.people["sheet_row"]) == [4, 5]
    assert roster.sheets[0].cell("id_number", 0, 4) == "D4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_texts_in_every_usual_form(tmp_path, encoding, delimiter):
    path = tmp_path / "花名册.txt"
    text = "\r\n".join(delimiter.join(row) for row in SOUND)
    path.write_bytes(text.encode(encoding))
    assert people(read(path)) == EXPECTED


def test_names_beyond_gbk_come_in_gb18030(tmp_path):
    path = write_csv(tmp_path / "花名册.csv", table(person(1, 姓名="㛃𠮷䶮")), "gb18030")
    assert list(read(path).people["name"]) == ["㛃𠮷䶮"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("\n".join(map(",".join, SOUND)).encode("utf-16"), "F011"),
        (",".join(SOUND[0]).encode() + "\n张三,1".encode("gb18030") + b"\xff\n", "F011"),
        ("姓名,身份证号,账号\n张\0三,1,2\n".encode(), "F001"),
        (("\n".join(map(",".join, SOUND)) + '\n"张三,1,2\n').encode(), "F001"),
        (",".join(SOUND[0]).encode() + b"\n" + b"x," * 600, "F006"),
    ],
    ids=["utf-16", "mixed encodings", "zero bytes", "a quote that does not close", "600 columns"],
)
def test_texts_that_are_refused(tmp_path, content, code):
    path = tmp_path / "花名册.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert (caught.value.code, caught.value.file) == (code, "花名册.csv")


def test_lines_of_a_text_may_be_ragged_and_end_in_any_way(tmp_path):
    lines = ["", "低保花名册,,,", ",".join(SOUND[0]), ",".join([*SOUND[1], "", ""]), ",,,",
             ",".join(SOUND[2])]  # fmt: skip
    for end in ("\n", "\r\n", "\r"):
        path = tmp_path / "花名册.csv"
        path.write_bytes(end.join(lines).encode())
        assert people(read(path)) == EXPECTED


def test_the_delimiter_is_not_guessed_from_remarks(tmp_path):
    rows = [[*SOUND[0], "备注"], [*SOUND[1], "a;b;c;d;e;f;g;h;i;j;k"], [*SOUND[2], "甲，乙，丙"]]
    assert people(read(write_csv(tmp_path / "花名册.csv", rows))) == EXPECTED


def test_digits_that_an_export_kept_as_text(tmp_path):
    marked = [f'="{cell}"' if cell.isdigit() else cell for cell in SOUND[1]]
    path = tmp_path / "花名册.csv"
    path.write_text("\n".join([",".join(SOUND[0]), ",".join(marked)]), encoding="utf-8")
    assert people(read(path)) == EXPECTED[:1]


def test_a_newline_in_a_quoted_cell_is_no_new_row(tmp_path):
    rows = [SOUND[0], ["李\n四", *SOUND[1][1:]], SOUND[2]]
    roster = read(write_csv(tmp_path / "花名册.csv", rows))
    assert list(roster.people["name"]) == ["李四", EXPECTED[1][0]]


# Numbers where texts should be


@pytest.mark.parametrize("writer", [write_xlsx, write_xls, write_ods])
def test_numbers_are_noticed_in_what_must_be_text(tmp_path, writer):
    rows = [
        ["姓名", "身份证号", "救助类别", "账号", "发放金额"],
        ["张三", 140122198001010018, "农村低保", 6228480000000000018, 300],
        ["李四", id_number(2), "农村低保", 12345678, 300.5],
    ]
    found = read(writer(tmp_path / "花名册", rows)).people
    assert list(found["id_number#number"]) == [True, False]
    assert list(found["number_lost"]) == [True, True]
    assert list(found["payee_account"])[1] == "12345678"
    assert list(found["total"]) == ["300", "300.5"]


def test_what_excel_makes_of_numbers_in_an_export_is_noticed(tmp_path):
    rows = table(person(1, 身份证号="1.40122E+17"), person(2, 账号="6.22848E+18"), person(3))
    run = told(tmp_path / "office", write_csv(tmp_path / "花名册.csv", rows))
    assert run.findings == {("R104", 2, "B2"), ("R203", 3, "E3")}


def test_a_float_is_read_as_excel_shows_it(tmp_path):
    rows = [[*SOUND[0], "发放金额"], [*SOUND[1], 0.1 + 0.2], [*SOUND[2], 300.0]]
    assert list(read(write_xlsx(tmp_path / "a.xlsx", rows)).people["total"]) == ["0.3", "300"]


def test_traces_of_typing_are_taken_out(tmp_path):
    number = next(id_number(n) for n in range(100) if id_number(n).endswith("X"))
    wide = id_number(2).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    rows = [
        [*SOUND[0], "发放金额"],
        ["'张　三", f"'{number.lower()}", "农村低保 ", "农行", f"\u202a{card(1)}\u202c", "300元"],
        ["李\n四", f" {wide} ", "农村低保", "农行", "6228 4800 0000 0000 026", "￥300.00"],
        ["阿卜杜拉·买买提", id_number(3), "农村低保", "农行", card(3), "３００"],
    ]  # fmt: skip
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    assert run.findings == set()
    assert list(run.batch.entitlements["name"]) == ["张三", "李四", "阿卜杜拉·买买提"]
    assert list(run.batch.entitlements["person"]) == [number, id_number(2), id_number(3)]
    assert list(run.batch.payments["account_number"]) == [card(1), card(2), card(3)]


# Sheets


def sheets(path, **options):
    content = {
        "说明": [["填表说明"], ["一、如实填写"]],
        "一镇": table(person(1)),
        "二镇": [["二镇花名册"], *table(person(2))],
        "旧": table(person(3)),
    }
    return write_xlsx(path, sheets=content, **options)


def test_every_visible_sheet_is_read(tmp_path):
    roster = read(sheets(tmp_path / "a.xlsx", hidden_sheets=("旧",)))
    assert people(roster) == EXPECTED
    assert [sheet.name for sheet in roster.sheets] == ["一镇", "二镇"]
    assert roster.inputs[0].hidden_sheets == ("旧",)
    assert roster.inputs[0].passed_sheets == ("说明",)
    assert roster.place(1) == "a.xlsx[二镇]:3"


def test_a_sheet_that_is_asked_for_is_read_alone_be_it_hidden(tmp_path):
    path = sheets(tmp_path / "a.xlsx", hidden_sheets=("旧",))
    assert list(read(path, sheets=("旧",)).people["person"]) == [id_number(3)]
    assert people(read(path, sheets=("二镇",))) == EXPECTED[1:]


def test_a_sheet_that_is_nowhere_is_told(tmp_path):
    with pytest.raises(UnreadableError) as caught:
        read(sheets(tmp_path / "a.xlsx"), sheets=("三镇",))
    assert caught.value.code == "F003"


@pytest.mark.parametrize("cell", [id_number(5), 140122198001010055])
def test_people_on_a_sheet_without_header_are_not_passed_over(tmp_path, cell):
    content = {"一镇": table(person(1)), "二镇": [["张三", cell, "农村低保", "农行", card(5)]]}
    with pytest.raises(UnreadableError) as caught:
        read(write_xlsx(tmp_path / "a.xlsx", sheets=content))
    assert (caught.value.code, caught.value.sheet) == ("F003", "二镇")


def test_the_category_may_stand_in_the_title_or_on_the_tab(tmp_path):
    without = [{k: v for k, v in person(n).items() if k != "救助类别"} for n in (1, 2)]
    content = {"一": [["黄寨镇农村低保花名册"], *table(without[0])], "城市低保": table(without[1])}
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", sheets=content))
    assert list(run.batch.entitlements["category"]) == ["rural_dibao", "urban_dibao"]


# Passwords


def locked(path, password):
    stream = io.BytesIO()
    plain = write_xlsx(path.with_name("plain.xlsx"), SOUND)
    OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt(password, stream)
    path.write_bytes(stream.getvalue())
    return path


def test_the_password_that_fits_is_found(tmp_path):
    path = locked(tmp_path / "a.xlsx", "芝麻开门")
    assert people(read(path, passwords=("x", "芝麻开门"))) == EXPECTED
    for passwords in ((), ("x",)):
        with pytest.raises(UnreadableError) as caught:
            read(path, passwords=passwords)
        assert caught.value.code == "F002"
        assert "芝麻" not in str(vars(caught.value))


# Formulas and errors


def formulas(path, value):
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for at, row in enumerate([[*SOUND[0], "发放金额", "备注"], *SOUND[1:]]):
            page.write_row(at, 0, row)
        page.write_formula("F2", "=100*3", None, value)
        page.write_formula("G2", "=1+1", None, 2)
    return path


@pytest.mark.parametrize(("value", "fates"), [(300, ["paid", "paid"]), ("", ["held", "paid"])])
def test_a_formula_holds_its_row_where_no_value_is_stored(tmp_path, value, fates):
    run = told(tmp_path / "office", formulas(tmp_path / "a.xlsx", value))
    assert run.findings == {("F007", 2, "F2")}
    assert [run.fates[0, row, 0] for row in (2, 3)] == fates


@pytest.mark.parametrize(
    ("header", "cell"), [("姓名", "A2"), ("身份证号", "B2"), ("救助类别", "C2"), ("账号", "E2")]
)
def test_an_error_cell_holds_its_row(tmp_path, header, cell):
    path = write_xlsx(tmp_path / "a.xlsx", table(person(1, **{header: "#N/A"}), person(2)))
    run = told(tmp_path / "office", path)
    assert run.of("F010") == {(2, cell)}
    assert run.fates == {(0, 2, 0): "held", (0, 3, 0): "paid"}


def test_an_error_in_an_old_workbook_holds_its_row_as_missing(tmp_path):
    path = tmp_path / "a.xls"
    book = xlwt.Workbook()
    page = book.add_sheet("一镇")
    for at, row in enumerate(SOUND):
        for column, cell in enumerate(row):
            if (at, column) != (1, 1):
                page.write(at, column, cell)
    page.row(1).set_cell_error(1, 0x2A)  # #N/A
    book.save(str(path))
    run = told(tmp_path / "office", path)
    assert run.fates == {(0, 2, 0): "held", (0, 3, 0): "paid"}


def test_hidden_rows_are_counted_where_people_stand(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [*SOUND, ["合计"]], hidden_rows=(2, 4))
    roster = read(path)
    assert roster.sheets[0].hidden_rows == 1
    assert people(roster) == EXPECTED


# Several files


def test_the_same_content_twice_is_read_once(tmp_path):
    one = write_xlsx(tmp_path / "一.xlsx", SOUND)
    two = tmp_path / "二.xlsx"
    two.write_bytes(one.read_bytes())
    roster = read(one, two)
    assert people(roster) == EXPECTED
    assert len(roster.inputs) == 1


def test_an_offices_own_headers_are_read(tmp_path):
    rows = [["惠农折号" if cell == "账号" else cell for cell in SOUND[0]], *SOUND[1:]]
    path = write_xlsx(tmp_path / "a.xlsx", rows)
    assert people(read(path, headers={"account_number": ("惠农折号",)})) == EXPECTED
