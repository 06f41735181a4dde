"""Lump sums first, locals the rest; money by code and by document. Figures worked out by hand."""

import json

import openpyxl
import pytest
from golden.running import done, make_office, relief

from sample_data.bank import PAID, answer_all
from sample_data.generate import people

RURAL, URBAN = "2081902", "2081901"
MODE = (
    "[[funding.mode]]\nsince = 2022-01-01\nvalue = { dibao = 'lump-sums' }\n"
    'unit = "how sources share"\nreference = "县财政局〔2022〕1号"\n'
)


@pytest.fixture(scope="module")
def somebody():
    return people(40, 5620).drop_duplicates("household").head(2).to_dict("records")


@pytest.fixture
def office(tmp_path):
    folder = make_office(tmp_path / "office")
    (folder / "policy" / "own.toml").write_text(MODE, "utf-8")
    receive(
        folder, "central", "300", "财社〔2022〕58号", "2022-06-01", "--code", RURAL, "--mark", "01"
    )
    receive(folder, "province", "200", "晋财社〔2022〕88号", "2022-07-01")
    return folder


def ask(office, *arguments):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code in (0, 1), answer.err
    return answer.json


def receive(office, source, amount, document, on, *further):
    return ask(office, "receive", source, amount, "--document", document, "--on", on, *further)


def paid(office, tmp_path, rows, cycle, categories=("农村低保", "农村低保")):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"])
    for row, category in zip(rows, categories, strict=True):
        book.active.append([row["name"], row["person"], category, "500", row["bank_name"],
                            row["account_number"]])  # fmt: skip
    path = tmp_path / f"{cycle}.xlsx"
    book.save(path)
    told = done(office, [path], programme="dibao", cycle=cycle)
    answers = answer_all(told["output"], tmp_path / f"answers {cycle}", lambda _one: PAID)
    ask(office, "settle", told["batch"], *answers)
    return {source: fen // 100 for source, fen in told["shares_fen"].items()}


def test_locals_bear_what_lump_sums_do_not_cover(office, somebody, tmp_path):
    # 1000 are due: 300 central, 200 of the province, and 500 that city and county halve.
    assert paid(office, tmp_path, somebody, "2022-08") == {
        "central": 300, "province": 200, "municipal": 250, "county": 250,
    }  # fmt: skip
    # Central money for urban dibao pays for nobody rural.
    receive(office, "central", "1000", "财社〔2022〕59号", "2022-08-01", "--code", URBAN)
    assert paid(office, tmp_path, somebody, "2022-09") == {
        "central": 0, "province": 0, "municipal": 500, "county": 500,
    }  # fmt: skip
    # Of two people only the urban one is paid by it; the province's 100 go to the other.
    receive(office, "province", "100", "晋财社〔2022〕99号", "2022-09-01")
    mixed = paid(office, tmp_path, somebody, "2022-10", ("城市低保", "农村低保"))
    assert mixed == {"central": 500, "province": 100, "municipal": 200, "county": 200}
    assert ask(office, "audit")["verified"] is True


def test_every_document_shows_what_it_paid_for(office, somebody, tmp_path):
    receive(office, "province", "450", "晋财社〔2022〕89号", "2022-08-01")
    receive(office, "province", "-50", "晋财社〔2022〕90号", "2022-08-02")
    receive(office, "county", "100", "县财〔2022〕1号", "2022-08-02")
    paid(office, tmp_path, somebody, "2022-08")
    told = ask(office, "reconcile", "--cycle", "2022-08")
    # 300 central, 600 of the province; the rest of 100 is halved.
    assert {
        (one["source"], one["code"]): (one["received_fen"], one["sent_fen"], one["balance_fen"])
        for one in told["purses"]
    } == {
        ("central", RURAL): (30_000, 30_000, 0),
        ("province", ""): (60_000, 60_000, 0),
        ("municipal", RURAL): (0, 5_000, -5_000),
        ("county", ""): (10_000, 5_000, 5_000),
    }
    lines = [
        (one["source"], one["document"], one["mark"], one["sent_fen"], one["balance_fen"])
        for one in told["documents"]
    ]
    assert lines == [
        ("central", "财社〔2022〕58号", "01", 30_000, 0),
        ("province", "晋财社〔2022〕88号", "", 20_000, 0),
        # 400 of the 450: the document that takes 50 back pays for nothing.
        ("province", "晋财社〔2022〕89号", "", 40_000, 5_000),
        ("province", "晋财社〔2022〕90号", "", 0, -5_000),
        ("municipal", None, "", 5_000, -5_000),
        ("county", "县财〔2022〕1号", "", 5_000, 5_000),
    ]
    for source, one in told["sources"].items():
        of_source = [line for line in told["documents"] if line["source"] == source]
        for name in ("received_fen", "sent_fen", "balance_fen"):
            assert sum(line[name] for line in of_source) == one[name]
    sheets = openpyxl.load_workbook(told["files"][0])
    assert {"Sources and codes", "Appropriations"} <= set(sheets.sheetnames)


def test_money_for_one_code_is_not_there_for_another(tmp_path, somebody):
    office = make_office(tmp_path / "office")
    settings = office / "relief.toml"
    text = settings.read_text("utf-8").replace('check = "off"', 'check = "warn"')
    settings.write_text(text, "utf-8")
    for source in ("province", "municipal", "county"):
        receive(office, source, "1000", "甲", "2022-08-01", "--code", URBAN)
    receive(office, "province", "100", "乙", "2022-08-01")
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"])
    for row in somebody:
        book.active.append([row["name"], row["person"], "农村低保", "500", row["bank_name"],
                            row["account_number"]])  # fmt: skip
    book.save(tmp_path / "r.xlsx")
    told = done(office, [tmp_path / "r.xlsx"], programme="dibao")
    # Of 600, 200 and 200 there are 100 of the province alone.
    assert told["short_fen"] == {"province": 50_000, "municipal": 20_000, "county": 20_000}


def test_the_shares_of_price_and_vouchers(tmp_path):
    """No notice splits the price subsidy by 6:4, and the commerce department pays for vouchers."""
    office = make_office(tmp_path / "office")
    for programme, value in (("price", "local 1"), ("voucher", "commerce 1")):
        told = ask(office, "policy", "show", programme, "--on", "2022-09-01")
        (shares,) = (one for one in told["parameters"] if one["name"] == f"{programme}.shares")
        assert shares["value"] == value


def test_what_a_county_adds_of_its_own(tmp_path, somebody):
    """垣民发〔2022〕44号: 29 of 486 yuan a month are the county's alone; 457 are split 6:2:2."""
    office = make_office(tmp_path / "office", county="垣曲县")
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "县", "月保障金额", "开户行", "账号"])
    for row, yuan in zip(somebody, ("486", "20"), strict=True):
        payee = row["bank_name"], row["account_number"]
        book.active.append([row["name"], row["person"], "农村低保", "垣曲县", yuan, *payee])
    book.save(tmp_path / "r.xlsx")
    told = done(office, [tmp_path / "r.xlsx"], programme="dibao")
    # Of the second one's 20 yuan nothing is left to be split.
    assert told["shares_fen"] == {
        "province": 27_420, "municipal": 9_140, "county": 9_140 + 2_900 + 2_000,
    }  # fmt: skip


def test_the_sheet_for_signature_names_what_nobody_confirmed(office, somebody, tmp_path):
    paid(office, tmp_path, somebody, "2022-08")
    folder = office / "out" / "dibao-2022-08-1"
    sheet = openpyxl.load_workbook(folder / "summary.xlsx").worksheets[0]
    texts = [row[0] for row in sheet.values if isinstance(row[0], str)]
    assert any(text.startswith("local.split = municipal 1 : county 1") for text in texts)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    status = {one["name"]: one["status"] for one in manifest["parameters"]}
    assert status["local.split"] == "to be confirmed"
    assert status["dibao.pay-day"] == "confirmed"
    assert status["funding.mode"] == "office"
