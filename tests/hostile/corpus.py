"""Files that were made to do harm, or that went wrong on their way, each made anew.

``corpus(folder)`` writes them and tells what may become of each: the codes with which it may be
refused, and ``readable`` where its cells may be read (whatever the rules then find in them).
"""

import os
import random
from pathlib import Path

from hostile import crafted as make

READABLE = "readable"
_SEED = 20220719
_CASES = {}


def _case(name, *allowed):
    def register(build):
        _CASES[name] = (build, frozenset(allowed))
        return build

    return register


_ODS_ROW = f"<table:table-row>{make.ods_cell('张三')}</table:table-row>"


def corpus(folder):
    """Write every file into ``folder`` and give ``[(path, what may become of it)]``."""
    files = []
    for name, (build, allowed) in _CASES.items():
        path = Path(folder) / name
        content = build(path)
        if content is not None:
            path.write_bytes(content)
        files.append((path, allowed))
    return files + _damaged(Path(folder))


def _damaged(folder):
    """Whole files cut off and with bits turned over, the same ones each time."""
    chance = random.Random(_SEED)  # noqa: S311  # the same files every time
    whole = {"xlsx": make.xlsx(), "xls": make.xls(), "ods": make.ods(_ODS_ROW)}
    files = []
    for kind, content in whole.items():
        for part in range(1, 8):
            path = folder / f"cut-{part}.{kind}"
            path.write_bytes(content[: len(content) * part // 8])
            files.append((path, frozenset({"F001"})))
        for turn in range(10):
            path = folder / f"bits-{turn}.{kind}"
            path.write_bytes(make.flipped(content, chance))
            files.append((path, frozenset({"F001", "F002", "F006", READABLE})))
    return files


# Whole files, which show that the others are refused for what was done to them


@_case("whole.xlsx", READABLE)
def _(_path):
    return make.xlsx()


@_case("whole.xls", READABLE)
def _(_path):
    return make.xls()


@_case("whole.xlsb", READABLE)
def _(_path):
    return make.xlsb([(0, 0, 1.0), (1, 1, 2.0)])


@_case("whole.ods", READABLE)
def _(_path):
    return make.ods(_ODS_ROW)


@_case("whole.csv", READABLE)
def _(_path):
    return "姓名,身份证号\r\n张三,140121195003070018\r\n".encode("gb18030")


@_case("new-workbook-under-an-old-name.xls", READABLE)
def _(_path):
    return make.xlsx()


@_case("old-workbook-under-a-text-name.csv", READABLE)
def _(_path):
    return make.xls()


# Bombs


@_case("bomb.xlsx", "F006")
def _(_path):
    return make.xlsx(make.sheet(after=" " * 80_000_000))


@_case("bomb-lying.xlsx", "F001", "F006")
def _(_path):
    content = make.xlsx(make.sheet(after=" " * 80_000_000))
    return make.with_claimed_size(content, "xl/worksheets/sheet1.xml", 5000)


@_case("bomb-of-cells.xlsx", "F001", "F006")
def _(_path):
    cells = "<c><v>1</v></c>" * 16_000
    content = make.xlsx(make.sheet(f"<row>{cells}</row>" * 1000))
    return make.with_claimed_size(content, "xl/worksheets/sheet1.xml", 5000)


@_case("claims-4-gigabytes.xlsx", "F006")
def _(_path):
    return make.with_claimed_size(make.xlsx(), "xl/worksheets/sheet1.xml", 0xFFFFFFF0)


@_case("nested.xlsx", "F001", "F006")
def _(_path):
    inner = make.packed({"a": bytes(20_000_000)})
    return make.packed({f"{number}.zip": make.packed({"b": inner}) for number in range(20)})


@_case("overlapping.xlsx", "F001")
def _(_path):
    return make.overlapping(make.xlsx(), 500)


@_case("too-many-parts.xlsx", "F006")
def _(_path):
    return make.packed(make.parts() | {f"x/{number}": b"" for number in range(10_001)}, 0)


@_case("strings-million-empty.xlsx", "F006", READABLE)
def _(_path):
    return make.xlsx(strings=make.shared("<si/>" * 1_000_000))


@_case("corners.xlsx", "F006")
def _(_path):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return make.xlsx(make.sheet(rows + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


@_case("corners.xls", "F006", READABLE)
def _(_path):
    return make.xls([(0, 0, 1), (65535, 255, 1)])


@_case("corners.xlsb", "F006")
def _(_path):
    return make.xlsb([(0, 0, 1.0), (1_048_575, 16_383, 1.0)])


@_case("repeated.ods", "F001", "F006")
def _(_path):
    cells = make.ods_cell("x", 16_384)
    return make.ods(
        f'<table:table-row table:number-rows-repeated="1048576">{cells}</table:table-row>'
    )


@_case("corners.ods", "F001", "F006")
def _(_path):
    first = f"<table:table-row>{make.ods_cell('x')}</table:table-row>"
    gap = (
        '<table:table-row table:number-rows-repeated="1048574">'
        "<table:table-cell/></table:table-row>"
    )
    last = (
        '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
        f"{make.ods_cell('x')}</table:table-row>"
    )
    return make.ods(first + gap + last)


@_case("columns-without-end.ods", "F001", "F006", READABLE)
def _(_path):
    return make.ods(f"<table:table-row>{make.ods_cell('x', 2**63)}</table:table-row>")


@_case("million-merges.xlsx", "F006", READABLE)
def _(_path):
    merges = '<mergeCell ref="A1:B2"/>' * 1_000_000
    return make.xlsx(make.sheet(after=f"<mergeCells>{merges}</mergeCells>"))


@_case("million-sheets.xlsx", "F001", "F006", READABLE)
def _(_path):
    sheets = '<sheet name="S" sheetId="1" r:id="rId1"/>' * 1_000_000
    return make.xlsx(book=make.BOOK.replace("<sheets>", "<sheets>" + sheets))


@_case("text-of-32-megabytes.xlsx", "F006", READABLE)
def _(_path):
    return make.xlsx(
        make.sheet(
            f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"长" * 11_000_000}</t></is></c></row>'
        )
    )


@_case("wide-header.xlsx", "F006", READABLE)
def _(_path):
    cell = '<c t="inlineStr"><is><t>姓名</t></is></c>'
    return make.xlsx(make.sheet(f'<row r="1">{cell * 16_384}</row>'))


@_case("deep.xlsx", "F001", "F006", READABLE)
def _(_path):
    return make.xlsx(make.sheet("<a>" * 1_000_000 + "</a>" * 1_000_000))


@_case("deep-workbook.xlsx", "F001", "F006", READABLE)
def _(_path):
    return make.xlsx(book=make.BOOK.replace("<sheets>", "<a>" * 300_000 + "<sheets>"))


# Declarations

_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
_OUTSIDE = '<!DOCTYPE a [<!ENTITY d SYSTEM "file:///etc/passwd">]>'


def _declared(xml, declaration):
    return xml.replace("?>", "?>" + declaration, 1).replace("姓名", "&d;")


@_case("laughs-in-strings.xlsx", "F001")
def _(_path):
    return make.xlsx(strings=_declared(make.shared("<si><t>姓名</t></si>"), _LAUGHS))


@_case("laughs-in-workbook.xlsx", "F001")
def _(_path):
    return make.xlsx(book=_declared(make.BOOK.replace("Sheet1", "姓名"), _LAUGHS))


@_case("laughs-in-sheet.xlsx", "F001")
def _(_path):
    return make.xlsx(_declared(make.sheet(), _LAUGHS))


@_case("entity-from-outside.xlsx", "F001")
def _(_path):
    return make.xlsx(_declared(make.sheet(), _OUTSIDE))


@_case("laughs.ods", "F001")
def _(_path):
    return make.ods(f"<table:table-row>{make.ods_cell('&d;')}</table:table-row>", _LAUGHS)


# Parts that are wrong or missing


@_case("twice.xlsx", "F001")
def _(_path):
    return make.packed(make.parts() | {"XL/worksheets/Sheet1.xml": make.sheet("")})


@_case("path-out.xlsx", "F001")
def _(_path):
    return make.packed(make.parts() | {"../../../../tmp/x": "x"})


@_case("two-workbooks.xlsx", "F001")
def _(_path):
    link = make.ROOT_LINKS.partition("<Relationship ")[2].partition("/>")[0]
    second = "<Relationship " + link.replace("rId1", "rId2").replace("workbook", "other") + "/>"
    contents = make.parts() | {"xl/other.xml": make.BOOK}
    contents["_rels/.rels"] = make.ROOT_LINKS.replace("</R", second + "</R")
    return make.packed(contents)


@_case("workbook-elsewhere.xlsx", READABLE)
def _(_path):
    contents = make.parts() | {"xl/workbook.xml": make.BOOK.replace("Sheet1", "decoy")}
    contents["_rels/.rels"] = make.ROOT_LINKS.replace("workbook", "other")
    contents["xl/other.xml"] = make.BOOK
    contents["xl/_rels/other.xml.rels"] = make.LINKS
    return make.packed(contents)


@_case("no-package-links.xlsx", "F001")
def _(_path):
    contents = make.parts()
    del contents["_rels/.rels"]
    return make.packed(contents)


@_case("no-sheet-part.xlsx", "F001", READABLE)
def _(_path):
    contents = make.parts()
    del contents["xl/worksheets/sheet1.xml"]
    return make.packed(contents)


@_case("no-links.xlsx", "F001", READABLE)
def _(_path):
    contents = make.parts()
    del contents["xl/_rels/workbook.xml.rels"]
    return make.packed(contents)


@_case("no-strings.xlsx", "F001", "F006", READABLE)
def _(_path):
    return make.xlsx(make.sheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'))


@_case("string-out-of-range.xlsx", "F001", READABLE)
def _(_path):
    rows = '<row r="1"><c r="A1" t="s"><v>99999999999999999999</v></c></row>'
    return make.xlsx(make.sheet(rows), strings=make.shared("<si><t>x</t></si>"))


@_case("style-out-of-range.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(make.sheet('<row r="1"><c r="A1" s="4294967299"><v>7</v></c></row>'))


@_case("links-in-a-circle.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(links=make.LINKS.replace("worksheets/sheet1.xml", "workbook.xml"))


@_case("link-to-outside.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(links=make.LINKS.replace("worksheets/sheet1.xml", "../../../etc/passwd"))


@_case("bytes-not-utf8.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(make.sheet().encode().replace("张三".encode(), b"\xff\xfe\xfd"))


@_case("sheet-in-utf16.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(make.sheet().replace("UTF-8", "UTF-16").encode("utf-16"))


@_case("empty-sheet-part.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx("")


# Sheets that are wrong


@_case("dimension-wrong.xlsx", READABLE)
def _(_path):
    return make.xlsx(make.sheet(before='<dimension ref="A1:A1"/>'))


@_case("dimension-huge.xlsx", READABLE)
def _(_path):
    return make.xlsx(make.sheet(before='<dimension ref="A1:XFD1048576"/>'))


@_case("rows-out-of-order.xlsx", "F001", READABLE)
def _(_path):
    first, second = make.GOOD_ROWS.split("</row>")[:2]
    return make.xlsx(make.sheet(f"{second}</row>{first}</row>"))


@_case("cells-out-of-order.xlsx", "F001", READABLE)
def _(_path):
    rows = '<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="A1"><v>9</v></c></row>'
    return make.xlsx(make.sheet(rows))


@_case("position-impossible.xlsx", "F001", "F006", READABLE)
def _(_path):
    return make.xlsx(make.sheet('<row r="1"><c r="ZZZZ9999999"><v>3</v></c></row>'))


@_case("position-zero.xlsx", "F001", "F006", READABLE)
def _(_path):
    return make.xlsx(make.sheet('<row r="0"><c r="A0"><v>3</v></c></row>'))


@_case("position-overflow.xlsx", "F001", "F006", READABLE)
def _(_path):
    return make.xlsx(make.sheet('<row r="1"><c r="A4294967297"><v>3</v></c></row>'))


@_case("merge-backwards.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(
        make.sheet(after='<mergeCells><mergeCell ref="B2:A1"/><mergeCell ref="9"/></mergeCells>')
    )


@_case("value-in-pieces.xlsx", "F001")
def _(_path):
    return make.xlsx(make.sheet('<row r="1"><c r="A1"><v>3<!-- -->00</v></c></row>'))


@_case("numbers-odd.xlsx", "F001", READABLE)
def _(_path):
    values = ["NaN", "inf", "1e999", "-0", "0x10", "", " 1 ", "１２"]
    cells = "".join(f"<c><v>{value}</v></c>" for value in values)
    return make.xlsx(make.sheet(f"<row>{cells}</row>"))


@_case("formula-texts.xlsx", READABLE)
def _(_path):
    texts = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "&#9;=1", "=HYPERLINK(&quot;x&quot;)"]
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return make.xlsx(make.sheet(f"{make.GOOD_ROWS}<row>{cells}</row>"))


@_case("sheet-name-odd.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(book=make.BOOK.replace("Sheet1", "../../x&#10;&#x202e;[red]{0}%s"))


@_case("sheet-name-control.xlsx", "F001", READABLE)
def _(_path):
    return make.xlsx(book=make.BOOK.replace("Sheet1", "a\x1b[2J\x07"))


# Programs, links, passwords


@_case("macros.xlsm", READABLE)
def _(_path):
    return make.packed(make.parts() | {"xl/vbaProject.bin": b"\0" * 100})


@_case("linked.xlsx", READABLE)
def _(_path):
    part = f'<externalLink xmlns="{make.MAIN}"/>'
    return make.packed(make.parts() | {"xl/externalLinks/externalLink1.xml": part})


@_case("locked.xlsx", "F002")
def _(_path):
    return make.encrypted(make.xlsx())


@_case("locked-archive.xlsx", "F002")
def _(_path):
    content = bytearray(make.xlsx())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


# Compound files


@_case("directory-in-a-circle.xls", "F001")
def _(_path):
    return make.xls_with_chain(make.first_directory_sector, lambda sector: sector)


@_case("workbook-in-a-circle.xls", "F001", "F006", READABLE)
def _(_path):
    return make.xls_with_chain(make.first_workbook_sector, lambda sector: sector)


@_case("workbook-beyond-the-end.xls", "F001", READABLE)
def _(_path):
    return make.xls_with_chain(make.first_workbook_sector, lambda _sector: 0x00FFFFFF)


@_case("header-only.xls", "F001")
def _(_path):
    return make.xls()[:512]


@_case("tables-without-end.xls", "F001")
def _(_path):
    content = bytearray(make.xls())
    content[44:48] = content[72:76] = b"\xff\xff\xff\x7f"
    content[68:72] = content[76:80] = b"\0\0\0\0"
    return bytes(content)


# Texts


@_case("nul.csv", "F001")
def _(_path):
    return "姓名,身份证号\n张三,\0\n".encode()


@_case("one-line-of-100-megabytes.csv", "F006")
def _(_path):
    return b"140121195003070018," * 5_300_000


@_case("million-columns.csv", "F006", READABLE)
def _(_path):
    return b"," * 2_000_000 + b"\n"


@_case("utf-16.csv", "F011", READABLE)
def _(_path):
    return "姓名\t身份证号\r\n张三\t1\r\n".encode("utf-16")


@_case("mixed-encodings.csv", "F011", READABLE)
def _(_path):
    return "姓名,身份证号\n".encode() + "张三,1\n".encode("gb18030") + b"\xff\xff\n"


@_case("quote-without-end.csv", "F001", "F006", READABLE)
def _(_path):
    return '姓名,身份证号\n"张三,1\n'.encode() + "李四,2\n".encode() * 200_000


@_case("only-a-mark.csv", READABLE)
def _(_path):
    return b"\xef\xbb\xbf"


# What is no spreadsheet


@_case("page.xls", "F001")
def _(_path):
    return "<html><body><table><tr><td>姓名</td></tr></table></body></html>".encode("gb18030")


@_case("document.xlsx", "F001")
def _(_path):
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@_case("letter.xlsx", "F001")
def _(_path):
    return make.packed({"[Content_Types].xml": make.TYPES, "word/document.xml": "<a/>"})


@_case("empty.xlsx", "F001")
def _(_path):
    return b""


@_case("folder.xlsx", "F001")
def _(path):
    path.mkdir()


@_case("pipe.xlsx", "F001")
def _(path):
    os.mkfifo(path)


@_case("circle.xlsx", "F001")
def _(path):
    path.symlink_to(path)


@_case("without-end.csv", "F001")
def _(path):
    path.symlink_to("/dev/zero")


@_case("dangling.xlsx", "F001")
def _(path):
    path.symlink_to(path.parent / "nowhere")


@_case("missing.xlsx", "F001")
def _(_path):
    return None
