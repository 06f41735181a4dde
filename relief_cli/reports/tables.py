"""Tables as reports show them, whichever file they go into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "right", "count", "money"]
"""``right`` is text that stands at the right: a figure whose unit differs from row to row."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column; amounts are whole fen."""

    title: str
    kind: Kind
    cells: Sequence[str | int]
    width: int
    total: bool = False
    """Whether the cells are added up below."""

    @property
    def sum(self) -> int:
        """What the cells add up to."""
        return sum(cell for cell in self.cells if isinstance(cell, int))


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table, with the columns that its chart stacks."""

    name: str
    """Of the sheet."""
    title: str
    columns: tuple[Column, ...]
    note: str = ""
    chart: tuple[int, ...] = ()
    """The columns that are stacked in a chart, by row."""
    labels: int = 1
    """The first columns, so many, tell the stacks apart."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].cells)
