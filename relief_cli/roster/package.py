"""A bounded look into a packed workbook (.xlsx, .xlsm, .xlsb, .ods).

The list of parts must be one that every program reads alike: at the end of the file, without
anything before, between or behind, each part once and none on top of another. A file that two
programs read differently could show one thing to the clerk and another to this program.
"""

import re
import struct
import zipfile
from typing import Any, BinaryIO

from relief_cli.i18n import N_
from relief_cli.roster.limits import MIB, Limits
from relief_cli.roster.opc import BROKEN_ZIP, related
from relief_cli.roster.refusals import ASK, RESAVE, SPLIT, UNLOCK, refuse

_END = b"PK\5\6"
_END_BYTES = 22
_LONGEST_COMMENT = 65535
_IN_ZIP64, _IN_ZIP64_LARGE = 0xFFFF, 0xFFFFFFFF
"""Stand for numbers that the records before the end record tell."""
_LOCATOR, _LOCATOR_BYTES = b"PK\6\7", 20
_RECORD, _RECORD_BYTES = b"PK\6\6", 56
_LIST_ENTRY_BYTES = 512
"""Generous size of one entry in the list of parts."""
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED_FLAG = 1
_PROLOG_BYTES = 1024
_LONGEST_PROLOG_BYTES = 64 * 1024
_ROOT = re.compile(rb"<[A-Za-z_:]")
_BOOK_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?workbook[\s>]")
_ASIDES = ((b"<?", b"?>"), (b"<!--", b"-->"))
"""What may stand before the first element: declaration, instructions, comments."""
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_OTHERS = (
    ("word/document.xml", N_("This is a Word document, not a spreadsheet.")),
    ("ppt/presentation.xml", N_("This is a presentation, not a spreadsheet.")),
    ("index/document.iwa", N_("This is an Apple Numbers file.")),
    ("ofd.xml", N_("This is an OFD document, not a spreadsheet.")),
)


def examine(file: BinaryIO, name: str, limits: Limits) -> dict[str, Any]:
    """Give what the list of parts tells about a packed workbook.

    Args:
        file: the open file.
        name: its name, for messages.
        limits: how large it may be.

    Returns:
        The fields of ``Container`` that follow from it: ``kind``, ``inflated_bytes``, ``macros``,
        ``external_links``.

    Raises:
        UnreadableError: F001, F002 or F006.
    """
    _check_end(file, name, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_names(parts, name)
            _check_places(archive, parts, name)
            _check_sizes(parts, name, limits)
            names = {_folded(part.filename): part for part in parts}
            _check_prologs(archive, parts, name)
            kind = _kind(archive, names, name)
    except BROKEN_ZIP as error:
        raise _damaged(name) from error
    return {
        "kind": kind,
        "inflated_bytes": sum(part.file_size for part in parts),
        "macros": any(part.endswith("vbaproject.bin") for part in names),
        "external_links": any(part.startswith("xl/externallinks/") for part in names),
    }


def _damaged(name: str) -> Exception:
    return refuse("F001", N_("The file is damaged or was cut off."), file=name, remedy=ASK)


def _forged(name: str, part: str) -> Exception:
    return refuse(
        "F001",
        N_("The file is packed in a way that no spreadsheet program uses (at {part})."),
        file=name,
        remedy=RESAVE,
        part=part[:80].encode("unicode_escape").decode(),
    )


def _check_end(file: BinaryIO, name: str, limits: Limits) -> None:
    """Hold the end record against the file before the list of parts is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES - _RECORD_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise _damaged(name)
    count, list_bytes, _, comment = struct.unpack_from("<HIIH", tail, at + 10)
    if len(tail) - at - _END_BYTES != comment:
        raise _damaged(name)
    if count == _IN_ZIP64 or list_bytes == _IN_ZIP64_LARGE:
        count, list_bytes = _end_of_zip64(tail, at, name)
    most = limits.entries * _LIST_ENTRY_BYTES
    if count > limits.entries or list_bytes > most:
        raise refuse(
            "F006",
            N_("The file is packed from more than {limit} parts."),
            file=name,
            remedy=SPLIT,
            limit=limits.entries,
        )


def _end_of_zip64(tail: bytes, at: int, name: str) -> tuple[int, int]:
    """Give number and size of the list of parts from the records before the end record.

    Programs that write as they go use them also where nothing is large (APPNOTE 4.3.14, 4.3.15).
    """
    locator, record = at - _LOCATOR_BYTES, at - _LOCATOR_BYTES - _RECORD_BYTES
    if record < 0 or not tail.startswith(_LOCATOR, locator) or not tail.startswith(_RECORD, record):
        raise _damaged(name)
    count, list_bytes = struct.unpack_from("<QQ", tail, record + 32)
    return int(count), int(list_bytes)


def _check_names(parts: list[zipfile.ZipInfo], name: str) -> None:
    seen = set()
    for part in parts:
        given = part.orig_filename
        folded = _folded(given)
        if (
            folded in seen
            or folded.startswith("/")
            or "\0" in given
            or ":" in given
            or ".." in folded.split("/")
        ):
            raise _forged(name, given)
        seen.add(folded)
        if part.flag_bits & _ENCRYPTED_FLAG:
            raise refuse(
                "F002",
                N_("The file is locked with an archive password."),
                file=name,
                remedy=UNLOCK,
            )


def _folded(name: str) -> str:
    """Give a part's name as it is compared; some programs of Windows write backslashes."""
    return name.lower().replace("\\", "/")


def _check_places(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> None:
    """Parts lie one behind the other, from the first byte to the list of parts."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end or (end == 0 and part.header_offset != 0):
            raise _forged(name, part.filename)
        end = part.header_offset + _LOCAL_HEADER_BYTES + part.compress_size
        end += len(part.orig_filename)
    if end > archive.start_dir:
        raise _damaged(name)


def _check_sizes(parts: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    inflated = sum(part.file_size for part in parts)
    if inflated > limits.inflated_bytes:
        raise refuse(
            "F006",
            N_("Unpacked, the file would be {size} MB; the most that is read is {limit} MB."),
            file=name,
            remedy=SPLIT,
            size=inflated // MIB,
            limit=limits.inflated_bytes // MIB,
        )
    for part in parts:
        if part.file_size < limits.ratio_from_bytes:
            continue
        if part.file_size > limits.ratio * part.compress_size:
            raise refuse(
                "F006",
                N_("A part of the file grows over {limit} times when it is unpacked ({part})."),
                file=name,
                remedy=RESAVE,
                limit=limits.ratio,
                part=part.filename[:80],
            )


def _kind(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], name: str) -> str:
    if "mimetype" in names and "content.xml" in names:
        return _open_document(archive, names, name)
    for part, message in _OTHERS:
        if part in names:
            raise refuse("F001", message, file=name, remedy=RESAVE)
    if "_rels/.rels" in names and "[content_types].xml" in names:
        return _workbook(archive, names, name)
    raise refuse(
        "F001",
        N_("This is an archive (zip), not a spreadsheet."),
        file=name,
        remedy=N_("Unpack it and give the spreadsheets in it."),
    )


def _workbook(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], name: str) -> str:
    """Tell the kind by the one part that the package names as its document."""
    documents = {target for _, target in related(archive, "", "officeDocument")}
    if len(documents) == 1:
        with archive.open(documents.pop()) as stream:
            head = stream.read(_LONGEST_PROLOG_BYTES).replace(b"\0", b"")
        if _BOOK_ROOT.search(head):
            macros = any(part.endswith("vbaproject.bin") for part in names)
            return "xlsm" if macros else "xlsx"
        if "xl/workbook.bin" in names:
            return "xlsb"
    raise refuse("F001", N_("The file holds no workbook."), file=name, remedy=ASK)


def _open_document(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], name: str) -> str:
    with archive.open(names["mimetype"]) as stream:
        if not stream.read(len(_ODS_TYPE)).startswith(_ODS_TYPE):
            raise refuse(
                "F001", N_("This is a document, not a spreadsheet."), file=name, remedy=ASK
            )
    manifest = names.get("meta-inf/manifest.xml")
    if manifest is not None:
        with archive.open(manifest) as stream:
            if b"encryption-data" in stream.read(MIB):
                raise refuse(
                    "F002", N_("The workbook is locked with a password."), file=name, remedy=UNLOCK
                )
    return "ods"


def _check_prologs(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse document type declarations: they can make a few bytes into gigabytes."""
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")) or not part.file_size:
            continue
        with archive.open(part) as stream:
            prolog = stream.read(_PROLOG_BYTES)
            if not _reaches_root(prolog):
                prolog += stream.read(_LONGEST_PROLOG_BYTES)
        prolog = prolog.replace(b"\0", b"")
        if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
            raise refuse(
                "F001",
                N_("A part of the file declares its own document type ({part})."),
                file=name,
                remedy=RESAVE,
                part=part.filename[:80],
            )
        if not _reaches_root(prolog):
            raise _damaged(name)


def _reaches_root(prolog: bytes) -> bool:
    """Tell whether ``prolog``, in whatever UTF, comes as far as the first element."""
    text = prolog.replace(b"\0", b"")
    at = text.find(b"<")
    while at >= 0:
        closing = next((end for start, end in _ASIDES if text.startswith(start, at)), None)
        if closing is None:
            return bool(_ROOT.match(text, at))
        end = text.find(closing, at)
        if end < 0:
            return False
        at = text.find(b"<", end)
    return False
