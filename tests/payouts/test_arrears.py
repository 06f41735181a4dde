"""Arrears of a standard that was raised backwards in time, each figure worked out by hand."""

import openpyxl
import pytest
from golden.books import Books
from golden.running import done, make_office, relief

from sample_data.bank import PAID, answer_all
from sample_data.generate import people

HEADER = ["户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系", "救助类别", "月保障金额",
          "开户行", "账号"]  # fmt: skip
MONTHS = [f"2022-{month:02d}" for month in range(1, 7)]


def standard(name, place, since, fen, per="year"):
    return (
        f'[[{name}]]\nplace = "{place}"\nsince = {since}\n'
        f'value = {{ fen = {fen}, per = "{per}" }}\n'
        f'unit = "fen per person"\nreference = "县政府 {since}"\n'
    )


# 垣曲's order of 2022-07-21 raises the rural standard to 5832 a year from 2022-01-01 on; what held
# before is the office's own to say: here 5400.
YUANQU = standard("dibao.standard-rural", "垣曲县", "2021-01-01", 540000)


def office_of(folder, own=YUANQU, county="垣曲县"):
    office = make_office(folder, county=county, region="140827", name="垣曲县民政局")
    (office / "policy" / "own.toml").write_text(own, "utf-8")
    return office


@pytest.fixture
def office(tmp_path):
    return office_of(tmp_path / "office")


@pytest.fixture(scope="module")
def homes():
    """Give households of three, two and one."""
    truth = people(200, 4900)
    found = {}
    for _, rows in truth.groupby("household", sort=False):
        found.setdefault(len(rows), rows.to_dict("records"))
    return [found[size] for size in (3, 2, 1)]


def write(path, header, lines):
    book = openpyxl.Workbook()
    book.active.append(header)
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def roster(path, homes, amounts, category="农村低保"):
    lines = []
    for rows, amount in zip(homes, amounts, strict=True):
        head = rows[0]
        for number, one in enumerate(rows):
            lines.append([head["name"], head["person"], one["name"], one["person"],
                          "户主" if number == 0 else "子女", category, "" if number else amount,
                          head["bank_name"], head["account_number"]])  # fmt: skip
    return write(path, HEADER, lines)


def pay(office, path, cycles, programme="dibao"):
    for cycle in cycles:
        told = done(office, [path], programme=programme, cycle=cycle)
    return told


def arrears(office, *arguments, programme="dibao"):
    answer = relief("--json", "--office", office, "arrears", programme, *arguments)
    return answer.code, answer.json


SPAN = ("--from", "2022-01", "--to", "2022-06")


def by_person(told):
    return {one["id_number"]: int(one["amount_fen"]) for one in Books(told["output"]).entitlements}


def test_half_a_year_after_the_order(office, homes, tmp_path):
    path = roster(tmp_path / "低保.xlsx", homes, ["1000", "700", "350"])
    pay(office, path, MONTHS)
    # A list of households: one row for four people.
    head = people(40, 4901).drop_duplicates("household").iloc[0]
    households = write(
        tmp_path / "户.xlsx",
        ["户主姓名", "户主身份证号", "保障人口", "救助类别", "户月保障金额", "开户行", "账号"],
        [[head["name"], head["person"], 4, "农村低保", "1200", head["bank_name"],
          head["account_number"]]],
    )  # fmt: skip
    pay(office, households, MONTHS[:2])
    code, told = arrears(office, *SPAN)
    assert code == 0
    # 5832 ÷ 12 = 486, less 450: 36 a month for each person, for six months or for two.
    each = 3600 * 6
    expected = {one["person"]: each for rows in homes for one in rows}
    expected[head["person"]] = 3600 * 2 * 4
    assert by_person(told) == expected
    assert told["amount_fen"] == 6 * each + 28_800
    assert told["payments"] == 4
    books = Books(told["output"])
    ((reason, reference),) = {(one["reason"], one["reference"]) for one in books.entitlements}
    assert reason == (
        "arrears of a raised standard, 2022-01 to 2022-06 "
        "(rural dibao: 5,400.00 yuan a year → 5,832.00 yuan a year)"
    )
    assert reference == "垣民发〔2022〕44号（2022-07-21），自 2022-01-01 起执行"
    # Again the same; and of some of its months nothing more.
    code, again = arrears(office, *SPAN)
    assert (code, again["batch"], again["repeated"]) == (0, told["batch"], True)
    code, refused = arrears(office, "--from", "2022-06", "--to", "2022-07")
    assert (code, refused["error"]["code"]) == (4, "arrears-overlap")
    audit = relief("--json", "--office", office, "audit").json
    assert (audit["verified"], audit["broken"]) == (True, None)
    reconciled = relief("--json", "--office", office, "reconcile", "--cycle", "2022-06").json
    assert reconciled["differences"] == []
    # The months themselves are as they were: nobody is paid for them again.
    assert done(office, [path], programme="dibao", cycle="2022-06")["repeated"]


def test_a_standard_that_does_not_divide(tmp_path, homes):
    own = standard("dibao.standard-rural", "定襄县", "2021-01-01", 540000) + standard(
        "dibao.standard-rural", "定襄县", "2022-01-01", 585800
    )
    office = office_of(tmp_path / "office", own, "定襄县")
    path = roster(tmp_path / "低保.xlsx", homes, ["1000", "700", "350"])
    pay(office, path, MONTHS)
    _, told = arrears(office, *SPAN)
    # One person: 488.17 − 450 = 38.17 a month. Three: 1464.50 − 1350 = 114.50, shared to the fen.
    # Two: 976.33 − 900 = 76.33.
    found = by_person(told)
    totals = [sum(found[one["person"]] for one in rows) for rows in homes]
    assert totals == [11_450 * 6, 7_633 * 6, 3_817 * 6]


def test_tekun_by_quarters_and_months(tmp_path, homes):
    own = standard("tekun.standard-rural", "垣曲县", "2021-01-01", 810000)
    office = office_of(tmp_path / "office", own)
    rows = [one for home in homes for one in home][:3]
    lines = [
        [one["name"], one["person"], "农村特困", "分散", "2025", start, one["bank_name"],
         one["account_number"]]
        for one, start in zip(rows, ("", "2022-02", "2022-06"), strict=True)
    ]  # fmt: skip
    header = ["姓名", "身份证号", "救助类别", "供养方式", "合计", "起始保障年月", "开户行", "账号"]
    path = write(tmp_path / "特困.xlsx", header, lines)
    for cycle in ("2022Q1", "2022Q2"):
        done(office, [path], programme="tekun", cycle=cycle)
    _, told = arrears(office, "--from", "2022Q1", "--to", "2022Q2", programme="tekun")
    # 8748 ÷ 4 = 2187, less 2025: 162 a quarter. From February on 108 of the first one, from June on
    # 54 of the second.
    assert by_person(told) == {
        rows[0]["person"]: 32_400, rows[1]["person"]: 27_000, rows[2]["person"]: 5_400,
    }  # fmt: skip


def test_who_gets_nothing_and_why(office, homes, tmp_path):
    path = roster(tmp_path / "低保.xlsx", homes, ["1000", "700", "350"])
    pay(office, path, MONTHS[:1])
    others = people(60, 4902).drop_duplicates("household").head(2).to_dict("records")
    # In town the standard did not rise: none is known for 垣曲, so it cannot be told.
    town = roster(tmp_path / "城.xlsx", [[others[0]]], ["500"], "城市低保")
    pay(office, town, MONTHS[:1])
    relief("--office", office, "stop", "add", homes[2][0]["person"], "--reason", "死亡",
           "--since", "2022-01-01")  # fmt: skip
    code, told = arrears(office, *SPAN)
    assert code == 1
    assert told["findings"] == {"R324": 1, "R502": 1}
    assert told["rows"] == {"read": 7, "paid": 5, "held": 2, "skipped": 0}
    # A month that was paid by the old standard rightly is none to make up for.
    other = office_of(tmp_path / "other")
    pay(other, path, ["2021-12", "2022-01"])
    _, told = arrears(other, "--from", "2021-12", "--to", "2022-01")
    assert told["amount_fen"] == 6 * 3600
    _, nothing = arrears(other, "--from", "2021-11", "--to", "2021-12")
    assert (nothing["batch"], nothing["rows"]["skipped"]) == (None, 6)
    assert nothing["findings"] == {"R325": 6}
    # Since January the standard holds that was the first on record: what was before is not known.
    _, nothing = arrears(other, "--from", "2021-01", "--to", "2021-12")
    assert (nothing["batch"], nothing["findings"]) == (None, {"R324": 6})
    # In a place where it sank nobody is due anything, and nobody owes.
    lower = standard("dibao.standard-rural", "垣曲县", "2021-06-01", 530000)
    (other / "policy" / "lower.toml").write_text(lower, "utf-8")
    _, nothing = arrears(other, "--from", "2021-11", "--to", "2021-12")
    assert (nothing["batch"], nothing["findings"]) == (None, {"R325": 6})


def test_what_was_computed_by_the_new_standard_is_not_made_up_for(office, homes, tmp_path):
    computed = (
        '[[dibao.amount]]\nsince = 2022-02-01\nvalue = "computed"\n'
        'unit = "where amounts come from"\nreference = "x"\n'
    )
    (office / "policy" / "computed.toml").write_text(computed, "utf-8")
    head = homes[2][0]
    lines = [[head["name"], head["person"], "农村低保", "200", "286", head["bank_name"],
              head["account_number"]]]  # fmt: skip
    header = ["姓名", "身份证号", "救助类别", "月人均收入", "月保障金额", "开户行", "账号"]
    path = write(tmp_path / "低保.xlsx", header, lines)
    pay(office, path, ["2022-01", "2022-02"])
    _, told = arrears(office, "--from", "2022-01", "--to", "2022-02")
    assert by_person(told) == {head["person"]: 3600}


def test_what_came_back_is_made_up_for_when_it_is_paid(office, homes, tmp_path):
    path = roster(tmp_path / "低保.xlsx", homes, ["1000", "700", "350"])
    told = pay(office, path, MONTHS[:1])
    answers = tmp_path / "回盘"
    answers.mkdir()
    paths = answer_all(
        told["output"],
        answers,
        lambda one: PAID if one.payment > 1 else ("失败", "RJ01 账号不存在"),
    )
    settled = relief("--json", "--office", office, "settle", told["batch"], *paths).json
    assert settled["lines"]["failed"] == 1
    _, first = arrears(office, *SPAN)
    assert 0 < first["beneficiaries"] < 6
    relief("--json", "--office", office, "follow-up", told["batch"], "--same-accounts")
    _, second = arrears(office, *SPAN)
    assert first["beneficiaries"] + second["beneficiaries"] == 6
    assert first["amount_fen"] + second["amount_fen"] == 6 * 3600


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("dibao", "--from", "2022-06", "--to", "2022-01"), "cycles-backwards"),
        (("dibao", "--from", "2022-01", "--to", "2022Q2"), "cycles-backwards"),
        (("one-time", *SPAN), "programme-unknown"),
        (("dibao", "--from", "x", "--to", "2022-01"), "cycle-malformed"),
    ],
)
def test_what_is_asked_wrongly(office, arguments, code):
    answer = relief("--json", "--office", office, "arrears", *arguments)
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    assert arrears(office, *SPAN)[1]["batch"] is None
