"""What the books know of accounts, and findings that somebody has looked at."""

import datetime as dt

import pytest
from golden.running import make_office, relief, run
from rules.made import card, id_number, person, table, write_xlsx

from relief_cli import office as offices
from relief_cli.ledger import Ledger

DIBAO = {"programme": "dibao"}
WHY = ("--reason", "已入户核实")


def month(folder, cycle, *people, **columns):
    """Write a dibao roster of a month: 300 yuan for each."""
    rows = [{**one, "户月保障金额": "300", **columns} for one in people]
    return write_xlsx(folder / f"{cycle}-{len(people)}.xlsx", table(*rows))


def pay(office, roster, cycle, *further, programme="dibao"):
    answer = run(office, [roster], *further, cycle=cycle, programme=programme)
    return answer.code, answer.json


def found(office, batch):
    """Give the findings of a batch: code → details."""
    with Ledger.open(offices.load(office).ledger_place).reading() as book:
        table = book.load(batch).findings
    return dict(zip(table["code"], table["detail"], strict=True))


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


def accept(office, *words, said=""):
    return relief("--json", "--office", office, "accept", *words, said=said)


@pytest.mark.parametrize(("programme", "cycle", "amount"), [
    ("dibao", "2022-09", {"户月保障金额": "300"}),
    ("one-time", "2022-08", {}),
    ("temporary", "2022-11", {"发放金额": "300", "救助原因": "患病"}),
])  # fmt: skip
def test_an_account_of_somebody_else_in_the_books_is_told(office, tmp_path, programme, cycle,
                                                          amount):  # fmt: skip
    assert pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")[0] == 0
    # Another person, months later or under another programme, with the account of the first.
    rows = table({**person(3, 账号=card(1)), **amount}, {**person(2), **amount})
    roster = write_xlsx(tmp_path / "later.xlsx", rows)
    code, answer = pay(office, roster, cycle, programme=programme)
    assert (code, answer["rows"]["paid"], answer["findings"]) == (0, 2, {"R206": 1})
    detail = found(office, answer["batch"])["R206"]
    assert detail == f"dibao-2022-08-1 李* 140122**********{id_number(1)[-2:]}"


def test_who_comes_under_another_number_in_a_later_month_is_told(office, tmp_path):
    assert pay(office, month(tmp_path, "2022-08", person(1)), "2022-08")[0] == 0
    other = person(1, 身份证号=id_number(501))
    _, answer = pay(office, month(tmp_path, "2022-09", other), "2022-09")
    assert answer["findings"] == {"R206": 1}


def test_a_household_and_a_failed_payment_are_nobody_else(office, tmp_path):
    head = person(1, 户主姓名="李四", 户主身份证号=id_number(1))
    member = person(2, 账号="", 户主姓名="李四", 户主身份证号=id_number(1))
    first = month(tmp_path, "2022-08", head, member)
    assert pay(office, first, "2022-08")[1]["findings"] == {}
    # The member alone, now with the head's account in the own row.
    alone = person(2, 账号=card(1), 户主姓名="李四", 账户名称="李四")
    assert pay(office, month(tmp_path, "2022-09", alone), "2022-09")[1]["findings"] == {}


def test_one_account_under_two_names_is_told(office, tmp_path):
    assert pay(office, month(tmp_path, "2022-08", person(1)), "2022-08")[0] == 0
    married = person(1, 户主姓名="李五", 账户名称="李五")
    _, answer = pay(office, month(tmp_path, "2022-09", married), "2022-09")
    assert answer["findings"] == {"R206": 1}
    household = {"户主姓名": "李四", "户主身份证号": id_number(1)}
    two = (
        person(1, 账户名称="李四", **household),
        person(2, 账号=card(1), 账户名称="王五", **household),
    )
    _, answer = pay(office, month(tmp_path, "2022-10", *two), "2022-10")
    assert answer["findings"]["R206"] == 2


@pytest.fixture
def changed(office, tmp_path):
    """Give an office that paid two people, and a roster in which the second changed both."""
    head = {"户主姓名": "王五", "户主身份证号": id_number(2)}
    assert pay(office, month(tmp_path, "2022-08", person(1), person(2, **head)), "2022-08")[0] == 0
    wife = person(9, 户主姓名="王五", 户主身份证号=id_number(2))
    moved = person(2, 账号=card(9), 账户名称=wife["姓名"], **head)
    return month(tmp_path, "2022-09", person(1), moved, {**wife, "账号": card(9)})


def test_an_account_and_its_holder_that_both_changed_wait_for_somebody_who_asked(
    office, tmp_path, changed
):
    code, first = pay(office, changed, "2022-09")
    # One amount is for both of the household.
    assert (code, first["findings"], first["rows"]["held"]) == (1, {"R212": 1, "R312": 1}, 2)
    given = accept(office, "R212", "-", *WHY, said=id_number(2))
    assert given.code == 0, given.err
    (one,) = given.json["acceptances"]
    assert (one["finding"], one["met"], one["account"]) == ("R212", True, None)
    assert one["person"] == f"140122**********{id_number(2)[-2:]}"
    assert one["until"] == (dt.date.today() + dt.timedelta(days=365)).isoformat()  # noqa: DTZ011
    for number in (id_number(2), card(9)):
        assert number not in given.out
    code, then = pay(office, changed, "2022-09")
    assert (code, then["rows"]["paid"], then["accepted"]) == (0, 2, {"R212": 1})
    assert "R212" not in then["findings"]
    # The same command again answers with the same batch.
    again = pay(office, changed, "2022-09")[1]
    assert (again["batch"], again["repeated"]) == (then["batch"], True)
    assert relief("--json", "--office", office, "audit").json["verified"]
    # The next month nothing has changed; then both change again, and it is told again.
    assert "R212" not in pay(office, changed, "2022-10")[1]["findings"]
    back = month(tmp_path, "2022-11", person(2))
    assert pay(office, back, "2022-11")[1]["findings"] == {"R212": 1}


def test_what_was_accepted_is_told_again_with_another_account(office, tmp_path, changed):
    assert pay(office, changed, "2022-09")[1]["findings"]["R212"] == 1
    assert accept(office, "R212", "-", *WHY, said=id_number(2)).code == 0
    other = person(2, 账号=card(10), 账户名称="钱七", 户主姓名="王五", 户主身份证号=id_number(2))
    living = person(3, 姓名="钱七", 户主姓名="王五", 户主身份证号=id_number(2))
    roster = month(tmp_path, "2022-09", other, living)
    assert pay(office, roster, "2022-09")[1]["findings"]["R212"] == 1
    # A run that paid nobody has met it too: what is accepted now is this account.
    alone = month(tmp_path, "2022-09", {**other, "户主姓名": "钱七", "户主身份证号": None})
    code, held = pay(office, alone, "2022-09")
    assert (code, held["batch"], held["findings"]["R212"]) == (1, None, 1)
    assert accept(office, "R212", "-", *WHY, said=id_number(2)).code == 0
    assert pay(office, alone, "2022-09")[1]["accepted"] == {"R212": 1}


def test_a_mandate_says_that_somebody_has_asked(office, tmp_path):
    assert pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")[0] == 0
    moved = month(tmp_path, "2022-09", person(1), person(2, 账号=card(9), 账户名称="王村干"))
    assert pay(office, moved, "2022-09")[1]["findings"] == {"R211": 1, "R212": 1}
    paper = ("--document", "代领备案第3号", "--until", "2030-12-31")
    added = relief("--office", office, "payee", "add", "-", "-", *paper,
                   said=f"{id_number(2)}\n王村干")  # fmt: skip
    assert added.code == 0
    answer = pay(office, moved, "2022-09")[1]
    assert (answer["rows"]["paid"], answer["findings"]) == (1, {"R207": 1, "R403": 1})


def strict(office, code):
    settings = office / "relief.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[checks]", f'[checks]\n{code} = "hold"'), "utf-8"
    )


def test_a_shared_account_is_accepted_for_all_who_share_it(office, tmp_path):
    strict(office, "R206")
    two = [person(1), person(2, 账号=card(1))]
    shared = month(tmp_path, "2022-08", *two, person(3))
    code, first = pay(office, shared, "2022-08")
    assert (code, first["findings"], first["rows"]["held"]) == (1, {"R206": 2}, 2)
    given = accept(office, "R206", "-", *WHY, said=card(1))
    (one,) = given.json["acceptances"]
    assert (one["account"], one["person"], one["met"]) == (f"****{card(1)[-4:]}", None, True)
    code, then = pay(office, shared, "2022-08")
    assert (code, then["rows"]["paid"], then["accepted"]) == (0, 2, {"R206": 2})
    # In a check, and the month after, it stays quiet.
    checked = relief("--json", "--office", office, "check", shared)
    assert (checked.code, checked.json["findings"]) == (0, {})
    assert checked.json["accepted"] == {"R206": 2}
    assert pay(office, shared, "2022-09")[1]["accepted"] == {"R206": 2}
    # Somebody joins: the facts have changed.
    more = month(tmp_path, "2022-10", *two, person(4, 账号=card(1)))
    code, later = pay(office, more, "2022-10")
    assert (code, later["accepted"], later["findings"]["R206"]) == (1, {}, 3)
    # Ended, it is told again.
    assert accept(office, "end", "1", *WHY).json["acceptances"][0]["ended"] == WHY[1]
    assert pay(office, shared, "2022-11")[1]["findings"] == {"R206": 2}
    shown = relief("--lang", "en", "--office", office, "accept", "list").out
    assert f"****{card(1)[-4:]}" in shown
    assert "ended: 已入户核实" in shown


def test_one_of_two_who_share_an_account_is_accepted_alone(office, tmp_path):
    strict(office, "R206")
    shared = month(tmp_path, "2022-08", person(1), person(2, 账号=card(1)), person(3))
    assert pay(office, shared, "2022-08")[1]["findings"] == {"R206": 2}
    assert accept(office, "R206", "-", *WHY, said=id_number(1)).code == 0
    code, then = pay(office, shared, "2022-08")
    assert (code, then["rows"]["held"]) == (1, 1)
    assert (then["accepted"], then["findings"]["R206"]) == ({"R206": 1}, 1)


def test_a_finding_that_no_run_has_met_is_accepted_as_the_next_one_finds_it(office, tmp_path):
    unknown = month(tmp_path, "2022-08", person(1, 开户行="某地银行"))
    given = accept(office, "R205", "-", *WHY, said=id_number(1))
    assert given.json["acceptances"][0]["met"] is False
    assert "what the next run finds" in (
        relief("--lang", "en", "--office", office, "accept", "list").out
    )
    assert pay(office, unknown, "2022-08")[1]["accepted"] == {"R205": 1}
    other = month(tmp_path, "2022-09", person(1, 开户行="另一银行"))
    assert pay(office, other, "2022-09")[1]["findings"] == {"R205": 1}


def test_an_acceptance_runs_out(office, tmp_path):
    unknown = month(tmp_path, "2022-08", person(1, 开户行="某地银行"))
    words = ("R205", "-", *WHY, "--until", "2022-08-31")
    assert accept(office, *words, said=id_number(1)).code == 0
    assert pay(office, unknown, "2022-08")[1]["accepted"] == {"R205": 1}
    assert pay(office, unknown, "2022-09")[1]["findings"] == {"R205": 1}
    assert "has run out" in relief("--lang", "en", "--office", office, "accept", "list").out


@pytest.mark.parametrize(("words", "said", "code", "error"), [
    (("R103", "-", *WHY), id_number(1), 4, "finding-fixed"),
    (("R403", "-", *WHY), id_number(1), 4, "finding-fixed"),
    (("F008", "-", *WHY), id_number(1), 4, "finding-fixed"),
    (("R299", "-", *WHY), id_number(1), 2, "finding-unknown"),
    (("R212", "-", *WHY), card(1), 2, "person-malformed"),
    (("R206", "-", "--reason", " "), card(1), 2, "reason-missing"),
    (("end", "7", *WHY), "", 2, "acceptance-unknown"),
])  # fmt: skip
def test_what_cannot_be_accepted(office, words, said, code, error):
    answer = accept(office, *words, said=said)
    assert (answer.code, answer.json["error"]["code"]) == (code, error)
    assert accept(office, "list").json == {"acceptances": []}


def test_an_error_in_its_own_right_is_held_whatever_was_accepted(office, tmp_path):
    # Digits lost of a card are an error; of a short account stored as a number they are a warning.
    assert accept(office, "R203", "-", *WHY, said=id_number(1)).code == 0
    lost = month(tmp_path, "2022-08", person(1, 账号=6228480000000000000), person(2))
    answer = pay(office, lost, "2022-08")[1]
    assert (answer["findings"], answer["accepted"]) == ({"R203": 1}, {})


def test_the_same_is_not_accepted_twice(office, tmp_path):
    roster = month(tmp_path, "2022-08", person(1, 开户行="某地银行"))
    assert pay(office, roster, "2022-08")[1]["findings"] == {"R205": 1}
    assert accept(office, "R205", "-", *WHY, said=id_number(1)).code == 0
    twice = accept(office, "r205", "-", *WHY, said=id_number(1))
    assert (twice.code, twice.json["error"]["code"]) == (4, "finding-accepted")


def test_an_accepted_finding_is_in_the_story_and_not_in_the_fix_list(office, tmp_path):
    roster = month(tmp_path, "2022-08", person(1, 开户行="某地银行"))
    assert accept(office, "R205", "-", *WHY, said=id_number(1)).code == 0
    assert pay(office, roster, "2022-08")[0] == 0
    told = relief("--lang", "en", "--office", office, "trace", "-", said=id_number(1)).out
    assert "finding: R205 D2 (accepted, number 1)" in told
    screen = relief("--lang", "en", "--office", office, "check", roster).out
    assert "accepted" in screen
