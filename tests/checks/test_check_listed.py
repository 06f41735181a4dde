"""Who is found on a list: by the number in either form, and by nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.made import id_number, write_csv

from relief_cli.checks.listed import find, possible, same_name
from relief_cli.roster import months
from relief_cli.roster.gather import Options, gather
from relief_cli.roster.identity import NOBODY, parse
from relief_cli.roster.listed import read_list

HEADER = ["姓名", "身份证号", "死亡日期"]


def found_in(tmp_path, people, *rows):
    """Give for each of ``people`` (name, number) what ``find`` says, by position."""
    listed = read_list(
        gather([write_csv(tmp_path / "a.csv", [HEADER, *rows])], Options(lists=True))
    )
    names, numbers = zip(*people, strict=True)
    found = find(parse(pd.Series(numbers, dtype="str")).key, pd.Series(names, dtype="str"), listed)
    return {row: tuple(rest) for row, *rest in found.itertuples(index=False)}


def month(year, number):
    return months.number(year, number)


def test_both_forms_of_a_number_are_one_person(tmp_path):
    new = id_number(1)
    old = new[:6] + new[8:17]
    people = [("张三", new), ("张三", old), ("李四", id_number(2))]
    for number in (new, old):
        found = found_in(tmp_path, people, ["张三", number, "2022-07-01"])
        assert found == {0: (0, month(2022, 7), False), 1: (0, month(2022, 7), False)}


def test_small_x_is_the_same(tmp_path):
    number = next(id_number(n) for n in range(100) if id_number(n).endswith("X"))
    assert found_in(tmp_path, [("张三", number)], ["张三", number.lower(), ""])


def test_of_several_entries_one_without_a_date_goes_first_then_the_earliest(tmp_path):
    number, people = id_number(1), [("张三", id_number(1))]
    later, earlier, none = (["张三", number, day] for day in ("2022-09-01", "20220702", "不详"))
    assert found_in(tmp_path, people, later, earlier)[0][:2] == (1, month(2022, 7))
    assert found_in(tmp_path, people, later, earlier, none)[0][:2] == (2, months.UNKNOWN)


def test_another_name_is_told_unless_some_entry_has_the_right_one(tmp_path):
    number, people = id_number(1), [("张三", id_number(1))]
    other, same = ["李四", number, "2022-07"], ["张 三", number, "2022-08"]
    assert found_in(tmp_path, people, other)[0][2]
    assert not found_in(tmp_path, people, other, same)[0][2]


def test_a_number_that_is_not_usable_finds_nobody(tmp_path):
    people = [("张三", ""), ("张三", "123"), ("李四", id_number(2))]
    assert found_in(tmp_path, people, ["张三", "", ""], ["张三", "123", ""],
                    ["李四", id_number(2), ""]) == {2: (2, months.UNKNOWN, False)}  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("张三", "张三", True),
        ("买买提·艾力", "买买提•艾力", True),
        ("张三", "张 三", True),
        ("张*", "张三", True),
        ("张*丰", "张三丰", True),
        ("张*丰", "张三", False),
        ("张三", "李三", False),
        ("*", "张三", True),
        ("张三", None, True),
        ("张三", "", False),
    ],
)
def test_when_two_names_may_be_one(one, other, same):
    assert same_name(one, other) is same
    assert same_name(other, one) is same


names = st.sampled_from(["张三", "李四", None])
parts = st.tuples(
    st.integers(0, 30),
    st.sampled_from(["140122", "140121"]),
    st.sampled_from(["19800101", "19810101"]),
)
numbers = parts.map(lambda part: id_number(*part))
people = st.lists(st.tuples(names, numbers), max_size=8, unique_by=lambda person: person[1])


@given(people, people)
def test_possible_pairs_are_those_that_a_look_at_each_pair_gives(here, there):
    def side(rows):
        numbers = pd.Series([number for _, number in rows], dtype="str")
        return parse(numbers), pd.Series([name for name, _ in rows], dtype="str")

    found = possible(*side(here), *side(there))
    expected = []
    for row, (name, number) in enumerate(here):
        for entry, (other_name, other) in enumerate(there):
            differing = sum(a != b for a, b in zip(number[:17], other[:17], strict=True))
            same_birth = number[6:14] == other[6:14]
            if name and name == other_name and number != other and (same_birth or differing == 1):
                expected.append((row, entry))
    assert list(found.itertuples(index=False, name=None)) == expected


def test_who_is_not_asked_about_has_no_pair():
    identities = parse(pd.Series([id_number(1), id_number(2)], dtype="str"))
    name = pd.Series(["张三", "张三"], dtype="str")
    nobody = replace(identities, key=np.full(2, NOBODY))
    assert len(possible(identities, name, identities, name)) == 2
    assert len(possible(nobody, name, identities, name)) == 0
    assert len(possible(identities, name, nobody, name)) == 0


def test_a_name_with_a_birthday_that_is_too_common_tells_nothing():
    numbers = parse(pd.Series([id_number(n) for n in range(40)], dtype="str"))
    name = pd.Series(["张三"] * 40, dtype="str")
    assert len(possible(numbers, name, numbers, name)) == 0
