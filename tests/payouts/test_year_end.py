"""上年结转 + 本年下达 − 支出 + 收回 = 结余, and closed years; each figure worked out by hand."""

from pathlib import Path

import openpyxl
import pytest
from databases import past
from golden.running import done, make_office, relief

from sample_data.bank import PAID, answer_all
from sample_data.generate import people

DIBAO = {"programme": "dibao"}
RURAL = "2081902"


@pytest.fixture(scope="module")
def somebody():
    return people(40, 5610).drop_duplicates("household").head(2).to_dict("records")


@pytest.fixture
def office(tmp_path, somebody):
    """Give an office that paid two people in December 2022: 500 yuan arrived, 500 failed."""
    folder = make_office(tmp_path / "office")
    ask(folder, "receive", "province", "700", "--document", "省1", "--on", "2022-08-01",
        "--code", RURAL, "--mark", "03")  # fmt: skip
    ask(folder, "receive", "county", "500", "--document", "县1", "--on", "2022-08-02")
    paid(folder, tmp_path, somebody, "2022-12", fails=1)
    return folder


def ask(office, *arguments, code=(0, 1)):
    answer = relief("--json", "--office", office, *arguments)
    assert answer.code in code, answer.err
    return answer.json


def roster(tmp_path, rows):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"])
    for row in rows:
        book.active.append([row["name"], row["person"], "农村低保", "500", row["bank_name"],
                            row["account_number"]])  # fmt: skip
    book.save(tmp_path / "低保.xlsx")
    return tmp_path / "低保.xlsx"


def paid(office, tmp_path, rows, cycle, fails=0):
    told = done(office, [roster(tmp_path, rows)], cycle=cycle, **DIBAO)
    answers = answer_all(
        told["output"],
        tmp_path / f"answers {cycle}",
        lambda one: ("失败", "RJ01") if one.payment == fails else PAID,
    )
    ask(office, "settle", told["batch"], *answers)
    return told


def year(office, number, *further):
    """Give (source, code) → carried over, received, spent, repaid, left in yuan."""
    told = ask(office, "reconcile", "--year", number, *further)
    names = ("carried_fen", "received_fen", "spent_fen", "recovered_fen", "balance_fen")
    found = {}
    for line in told["lines"]:
        amounts = [line[name] / 100 for name in names]
        carried, received, spent, repaid, left = amounts
        assert carried + received - spent + repaid == left
        found[line["source"], line["code"]] = amounts
    for source, sums in told["sources"].items():
        of_source = [one for (name, _), one in found.items() if name == source]
        assert [sums[name] / 100 for name in names] == [sum(one) for one in zip(*of_source)]  # noqa: B905
    return found


def test_a_year_is_carried_over_to_the_next(office, somebody, tmp_path):
    """1000 are due by 6:2:2; of the 500 that arrived the province bears 300, the others 100."""
    at_the_end = {
        ("province", RURAL): [0, 700, 300, 0, 400],
        # Nothing was received from the city, so that it is short of what it bears.
        ("municipal", RURAL): [0, 0, 100, 0, -100],
        ("county", ""): [0, 500, 100, 0, 400],
    }
    assert year(office, 2022) == at_the_end
    ask(office, "receive", "province", "200", "--document", "省2", "--on", "2023-01-05")
    ask(office, "receive", "municipal", "300", "--document", "市1", "--on", "2023-01-05")
    failed = "dibao-2022-12-1"
    again = ask(office, "follow-up", failed, "--same-accounts", "--pay-on", "2023-01-06")
    ask(office, "export", again["batch"])
    paid(office, tmp_path, somebody, "2023-01")
    # 2022 stands. 500 are paid again and 1000 for January, by 6:2:2: 900, 300 and 300. The
    # province's money for rural dibao pays 400 of it, its other money 200, nothing 300. The city's
    # 300 cover what was short in 2022 as well: 100 are short still.
    assert year(office, 2022) == at_the_end
    assert year(office, 2023) == {
        ("province", RURAL): [400, 0, 900 - 200, 0, -300],
        ("province", ""): [0, 200, 200, 0, 0],
        ("municipal", RURAL): [-100, 0, 0, 0, -100],
        ("municipal", ""): [0, 300, 300, 0, 0],
        ("county", ""): [400, 0, 300, 0, 100],
    }


def test_money_that_people_repay_stands_in_its_year(office, somebody):
    number = ask(office, "recovery", "add", somebody[1]["person"], "50", "--reason", "x")
    assert number
    ask(office, "recovery", "repaid", "1", "50", "--document", "D", "--on", "2023-03-01")
    assert ("province", RURAL) in year(office, 2022)
    assert year(office, 2023) == {
        ("province", RURAL): [400, 0, 0, 30, 430],
        ("municipal", RURAL): [-100, 0, 0, 10, -90],
        # It is for rural dibao, and pays 10 of the 100 that other money of the county paid.
        ("county", RURAL): [0, 0, 10, 10, 0],
        ("county", ""): [400, 0, -10, 0, 410],
    }


def test_a_closed_year_takes_no_new_entries(office, somebody, tmp_path):
    closed = ask(office, "reconcile", "--year", "2022", "--close")
    assert closed["closed"] is True
    before = year(office, 2022)
    refused = (
        ("receive", "province", "1", "--document", "省9", "--on", "2022-12-31"),
        ("reserve", "give", "黄寨镇", "1", "--document", "县9", "--on", "2021-01-01"),
        ("follow-up", "dibao-2022-12-1", "--same-accounts"),
        ("prepare", "dibao", roster(tmp_path, somebody[:1]), "--cycle", "2022-11"),
    )
    for arguments in refused:
        assert ask(office, *arguments, code=(4,))["error"]["code"] == "year-closed"
    # What is recorded already is no new entry.
    known = ask(office, "receive", "county", "500", "--document", "县1", "--on", "2022-08-02")
    assert known["new"] is False
    assert ask(office, "reconcile", "--year", "2022", "--close")["closed"] is True
    assert year(office, 2022) == before
    assert ask(office, "audit")["verified"] is True


def test_what_comes_back_after_the_end_of_a_closed_year_stands_in_the_next(office, tmp_path):
    ask(office, "reconcile", "--year", "2022", "--close")
    before = year(office, 2022)
    output = office / "out" / "dibao-2022-12-1"
    back = answer_all(
        output, tmp_path / "b", lambda one: ("失败", "RJ09") if one.payment == 2 else None
    )
    filled = [path for path in back if path.suffix != ".xlsx" and path.stat().st_size]
    ask(office, "settle", output.name, *filled)
    assert year(office, 2022) == before
    # 500 came back: 300, 100 and 100 are there again.
    assert year(office, 2023) == {
        ("province", RURAL): [400, 0, -300, 0, 700],
        ("municipal", RURAL): [-100, 0, -100, 0, 0],
        ("county", ""): [400, 0, -100, 0, 500],
    }
    assert ask(office, "audit")["verified"] is True


def test_only_a_year_that_is_over_and_done_is_closed(office, somebody, tmp_path):
    early = ask(office, "reconcile", "--year", "2022", "--close", "--on", "2022-12-31", code=(4,))
    assert early["error"]["code"] == "year-not-over"
    ask(office, "prepare", "dibao", roster(tmp_path, somebody[1:]), "--cycle", "2022-10")
    told = ask(office, "reconcile", "--year", "2022", "--close", code=(4,))
    assert told["error"]["code"] == "year-unfinished"
    assert "dibao-2022-10-1" in told["error"]["message"]
    wrong = ask(office, "reconcile", "--year", "2022", "--cycle", "2022-08", code=(2,))
    assert wrong["error"]["code"] == "year-or-cycle"


def test_audit_finds_what_was_carried_over_wrongly(office):
    ask(office, "reconcile", "--year", "2022", "--close")
    with past(office) as book:
        book.drop_guards()
        book.execute("UPDATE carried SET balance_fen = balance_fen + 1 WHERE source = 'county'")
    told = relief("--json", "--office", office, "audit")
    assert (told.code, told.json["verified"]) == (4, False)


def test_the_papers_of_a_year(office):
    told = ask(office, "reconcile", "--year", "2022")
    workbook, page = told["files"]
    rows = list(openpyxl.load_workbook(workbook).active.values)
    header = next(row for row in rows if row and "Carried over" in row)
    assert header[2:7] == ("Carried over", "Received in the year", "Spent in the year",
                           "Repaid by people", "Left at its end")  # fmt: skip
    total = rows[rows.index(header) + 4]
    assert [round(cell, 2) for cell in total[2:7]] == [0, 1200, 500, 0, 700]
    assert "Carried over" in Path(page).read_text("utf-8")
