"""Columns of text as Arrow arrays: one way in, whatever pandas made of them."""

from typing import Any

import numpy as np
import pyarrow as pa


def texts(values: Any) -> pa.LargeStringArray:  # noqa: ANN401  # pyarrow is untyped
    """Give a column of text (a Series, an Arrow array, a list) as one array, missing as null."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        array = values.cast(pa.large_string())
    else:
        array = pa.array(values, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


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
