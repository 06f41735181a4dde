"""Merged cells: a household's are everybody's, an amount is once, a person's are in doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.made import id_number

from relief_cli.roster.fields import load_headers
from relief_cli.roster.grid import Features, Grid
from relief_cli.roster.sheet import understand

HEADERS = load_headers()
HEADER = ["户主姓名", "姓名", "身份证号", "救助类别", "开户行", "账号", "户月保障金额", "保障人数"]
HEAD, NAME, ID, CATEGORY, BANK, ACCOUNT, AMOUNT, COUNT = range(8)


def sheet(people, merges):
    return understand(Grid("", [[HEADER, *people]], Features(merges=merges)), HEADERS)


def down(column, first=1, last=2):
    return ((first, column), (last, column))


HOME = [
    ["张三", "张三", id_number(1), "农村低保", "农信", "1000000001", "600", "2"],
    ["", "李四", id_number(2), "", "", "", "", ""],
    ["王五", "王五", id_number(3), "农村低保", "农行", "1000000002", "300", "1"],
]


def test_a_households_cells_belong_to_every_member():
    found = sheet(HOME, [down(column) for column in (HEAD, CATEGORY, BANK, ACCOUNT)])
    assert found.people["account_number"].to_pylist() == ["1000000001"] * 2 + ["1000000002"]
    assert found.people["category"].to_pylist() == ["农村低保"] * 3
    assert found.people["household_head"].to_pylist() == ["张三", "张三", "王五"]
    assert found.people["group"].to_pylist() == [0, 0, -1]
    assert found.findings == ()


def test_an_amount_belongs_to_the_household_once():
    found = sheet(HOME, [down(AMOUNT), down(COUNT)])
    assert found.people["monthly_amount"].to_pylist() == ["600", None, "300"]
    assert found.people["covered_members"].to_pylist() == ["2", None, "1"]
    assert found.people["group"].to_pylist() == [0, 0, -1]


def test_whether_a_number_was_stored_as_one_goes_down_with_it():
    home = [list(row) for row in HOME]
    home[0][ACCOUNT] = 6228480000000000018.0
    found = sheet(home, [down(ACCOUNT)])
    assert found.people["account_number#number"].to_pylist() == [True, True, False]


@pytest.mark.parametrize("column", [NAME, ID])
def test_a_persons_own_cells_merged_are_in_doubt(column):
    found = sheet(HOME, [down(column)])
    assert [one.code for one in found.findings] == ["F009", "F009"]
    assert [one.cell for one in found.findings] == [f"{'ABC'[column]}{row}" for row in (2, 3)]


def test_a_merge_across_columns_is_in_doubt():
    found = sheet(HOME, [((1, NAME), (1, ID))])
    assert [(one.code, one.cell) for one in found.findings] == [("F009", "B2")]


def test_merges_of_titles_totals_and_unknown_columns_say_nothing():
    people = [*HOME, ["合计", "", "", "", "", "", "900", "3"]]
    found = sheet(people, [((0, 0), (0, 1)), ((4, 0), (4, 5)), ((1, 9), (3, 9))])
    assert found.findings == ()
    assert found.people.num_rows == 3


def test_a_merge_over_one_persons_two_rows_is_clear():
    people = [HOME[0], [""] * 8, HOME[2]]
    found = sheet(people, [down(column) for column in range(8)])
    assert found.findings == ()
    assert found.people["group"].to_pylist() == [-1, -1]


def test_a_category_merged_over_a_whole_village_makes_no_household():
    found = sheet(HOME, [down(CATEGORY, 1, 3)])
    assert found.people["group"].to_pylist() == [-1, -1, -1]


spans = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 7), st.integers(0, 1))


@given(st.lists(spans, max_size=6), st.integers(1, 8))
def test_merges_never_lose_a_row(areas, count):
    people = [
        ["张三", "张三", id_number(number), "农村低保", "农信", "1000000001", "300", "1"]
        for number in range(count)
    ]
    merges = [
        ((min(one, other), column), (max(one, other), min(7, column + wide)))
        for one, other, column, wide in areas
    ]
    found = sheet(people, merges)
    assert found.people["sheet_row"].to_pylist() == list(range(2, count + 2))
    assert {one.sheet_row for one in found.findings} <= set(range(2, count + 2))
