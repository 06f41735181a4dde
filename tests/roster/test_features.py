"""What stands out on a sheet is found, however its XML is written."""

import io
import time
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.errors import UnreadableError
from relief_cli.roster.features import scan, sheet_parts
from relief_cli.roster.formulas import computed
from relief_cli.roster.sheet_xml import parse_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(rows, before="", after="", prefix=""):
    colon = f"{prefix}:" if prefix else ""
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    return (
        f'<?xml version="1.0"?><{colon}worksheet {name}="{MAIN}">{before}'
        f"<{colon}sheetData>{rows}</{colon}sheetData>{after}</{colon}worksheet>"
    ).encode()


def found(xml):
    features = scan(xml)
    return {
        "formulas": [tuple(map(int, cell)) for cell in features.formulas],
        "stored": [bool(stored) for stored in features.stored],
        "errors": [tuple(map(int, cell)) for cell in features.errors],
        "hidden_rows": [int(row) for row in features.hidden_rows],
        "hidden_columns": [int(column) for column in features.hidden_columns],
        "autofilter": features.autofilter,
    }


NOTHING = {
    "formulas": [],
    "stored": [],
    "errors": [],
    "hidden_rows": [],
    "hidden_columns": [],
    "autofilter": False,
}


def test_an_ordinary_sheet_has_nothing_to_report():
    assert found(sheet('<row r="1"><c r="A1"><v>1</v></c></row>')) == NOTHING
    assert found(f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()) == NOTHING


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ('<c r="C7"><f>A1+B1</f><v>300</v></c>', True),
        ('<c r="C7" s="1" t="str"><f>A1</f><v>text</v></c>', True),
        ("<c s='1' r='C7'><f>A1</f><v>0</v></c>", False),
        ('<c r="C7"><f>A1</f><v>0.00</v></c>', False),
        ('<c r="C7"><f>A1</f><v>-0.5</v></c>', True),
        ('<c r="C7"><f>A1</f></c>', False),
        ('<c r="C7"><f>A1</f><v></v></c>', False),
        ('<c r="C7"><f>A1</f><v/></c>', False),
        ('<c r="C7"><f>A1</f><v /></c>', False),
        ('<c r="C7"><f>A1</f><v> </v></c>', False),
        ('<c r="C7"><f t="shared" si="0"/><v>5</v></c>', True),
        ('<c r="C7">\n  <f t="shared" ref="C7:C9" si="0">A1</f>\n  <v>5</v></c>', True),
        ('<c r="C7"><f ca="1"></f><v xml:space="preserve">5</v></c>', True),
        ('<c r="c7"><f>IF(A1&lt;2,"<!",1)</f><v>5</v></c>'.replace("<!", "!"), True),
        ('<c r="C7"><v>5</v><f>A1</f></c>', False),
    ],
)
def test_a_formula_and_whether_its_value_is_stored(cell, stored):
    expected = NOTHING | {"formulas": [(6, 2)], "stored": [stored]}
    assert found(sheet(f'<row r="7">{cell}</row>')) == expected


def test_prefixes_are_followed():
    cell = '<x:c r="B2" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>'
    rows = f'<x:row r="2" hidden="true">{cell}</x:row>'
    assert found(sheet(rows, prefix="x")) == NOTHING | {
        "formulas": [(1, 1)],
        "stored": [True],
        "errors": [(1, 1)],
        "hidden_rows": [1],
    }


def test_two_prefixes_of_one_namespace_hide_nothing():
    rows = f'<row r="1"><y:c xmlns:y="{MAIN}" r="A1"><y:f>1</y:f></y:c></row>'
    assert found(sheet(rows))["formulas"] == [(0, 0)]


def test_elements_of_other_namespaces_are_not_cells():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><!-- <c r="B2"><f>1</f></c> -->'
    assert found(sheet(rows, before='<o:f xmlns:o="urn:other"/>')) == NOTHING


def test_cells_and_rows_without_a_position_follow_the_one_before():
    rows = '<row r="5"><c r="B5"/><c><f>1</f></c></row><row hidden="1"><c t="e"/><c t="e"/></row>'
    assert found(sheet(rows)) == NOTHING | {
        "formulas": [(4, 2)],
        "stored": [False],
        "errors": [(5, 0), (5, 1)],
        "hidden_rows": [5],
    }


def test_a_text_that_looks_like_markup_is_text():
    rows = '<row r="1"><c r="A1" t="str"><v>t="e" hidden="1" r="C3"</v></c></row>'
    assert found(sheet(rows)) == NOTHING
    text = '<is><t><![CDATA[<c r="C3"><f>1</f>]]></t></is>'
    rows = f'<row r="1"><c r="A1" t="inlineStr">{text}</c></row>'
    assert found(sheet(rows)) == NOTHING


@pytest.mark.parametrize("middle", ["<!-- -->", "<?x y?>", "<![CDATA[0]]>"])
@pytest.mark.parametrize("formula", ["", "<f>A1</f>"])
def test_a_value_in_pieces_is_refused(middle, formula):
    rows = f'<row r="1"><c r="B1">{formula}<v>3{middle}00</v></c></row>'
    with pytest.raises(UnreadableError, match="damaged"):
        scan(sheet(rows))


def test_hidden_columns_and_rows():
    columns = '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" hidden="0"/></cols>'
    rows = '<row r="1" hidden="0"/><row hidden="1" r="3" ht="12"/><row r="4" hidden="false"/>'
    assert found(sheet(rows, before=columns)) == NOTHING | {
        "hidden_columns": [1, 2],
        "hidden_rows": [2],
    }


def test_a_filter_is_told():
    assert found(sheet("", after='<autoFilter ref="A1:C9"/>')) == NOTHING | {"autofilter": True}


def test_utf_16_is_parsed():
    xml = sheet('<row r="1"><c r="A1"><f>1</f></c></row>').decode().encode("utf-16")
    assert found(xml)["formulas"] == [(0, 0)]


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet("").split(b"?>")[1],
        sheet("<!-- <row>"),
        b"",
        b"\0\0\0",
        sheet("")[:-20].replace(b"main", b"other"),
    ],
)
def test_broken_xml_is_refused(xml):
    with pytest.raises(UnreadableError, match="damaged") as caught:
        scan(xml)
    assert caught.value.code == "F001"


cells = st.tuples(
    st.integers(0, 40),
    st.integers(0, 60),
    st.sampled_from(["", ' t="e"', " t='e'", ' t="str" s="3"']),
    st.sampled_from(["", "<f>A1&amp;1</f>", '<f t="shared" si="0"/>', "<f/>"]),
    st.sampled_from(["", "<v>1</v>", "<v/>", '<v>t="e" \'</v>']),
)


def letters(column):
    text = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        text, column = chr(65 + rest) + text, column - 1
    return text


@given(st.lists(cells, max_size=12), st.sampled_from(["", "x"]))
def test_searching_finds_what_parsing_finds(chosen, prefix):
    rows = "".join(
        f'<row r="{row + 1}"{" hidden=" + chr(34) + "1" + chr(34) if row % 3 == 0 else ""}>'
        f'<c r="{letters(column)}{row + 1}"{kind}>{formula}{value}</c></row>'
        for row, column, kind, formula, value in chosen
    )
    if prefix:
        rows = rows.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    xml = sheet(rows, prefix=prefix)
    marks = parse_sheet(xml)
    assert marks.formulas == [(row, column) for row, column, _, formula, _ in chosen if formula]
    assert found(xml) == NOTHING | {
        "formulas": marks.formulas,
        "stored": computed(marks.stored),
        "errors": marks.errors,
        "hidden_rows": marks.hidden_rows,
    }


HOSTILE = {
    "unfinished formulas": b'<c r="A1"><f>1' * 300_000,
    "unfinished cells": b"<c " * 1_000_000,
    "a tag without an end": b'<c r="A1" ' + b't="e" ' * 500_000,
    "spaces in a tag": b'<c r="A1"><f ' + b" " * 4_000_000,
    "spaces behind a formula": b'<c r="A1"><f/>' + b" \n" * 2_000_000,
    "rows that do not end": b'<row r="1" hidden="1" ' * 200_000,
    "texts that look like errors": b'<c r="A1"><v>' + b't="e"' * 900_000 + b"</v></c>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long_to_search(name):
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + HOSTILE[name]
    started = time.process_time()
    try:
        scan(xml)
    except UnreadableError as error:
        assert error.code == "F001"  # noqa: PT017  # either answer will do, if it comes soon
    assert time.process_time() - started < 1


def test_ten_megabytes_of_ordinary_cells_cost_milliseconds():
    cell = '<c r="C7" s="2" t="s"><v>123456</v></c><c r="D7" s="2"><v>300.5</v></c>'
    xml = sheet(f'<row r="7" spans="1:16">{cell * 8}</row>' * 17_000)
    assert len(xml) > 10_000_000
    times = []
    for _ in range(3):
        started = time.process_time()
        assert found(xml) == NOTHING
        times.append(time.process_time() - started)
    assert min(times) < 0.1


def workbook(names):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name in names:
            book.add_worksheet(name)
        book.add_chartsheet("图表").set_chart(chart(book, names[0]))
    return zipfile.ZipFile(stream)


def chart(book, name):
    column = book.add_chart({"type": "column"})
    column.add_series({"values": [name, 0, 0, 1, 0]})
    return column


def test_sheets_are_found_by_their_names():
    assert sheet_parts(workbook(["黄寨镇", "A&B <1>"])) == {
        "黄寨镇": "xl/worksheets/sheet1.xml",
        "A&B <1>": "xl/worksheets/sheet2.xml",
    }


RELATIONSHIPS = (
    '<r:Relationships xmlns:r="http://schemas.openxmlformats.org/package/2006/relationships">'
    "<r:Relationship Id='a' Type='http://x/worksheet' Target='/XL/worksheets/one.xml'/>"
    "<r:Relationship Id='b' Type='http://x/worksheet' Target='../xl/worksheets/two.xml'/>"
    "<r:Relationship Id='c' Type='http://x/worksheet' Target='worksheets/none.xml'/>"
    "</r:Relationships>"
)
BOOK = (
    f'<m:workbook xmlns:m="{MAIN}" xmlns:q="http://relationships"><m:sheets>'
    '<m:sheet name="2" sheetId="1" q:id="b"/><m:sheet q:id="a" name="1" sheetId="2"/>'
    '<m:sheet name="3" sheetId="3" q:id="c"/></m:sheets></m:workbook>'
)


ROOT = (
    "<Relationships><Relationship Id='x' Type='http://x/officeDocument' Target='/xl/workbook.xml'/>"
    "</Relationships>"
)


def packed(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in ({"_rels/.rels": ROOT} | parts).items():
            archive.writestr(name, text)
    return zipfile.ZipFile(stream)


def test_prefixes_absolute_targets_and_missing_parts():
    archive = packed(
        {
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": RELATIONSHIPS,
            "xl/worksheets/one.xml": "",
            "xl/worksheets/two.xml": "",
        }
    )
    parts = sheet_parts(archive)
    assert list(parts.items()) == [
        ("2", "xl/worksheets/two.xml"),
        ("1", "xl/worksheets/one.xml"),
    ]


def test_the_workbook_is_the_part_that_the_package_names():
    archive = packed(
        {
            "_rels/.rels": ROOT.replace("workbook.xml", "real.xml"),
            "xl/workbook.xml": BOOK.replace('name="2"', 'name="decoy"'),
            "xl/real.xml": BOOK,
            "xl/_rels/real.xml.rels": RELATIONSHIPS,
            "xl/worksheets/two.xml": "",
        }
    )
    assert sheet_parts(archive) == {"2": "xl/worksheets/two.xml"}


@pytest.mark.parametrize("book", ["", "<a>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_broken_index_is_refused(book):
    archive = packed({"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": RELATIONSHIPS})
    with pytest.raises(UnreadableError, match="damaged"):
        sheet_parts(archive)
    with pytest.raises(UnreadableError, match="damaged"):
        sheet_parts(packed({"xl/workbook.xml": BOOK}))
