"""A cheap look at a roster file before any reader opens it.

What a file is, is told by its content, never by its name. What cannot be a roster is refused here
with a message of its own; what is packed is measured by its list of parts. The file is read once,
and all that is told of it is told of the same bytes; who reads it later holds what is read against
their digest. Sizes that a packed
file states about itself are not trusted further than that: the process that reads it has limits
of its own (:mod:`relief_cli.roster.sandbox`).
"""

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster import cfb, package
from relief_cli.roster.inbox import SPREADSHEETS
from relief_cli.roster.limits import DEFAULT, MIB, Limits
from relief_cli.roster.refusals import ASK, RESAVE, SPLIT, changed, refuse
from relief_cli.shown import file_name

Kind = Literal["xlsx", "xlsm", "xlsb", "ods", "xls", "csv"]

_HEAD_BYTES = 4096
_BLOCK_BYTES = MIB
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_FILEPASS = 0x2F
_BOF = 0x0809
_EXCEL_95 = b"\x00\x05"
"""Version in the first record, of which no code page is followed ([MS-XLS] 2.4.21)."""

_SIGNATURES = (
    (b"%PDF", N_("This is a PDF, not a spreadsheet.")),
    (b"\x89PNG", N_("This is a picture, not a spreadsheet.")),
    (b"\xff\xd8\xff", N_("This is a picture, not a spreadsheet.")),
    (b"GIF8", N_("This is a picture, not a spreadsheet.")),
    (b"BM", N_("This is a picture, not a spreadsheet.")),
    (b"II*\0", N_("This is a picture, not a spreadsheet.")),
    (b"MM\0*", N_("This is a picture, not a spreadsheet.")),
    (b"Rar!", N_("This is an archive (RAR), not a spreadsheet.")),
    (b"7z\xbc\xaf\x27\x1c", N_("This is an archive (7z), not a spreadsheet.")),
    (b"\x1f\x8b", N_("This is an archive (gzip), not a spreadsheet.")),
    (b"SQLite format 3\0", N_("This is a database, not a spreadsheet.")),
    (b"\x09\x00\x04\x00", N_("This is a workbook of a very old Excel (before 5.0).")),
    (b"\x09\x02\x06\x00", N_("This is a workbook of a very old Excel (before 5.0).")),
    (b"\x09\x04\x06\x00", N_("This is a workbook of a very old Excel (before 5.0).")),
)
_WORKBOOK_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|body|table|style|script|div|tr|td)\b", re.IGNORECASE
)
_MARKUP = re.compile(rb"<[?!/a-z]", re.IGNORECASE)
_WEB_ARCHIVE = re.compile(rb"(?:MIME-Version|From|Content-Type):", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Container:
    """A file that may be opened, and what is known about it beforehand."""

    path: Path
    kind: Kind
    size: int
    """Bytes on disk."""
    sha256: str
    """Digest of those bytes, lower-case hex."""
    inflated_bytes: int
    """Size of all parts as the file states it; the size on disk where nothing is packed."""
    encrypted: bool = False
    """A password is needed; ``inflated_bytes`` is then the size on disk."""
    macros: bool = False
    """Holds a program. It is never run."""
    external_links: bool = False
    """Takes values from other workbooks: what is stored may be stale."""

    @property
    def name(self) -> str:
        """The file's name, as people read it."""
        return file_name(self.path)


def inspect(path: Path, limits: Limits = DEFAULT) -> Container:
    """Tell what the file at ``path`` is, or why it cannot be a roster.

    Raises:
        UnreadableError: as :func:`read_whole` and :func:`describe`.
    """
    return describe(path, read_whole(path, limits), limits)


def read_whole(path: Path, limits: Limits = DEFAULT) -> bytes:
    """Read the file at ``path``, which is opened once.

    Raises:
        UnreadableError: F001, it is no file or cannot be opened, or it is empty; F006, it is larger
            than ``limits``; ``file-changed``, somebody writes it meanwhile.
    """
    try:
        _require_file(path, path.stat())
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            # Another one may stand there since it was looked at.
            _require_file(path, before)
            _require_size(file_name(path), before.st_size, limits)
            # One byte more shows a file that grows.
            content = file.read(before.st_size + 1)
            after = os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        raise _cannot_open(path, error) from error
    if len(content) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise changed(file_name(path))
    return content


def describe(path: Path, content: bytes, limits: Limits = DEFAULT) -> Container:
    """Tell what the file at ``path`` is, by its bytes alone.

    Nothing is unpacked but the first bytes of XML parts.

    Args:
        path: where it stands.
        content: what :func:`read_whole` gave.
        limits: how large it may be.

    Raises:
        UnreadableError: F001 not a readable spreadsheet; F002 encrypted in a way that no password
            given here opens; F006 beyond ``limits``.
    """
    name, file = file_name(path), BytesIO(content)
    head = content[:_HEAD_BYTES]
    found = Container(
        path=path,
        kind="csv",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        inflated_bytes=len(content),
    )
    if head.startswith(b"PK"):
        return replace(found, **package.examine(file, name, limits))
    if head.startswith(cfb.SIGNATURE):
        return replace(found, kind="xls", encrypted=_compound_is_encrypted(file, name))
    _require_text(head, name)
    _require_lines(content, name, limits.line_bytes)
    return found


def _require_size(name: str, size: int, limits: Limits) -> None:
    if size == 0:
        raise refuse("F001", N_("The file is empty."), file=name, remedy=ASK)
    if size > limits.file_bytes:
        raise refuse(
            "F006",
            N_("The file is {size} MB; the most that is read is {limit} MB."),
            file=name,
            remedy=SPLIT,
            size=size // MIB,
            limit=limits.file_bytes // MIB,
        )


def _require_file(path: Path, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    if stat.S_ISDIR(status.st_mode):
        raise refuse(
            "F001",
            N_("This is a folder in which no spreadsheet can be found."),
            file=file_name(path),
            remedy=N_("Give rosters, or a folder with such files: {kinds}"),
            kinds=" ".join(SPREADSHEETS),
        )
    raise refuse("F001", N_("This is a device or a pipe, not a file."), file=file_name(path))


def _cannot_open(path: Path, error: Exception) -> UnreadableError:
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if path.is_symlink():
            message = N_("The link leads to a file that does not exist.")
        else:
            message = N_("There is no such file.")
        remedy = N_("Check the name and the folder.")
    elif isinstance(error, PermissionError):
        message = N_("You may not read this file.")
        remedy = N_("Close it in other programs, or ask its owner for the right to read it.")
    elif number == errno.ELOOP:
        message = N_("The link leads back to itself.")
        remedy = N_("Give the file itself.")
    else:
        reason = os.strerror(number) if number else "invalid name"
        return refuse(
            "F001", N_("The file cannot be opened: {reason}."), file=file_name(path), reason=reason
        )
    return refuse("F001", message, file=file_name(path), remedy=remedy)


def _require_text(head: bytes, name: str) -> None:
    for signature, message in _SIGNATURES:
        if head.startswith(signature):
            raise refuse("F001", message, file=name, remedy=ASK)
    if head.startswith(_UTF16_MARKS):
        head = head.replace(b"\0", b"")[2:]
    text = head.removeprefix(_UTF8_MARK).lstrip()
    if _WORKBOOK_XML in text:
        message = N_("This is an XML spreadsheet of 2003, whatever its name says.")
    elif _HTML.match(text) or (text.startswith(b"<") and b"<html" in text.lower()):
        message = N_("This is a web page saved under a spreadsheet's name.")
    elif _WEB_ARCHIVE.match(text):
        message = N_("This is a web archive saved under a spreadsheet's name.")
    elif _MARKUP.match(text):
        message = N_("This is an XML file, not a spreadsheet.")
    elif b"%PDF" in text:
        raise refuse("F001", _SIGNATURES[0][1], file=name, remedy=ASK)
    else:
        return
    raise refuse("F001", message, file=name, remedy=RESAVE)


def _require_lines(content: bytes, name: str, longest: int) -> None:
    """Refuse a text with bytes that no text has, or with a line that no table has.

    A line that fills a block without an end is no line of a table, and reading it as one would
    cost many times its size.
    """
    wide = content.startswith(_UTF16_MARKS)
    if not wide and b"\0" in content:
        raise refuse(
            "F001",
            N_("The file holds bytes that no text has (NUL); it is not a table as text."),
            file=name,
            remedy=ASK,
        )
    unbroken = 0
    for start in range(0, len(content), _BLOCK_BYTES):
        block = content[start : start + _BLOCK_BYTES]
        if b"\n" in block or b"\r" in block:
            unbroken = len(block) - max(block.rfind(b"\n"), block.rfind(b"\r"))
        else:
            unbroken += len(block)
        if unbroken > longest:
            raise refuse(
                "F006",
                N_("One line of the file is longer than {limit} KB; it is not a table as text."),
                file=name,
                remedy=ASK,
                limit=longest // 1024,
            )


def _compound_is_encrypted(file: BinaryIO, name: str) -> bool:
    try:
        compound = cfb.CompoundFile(file)
        streams = {stream.name.lower(): stream for stream in compound.streams}
        if "encryptedpackage" in streams:
            return True
        workbook = streams.get("workbook") or streams.get("book")
        if workbook is not None:
            head = compound.head(workbook, _HEAD_BYTES)
            if head[:2] == _BOF.to_bytes(2, "little") and head[4:6] == _EXCEL_95:
                raise refuse(
                    "F001",
                    N_("This is an old file of Excel 5.0 or 95, which stores names differently."),
                    file=name,
                    remedy=RESAVE,
                )
            return _has_password_record(head)
    except cfb.BrokenError as error:
        raise refuse(
            "F001", N_("The workbook is damaged or was cut off."), file=name, remedy=ASK
        ) from error
    if "worddocument" in streams:
        message = N_("This is a Word document, not a spreadsheet.")
    elif "powerpoint document" in streams:
        message = N_("This is a presentation, not a spreadsheet.")
    else:
        message = N_("The file holds no workbook.")
    raise refuse("F001", message, file=name, remedy=ASK)


def _has_password_record(head: bytes) -> bool:
    """Look for FilePass among the first records ([MS-XLS] 2.1.7.20.1, 2.4.117)."""
    offset = 0
    while offset + 4 <= len(head):
        kind = int.from_bytes(head[offset : offset + 2], "little")
        if kind == _FILEPASS:
            return True
        if offset == 0 and kind != _BOF:
            return False
        offset += 4 + int.from_bytes(head[offset + 2 : offset + 4], "little")
    return False
