"""Finds the formulas of workbooks that are no XML sheets, and tells which values were computed.

Records of .xls: [MS-XLS] 2.1.4 (Record), 2.4.21 (BOF), 2.4.28 (BoundSheet8), 2.4.127 (Formula),
2.5.133 (its value). Cells of .ods: OpenDocument 1.3, 19.643 (table:formula).
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence

from relief_cli.roster.xml_parts import new_parser, run

Formulas = dict[str, list[tuple[int, int, bool]]]
"""Sheet → its formulas: row and column from 0, and whether a computed value is stored."""

_BOF, _EOF, _BOUND_SHEET, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0006
_LONGEST = 8224
"""Bytes of a record's content."""
_SIZES = {
    0x0201: 6,  # Blank
    0x0203: 14,  # Number
    0x0205: 8,  # BoolErr
    0x0208: 16,  # Row
    0x027E: 10,  # RK
    0x00FD: 10,  # LabelSst
}
"""Of records that have only one; the others' end is theirs to say."""
_PER_CELL = {0x00BD: 6, 0x00BE: 2}
"""Bytes of each cell in MulRk and MulBlank, beside row, first and last column."""
_NO_NUMBER = b"\xff\xff"
_EMPTY_TEXT = 3
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def computed(values: Sequence[str]) -> list[bool]:
    """Say of the formulas of a sheet whose values were computed.

    A program that writes formulas and does not compute them stores zeros, or nothing. Where all
    are zero, none was computed; beside others a zero is a result.

    >>> computed(["300", "0", ""]), computed(["0", "0.0"])
    ([True, True, False], [False, False])
    """
    somewhere = any(value and not _is_zero(value) for value in values)
    return [bool(value) and (somewhere or not _is_zero(value)) for value in values]


def _is_zero(value: str) -> bool:
    try:
        return float(value) == 0
    except ValueError:
        return False


def formulas_of(kind: str, data: io.BytesIO) -> Formulas:
    """Find the formulas of a workbook; of a kind that is not known here none are told.

    Args:
        kind: as :class:`relief_cli.roster.container.Container` has it.
        data: its bytes.

    Raises:
        OSError, ValueError, struct.error, zipfile.BadZipFile: it is damaged.
        UnreadableError: F001, without the file's name; its XML is broken.
    """
    read: Mapping[str, Callable[[io.BytesIO], dict[str, list[_Found]]]] = {
        "xls": _of_xls,
        "ods": _of_ods,
    }
    found = read[kind](data) if kind in read else {}
    return {
        sheet: [
            (row, column, stored)
            for (row, column, _), stored in zip(
                cells, computed([value for _, _, value in cells]), strict=True
            )
        ]
        for sheet, cells in found.items()
    }


_Found = tuple[int, int, str]
"""Row, column, and the value that is stored, as text."""


def _of_xls(data: io.BytesIO) -> dict[str, list[_Found]]:
    import olefile  # noqa: PLC0415  # only old workbooks need it

    data.seek(0)
    with olefile.OleFileIO(data) as compound:
        if not compound.exists("Workbook"):
            return {}
        content = compound.openstream("Workbook").read()
    found = {}
    at, kind = 0, _BOF
    while kind != _EOF and at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        if kind == _BOUND_SHEET:
            start, _, letters, wide = struct.unpack_from("<IHBB", content, at + 4)
            name = content[at + 12 : at + 12 + letters * (1 + (wide & 1))]
            found[name.decode("utf-16-le" if wide & 1 else "latin-1")] = _of_sheet(content, start)
        at += 4 + size
    return found


def _of_sheet(content: bytes, at: int) -> list[_Found]:
    """Give the formulas of a sheet, all of whose records are gone through.

    Raises:
        ValueError: a record is longer than it can be, and hides those after it.
    """
    found = []
    depth = 0  # a chart in a sheet begins and ends within it
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        if size != _SIZES.get(kind, size) or size > _LONGEST:
            raise ValueError("a record that is longer than it can be")
        if kind == _FORMULA:
            row, column, value = struct.unpack_from("<HH2x8s", content, at + 4)
            found.append((row, column, _value(value)))
        elif kind in _PER_CELL:
            _check_cells(content, at, size, _PER_CELL[kind])
        elif kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return found
        at += 4 + size
    raise ValueError("a sheet without an end")


def _check_cells(content: bytes, at: int, size: int, each: int) -> None:
    """See that a record has as many cells as it says.

    Raises:
        ValueError: it has not.
    """
    (first,) = struct.unpack_from("<H", content, at + 6)
    (last,) = struct.unpack_from("<H", content, at + 2 + size)
    if size != 6 + each * (last - first + 1):
        raise ValueError("a record that has other cells than it says")


def _value(value: bytes) -> str:
    if value[6:] == _NO_NUMBER:
        return "" if value[0] == _EMPTY_TEXT else "text"
    return repr(struct.unpack("<d", value)[0])


def _of_ods(data: io.BytesIO) -> dict[str, list[_Found]]:
    data.seek(0)
    with zipfile.ZipFile(data) as archive:
        content = archive.read("content.xml")
    if b"formula=" not in content:
        return {}
    cells = _OpenDocument()
    parser = new_parser()
    parser.StartElementHandler = cells.start
    parser.EndElementHandler = cells.end
    run(parser, content)
    return cells.found


class _OpenDocument:
    """Follows the cells of the tables; a cell or row may stand for several."""

    def __init__(self) -> None:
        self.found: dict[str, list[_Found]] = {}
        self._sheet: list[_Found] = []
        self._row = self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE} table":
            self._sheet = self.found.setdefault(attributes.get(f"{_TABLE} name", ""), [])
            self._row = 0
        elif name == f"{_TABLE} table-row":
            self._column = 0
            self._rows = int(attributes.get(f"{_TABLE} number-rows-repeated", "1"))
        elif name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            if f"{_TABLE} formula" in attributes:
                kind = attributes.get(f"{_OFFICE} value-type", "")
                value = attributes.get(f"{_OFFICE} value", "text" if kind else "")
                self._sheet.append((self._row, self._column, value))
            self._column += int(attributes.get(f"{_TABLE} number-columns-repeated", "1"))

    def end(self, name: str) -> None:
        if name == f"{_TABLE} table-row":
            self._row += self._rows
