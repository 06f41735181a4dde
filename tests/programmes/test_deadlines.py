"""When each programme must be paid, as the policy orders it."""

import datetime as dt

import pytest

from relief_cli.calendar import Workday
from relief_cli.errors import PolicyError
from relief_cli.policy import load
from relief_cli.programmes.by_name import PROGRAMMES
from relief_cli.programmes.deadlines import NAMES, Deadline, deadlines

POLICY = load()


def own(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return load([path])


def test_dibao_is_paid_by_the_tenth_of_every_month():
    found = deadlines("dibao", POLICY, 2022)
    assert [one.cycle for one in found] == [f"2022-{month:02d}" for month in range(1, 13)]
    assert [one.on for one in found] == [dt.date(2022, month, 10) for month in range(1, 13)]
    assert {one.parameter.name for one in found} == {"dibao.pay-day"}
    # The notice of 2022-07-19 is what orders it from the month after on.
    assert [
        one.cycle for one in found if one.parameter.reference.startswith("晋民发〔2022〕38号")
    ] == [f"2022-{month:02d}" for month in range(8, 13)]
    assert all(one.paid_for.name == one.cycle for one in found)


def test_tekun_is_paid_by_the_tenth_of_each_quarters_first_month():
    found = [(one.cycle, one.on, one.pay_by.on) for one in deadlines("tekun", POLICY, 2022)]
    day = dt.date
    assert found == [
        ("2022Q1", day(2022, 1, 10), day(2022, 1, 10)),
        ("2022Q2", day(2022, 4, 10), day(2022, 4, 8)),
        ("2022Q3", day(2022, 7, 10), day(2022, 7, 8)),
        ("2022Q4", day(2022, 10, 10), day(2022, 10, 10)),
    ]


def test_the_notice_gives_vouchers_no_deadline(tmp_path):
    assert deadlines("voucher", POLICY, 2022) == []
    policy = own(
        tmp_path,
        '[[voucher.deadline]]\nsince = 2022-07-19\nvalue = 2022-09-10\nunit = "date"\n'
        'reference = "县商务局"\n',
    )
    (found,) = deadlines("voucher", policy, 2022)
    assert (found.cycle, found.pay_by.on) == ("2022-09", dt.date(2022, 9, 9))


def test_september_of_2022_is_paid_on_the_ninth():
    (found,) = (one for one in deadlines("dibao", POLICY, 2022) if one.cycle == "2022-09")
    assert (found.on, found.pay_by) == (dt.date(2022, 9, 10), Workday(dt.date(2022, 9, 9)))


def test_there_is_no_deadline_before_the_parameter_holds():
    assert deadlines("dibao", POLICY, 2011) == []
    assert [one.cycle for one in deadlines("dibao", POLICY, 2012)] == [
        "2012-09", "2012-10", "2012-11", "2012-12",
    ]  # fmt: skip


def test_an_office_pays_on_its_own_day(tmp_path):
    policy = own(
        tmp_path,
        '[[dibao.pay-day]]\nsince = 2023-03-01\nvalue = 5\nunit = "day of the month"\n'
        'reference = "县民政局"\n',
    )
    found = [(one.cycle, one.on.day) for one in deadlines("dibao", policy, 2023)]
    assert found[1:3] == [("2023-02", 10), ("2023-03", 5)]


def test_a_month_of_a_year_that_is_not_published_is_provisional():
    january = deadlines("dibao", POLICY, 2027)[0]
    assert january.pay_by == Workday(dt.date(2027, 1, 8), provisional=True)


def test_the_subsidy_has_its_one_deadline_in_its_year():
    (found,) = deadlines("one-time", POLICY, 2022)
    assert (found.cycle, found.on) == ("2022-08", dt.date(2022, 8, 20))
    assert found.pay_by == Workday(dt.date(2022, 8, 19))
    assert found.paid_for.name == "晋民发〔2022〕38号"
    assert found.parameter.reference == "晋民发〔2022〕38号 第二条第二款"
    assert deadlines("one-time", POLICY, 2021) == deadlines("one-time", POLICY, 2023) == []


FURTHER = """
[[one-time.deadline]]
since = {since}
value = {value}
unit = "date"
reference = "后文"
"""
NOTICE = """
[[one-time.occasion]]
since = 2023-11-01
value = "晋民发〔2023〕50号"
unit = "document"
reference = "晋民发〔2023〕50号"
"""


def test_a_deadline_that_was_put_off_stands_alone(tmp_path):
    policy = own(tmp_path, FURTHER.format(since="2022-08-15", value="2022-09-30"))
    (found,) = deadlines("one-time", policy, 2022)
    assert (found.cycle, found.on) == ("2022-09", dt.date(2022, 9, 30))


def test_another_notice_has_a_deadline_of_its_own(tmp_path):
    policy = own(tmp_path, NOTICE + FURTHER.format(since="2023-11-01", value="2024-01-31"))
    assert [one.on for one in deadlines("one-time", policy, 2022)] == [dt.date(2022, 8, 20)]
    (found,) = deadlines("one-time", policy, 2024)
    assert (found.cycle, found.paid_for.name) == ("2024-01", "晋民发〔2023〕50号")


def test_a_deadline_without_a_notice_is_an_error(tmp_path):
    policy = own(tmp_path, FURTHER.format(since="2020-01-01", value="2020-02-01"))
    with pytest.raises(PolicyError) as caught:
        deadlines("one-time", policy, 2020)
    assert caught.value.code == "policy-missing"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("year", [1949, 2012, 2022, 2026, 2027])
def test_deadlines_lie_in_their_year_by_day_and_each_once(name, year):
    found = deadlines(name, POLICY, year)
    days = [one.on for one in found]
    assert days == sorted(days)
    assert {day.year for day in days} <= {year}
    assert len({one.paid_for for one in found}) == len(found)
    assert all(one.parameter.name.startswith(f"{name}.") for one in found)


def test_a_day_of_a_year_whose_days_off_are_not_known_is_provisional():
    parameter = deadlines("one-time", POLICY, 2022)[0].parameter
    found = Deadline(cycle="2027-01", on=dt.date(2027, 1, 1), parameter=parameter)
    assert found.pay_by == Workday(dt.date(2027, 1, 1), provisional=True)
    sure = Deadline(cycle="2026-12", on=dt.date(2026, 12, 31), parameter=parameter)
    assert not sure.pay_by.provisional


def test_the_programmes_are_listed_in_one_order():
    assert list(PROGRAMMES) == list(NAMES)
