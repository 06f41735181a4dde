"""Holds what a reader gave of a sheet against the sheet's own XML: nothing is lost between them.

A reader keeps the last of two rows with one number, the first of two tables, and nothing of an
encoding that it does not know. It says nothing about it, and people would be missed.
"""

import re
import zipfile
from itertools import islice

from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster.grid import column_letter
from relief_cli.roster.opc import BROKEN_ZIP, related
from relief_cli.roster.refusals import RESAVE, WHY
from relief_cli.roster.sheet_xml import MOST_COLUMNS, NAMESPACES, cell_position
from relief_cli.roster.xml_parts import broken, new_parser, run


def check(archive: zipfile.ZipFile, xml: bytes, values: int, given: int) -> None:
    """See that the reader gave all cells of a sheet.

    Only where that cannot be told by counting is every cell looked at.

    Args:
        archive: the open .xlsx or .xlsm.
        xml: the sheet's part, unpacked.
        values: how many cells have a value, an empty text or another.
        given: how many cells that are not empty the reader gave.

    Raises:
        UnreadableError: F001, without the file's name; a cell is there twice, or some were lost.
    """
    if values - _empty_cells(archive, xml) == given:
        return
    cells = _Cells(_empty_texts(archive))
    parser = new_parser()
    parser.StartElementHandler = cells.start
    parser.EndElementHandler = cells.end
    parser.CharacterDataHandler = cells.text
    run(parser, xml)
    if cells.twice:
        raise _refused(N_("Cell {place} of a sheet is given twice"), place=cells.twice)
    if cells.filled > given:
        raise _refused(
            N_("Of {count} cells of a sheet that hold something, {given} can be read"),
            count=cells.filled,
            given=given,
        )


_EMPTY = re.compile(rb"<si>\s*<t(?:\s[^<>]*)?(?:/>|></t>)\s*</si>")
_ITEM = re.compile(rb"<si[\s/>]")
_MOST_EMPTY = 8
"""One text is written once; a file with more is looked at cell by cell."""


def check_names(names: list[str]) -> None:
    """Refuse two sheets of one name, of which a reader gives one twice.

    Raises:
        UnreadableError: F001, without the file's name.
    """
    folded = [name.casefold() for name in names]
    for name in names:
        if folded.count(name.casefold()) > 1:
            raise _refused(N_("Two sheets have the name {sheet_name}"), sheet_name=name)


def _refused(message: str, **values: str | int) -> UnreadableError:
    return UnreadableError("F001", message, why=WHY, remedy=RESAVE, **values)  # type: ignore[arg-type]  # mypy takes any value for sheet and cell too


class _Cells:
    """Follows the cells of a sheet; a row or cell without a position follows the one before."""

    def __init__(self, empty: frozenset[str]) -> None:
        self.filled = 0
        self.twice = ""
        self._empty = empty
        self._seen: set[int] = set()
        self._row = self._column = -1
        self._kind = ""
        self._inside = 0
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        if namespace not in NAMESPACES:
            return
        if element == "row":
            number = attributes.get("r", "")
            self._row = int(number[:8]) - 1 if number.isdecimal() else self._row + 1
            self._column = -1
        elif element == "c":
            position = cell_position(attributes.get("r", ""))
            self._row, self._column = position or (self._row, self._column + 1)
            self._kind, self._text = attributes.get("t", ""), ""
            place = self._row * MOST_COLUMNS + self._column
            if place in self._seen:
                self.twice = self.twice or f"{column_letter(self._column)}{self._row + 1}"
            self._seen.add(place)
        elif element in ("v", "t"):
            self._inside += 1

    def end(self, name: str) -> None:
        namespace, _, element = name.rpartition(" ")
        if namespace not in NAMESPACES:
            return
        if element in ("v", "t"):
            self._inside -= 1
        elif element == "c" and self._text and self._kind != "e":
            self.filled += not (self._kind == "s" and self._text.strip() in self._empty)

    def text(self, text: str) -> None:
        if self._inside:
            self._text += text


def _empty_cells(archive: zipfile.ZipFile, xml: bytes) -> int:
    """Count the cells that hold an empty shared text, as programs that export write them."""
    count = 0
    for _, book in related(archive, "", "officeDocument"):
        for _, part in related(archive, book, "sharedStrings"):
            texts = archive.read(part)
            for empty in islice(_EMPTY.finditer(texts), _MOST_EMPTY):
                number = len(_ITEM.findall(texts, 0, empty.start()))
                count += xml.count(b't="s"><v>%d</v>' % number)
    return count


def _empty_texts(archive: zipfile.ZipFile) -> frozenset[str]:
    """Give the numbers of the shared texts in which nothing stands."""
    found: set[str] = set()
    for _, book in related(archive, "", "officeDocument"):
        for _, part in related(archive, book, "sharedStrings"):
            texts = _Texts()
            parser = new_parser()
            parser.StartElementHandler = texts.start
            parser.EndElementHandler = texts.end
            parser.CharacterDataHandler = texts.text
            try:
                content = archive.read(part)
            except BROKEN_ZIP as error:
                raise broken() from error
            run(parser, content)
            found |= texts.empty
    return frozenset(found)


class _Texts:
    """Follows the shared texts (ECMA-376-1 18.4.8); what is read aloud (rPh) is none of them."""

    def __init__(self) -> None:
        self.empty: set[str] = set()
        self._number = 0
        self._inside = self._aloud = 0
        self._filled = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._inside += name.endswith(" t")
        self._aloud += name.endswith(" rPh")

    def end(self, name: str) -> None:
        self._inside -= name.endswith(" t")
        self._aloud -= name.endswith(" rPh")
        if name.endswith(" si"):
            if not self._filled:
                self.empty.add(str(self._number))
            self._number, self._filled = self._number + 1, False

    def text(self, text: str) -> None:
        self._filled |= bool(self._inside and not self._aloud and text)
