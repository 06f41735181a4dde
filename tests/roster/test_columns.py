"""Cells become texts whole columns at a time, each as a clerk sees it."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.roster.columns import _texts, _without_controls
from relief_cli.roster.grid import cell_text

whole = st.integers(-(10**16), 10**16).map(float) | st.integers(-(10**19), 10**19)
numbers = whole | st.floats(allow_nan=False, allow_infinity=False)
others = st.booleans() | st.dates() | st.text(max_size=3) | st.just("")


@given(st.lists(numbers) | st.lists(numbers | st.text(max_size=3)) | st.lists(numbers | others))
def test_a_column_shows_what_each_cell_shows(cells):
    assert _texts(cells).to_pylist() == [cell_text(cell) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([1.0, 2.0], ["1", "2"]),
        ([-0.0, 300.0], ["0", "300"]),
        ([999999999999999.0], ["999999999999999"]),
        ([6.228480000000001e18], ["6228480000000000000"]),
        (["", 12.5, True, dt.date(2022, 8, 1)], ["", "12.5", "TRUE", "2022-08-01"]),
        ([], []),
    ],
)
def test_numbers_as_excel_shows_them(cells, shown):
    assert _texts(cells).to_pylist() == shown


def test_control_characters_go_and_line_ends_stay():
    column = pa.array(["张\x1f三", "a\nb\tc\r", "\x00\x7f", "", "赵"], pa.large_string())
    assert _without_controls(column).to_pylist() == ["张三", "a\nb\tc\r", "", "", "赵"]
    assert _without_controls(pa.array([], pa.large_string())).to_pylist() == []
