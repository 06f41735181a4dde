"""Packs workbooks by hand, so that each part can be as wrong as a test wants it."""

import io
import struct
import zipfile

import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)
ROOT_LINKS = (
    f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships"><Relationship '
    f'Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
GOOD_ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>身份证号</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>张三</t></is></c>'
    '<c r="B2" t="inlineStr"><is><t>140121195003070018</t></is></c></row>'
)


def sheet(rows=GOOD_ROWS, before="", after=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def parts(sheet_xml=None, **others):
    """Give the parts of a workbook of one sheet; ``others`` by their short names."""
    found = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_LINKS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": sheet() if sheet_xml is None else sheet_xml,
    }
    names = {
        "book": "xl/workbook.xml",
        "links": "xl/_rels/workbook.xml.rels",
        "strings": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
    }
    found.update({names[name]: text for name, text in others.items()})
    return found


def packed(contents, level=9):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, text in contents.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED, level)
    return stream.getvalue()


def xlsx(sheet_xml=None, **others):
    return packed(parts(sheet_xml, **others))


def shared(texts):
    return f'<?xml version="1.0"?><sst xmlns="{MAIN}">{texts}</sst>'


def xls(cells=((0, 0, "姓名"), (0, 1, "身份证号"), (1, 0, "张三"))):
    stream = io.BytesIO()
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for row, column, value in cells:
        page.write(row, column, value)
    book.save(stream)
    return stream.getvalue()


def xls_with_chain(first, following):
    """Give an .xls in whose sector table ``first`` (a header offset) leads to ``following``."""
    content = bytearray(xls([(row, 0, f"text {row}") for row in range(2000)]))
    (table,) = struct.unpack_from("<I", content, 76)
    sector = first(content)
    struct.pack_into("<I", content, (table + 1) * 512 + sector * 4, following(sector))
    return bytes(content)


def first_directory_sector(content):
    return struct.unpack_from("<I", content, 48)[0]


def first_workbook_sector(content):
    name = "Workbook".encode("utf-16-le")
    return struct.unpack_from("<I", content, content.index(name) + 116)[0]


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods(rows, doctype=""):
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?>{doctype}<office:document-content '
        f'xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
    )
    return packed({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_cell(text, repeated=1):
    return (
        f'<table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'
    )


def _record(kind, data=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    return head + bytes([len(data)]) + data


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(cells):
    """Give an .xlsb with numbers at ``cells``: (row, column, value)."""
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet1")
    book = b"".join(
        [
            _record(0x83),
            _record(0x8F),
            _record(0x9C, bundle),
            _record(0x90),
            _record(0x84),
        ]
    )
    rows = [cells[0], cells[-1]]
    dimension = struct.pack(
        "<IIII", rows[0][0], rows[1][0], min(c[1] for c in cells), max(c[1] for c in cells)
    )
    data = [_record(0x81), _record(0x94, dimension), _record(0x91)]
    for row, column, value in cells:
        data.append(_record(0x00, struct.pack("<II", row, 0) + bytes(9)))
        data.append(_record(0x05, struct.pack("<IId", column, 0, value)))
    data += [_record(0x92), _record(0x82)]
    contents = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_LINKS.replace("workbook.xml", "workbook.bin"),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": LINKS.replace("sheet1.xml", "sheet1.bin").replace(
            f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>',
            "",
        ),
        "xl/worksheets/sheet1.bin": b"".join(data),
    }
    return packed(contents)


def encrypted(content):
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("secret", stream)
    return stream.getvalue()


def flipped(content, random, count=8):
    changed = bytearray(content)
    for _ in range(count):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def with_claimed_size(content, name, size):
    """Give a packed file whose list of parts says that ``name`` unpacks to ``size`` bytes."""
    changed = bytearray(content)
    at = changed.index(b"PK\x01\x02")
    while changed[at : at + 4] == b"PK\x01\x02":
        length, extra, comment = struct.unpack_from("<HHH", changed, at + 28)
        if changed[at + 46 : at + 46 + length] == name.encode():
            struct.pack_into("<I", changed, at + 24, size)
            (local,) = struct.unpack_from("<I", changed, at + 42)
            struct.pack_into("<I", changed, local + 22, size)
        at += 46 + length + extra + comment
    return bytes(changed)


def overlapping(content, count):
    """Give a packed file whose list of parts names one part's bytes ``count`` times."""
    end = content.rindex(b"PK\x05\x06")
    (start,) = struct.unpack_from("<I", content, end + 16)
    listed = content[start:end]
    last = content.rindex(b"PK\x01\x02")
    (length,) = struct.unpack_from("<H", content, last + 28)
    extra = []
    for number in range(count):
        name = f"xl/worksheets/sheet{number:0{length - 23}d}.xml"[:length].encode()
        extra.append(content[last : last + 46] + name + content[last + 46 + length : end])
    both = listed + b"".join(extra)
    total = listed.count(b"PK\x01\x02") + count
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, total, total, len(both), start, 0)
    return content[:start] + both + tail
