"""The price subsidy: when it is triggered, by which index, and how much that is."""

import dataclasses
import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from relief_cli.calendar import Cycle, workday_on_or_before
from relief_cli.errors import PolicyError, UsageError
from relief_cli.policy import load
from relief_cli.programmes.deadlines import deadlines
from relief_cli.programmes.price import Price
from relief_cli.programmes.price_indices import last_day_of_month
from relief_cli.programmes.terms import People
from relief_cli.roster.amounts import Amounts

COUNTY = "阳曲县"
SEPTEMBER = Cycle.parse("2022-09")


def index(name, percent, published="2022-09-09", since="2022-08-01", place=""):
    where = f'place = "{place}"\n' if place else ""
    return (
        f"[[price.{name}]]\n{where}since = {since}\n"
        f'value = {{ percent = "{percent}", published = {published} }}\n'
        'unit = "percent over the year before"\nreference = "省统计局 2022年8月"\n'
    )


def policy_of(tmp_path, *blocks):
    path = tmp_path / "own.toml"
    path.write_text("".join(blocks), "utf-8")
    return load([path])


def both(tmp_path, cpi, food, **further):
    return policy_of(tmp_path, index("cpi", cpi, **further), index("food", food, **further))


def people(policy, rows, cycle=SEPTEMBER, county=COUNTY):
    table = pd.DataFrame({"residence": pd.Series([one[1] for one in rows], dtype="str")})
    return People(
        table=table, amounts=Amounts(table),
        category=pd.Series([one[0] for one in rows], dtype="str"),
        county=pd.Series([county] * len(rows), dtype="str"),
        household_wide=lambda _field: np.zeros(len(rows), dtype=bool),
        categories=policy.categories, language="zh", cycle=cycle,
    )  # fmt: skip


def dues(policy, *rows, cycle=SEPTEMBER, county=COUNTY):
    terms = Price().terms(policy, cycle, [county])
    return Price().dues(people(policy, rows, cycle, county), terms)


def codes(found, count):
    return [
        sorted(one.code for one in found.blocks if row in one.rows) for row in range(count)
    ]  # fmt: skip


# 阳曲县 in August 2022: 730 yuan in town, 610 in the country.
@pytest.mark.parametrize(
    ("cpi", "food", "urban", "rural"),
    [
        ("2.9", "5.9", None, None),
        ("2.99", "5.99", None, None),
        ("3.0", "5.9", "3.0", "3.0"),
        ("3", "0", "3", "3"),
        ("2.5", "6.0", "6", "6"),
        ("2.5", "6.13", "6.13", "6.13"),
        ("3.1", "7.2", "7.2", "7.2"),
        # The higher index counts where both have reached their thresholds.
        ("8.8", "6", "8.8", "8.8"),
        # One that has not is not used, however high it is.
        ("3.2", "5.9", "3.2", "3.2"),
        ("-0.5", "-3", None, None),
    ],
)
def test_which_index_triggers_and_what_it_comes_to(tmp_path, cpi, food, urban, rural):
    found = dues(both(tmp_path, cpi, food), ("urban_dibao", None), ("rural_dibao", None))
    if urban is None:
        assert codes(found, 2) == [["R319"], ["R319"]]
        assert found.amount_fen.tolist() == [0, 0]
        return
    # To the whole yuan, a half up.
    yuan = [
        int(Fraction(standard) * Fraction(percent) / 100 + Fraction(1, 2))
        for standard, percent in ((730, urban), (610, rural))
    ]
    assert found.amount_fen.tolist() == [100 * one for one in yuan]
    assert codes(found, 2) == [[], []]


def test_figures_worked_out_by_hand(tmp_path):
    # 730 × 6.13 % = 44.749 → 45; 610 × 6.13 % = 37.393 → 37; 610 × 2.5 % would be 15.25.
    found = dues(both(tmp_path, "2.5", "6.13"), ("urban_dibao", None), ("rural_tekun", None))
    assert found.amount_fen.tolist() == [4500, 3700]
    ground = found.grounds[found.ground[1]]
    text, reference = ground.reason, ground.reference
    assert text == "价格临时补贴 2022-09（农村特困，2022-08食品价格上涨6.13%）"
    assert reference.startswith("省统计局 2022年8月；")


@pytest.mark.parametrize(
    ("cycle", "since", "published", "triggered"),
    [
        # The lower threshold of 3.0 % holds for what is paid from September 2022 to March 2023.
        ("2022-08", "2022-07-01", "2022-08-10", False),
        ("2022-09", "2022-08-01", "2022-09-09", True),
        ("2023-03", "2023-02-01", "2023-03-09", True),
        ("2023-04", "2023-03-01", "2023-04-11", False),
    ],
)
def test_thresholds_and_who_is_covered_change_with_time(
    tmp_path, cycle, since, published, triggered
):
    policy = both(tmp_path, "3.2", "1", since=since, published=published)
    month = Cycle.parse(cycle)
    terms = Price().terms(policy, month, [COUNTY])
    assert (terms.movements[COUNTY].triggering is not None) == triggered
    # Families on the margin and receivers of the unemployment allowance: in those months alone.
    assert ("dibao_margin" in terms.categories) == triggered
    assert ("unemployment_allowance" in terms.categories) == triggered
    assert "unemployment_insurance" in terms.categories
    assert ("not triggered" in terms.remark.message) != triggered


def test_each_county_by_its_own_index(tmp_path):
    counties = ("阳曲县", "清徐县", "娄烦县")
    policy = policy_of(
        tmp_path,
        *(
            index(name, percent, place=county)
            for county, percent in zip(counties, ("3.5", "4.1", "1"), strict=True)
            for name in ("cpi", "food")
        ),
    )
    rows = [("urban_dibao", None), ("rural_dibao", None)] * len(counties)
    table = people(policy, rows)
    county = pd.Series([one for one in counties for _ in range(2)], dtype="str")
    found = Price().dues(
        dataclasses.replace(table, county=county), Price().terms(policy, SEPTEMBER, counties)
    )
    said = [found.grounds[place].reason for place in found.ground]
    assert [text.rsplit("，", 1)[1] for text in said[:4]] == [
        *["2022-08居民消费价格上涨3.5%）"] * 2,
        *["2022-08居民消费价格上涨4.1%）"] * 2,
    ]
    assert [("城市" in text, "农村" in text) for text in said[:4]] == [
        (True, False),
        (False, True),
    ] * 2
    assert codes(found, 6) == [[], [], [], [], ["R319"], ["R319"]]


def test_the_residence_settles_the_standard(tmp_path):
    policy = both(tmp_path, "3.5", "1")
    rows = [("orphan", "城镇"), ("orphan", "农村"), ("orphan", None), ("dibao_margin", "农业户口"),
            ("expenditure_hardship", None)]  # fmt: skip
    found = dues(policy, *rows)
    # 730 × 3.5 % = 25.55 → 26; 610 × 3.5 % = 21.35 → 21.
    assert found.amount_fen.tolist() == [2600, 2100, 0, 2100, 0]
    assert codes(found, 5) == [[], [], ["R311"], [], []]


@pytest.mark.parametrize(("published", "day"), [
    # By the last day of the month in which the index is published, a working day.
    ("2022-09-09", "2022-09-30"), ("2022-12-09", "2022-12-30"),
])  # fmt: skip
def test_it_is_paid_within_the_month_in_which_the_index_is_published(published, day):
    last = last_day_of_month(dt.date.fromisoformat(published))
    assert workday_on_or_before(last).on == dt.date.fromisoformat(day)


def test_the_deadline_of_september(tmp_path):
    policy = both(tmp_path, "3.0", "1")
    terms = Price().terms(policy, SEPTEMBER, [COUNTY])
    assert terms.pay_on == dt.date(2022, 9, 30)
    (deadline,) = deadlines("price", policy, 2022)
    assert (deadline.cycle, deadline.on) == ("2022-09", dt.date(2022, 9, 30))
    assert deadlines("price", policy, 2023) == []
    assert deadlines("price", both(tmp_path, "2.9", "1"), 2022) == []


def test_a_place_goes_by_its_own_index(tmp_path):
    policy = policy_of(
        tmp_path, index("cpi", "1"), index("food", "1"), index("cpi", "4", place="清徐县")
    )
    assert codes(dues(policy, ("rural_dibao", None)), 1) == [["R319"]]
    there = dues(policy, ("rural_dibao", None), county="清徐县")
    assert there.amount_fen.tolist() == [2400]  # 610 × 4 % = 24.40
    # The earliest deadline of any place is the office's.
    assert [one.cycle for one in deadlines("price", policy, 2022)] == ["2022-09"]


def test_an_index_of_another_month_says_nothing(tmp_path):
    policy = both(tmp_path, "9", "9", since="2022-07-01")
    with pytest.raises(PolicyError) as caught:
        Price().terms(policy, SEPTEMBER, [COUNTY])
    assert caught.value.code == "index-missing"
    assert caught.value.values["month"] == "2022-08"  # noqa: PD011  # an error's, no frame's
    # Nor does a place's old one hide the province's new one.
    policy = policy_of(
        tmp_path, index("cpi", "4"), index("food", "1"),
        index("cpi", "9", since="2022-06-01", place=COUNTY),
    )  # fmt: skip
    assert dues(policy, ("rural_dibao", None)).amount_fen.tolist() == [2400]


def test_a_quarter_is_no_month(tmp_path):
    with pytest.raises(UsageError) as caught:
        Price().terms(both(tmp_path, "3", "3"), Cycle.parse("2022Q3"), [COUNTY])
    assert caught.value.code == "cycle-kind"


@pytest.mark.parametrize(
    "value",
    ['"2.8"', "2.8", "{ percent = 2.8, published = 2022-10-14 }",
     '{ percent = "2.801", published = 2022-10-14 }', '{ percent = "2.8" }',
     '{ percent = "x", published = 2022-10-14 }',
     '{ percent = "2.8", published = "2022-10-14" }'],
)  # fmt: skip
def test_an_index_is_written_exactly_or_refused(tmp_path, value):
    text = index("cpi", "2.8")
    start, end = text.index("value = ") + 8, text.index("\nunit")
    with pytest.raises(PolicyError) as caught:
        policy_of(tmp_path, text[:start] + value + text[end:])
    error = caught.value
    assert (error.code, error.values["key"]) == ("policy-type", "price.cpi.value")  # noqa: PD011  # an error's, no frame's


def test_a_place_may_pay_at_least_so_much(tmp_path):
    path = tmp_path / "own.toml"
    both(tmp_path, "3.5", "1")
    least = """
[[price.least]]
place = "阳曲县"
since = 2022-01-01
value = 2200
unit = "fen per person"
reference = "县政府文件"
"""
    path = next(tmp_path.glob("*.toml"))
    path.write_text(path.read_text("utf-8") + least, "utf-8")
    found = dues(load([path]), ("rural_dibao", None), ("urban_dibao", None),
                 ("expenditure_hardship", None))  # fmt: skip
    # 610 × 3.5 % = 21.35 → 21, less than 22; 730 × 3.5 % = 25.55 → 26; and nothing stays nothing.
    assert found.amount_fen.tolist() == [2200, 2600, 0]


def test_children_infected_with_hiv_get_it(tmp_path):
    found = dues(both(tmp_path, "3.5", "1"), ("child_with_aids", "城镇"))
    assert found.amount_fen.tolist() == [2600]
    assert load().categories.title("child_with_aids", "zh") == "艾滋病病毒感染儿童"
