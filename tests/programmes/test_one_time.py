import datetime as dt

import pandas as pd
import pytest

from relief_cli.batch import ENTITLEMENTS, GROUNDS
from relief_cli.calendar import Cycle, Occasion
from relief_cli.errors import PolicyError
from relief_cli.policy import Share, load
from relief_cli.programmes.one_time import OneTime
from relief_cli.programmes.terms import ALONE, People, entitle
from relief_cli.roster.amounts import Amounts

POLICY = load()
AUGUST = OneTime().terms(POLICY, Cycle.parse("2022-08"), ["平定县"])


def rows_of(*categories):
    count = len(categories)
    rows = pd.DataFrame(
        {
            "person": [f"14032119500101{number:04}" for number in range(count)],
            "name": "甲",
            "category": list(categories),
            "category_given": "低保",
            "county": "平定县",
            "township": "冠山镇",
            "household": range(count),
            "household_id": None,
            "row": 0,
            "sheet": 1,
            "sheet_row": range(3, count + 3),
            "member": 0,
            "move": 0,
        },
        index=range(10, count + 10),
    )
    return rows.astype({"person": "str", "category": "str"})


def entitled(rows, language="zh"):
    """Give entitlements and grounds of rows of which all are paid."""
    people = People(
        table=rows, amounts=Amounts(rows), category=rows["category"], county=rows["county"],
        household_wide=lambda _field: None, categories=POLICY.categories, language=language,
        cycle=Cycle.parse("2022-08"),
    )  # fmt: skip
    dues = OneTime().dues(people, AUGUST)
    assert (dues.bound == ALONE).all()
    given = rows.assign(amount_fen=dues.amount_fen, ground=dues.ground)
    return entitle(given, dues.grounds)


def test_what_the_notice_orders_for_august_2022():
    assert AUGUST.most_per_person_fen == 30000
    assert AUGUST.pay_on == dt.date(2022, 8, 19)
    assert AUGUST.occasion == Occasion.of_notice("晋民发〔2022〕38号")
    assert AUGUST.categories[0] == "urban_dibao"
    assert "dibao_margin" not in AUGUST.categories
    assert AUGUST.funding.weights == {
        "平定县": (
            Share("province", 6),
            Share("local", 4, (Share("municipal", 1), Share("county", 1))),
        )
    }
    assert [parameter.name for parameter in AUGUST.used] == [
        "one-time.amount",
        "one-time.categories",
        "one-time.deadline",
        "one-time.occasion",
        "one-time.form",
        "funding.mode",
        "funding.codes",
        "one-time.shares",
        "local.split",
    ]


@pytest.mark.parametrize("cycle", ["2022-07", "2022Q3", "2022-08", "2023-01"])
def test_the_notice_reaches_the_cycle_in_which_it_was_given_and_later_ones(cycle):
    parameters = OneTime().terms(POLICY, Cycle.parse(cycle), ["平定县"])
    assert parameters.used == AUGUST.used


@pytest.mark.parametrize("cycle", ["2022-06", "2022Q2", "2021-08"])
def test_a_cycle_that_ended_before_the_notice_has_no_subsidy(cycle):
    with pytest.raises(PolicyError) as caught:
        OneTime().terms(POLICY, Cycle.parse(cycle), ["平定县"])
    assert caught.value.code == "policy-missing"


def test_each_county_has_its_shares_and_each_parameter_is_cited_once(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        """
[[local.split]]
place = "盂县"
since = 2020-01-01
value = { county = 1 }
unit = "weights"
reference = "县管县"
""",
        encoding="utf-8",
    )
    counties = ["盂县", "平定县", "郊区", "平定县"]
    parameters = OneTime().terms(load([own]), Cycle.parse("2022-08"), counties)
    assert set(parameters.funding.weights) == set(counties)
    assert parameters.funding.weights["郊区"] == AUGUST.funding.weights["平定县"]
    assert parameters.funding.weights["盂县"][1] == Share("local", 4, (Share("county", 1),))
    cited = [(one.name, one.place) for one in parameters.used[5:]]
    assert cited == [
        ("funding.mode", ""),
        ("funding.codes", ""),
        ("one-time.shares", ""),
        ("local.split", ""),
        ("local.split", "盂县"),
    ]


def test_everybody_gets_the_amount_with_a_ground_for_each_category():
    rows = rows_of("rural_tekun", "urban_dibao", "rural_tekun")
    entitlements, grounds = entitled(rows)
    assert entitlements.index.tolist() == [10, 11, 12]
    assert entitlements["amount_fen"].tolist() == [30000] * 3
    assert entitlements["ground"].tolist() == [1, 0, 1]
    assert entitlements["sheet_row"].tolist() == [3, 4, 5]
    dtypes = {**ENTITLEMENTS, "row": "int64"}
    dtypes = {name: dtypes[name] for name in entitlements}
    assert dict(entitlements.dtypes.astype("str")) == dtypes
    assert set(ENTITLEMENTS) - set(entitlements) == {"entitlement", "payment"}
    assert list(grounds) == list(GROUNDS)
    assert set(grounds["kind"]) == {"benefit"}
    assert grounds[["cause", "first_month", "last_month"]].isna().all(axis=None)
    told = grounds[["ground", "reason", "reference"]]
    assert list(told.itertuples(index=False, name=None)) == [
        (0, "一次性生活补贴 每人300元（城市低保）", "晋民发〔2022〕38号 第二条第二款"),
        (1, "一次性生活补贴 每人300元（农村特困）", "晋民发〔2022〕38号 第二条第二款"),
    ]


def test_reasons_in_english():
    _, grounds = entitled(rows_of("orphan"), "en")
    assert grounds["reason"].tolist() == ["one-time living subsidy, 300 yuan per person (orphan)"]


def test_nobody_to_pay():
    entitlements, grounds = entitled(rows_of())
    assert (len(entitlements), len(grounds)) == (0, 0)


def test_a_row_that_is_due_nothing_is_a_fault():
    rows = rows_of("orphan").assign(amount_fen=0, reason=0)
    with pytest.raises(ValueError, match="due something"):
        entitle(rows, [("", "")])
