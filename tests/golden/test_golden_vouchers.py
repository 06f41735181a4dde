"""Vouchers from the roster to the signed register and back, on paper instead of a bank."""

from decimal import Decimal

import openpyxl
import pytest
from golden.books import Books, check_conserved
from golden.running import done, make_office, relief, run

from sample_data.generate import as_tekun, people, write_tekun

TITLES = ["No.", "Voucher number", "Recipient", "ID number", "Value (yuan)",
          "Signature or fingerprint", "Date", "Handed out", "Reason why not"]  # fmt: skip


@pytest.fixture(scope="module")
def truth():
    return as_tekun(people(60, 5100), 5100)


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def roster(tmp_path, truth):
    """Give a tekun roster of which all accounts and institutions are taken out."""
    path = tmp_path / "特困.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["乡镇", "姓名", "身份证号", "救助类别"])
    for row in truth.to_dict("records"):
        book.active.append([row["township"], row["name"], row["person"], "特困"])
    book.save(path)
    return path


def register(told):
    (file,) = told["files"]
    return file["path"], openpyxl.load_workbook(file["path"])


def rows_of(book):
    header, *rows = list(book.active.iter_rows(min_row=3, values_only=True))
    assert list(header) == TITLES
    return rows


def fill(told, path, outcome):
    """Type into a copy of the register what ``outcome`` says of each number."""
    _, book = register(told)
    for row in book.active.iter_rows(min_row=4):
        answer, reason = outcome(int(row[0].value))
        row[7].value, row[8].value = answer, reason
    book.save(path)
    return path


def settle(office, batch, path):
    answer = relief("--json", "--office", office, "settle", batch, path)
    return answer.code, answer.json


def test_every_line_of_a_register_can_be_signed_on_paper(office, roster, truth):
    _, book = register(done(office, [roster], programme="voucher"))
    sheet, last = book.active, len(truth) + 3
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area == f"'{sheet.title}'!$A$1:$I${last}"
    (lines,) = sheet.conditional_formatting
    assert str(lines.sqref) == f"A3:I{last}"
    (rule,) = lines.rules
    assert (rule.formula, rule.dxf.border.bottom.style) == (["TRUE"], "thin")
    assert sheet.sheet_format.defaultRowHeight >= 26


def test_a_register_goes_out_and_comes_back(office, roster, truth, tmp_path):
    told = done(office, [roster], programme="voucher")
    count = len(truth)
    assert told["batch"] == "voucher-2022-08-1"
    assert told["rows"] == {"read": count, "paid": count, "held": 0, "skipped": 0}
    assert (told["payments"], told["amount_fen"]) == (count, count * 150_000)
    path, book = register(told)
    assert path.endswith("/voucher-2022-08-1/register/voucher-2022-08-1.xlsx")
    assert told["files"][0]["format"] == "voucher-register"
    rows = rows_of(book)
    # By township, then person; each number once, and the value in yuan.
    wanted = truth.sort_values(["township", "person"])
    assert [(row[2], row[3]) for row in rows] == list(
        zip(wanted["name"], wanted["person"], strict=True)
    )
    assert [row[1] for row in rows] == [f"voucher-2022-08-1-{n + 1:06d}" for n in range(count)]
    assert {Decimal(row[4]) for row in rows} == {Decimal(1500)}
    assert {cell for row in rows for cell in row[5:]} == {None}
    check_conserved(told, office)
    assert run(office, [roster], programme="voucher").json["repeated"]
    # Once under the notice, whatever the cycle.
    again = done(office, [roster], programme="voucher", cycle="2022-09")
    assert (again["batch"], again["rows"]["skipped"]) == (None, count)

    answer = fill(told, tmp_path / "登记表.xlsx", lambda n: (
        ("已领取", None) if n > 3 else ("未领取", "外出务工") if n == 1 else (None, None)
    ))  # fmt: skip
    _, settled = settle(office, told["batch"], answer)
    lines = settled["lines"]
    assert (lines["paid"], lines["failed"], lines["open"]) == (count - 3, 1, 2)
    assert (settled["paid_fen"], settled["failed_fen"]) == ((count - 3) * 150_000, 150_000)
    # Whoever was not there gets a voucher again: a register of one line.
    second = relief("--json", "--office", office, "follow-up", told["batch"]).json
    assert (second["payments"], second["follows"]) == (1, told["batch"])
    ((_, number, name, *_),) = rows_of(register(second)[1])
    assert (number, name) == (rows[0][1], rows[0][2])
    assert second["files"][0]["format"] == "voucher-register"


def test_the_subsidy_as_vouchers(office, roster, truth):
    """Where conditions allow (clause 2.2): the office's own policy says so."""
    (office / "policy" / "form.toml").write_text(
        '[[one-time.form]]\nsince = 2022-08-01\nvalue = "voucher"\n'
        'unit = "how people get it"\nreference = "县政府会议纪要"\n',
        "utf-8",
    )
    told = done(office, [roster])
    path, book = register(told)
    assert "/register/" in path
    assert {row[4] for row in rows_of(book)} == {"300.00"}
    assert told["amount_fen"] == 30_000 * len(truth)
    assert {row["reference"] for row in Books(told["output"]).entitlements} == {
        "晋民发〔2022〕38号 第二条第二款"
    }


def test_a_bank_needs_accounts_and_a_voucher_none(office, roster, truth, tmp_path):
    answer = run(office, [roster])
    assert (answer.code, answer.json["error"]["code"]) == (2, "F004")
    # A roster with accounts, some of them faulty: nobody's voucher waits for that.
    spoiled = truth.assign(account_number="1", institution_account="1")
    write_tekun(tmp_path / "有账号.xls", spoiled, title="特困人员供养花名册")
    told = done(office, [tmp_path / "有账号.xls"], programme="voucher")
    assert told["rows"]["paid"] == len(truth)
    assert told["findings"] == {}


def test_one_county_hands_out_vouchers_and_its_neighbour_pays_through_banks(office, tmp_path):
    (office / "policy").mkdir(exist_ok=True)
    (office / "policy" / "own.toml").write_text(
        '[[one-time.form]]\nplace = "清徐县"\nsince = 2022-07-19\nvalue = "voucher"\n'
        'unit = "how people get it"\nreference = "县政府文件"\n'
        + "".join(
            f'[[local.split]]\nplace = "{place}"\nsince = 2022-01-01\nunit = "weights"\n'
            'value = { municipal = 1, county = 1 }\nreference = "x"\n'
            for place in ("清徐县", "阳曲县")
        ),
        "utf-8",
    )
    book = openpyxl.Workbook()
    book.active.append(["县区", "姓名", "身份证号", "救助类别", "开户行", "账号"])
    everybody = people(6, 5100)
    for number, row in enumerate(everybody.to_dict("records")):
        county = "清徐县" if number < 2 else "阳曲县"
        book.active.append([county, row["name"], row["person"], "农村低保", "中国农业银行",
                            f"62284800000000{number}0018"])  # fmt: skip
    book.save(tmp_path / "两县.xlsx")
    told = done(office, [tmp_path / "两县.xlsx"])
    paid = {file["format"]: file["payments"] for file in told["files"]}
    assert paid["voucher-register"] == 2
    assert sum(paid.values()) == told["rows"]["paid"] == 6
