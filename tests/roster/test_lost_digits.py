"""Numbers that a spreadsheet program cut to 15 digits are known by their zeros, as text too."""

import pyarrow as pa
import pytest
from golden.running import relief, run
from hypothesis import given
from hypothesis import strategies as st
from rules.made import WRITERS, card, id_number, judged, person, table, write_csv

from relief_cli import office as offices
from relief_cli.roster.lost_digits import lost_accounts, lost_ids

EVEN = next(number for number in range(1, 999) if id_number(number).endswith("000"))
"""Of a person whose ID ends in 000 by right."""


def cut(number):
    """Give a number as a spreadsheet program keeps it."""
    return f"{number[:15]}{'0' * (len(number) - 15)}"


def ids(*texts):
    return lost_ids(pa.array(texts, pa.large_string())).to_pylist()


def accounts(*texts):
    return lost_accounts(pa.array(texts, pa.large_string())).to_pylist()


@given(st.lists(st.integers(1, 999), min_size=2, max_size=40, unique=True))
def test_a_column_that_was_cut_is_lost_as_a_whole(numbers):
    assert ids(*(cut(id_number(number)) for number in numbers)) == [True] * len(numbers)
    assert accounts(*(cut(card(number)) for number in numbers)) == [True] * len(numbers)
    assert not any(ids(*(id_number(number) for number in numbers if number != EVEN)))
    assert not any(accounts(*(card(number) for number in numbers if number % 1000)))


def test_one_id_that_ends_in_zeros_says_nothing_alone():
    assert ids(id_number(EVEN)) == [False]
    assert ids(id_number(EVEN), None, id_number(1)) == [False, False, False]
    # Another with a wrong check character beside it, and the column shows it.
    wrong = cut(id_number(1, born="19810203"))
    assert wrong != id_number(1, born="19810203")
    assert ids(id_number(EVEN), id_number(1), wrong) == [True, False, True]


def test_among_very_many_a_few_end_in_zeros_by_right():
    right = [id_number(number) for number in range(1, 999)]
    assert any(text.endswith("000") for text in right)
    assert not any(ids(*right))


@pytest.mark.parametrize(("texts", "lost"), [
    (["6228480000000010000"], [True]),
    (["62284800000000100"], [True]),
    (["6228480000000001", "6228480000000010", "6228480000000020", "6228480000000030"], [False] * 4),
    (["6228480000000000", "6228480000000010", "6228480000000020", "6228480000000030"], [True] * 4),
    (["6228480000000010"], [False]),
    (["140201012000000", None, "", "6228480000000010018"], [False] * 4),
])  # fmt: skip
def test_accounts(texts, lost):
    assert accounts(*texts) == lost


def lost_cards(number):
    return {"账号": cut(card(number * 10_000 + 1))}


def lost_people(number):
    return {"身份证号": cut(id_number(number))}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(("code", "cell", "lose"), [
    ("R203", "E", lost_cards), ("R104", "B", lost_people),
])  # fmt: skip
def test_nobody_is_paid_by_them(tmp_path, kind, code, cell, lose):
    people = [person(1), *(person(number, **lose(number)) for number in range(11, 15))]
    judgement = judged(WRITERS[kind](tmp_path / f"花名册.{kind}", table(*people)))
    assert judgement.findings >= {(code, row, f"{cell}{row}") for row in range(3, 7)}
    assert list(judgement.fates.values()) == ["paid", *["held"] * 4]


def test_a_household_is_not_paid_into_the_cut_account_of_its_head(tmp_path):
    head = {"户主姓名": person(1)["姓名"], "户主身份证号": id_number(1)}
    people = [person(1, **head, **lost_cards(1)), person(2, **head, 账号="", 开户行="")]
    judgement = judged(write_csv(tmp_path / "1.csv", table(*people)))
    assert judgement.of("R203") == {(2, "E2"), (3, "E3")}


@pytest.mark.parametrize("wrong", [cut(id_number(2)), f"{id_number(2)[:-1]}?", id_number(2)[:-3]])
def test_a_list_without_whole_ids_says_so(tmp_path, wrong):
    office = tmp_path / "office"
    offices.create(office)
    rows = [["姓名", "身份证号"], ["钱七", id_number(4)], ["王五", wrong], ["王五", wrong]]
    write_csv(office / "dead.csv", rows)
    settings = office / "relief.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[lists]\n", '[lists]\ndead = ["dead.csv"]\n'), "utf-8"
    )
    roster = write_csv(tmp_path / "1.csv", table(person(1)))
    answer = run(office, [roster])
    assert answer.json["lists"] == [{"kind": "dead", "rows": 3, "unusable": 2}]
    said = relief(
        "--lang", "en", "--office", office, "run", "one-time", roster, "--cycle", "2022-08"
    )
    assert "! Who stands on the list dead without a whole ID is found nowhere" in said.out


def test_a_number_beside_it_says_nothing_of_a_text_that_ends_in_zeros(tmp_path):
    text, number = id_number(EVEN), int(id_number(2)[:15]) * 1000
    rows = table(person(1), person(2, 身份证号=number), person(3, 身份证号=text))
    told = judged(WRITERS["xlsx"](tmp_path / "花名册.xlsx", rows))
    assert told.of("R104") == {(3, "B3")}
