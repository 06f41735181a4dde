import pandas as pd
import pytest

from relief_cli.roster import months


@pytest.mark.parametrize(
    "text",
    ["202209", "2022-09", "2022-9", "2022.9", "2022/09", "2022年09月", "2022 年 9 月",
     "2022-09-01", "2022/9/30", "2022年9月1日", "2022-09-01 00:00:00", "2022-09-01T00:00:00",
     "二〇二二年九月", "2022、9", "202209.0", "44805", "44834.0", "2022年9月起", "２０２２．０９"],
)  # fmt: skip
def test_months_as_rosters_write_them(text):
    found = months.parse(pd.Series([None, text, text], dtype="str"))
    assert found.tolist() == [months.UNKNOWN, *[months.number(2022, 9)] * 2]


@pytest.mark.parametrize(
    ("text", "month"),
    [("二〇二二年十月", 10), ("2022年十二月", 12), ("2022.10", 10), ("2022.01", 1)],
)
def test_months_that_look_like_others(text, month):
    assert months.parse(pd.Series([text], dtype="str")).tolist() == [months.number(2022, month)]


@pytest.mark.parametrize(
    "text",
    [
        "2022",
        "13",
        "202213",
        "2022-00",
        "是",
        "2022.1",
        "22.9",
        "九月",
        "Sep-22",
        "9/1/2022",
        "70000",
    ],
)
def test_what_names_no_month(text):
    assert months.parse(pd.Series([text], dtype="str")).tolist() == [months.UNKNOWN]
