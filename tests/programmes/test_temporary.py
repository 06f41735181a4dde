"""Temporary assistance: amounts with their causes, floors, caps and documents."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from relief_cli.calendar import Cycle
from relief_cli.errors import UsageError
from relief_cli.policy import load
from relief_cli.programmes.deadlines import deadlines
from relief_cli.programmes.temporary import Temporary
from relief_cli.programmes.terms import People
from relief_cli.roster.amounts import Amounts

POLICY = load()
AUGUST = Cycle.parse("2022-08")
FIELDS = ["total", "cause", "document", "paid_from"]


def dues(rows, county="阳曲县", language="zh", policy=POLICY):
    table = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype="str") for name in FIELDS}
    )
    category = pd.Series([row.get("category", "temporary_assistance") for row in rows], dtype="str")
    people = People(
        table=table, amounts=Amounts(table), category=category,
        county=pd.Series([county] * len(rows), dtype="str"),
        household_wide=lambda _field: np.zeros(len(rows), dtype=bool),
        categories=policy.categories, language=language, cycle=AUGUST,
    )  # fmt: skip
    return Temporary().dues(people, Temporary().terms(policy, AUGUST, [county]))


def codes(found, count):
    return [
        sorted(one.code for one in found.blocks if row in one.rows) for row in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "known"),
    [
        ("患病", "重大疾病"),
        ("因患重病住院", "重大疾病"),
        (" 意外 伤害 ", "意外伤害"),
        ("未参保失业", "未参保失业"),
        ("子女就学", "子女就学"),
        # Two causes in one cell: somebody must say which.
        ("患病，子女就学", None),
        ("其他", None),
        (None, None),
    ],
)
def test_the_words_of_a_cause(cause, known):
    found = dues([{"total": "3000", "cause": cause}])
    assert (codes(found, 1)[0] == ["R320"]) == (known is None)
    if known:
        assert found.grounds[found.ground[0]].reason == f"临时救助：{known}"
        assert found.amount_fen.tolist() == [300000]


def test_the_floor_of_those_out_of_work():
    rows = [
        {"total": "610", "cause": "失业"},
        {"total": "609.99", "cause": "失业"},
        {"total": "609.99", "cause": "患病"},
    ]
    assert codes(dues(rows), 3) == [[], ["R321"], []]
    # 垣曲: 5832 a year is 486 a month.
    rows = [{"total": "486", "cause": "失业"}, {"total": "485", "cause": "失业"}]
    assert codes(dues(rows, county="垣曲县"), 2) == [[], ["R321"]]
    # Where no standard is known it is only a warning.
    (block,) = [one for one in dues(rows, county="某县").blocks if len(one.rows)]
    assert (block.code, block.downgraded, len(block.rows)) == ("R321", True, 2)


def test_above_the_cap_a_document_is_needed(tmp_path):
    rows = [
        {"total": "10000", "cause": "患病"},
        {"total": "10000.01", "cause": "患病"},
        {"total": "30000", "cause": "患病", "document": "县政府纪要〔2022〕5号"},
    ]
    found = dues(rows)
    assert codes(found, 3) == [[], ["R322"], []]
    ground = found.grounds[found.ground[2]]
    assert (ground.reason, ground.cause, ground.reference) == (
        "临时救助：重大疾病", "illness", "晋民发〔2022〕38号 第六条至第十条；县政府纪要〔2022〕5号",
    )  # fmt: skip
    path = tmp_path / "own.toml"
    path.write_text(
        '[[temporary.cap]]\nplace = "阳曲县"\nsince = 2022-01-01\nvalue = 300000\n'
        'unit = "fen per person"\nreference = "县民政局"\n',
        "utf-8",
    )
    low = load([path])
    assert codes(dues([{"total": "3000.01", "cause": "患病"}], policy=low), 1) == [["R322"]]
    assert codes(dues([{"total": "3000.01", "cause": "患病"}], "清徐县", policy=low), 1) == [[]]


def test_who_is_paid_out_of_the_reserve_fund():
    rows = [
        {"total": "500", "cause": "患病", "paid_from": "乡镇备用金"},
        {"total": "500", "cause": "患病", "paid_from": "县级资金"},
        {"total": "500", "cause": "患病"},
        {"total": "500", "cause": "患病", "paid_from": "备用金", "category": "disabled"},
    ]
    assert dues(rows).on_paper.tolist() == [True, False, False, False]


def test_amounts_and_language():
    rows = [{"cause": "患病"}, {"total": "0", "cause": "患病"}, {"total": "5", "cause": "火灾"}]
    found = dues(rows, language="en")
    assert codes(found, 3) == [["R311"], ["R311"], []]
    assert found.grounds[found.ground[2]].reason == "temporary assistance: disaster"


def test_it_is_paid_for_months_and_has_no_deadline():
    with pytest.raises(UsageError) as caught:
        Temporary().terms(POLICY, Cycle.parse("2022Q3"), ["阳曲县"])
    assert caught.value.code == "cycle-kind"
    assert deadlines("temporary", POLICY, 2022) == []
    assert Temporary().terms(POLICY, AUGUST, ["阳曲县"]).pay_on == dt.date(2022, 8, 31)
