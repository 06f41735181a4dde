"""Whole tables in and out of the database, and the digest over them."""

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from relief_cli.arrow import joined, texts
from relief_cli.batch import TABLES, Batch
from relief_cli.frames import conform
from relief_cli.ledger.bulk import add_rows
from relief_cli.ledger.events import canonical
from relief_cli.ledger.schema import KEYS, OCCASION, PARTS, POINTERS, ROWS_OF_BATCH, rows_of

_IN_ARROW = {"str": pa.large_string(), "Int64": pa.int64()}
_SLICE = 20_000
"""Rows that are Python objects at a time."""


def insert_part(
    connection: sa.Connection,
    name: str,
    frame: pd.DataFrame,
    batch: int,
    **further: "int | pd.Series[Any]",
) -> None:
    """Add one table of a batch.

    Args:
        connection: in a transaction that writes.
        name: a key of :data:`relief_cli.batch.TABLES`.
        frame: the table, with the declared columns and dtypes.
        batch: the batch's number in the ledger.
        further: what the table's further columns hold: one number, or one for each row.

    Raises:
        OverflowError: more rows than a batch may have.
        sqlalchemy.exc.IntegrityError: the database forbids one of the rows.
    """
    if len(frame) >= ROWS_OF_BATCH:
        message = f"{len(frame)} rows of {name} in one batch"
        raise OverflowError(message)
    key = KEYS[name]
    numbered = frame if key in frame else frame.assign(**{key: np.arange(len(frame))})
    columns = [key, *(column for column in TABLES[name] if column != key)]
    # A batch's own numbers are int32 where they can be; those of the ledger outgrow it.
    shifted = {
        column: numbered[column].astype("int64") + batch * ROWS_OF_BATCH
        for column in (key, *POINTERS.get(name, ()))
    }
    varied = {column: value for column, value in further.items() if not isinstance(value, int)}
    constants = {column: value for column, value in further.items() if isinstance(value, int)}
    rows = numbered[columns].assign(**shifted, **varied)
    add_rows(connection, name, rows, {"batch": batch, **constants})


def insert_rows(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> None:
    """Add rows to a table that is no batch's; ``frame`` has a column for each of its columns.

    Raises:
        sqlalchemy.exc.IntegrityError: the database forbids one of the rows.
    """
    add_rows(connection, table.name, frame[[column.name for column in table.columns]])


def read_part(connection: sa.Connection, name: str, batch: int) -> pd.DataFrame:
    """Give one table of batch number ``batch`` as it was recorded."""
    return selected(connection, _select_part(name).params(batch=batch), TABLES[name])


@functools.cache
def _select_part(name: str) -> sa.Select[Any]:
    """Select one table of batch number ``:batch``."""
    table, key = PARTS[name], PARTS[name].c[KEYS[name]]
    batch: sa.BindParameter[int] = sa.bindparam("batch", type_=sa.BigInteger)
    first = batch * ROWS_OF_BATCH
    shifted = {key.name, *POINTERS.get(name, ())}
    return (
        sa.select(
            *(
                table.c[column] - first if column in shifted else table.c[column]
                for column in TABLES[name]
            )
        )
        .where(rows_of(key, batch))
        .order_by(key)
    )


def selected(
    connection: sa.Connection, select: sa.Executable, columns: Mapping[str, str]
) -> pd.DataFrame:
    """Give what ``select`` selects as a frame of the declared ``columns`` and dtypes."""
    parts: list[list[pa.Array | npt.NDArray[Any]]] = [[] for _ in columns]
    # The driver's cursor: SQLAlchemy's row objects take longer than everything else together.
    cursor: Any = connection.execute(select).cursor
    while rows := cursor.fetchmany(_SLICE):
        for part, dtype, values in zip(
            parts, columns.values(), zip(*rows, strict=True), strict=True
        ):
            part.append(_array(values, dtype))
    return pd.DataFrame(
        {
            name: _column(part, dtype)
            for (name, dtype), part in zip(columns.items(), parts, strict=True)
        }
    )


def frame_of(rows: Iterable[Sequence[Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Give ``rows`` as a frame of the declared ``columns`` and dtypes."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            name: _column([_array(given, dtype)], dtype)
            for (name, dtype), given in zip(columns.items(), values, strict=True)
        }
    )


def _array(values: Sequence[Any], dtype: str) -> pa.Array | npt.NDArray[Any]:
    """Give values as one array; whole numbers that may be missing are Arrow's, as texts are."""
    kind = _IN_ARROW.get(dtype)
    return np.array(values, dtype) if kind is None else pa.array(values, kind)


def _column(
    parts: Sequence[pa.Array | npt.NDArray[Any]], dtype: str
) -> "pd.Series[Any] | npt.NDArray[Any]":
    """Give the parts of a column as one."""
    kind = _IN_ARROW.get(dtype)
    if kind is None:
        return np.concatenate(parts) if parts else np.empty(0, dtype)
    whole = pa.chunked_array(parts, kind).combine_chunks()
    if dtype == "Int64":
        numbers: pd.Series[Any] = whole.to_pandas(types_mapper={kind: pd.Int64Dtype()}.get)
        return numbers
    return pd.Series(whole, dtype="str")


def digest_of(batch: Batch) -> str:
    """Give the digest over the whole content of ``batch``, see :func:`content_digest`."""
    tables = {name: conform(getattr(batch, name), TABLES[name]) for name in TABLES}
    return content_digest(batch_fields(batch), tables)


def content_digest(own: Mapping[str, str | int], tables: Mapping[str, pd.DataFrame]) -> str:
    """Give the SHA-256 over everything that a batch holds, 64 hex digits.

    Args:
        own: see :func:`batch_fields`.
        tables: by name, with the declared columns and dtypes.

    First the batch's own fields as JSON (keys sorted, no spaces, UTF-8), then each table in the
    order of :data:`relief_cli.batch.TABLES`, column by column: a line ``table.column length``,
    then for numbers 8 bytes each (little end first), for texts their lengths in bytes the
    same way (−1 where missing) and all texts joined as UTF-8. So no two contents give one input.
    """
    digest = hashlib.sha256(canonical(own).encode())
    for name, columns in TABLES.items():
        _add_frame(digest, name, tables[name], columns)
    return digest.hexdigest()


def frame_digest(name: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> str:
    """Give the SHA-256 over one table, 64 hex digits; see :func:`content_digest`."""
    digest = hashlib.sha256()
    _add_frame(digest, name, frame, columns)
    return digest.hexdigest()


def _add_frame(
    digest: "hashlib._Hash", name: str, frame: pd.DataFrame, columns: Mapping[str, str]
) -> None:
    for column, dtype in columns.items():
        series = frame[column]
        digest.update(f"{name}.{column} {len(series)}\n".encode())
        if dtype == "str":
            given = texts(series)
            lengths = pc.coalesce(pc.binary_length(given), pa.scalar(-1))
            digest.update(np.asarray(lengths, dtype="<i8").tobytes())
            digest.update(joined(given))
        else:
            digest.update(series.to_numpy("<i8").tobytes())


def batch_fields(batch: Batch) -> dict[str, str | int]:
    """Give what ``batch`` holds besides its tables."""
    return {
        "name": batch.name,
        "programme": batch.programme,
        "cycle": batch.cycle,
        "sequence": batch.sequence,
        **{f"occasion_{name}": getattr(batch.occasion, name) for name in OCCASION},
        "region": batch.region,
        "office": batch.office,
        "pay_on": batch.pay_on.isoformat(),
        "inputs_digest": batch.inputs_digest,
        "rows_read": batch.rows_read,
        "follows": batch.follows or "",
        "replaces": batch.replaces or "",
    }
