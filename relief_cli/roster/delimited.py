"""Reads .csv and .txt rosters.

The encoding is never guessed: UTF-8 where the bytes are valid UTF-8, else strict GB18030, else the
file is refused (F011). On small samples a charset guesser is wrong as often as right.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster.grid import CHUNK, Cell, Features, Grid

if TYPE_CHECKING:
    import _csv

_DELIMITERS = (",", "\t", ";", "|", "，")
_SAMPLE_LINES = 20
_QUOTED = re.compile(r'"[^"]*"')
_AS_TEXT = re.compile(r'="([^"]*)"')
"""How exports keep Excel from taking digits for a number."""

_LONGEST_CELL = 8 << 20
"""Characters: as many as a line has bytes. What is too long for its column is found in the row."""


def read(content: bytes, file: str, columns: int) -> Grid:
    """Read a delimited text as one sheet.

    Args:
        content: the file's bytes.
        file: its name, for messages.
        columns: the most columns that a sheet may have.

    Raises:
        UnreadableError: F011 (encoding), F001 (not a table), F006 (too wide).
    """
    text = _decode(content, file)
    delimiter = _delimiter(text)
    width = _width(file, text, delimiter, columns)
    return Grid("", _chunks(text, delimiter, width), Features(), separated=True)


def _decode(data: bytes, file: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            continue
        if "\0" in text:
            break
        return text
    else:
        raise UnreadableError(
            "F011",
            N_("The text is neither UTF-8 nor GB18030 (line {line})"),
            why=N_("Names and numbers would be read wrongly, and money paid to the wrong person"),
            remedy=N_("Open it in WPS or Excel and save it as .xlsx, then send that"),
            file=file,
            line=line,
        )
    raise UnreadableError(
        "F001",
        N_("This is no table of text: it holds zero bytes"),
        remedy=N_("Open it in WPS or Excel and save it as .xlsx, then send that"),
        file=file,
    )


def _delimiter(text: str) -> str:
    """Give the mark that stands equally often in the most lines; marks in remarks vary."""
    sample = "".join(islice(io.StringIO(text), _SAMPLE_LINES))
    lines = _QUOTED.sub("", sample).splitlines()

    def evenness(mark: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(mark)))
        return max(((lines, count) for count, lines in counts.items()), default=(0, 0))

    return max(_DELIMITERS, key=evenness)


def _reader(text: str, delimiter: str) -> "_csv.Reader":
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _width(file: str, text: str, delimiter: str, columns: int) -> int:
    """Give the widest row's cells; the whole file is gone through once, so all of it is sound."""
    reader = _reader(text, delimiter)
    width = before = 0
    try:
        for row in reader:
            width = max(width, len(row))
            if reader.line_num > before + 1 and _swallows(row, delimiter):
                raise _quote_left_open(file, before + 1, reader.line_num)
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableError(
            "F001",
            N_("Line {line} is no row of a table: {reason}"),
            why=N_("What a line means is not clear, nor where it ends"),
            remedy=N_("Open it in WPS or Excel and save it as .xlsx, then send that"),
            file=file,
            line=before + 1,
            reason=str(error),
        ) from error
    if width > columns:
        raise UnreadableError(
            "F006",
            N_("The file has {width} columns; a roster has at most {columns}"),
            remedy=N_("Delete the empty columns at the right and save the file again"),
            file=file,
            width=width,
            columns=columns,
        )
    return width


def _swallows(row: list[str], delimiter: str) -> bool:
    """Say whether a cell holds whole lines of the table, and not a remark in several lines."""
    enough = max(2, len(row) // 2)
    return any(
        line.count(delimiter) >= enough
        for cell in row
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()
    )


def _quote_left_open(file: str, first: int, last: int) -> UnreadableError:
    return UnreadableError(
        "F001",
        N_("A quotation mark in line {first} makes the lines to {last} one cell"),
        why=N_("The people in these lines would be read as a remark, and be left out"),
        remedy=N_("Take the mark out of line {first}, or save the file as .xlsx and send that"),
        file=file,
        first=first,
        last=last,
    )


def _chunks(text: str, delimiter: str, width: int) -> Iterator[list[list[Cell]]]:
    rows: Iterator[list[str]] = _reader(text, delimiter)
    if '="' in text:
        rows = ([_plain(cell) for cell in row] for row in rows)
    while True:
        chunk: list[list[Cell]] = [
            [*row, *[""] * (width - len(row))] for row in islice(rows, CHUNK)
        ]
        if not chunk:
            return
        yield chunk


def _plain(cell: str) -> str:
    marked = _AS_TEXT.fullmatch(cell)
    return marked[1] if marked else cell
