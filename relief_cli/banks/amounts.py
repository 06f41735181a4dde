"""Whole columns of amounts, as bank files write them: ``30000`` fen or ``300.00`` yuan."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relief_cli import money, money_columns
from relief_cli.arrow import texts

UNITS = ("fen", "yuan")
_FEN = "^[0-9]{1,17}$"


def write_one(amount_fen: int, unit: str) -> str:
    """Write one amount of whole fen in ``unit``.

    >>> write_one(30000, "fen"), write_one(30000, "yuan")
    ('30000', '300.00')
    """
    return str(amount_fen) if unit == "fen" else money.format_plain(amount_fen)


def write_column(amounts_fen: NDArray[np.int64], unit: str) -> pa.Array:
    """Write a column of amounts of whole fen in ``unit``, as large strings in its order.

    >>> write_column(np.array([30000, 1]), "yuan").to_pylist()
    ['300.00', '0.01']
    """
    if unit == "fen":
        return pa.array(amounts_fen).cast(pa.large_string())
    return text_array(money_columns.plain_column(amounts_fen))


def read_column(written: pd.Series, unit: str) -> NDArray[np.int64]:
    """Read amounts back as whole fen.

    Raises:
        ValueError: a text that is no amount in ``unit``.

    >>> read_column(pd.Series(["300.00", "0.01"]), "yuan").tolist()
    [30000, 1]
    >>> read_column(pd.Series(["300.00"]), "fen")
    Traceback (most recent call last):
    ValueError: not an amount in fen
    """
    if unit == "yuan":
        fen, states = money_columns.parse_yuan_column(written)
        good = bool((states == money_columns.AmountState.OK).all())
    else:
        good = bool(written.str.fullmatch(_FEN).all())
        fen = written.to_numpy(dtype=np.int64) if good else np.zeros(0, np.int64)
    if not good:
        raise ValueError(f"not an amount in {unit}")
    return fen


def text_array(values: pd.Series) -> pa.Array:
    """Give a column of texts as one Arrow array; a missing text is an empty one."""
    return pc.fill_null(texts(values), "")
