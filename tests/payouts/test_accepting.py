"""What the books know of accounts, and findings that somebody has looked at."""

import datetime as dt

import openpyxl
import pytest
from golden.running import make_office, relief, run
from rules.made import card, id_number, person, table, write_xlsx

from relief_cli import office as offices
from relief_cli.ledger import Ledger
from sample_data.bank import PAID, answer_all
from sample_data.generate import PERSON_COLUMNS, people, write_table

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
    assert "waits for a run" in (relief("--lang", "en", "--office", office, "accept", "list").out)
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


def head(number, **cells):
    """Give a person who heads a household alone, or as whom the cells say."""
    own = person(number)
    return {**own, "户主姓名": own["姓名"], "户主身份证号": id_number(number), **cells}


def stranger(number, name="王村干", **cells):
    """Give the first person with an account of somebody who is said to head the household."""
    return person(1, 账号=card(number), 账户名称=name, 户主姓名=name, **cells)


def fail(office, batch, which=lambda _one: True):
    """Let the bank send payments of a batch back."""
    output = office / "out" / batch
    told = output.parent / f"{batch}-answers"
    wrong = ("失败", "RJ01 账号不存在")
    answers = answer_all(output, told, lambda one: wrong if which(one) else PAID)
    assert relief("--json", "--office", office, "settle", batch, *answers).code == 0


def test_a_failed_payment_is_no_stepping_stone_to_another_holder(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")
    first = pay(office, month(tmp_path, "2022-09", person(1, 账号=card(9)), person(2)), "2022-09")[
        1
    ]
    assert first["findings"] == {"R207": 1}
    fail(office, first["batch"], lambda one: one.line.account == card(9))
    code, answer = pay(office, month(tmp_path, "2022-10", stranger(9)), "2022-10")
    assert (code, answer["findings"]) == (1, {"R212": 1})
    # Nor in the list that corrects the failure, said to be right or not.
    roster = month(tmp_path, "back", stranger(9))
    given = ("follow-up", first["batch"], roster, "--same-accounts")
    answer = relief("--json", "--office", office, *given).json
    assert (answer["batch"], answer["findings"]["R212"]) == (None, 1)


def test_a_correction_into_the_account_of_somebody_else_is_told(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2), person(3)), "2022-08")
    first = pay(office, month(tmp_path, "2022-09", person(1), person(2)), "2022-09")[1]
    fail(office, first["batch"])
    roster = month(tmp_path, "back", person(1, 账号=card(3)))
    answer = relief("--json", "--office", office, "follow-up", first["batch"], roster).json
    assert (answer["payments"], answer["findings"]["R206"]) == (1, 1)


def test_an_institution_must_be_known_before_somebody_is_paid_through_it(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")
    inside = {"供养方式": "集中供养", "机构名称": "王村干", "机构账号": card(9)}
    roster = month(tmp_path, "2022-09", person(1, 账号=card(9), **inside))
    code, answer = pay(office, roster, "2022-09")
    assert (code, answer["findings"]) == (1, {"R212": 1})
    home = {"供养方式": "集中供养", "机构名称": "敬老院", "机构账号": "1402010122000012345"}
    there = month(tmp_path, "2022-10", person(7, 账号="", **home))
    assert pay(office, there, "2022-10")[1]["rows"]["paid"] == 1
    moved = month(tmp_path, "2022-11", person(1, 账号="", **home), person(7, 账号="", **home))
    assert pay(office, moved, "2022-11")[1]["findings"] == {"R207": 1}


def test_an_accepted_account_is_told_again_with_another_holder(office, tmp_path):
    strict(office, "R206")
    shared = [head(1), head(2, 账号=card(1))]
    roster = month(tmp_path, "2022-08", *shared)
    assert pay(office, roster, "2022-08")[1]["findings"] == {"R206": 2}
    assert accept(office, "R206", "-", *WHY, said=card(1)).code == 0
    assert pay(office, roster, "2022-08")[1]["accepted"] == {"R206": 2}
    renamed = [{**one, "账户名称": "王村干", "户主姓名": "王村干"} for one in shared]
    answer = pay(office, month(tmp_path, "2022-09", *renamed), "2022-09")[1]
    assert (answer["rows"]["paid"], answer["accepted"]) == (0, {})


def test_somebody_without_a_usable_number_shares_an_account_too(office, tmp_path):
    strict(office, "R206")
    shared = [head(1), head(2, 账号=card(1))]
    assert pay(office, month(tmp_path, "2022-08", *shared), "2022-08")[1]["rows"]["held"] == 2
    assert accept(office, "R206", "-", *WHY, said=card(1)).code == 0
    third = head(3, 账号=card(1), 身份证号="1401")
    answer = pay(office, month(tmp_path, "2022-08", *shared, third), "2022-08")[1]
    assert (answer["rows"]["paid"], answer["findings"]["R206"]) == (0, 3)


def test_what_was_looked_at_last_is_what_is_accepted(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")
    one = month(tmp_path, "one", stranger(9, "钱七"))
    other = month(tmp_path, "another", stranger(10, "孙八"))
    for roster in (one, other, one):
        assert pay(office, roster, "2022-09")[1]["findings"] == {"R212": 1}
    shown = accept(office, "R212", "-", *WHY, said=id_number(1)).json["acceptances"]
    assert shown[0]["about"] == [f"****{card(9)[-4:]}"]
    assert pay(office, other, "2022-09")[1]["findings"] == {"R212": 1}
    assert pay(office, one, "2022-09")[1]["accepted"] == {"R212": 1}


def test_nobody_accepts_a_changed_holder_that_no_run_has_met(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")
    answer = accept(office, "R212", "-", *WHY, said=id_number(1))
    assert (answer.code, answer.json["error"]["code"]) == (4, "finding-unmet")


def test_an_acceptance_is_bound_by_a_run_that_pays_nobody_and_beside_another(office, tmp_path):
    strict(office, "R206")
    for who in (id_number(1), card(5)):
        assert accept(office, "R206", "-", *WHY, said=who).code == 0
    shared = [head(1, 账号=card(5)), head(5)]
    nobody = month(tmp_path, "wrong", *({**one, "救助类别": "错"} for one in shared))
    assert pay(office, nobody, "2022-08")[1]["rows"]["paid"] == 0
    assert all(one["met"] for one in accept(office, "list").json["acceptances"])
    other = [head(1, 账号=card(5)), head(6, 账号=card(5))]
    answer = pay(office, month(tmp_path, "2022-08", *other), "2022-08")[1]
    assert (answer["rows"]["paid"], answer["findings"]["R206"]) == (0, 2)


def test_the_way_back_and_there_again_is_another_change(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")
    there = month(tmp_path, "there", stranger(9))
    back = month(tmp_path, "back", person(1))
    for cycle, roster in (("2022-09", there), ("2022-10", back)):
        assert pay(office, roster, cycle)[1]["findings"] == {"R212": 1}
        assert accept(office, "R212", "-", *WHY, said=id_number(1)).code == 0
        assert pay(office, roster, cycle)[1]["accepted"] == {"R212": 1}
    # From there to here was accepted, and it is the same way.
    assert pay(office, there, "2022-11")[1]["accepted"] == {"R212": 1}
    third = month(tmp_path, "third", person(1, 账号=card(10)))
    assert pay(office, third, "2022-12")[1]["findings"] == {"R212": 1}


def test_a_shared_account_is_told_every_month_until_it_is_accepted(office, tmp_path):
    for number, one in enumerate((head(1), head(2, 账号=card(1)))):
        roster = month(tmp_path, f"{number}-a", one)
        assert pay(office, roster, "2022-08")[1]["findings"] == ({"R206": 1} if number else {})
    roster = month(tmp_path, "later", head(2, 账号=card(1)))
    assert pay(office, roster, "2022-09")[1]["findings"] == {"R206": 1}
    words = ("R206", "-", *WHY, "--until", "2022-10-31")
    assert accept(office, *words, said=id_number(2)).code == 0
    assert pay(office, roster, "2022-10")[1]["accepted"] == {"R206": 1}
    assert pay(office, roster, "2022-11")[1]["findings"] == {"R206": 1}


def test_another_programme_knows_the_last_account_too(office, tmp_path):
    pay(office, month(tmp_path, "2022-08", person(1), person(2)), "2022-08")
    aid = {"发放金额": "300", "救助原因": "患病"}
    roster = write_xlsx(tmp_path / "aid.xlsx", table({**stranger(9), **aid}))
    code, answer = pay(office, roster, "2022-09", programme="temporary")
    assert (code, answer["findings"]) == (1, {"R212": 1})


def test_what_was_handed_out_on_paper_was_paid_into_no_account(office, tmp_path):
    aid = {"发放金额": "300"}
    for cycle, cause, source in (("2022-08", "患病", ""), ("2022-09", "火灾", "备用金"),
                                 ("2022-10", "意外", "")):  # fmt: skip
        if source:
            given = ("reserve", "give", "黄寨镇", "900", "--document", "1")
            assert relief("--office", office, *given).code == 0
        row = {**person(1), **aid, "救助原因": cause, "资金渠道": source, "乡镇": "黄寨镇"}
        roster = write_xlsx(tmp_path / f"{cycle}.xlsx", table(row))
        answer = pay(office, roster, cycle, programme="temporary")[1]
        assert (answer["rows"]["paid"], answer["findings"]) == (1, {}), cycle


def test_the_programs_own_list_of_held_rows_is_no_other_household(office, tmp_path):
    household = {"户主姓名": person(1)["姓名"], "户主身份证号": id_number(1)}
    member = person(2, 账号="", 救助类别="错", **household)
    roster = write_xlsx(tmp_path / "1.xlsx", table(person(1, **household), member))
    first = run(office, [roster]).json
    assert (first["rows"]["paid"], first["findings"]) == (1, {"R301": 1})
    book = openpyxl.load_workbook(office / "out" / first["batch"] / "held.xlsx")
    for row in book.active.iter_rows():
        for cell in row:
            cell.value = "农村低保" if cell.value == "错" else cell.value
    book.save(tmp_path / "back.xlsx")
    then = run(office, [tmp_path / "back.xlsx"]).json
    assert (then["rows"]["paid"], then["findings"]) == (1, {})


def test_the_books_answer_for_many_after_a_month_that_was_rejected(tmp_path):
    office = make_office(tmp_path / "office", approvals="1")
    crowd = people(1100, 5)
    write_table(tmp_path / "many.xlsx", crowd, PERSON_COLUMNS, title="花名册")
    answer = run(office, [tmp_path / "many.xlsx"], command="prepare").json
    assert answer["rows"]["paid"] == 1100
    assert relief("--office", office, "reject", answer["batch"], "--reason", "x").code == 0
    write_table(tmp_path / "more.xlsx", people(1101, 5), PERSON_COLUMNS, title="花名册")
    again = run(office, [tmp_path / "more.xlsx"])
    assert (again.code, again.json["rows"]["paid"]) == (3, 1101)


@pytest.mark.parametrize("name", ["同上", "本人", "李四A", "户主：张三"])
def test_a_word_is_no_holder_of_an_account(office, tmp_path, name):
    roster = month(tmp_path, "2022-08", stranger(9, name), person(2))
    answer = pay(office, roster, "2022-08")[1]
    assert (answer["rows"]["paid"], answer["findings"]["R110"]) == (1, 1)


def test_an_unknown_bank_is_accepted_by_its_account(office, tmp_path):
    roster = month(tmp_path, "2022-08", person(1, 开户行="某地银行"))
    assert accept(office, "R205", "-", *WHY, said=card(1)).code == 0
    assert pay(office, roster, "2022-08")[1]["accepted"] == {"R205": 1}


def test_a_mistyped_identity_number_is_no_account(office):
    number = id_number(1)[:-1] + ("1" if id_number(1)[-1] != "1" else "2")
    answer = accept(office, "R206", "-", *WHY, said=number)
    assert (answer.code, answer.json["error"]["code"]) == (2, "person-malformed")
    assert accept(office, "--reason", "list", "R206", "-", said=card(1)).code == 0
    broken = accept(office, "R206", "-", "--reason", "\udcce\udcd2", said=card(1))
    assert (broken.code, broken.json["error"]["code"]) == (2, "reason-unreadable")
