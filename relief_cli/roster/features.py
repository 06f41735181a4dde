"""What the reader of workbooks does not tell about a sheet: formulas, errors, what is hidden.

The sheet's own XML is searched as bytes, because parsing ten megabytes to find that there is
nothing to report would cost more than reading the cells. What is written unusually (comments,
CDATA, UTF-16, two prefixes for one namespace, cells without a position) is parsed instead, by
:mod:`relief_cli.roster.sheet_xml`. Element names and places: ECMA-376-1 18.3.1.
"""

import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from relief_cli.roster.formulas import computed
from relief_cli.roster.opc import elements, related
from relief_cli.roster.sheet_xml import (
    NAMESPACES,
    Marks,
    cell_position,
    parse_sheet,
    span,
)

_LONGEST_TAG = 1024
"""Tags of cells and rows are below 100 bytes; a longer one is parsed, not searched."""
_DECLARATION_BYTES = 100
"""The XML declaration ends before; a processing instruction behind it is unusual."""
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]{0,40}):)?worksheet[\s>]")
_POSITION = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3}[0-9]{1,7})[\"']")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([0-9]{1,7})[\"']")
_HIDDEN = re.compile(rb"hidden=[\"'](?:1|true)[\"']")
_ERROR = (b't="e"', b"t='e'")


@dataclass(frozen=True, eq=False)
class SheetFeatures:
    """What stands out on one sheet. Rows and columns count from 0."""

    formulas: NDArray[np.int32]
    """Cells that hold a formula: row and column, shape (n, 2)."""
    stored: NDArray[np.bool_]
    """For each of them, whether a computed value is stored with it."""
    errors: NDArray[np.int32]
    """Cells whose value is an error such as ``#N/A``: row and column, shape (n, 2)."""
    hidden_rows: NDArray[np.int32]
    hidden_columns: NDArray[np.int32]
    autofilter: bool
    """The sheet has a filter, so that rows may be hidden by choice and not by intent."""
    values: int
    """Cells with a value that is no error; some of them may be empty texts."""


class _UnusualError(Exception):
    """The sheet is to be parsed rather than searched."""


def scan(sheet_xml: bytes) -> SheetFeatures:
    """Give the features of a sheet of .xlsx or .xlsm.

    Args:
        sheet_xml: the sheet's part, unpacked.

    Raises:
        UnreadableError: F001, without a file's name; the XML is broken, declares entities, or
            interrupts a value by a comment or the like, which readers take in different ways.
    """
    try:
        marks = _search(sheet_xml)
    except _UnusualError:
        marks = parse_sheet(sheet_xml)
    return SheetFeatures(
        formulas=np.array(marks.formulas, dtype=np.int32).reshape(-1, 2),
        stored=np.array(computed(marks.stored), dtype=np.bool_),
        errors=np.array(marks.errors, dtype=np.int32).reshape(-1, 2),
        hidden_rows=np.array(marks.hidden_rows, dtype=np.int32),
        hidden_columns=np.flatnonzero(marks.hidden_columns).astype(np.int32),
        autofilter=marks.autofilter,
        values=marks.values - len(marks.errors),
    )


def _search(xml: bytes) -> Marks:
    prefix = _prefix(xml)
    start = xml.find(b"<" + prefix + b"sheetData")
    end = xml.rfind(b"</" + prefix + b"sheetData")
    if start < 0:
        raise _UnusualError
    marks = Marks()
    patterns = _Patterns.of(prefix)
    for column in patterns.column.finditer(xml, 0, start):
        if _HIDDEN.search(column[0]):
            marks.hide_columns(*span(column[0]))
    if end > start:
        # Single quotes are legal and hardly used: one search tells whether any can matter.
        quotes = 2 if xml.find(b"'", start) >= 0 else 1
        _search_formulas(xml, start, patterns, marks)
        if any(xml.find(text, start) >= 0 for text in _ERROR[:quotes]):
            marks.errors = _search_errors(xml, start, patterns)
        if _HIDDEN.search(xml, start, end):
            marks.hidden_rows = _search_hidden(xml, start, end, patterns)
    marks.values = _count_values(xml, start, prefix)
    marks.autofilter = xml.find(b"<" + prefix + b"autoFilter", max(start, end)) >= 0
    return marks


def _count_values(xml: bytes, start: int, prefix: bytes) -> int:
    """Count values, and texts that stand in their cell; ``<v></v>`` holds nothing."""
    value, text = (b"</" + prefix + name for name in (b"v>", b"is>"))
    nothing = b"<" + prefix + b"v>" + value
    return xml.count(value, start) + xml.count(text, start) - xml.count(nothing, start)


def _prefix(xml: bytes) -> bytes:
    """Give the prefix of the sheet's elements, ``b""`` or such as ``b"x:"``.

    Raises:
        _UnusualError: a search as bytes could miss something.
    """
    root = _ROOT.search(xml, 0, 2 * _LONGEST_TAG)
    if (
        root is None
        or b"\0" in xml[:64]
        or (b"!" in xml and b"<!" in xml)
        or xml.find(b"?", _DECLARATION_BYTES) >= 0 <= xml.find(b"<?", _DECLARATION_BYTES)
        or sum(xml.count(namespace.encode()) for namespace in NAMESPACES) != 1
    ):
        raise _UnusualError
    return root[1] + b":" if root[1] else b""


@dataclass(frozen=True)
class _Patterns:
    """Expressions for the elements of one prefix; none can look at a byte more than a few times."""

    cell: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    error: re.Pattern[bytes]
    hidden: re.Pattern[bytes]
    column: re.Pattern[bytes]

    @staticmethod
    @lru_cache(maxsize=8)
    def of(prefix: bytes) -> "_Patterns":
        """Give the expressions for elements that begin with ``prefix``."""
        p = re.escape(prefix)
        return _Patterns(
            cell=re.compile(rb"<" + p + rb"c\s"),
            formula=re.compile(
                rb"<" + p + rb"f(?=[\s/>])[^<>]*(?:(?<=/)>|>[^<]*</" + p + rb"f\s*>)"
                rb"\s*(?:<" + p + rb"v(?:\s[^<>]*)?(?<!/)>([^<]*)<)?"
            ),
            error=re.compile(
                rb"<" + p + rb"c(?=\s)[^<>]{0,512}?\st\s*=\s*[\"']e[\"']"  # lazy: tags are short
            ),
            hidden=re.compile(
                rb"<" + p + rb"row(?=\s)[^<>]{0,512}?\shidden\s*=\s*[\"'](?:1|true)[\"']"
            ),
            column=re.compile(rb"<" + p + rb"col\s[^<>]*>"),
        )


def _search_formulas(xml: bytes, start: int, patterns: _Patterns, marks: Marks) -> None:
    for formula in patterns.formula.finditer(xml, start):
        at = formula.start()
        before = xml.rfind(b"<", max(0, at - _LONGEST_TAG), at)
        if before < 0 or not patterns.cell.match(xml, before):
            raise _UnusualError
        marks.formulas.append(_position(xml[before:at]))
        marks.stored.append((formula[1] or b"").decode(errors="replace").strip())


def _search_errors(xml: bytes, start: int, patterns: _Patterns) -> list[tuple[int, int]]:
    return [_position(_tag(xml, cell.start())) for cell in patterns.error.finditer(xml, start)]


def _search_hidden(xml: bytes, start: int, end: int, patterns: _Patterns) -> list[int]:
    rows = []
    for row in patterns.hidden.finditer(xml, start, end):
        number = _ROW_NUMBER.search(_tag(xml, row.start()))
        if number is None:
            raise _UnusualError
        rows.append(int(number[1]) - 1)
    return rows


def _tag(xml: bytes, start: int) -> bytes:
    end = xml.find(b">", start, start + _LONGEST_TAG)
    if end < 0:
        raise _UnusualError
    return xml[start:end]


def _position(tag: bytes) -> tuple[int, int]:
    reference = _POSITION.search(tag)
    position = cell_position(reference[1].decode("ascii")) if reference else None
    if position is None:
        raise _UnusualError
    return position


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Give the part of each worksheet of a workbook, by the sheet's name, in their order.

    Sheets that are no worksheets (charts, dialogs), or whose part is missing, are left out. Of
    two sheets of one name, which no program makes, the first is given.

    Args:
        archive: an open .xlsx or .xlsm.

    Raises:
        UnreadableError: F001, without a file's name; the workbook's index is broken.
    """
    parts: dict[str, str] = {}
    for _, book in related(archive, "", "officeDocument"):
        targets = dict(related(archive, book, "worksheet"))
        for element, attributes in elements(archive, book):
            part = targets.get(attributes.get("id", "")) if element == "sheet" else None
            if part is not None:
                parts.setdefault(attributes.get("name", ""), part)
    return parts
