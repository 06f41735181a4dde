"""Every row of a ledger into another one: from PostgreSQL into a file, and from a file back."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from relief_cli.files import create_new
from relief_cli.ledger.bulk import add_rows
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.creation import create_tables
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.sqlite import Sqlite

_SLICE = 50_000


def into_file(source: sa.Connection, place: Path) -> None:
    """Make a ledger in SQLite at ``place``, where nothing is yet, with all rows of ``source``.

    The same rows give the same bytes with the same version of SQLite.
    """
    create_new(place).close()
    with Sqlite(place, busy_seconds=0).begin(writing=True) as target:
        into_new(source, target)


def into_new(source: sa.Connection, target: sa.Connection) -> None:
    """Make the tables of a ledger in ``target``, and add all rows of ``source``."""
    create_tables(target, lambda connection: _copy(source, connection))


def _copy(source: sa.Connection, target: sa.Connection) -> None:
    # In the order of who points at whom, and each table in the order of its numbers.
    for table in METADATA.sorted_tables:
        for frame in _frames(source, table):
            add_rows(target, table.name, frame)


def _frames(source: sa.Connection, table: sa.Table) -> Iterator[pd.DataFrame]:
    columns = {
        column.name: "str" if isinstance(column.type, sa.Text) else "Int64"
        for column in table.columns
    }
    select = sa.select(table).order_by(*table.primary_key.columns)
    for rows in source.execution_options(yield_per=_SLICE).execute(select).partitions():
        yield frame_of(rows, columns)
