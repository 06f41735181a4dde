import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.arrow import joined, renamed, taken, texts


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


@given(st.lists(st.text(max_size=2) | st.none(), min_size=1), st.data())
def test_taken_from_pieces_as_from_a_list(values, data):
    column = pd.concat(
        [pd.Series(part, dtype="str") for part in (values, values[::-1])], ignore_index=True
    )
    places = data.draw(st.lists(st.integers(0, len(column) - 1)))
    found = taken(column, np.array(places, dtype=np.int64))
    assert found.dtype == "str"
    assert texts(found).to_pylist() == [[*values, *values[::-1]][place] for place in places]
    numbers = taken(pd.Series(range(len(column))), np.array(places, dtype=np.int64))
    assert numbers.tolist() == places


@given(st.lists(st.sampled_from("abc") | st.none()))
def test_renamed_as_by_a_dictionary(values):
    names = {"a": "甲", "b": "乙", "d": "丁"}
    column = pd.Series(values, dtype="str", index=range(5, 5 + len(values)), name="kind")
    found = renamed(column, names)
    assert (found.name, found.dtype, list(found.index)) == ("kind", "str", list(column.index))
    assert texts(found).to_pylist() == [names.get(value) for value in values]
