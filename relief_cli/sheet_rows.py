"""Thousands of rows of a few looks, put into a workbook that XlsxWriter made.

XlsxWriter goes cell by cell, 30 µs each; as Arrow columns the same rows take a twentieth. All else
stays its work: below everything else on the sheet it writes one row of blank cells for each look,
so that the workbook has them, and in the place of these marks all rows are filled in here.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from relief_cli.arrow import joined

_ROW = re.compile(r'<row r="(\d+)"([^>]*)>((?:<c r="[A-Z]+\d+" s="\d+"/>)*)</row>')
_CELL = re.compile(r'<c r="([A-Z]+)\d+" s="(\d+)"/>')
_EXTENT = re.compile(r'<dimension ref="([A-Z]+\d+:[A-Z]+)(\d+)"/>')
# A look at all texts together, which nearly always ends the matter.
_SPECIAL = re.compile(rb"[&<>\x00-\x20_]")
_EDGE = r"^\s|\s$|\n"
# As the format wants it (ECMA-376 part 1, 22.9.2.19): what looks like an escape is escaped first.
_ESCAPE = r"(_x[0-9a-fA-F]{4}_)"
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n"]
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TEXTS = "xl/sharedStrings.xml"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Mark:
    """A row that shows how others look."""

    sheet: int
    """Number of the sheet in its workbook, from 0."""
    row: int
    """From 0."""


@dataclass(frozen=True)
class Rows:
    """Rows that are to be filled in."""

    mark: Mark
    """How they look."""
    first: int
    """The first row, from 0."""
    columns: Sequence[pa.Array]
    """Each ``large_string`` for cells of text, or ``decimal128`` for numbers; equally long."""
    blanks: bool = True
    """Whether an empty text is a cell that has only its look, or no cell at all."""

    @property
    def end(self) -> int:
        """The row below the last."""
        return self.first + len(self.columns[0])


def mark(sheet: Worksheet, row: int, looks: Mapping[int, Format]) -> Mark:
    """Mark how rows look.

    Args:
        sheet: the sheet; nothing but further marks may be written into this row or below it.
        row: from 0; that of the first rows to be filled in, and for further looks the next ones.
        looks: number of the column, from 0 → the look of its cells.
    """
    for column, look in looks.items():
        sheet.write_blank(row, column, None, look)
    return Mark(sheet.index, row)


def unpacked(workbook: io.BytesIO) -> dict[str, bytes]:
    """Give the parts of what XlsxWriter made, by their names."""
    with zipfile.ZipFile(workbook) as given:
        return {part.filename: given.read(part) for part in given.infolist()}


def filled(
    parts: Mapping[str, bytes], blocks: Sequence[Rows], texts: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """Give a workbook's parts with all blocks of rows filled in.

    Args:
        parts: of a workbook, see :func:`unpacked`.
        blocks: those of a sheet from the top to the bottom, with a column for each of its mark's.
        texts: what stands in cells that XlsxWriter wrote → what takes its place.
    """
    whole = {}
    for name, content in parts.items():
        here = [rows for rows in blocks if name == _part(rows.mark.sheet)]
        given = _replaced(content, texts) if texts and name == _TEXTS else content
        whole[name] = _with_rows(given, here) if here else given
    return whole


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Give the workbook that has these parts.

    Its zip holds no time, and the parts as they are: deflate gives other bytes with zlib-ng than
    with zlib, and the same workbook must be the same file on any machine.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as workbook:
        for name, content in parts.items():
            workbook.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return whole.getvalue()


def _replaced(content: bytes, texts: Mapping[str, str]) -> bytes:
    escaped = _escaped(pa.array(texts.values(), pa.large_string())).to_pylist()
    for token, text in zip(texts, escaped, strict=True):
        content = content.replace(token.encode(), text.encode())
    return content


def _part(sheet: int) -> str:
    return f"xl/worksheets/sheet{sheet + 1}.xml"


def _with_rows(content: bytes, blocks: Sequence[Rows]) -> bytes:
    text = _EXTENT.sub(
        lambda found: f'<dimension ref="{found[1]}{max(blocks[-1].end, int(found[2]))}"/>',
        content.decode(),
    )
    start = text.index(f'<row r="{blocks[0].first + 1}"')
    end = text.index("</sheetData>", start)
    marks = {int(found[1]) - 1: found for found in _ROW.finditer(text, start, end)}
    if sum(len(found[0]) for found in marks.values()) != end - start:
        message = f"something else stands in row {blocks[0].first + 1} or below"
        raise ValueError(message)
    rows = (joined(_rows(block, marks[block.mark.row])) for block in blocks)
    return b"".join([text[:start].encode(), *rows, text[end:].encode()])


def _rows(rows: Rows, pattern: re.Match[str]) -> pa.Array:
    """Give the rows as XML, in the image of the marked one."""
    looks = _CELL.findall(pattern[3])
    numbers = pa.array(np.arange(len(rows.columns[0])) + rows.first + 1).cast(pa.large_string())
    cells = [
        _cells(column, f'<c r="{place}', numbers, f'" s="{look}"', blanks=rows.blanks)
        for column, (place, look) in zip(rows.columns, looks, strict=True)
    ]
    return _join('<row r="', numbers, f'"{pattern[2]}>', *cells, "</row>")


def _cells(column: pa.Array, start: str, numbers: pa.Array, look: str, *, blanks: bool) -> pa.Array:
    if pa.types.is_decimal(column.type):
        return _join(start, numbers, f"{look}><v>", column.cast(pa.large_string()), "</v></c>")
    text, escaped = "<t>", column
    if _SPECIAL.search(joined(column)):
        if pc.any(pc.match_substring_regex(column, _EDGE)).as_py():
            text = '<t xml:space="preserve">'
        escaped = _escaped(column)
    cells = _join(start, numbers, f'{look} t="inlineStr"><is>{text}', escaped, "</t></is></c>")
    empty = pc.equal(column, "")
    if not pc.any(empty).as_py():
        return cells
    without = _join(start, numbers, f"{look}/>") if blanks else pa.scalar("", pa.large_string())
    return pc.if_else(empty, without, cells)


def _escaped(column: pa.Array) -> pa.Array:
    column = pc.replace_substring_regex(column, _ESCAPE, r"_x005F\1")
    for character, entity in _ENTITIES.items():
        column = pc.replace_substring(column, character, entity)
    if pc.any(pc.match_substring_regex(column, r"[\x00-\x08\x0b-\x1f]")).as_py():
        for control in _CONTROLS:
            column = pc.replace_substring(column, control, f"_x{ord(control):04X}_")
    return column


def _join(*parts: Any) -> pa.Array:  # noqa: ANN401  # texts and Arrow arrays
    given = [*parts, ""]
    return pc.binary_join_element_wise(
        *(pa.scalar(one, pa.large_string()) if isinstance(one, str) else one for one in given)
    )
