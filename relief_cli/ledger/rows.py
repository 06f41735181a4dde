"""Whole tables in and out of the database, and the digest over them.

Rows go in by the driver's ``executemany``: SQLAlchemy's own insert takes four times as long.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from relief_cli.batch import TABLES, Batch
from relief_cli.ledger.schema import KEYS, PARTS

_SLICE = 20_000
"""Rows that are Python objects at a time."""


def insert_part(
    connection: sa.Connection, name: str, frame: pd.DataFrame, number: int, *constants: str
) -> None:
    """Add one table of a batch.

    Args:
        connection: in a transaction that writes.
        name: a key of :data:`relief_cli.batch.TABLES`.
        frame: the table, with the declared columns and dtypes.
        number: the batch's number in the ledger.
        constants: what the table's further columns hold in every row.

    Raises:
        sqlite3.IntegrityError: the database forbids one of the rows.
    """
    statement = _statement(connection, name, number, constants)
    cursor: Any = connection.connection.cursor()
    try:
        # Slice by slice: a whole province as Python objects would fill the memory.
        for start in range(0, len(frame), _SLICE):
            part = frame.iloc[start : start + _SLICE]
            columns: list[Any] = [_values(part[column]) for column in TABLES[name]]
            if KEYS[name] not in frame:
                columns.insert(0, range(start, start + len(part)))
            cursor.executemany(statement, zip(*columns, strict=True))
    finally:
        cursor.close()


def _statement(connection: sa.Connection, name: str, number: int, constants: Sequence[str]) -> str:
    """Give the INSERT of one table; what is the same in every row is written into it."""

    def quoted(value: str) -> str:
        literal = sa.literal(value).compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        return str(literal)

    columns = [column.name for column in PARTS[name].columns]
    fixed = {"batch": str(number)}
    fixed |= {
        column: quoted(value)
        for column, value in zip(columns[len(columns) - len(constants) :], constants, strict=True)
    }
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(fixed.get(column, "?") for column in columns)
    return f'INSERT INTO "{name}" ({names}) VALUES ({values})'  # noqa: S608  # our own, quoted


def read_part(connection: sa.Connection, name: str, number: int) -> pd.DataFrame:
    """Give one table of batch ``number`` as it was recorded."""
    table = PARTS[name]
    columns = TABLES[name]
    select = (
        sa.select(*(table.c[column] for column in columns))
        .where(table.c.batch == number)
        .order_by(table.c[KEYS[name]])
    )
    return frame_of(connection.execute(select).all(), columns)


def frame_of(rows: Sequence[Sequence[Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Give ``rows`` as a frame of the declared ``columns`` and dtypes."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            name: pd.Series(list(column), dtype=dtype)
            for (name, dtype), column in zip(columns.items(), values, strict=True)
        }
    )


def content_digest(own: Mapping[str, str | int], tables: Mapping[str, pd.DataFrame]) -> str:
    """Give the SHA-256 over everything that a batch holds, 64 hex digits.

    Args:
        own: see :func:`batch_fields`.
        tables: by name, with the declared columns and dtypes.

    First the batch's own fields as JSON (keys sorted, no spaces, UTF-8), then each table in the
    order of :data:`relief_cli.batch.TABLES`, column by column: a line ``table.column length``,
    then for numbers 8 bytes each (little end first), for texts their lengths in characters the
    same way (−1 where missing) and all texts joined as UTF-8. So no two contents give one input.
    """
    digest = hashlib.sha256(canonical(own).encode())
    for name, columns in TABLES.items():
        for column, dtype in columns.items():
            series = tables[name][column]
            digest.update(f"{name}.{column} {len(series)}\n".encode())
            if dtype == "str":
                texts = _arrow(series)
                lengths = pc.coalesce(pc.utf8_length(texts), pa.scalar(-1))
                digest.update(np.asarray(lengths).astype("<i8").tobytes())
                digest.update(_joined(texts))
            else:
                digest.update(series.to_numpy("<i8").tobytes())
    return digest.hexdigest()


def _arrow(series: "pd.Series[Any]") -> pa.LargeStringArray:
    texts = pa.array(series, pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _joined(texts: pa.LargeStringArray) -> bytes | memoryview:
    """Give all texts one after the other, as they lie in memory already: in UTF-8."""
    given = texts.drop_null()
    if not len(given):
        return b""
    _, places, content = given.buffers()
    offsets = np.frombuffer(places, dtype=np.int64)[given.offset : given.offset + len(given) + 1]
    return memoryview(content)[offsets[0] : offsets[-1]]


def batch_fields(batch: Batch) -> dict[str, str | int]:
    """Give what ``batch`` holds besides its tables, as the ledger stores it."""
    return {
        "name": batch.name,
        "programme": batch.programme,
        "cycle": batch.cycle,
        "sequence": batch.sequence,
        "occasion": batch.occasion,
        "region": batch.region,
        "office": batch.office,
        "pay_on": batch.pay_on.isoformat(),
        "inputs_digest": batch.inputs_digest,
        "rows_read": batch.rows_read,
    }


def canonical(value: object) -> str:
    """Give ``value`` as JSON in the one form that digests are taken over."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _values(series: "pd.Series[Any]") -> list[Any]:
    """Give a column as Python values, missing ones as ``None``."""
    if series.dtype == "str":
        series = series.astype(object).where(series.notna(), None)
    return series.tolist()
