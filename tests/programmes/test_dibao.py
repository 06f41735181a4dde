"""Dibao: who gets what of a household's approved amount, held against a plain oracle in Python."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.calendar import Cycle
from relief_cli.checks.claims import COUNTED, EXTRA, HOUSEHOLD, PERSON, SINGLE
from relief_cli.errors import PolicyError, UsageError
from relief_cli.findings import flagged
from relief_cli.policy import load
from relief_cli.programmes.dibao import Dibao
from relief_cli.programmes.terms import ALONE, People
from relief_cli.roster.amounts import Amounts

POLICY = load()
AUGUST = Cycle.parse("2022-08")
FIELDS = ["monthly_amount", "supplement", "household_supplement", "person_supplement", "arrears",
          "total", "covered_members", "start_month", "approved_month", "income_per_head",
          "supplement_class", "grade", "person", "household_head",
          "household_head_person"]  # fmt: skip


def people(rows, *, once=False, county="阳曲县", cycle=AUGUST):
    """Give people from dicts; what is not said is blank, and each is alone."""
    table = pd.DataFrame(
        {
            **{name: pd.Series([row.get(name) for row in rows], dtype="str") for name in FIELDS},
            "input": np.array([row.get("input", 0) for row in rows], "int32"),
            "household": np.array([row.get("household", n) for n, row in enumerate(rows)], "int64"),
            "says_head": [bool(row.get("head")) for row in rows],
            "only_head": [bool(row.get("only_head")) for row in rows],
        }
    )
    category = pd.Series([row.get("category", "rural_dibao") for row in rows], dtype="str")
    return People(
        table=table, amounts=Amounts(table), category=category,
        county=pd.Series([county] * len(rows), dtype="str"),
        household_wide=lambda _field: np.full(len(rows), once), categories=POLICY.categories,
        language="zh", cycle=cycle,
    )  # fmt: skip


def terms(own="", cycle=AUGUST, tmp_path=None, county="阳曲县"):
    policy = POLICY
    if own:
        path = tmp_path / "own.toml"
        path.write_text(own, "utf-8")
        policy = load([path])
    return Dibao().terms(policy, cycle, [county])


def dues(rows, given=None, **options):
    return Dibao().dues(people(rows, **options), given or terms())


def codes(found, count):
    """Give the codes of each row; only an amount above the standard is a mere warning at times."""
    assert {block.code for block in found.blocks if block.downgraded} <= {"R305"}
    return [
        sorted(block.code for block in found.blocks if row in block.rows) for row in range(count)
    ]


def home(amount, members, household=0, **further):
    """Give a household whose amount stands in its first row."""
    first = {"household": household, "head": True, "monthly_amount": amount, **further}
    return [first, *({"household": household} for _ in range(members - 1))]


def test_the_month_and_its_deadline():
    august = terms()
    assert (august.occasion.name, august.pay_on) == ("2022-08", dt.date(2022, 8, 10))
    assert terms(cycle=Cycle.parse("2022-04")).pay_on == dt.date(2022, 4, 8)  # the 10th: a Sunday
    assert august.categories == ("urban_dibao", "rural_dibao", "dibao")


def test_a_quarter_is_no_month():
    with pytest.raises(UsageError) as caught:
        terms(cycle=Cycle.parse("2022Q3"))
    assert caught.value.code == "cycle-kind"


def test_a_households_amount_is_shared_to_the_fen_and_the_head_gets_what_is_left():
    found = dues(home("1000.00", 3))
    assert found.amount_fen.tolist() == [33334, 33333, 33333]
    assert found.bound.tolist() == [0, 0, 0]
    # Wherever in the household the amount stands, and whoever is the head.
    rows = [{"household": 7}, {"household": 7, "head": True}, {"household": 7, "total": "0.05"}]
    assert dues(rows).amount_fen.tolist() == [2, 2, 1]


def test_amounts_of_their_own_stay_with_the_rows():
    rows = [{"household": 0, "monthly_amount": "505"}, {"household": 0, "monthly_amount": "310.5"}]
    found = dues(rows)
    assert found.amount_fen.tolist() == [50500, 31050]
    assert found.bound.tolist() == [ALONE, ALONE]


def test_it_says_whom_an_amount_is_for():
    own = {"household": 0, "monthly_amount": "300"}
    alone = {"household": 1, "monthly_amount": "300"}
    counted = {"household": 2, "monthly_amount": "600", "covered_members": "2"}
    listed = {"household": 3, "monthly_amount": "600", "only_head": True}
    extra = {"household": 4, "supplement": "60", "total": "60"}
    rows = [own, own, alone, counted, listed, extra, *home("600", 2, household=5)]
    found = dues(rows)
    assert found.unit.tolist() == [
        PERSON, PERSON, SINGLE, COUNTED, HOUSEHOLD, EXTRA, HOUSEHOLD, HOUSEHOLD,
    ]  # fmt: skip
    units = [found.grounds[place].unit for place in found.ground]
    assert units == [*["person"] * 2, *["household"] * 3, "person", *["household"] * 2]
    # A second file lists another of the household: each stands alone in its own.
    assert dues([own, {**own, "input": 1}]).unit.tolist() == [SINGLE, SINGLE]


def test_a_households_amount_that_stands_in_every_row_is_meant_once():
    rows = [{"household": 0, "monthly_amount": "900"}] * 3
    assert dues(rows, once=True).amount_fen.tolist() == [30000] * 3
    assert dues(rows, once=False).amount_fen.tolist() == [90000] * 3
    # Different amounts are of the rows, whatever the header says.
    rows = [{"household": 0, "monthly_amount": "900"}, {"household": 0, "monthly_amount": "600"}]
    assert dues(rows, once=True).amount_fen.tolist() == [90000, 60000]


@pytest.mark.parametrize(
    ("row", "fen"),
    [
        ({"monthly_amount": "450", "supplement": "50"}, 50000),
        ({"monthly_amount": "450", "supplement": "50", "arrears": "20.5"}, 52050),
        ({"monthly_amount": "450", "household_supplement": "30", "person_supplement": "20"}, 50000),
        # The sum of the supplements beside its parts counts once.
        ({"monthly_amount": "450", "supplement": "50", "household_supplement": "30"}, 50000),
        ({"monthly_amount": "450", "total": "520"}, 52000),
        ({"total": "520"}, 52000),
        ({"supplement": "50"}, 0),
        ({"total": "0", "monthly_amount": "0"}, 0),
        ({"monthly_amount": "三百"}, 0),
        ({}, 0),
    ],
)
def test_what_a_row_states(row, fen):
    found = dues([row])
    assert found.amount_fen.tolist() == [fen]
    assert ("R311" in codes(found, 1)[0]) == (fen == 0)


def test_whoever_is_not_covered_counts_nowhere():
    rows = [*home("900", 2), {"household": 0, "category": "dibao_margin"}]
    found = dues(rows)
    assert found.amount_fen.tolist() == [45000, 45000, 0]
    assert found.bound.tolist() == [0, 0, ALONE]
    assert codes(found, 3)[2] == []


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 10**7), st.integers(0, 4)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_every_fen_of_every_household_goes_to_its_people(households):
    rows, expected = [], {}
    for number, (members, fen, head) in enumerate(households):
        expected[number] = fen
        amount = f"{fen // 100}.{fen % 100:02}"
        for member in range(members):
            first = {"monthly_amount": amount} if member == 0 else {}
            rows.append({"household": number, "head": member == head, **first})
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    shuffled = [rows[place] for place in order]
    amounts = dues(shuffled).amount_fen
    found = {}
    for row, fen in zip(shuffled, amounts.tolist(), strict=True):
        found.setdefault(row["household"], []).append((fen, row["head"]))
    for number, parts in found.items():
        fens = [fen for fen, _ in parts]
        assert sum(fens) == expected[number]
        assert max(fens) - min(fens) <= 1
        heads = [fen for fen, head in parts if head]
        assert not heads or heads[0] == max(fens)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"start_month": "202209"}, "R314"),
        ({"start_month": "2022-08"}, None),
        ({"start_month": "2021年3月"}, None),
        ({"start_month": "2022/9/1"}, "R314"),
        ({"start_month": "二〇二二"}, "R317"),
        ({"approved_month": "2022.8"}, "R314"),
        ({"approved_month": "2022-07"}, None),
    ],
)
def test_it_begins_the_month_after_it_was_approved(row, code):
    found = dues([{"monthly_amount": "450", **row}])
    assert codes(found, 1)[0] == ([code] if code else [])


def test_the_number_of_covered_members():
    assert codes(dues(home("900", 2, covered_members="3")), 2) == [["R313"], []]
    assert codes(dues(home("900", 2, covered_members="2")), 2) == [[], []]
    assert codes(dues(home("900", 2, covered_members="2.0人")), 2) == [[], []]
    assert codes(dues(home("900", 2, covered_members="1.5")), 2) == [["R313"], []]
    assert codes(dues(home("900", 2, covered_members="两人")), 2) == [["R313"], []]
    # A list of households names nobody but the heads.
    assert codes(dues(home("900", 1, covered_members="3", only_head=True)), 1) == [[]]


def test_standard_and_income_are_held_against_the_amount():
    # 阳曲县, rural, 2022: 610 a month. (610 − 200) × 2 = 820.
    right = home("820", 2, income_per_head="200")
    other = home("800", 2, household=1, income_per_head="200")
    above = home("1220.01", 2, household=2)
    untold = home("500", 2, household=3)
    assert codes(dues([*right, *other, *above, *untold]), 8) == [
        [], [], ["R315"], [], ["R305"], [], [], [],
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "held"), [
    # 阳曲县, rural, 2022: 610 a month, 1,830 for three.
    ([{"household": 0, "monthly_amount": "1829"}] * 3, [True] * 3),
    ([{"household": 0, "monthly_amount": "610"}] * 3, [False] * 3),
    ([{"total": "9999"}], [True]),
    ([{"total": "610"}], [False]),
    ([{"monthly_amount": "300", "supplement": "9999"}], [True]),
    ([{"monthly_amount": "300", "supplement": "122", "total": "422"}], [False]),
    ([{"monthly_amount": "300", "person_supplement": "9999"}], [True]),
    ([{"monthly_amount": "300", "arrears": "9999"}], [True]),
    ([{"monthly_amount": "300", "arrears": "610"}], [False]),
    (home("0.01", 2, total="1830"), [True, False]),
])  # fmt: skip
def test_what_will_be_paid_is_held_against_the_standard_whichever_column_says_it(rows, held):
    found = dues(rows)
    told = [[code for code in each if code == "R305"] for each in codes(found, len(rows))]
    assert [bool(each) for each in told] == held


def test_a_standard_that_is_missing_is_one_error_that_names_it(tmp_path):
    given = terms(COMPUTED, tmp_path=tmp_path, county="某县")
    rows = [{"income_per_head": "200"}] * 3
    with pytest.raises(PolicyError) as caught:
        dues(rows, given, county="某县")
    assert caught.value.code == "policy-missing"
    assert "dibao.standard-rural for 2022-08-01 in 某县" in str(caught.value)


def test_an_old_standard_holds_nobody():
    """It may have been raised since: 太原's of 2023 is the newest that comes with the program."""
    row = [{"monthly_amount": "800"}]
    for cycle, downgraded in (("2023-12", False), ("2024-02", True)):
        month = Cycle.parse(cycle)
        found = dues(row, terms(cycle=month), cycle=month)
        (block,) = [block for block in found.blocks if len(block.rows)]
        assert (block.code, block.downgraded) == ("R305", downgraded)


COMPUTED = """
[[dibao.amount]]
since = 2022-01-01
value = "computed"
unit = "where amounts come from"
reference = "x"
[[dibao.supplements]]
since = 2022-01-01
value = { "重度残疾人" = 20, "老年人" = 15 }
unit = "percent of the standard"
reference = "x"
"""


def test_amounts_are_computed_from_standard_and_income(tmp_path):
    rows = [
        *home("1", 3, income_per_head="200.10"),
        {"household": 1, "income_per_head": "610", "supplement_class": "重度残疾人"},
        {"household": 2, "income_per_head": "700"},
        {"household": 3},
        {"household": 4, "income_per_head": "0", "category": "urban_dibao",
         "supplement_class": "老年人"},
    ]  # fmt: skip
    found = dues(rows, terms(COMPUTED, tmp_path=tmp_path))
    # (610 − 200.10) × 3 = 1229.70; 730 + 15 % of 730 = 839.50.
    assert found.amount_fen.tolist() == [40990, 40990, 40990, 0, 0, 0, 83950]
    # 分类施保 is on top of dibao: whose income reaches the standard is due neither.
    assert [("R311" in one) for one in codes(found, 7)] == [False] * 3 + [True] * 3 + [False]


GRADED = (
    COMPUTED
    + """
[[dibao.grades]]
place = "阳曲县"
since = 2022-01-01
value = { "一档" = 61000, "二档" = 45050 }
unit = "fen per person a month"
reference = "x"
"""
)


def test_amounts_by_grade(tmp_path):
    rows = [
        *home("1", 3, grade="二档"),
        # The grade goes before the income, the supplement comes on top: 610 + 20 % of 610.
        {"household": 1, "income_per_head": "600", "grade": "一档",
         "supplement_class": "重度残疾人"},
        {"household": 2, "grade": "三档"},
        {"household": 3, "income_per_head": "600"},
    ]  # fmt: skip
    found = dues(rows, terms(GRADED, tmp_path=tmp_path))
    assert found.amount_fen.tolist() == [45050, 45050, 45050, 73200, 0, 1000]
    assert codes(found, 6) == [[], [], [], [], ["R311", "R311"], []]
    # In a place without grades the word is not understood, and nobody gets too little unseen.
    elsewhere = terms(GRADED, tmp_path=tmp_path, county="清徐县")
    assert codes(dues(rows[:1], elsewhere, county="清徐县"), 1) == [["R311", "R311"]]


def test_the_reason_says_for_how_many_people_a_row_is():
    rows = [
        {"only_head": True, "covered_members": "3", "monthly_amount": "900"},
        {"only_head": True, "covered_members": "1", "monthly_amount": "450"},
        {"only_head": True, "covered_members": "4人", "total": "1", "category": "urban_dibao"},
        {"monthly_amount": "450"},
    ]
    found = dues(rows)
    given = [found.grounds[place] for place in found.ground]
    said = [ground.reason for ground in given]
    assert [ground.people for ground in given] == [3, 1, 4, 1]
    assert {(*ground.months,) for ground in given} == {("2022-08",)}
    month = "最低生活保障金 2022-08"
    assert said == [
        f"{month}（农村低保，保障3人）",
        f"{month}（农村低保）",
        f"{month}（城市低保，保障4人）",
        f"{month}（农村低保）",
    ]


def test_a_head_who_stands_nowhere():
    rows = [
        {"household": 0, "person": "A", "household_head_person": "A", "monthly_amount": "450"},
        {"household": 0, "person": "B", "household_head_person": "A"},
        {"household": 1, "person": "C", "household_head_person": "D", "monthly_amount": "450"},
        {"household": 2, "person": "E", "monthly_amount": "450"},
    ]
    assert codes(dues(rows), 4) == [[], [], ["R316"], []]


def test_a_class_that_the_policy_does_not_know_is_held(tmp_path):
    """Too little would be paid, and nobody would see it."""
    rows = home("1", 2, income_per_head="200", supplement_class="重残")
    found = dues(rows, terms(COMPUTED, tmp_path=tmp_path))
    assert codes(found, 2) == [["R311"], []]
    assert {block.downgraded for block in found.blocks if block.code == "R311"} == {False}
    # As approved, the class decides nothing.
    assert codes(dues(home("820", 2, supplement_class="重残")), 2) == [[], []]


def test_a_yearly_standard_that_does_not_divide_is_rounded_once(tmp_path):
    # 垣曲县 from 2022: 5832 a year, 486 a month. An invented 5858: 488.1666… a month.
    own = COMPUTED + """
[[dibao.standard-rural]]
place = "某县"
since = 2022-01-01
value = { fen = 585800, per = "year" }
unit = "fen per person"
reference = "x"
"""  # fmt: skip
    given = terms(own, tmp_path=tmp_path, county="某县")
    rows = [{"household": 0, "income_per_head": "100"} for _ in range(4)]
    found = dues(rows, given, county="某县")
    exact = (Fraction(585800, 12) - 10000) * 4
    assert int(found.amount_fen.sum()) == round(exact) == 155267
    up = (
        own
        + """
[[dibao.rounding]]
since = 2022-01-01
value = { to = "yuan", rule = "up" }
unit = "rounding"
reference = "x"
"""
    )
    yuan = terms(up, tmp_path=tmp_path, county="某县")
    assert int(dues(rows, yuan, county="某县").amount_fen.sum()) == 155300
    # A rule that stands beside the standard goes before the programme's.
    beside = up.replace('per = "year"', 'per = "year", to = "jiao", rule = "down"')
    jiao = terms(beside, tmp_path=tmp_path, county="某县")
    assert int(dues(rows, jiao, county="某县").amount_fen.sum()) == 155260
    yuanqu = terms(COMPUTED, tmp_path=tmp_path, county="垣曲县")
    alone = [{"income_per_head": "0"}]
    assert dues(alone, yuanqu, county="垣曲县").amount_fen.tolist() == [48600]


def test_flags_are_of_the_rows_they_name():
    found = dues(home("900", 2, covered_members="3"))
    (block,) = [block for block in found.blocks if len(block.rows)]
    table = pd.DataFrame({"row": block.rows})
    assert flagged(table, 2).tolist() == [True, False]
