"""Arrears and deaths: later months are not paid, and come back; each figure worked out by hand."""

import pytest
from databases import copy_office
from golden.running import done, relief
from payouts.test_arrears import (
    SPAN,
    YUANQU,
    arrears,
    by_person,
    homes,  # noqa: F401
    office_of,
    pay,
    roster,
    standard,
    write,
)
from payouts.test_arrears_made_up import PLACE, with_arrears
from payouts.test_lists import name_lists
from payouts.test_overpaid import find, stop
from rules.made import write_csv

MONTHS = [f"2022-{month:02d}" for month in range(1, 7)]
DATABASES = ("sqlite",)


@pytest.fixture(scope="module")
def paid(tmp_path_factory, homes):  # noqa: F811
    """Make an office that has paid half a year of dibao."""
    folder = tmp_path_factory.mktemp("paid")
    office = office_of(folder / "office", YUANQU)
    pay(office, roster(folder / "低保.xlsx", homes, ["1000", "700", "350"]), MONTHS)
    return office


def parts(office):
    """Give cycle → fen of what was found, programme by programme."""
    told = find(office)[1]["overpaid"]
    return {one["programme"]: (tuple(one["cycles"]), one["amount_fen"]) for one in told}


def test_of_dibao(paid, tmp_path, homes):  # noqa: F811
    office = copy_office(paid, tmp_path / "office")
    told = arrears(office, *SPAN)[1]
    assert told["payments"] == 3
    dead = homes[2][0]["person"]
    stop(office, dead, "2022-05-01")
    # 350 and 36 of arrears for each of May and June.
    assert parts(office) == {"dibao": (("2022-05", "2022-06"), 2 * 38_600)}
    assert find(office, "--record")[1]["recorded"] == 1
    assert find(office, "--record")[1]["recorded"] == 0
    assert relief("--office", office, "audit").code == 0


def learn_of_death(office, person, how):
    """Write a death in April down: as a stop, or on the office's list of deaths."""
    if how == "stop":
        stop(office, person["person"], "2022-05-01")
        return
    (office / "lists").mkdir(exist_ok=True)
    lines = [["姓名", "身份证号", "死亡日期"], [person["name"], person["person"], "2022-04-09"]]
    write_csv(office / "lists" / "dead.csv", lines)
    name_lists(office, dead=["lists/dead.csv"])


@pytest.mark.parametrize("how", ["stop", "list"])
@pytest.mark.parametrize("first", ["2022-01", "2022-05"])
def test_months_before_a_death_are_still_due(paid, tmp_path, homes, how, first):  # noqa: F811
    office = copy_office(paid, tmp_path / "office")
    dead = homes[2][0]
    learn_of_death(office, dead, how)
    code, told = arrears(office, "--from", first, "--to", "2022-06")
    many = 6 if first == "2022-01" else 2
    expected = {one["person"]: many * 3_600 for home in homes[:2] for one in home}
    if first == "2022-01":
        expected[dead["person"]] = 4 * 3_600
    assert by_person(told) == expected
    held = {} if first == "2022-01" else {"R502" if how == "stop" else "R501": 1}
    assert (code, told["findings"]) == (bool(held), held)
    assert arrears(office, "--from", first, "--to", "2022-06")[1]["repeated"]
    # What was paid of it is due: only the months themselves come back.
    if how == "stop":
        assert parts(office) == {"dibao": (("2022-05", "2022-06"), 2 * 35_000)}


def test_who_stands_on_a_list_that_ends_nothing_waits(paid, tmp_path, homes):  # noqa: F811
    office = copy_office(paid, tmp_path / "office")
    (office / "lists").mkdir(exist_ok=True)
    one = homes[2][0]
    lines = [["姓名", "身份证号"], [one["name"], one["person"]]]
    write_csv(office / "lists" / "prisoners.csv", lines)
    name_lists(office, prisoner=["lists/prisoners.csv"])
    code, told = arrears(office, *SPAN)
    assert (code, told["findings"], told["amount_fen"]) == (1, {"R503": 1}, 5 * 6 * 3_600)


def test_that_were_paid_after_the_recovery(paid, tmp_path, homes):  # noqa: F811
    office = copy_office(paid, tmp_path / "office")
    dead = homes[2][0]["person"]
    stop(office, dead, "2022-05-01")
    assert find(office, "--record")[1]["recorded"] == 1
    assert relief("--office", office, "stop", "end", dead, "--reason", "误报").code == 0
    arrears(office, *SPAN)
    stop(office, dead, "2022-05-01")
    # The 350 of each month are asked for; the 36 of arrears come beside them.
    found = find(office)[1]["overpaid"][0]
    assert (found["amount_fen"], found["missing_fen"]) == (2 * 38_600, 2 * 3_600)


@pytest.mark.parametrize(("rule", "fen"), [("by-month", 67_500 + 5_400), ("whole-cycle", 0)])
def test_of_a_quarter_of_tekun_that_began_late(tmp_path, homes, rule, fen):  # noqa: F811
    own = standard("tekun.standard-rural", "垣曲县", "2021-01-01", 810000)
    own += (
        f'[[tekun.leaving]]\nsince = 2022-01-01\nvalue = "{rule}"\n'
        'unit = "rule within a cycle"\nreference = "x"\n'
    )
    office = office_of(tmp_path / "office", own)
    one = homes[0][0]
    header = ["姓名", "身份证号", "救助类别", "供养方式", "合计", "起始保障年月", "开户行", "账号"]
    line = [one["name"], one["person"], "农村特困", "分散", "1350", "2022-02", one["bank_name"],
            one["account_number"]]  # fmt: skip
    path = write(tmp_path / "特困.xlsx", header, [line])
    done(office, [path], programme="tekun", cycle="2022Q1")
    # February and March: 1350, and 108 of arrears (162 a quarter).
    told = arrears(office, "--from", "2022Q1", "--to", "2022Q1", programme="tekun")[1]
    assert told["amount_fen"] == 10_800
    stop(office, one["person"], "2022-03-01")
    assert parts(office) == ({"tekun": (("2022Q1",), fen)} if fen else {})


@pytest.mark.parametrize(("since", "fen"), [
    ("2022-09-01", 0),
    # August's 424; its 补发 of 24 was for July.
    ("2022-08-01", 42_400),
    # July's 400, August's 424 and the 24 for July.
    ("2022-07-01", 84_800),
])  # fmt: skip
def test_that_stood_in_a_roster(tmp_path, homes, since, fen):  # noqa: F811
    old = standard("dibao.standard-rural", PLACE, "2021-01-01", 480000)
    new = standard("dibao.standard-rural", PLACE, "2022-07-01", 508800)
    office = office_of(tmp_path / "office", old + new, county=PLACE)
    home = homes[2]
    pay(office, with_arrears(tmp_path / "7.xlsx", home, "400", ""), ["2022-07"])
    pay(office, with_arrears(tmp_path / "8.xlsx", home, "424", "24"), ["2022-08"])
    stop(office, home[0]["person"], since)
    found = parts(office)
    assert sum(one for _, one in found.values()) == fen


@pytest.mark.parametrize("how", ["stop", "list"])
def test_of_a_quarter_in_which_somebody_died(tmp_path, homes, how):  # noqa: F811
    own = standard("tekun.standard-rural", "垣曲县", "2021-01-01", 810000)
    office = office_of(tmp_path / "office", own)
    header = ["姓名", "身份证号", "救助类别", "供养方式", "合计", "开户行", "账号"]
    lines = [[one["name"], one["person"], "农村特困", "分散", "2025", one["bank_name"],
              one["account_number"]] for one in (homes[1][0], homes[2][0])]  # fmt: skip
    path = write(tmp_path / "特困.xlsx", header, lines)
    done(office, [path], programme="tekun", cycle="2022Q2")
    # Died in April or May: 54 a month of arrears; the other one gets three months.
    learn_of_death(office, homes[2][0], how)
    told = arrears(office, "--from", "2022Q2", "--to", "2022Q2", programme="tekun")[1]
    months = 1
    assert told["state"] == "exported"
    assert by_person(told) == {
        homes[1][0]["person"]: 3 * 5_400,
        homes[2][0]["person"]: months * 5_400,
    }
    if how == "stop":
        # May and June of the quarter itself come back, and nothing of the arrears.
        assert parts(office) == {"tekun": (("2022Q2",), 2 * 67_500)}


def test_of_a_month_that_was_paid_after_the_arrears(tmp_path, homes):  # noqa: F811
    office = office_of(tmp_path / "office", YUANQU)
    path = roster(tmp_path / "低保.xlsx", homes[2:], ["350"])
    pay(office, path, MONTHS[:5])
    assert arrears(office, *SPAN)[1]["amount_fen"] == 5 * 3_600
    pay(office, path, MONTHS[5:])
    # June's 36 are due too; by the same arrears nobody is paid twice, so they are told, not lost.
    code, told = arrears(office, *SPAN)
    assert (code, told["batch"], told["findings"]) == (1, None, {"R326": 1})
    risen = roster(tmp_path / "6.xlsx", homes[2:], ["386"])
    told = relief("--json", "--office", office, "top-up", "dibao", risen, "--cycle", "2022-06")
    assert told.json["amount_fen"] == 3_600
    assert arrears(office, *SPAN)[1]["repeated"]
