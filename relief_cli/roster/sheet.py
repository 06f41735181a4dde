"""Understands one sheet: who stands in it, what its totals say, what is unclear about its cells.

Runs in the reader's child process, so it knows Arrow and NumPy but not pandas.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.roster import merges, unfold
from relief_cli.roster.columns import build
from relief_cli.roster.fields import MONEY, NUMBERS_AS_TEXT, Headers
from relief_cli.roster.grid import CELL_SEPARATOR, Cell, CellFinding, Grid, cell_text, column_letter
from relief_cli.roster.header import (
    SEARCHED_ROWS,
    Layout,
    Nearest,
    find_header,
    is_header_again,
    nearest_header,
)

_TOTAL = re.compile(r"^[^0-9]{0,16}?(总合计|小计|合计|总计|累计|共计)")
"""Such as 黄寨镇小计, 本页合计."""
_NOTE = re.compile(
    r"^(?:注|备注|说明|制表|填表|填报|审核|复核|审批|负责人|经办|单位|主管|领导|日期|盖章|第.{1,6}页|联系|签字|签章|公章)"
)
_PLACE = re.compile(
    r"(?:[（(]?[一二三四五六七八九十0-9]+[）)、.．])?\S{1,12}?"
    r"(?:村|社区|乡|镇|街道|街道办|办事处|村委会|居委会|村民小组|敬老院|供养中心)(?:[:：（(].*)?"
)
"""A heading over the people of a place: 黄寨村, （二）城晋驿村：12人."""
_EXAMPLE = re.compile(r"(?:填写|填表)?(?:示例|样例|范例|举例|例)[0-9一二三]?(?:[:：（(].*)?")
_EXAMPLE_SIGN = "例"
_PLACEHOLDER = re.compile(r"[XxＸ×]{2,}")
_FILLED_IN = frozenset({"id_number", "account_number", "account_name", "bank_name"})
"""Where XX stands for what is to be filled in; in a telephone number it hides a person's digits."""
_PLACEHOLDER_NAMES = frozenset({"张三", "李四", "王五", "某某", "某某某"})
_COLUMN_NUMBER = re.compile(r"[0-9]{1,3}")
_ID_SHAPED = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_SOME_NUMBER = {"id_number": r"[0-9]{6}", "account_number": r"^[0-9]{8,}$"}
"""What stands there in a person's row, however bad the ID; not in a signature's or a total's."""

_ID_NUMBERS = (1e17, 1e18)
"""Between these an ID lies that was stored as a number."""

_EXAMPLES_WITHIN = 3
"""Rows below a header that are looked at for an example without the word."""

_ERROR_SIGN = "#"
_ERROR_TEXT = rf"{_ERROR_SIGN}(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)"
_AROUND = r"[\pZ\s]*"
"""Blanks of any script, which ``str.strip`` takes away too."""
_ERROR_AMONG = rf"(^|{CELL_SEPARATOR}){_AROUND}{_ERROR_TEXT}{_AROUND}({CELL_SEPARATOR}|$)"
_NAMING = frozenset(
    {"name", "id_number", "household_head", "household_head_id_number", "account_number"}
)
"""Fields that make a row a person's, be it one who is held because the rest is missing."""

_NO_FORMULAS = frozenset({*MONEY, *NUMBERS_AS_TEXT})
"""Fields in which a formula would change who is paid, or what (F007)."""

_NO_MATTER = frozenset(
    {"serial", "phone", "address", "remark", "change_reason", "disability", "disability_grade"}
)
"""Fields in which an error changes nothing; in all others it holds the row (F010)."""


_NUMBER = rf"[0-9]+(?:\.[0-9]+)?(?:{CELL_SEPARATOR}|$)"
_ANYTHING = rf"[\s{CELL_SEPARATOR}]*[^\s{CELL_SEPARATOR}]"


@dataclass(frozen=True)
class Total:
    """A total row (合计, 小计) as it stands."""

    sheet_row: int
    kind: str
    """``小计``, ``合计`` or the like."""
    amounts: dict[str, str]
    """Money field → text of the cell."""


@dataclass(frozen=True)
class SheetTable:
    """A sheet in which a roster was found."""

    name: str
    title: str
    """The rows above the header, joined; says what kind of list it is."""
    layout: Layout
    people: pa.Table
    """One line per person; see :mod:`relief_cli.roster.columns`, with ``member`` and ``group``."""
    totals: tuple[Total, ...]
    findings: tuple[CellFinding, ...]
    hidden_rows: int
    notes: int
    """Rows that are neither a person nor a total: signatures, remarks, repeated headers."""


@dataclass(frozen=True)
class SheetPassed:
    """A sheet without a header."""

    name: str
    holds_people: bool
    """Identity numbers stand in it all the same."""
    nearest: Nearest | None
    """The row that looks most like a header."""


@dataclass
class _Sorted:
    people: npt.NDArray[np.bool_]
    totals: list[Total] = field(default_factory=list)
    notes: int = 0


def understand(grid: Grid, headers: Headers) -> SheetTable | SheetPassed:
    """Find the header of a sheet and take its people out of it."""
    chunks = iter(grid.chunks)
    first = next(chunks, [])
    layout = find_header(first[:SEARCHED_ROWS], grid.features.merges, headers)
    if layout is None:
        nearest = nearest_header(first, grid.features.merges, headers)
        return SheetPassed(grid.name, _holds_people([first, *chunks]), nearest)
    rows = build(_rechained(first, chunks), layout, headers)
    sorted_rows = _sort(rows, layout)
    people = rows.filter(pa.array(sorted_rows.people))
    filled = merges.fill(people, grid.features.merges, layout, headers)
    findings = [*filled.findings, *_cell_findings(filled.people, grid, layout)]
    findings += _shifted(filled.people, layout, separated=grid.separated)
    shown = set(np.asarray(people["sheet_row"]).tolist())
    return SheetTable(
        name=grid.name,
        title=_title(first, layout),
        layout=layout,
        people=unfold.unfold(filled.people, layout),
        totals=tuple(sorted_rows.totals),
        findings=tuple(findings),
        hidden_rows=sum(row + 1 in shown for row in grid.features.hidden_rows),
        notes=sorted_rows.notes,
    )


def _rechained(
    first: list[list[Cell]], rest: Iterable[list[list[Cell]]]
) -> Iterator[list[list[Cell]]]:
    yield first
    yield from rest


def _holds_people(chunks: list[list[list[Cell]]]) -> bool:
    return any(_may_be_id(cell) for chunk in chunks for row in chunk for cell in row)


def _may_be_id(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(_ID_SHAPED.search(_compact(unicodedata.normalize("NFKC", cell))))
    return isinstance(cell, int | float) and _ID_NUMBERS[0] <= cell < _ID_NUMBERS[1]


def _title(first: list[list[Cell]], layout: Layout) -> str:
    above = first[: layout.last_row]
    return " ".join(cell_text(cell).strip() for row in above for cell in row if cell != "")


def _sort(rows: pa.Table, layout: Layout) -> _Sorted:
    """Tell people from totals, notes and repeated headers.

    A person's row has something in a name, ID or account column, the head's among them. Only rows
    without a well-shaped ID are looked at one by one.
    """
    person = np.zeros(rows.num_rows, dtype=bool)
    identified = np.zeros(rows.num_rows, dtype=bool)
    shaped = np.zeros(rows.num_rows, dtype=bool)
    for name in rows.column_names:
        base = name.split(".")[0]
        if base in _NAMING and "#" not in name:
            person |= np.asarray(pc.is_valid(rows[name]))
        if base in _SOME_NUMBER and "#" not in name:
            digits = pc.match_substring_regex(rows[name], _SOME_NUMBER[base])
            identified |= np.asarray(pc.fill_null(digits, pa.scalar(value=False)))
        if base == "id_number" and "#" not in name:
            matches = pc.match_substring_regex(rows[name], "^[0-9]{15}([0-9]{2}[0-9X])?$")
            shaped |= np.asarray(pc.fill_null(matches, pa.scalar(value=False)))
    example = _examples(rows, layout)
    result = _Sorted(people=person & ~example, notes=int(example.sum()))
    person = result.people
    for position in np.flatnonzero(~shaped & ~example):
        texts = rows["cells"][int(position)].as_py().split(CELL_SEPARATOR)
        sheet_row = int(rows["sheet_row"][int(position)].as_py())
        total = None if identified[position] else _as_total(texts, sheet_row, layout)
        if total:
            result.totals.append(total)
            person[position] = False
        elif (
            is_header_again(texts, layout)
            or _is_numbering(texts)
            or _is_place(texts)
            or (_is_note(texts) and not identified[position])
        ):
            person[position] = False
        result.notes += not (person[position] or total)
    return result


def _compact(text: str) -> str:
    return re.sub(r"[\s\u3000:：]+", "", text)


def _as_total(texts: list[str], sheet_row: int, layout: Layout) -> Total | None:
    for text in texts:
        compact = _compact(text)
        match = _TOTAL.match(compact)
        if match:
            amounts = {
                column.field: texts[column.index].strip()
                for column in layout.columns
                if column.field in MONEY and texts[column.index].strip()
            }
            return Total(sheet_row, match.group(1), amounts)
        if compact and not compact.replace(".", "").isdigit():
            return None
    return None


def _is_numbering(texts: list[str]) -> bool:
    """Say whether a row numbers the columns (甲 乙 1 2 3), as forms do below their header."""
    given = [compact for text in texts if (compact := _compact(text).strip("()（）"))]
    numbers = [int(text) for text in given if _COLUMN_NUMBER.fullmatch(text)]
    lettered = [text for text in given if text in ("栏次", "甲", "乙", "丙", "丁")]
    return (
        len(numbers) >= 3
        and len(numbers) + len(lettered) == len(given)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _is_place(texts: list[str]) -> bool:
    """Say whether nothing but the name of a place stands in a row."""
    given = [compact for text in texts if (compact := _compact(text))]
    return len(given) == 1 and bool(_PLACE.fullmatch(given[0]))


def _examples(rows: pa.Table, layout: Layout) -> npt.NDArray[np.bool_]:
    """Say which rows a form shows as an example: 示例, or 张三 with XX where words are to be."""
    example = np.zeros(rows.num_rows, dtype=bool)
    first = min(_EXAMPLES_WITHIN, rows.num_rows)
    marked = pc.match_substring(rows["cells"], _EXAMPLE_SIGN)
    for position in {*range(first), *np.flatnonzero(np.asarray(marked)).tolist()}:
        texts = rows["cells"][position].as_py().split(CELL_SEPARATOR)
        example[position] = _is_example(texts, layout)
    return example


def _is_example(texts: list[str], layout: Layout) -> bool:
    given = [_compact(text) for text in texts]
    if any(_EXAMPLE.fullmatch(text) for text in given if text):
        return True
    names = {given[column.index] for column in layout.columns if column.field == "name"}
    filled_in = [given[column.index] for column in layout.columns if column.field in _FILLED_IN]
    return bool(names & _PLACEHOLDER_NAMES) and any(map(_PLACEHOLDER.search, filled_in))


def _is_note(texts: list[str]) -> bool:
    first = next((compact for text in texts if (compact := _compact(text))), "")
    return bool(_NOTE.match(first))


def _cell_findings(people: pa.Table, grid: Grid, layout: Layout) -> list[CellFinding]:
    """List formulas (F007) and error cells (F010) in columns that decide who is paid, or what."""
    fields = {column.index: column.field for column in layout.columns}
    rows = set(np.asarray(people["sheet_row"]).tolist())

    def found(row: int, column: int, code: str, *, warning: bool = False) -> CellFinding:
        return CellFinding(
            row + 1, code, fields[column], f"{column_letter(column)}{row + 1}", warning=warning
        )

    findings = [
        found(row, column, "F007", warning=stored)
        for row, column, stored in grid.features.formulas
        if fields.get(column) in _NO_FORMULAS and row + 1 in rows
    ]
    errors = {*grid.features.errors, *_error_texts(people, layout)}
    findings += [
        found(row, column, "F010")
        for row, column in sorted(errors)
        if column in fields and fields[column] not in _NO_MATTER and row + 1 in rows
    ]
    return findings


def _error_texts(people: pa.Table, layout: Layout) -> set[tuple[int, int]]:
    """Find errors that were pasted or exported as text."""
    places: set[tuple[int, int]] = set()
    # Hardly a sheet has the sign, and to look for its byte alone takes a tenth of the time.
    contents = [np.frombuffer(c.buffers()[2] or b"", np.uint8) for c in people["cells"].chunks]
    if not any((content == ord(_ERROR_SIGN)).any() for content in contents):
        return places
    maybe = np.asarray(pc.match_substring_regex(people["cells"], _ERROR_AMONG))
    for position in np.flatnonzero(maybe):
        texts = people["cells"][int(position)].as_py().split(CELL_SEPARATOR)
        row = int(people["sheet_row"][int(position)].as_py()) - 1
        places |= {
            (row, column.index)
            for column in layout.columns
            if re.fullmatch(_ERROR_TEXT, texts[column.index].strip())
        }
    return places


def _shifted(people: pa.Table, layout: Layout, *, separated: bool) -> list[CellFinding]:
    """List rows with more cells than the header has titles (F013): 1,230.00 without quotes.

    In a text any cell beyond the titles counts; in a workbook, where remarks may stand there, a
    number in the column without a title beside an amount.
    """
    beside = {column.index + 1: column.field for column in layout.columns if column.field in MONEY}
    wanted = [
        (at, money, _NUMBER)
        for at, money in beside.items()
        if at < len(layout.header) and not layout.header[at]
    ]
    titled = max((at for at, title in enumerate(layout.header) if title), default=-1) + 1
    if separated and titled < len(layout.header):
        last = max(layout.columns, key=lambda column: column.index)
        wanted.append((titled, last.field, _ANYTHING))
    found = {}
    for at, name, cell in wanted:
        pattern = f"^(?:[^{CELL_SEPARATOR}]*{CELL_SEPARATOR}){{{at}}}{cell}"
        more = pc.match_substring_regex(people["cells"], pattern)
        for row in people["sheet_row"].filter(more).to_pylist():
            found[row] = CellFinding(row, "F013", name, f"{column_letter(at)}{row}")
    return [found[row] for row in sorted(found)]
