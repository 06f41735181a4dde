"""What changed between two rosters, held against a look at each row."""

import numpy as np
import pandas as pd
import pytest
from golden import rosters
from golden.plain_changes import plain_changes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rules.made import card, id_number, person, read, table, write_csv, write_xlsx

from relief_cli import changes
from relief_cli.checks import stated
from sample_data import generate

FAULTS = {"R101": 2, "R102": 2, "R103": 2, "R107": 3, "R302": 2, "R401": 3, "R110": 1, "R104": 1}


def side(*paths):
    roster = read(*paths)
    category = roster.people["category"]
    return changes.side(roster, category, category)


def compared(folder, old, new):
    folder.mkdir(exist_ok=True)
    one = write_csv(folder / "old.csv", table(*old))
    other = write_csv(folder / "new.csv", table(*new))
    return changes.compare(side(one), side(other))


def figures(found):
    return {
        "joined": len(found.joined),
        "left": len(found.left),
        "joined_fen": int(found.joined_fen.sum()),
        "left_fen": int(found.left_fen.sum()),
        "unmatched": len(found.old.unmatched) + len(found.new.unmatched),
        "repeated": len(found.old.repeated) + len(found.new.repeated),
        "old_fen": found.old_fen,
        "new_fen": found.new_fen,
    }


def counted(found):
    return {name: len(rows) for name, rows in found.changed.items() if len(rows)}


def another_month(truth, seed):
    """Give the truth a month later: some join and leave, some change."""
    rng = np.random.default_rng(seed)
    later = truth.copy()
    count = len(later)

    def some(share):
        return rng.random(count) < share

    raised = some(0.1) & later["amount"].str.isdigit().to_numpy()
    later.loc[raised, "amount"] = (later.loc[raised, "amount"].astype(int) + 35).astype(str)
    own = some(0.05) & (later["account_number"] != "").to_numpy()
    later.loc[own, "account_number"] = [card(900 + n) for n in range(own.sum())]
    later.loc[some(0.03), "name"] = "改名人"
    later.loc[some(0.03), "category"] = "特困"
    later.loc[some(0.03), "village"] = "新村"
    later.loc[some(0.03), "township"] = "新镇"
    short = some(0.1) & (later["id_number"].str[6:8] == "19").to_numpy()
    short &= (later["id_number"].str.len() == 18).to_numpy() & ~later["id_as_number"].to_numpy()
    short &= (later["codes"] == "").to_numpy()
    numbers = later.loc[short, "id_number"]
    later.loc[short, "id_number"] = numbers.str[:6] + numbers.str[8:17]
    later = later[~some(0.04)]
    new = generate.people(12, seed + 5000)
    new["household"] += 10**6
    return pd.concat([later, new], ignore_index=True)


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.matrix) for seed in (2, 3))]
)
@pytest.mark.parametrize("shapes", [("persons", "persons"), ("persons", "csv"), ("csv", "utf8")])
def test_made_up_months_change_as_a_look_at_each_row_says(tmp_path, seed, shapes):
    truth = generate.inject(generate.people(260, seed), FAULTS, seed)
    truth["id_as_number"] &= shapes[0] == "persons"
    later = another_month(truth, seed)
    later["id_as_number"] &= shapes[1] == "persons"
    old, new = (
        tmp_path / f"o-{rosters.NAMES[shapes[0]]}",
        tmp_path / f"n-{rosters.NAMES[shapes[1]]}",
    )
    rosters.write(shapes[0], old, truth)
    rosters.write(shapes[1], new, later)
    found = changes.compare(side(old), side(new))
    expected, changed = plain_changes(truth, later)
    assert figures(found) == expected
    assert {name: len(found.changed[name]) for name in changed} == changed
    assert min(expected["joined"], expected["left"], *changed.values()) > 0
    mirrored = changes.compare(found.new, found.old)
    swapped = {"joined": "left", "left": "joined", "joined_fen": "left_fen",
               "left_fen": "joined_fen", "old_fen": "new_fen", "new_fen": "old_fen"}  # fmt: skip
    assert figures(mirrored) == {swapped.get(name, name): n for name, n in expected.items()}
    assert counted(mirrored) == counted(found)
    assert (mirrored.differences().sum() + found.differences().sum()) == 0


def test_every_shape_has_no_difference_from_itself(tmp_path):
    paths, _ = rosters.make(tmp_path, 3, 480)
    for path in paths:
        one = side(path)
        found = changes.compare(one, one)
        assert counted(found) == {}
        assert (len(found.joined), len(found.left), found.uncompared) == (0, 0, {})
        assert found.old_fen == found.new_fen


def test_the_order_of_rows_and_households_changes_nothing(tmp_path):
    truth = generate.people(200, 4)
    rosters.write("households", tmp_path / "a.xlsx", truth)
    homes = [home for _, home in truth.groupby("household")]
    rosters.write("households", tmp_path / "b.xlsx", pd.concat(homes[::-1]))
    found = changes.compare(side(tmp_path / "a.xlsx"), side(tmp_path / "b.xlsx"))
    assert counted(found) == {}
    whole = truth.drop_duplicates("household")["household_amount"].astype(int).sum() * 100
    assert found.old_fen == found.new_fen == whole


amounts = st.sampled_from(["450", "300.5", "0.01", "", "三百"])
accounts = st.integers(1, 3).map(card)
rows = st.lists(
    st.tuples(st.integers(1, 6), amounts, accounts, st.booleans()), min_size=1, max_size=8
)


@pytest.mark.long
@settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(rows, rows)
def test_totals_tie_and_a_mirror_shows_the_same(tmp_path, old, new):
    def people(given):
        return [
            person(
                number,
                身份证号="x" if lost else id_number(number),
                账号=account,
                月保障金额=amount,
            )
            for number, amount, account, lost in given
        ]

    found = compared(tmp_path / "x", people(old), people(new))
    told = int(found.joined_fen.sum() - found.left_fen.sum() + found.differences().sum())
    told += found.unmatched_fen(found.new) - found.unmatched_fen(found.old)
    assert found.old_fen + told == found.new_fen
    mirrored = changes.compare(found.new, found.old)
    assert counted(mirrored) == counted(found)
    assert mirrored.joined.tolist() == found.left.tolist()
    for one in (found.old, found.new):
        assert counted(changes.compare(one, one)) == {}


def test_an_old_number_is_the_same_person(tmp_path):
    short = id_number(2)[:6] + id_number(2)[8:17]
    found = compared(tmp_path, [person(1), person(2)], [person(2, 身份证号=short), person(1)])
    assert (len(found.joined), len(found.left), counted(found)) == (0, 0, {})


def test_a_member_without_an_account_has_the_heads(tmp_path):
    def home(account):
        return [
            person(1, 户号="7", 与户主关系="户主", 账号=account),
            person(2, 户号="7", 与户主关系="妻", 账号="", 开户行=""),
        ]

    found = compared(tmp_path, home(card(1)), home(card(9)))
    assert counted(found) == {"account": 2}


def test_what_only_one_roster_has_is_not_compared_and_told(tmp_path):
    old = [person(1, 账号=None), person(2, 账号=None)]
    new = [person(1, 月保障金额="450"), person(2, 月保障金额="450")]
    found = compared(tmp_path, old, new)
    assert counted(found) == {}
    assert found.uncompared == {"account": 2, "amount": 2}
    assert not found.old.states_amounts


def test_a_new_head_is_told_of_everybody_in_the_household(tmp_path):
    def home(head, other):
        return [
            person(head, 户号="7", 与户主关系="户主", 账号=card(7)),
            person(other, 户号="7", 与户主关系="妻", 账号=card(7)),
        ]

    found = compared(tmp_path, home(1, 2), home(2, 1))
    assert counted(found) == {"household": 2, "relationship": 2}


def test_a_households_amount_counts_once_wherever_it_stands(tmp_path):
    def home(head, wife, header):
        return [
            person(1, 户号="7", 与户主关系="户主", **{header: head}),
            person(2, 户号="7", 与户主关系="妻", 账号=card(1), **{header: wife}),
        ]

    for header, head, wife, fen in (
        ("月保障金额", "450", "", 45000),
        ("月保障金额", "", "450", 45000),
        ("月保障金额", "450", "450", 90000),
        ("户月保障金额", "450", "450", 45000),
        ("户月保障金额", "450", "460", 91000),
    ):
        one = side(write_csv(tmp_path / "a.csv", table(*home(head, wife, header))))
        assert int(one.amount[0].sum()) == fen, (header, head, wife)
        if fen == 45000:
            assert one.amount[0].tolist() == [45000, 0]


def test_amounts_that_cannot_be_read_are_counted(tmp_path):
    path = write_csv(
        tmp_path / "a.csv",
        table(
            person(1, 月保障金额="三百"),
            person(2, 月保障金额="300.060"),
            person(3, 月保障金额="300"),
            person(4, 月保障金额=""),
            person(5, 月保障金额="300", 合计="320"),
        ),
    )
    given, fen, unreadable = stated.amounts(read(path))
    assert given.tolist() == [False, False, True, False, True]
    assert fen.tolist() == [0, 0, 300_00, 0, 320_00]
    assert unreadable.tolist() == [True, True, False, False, False]


def test_several_rows_of_a_person_are_one_whatever_their_order(tmp_path):
    twice = [person(1, 账号=card(1)), person(1, 账号=card(2)), person(2)]
    found = compared(tmp_path, twice, [twice[1], twice[2], twice[0]])
    assert counted(found) == {}
    assert len(found.new.repeated) == 1


def test_merged_cells_of_workbooks_are_read_too(tmp_path):
    empty = dict.fromkeys(("户主姓名", "月保障金额", "账号", "开户行"), "")
    cells = table(person(1, 户主姓名="张三", 月保障金额="450"), person(2, **empty))
    merges = [f"{column}2:{column}3" for column in "DEFG"]
    one = side(write_xlsx(tmp_path / "a.xlsx", cells, merges=merges))
    assert one.amount[0].tolist() == [45000, 0]
