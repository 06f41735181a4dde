"""Columns of text as Arrow arrays: one way in, whatever pandas made of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def texts(values: Any) -> pa.LargeStringArray:  # noqa: ANN401  # pyarrow is untyped
    """Give a column of text (a Series, an Arrow array, a list) as one array, missing as null."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        array = values.cast(pa.large_string())
    else:
        array = pa.array(values, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def mask(found: pa.Array) -> NDArray[np.bool_]:
    """Give truth values as NumPy has them; a missing one is false."""
    return np.asarray(pc.fill_null(found, fill_value=False), dtype=bool)


def is_among(values: Any, others: Any) -> NDArray[np.bool_]:  # noqa: ANN401  # as texts()
    """Say which of ``values`` are among ``others``; a missing one is not."""
    return mask(pc.is_in(texts(values), value_set=texts(others).drop_null()))


def taken(values: pd.Series, places: NDArray[np.int64]) -> pd.Series:
    """Give what stands at ``places``, without an index.

    Text is put into one piece before: out of several, Arrow takes more than twice as long.
    """
    if values.dtype != "str":
        return pd.Series(values.to_numpy()[places])
    return pd.Series(texts(values).take(pa.array(places)), dtype="str")


def renamed(values: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Give the name of each text, missing where it has none; quicker than map where texts are few.

    The name of the column goes on, and its index.
    """
    places, distinct = pd.factorize(values)
    known = pd.array([*(names.get(text) for text in distinct), None], dtype="str")
    return pd.Series(known.take(places % len(known)), index=values.index, name=values.name)


def give_memory_back() -> None:
    """Give the system back what is free: after a large table is gone, before the next is made."""
    pa.default_memory_pool().release_unused()


def joined(array: pa.LargeStringArray) -> memoryview:
    """Give all texts of an array one after the other in UTF-8, as they lie in memory already."""
    given = array.drop_null()
    _, places, content = given.buffers()
    if not len(given) or content is None:
        return memoryview(b"")
    offsets = np.frombuffer(places, dtype=np.int64)[given.offset : given.offset + len(given) + 1]
    return memoryview(content)[offsets[0] : offsets[-1]]
