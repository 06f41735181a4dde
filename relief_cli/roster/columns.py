"""Turns the rows of a sheet into Arrow columns, chunk by chunk.

Gives one table per sheet, a line per spreadsheet row that is not empty:

- ``sheet_row`` int32, 1-based;
- ``cells`` string, the row as it stands, its cells joined by :data:`CELL_SEPARATOR`;
- ``<field>`` or ``<field>.<slot>`` string, cleaned, null where blank;
- ``<column>#number`` bool for the fields that must be text: the cell held a number.
"""

import contextlib
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.roster import clean
from relief_cli.roster.fields import IDS, NUMBERS_AS_TEXT, Headers
from relief_cli.roster.grid import CELL_SEPARATOR, EXACT, Cell, cell_text
from relief_cli.roster.header import Column, Layout
from relief_cli.roster.lost_digits import lost_accounts, lost_ids

# What Arrow's own allocators free they keep; a process of ours is short and its memory bounded.
pa.set_memory_pool(pa.system_memory_pool())

_NAMES = ("name", "household_head", "account_name")
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_SCIENTIFIC = r"^\s*[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}\s*$"
_BLANK_ROW = r"^[\x1f\s\x{3000}\x{a0}]*$"


def column_name(column: Column) -> str:
    """Give the table's name of ``column``: ``name`` or, side by side, ``name.3``.

    >>> column_name(Column(0, "name", 0)), column_name(Column(4, "name", 3))
    ('name', 'name.3')
    """
    return f"{column.field}.{column.slot}" if column.slot else column.field


def build(chunks: Iterable[list[list[Cell]]], layout: Layout, headers: Headers) -> pa.Table:
    """Build the table of a sheet from its rows below the header, of the fields that are carried."""
    carried = [column for column in layout.columns if headers.fields[column.field].carried]
    parts: list[pa.Table] = []
    first = 0
    for chunk in chunks:
        skip = max(0, layout.last_row + 1 - first)
        if skip < len(chunk):
            parts.append(_part(chunk[skip:], first + skip, len(layout.header), carried))
        first += len(chunk)
    if not parts:
        parts.append(_part([], 0, len(layout.header), carried))
    return _without_ends(pa.concat_tables(parts).combine_chunks(), carried)


def _without_ends(table: pa.Table, carried: Sequence[Column]) -> pa.Table:
    """Mark what lost its end in a column that is text by now, as if it were a number still."""
    for column in carried:
        if column.field in NUMBERS_AS_TEXT:
            name = column_name(column)
            place = table.column_names.index(f"{name}#number")
            flags = table[place].combine_chunks()
            # A number beside them is lost by itself, and says nothing of what is text.
            values = pc.if_else(flags, pa.scalar(None, pa.large_string()), table[name])
            values = values.combine_chunks()
            lost = lost_ids(values) if column.field in IDS else lost_accounts(values)
            if pc.any(lost).as_py():
                table = table.set_column(place, f"{name}#number", pc.or_(flags, lost))
    return table


def _part(
    rows: Sequence[Sequence[Cell]], first: int, width: int, carried: Sequence[Column]
) -> pa.Table:
    given = list(zip(*rows, strict=True)) if rows else [()] * width
    texts = [_without_controls(_texts(cells)) for cells in given]
    cells = pc.binary_join_element_wise(*texts, pa.scalar(CELL_SEPARATOR, pa.large_string()))
    columns: dict[str, pa.Array] = {
        "sheet_row": pa.array(np.arange(first + 1, first + 1 + len(rows), dtype="int32")),
        "cells": cells,
    }
    for column in carried:
        name = column_name(column)
        columns[name] = _cleaned(column.field, texts[column.index])
        if column.field in NUMBERS_AS_TEXT:
            columns[f"{name}#number"] = _were_numbers(given[column.index], texts[column.index])
    filled = pc.invert(pc.match_substring_regex(cells, _BLANK_ROW))
    return pa.table(columns).filter(filled)


def _texts(cells: Sequence[Cell]) -> pa.Array:
    # Mostly all are texts; to look at each first would take half as long again.
    with contextlib.suppress(pa.ArrowTypeError):
        return pa.array(cells, pa.large_string())
    others = [cell for cell in cells if cell.__class__ is not str]
    shown = _whole_numbers(others)
    if shown is None:
        shown = pa.array(map(cell_text, others), pa.large_string())
    if len(shown) == len(cells):
        return shown
    following = iter(shown.to_pylist())
    return pa.array(
        [cell if cell.__class__ is str else next(following) for cell in cells], pa.large_string()
    )


def _whole_numbers(cells: Sequence[Cell]) -> pa.Array | None:
    """Give whole numbers as :func:`cell_text` would; None where one is not, or has lost digits."""
    if not set(map(type, cells)) <= {int, float}:
        return None
    numbers = np.array(cells, dtype=np.float64)
    if not (np.abs(numbers) < EXACT).all() or (numbers != np.trunc(numbers)).any():
        return None
    return pa.array(numbers.astype(np.int64)).cast(pa.large_string())


def _without_controls(column: pa.Array) -> pa.Array:
    """Take control characters out: the cells of a row are joined by one."""
    content = np.frombuffer(column.buffers()[2] or b"", dtype=np.uint8)
    # One look at the bytes is enough nearly always, and tells tabs and line ends not apart.
    if not ((content < ord(" ")) | (content == ord("\x7f"))).any():
        return column
    return pc.replace_substring_regex(column, _CONTROLS, "")


def _were_numbers(cells: Sequence[Cell], texts: pa.Array) -> pa.Array:
    """Say which cells held a number, or the text that Excel exports for one (6.22848E+18)."""
    exported = pc.match_substring_regex(texts, _SCIENTIFIC)
    if set(map(type, cells)) <= {str}:
        return exported
    return pc.or_(exported, pa.array([isinstance(cell, int | float) for cell in cells], pa.bool_()))


def _cleaned(field: str, values: pa.Array) -> pa.Array:
    if field in NUMBERS_AS_TEXT:
        return clean.numbers(values)
    return clean.names(values) if field in _NAMES else clean.texts(values)
