"""Is there money for a batch? Appropriations with their codes; each figure worked out by hand."""

import openpyxl
import pytest
from golden.running import done, make_office, relief, run

from sample_data.generate import people

DIBAO = {"programme": "dibao"}


@pytest.fixture(scope="module")
def somebody():
    return people(40, 5390).drop_duplicates("household").head(2).to_dict("records")


def office_that(tmp_path, check, approvals=0):
    office = make_office(tmp_path / "office", approvals=approvals)
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    assert 'check = "off"' in text
    settings.write_text(text.replace('check = "off"', f'check = "{check}"'), "utf-8")
    return office


def roster(tmp_path, rows, amount="500"):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"])
    for row in rows:
        book.active.append([row["name"], row["person"], "农村低保", amount, row["bank_name"],
                            row["account_number"]])  # fmt: skip
    path = tmp_path / f"{len(rows)}-{amount}.xlsx"
    book.save(path)
    return path


def receive(office, source, amount, document, *further):
    answer = relief("--json", "--office", office, "receive", source, amount, "--document", document,
                    *further)  # fmt: skip
    return answer.code, answer.json


def given(office, *amounts):
    for number, (source, amount) in enumerate(zip(("province", "municipal", "county"), amounts,
                                                  strict=True)):  # fmt: skip
        assert receive(office, source, amount, f"D{number}{amount}")[0] == 0


def test_an_office_that_is_only_warned(somebody, tmp_path):
    """Two people, 1000.00: 600 the province, 200 the city, 200 the county."""
    office = office_that(tmp_path, "warn")
    given(office, "599.99", "200", "1000")
    path = roster(tmp_path, somebody)
    told = done(office, [path], cycle="2022-08", **DIBAO)
    assert (told["state"], told["short_fen"]) == ("exported", {"province": 1})
    # The next month there is only what is left.
    told = done(office, [path], cycle="2022-09", **DIBAO)
    assert told["short_fen"] == {"province": 60_000, "municipal": 20_000}


def test_a_batch_is_refused_and_nothing_is_recorded(somebody, tmp_path):
    office = office_that(tmp_path, "refuse")
    given(office, "600", "200", "199.99")
    path = roster(tmp_path, somebody)
    answer = run(office, [path], cycle="2022-08", **DIBAO)
    assert (answer.code, answer.json["error"]["code"]) == (4, "funds-short")
    assert "0.01" in answer.json["error"]["message"]
    assert receive(office, "county", "0.01", "D9")[0] == 0
    assert done(office, [path], cycle="2022-08", **DIBAO)["short_fen"] == {}


def test_a_batch_waits_until_the_money_is_there(somebody, tmp_path):
    office = office_that(tmp_path, "wait")
    given(office, "600", "200", "100")
    path = roster(tmp_path, somebody)
    answer = run(office, [path], cycle="2022-08", **DIBAO)
    assert (answer.code, answer.json["error"]["code"]) == (3, "funds-short")
    assert not (office / "out" / "dibao-2022-08-1").exists()
    again = run(office, [path], cycle="2022-08", **DIBAO)
    assert (again.code, again.json["error"]["code"]) == (3, "funds-short")
    assert receive(office, "county", "100", "D9")[0] == 0
    told = done(office, [path], cycle="2022-08", **DIBAO)
    assert (told["batch"], told["state"]) == ("dibao-2022-08-1", "exported")


def test_what_is_prepared_is_spent_already(somebody, tmp_path):
    """Two batches cannot both count on the same money."""
    office = office_that(tmp_path, "refuse", approvals=1)
    given(office, "600", "200", "200")
    first = run(office, [roster(tmp_path, somebody[:1])], cycle="2022-08", **DIBAO)
    assert first.code == 3
    second = run(office, [roster(tmp_path, somebody, "500.01")], cycle="2022-09", **DIBAO)
    assert (second.code, second.json["error"]["code"]) == (4, "funds-short")
    # A rejected one gives it back.
    command = ("--json", "--office", office)
    assert relief(*command, "reject", first.json["batch"], "--reason", "x").code == 0
    answer = run(office, [roster(tmp_path, somebody)], cycle="2022-09", **DIBAO)
    assert answer.code == 3


def test_appropriations_have_a_code_and_a_mark(tmp_path):
    office = make_office(tmp_path / "office")
    document = "财社〔2022〕58号"
    for code, mark, amount in (("2081902", "01", "300"), ("2081901", "01", "200"),
                               ("2081902", "03", "100")):  # fmt: skip
        status, told = receive(office, "central", amount, document, "--code", code, "--mark", mark)
        assert (status, told["new"], told["code"], told["mark"]) == (0, True, code, mark)
    again = receive(office, "central", "300", document, "--code", "2081902", "--mark", "01")
    assert not again[1]["new"]
    status, told = receive(office, "central", "301", document, "--code", "2081902", "--mark", "01")
    assert (status, told["error"]["code"]) == (4, "document-differs")
    status, told = receive(office, "central", "1", "x", "--code", "20819")
    assert (status, told["error"]["code"]) == (2, "code-malformed")
    assert receive(office, "福彩公益金", "50", "福彩1号")[1]["source"] == "lottery"
    assert receive(office, "捐赠", "50", "捐1号")[1]["source"] == "donation"
    told = relief("--json", "--office", office, "reconcile").json
    assert {name: one["balance_fen"] for name, one in told["sources"].items()} == {
        "central": 60_000, "lottery": 5_000, "donation": 5_000,
    }  # fmt: skip
    rows = list(openpyxl.load_workbook(told["files"][0])["Appropriations"].values)
    assert any(row[1:4] == ("2081902", document, "03") for row in rows)
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_a_setting_that_nobody_knows(tmp_path):
    office = office_that(tmp_path, "maybe")
    answer = relief("--json", "--office", office, "status")
    assert (answer.code, answer.json["error"]["code"]) == (2, "office-value")
