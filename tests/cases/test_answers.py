"""Banks' answers that said less than they seemed to, or another month's; all are invented."""

import csv
import shutil
import tomllib
from pathlib import Path

import openpyxl
import pytest
from golden.running import done, make_office, relief
from python_calamine import CalamineWorkbook

FILES = Path(__file__).with_name("files")
PAID = ("交易成功", "")


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


def settle(office, batch, *arguments):
    return relief("--json", "--office", office, "settle", batch, *arguments)


def rows_of(path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def listed(path, rows, *further):
    """Write an answer as a list with titles; each row is account, name, yuan, result, reason."""
    titles = [
        "收款账号",
        "收款人姓名",
        "金额（元）",
        "结果",
        "失败原因",
        *(name for name, _ in further),
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([titles, *([*row, *(v for _, v in further)] for row in rows)])
    return path


def people(name, yuan):
    """Give account, name and amount of everybody in a roster."""
    header, *rows = rows_of(FILES / name)
    return [(row[header.index("账号")], row[header.index("姓名")], yuan) for row in rows]


def lines(people, *said):
    """Give the lines of an answer: to each the words, the first to those who are left."""
    words = [*said, *[said[0]] * len(people)]
    return [[*one, *word] for one, word in zip(people, words, strict=False)]


@pytest.mark.parametrize(("roster", "answer"), [
    ("abc-people.xlsx", "abc-words.xls"), ("ccb-people.xlsx", "ccb-words.txt"),
])  # fmt: skip
def test_only_a_word_that_means_credited_means_paid(office, roster, answer):
    batch = done(office, [FILES / roster])
    told = settle(office, batch["batch"], FILES / answer).json
    assert (told["lines"]["paid"], told["lines"]["open"]) == (1, 3)
    assert (told["paid_fen"], told["open_fen"]) == (300_00, 900_00)
    shown = {one["result"]: (one["lines"], one["asked"]) for one in told["unknown"]}
    assert shown == dict.fromkeys(("提交成功", "撤销成功", "冲正成功"), (1, True))


def test_what_a_word_means_is_said_once(office, tmp_path):
    batch = done(office, [FILES / "six-people.xlsx"])["batch"]
    paid = people("six-people.xlsx", "300.00")
    answer = listed(
        tmp_path / "a.csv", lines(paid, ("已入账", ""), ("√", ""), ("失败", "户名不符"))
    )
    first = settle(office, batch, answer).json
    assert (first["lines"]["open"], first["lines"]["failed"]) == (5, 1)
    shown = relief("--lang", "en", "--office", office, "settle", batch, answer)
    assert "relief settle one-time-2022-08-1 a.csv --meaning '已入账=…'" in shown.out
    told = settle(office, batch, answer, "--meaning", "已入账=paid").json
    assert (told["lines"]["paid"], told["lines"]["open"]) == (4, 1)
    settings = tomllib.loads((office / "relief.toml").read_text("utf-8"))
    assert settings["banks"]["meanings"] == {told["files"][0]["format"]: {"已入账": "paid"}}
    # The next month it is known, and the rest of the settings stands as it stood.
    assert settings["office"]["name"] == "阳曲县民政局"
    assert settle(office, batch, answer).json["files"][0]["repeated"]
    audit = relief("--json", "--office", office, "audit").json
    assert audit["verified"]
    assert [(one["word"], one["outcome"]) for one in audit["meanings"]] == [("已入账", "paid")]
    told = settle(office, batch, answer, "--meaning", "√=failed").json
    assert (told["state"], told["open_fen"], told["lines"]["failed"]) == ("settled", 0, 1)
    again = settle(office, batch, answer, "--meaning", "已入账=paid", "--meaning", "√=failed")
    assert again.json["files"][0]["repeated"]


@pytest.mark.parametrize(("meaning", "code"), [
    ("失败=paid", "meaning-not-asked"), ("已撤销=paid", "meaning-not-asked"),
    ("已入账", "meaning-unclear"), ("已入账=yes", "meaning-unclear"), ("=paid", "meaning-unclear"),
])  # fmt: skip
def test_a_meaning_that_cannot_be_given_changes_nothing(office, tmp_path, meaning, code):
    batch = done(office, [FILES / "six-people.xlsx"])["batch"]
    paid = people("six-people.xlsx", "300.00")
    answer = listed(tmp_path / "a.csv", lines(paid, ("已入账", ""), ("失败", "户名不符")))
    before = (office / "relief.toml").read_bytes(), (office / "ledger.sqlite").read_bytes()
    told = settle(office, batch, answer, "--meaning", meaning)
    assert (told.code, told.json["error"]["code"]) == (2, code)
    assert before == (
        (office / "relief.toml").read_bytes(), (office / "ledger.sqlite").read_bytes(),
    )  # fmt: skip


@pytest.mark.parametrize(("section", "key"), [
    ('"generic-csv"]\n"失败" = "paid"', "banks.meanings.generic-csv"),
    ('"paper"]\n"已入账" = "paid"', "banks.meanings.paper"),
    ('"generic-csv"]\n"已入账" = "yes"', "banks.meanings"),
])  # fmt: skip
def test_settings_cannot_turn_a_failure_into_a_payment(office, section, key):
    settings = office / "relief.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n[banks.meanings.{section}\n", "utf-8")
    told = relief("--json", "--office", office, "banks", "list")
    assert (told.code, told.json["error"]["code"]) == (2, "office-value")
    assert key in told.json["error"]["message"]


@pytest.fixture
def two_months(office):
    july, september = (
        done(office, [FILES / "dibao.xlsx"], programme="dibao", cycle=cycle)
        for cycle in ("2022-07", "2022-09")
    )
    assert july["rows"]["paid"] == september["rows"]["paid"] == 4
    return july["batch"], september["batch"]


def test_july_s_answer_settles_july_alone(office, two_months, tmp_path):
    july, september = two_months
    again = FILES / "july-answer-again.xlsx"
    for name in ("july-answer.xls", "july-answer-again.xlsx"):
        refused = settle(office, september, FILES / name)
        assert (refused.code, refused.json["error"]["code"]) == (4, "answer-before")
    assert settle(office, july, FILES / "july-answer.xls").json["state"] == "settled"
    # The same lines in another format and order are the same answer.
    header, *rows = rows_of(again)
    book = openpyxl.Workbook()
    for row in (header, *reversed(rows)):
        book.active.append(row)
    book.save(tmp_path / "reversed.xlsx")
    for path in (again, tmp_path / "reversed.xlsx"):
        told = settle(office, july, path).json
        assert (told["files"][0]["repeated"], told["lines"]["repeated"]) == (True, 4)
    # A date that the clerk gives does not make July's answer September's.
    dated = settle(office, september, again, "--on", "2022-09-09")
    assert (dated.code, dated.json["error"]["code"]) == (4, "answer-elsewhere")
    # Whatever its name says, its date is before the batch went out.
    named = shutil.copy(again, tmp_path / f"{september}.xlsx")
    assert settle(office, september, named).json["error"]["code"] == "answer-before"
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_an_answer_without_a_date_is_asked_for_one(office, two_months, tmp_path):
    july, september = two_months
    paid = people("dibao.xlsx", "486.00")
    answer = listed(tmp_path / "a.csv", lines(paid, PAID))
    assert settle(office, july, answer).json["state"] == "settled"
    refused = settle(office, september, listed(tmp_path / "b.csv", lines(paid[::-1], PAID)))
    assert (refused.code, refused.json["error"]["code"]) == (4, "answer-elsewhere")
    assert july in refused.json["error"]["message"]
    assert settle(office, september, answer, "--on", "2022-08-01").json["error"]["code"] == (
        "answer-before"
    )
    told = settle(office, september, answer, "--on", "2022-09-09")
    assert (told.code, told.json["state"]) == (0, "settled")


def test_an_answer_without_a_date_is_the_earlier_batch_s(office, two_months, tmp_path):
    july, september = two_months
    answer = listed(tmp_path / "a.csv", lines(people("dibao.xlsx", "486.00"), PAID))
    refused = settle(office, september, answer)
    assert (refused.code, refused.json["error"]["code"]) == (4, "answer-either")
    assert july in refused.json["error"]["message"]
    # Whose it is, a date says or the file's name.
    named = shutil.copy(answer, tmp_path / f"{july}.csv")
    refused = settle(office, september, named)
    assert (refused.code, refused.json["error"]["code"]) == (4, "answer-named")
    assert july in refused.json["error"]["remedy"]
    assert settle(office, september, answer, "--on", "2022-09-09").json["state"] == "settled"
    assert settle(office, july, named).json["state"] == "settled"


def test_dates_that_the_bank_writes_tell_months_apart(office, two_months, tmp_path):
    july, september = two_months
    paid = lines(people("dibao.xlsx", "486.00"), PAID)
    for batch, day in ((july, "2022年7月8日"), (september, "2022/09/09 10:31:00")):
        told = settle(office, batch, listed(tmp_path / "a.csv", paid, ("交易日期", day)))
        assert (told.code, told.json["state"]) == (0, "settled"), told.err


def test_lines_that_fit_another_batch_better_are_refused(office, tmp_path):
    header, *rows = rows_of(FILES / "dibao.xlsx")
    rows[1][header.index("月保障金额")] = "400.00"
    book = openpyxl.Workbook()
    for row in (header, *rows[:3]):
        book.active.append(row)
    book.save(tmp_path / "september.xlsx")
    july = done(office, [FILES / "dibao.xlsx"], programme="dibao", cycle="2022-07")["batch"]
    september = done(office, [tmp_path / "september.xlsx"], programme="dibao", cycle="2022-09")
    answer = listed(tmp_path / "a.csv", lines(people("dibao.xlsx", "486.00"), PAID))
    refused = settle(office, september["batch"], answer)
    assert (refused.code, refused.json["error"]["code"]) == (4, "answer-fits")
    assert july in refused.json["error"]["message"]
    # Its own, with one line that the bank has wrong, is taken in.
    own = [[*one[:2], yuan, *PAID] for one, yuan in zip(
        people("dibao.xlsx", "")[:3], ("486.00", "401.00", "486.00"), strict=True)]  # fmt: skip
    told = settle(office, september["batch"], listed(tmp_path / "b.csv", own))
    assert (told.code, told.json["lines"]["paid"], told.json["lines"]["refused"]) == (1, 2, 1)
    # July's answer is July's, though September's is settled.
    assert settle(office, july, answer).json["state"] == "settled"


def test_a_reference_that_fits_counts_beside_a_rounded_account(office):
    batch = done(office, [FILES / "five-people.xlsx"])["batch"]
    told = settle(office, batch, FILES / "accounts-rounded.xlsx").json
    assert (told["state"], told["lines"]["paid"]) == ("settled", 5)


def test_one_bad_file_keeps_no_other_from_being_taken_in(office, tmp_path):
    batch = done(office, [FILES / "five-people.xlsx"])["batch"]
    (tmp_path / "picture.png").write_bytes(b"\x89PNG not an answer")
    told = settle(office, batch, tmp_path / "picture.png", FILES / "accounts-rounded.xlsx")
    assert (told.code, told.json["state"]) == (2, "settled")
    assert told.json["error"]["file"] == "picture.png"
    alone = settle(office, batch, tmp_path / "picture.png", "--meaning", "已入账=paid")
    assert (alone.code, alone.json["error"]["file"]) == (2, "picture.png")


REJECTED = ("失败", "户名不符")


def followed(office, batch, *arguments):
    return relief("--json", "--office", office, "follow-up", batch, *arguments)


def test_nobody_is_sent_again_into_an_account_that_the_bank_rejected(office, tmp_path):
    batch = done(office, [FILES / "six-people.xlsx"])["batch"]
    paid = people("six-people.xlsx", "300.00")
    words = [PAID, REJECTED, ("失败", "RJ99 日终未处理"), ("失败", "账户已销户")]
    told = settle(office, batch, listed(tmp_path / "a.csv", lines(paid, *words)))
    assert told.json["failures"] == {"RJ02": 1, "RJ11": 1, "RJ99": 1}
    workbook = told.json["report"]
    # The list that the program itself proposed comes back as it was: all but one are held.
    again = followed(office, batch, workbook)
    assert (again.code, again.json["batch"], again.json["findings"]) == (
        1, "one-time-2022-08-2", {"R209": 2},
    )  # fmt: skip
    assert (again.json["rows"]["paid"], again.json["rows"]["held"]) == (1, 2)
    # Without a list too; the one who is on the way again is not among them.
    alone = followed(office, batch)
    assert (alone.code, alone.json["batch"], alone.json["rows"]["held"]) == (1, None, 2)
    assert "--same-accounts" in relief("--lang", "en", "explain", "R209").out
    # The clerk has asked: the accounts are right after all.
    sent = followed(office, batch, "--same-accounts")
    assert (sent.code, sent.json["rows"]["paid"], sent.json["findings"]) == (0, 2, {"R209": 2})
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_a_list_with_the_same_account_goes_with_the_clerks_word(office, tmp_path):
    batch = done(office, [FILES / "six-people.xlsx"])["batch"]
    paid = people("six-people.xlsx", "300.00")
    told = settle(office, batch, listed(tmp_path / "a.csv", lines(paid, PAID, REJECTED))).json
    sent = followed(office, batch, told["report"], "--same-accounts")
    assert (sent.code, sent.json["rows"]["paid"], sent.json["findings"]) == (0, 1, {"R209": 1})
