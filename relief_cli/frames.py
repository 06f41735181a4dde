"""Frames of declared columns: name → dtype."""

import pandas as pd


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """Give a table of no rows with the declared ``columns`` and dtypes."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})


def conform(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Give ``frame`` with exactly the declared ``columns``, in order and dtype.

    Raises:
        KeyError: a declared column is missing (a fault of the program).
    """
    if frame.dtypes.astype(str).to_dict() != columns or list(frame.columns) != list(columns):
        frame = frame[list(columns)].astype(columns)
    return frame.reset_index(drop=True)
