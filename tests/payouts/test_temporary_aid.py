"""Temporary assistance from the roster to banks and registers; reserve funds; once a year."""

import openpyxl
import pytest
from golden.books import check_conserved
from golden.running import done, make_office, relief

from sample_data.generate import people

HEADER = [
    "乡镇",
    "姓名",
    "身份证号",
    "救助原因",
    "救助金额",
    "审批文号",
    "资金来源",
    "开户行",
    "账号",
]
AUGUST = {"programme": "temporary", "cycle": "2022-08"}


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture(scope="module")
def everybody():
    return people(80, 4700).drop_duplicates("household").head(8).to_dict("records")


def line(row, cause, amount, *, document="", paid_from="", township="黄寨镇"):
    bank = ("", "") if paid_from else (row["bank_name"], row["account_number"])
    return [township, row["name"], row["person"], cause, amount, document, paid_from, *bank]


def roster(path, *lines):
    book = openpyxl.Workbook()
    book.active.append(["阳曲县2022年8月临时救助对象花名册"])
    book.active.append(HEADER)
    for one in lines:
        book.active.append(one)
    book.save(path)
    return path


def reserve(office, *arguments):
    answer = relief("--json", "--office", office, "reserve", *arguments)
    return answer.code, answer.json


def test_banks_and_a_townships_reserve_fund_in_one_batch(office, everybody, tmp_path):
    assert reserve(office, "give", "黄寨镇", "1000", "--document", "县民发〔2022〕9号")[0] == 0
    path = roster(
        tmp_path / "临时救助.xlsx",
        line(everybody[0], "患病", 3000),
        line(everybody[1], "意外", "500.50", paid_from="备用金"),
        line(everybody[2], "火灾", 499.5, paid_from="备用金"),
        # 0.01 more than is left; and a township that was given nothing.
        line(everybody[3], "患病", 0.01, paid_from="备用金"),
        line(everybody[4], "患病", 100, paid_from="备用金", township="侯村乡"),
        line(everybody[5], "患病", 20000),
        line(everybody[6], "患病", 20000, document="纪要5号"),
        line(everybody[7], "失业", 600),
    )
    told = done(office, [path], **AUGUST)
    assert told["rows"] == {"read": 8, "paid": 4, "held": 4, "skipped": 0}
    assert told["findings"] == {"R321": 1, "R322": 1, "R323": 2}
    assert told["amount_fen"] == 300_000 + 50_050 + 49_950 + 2_000_000
    files = {file["path"].rsplit("/", 2)[-2]: file for file in told["files"]}
    assert files["register"]["amount_fen"] == 100_000
    assert files["register"]["format"] == "reserve-register"
    _, _, header, *rows = list(
        openpyxl.load_workbook(files["register"]["path"]).active.iter_rows(values_only=True)
    )
    place = header.index("Township")
    assert [(row[place], row[place + 2], row[place + 4]) for row in rows] == sorted(
        [("黄寨镇", everybody[1]["name"], "500.50"), ("黄寨镇", everybody[2]["name"], "499.50")],
        key=lambda one: next(person["person"] for person in everybody if person["name"] == one[1]),
    )
    check_conserved(told, office)
    _, shown = reserve(office, "list")
    assert shown["reserves"] == [
        {"township": "黄寨镇", "given_fen": 100_000, "used_fen": 100_000, "left_fen": 0}
    ]


def test_what_is_held_takes_nothing_out_of_a_reserve_fund(office, everybody, tmp_path):
    reserve(office, "give", "黄寨镇", "1000", "--document", "1号")
    path = roster(
        tmp_path / "一.xlsx",
        # Held for its cause; more than the fund has; and two that fit.
        line(everybody[0], "其他", 900, paid_from="备用金"),
        line(everybody[1], "患病", "1000.01", paid_from="备用金"),
        line(everybody[2], "患病", 600, paid_from="备用金"),
        line(everybody[3], "意外", 400, paid_from="备用金"),
    )
    told = done(office, [path], **AUGUST)
    assert told["findings"] == {"R320": 1, "R323": 1}
    assert (told["rows"]["paid"], told["amount_fen"]) == (2, 100_000)


def test_what_was_refused_is_in_the_fund_again(office, everybody, tmp_path):
    reserve(office, "give", "黄寨镇", "1000", "--document", "1号")
    path = roster(tmp_path / "一.xlsx", line(everybody[0], "患病", 800, paid_from="备用金"))
    told = done(office, [path], **AUGUST)
    (file,) = told["files"]
    book = openpyxl.load_workbook(file["path"])
    titles = [cell.value for cell in book.active[3]]
    book.active.cell(4, titles.index("Handed out") + 1).value = "未领取"
    book.save(tmp_path / "登记表.xlsx")
    settled = relief("--json", "--office", office, "settle", told["batch"],
                     tmp_path / "登记表.xlsx").json  # fmt: skip
    assert (settled["lines"]["failed"], settled["failed_fen"]) == (1, 80_000)
    assert reserve(office, "list")[1]["reserves"][0]["left_fen"] == 100_000
    # Handed out again: the same register, and the fund is used once.
    again = relief("--json", "--office", office, "follow-up", told["batch"], "--same-accounts").json
    assert again["files"][0]["format"] == "reserve-register"
    assert reserve(office, "list")[1]["reserves"][0]["left_fen"] == 20_000


def test_once_a_year_for_the_same_cause(office, everybody, tmp_path):
    first = roster(
        tmp_path / "一.xlsx", line(everybody[0], "患病", 3000), line(everybody[1], "患病", 3000)
    )
    done(office, [first], **AUGUST)
    later = roster(
        tmp_path / "二.xlsx",
        line(everybody[0], "因病", 1000),
        line(everybody[1], "意外", 1000),
        line(everybody[2], "患病", 1000),
    )
    told = done(office, [later], programme="temporary", cycle="2022-11")
    assert told["findings"] == {"R407": 1}
    assert told["rows"] == {"read": 3, "paid": 2, "held": 1, "skipped": 0}
    # The next year is another one.
    last = roster(tmp_path / "三.xlsx", line(everybody[0], "患病", 1000))
    assert done(office, [last], programme="temporary", cycle="2023-01")["rows"]["paid"] == 1


def test_people_out_of_work_are_paid_once_in_all(office, everybody, tmp_path):
    """Clause 8 gives one payment, not one a year."""
    first = roster(tmp_path / "一.xlsx", line(everybody[0], "未参保失业", 800))
    done(office, [first], **AUGUST)
    later = roster(
        tmp_path / "二.xlsx", line(everybody[0], "失业", 800), line(everybody[1], "失业", 800)
    )
    told = done(office, [later], programme="temporary", cycle="2024-03")
    assert (told["rows"]["paid"], told["findings"]) == (1, {"R407": 1})


def test_people_out_of_work_whom_another_programme_supports_are_held(office, everybody, tmp_path):
    """Clause 8 is for who is not within dibao: neither by category nor in the books."""
    dibao = ["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"]
    one = everybody[0]
    write(tmp_path / "低保.xlsx", dibao, [
        [one["name"], one["person"], "农村低保", "400", one["bank_name"], one["account_number"]]
    ])  # fmt: skip
    done(office, [tmp_path / "低保.xlsx"], programme="dibao", cycle="2022-08")
    header = ["姓名", "身份证号", "救助类别", "救助类型", "救助原因", "资金渠道", "救助金额",
              "开户行", "账号"]  # fmt: skip
    lines = [
        [row["name"], row["person"], category, kind, cause, "", "800", row["bank_name"],
         row["account_number"]]
        for row, (category, kind, cause) in zip(
            everybody,
            (("临时救助", "急难型", "失业"), ("农村低保", "急难型", "失业"),
             ("城市特困", "一般", "失业"), ("失业保险金", "小额", "未参保失业"),
             ("农村低保", "支出型", "患病"), ("临时救助", "急难型", "失业")),
            strict=False,
        )
    ]  # fmt: skip
    told = done(office, [write(tmp_path / "临时.xlsx", header, lines)], **AUGUST)
    assert told["findings"] == {"R327": 3, "R404": 1}
    assert told["rows"]["paid"] == 2


@pytest.mark.parametrize(
    "kind", ["急难型", "支出型", "一般", "小额", "急难型临时救助", "支出型救助", "一般程序"]
)
def test_how_assistance_is_given_is_no_category(office, everybody, tmp_path, kind):
    """救助类型 says 急难型 or 小额; 资金渠道 says who pays."""
    reserve(office, "give", "黄寨镇", "1000", "--document", "1号")
    header = ["乡镇", "姓名", "身份证号", "救助类型", "救助原因", "资金渠道", "救助金额", "开户行",
              "账号"]  # fmt: skip
    one, other = everybody[:2]
    lines = [
        ["黄寨镇", one["name"], one["person"], kind, "未就业大学生", "财政", "800",
         one["bank_name"], one["account_number"]],
        ["黄寨镇", other["name"], other["person"], kind, "子女教育", "备用金", "700", "", ""],
    ]  # fmt: skip
    told = done(office, [write(tmp_path / "临时.xlsx", header, lines)], **AUGUST)
    assert (told["rows"]["paid"], told["findings"]) == (2, {})
    amounts = {file["format"]: file["amount_fen"] for file in told["files"]}
    assert amounts.pop("reserve-register") == 70_000
    assert list(amounts.values()) == [80_000]


def write(path, header, lines):
    book = openpyxl.Workbook()
    book.active.append(header)
    for one in lines:
        book.active.append(one)
    book.save(path)
    return path


def test_grants_to_a_reserve_fund(office):
    given = ("give", "黄寨镇", "1000", "--document", "1号", "--on", "2022-08-01")
    assert reserve(office, *given)[1]["new"]
    assert not reserve(office, *given)[1]["new"]
    other = ("give", "黄寨镇", "2000", "--document", "1号", "--on", "2022-08-01")
    code, told = reserve(office, *other)
    assert (code, told["error"]["code"]) == (4, "document-differs")
    code, told = reserve(office, "give", "黄寨镇", "-1000.01", "--document", "2号")
    assert (code, told["error"]["code"]) == (4, "reserve-short")
    assert reserve(office, "give", "黄寨镇", "-1000", "--document", "2号")[1]["reserves"] == [
        {"township": "黄寨镇", "given_fen": 0, "used_fen": 0, "left_fen": 0}
    ]
    wrong = [
        ("黄寨镇", "0", "3号"),
        (" ", "5", "3号"),
        ("黄寨镇", "1.001", "3号"),
        ("黄寨镇", "5", " "),
    ]
    for township, amount, document in wrong:
        code, _ = reserve(office, "give", township, amount, "--document", document)
        assert code == 2
    audit = relief("--json", "--office", office, "audit").json
    assert (audit["verified"], audit["broken"]) == (True, None)
