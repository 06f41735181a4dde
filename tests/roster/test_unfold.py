"""Household members side by side become a line each, and nobody is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.made import id_number

from relief_cli.roster.fields import load_headers
from relief_cli.roster.grid import Features, Grid
from relief_cli.roster.sheet import understand

HEADERS = load_headers()


def lines(header, *rows):
    found = understand(Grid("", [[header, *rows]], Features()), HEADERS)
    return [
        (one["sheet_row"], one["member"], one["name"], one["id_number"])
        for one in found.people.to_pylist()
    ]


def pairs(count, prefix=""):
    return [f"{prefix}{what}{n}" for n in range(1, count + 1) for what in ("姓名", "身份证号")]


A, B, C = id_number(1), id_number(2), id_number(3)
WITH_HEAD = ["户主姓名", "户主身份证号", "账号", *pairs(2, "成员")]


def test_members_alone():
    assert lines([*pairs(3), "账号"], ["张三", A, "李四", B, "", "", "1"]) == [
        (2, 0, "张三", A),
        (2, 1, "李四", B),
    ]


def test_the_head_comes_first_and_is_one_of_the_people():
    assert lines(WITH_HEAD, ["张三", A, "1", "李四", B, "王五", C]) == [
        (2, 0, "张三", A),
        (2, 1, "李四", B),
        (2, 2, "王五", C),
    ]


def test_the_head_written_again_among_the_members_is_one_person():
    assert lines(WITH_HEAD, ["张三", A, "1", "张三", A, "王五", C]) == [
        (2, 0, "张三", A),
        (2, 1, "王五", C),
    ]


def test_the_head_written_again_without_a_number_is_one_person():
    assert lines(WITH_HEAD, ["张三", A, "1", "张三", "", "", ""]) == [(2, 0, "张三", None)]


def test_a_member_of_the_heads_name_is_another_person():
    assert lines(WITH_HEAD, ["张三", A, "1", "张三", B, "", ""]) == [
        (2, 0, "张三", A),
        (2, 1, "张三", B),
    ]


def test_half_a_pair_is_a_person_who_will_be_held():
    assert lines(WITH_HEAD, ["张三", A, "1", "", B, "王五", ""]) == [
        (2, 0, "张三", A),
        (2, 1, None, B),
        (2, 2, "王五", None),
    ]


def test_a_row_that_names_nobody_keeps_a_line():
    assert lines([*pairs(2), "账号"], ["", "", "", "", "12345678"]) == [(2, 0, None, None)]


def test_relationships_side_by_side_stay_with_their_people():
    header = ["姓名1", "身份证号1", "与户主关系1", "姓名2", "身份证号2", "与户主关系2", "账号"]
    found = understand(
        Grid("", [[header, ["张三", A, "户主", "李四", B, "妻", "1"]]], Features()), HEADERS
    )
    assert found.people["relationship"].to_pylist() == ["户主", "妻"]


person = st.sampled_from(["", "张三", "李四"])
number = st.sampled_from(["", A, B, C, "14012"])
row = st.lists(st.tuples(person, number), min_size=4, max_size=4)


@given(st.lists(row, min_size=1, max_size=6))
def test_unfolding_keeps_every_person(rows):
    header = ["账号", *pairs(4)]
    given_rows = [["10000001", *(cell for pair in one for cell in pair)] for one in rows]
    expected = []
    for at, one in enumerate(rows, start=2):
        named = [pair for pair in one if any(pair)] or [("", "")]
        expected += [
            (at, member, name or None, number or None)
            for member, (name, number) in enumerate(named)
        ]
    assert lines(header, *given_rows) == expected


@pytest.mark.parametrize("count", [2, 5, 7])
def test_many_places(count):
    people = [(f"张{'一二三四五六七'[n]}", id_number(n)) for n in range(count)]
    found = lines([*pairs(count), "账号"], [*(cell for one in people for cell in one), "1"])
    assert [(name, number) for _, _, name, number in found] == people
