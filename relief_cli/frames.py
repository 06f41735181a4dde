"""Frames of declared columns: name → dtype."""

import functools

import pandas as pd


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """Give a table of no rows with the declared ``columns`` and dtypes."""
    return _empty(tuple(columns.items())).copy()


@functools.cache
def _empty(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns})


def conform(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Give ``frame`` with exactly the declared ``columns``, in order and dtype.

    Raises:
        KeyError: a declared column is missing (a fault of the program).
    """
    found = zip(frame.columns, map(str, frame.dtypes), strict=True)
    if list(found) != list(columns.items()):
        frame = frame[list(columns)].astype(columns)
    return frame.reset_index(drop=True)
