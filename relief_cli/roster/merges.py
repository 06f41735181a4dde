"""Merged cells: how clerks write households.

A merge down over household columns belongs to every member, an amount to the household once. A
merge over a person's own columns, or across columns, is not clear (F009) and holds its rows.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from relief_cli.roster.columns import column_name
from relief_cli.roster.fields import MONEY, Headers
from relief_cli.roster.grid import CellFinding, Merge, column_letter
from relief_cli.roster.header import Column, Layout

_ONCE = frozenset({*MONEY, "household_size", "covered_members"})
"""A household's figures: they stay in its first row."""

_GROUPING = (
    "household_head_id_number",
    "household_id",
    "household_head",
    "account_number",
    *MONEY,
    "serial",
)
"""A merge over one of these says which rows are one household; the first that there is decides."""
_HOUSEHOLD = ("household_head_id_number", "household_id", "household_head")
"""What says which household a row is of, the surest first."""
_OF_ONE_HOUSEHOLD = frozenset({*_ONCE, *_HOUSEHOLD, "account_number", "account_name"})
"""What no two households have together; a village or a bank may be merged over many."""


@dataclass(frozen=True)
class Filled:
    """The people with merged cells written out, and what was not clear.

    ``people`` gains ``group`` int32: the same number for rows that a merge makes one household,
    -1 where none does.
    """

    people: pa.Table
    findings: tuple[CellFinding, ...]


def fill(people: pa.Table, merges: list[Merge], layout: Layout, headers: Headers) -> Filled:
    """Write merged household cells into every row that they cover."""
    rows = np.asarray(people["sheet_row"]) - 1
    below = [merge for merge in merges if merge[1][0] > layout.last_row]
    by_column = {column.index: column for column in layout.columns}
    findings: list[CellFinding] = []
    down: dict[Column, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in below:
        first, last = np.searchsorted(rows, [top, bottom + 1])
        covered = [by_column[index] for index in range(left, right + 1) if index in by_column]
        if last <= first or not covered:
            continue
        column = covered[0]
        if len(covered) > 1 or (headers.fields[column.field].of_person and last - first > 1):
            findings += _unclear(rows[first:last], column)
        elif last - first > 1:
            down.setdefault(column, []).append((int(first), int(last)))
    filled = _filled(people, down)
    findings += _too_far(filled, rows, down)
    return Filled(filled, tuple(findings))


def _too_far(
    people: pa.Table, rows: npt.NDArray[np.int32], down: dict[Column, list[tuple[int, int]]]
) -> list[CellFinding]:
    """List merged accounts and amounts that reach from one household into the next (F009)."""
    key = next((name for name in _HOUSEHOLD if name in people.column_names), None)
    if key is None:
        return []
    household = people[key].to_pylist() if down else []
    return [
        finding
        for column, spans in down.items()
        if column.field in _OF_ONE_HOUSEHOLD and column.field != key
        for first, last in spans
        if len({one for one in household[first:last] if one}) > 1
        for finding in _unclear(rows[first:last], column)
    ]


def _unclear(rows: npt.NDArray[np.int32], column: Column) -> list[CellFinding]:
    letter = column_letter(column.index)
    return [
        CellFinding(int(row) + 1, "F009", column.field, f"{letter}{int(row) + 1}") for row in rows
    ]


def _filled(people: pa.Table, down: dict[Column, list[tuple[int, int]]]) -> pa.Table:
    for column, spans in down.items():
        if column.field in _ONCE:
            continue
        source = np.arange(people.num_rows)
        for first, last in spans:
            source[first:last] = first
        for name in (column_name(column), f"{column_name(column)}#number"):
            if name in people.column_names:
                place = people.column_names.index(name)
                people = people.set_column(place, name, people[name].take(pa.array(source)))
    return people.append_column("group", pa.array(_groups(people.num_rows, down)))


def _groups(count: int, down: dict[Column, list[tuple[int, int]]]) -> npt.NDArray[np.int32]:
    group = np.full(count, -1, dtype="int32")
    spans_of = {column.field: spans for column, spans in down.items()}
    for field in _GROUPING:
        for first, last in spans_of.get(field, ()):
            if (group[first:last] == -1).all():
                group[first:last] = first
    return group
