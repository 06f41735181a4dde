"""Household members who stand side by side in one row become a line each."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.roster.header import Layout

HEAD_FIELDS = {"name": "household_head", "id_number": "household_head_id_number"}
"""Where the head's own name and ID stand."""


def unfold(people: pa.Table, layout: Layout) -> pa.Table:
    """Give one line per person, in the order of the row.

    ``member`` int32 counts within the row; ``slot`` int32 says in which place the person stands, -1
    for the head before the members.

    A place with neither name nor ID is nobody. Where the head stands before the members, and is
    not one of them again, the head is the first person of the row. A row in which nobody is named
    keeps one line, so that it is held and not lost.
    """
    if layout.slots == 1:
        zeros = pa.array(np.zeros(people.num_rows, dtype="int32"))
        return people.append_column("member", zeros).append_column("slot", zeros)
    slots = [_slot(people, layout, slot) for slot in range(layout.slots)]
    if layout.head_in_row:
        slots.insert(0, _head(people, slots))
    merged = pa.concat_tables(slots)
    somebody = pc.or_(pc.is_valid(merged["name"]), pc.is_valid(merged["id_number"]))
    order = pc.sort_indices(merged, sort_keys=[("sheet_row", "ascending"), ("slot", "ascending")])
    merged = merged.append_column("somebody", somebody).take(order)
    keep = np.asarray(merged["somebody"])
    rows = np.asarray(merged["sheet_row"])
    empty = ~np.isin(rows, rows[keep]) & (np.asarray(merged["slot"]) == 0)
    merged = merged.filter(pa.array(keep | empty)).drop_columns(["somebody"])
    return merged.append_column("member", pa.array(_counted(np.asarray(merged["sheet_row"]))))


def _slot(people: pa.Table, layout: Layout, slot: int) -> pa.Table:
    """Give the table of the people in one place of the row, with the household's columns."""
    own = {column.field for column in layout.columns if column.slot}
    kept: dict[str, pa.ChunkedArray] = {}
    for name in people.column_names:
        base, _, flag = name.partition("#")
        field, _, place = base.partition(".")
        if int(place or 0) == slot or (field not in own and not place):
            kept[f"{field}#{flag}" if flag else field] = people[name]
    kept["slot"] = pa.array(np.full(people.num_rows, slot, dtype="int32"))
    return pa.table(kept)


def _head(people: pa.Table, slots: list[pa.Table]) -> pa.Table:
    """Give the heads as people of their own, blank where a member's place repeats the head."""
    head = slots[0].set_column(
        slots[0].column_names.index("slot"), "slot", pa.array(np.full(people.num_rows, -1, "int32"))
    )
    repeated = np.zeros(people.num_rows, dtype=bool)
    for slot in slots:
        repeated |= _same_person(slot, people)
    for field in _blanked(head):
        source = HEAD_FIELDS.get(field)
        known = source in people.column_names
        given = people[source] if known else pa.nulls(people.num_rows, pa.large_string())
        shown = pc.if_else(pa.array(repeated), None, given)
        head = head.set_column(head.column_names.index(field), field, shown)
    return _with_number_flag(head, people)


def _same_person(slot: pa.Table, people: pa.Table) -> npt.NDArray[np.bool_]:
    """Say where a member's place holds the head: the same ID, or the same name and no ID."""
    same = {}
    for field, source in HEAD_FIELDS.items():
        given = people[source] if source in people.column_names else pa.nulls(people.num_rows)
        same[field] = pc.equal(slot[field], given.cast(pa.large_string()))
    decided = pc.coalesce(same["id_number"], same["name"], pa.scalar(value=False))
    return np.asarray(decided, dtype=bool)


def _blanked(head: pa.Table) -> list[str]:
    own = ("name", "id_number", "relationship", "care_grade", "disability", "disability_grade")
    return [field for field in own if field in head.column_names]


def _with_number_flag(head: pa.Table, people: pa.Table) -> pa.Table:
    flag, source = "id_number#number", "household_head_id_number#number"
    if flag in head.column_names and source in people.column_names:
        return head.set_column(head.column_names.index(flag), flag, people[source])
    return head


def _counted(rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Number the lines of each spreadsheet row from 0."""
    starts = np.r_[True, rows[1:] != rows[:-1]] if len(rows) else np.zeros(0, dtype=bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(rows)), 0)) if len(rows) else rows
    return (np.arange(len(rows)) - first).astype("int32")
