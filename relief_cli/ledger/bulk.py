"""Whole columns into the database, by the way that its driver is fastest at.

SQLAlchemy's own insert takes four times as long.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from relief_cli.arrow import texts
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger.database import forget_values

_SLICE = 20_000
"""Rows that are Python objects, or one text, at a time: a whole province would fill the memory."""
_SAMPLE = 1_000
"""Texts that tell whether a column repeats a few."""
_VALUES = 999
"""Values in one statement; older libraries of SQLite take no more."""
# What ends a column or a row, in the order in which it must be written otherwise.
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def add_rows(
    connection: sa.Connection,
    table: str,
    frame: pd.DataFrame,
    constants: Mapping[str, int] | None = None,
) -> None:
    """Add the rows of ``frame`` to ``table``.

    Args:
        connection: in a transaction that writes.
        table: its name.
        frame: columns of the table's names; ``str``, ``int64``, or ``Int64`` with missing ones.
        constants: further columns that hold the same number in every row.

    Raises:
        sqlalchemy.exc.IntegrityError: the database forbids one of the rows.
        RefusedError: ``text-unstorable``.
    """
    add = _copy if connection.dialect.name == "postgresql" else _execute
    dbapi: Any = connection.dialect.dbapi
    try:
        add(connection.connection.cursor(), table, frame, constants or {})
    except dbapi.Error as error:
        forget_values(error)
        if not isinstance(error, dbapi.IntegrityError):
            raise
        raise sa.exc.IntegrityError(None, None, error, hide_parameters=True) from error


def _execute(
    cursor: Any,  # noqa: ANN401  # the driver's
    table: str,
    frame: pd.DataFrame,
    constants: Mapping[str, int],
) -> None:
    """Add rows to SQLite, many in one statement: to begin and end one costs as much as a row.

    What is the same in every row is written into the statement.
    """
    width = len(frame.columns)
    row = ", ".join(["?"] * width + [str(value) for value in constants.values()])
    insert = f'INSERT INTO "{table}" ({_names(frame, constants)}) VALUES '  # noqa: S608  # our own, quoted
    together = _VALUES // width
    many = insert + ", ".join([f"({row})"] * together)
    try:
        for part in _slices(frame):
            columns = [_objects(part[name]) for name in part]
            whole = len(part) // together * together
            values = chain.from_iterable(zip(*(column[:whole] for column in columns), strict=True))
            if whole:
                cursor.executemany(many, zip(*[values] * (together * width), strict=True))
            left = (column[whole:] for column in columns)
            cursor.executemany(f"{insert}({row})", zip(*left, strict=True))
    finally:
        cursor.close()


def _copy(
    cursor: Any,  # noqa: ANN401  # the driver's
    table: str,
    frame: pd.DataFrame,
    constants: Mapping[str, int],
) -> None:
    """Add rows to PostgreSQL in the text form of its COPY."""
    statement = f'COPY "{table}" ({_names(frame, constants)}) FROM STDIN'
    always = [pa.scalar(str(value), pa.large_string()) for value in constants.values()]
    tab = pa.scalar("\t", pa.large_string())
    with cursor, cursor.copy(statement) as copy:
        for part in _slices(frame):
            columns = [_escaped(part[name], table) for name in part]
            lines = pc.binary_join_element_wise(
                *columns, *always, tab, null_handling="replace", null_replacement="\\N"
            )
            copy.write("\n".join([*lines.to_pylist(), ""]))


def _names(frame: pd.DataFrame, constants: Mapping[str, int]) -> str:
    return ", ".join(f'"{name}"' for name in (*frame.columns, *constants))


def _slices(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), _SLICE):
        yield frame.iloc[start : start + _SLICE]


def _escaped(series: "pd.Series[Any]", table: str) -> pa.LargeStringArray:
    """Give a column as COPY reads it, missing values as null.

    Raises:
        RefusedError: ``text-unstorable``; readers take such characters out, so only a ledger of an
            older relief can hold one.
    """
    if series.dtype != "str":
        return pa.array(series, from_pandas=True).cast(pa.large_string())
    given = texts(series)
    if pc.any(pc.match_substring(given, "\0")).as_py():
        raise RefusedError(
            "text-unstorable",
            N_("A text in {table} holds a character (NUL) that PostgreSQL cannot keep."),
            why=N_("Without it the books would not be what was recorded; nothing was added."),
            remedy=N_("Keep this ledger in its file, and tell who maintains relief."),
            table=table,
        )
    for character, written in _ESCAPES:
        given = pc.replace_substring(given, character, written)
    return given


def _objects(series: "pd.Series[Any]") -> Sequence[Any]:
    """Give a column as Python values, missing ones as ``None``."""
    if series.dtype == "Int64":  # a number that may be missing
        given_numbers: list[Any] = series.astype(object).where(series.notna(), None).tolist()
        return given_numbers
    if series.dtype != "str":
        numbers: list[Any] = series.to_numpy("int64").tolist()
        return numbers
    given = texts(series)
    sample = given[:_SAMPLE]
    if 2 * pc.count_distinct(sample).as_py() > len(sample):
        each: list[Any] = given.to_pylist()
        return each
    # Counties and categories are few: each is one object, and encoded once by the driver.
    distinct = given.dictionary_encode()
    known = np.array([*distinct.dictionary.to_pylist(), None], dtype=object)
    places = pc.coalesce(distinct.indices, pa.scalar(len(known) - 1, pa.int32())).to_numpy()
    shared: list[Any] = known[places].tolist()
    return shared
