"""Rosters in, one clean table out, with the origin of every row."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import give_memory_back
from relief_cli.errors import ReliefError
from relief_cli.roster import households, identity, units
from relief_cli.roster.amounts import Amounts
from relief_cli.roster.fields import MONEY, NUMBERS_AS_TEXT, load_headers
from relief_cli.roster.gather import Gathering
from relief_cli.roster.grid import CELL_SEPARATOR, column_letter
from relief_cli.roster.header import Layout
from relief_cli.roster.reader import FileTable
from relief_cli.roster.sheet import SheetTable, Total
from relief_cli.roster.unfold import HEAD_FIELDS

_TOWNSHIP = re.compile(r"\S{1,10}(乡|镇|街道|街道办|街道办事处)")


@dataclass(frozen=True, kw_only=True)
class Input:
    """A file that was read."""

    name: str
    sha256: str
    size: int
    hidden_sheets: tuple[str, ...]
    passed_sheets: tuple[str, ...]
    """Visible sheets without a roster in them."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet in which a roster was found."""

    input: int
    name: str
    title: str
    layout: Layout
    rows: int
    """People."""
    totals: tuple[Total, ...]
    hidden_rows: int
    notes: int

    def cell(self, field_name: str, slot: int, sheet_row: int) -> str:
        """Give the cell of a field in a row, such as ``C7``; empty where there is no column."""
        if slot < 0:  # the head who stands before the members in the same row
            field_name = HEAD_FIELDS.get(field_name, field_name)
        places = [c for c in self.layout.columns if c.field == field_name]
        exact = [c for c in places if c.slot == slot] or places
        return f"{column_letter(exact[0].index)}{sheet_row}" if exact else ""


def place_in(given: Input, sheet: Sheet, sheet_row: int) -> str:
    """Say where a row stands: file, sheet and row."""
    shown = f"{given.name}[{sheet.name}]" if sheet.name else given.name
    return f"{shown}:{sheet_row}"


@dataclass(frozen=True, kw_only=True)
class Roster:
    """All people of all files, and where each stands.

    ``people`` has one line per person in the order of files, sheets and rows: ``input``,
    ``sheet``, ``sheet_row``, ``member``, ``slot``, ``group``, ``slots`` int32; ``cells``; every
    field of :mod:`relief_cli.roster.fields` as string (missing where blank), ``<field>#number``
    bool; ``person`` (18-character ID), ``household`` int64, ``says_head`` bool, ``only_head``
    bool (the sheet names heads of households only); and of
    :func:`relief_cli.roster.households.assign_payees` the payee, ``payee_account`` and
    ``payee_bank``, ``institution``, ``borrowed``, ``number_lost``.
    """

    inputs: tuple[Input, ...]
    sheets: tuple[Sheet, ...]
    people: pd.DataFrame
    identities: identity.Identities
    cell_findings: pd.DataFrame
    """``row``, ``code``, ``field``, ``downgraded``."""

    def sheets_with(self, field_name: str) -> list[int]:
        """Give the numbers of the sheets that have a column of the field."""
        return [n for n, sheet in enumerate(self.sheets) if sheet.layout.has(field_name)]

    def household_wide(self, field_name: str) -> npt.NDArray[np.bool_]:
        """Say of each person whether the sheet's column of a field is the household's (户…, 家庭…).

        The header says so; as in 户月保障金额, which stands in every row and is meant once.
        """
        sheets = [
            n
            for n, sheet in enumerate(self.sheets)
            for column in sheet.layout.columns
            if column.field == field_name
            and sheet.layout.header[column.index].strip().startswith(("户", "家庭"))
        ]
        return np.isin(self._sheet_of, sheets)

    def _amount_months(self) -> dict[str, npt.NDArray[np.int64]]:
        """Give how many months amounts are for, of fields whose title says it in some sheet."""
        found: dict[str, npt.NDArray[np.int64]] = {}
        for field_name in MONEY:
            said = np.zeros(len(self.sheets), dtype=np.int64)
            for number, sheet in enumerate(self.sheets):
                for column in sheet.layout.columns:
                    if column.field == field_name:
                        said[number] = units.months_of(sheet.layout.header[column.index])
            if said.any():
                found[field_name] = said[self._sheet_of]
        return found

    def place(self, row: int) -> str:
        """Say where a person stands: file, sheet and row."""
        sheet = self.sheets[self._sheet_of[row]]
        return place_in(self.inputs[sheet.input], sheet, int(self._sheet_row_of[row]))

    def said(self, fields: Sequence[str], rows: npt.NDArray[np.int64]) -> list[str]:
        """Give what stands in the columns of ``fields`` in a few rows, as it stands there.

        For fields that are known and not carried. A person gets the column of their own place in
        the row; several texts are joined, without repeating one; empty where nothing stands.
        """
        people = self.people
        columns = (people[name].to_numpy()[rows] for name in ("sheet", "slot"))
        texts = people["cells"].iloc[rows]
        return [
            self._said(fields, int(sheet), int(slot), cells)
            for sheet, slot, cells in zip(*columns, texts, strict=True)
        ]

    def _said(self, fields: Sequence[str], sheet: int, slot: int, cells: str) -> str:
        found: dict[str, None] = {}
        given = cells.split(CELL_SEPARATOR)
        for field_name in fields:
            places = [c for c in self.sheets[sheet].layout.columns if c.field == field_name]
            for column in [c for c in places if c.slot == slot] or places[:1]:
                text = " ".join(given[column.index].split())
                found.update({text: None} if text else {})
        return "；".join(found)

    @cached_property
    def amounts(self) -> Amounts:
        """The amounts of the people, by field."""
        return Amounts(self.people, self._amount_months())

    @cached_property
    def _sheet_of(self) -> npt.NDArray[np.int32]:
        return self.people["sheet"].to_numpy()

    @cached_property
    def _sheet_row_of(self) -> npt.NDArray[np.int32]:
        return self.people["sheet_row"].to_numpy()


def read(
    gathering: Gathering,
    advance: Callable[[str], None] = lambda _name: None,
    refused: list[ReliefError] | None = None,
) -> Roster:
    """Take in the rosters that are being read, and put their people into one table.

    Args:
        gathering: the files, see :func:`relief_cli.roster.gather.gather`.
        advance: called with a file's name when it has been read.
        refused: gets the errors of files that cannot be taken in, where one can be; else, and
            where it is None, the first is raised.

    Raises:
        UnreadableError: F001 to F006 or F011. The first file that cannot be taken in is the
            error, the others are in its ``also``; nothing of any file is used then.
    """
    return _roster(gathering.tables(advance, refused))


def _roster(tables: list[FileTable]) -> Roster:
    sheets = [(number, sheet) for number, table in enumerate(tables) for sheet in table.sheets]
    inputs = tuple(input_of(table) for table in tables)
    described = tuple(sheet_of(number, sheet) for number, sheet in sheets)
    tables.clear()
    people = _people(sheets)
    give_memory_back()
    # Arrow and NumPy let the other thread compute meanwhile.
    with ThreadPoolExecutor(2) as threads:
        fields = ("id_number", "household_head_id_number")
        own, head = threads.map(lambda field: identities_of(people, field), fields)
    people = people.assign(person=own.person, household_head_person=head.person)
    grouped = households.group(people, own.key, head.key)
    people = households.inherit(people, grouped)
    payees = households.assign_payees(people, grouped)
    payees = payees.rename(columns={"account_number": "payee_account", "bank_name": "payee_bank"})
    lists_households = _lists_households(sheets, people)
    people = people.assign(
        household=grouped.number,
        says_head=grouped.says_head,
        only_head=lists_households,
        **payees,
    )
    only_accounts = lists_households
    if only_accounts.any():
        only_accounts = lists_households & np.isin(own.key, own.key[~lists_households])
        # A second line for the same head is no mere repetition: it stays, and is found (R401).
        listed = np.flatnonzero(only_accounts)
        again = pd.Series(own.key[listed]).duplicated().to_numpy()
        only_accounts[listed[again]] = False
    if only_accounts.any():
        people = households.take_over(people, only_accounts, own.key)
        people = people[~only_accounts].reset_index(drop=True)
        own = identities_of(people, "id_number")
    return Roster(
        inputs=inputs,
        sheets=described,
        people=people,
        identities=own,
        cell_findings=_cell_findings(sheets, people),
    )


def identities_of(people: pd.DataFrame, field_name: str) -> identity.Identities:
    """Parse a column of IDs; what was stored as a number has lost its end and is nobody's."""
    return identity.parse(people[field_name].mask(people[f"{field_name}#number"]))


def _people(sheets: list[tuple[int, SheetTable]]) -> pd.DataFrame:
    """Put the people of all sheets into one table with every field, present or not."""
    carried = [name for name, field in load_headers().fields.items() if field.carried]
    people = joined(sheets, [*carried, *(f"{name}#number" for name in NUMBERS_AS_TEXT)])
    return people.assign(township=_townships(people, sheets))


def joined(sheets: list[tuple[int, SheetTable]], wanted: Sequence[str]) -> pd.DataFrame:
    """Put the people of all sheets into one table.

    Args:
        sheets: each with the number of its file. Their own tables are given up one by one, so that
            the people are in memory once.
        wanted: columns that there are in any case: text, or ``…#number`` for a flag.
    """
    parts = []
    for number, (file, sheet) in enumerate(sheets):
        part = sheet.people
        count = part.num_rows
        sheets[number] = (file, replace(sheet, people=part.schema.empty_table()))
        for name, value in (("input", file), ("sheet", number), ("slots", sheet.layout.slots)):
            part = part.append_column(name, pa.array(np.full(count, value, dtype="int32")))
        parts.append(part)
    del part
    table = pa.concat_tables(parts, promote_options="default").combine_chunks()
    parts.clear()
    # Columns that no sheet has are one and the same array, so they are in memory once.
    flag, text = (pa.nulls(table.num_rows, kind) for kind in (pa.bool_(), pa.large_string()))
    for name in wanted:
        if name not in table.column_names:
            table = table.append_column(name, flag if name.endswith("#number") else text)
    flags = [name for name in table.column_names if name.endswith("#number")]
    for name in flags:
        place = table.column_names.index(name)
        known = pc.coalesce(table[name], pa.scalar(value=False))
        table = table.set_column(place, name, known)
    people: pd.DataFrame = table.to_pandas()
    return people


def _townships(people: pd.DataFrame, sheets: Sequence[tuple[int, SheetTable]]) -> pd.Series:
    """Give everybody's township; a sheet without such a column is often named after its own."""
    named = {
        number: sheet.name
        for number, (_, sheet) in enumerate(sheets)
        if not sheet.layout.has("township") and _TOWNSHIP.fullmatch(sheet.name)
    }
    if not named:
        return people["township"]
    return people["township"].fillna(people["sheet"].map(named).astype("str"))


def _lists_households(
    sheets: Sequence[tuple[int, SheetTable]], people: pd.DataFrame
) -> npt.NDArray[np.bool_]:
    """Say which rows are of a sheet that names only heads of households.

    Such a list goes with a list of people: it gives them the household's account, and its rows are
    not people once more. A head who is on no list of people stays a person.
    """
    listing = []
    for number, (_, sheet) in enumerate(sheets):
        index_of = {column.field: column.index for column in sheet.layout.columns}
        if index_of["id_number"] == index_of.get("household_head_id_number"):
            listing.append(number)
    return np.isin(people["sheet"].to_numpy(), listing)


def input_of(table: FileTable) -> Input:
    """Describe a file that was read."""
    return Input(
        name=table.container.name,
        sha256=table.container.sha256,
        size=table.container.size,
        hidden_sheets=table.hidden_sheets,
        passed_sheets=tuple(sheet.name for sheet in table.passed),
    )


def sheet_of(number: int, sheet: SheetTable) -> Sheet:
    """Describe a sheet of file ``number``."""
    return Sheet(
        input=number,
        name=sheet.name,
        title=sheet.title,
        layout=sheet.layout,
        rows=sheet.people.num_rows,
        totals=sheet.totals,
        hidden_rows=sheet.hidden_rows,
        notes=sheet.notes,
    )


def _cell_findings(sheets: Sequence[tuple[int, SheetTable]], people: pd.DataFrame) -> pd.DataFrame:
    """Bring the reader's findings to the rows of the people who stand there."""
    columns = ["sheet", "sheet_row", "code", "field", "downgraded"]
    given = pd.DataFrame(
        [
            (number, found.sheet_row, found.code, found.field, found.warning)
            for number, (_, sheet) in enumerate(sheets)
            for found in sheet.findings
        ],
        columns=columns,
    ).astype(
        {"sheet": "int32", "sheet_row": "int32", "code": "str", "field": "str", "downgraded": bool}
    )
    rows = people[["sheet", "sheet_row"]].assign(row=np.arange(len(people)))
    return given.merge(rows, on=["sheet", "sheet_row"])[["row", "code", "field", "downgraded"]]
