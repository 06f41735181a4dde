import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.arrow import joined, texts


@given(st.lists(st.text(max_size=4) | st.none()), st.integers(0, 5), st.integers(0, 5))
def test_joined_texts_are_those_of_any_slice(values, start, length):
    part = texts(pd.Series(values, dtype="str"))[start : start + length]
    assert bytes(joined(part)).decode("utf-8") == "".join(filter(None, part.to_pylist()))


def test_every_kind_of_column_becomes_one_array():
    chunked = pa.chunked_array([["a"], [None, "赵"]], pa.string())
    for given_column in (["a", None, "赵"], chunked, pd.Series(["a", None, "赵"], dtype="str")):
        array = texts(given_column)
        assert array.type == pa.large_string()
        assert array.to_pylist() == ["a", None, "赵"]
