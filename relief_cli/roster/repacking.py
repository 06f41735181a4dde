"""Packs a workbook again that calamine refuses, although programs that clerks use write it so.

Part names with backslashes, a sheet's dimension of ``A0``, sheets that do not say which part is
theirs: each has one meaning only, and that is written out. Nothing else of a workbook is changed.
"""

import io
import re
import zipfile

from relief_cli.roster.opc import related

_DIMENSION = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,40}:)?dimension\s[^<>]*ref\s*=\s*[\"']A0[\"'][^<>]*/>"
)
_SHEET = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?sheet\s[^<>]*?(?=/?>)")
_NAMED = re.compile(rb"\s(?:[A-Za-z_][\w.-]{0,40}:)?id\s*=")
_NUMBER = re.compile(r"([0-9]+)\.xml$")
_HEAD_BYTES = 4096
"""A sheet's dimension stands before its cells."""
_RELATIONSHIPS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def repacked(data: io.BytesIO) -> io.BytesIO:
    """Give the workbook as calamine reads it; the same where it reads it as it is.

    Args:
        data: an .xlsx or .xlsm that was looked at.

    Raises:
        OSError, ValueError, zipfile.BadZipFile, …: it is damaged.
        UnreadableError: F001, without the file's name; its index is broken.
    """
    data.seek(0)
    with zipfile.ZipFile(data) as archive:
        changed = _changed(archive)
        if changed or any("\\" in name for name in archive.namelist()):
            return _packed(archive, changed)
    data.seek(0)
    return data


def _changed(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Give the new content of parts that say something in a way of their own."""
    changed = {}
    for _, book in related(archive, "", "officeDocument"):
        sheets = list(related(archive, book, "worksheet"))
        for _, part in sheets:
            with archive.open(part) as stream:
                head = stream.read(_HEAD_BYTES)
            if _DIMENSION.search(head):
                changed[part] = _DIMENSION.sub(b"", archive.read(part), count=1)
        index = archive.read(book)
        nameless = [one for one in _SHEET.findall(index) if not _NAMED.search(one)]
        if nameless and len(nameless) == len(sheets):
            changed[book] = _with_parts(index, [name for name, _ in sorted(sheets, key=_order)])
    return changed


def _order(sheet: tuple[str, str]) -> tuple[int, str]:
    """Sort parts by their number: sheet2.xml before sheet10.xml."""
    found = _NUMBER.search(sheet[1])
    return (int(found[1]) if found else 0, sheet[1])


def _with_parts(index: bytes, names: list[str]) -> bytes:
    """Say of each sheet of a workbook's index which part is its: the first has the first."""
    following = iter(names)
    declared = b"xmlns:r=" in index.partition(b"sheets")[0]

    def named(sheet: re.Match[bytes]) -> bytes:
        name = next(following).encode()
        said = declared or b"xmlns:r=" in sheet[0]
        space = b"" if said else b' xmlns:r="' + _RELATIONSHIPS + b'"'
        return sheet[0].rstrip() + space + b' r:id="' + name + b'"'

    return _SHEET.sub(named, index)


def _packed(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name in archive.namelist():
            content = changed[name] if name in changed else archive.read(name)
            target.writestr(name.replace("\\", "/"), content)
    packed.seek(0)
    return packed
