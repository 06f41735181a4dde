"""Tekun: who gets what for a quarter, held against a plain oracle with fractions."""

import datetime as dt
import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from relief_cli.calendar import Cycle
from relief_cli.errors import PolicyError, UsageError
from relief_cli.policy import load
from relief_cli.programmes.tekun import Tekun
from relief_cli.programmes.terms import ALONE, People
from relief_cli.roster.amounts import Amounts

POLICY = load()
QUARTER = Cycle.parse("2022Q3")
FIELDS = ["total", "basic_living_standard", "care_amount", "arrears", "monthly_amount", "stop",
          "start_month", "approved_month", "support_mode", "care_grade"]  # fmt: skip


def people(rows, *, county="垣曲县", cycle=QUARTER, language="zh"):
    """Give people from dicts; what is not said is blank."""
    table = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype="str") for name in FIELDS}
    )
    # As the reader says it: whoever lives in an institution.
    table["institution"] = ["集中" in row.get("support_mode", "") for row in rows]
    category = pd.Series([row.get("category", "rural_tekun") for row in rows], dtype="str")
    return People(
        table=table, amounts=Amounts(table), category=category,
        county=pd.Series([county] * len(rows), dtype="str"),
        household_wide=lambda _field: np.zeros(len(rows), dtype=bool),
        categories=POLICY.categories, language=language, cycle=cycle,
    )  # fmt: skip


def block(name, value, unit, place=""):
    where = f'place = "{place}"\n' if place else ""
    return (
        f'[[{name}]]\n{where}since = 2022-01-01\nvalue = {value}\nunit = "{unit}"\n'
        'reference = "县政府文件"\n'
    )


def standard(name, fen, per, place="某县", further=""):
    return block(name, f'{{ fen = {fen}, per = "{per}"{further} }}', "fen per person", place)


COMPUTED = block("tekun.amount", '"computed"', "where amounts come from")
# 忻州 2024: 集中 9035 (rural) and 10680 (urban), 分散 7465 and 9110 a year; 太原's care.
XINZHOU = "".join(
    standard(f"tekun.{name}", fen, "year")
    for name, fen in (
        ("standard-rural", 746500), ("standard-urban", 911000),
        ("standard-rural-institution", 903500), ("standard-urban-institution", 1068000),
        ("care-able", 237600), ("care-half", 594000), ("care-full", 1188000),
    )
)  # fmt: skip


def terms(own="", cycle=QUARTER, tmp_path=None, county="某县"):
    policy = POLICY
    if own:
        path = tmp_path / "own.toml"
        path.write_text(own, "utf-8")
        policy = load([path])
    return Tekun().terms(policy, cycle, [county])


def dues(rows, given=None, **options):
    return Tekun().dues(people(rows, **options), given or terms())


def codes(found, count):
    return [
        sorted(one.code for one in found.blocks if row in one.rows) for row in range(count)
    ]  # fmt: skip


def test_the_quarter_and_its_deadline():
    assert (terms().occasion.name, terms().pay_on) == ("2022Q3", dt.date(2022, 7, 8))
    # 2023-04-10 is a Monday, 2022-01-10 too.
    assert terms(cycle=Cycle.parse("2023Q2")).pay_on == dt.date(2023, 4, 10)
    assert terms(cycle=Cycle.parse("2022Q1")).pay_on == dt.date(2022, 1, 10)


def test_a_month_is_no_quarter():
    with pytest.raises(UsageError) as caught:
        terms(cycle=Cycle.parse("2022-08"))
    assert (caught.value.code, "2022Q3" in str(caught.value.values)) == ("cycle-kind", True)


@pytest.mark.parametrize(
    ("row", "fen"),
    [
        ({"total": "2379", "basic_living_standard": "2000", "care_amount": "379"}, 237900),
        ({"total": "2379.5"}, 237950),
        ({"basic_living_standard": "2000", "care_amount": "379"}, 237900),
        ({"basic_living_standard": "2000", "care_amount": "379", "arrears": "0.5"}, 237950),
        ({"basic_living_standard": "2000"}, 200000),
        ({"care_amount": "379"}, 0),
        ({"total": "两千"}, 0),
        ({"total": "-5"}, 0),
        ({}, 0),
        # A column that says so itself is of a month.
        ({"monthly_amount": "729"}, 218700),
        ({"monthly_amount": "729", "stop": "2022-09"}, 145800),
    ],
)
def test_what_a_row_states(row, fen):
    found = dues([row])
    assert found.amount_fen.tolist() == [fen]
    assert ("R311" in codes(found, 1)[0]) == (fen == 0)
    assert found.bound.tolist() == [ALONE]


@pytest.mark.parametrize("stated_for", ["due", "quarter", "month"])
@pytest.mark.parametrize("joining", ["whole-cycle", "by-month"])
@pytest.mark.parametrize("leaving", ["whole-cycle", "by-month"])
def test_joining_and_leaving_within_the_quarter(tmp_path, stated_for, joining, leaving):
    own = (
        block("tekun.roster-amount", f'"{stated_for}"', "what a roster's amounts are for")
        + block("tekun.joining", f'"{joining}"', "rule within a cycle")
        + block("tekun.leaving", f'"{leaving}"', "rule within a cycle")
    )
    given = terms(own, tmp_path=tmp_path)
    begins = {None: 0, "2021-12": 0, "202207": 0, "2022-08": 1, "2022年9月": 2}
    ends = {None: 3, "2022-08": 1, "2022.9": 2, "2022-10": 3}
    for (start, joined), (stop, left) in itertools.product(begins.items(), ends.items()):
        row = {"total": "1000.01", "start_month": start, "stop": stop}
        count = (left if leaving == "by-month" else 3) - (joined if joining == "by-month" else 0)
        if stated_for == "due":
            expected = 100001 if count > 0 else 0
        elif stated_for == "quarter":
            expected = int(Fraction(100001 * max(count, 0), 3) + Fraction(1, 2))
        else:
            expected = 100001 * max(count, 0)
        found = dues([row], given)
        assert found.amount_fen.tolist() == [expected], (start, stop)
        # Whoever is due no month at all is told of, never passed in silence.
        assert ("R311" in codes(found, 1)[0]) == (count <= 0), (start, stop)
        assert ("R318" in codes(found, 1)[0]) == (stated_for == "due" and 0 < count < 3)


def test_the_month_after_the_approval():
    row = {"total": "1000", "approved_month": "2022-09"}
    assert codes(dues([row]), 1) == [["R314"]]
    reasons = dues([{"total": "1000", "approved_month": "2022-07"}])
    ground = reasons.grounds[reasons.ground[0]]
    text, reference = ground.reason, ground.reference
    assert text == "特困人员救助供养金 2022Q3（农村特困，2022-08至2022-09）"
    # The quarter began before the notice of 2022-07-19: what held on its first day is cited.
    assert reference == "按季发放、每季首月10日前到账（2022-07-19 起依据晋民发〔2022〕38号 第四条）"


def test_the_books_tell_the_months():
    begins = {None: "2022-07", "2022-08": "2022-08", "2022-09": "2022-09"}
    ends = {None: "2022-09", "2022-09": "2022-08", "2022-08": "2022-07"}
    for language in ("zh", "en"):
        for (start, first), (stop, last) in itertools.product(begins.items(), ends.items()):
            row = {"total": "1000", "start_month": start, "stop": stop}
            found = dues([row], language=language)
            if last < first:
                assert codes(found, 1) == [["R311"]]
                continue
            ground = found.grounds[found.ground[0]]
            assert (ground.months[0], ground.months[-1]) == (first, last), ground.reason


def test_computed_amounts_each_standard_rounded_by_itself(tmp_path):
    given = terms(COMPUTED + XINZHOU, tmp_path=tmp_path)
    grades = {"全自理": 237600, "半护理": 594000, "完全丧失": 1188000}
    basics = {("rural_tekun", "分散"): 746500, ("urban_tekun", "分散"): 911000,
              ("rural_tekun", "集中供养"): 903500, ("urban_tekun", "集中"): 1068000}  # fmt: skip
    rows, expected = [], []
    for ((category, mode), basic), (grade, care), (stop, count) in itertools.product(
        basics.items(), grades.items(), ((None, 3), ("2022-09", 2), ("2022-08", 1))
    ):
        rows.append({"category": category, "support_mode": mode, "care_grade": grade, "stop": stop})
        parts = (Fraction(fen * count, 12) + Fraction(1, 2) for fen in (basic, care))
        expected.append(sum(map(int, parts)))
    found = dues(rows, given, county="某县")
    assert found.amount_fen.tolist() == expected
    # 7465 a year is 1866.25 a quarter; 2376 is 594.
    assert expected[0] == 186625 + 59400
    assert all(one == [] for one in codes(found, len(rows)))


def test_a_standard_with_a_rule_of_its_own(tmp_path):
    own = COMPUTED + standard("tekun.standard-rural", 746500, "year",
                              further=', to = "yuan", rule = "up"')  # fmt: skip
    assert dues([{}], terms(own, tmp_path=tmp_path), county="某县").amount_fen.tolist() == [186700]
    # 5858 a year is 1464.50 a quarter, 976.333… for two months.
    own = COMPUTED + standard("tekun.standard-rural", 585800, "year")
    two = [{"stop": "2022-09"}]
    assert dues(two, terms(own, tmp_path=tmp_path), county="某县").amount_fen.tolist() == [97633]
    # A standard of a month and one of a quarter.
    for per, fen in (("month", 80050), ("quarter", 240150)):
        own = COMPUTED + standard("tekun.standard-rural", fen, per)
        given = terms(own, tmp_path=tmp_path)
        assert dues([{}], given, county="某县").amount_fen.tolist() == [240150]


def test_what_is_not_known_is_held_when_computed(tmp_path):
    given = terms(COMPUTED + XINZHOU, tmp_path=tmp_path)
    rows = [{"care_grade": "一般"}, {}, {"category": "tekun", "care_grade": "全自理"}]
    assert codes(dues(rows, given, county="某县"), 3) == [["R311"]] * 3
    # A standard that is missing is one error, not as many held rows as there are people.
    with pytest.raises(PolicyError) as caught:
        dues([{"care_grade": "全自理"}] * 3, given, county="他县")
    assert caught.value.code == "policy-missing"
    assert "tekun.standard-rural for 2022-07-01 in 他县" in str(caught.value)


def test_stated_amounts_are_held_against_the_standards():
    """垣曲's 8748 a year, ordered in 2022, is 2187 a quarter."""
    given = terms(county="垣曲县")
    rows = [
        {"basic_living_standard": "2187"},
        {"basic_living_standard": "2187.01"},
        {"basic_living_standard": "729"},
        {"basic_living_standard": "1458", "stop": "2022-09"},
        {"category": "urban_tekun", "basic_living_standard": "99999"},
    ]
    assert codes(dues(rows, given), 5) == [[], ["R305"], ["R315"], ["R318"], []]


def test_what_will_be_paid_is_held_against_the_standards_whichever_column_says_it():
    """阳曲 2023: 11,856 and 11,280 a year for full care, so 5,784 a quarter at most."""
    quarter = Cycle.parse("2023Q1")
    given = terms(county="阳曲县", cycle=quarter)
    most = Fraction(11856 + 11280, 4)
    rows = [
        {"total": "99999"},
        {"total": str(most)},
        {"total": f"{most}.01"},
        {"monthly_amount": str(most / 3)},
        {"monthly_amount": "1929"},
        {"total": "3528", "care_grade": "全自理"},
        {"total": "3529", "care_grade": "全自理"},
        {"total": "1929", "stop": "2023-02"},
        {"basic_living_standard": "2964", "arrears": "99999"},
        {"basic_living_standard": "2964", "arrears": "2964"},
    ]
    found = dues(rows, given, county="阳曲县", cycle=quarter)
    told = [[code for code in each if code == "R305"] for each in codes(found, len(rows))]
    assert [bool(each) for each in told] == [
        True, False, True, False, True, False, True, True, True, False,
    ]  # fmt: skip


def test_an_amount_for_no_month_at_all_is_held_against_nothing():
    rows = [
        {"basic_living_standard": "2187", "start_month": "2022-09", "stop": "2022-08"},
        # Who stopped before the quarter is found by the stop itself (R502).
        {"basic_living_standard": "2187", "stop": "2022-07"},
    ]
    assert codes(dues(rows, terms(county="垣曲县")), 2) == [["R311"], []]


def test_stated_amounts_of_a_month_are_held_against_a_month(tmp_path):
    of_month = block("tekun.roster-amount", '"month"', "what a roster's amounts are for")
    given = terms(of_month, tmp_path=tmp_path, county="垣曲县")
    rows = [{"basic_living_standard": fen} for fen in ("729", "729.01", "728.99")]
    assert codes(dues(rows, given), 3) == [[], ["R305"], ["R315"]]


def test_others_are_not_concerned():
    rows = [{"category": "rural_dibao", "total": "100", "start_month": "2023-01"}]
    found = dues(rows)
    assert (found.amount_fen.tolist(), codes(found, 1)) == ([0], [[]])
