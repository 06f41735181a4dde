"""Payments as the bytes of one file. Same payments, same bytes: no clock, no locale, no chance."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.banks import amounts, markup, patterns
from relief_cli.banks.patterns import Column
from relief_cli.banks.template import FORMULA_START, Template
from relief_cli.banks.workbooks import Workbooks

# Read back as they stand, so they are never given an apostrophe; planning has refused the names
# that would start a formula.
_EXACT = frozenset({"payee_name", "account_number", "amount"})


Sources: TypeAlias = Mapping[str, pa.Array]
"""What stands in rows, by its name: equally long columns of text, or int64."""


class Renderer:
    """Makes the files of one format in one batch."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._workbooks = Workbooks(template)

    def sources(self, payments: pd.DataFrame, values: Mapping[str, object]) -> Sources:
        """Give what the columns are made of, for many files at once: each call costs.

        A row's line is not among it: that hangs on its file.

        Args:
            payments: the payments of files of this format, in order.
            values: the facts of the batch, by name.
        """
        template = self._template
        rows: dict[str, pa.Array] = {"payment": pa.array(payments["payment"].to_numpy())}
        used = template.sources
        if "amount" in used:
            rows["amount"] = amounts.write_column(
                payments["amount_fen"].to_numpy(), template.amount_unit
            )
        if "reference" in used:
            rows["reference"] = patterns.REFERENCE.column(values, rows)
        for source in ("payee_name", "account_number", "bank_name", "payee_id_number"):
            if source in used and source in payments:
                rows[source] = amounts.text_array(payments[source])
            elif source in used:
                rows[source] = pa.repeat(pa.scalar("", pa.large_string()), len(payments))
        return rows

    def render(self, rows: Sources, values: Mapping[str, object]) -> bytes:
        """Give the bytes of one file.

        Args:
            rows: the rows of this file alone, see :meth:`sources`.
            values: the facts of the batch and of the file, by name.
        """
        template = self._template
        count = len(rows["payment"])
        numbered = {**rows, "line": pa.array(np.arange(1, count + 1))}
        columns = [column.value.column(values, numbered) for column in template.columns]
        if template.kind == "workbook":
            return self._workbooks.render(columns, count, values)
        if template.kind == "xml":
            return _xml(columns, template, values)
        return _delimited(columns, template, values)


def _delimited(columns: list[Column], template: Template, values: Mapping[str, object]) -> bytes:
    titles = [column.title[str(values["language"])] for column in template.columns]
    if template.quoted:
        columns = [
            _quoted(value, template.delimiter, exact=column.value.alone in _EXACT)
            for value, column in zip(columns, template.columns, strict=True)
        ]
        titles = [_quoted(title, template.delimiter, exact=False) for title in titles]
    lines = patterns.join(columns, template.delimiter).to_pylist()
    if template.titles:
        lines.insert(0, template.delimiter.join(titles))
    if template.row_end:
        lines = [line + template.row_end for line in lines]
    header = [cells[0].render(values) for cells in template.header]
    trailer = [line.render(values) for line in template.trailer]
    text = template.line_end.join([*header, *lines, *trailer])
    return (text + template.line_end * template.final_line_end).encode(template.encoding)


def _quoted(column: Column, delimiter: str, *, exact: bool) -> Column:
    """Defuse what a spreadsheet program would run, then quote what RFC 4180 wants quoted."""
    array = pa.array([column], pa.large_string()) if isinstance(column, str) else column
    if not exact:
        array = pc.replace_substring_regex(array, f"({FORMULA_START})", "'\\1")
    quoted = patterns.join(['"', pc.replace_substring(array, '"', '""'), '"'], "")
    needed = pc.or_(pc.match_substring(array, delimiter), pc.match_substring(array, '"'))
    array = pc.if_else(needed, quoted, array)
    return str(array[0]) if isinstance(column, str) else array


def _xml(columns: list[Column], template: Template, values: Mapping[str, object]) -> bytes:
    elements = [column.element for column in template.columns]
    rows = markup.write(template.element, list(zip(elements, columns, strict=True)))
    facts = {
        name: markup.escape(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    header = [cells[0].render(facts) for cells in template.header]
    trailer = [line.render(facts) for line in template.trailer]
    return "\n".join([*header, *rows.to_pylist(), *trailer, ""]).encode(template.encoding)
