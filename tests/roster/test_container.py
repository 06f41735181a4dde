"""A file is told by its content, and what cannot be a roster says so in its own words."""

import hashlib
import io
import os
import socket
import struct
import zipfile

import msoffcrypto
import pandas as pd
import pytest
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from relief_cli.errors import UnreadableError
from relief_cli.i18n import translator
from relief_cli.roster.cfb import SIGNATURE
from relief_cli.roster.container import inspect
from relief_cli.roster.limits import Limits


def xlsx():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("花名册").write_row(0, 0, ["姓名", "身份证号"])
    return stream.getvalue()


def xls():
    stream = io.BytesIO()
    book = xlwt.Workbook()
    book.add_sheet("s").write(0, 0, "姓名")
    book.save(stream)
    return stream.getvalue()


def ods():
    stream = io.BytesIO()
    pd.DataFrame({"姓名": ["张三"]}).to_excel(stream, engine="odf")
    return stream.getvalue()


def repacked(content, change):
    """Give a workbook with its parts as ``change`` leaves them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def encrypted():
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx())).encrypt("secret", stream)
    return stream.getvalue()


@pytest.fixture
def look(tmp_path):
    def look(content, name="roster.pdf", **limits):
        path = tmp_path / name
        path.write_bytes(content)
        return inspect(path, Limits(**limits))

    return look


def refused(look, content, **limits):
    with pytest.raises(UnreadableError) as caught:
        look(content, **limits)
    error = caught.value
    assert error.file == "roster.pdf"
    assert error.why_text(str)
    assert error.remedy_text(str)
    assert "{" not in error.text(translator("en"))
    return error.code, str(error)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (xlsx(), "xlsx"),
        (xls(), "xls"),
        (ods(), "ods"),
        ("姓名,身份证号\n".encode("gb18030"), "csv"),
        ("\ufeff姓名,身份证号\r\n".encode(), "csv"),
        ("姓名\t身份证号\r\n".encode("utf-16"), "csv"),
        (b"<5 people\n", "csv"),
    ],
)
def test_the_kind_is_told_by_the_content_alone(look, content, kind):
    container = look(content)
    assert container.kind == kind
    assert container.size == len(content)
    assert container.sha256 == hashlib.sha256(content).hexdigest()
    assert not any((container.encrypted, container.macros, container.external_links))


def test_the_sizes_of_the_parts_are_summed(look):
    content = xlsx()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        total = sum(part.file_size for part in archive.infolist())
    assert look(content).inflated_bytes == total
    assert look(b"a,b\n").inflated_bytes == 4


def test_a_workbook_may_lie_elsewhere(look):
    def move(parts):
        parts["xl/book.xml"] = parts.pop("xl/workbook.xml")
        parts["xl/_rels/book.xml.rels"] = parts.pop("xl/_rels/workbook.xml.rels")
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"workbook.xml", b"book.xml")

    assert look(repacked(xlsx(), move)).kind == "xlsx"


def test_a_package_without_a_workbook(look):
    content = repacked(xlsx(), lambda parts: parts.pop("xl/workbook.xml"))
    assert refused(look, content) == ("F001", "The file holds no workbook.")


def test_macros_and_links_are_noted_and_accepted(look):
    def add(parts):
        parts["xl/vbaProject.bin"] = b"\0"
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    container = look(repacked(xlsx(), add))
    assert (container.kind, container.macros, container.external_links) == ("xlsm", True, True)


def test_a_password_is_noted(look):
    container = look(encrypted())
    assert container.encrypted
    with container.path.open("rb") as file:
        assert msoffcrypto.OfficeFile(file).is_encrypted()


def test_a_password_on_an_old_workbook_is_noted(look):
    content = bytearray(xls())
    bof = content.index(struct.pack("<HHH", 0x0809, 16, 0x0600))
    content[bof + 20 : bof + 22] = struct.pack("<H", 0x2F)  # the record behind BOF's 4 + 16 bytes
    assert look(bytes(content)).encrypted


WORDS = [
    (b"", "empty"),
    (b"%PDF-1.7\n", "PDF"),
    (b"\r\n%PDF-1.7\n", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff\xe0", "picture"),
    (b"Rar!\x1a\x07\x00", "RAR"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"<html><table>", "web page"),
    (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML PUBLIC>", "web page"),
    ("<html xmlns:x='urn:schemas-microsoft-com:office:excel'>".encode("utf-16"), "web page"),
    (b"<table border=1>", "web page"),
    (b"MIME-Version: 1.0\n", "web archive"),
    (b'<?xml version="1.0"?><x/>', "XML file"),
    (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "XML spreadsheet of 2003",
    ),
    (b"\x09\x04\x06\x00\0\0\x10\0", "very old Excel"),
    (b"a,b\n1,\0\n", "NUL"),
    (SIGNATURE + b"\0" * 100, "damaged"),
    (SIGNATURE + b"\0" * 5000, "damaged"),
    (b"PK\x03\x04" + b"\0" * 100, "damaged"),
    (xlsx()[:-1], "damaged"),
    (xlsx()[:1000], "damaged"),
    (xlsx() + b"\0", "damaged"),
    (b"PK\x05\x06" + b"\0" * 18, "archive (zip)"),
    (repacked(b"PK\x05\x06" + b"\0" * 18, lambda parts: parts.update(a=b"x")), "archive (zip)"),
]


@pytest.mark.parametrize(("content", "words"), WORDS)
def test_what_is_no_roster_is_told_so(look, content, words):
    code, message = refused(look, content)
    assert code == "F001"
    assert words in message


@pytest.mark.parametrize(
    ("part", "words"),
    [("word/document.xml", "Word"), ("ppt/presentation.xml", "presentation")],
)
def test_other_office_files_are_named(look, part, words):
    def change(parts):
        del parts["xl/workbook.xml"]
        parts[part] = b"<a/>"

    code, message = refused(look, repacked(xlsx(), change))
    assert (code, words in message) == ("F001", True)


@pytest.mark.parametrize(
    "part", ["/etc/passwd", "../../x.xml", "xl\\workbook.xml", "XL/Workbook.xml", "C:/x.xml"]
)
def test_parts_with_names_that_no_program_gives(look, part):
    content = repacked(xlsx(), lambda parts: parts.update({part: b"<a/>"}))
    code, message = refused(look, content)
    assert code == "F001"
    assert "packed in a way" in message


@pytest.mark.parametrize(
    "prolog",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a/>',
        b"<!-- <a -->" + b" " * 3000 + b"<!DOCTYPE a><a/>",
        "<!DOCTYPE a><a/>".encode("utf-16"),
    ],
)
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_document_types_are_refused(look, part, prolog):
    code, message = refused(look, repacked(xlsx(), lambda parts: parts.update({part: prolog})))
    assert (code, "document type" in message) == ("F001", True)


def test_comments_before_the_first_element_are_harmless(look):
    def change(parts):
        part = "xl/worksheets/sheet1.xml"
        parts[part] = b"<!-- made by <x> -->" * 500 + parts[part].partition(b"?>")[2].strip()

    assert look(repacked(xlsx(), change)).kind == "xlsx"


def test_a_part_that_never_begins_is_refused(look):
    part = "xl/styles.xml"
    content = repacked(xlsx(), lambda parts: parts.update({part: b"<!--" + b"-" * 200_000}))
    assert refused(look, content)[0] == "F001"


def test_locked_archives_are_f002(look):
    content = bytearray(xlsx())
    at = content.index(b"PK\x01\x02") + 8
    content[at] |= 1
    assert refused(look, bytes(content)) == (
        "F002",
        "The file is locked with an archive password.",
    )


def test_a_locked_ods_is_f002(look):
    def change(parts):
        parts["META-INF/manifest.xml"] = b"<manifest><encryption-data/></manifest>"

    assert refused(look, repacked(ods(), change))[0] == "F002"


def test_a_text_document_is_not_a_spreadsheet(look):
    def change(parts):
        parts["mimetype"] = b"application/vnd.oasis.opendocument.text"

    assert refused(look, repacked(ods(), change)) == (
        "F001",
        "This is a document, not a spreadsheet.",
    )


@pytest.mark.parametrize(
    "limits",
    [{"file_bytes": 100}, {"inflated_bytes": 1000}, {"entries": 3}],
)
def test_limits_are_f006(look, limits):
    assert refused(look, xlsx(), **limits)[0] == "F006"


def test_a_part_that_grows_too_much_is_f006(look):
    content = repacked(xlsx(), lambda parts: parts.update({"xl/a.bin": bytes(1_000_000)}))
    assert look(content).kind == "xlsx"
    code, message = refused(look, content, ratio_from_bytes=500_000)
    assert code == "F006"
    assert "xl/a.bin" in message


def test_a_text_without_line_ends_is_f006(look):
    assert refused(look, b"a," * 5_000_000)[0] == "F006"
    assert look(b"a\r" * 1_000_000).kind == "csv"


def test_a_million_people_are_within_the_limits():
    # Measured: 1,000,000 rows of 16 cells with their texts in the sheet itself.
    assert Limits().inflated_bytes > 2 * 900_000_000
    assert Limits().rows > 1_000_000


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "folder"),
        (os.mkfifo, "device or a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "device or a pipe"),
        (lambda path: path.symlink_to(path), "back to itself"),
        (lambda path: path.symlink_to(path.parent / "none"), "link leads to a file that"),
        (lambda _path: None, "no such file"),
    ],
)
def test_what_is_no_file_is_not_opened(tmp_path, make, words):
    path = tmp_path / "roster.xlsx"
    make(path)
    with pytest.raises(UnreadableError, match=words) as caught:
        inspect(path)
    assert (caught.value.code, caught.value.file) == ("F001", "roster.xlsx")


def test_a_socket_is_not_opened(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        with pytest.raises(UnreadableError, match="device or a pipe"):
            inspect(path)


def test_a_name_that_no_file_can_have(tmp_path):
    with pytest.raises(UnreadableError, match="cannot be opened"):
        inspect(tmp_path / "a\0b")
    with pytest.raises(UnreadableError, match="cannot be opened: File name too long"):
        inspect(tmp_path / ("a" * 300))


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(xlsx())

    def forbid(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", forbid)
    with pytest.raises(UnreadableError, match="may not read"):
        inspect(path)
