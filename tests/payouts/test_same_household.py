"""A household is paid once for a month, whoever of it a roster names as its head (R412)."""

import openpyxl
import pytest
from golden.running import done, make_office, relief, run
from rules.made import card, id_number, person, table, write_xlsx

from relief_cli import office as offices
from relief_cli.ledger import Ledger
from sample_data.bank import answer_all

CERTIFICATE = "140122000017"
FAILED = ("失败", "RJ01 账号不存在")


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def roster(tmp_path):
    """Write a roster of the people whose cells are given."""
    written = []

    def write(*people):
        written.append(people)
        return write_xlsx(tmp_path / f"{len(written)}.xlsx", table(*people))

    return write


def pay(office, *rosters, **options):
    """Pay dibao and give how many rows were paid and held, and the codes."""
    told = done(office, rosters, **{"programme": "dibao", **options})
    return told["rows"]["paid"], told["rows"]["held"], set(told["findings"])


def listed(number, certificate=CERTIFICATE, amount="600", **cells):
    """Give a row of a list with one row for each household: its head, certificate and amount."""
    return person(number, 低保证号=certificate, 月保障金额=amount, **cells)


def of_head(number, head, amount="600", **cells):
    """Give the row of somebody who names their household's head by number."""
    named = person(head)
    return person(number, 户主姓名=named["姓名"], 户主身份证号=named["身份证号"],
                  月保障金额=amount, **cells)  # fmt: skip


ALONE = (1, 0, set())
HELD = (0, 1, {"R412"})


# --- the same certificate ------------------------------------------------------------------------


@pytest.mark.parametrize("written", [
    CERTIFICATE, " 1401 2200 0017", "１４０１２２００００１７", "1401-2200-0017", "'140122000017",
    "00140122000017", "140122000017.0",
])  # fmt: skip
def test_a_certificate_is_paid_once_however_it_is_written(office, roster, written):
    assert pay(office, roster(listed(1))) == ALONE
    assert pay(office, roster(listed(2, written))) == HELD


@pytest.mark.parametrize("same_file", [True, False])
def test_a_certificate_is_paid_once_in_one_run(office, roster, same_file):
    rows = (of_head(1, 1, 低保证号=CERTIFICATE), of_head(2, 2, 低保证号=CERTIFICATE))
    files = [roster(*rows)] if same_file else [roster(one) for one in rows]
    assert pay(office, *files) == (1, 1, {"R412"})


def test_heads_who_have_no_number_are_told_apart_by_name(office, roster):
    heads = [{**listed(number), "户主姓名": person(number)["姓名"]} for number in (1, 2)]
    assert pay(office, roster(*heads)) == (1, 1, {"R412"})


def test_it_says_who_was_paid_and_shows_no_number(office, roster):
    assert pay(office, roster(listed(1))) == ALONE
    told = done(office, [roster(listed(2), listed(6, "140122000099"))], programme="dibao")
    with Ledger.open(offices.load(office).ledger_place).reading() as book:
        found = book.load(told["batch"]).findings
    (line,) = found[found["code"] == "R412"].itertuples()
    assert line.detail == f"dibao-2022-08-1 李* 140122**********{id_number(1)[-2:]}"
    assert (line.sheet_row, line.cell) == (2, "F2")
    held = openpyxl.load_workbook(f"{told['output']}/held.xlsx")
    said = [str(cell.value) for sheet in held for row in sheet.iter_rows() for cell in row]
    assert any("R412" in text for text in said)
    assert not any(id_number(1) in text for text in said)


@pytest.mark.parametrize(("first", "second"), [
    ("无", "无"), ("0", "0"), ("0000", "0000"), ("17", "17"), ("1.4E+17", "1.4E+17"),
    ("140122000012345000", "140122000012345000"), ("140122000017", "140122000018"), ("", ""),
])  # fmt: skip
def test_what_identifies_no_household_holds_nobody(office, roster, first, second):
    assert pay(office, roster(listed(1, first))) == ALONE
    assert pay(office, roster(listed(2, second))) == ALONE


def test_a_number_of_many_households_holds_nobody(office, roster):
    four = [of_head(number, number, 低保证号=CERTIFICATE) for number in range(1, 5)]
    assert pay(office, roster(*four)) == (4, 0, set())
    assert pay(office, roster(of_head(5, 5, 低保证号=CERTIFICATE))) == ALONE
    three = [of_head(number, number, 低保证号="140122000018") for number in range(6, 9)]
    assert pay(office, roster(*three)) == (1, 2, {"R412"})


def test_numbers_of_a_list_are_no_certificates(office, roster):
    first, second = ({**listed(number, None), "户号": "1001"} for number in (1, 2))
    assert pay(office, roster(first)) == ALONE
    assert pay(office, roster(second)) == ALONE


@pytest.mark.parametrize(("township", "told"), [
    ("东镇", HELD), ("西镇", ALONE), ("", HELD),
])  # fmt: skip
def test_short_numbers_are_a_townships_own(office, roster, township, told):
    assert pay(office, roster(listed(1, "A0017", 乡镇="东镇"))) == ALONE
    assert pay(office, roster(listed(2, "A0017", 乡镇=township))) == told


def test_urban_and_rural_certificates_are_numbered_apart(office, roster):
    assert pay(office, roster(listed(1))) == ALONE
    assert pay(office, roster(listed(2, 救助类别="城市低保"))) == ALONE


# --- the head, the other people, the account -----------------------------------------------------


def test_who_names_a_paid_head_is_held(office, roster):
    assert pay(office, roster(listed(1, None))) == ALONE
    paid, held, codes = pay(office, roster(of_head(2, 1)))
    assert (paid, held) == (0, 1)
    assert "R412" in codes


def test_two_files_that_each_list_one_household_are_found_in_one_run(office, roster):
    files = [roster(of_head(1, 1)), roster(of_head(2, 1))]
    assert pay(office, *files) == (1, 1, {"R412"})


def test_the_same_people_under_another_head_are_found(office, roster):
    """The first roster names the head alone; the second has both, each with an amount."""
    assert pay(office, roster(listed(1, None))) == ALONE
    paid, held, codes = pay(office, roster(of_head(1, 2, "300"), of_head(2, 2, "300")))
    assert (paid, held, codes) == (0, 2, {"R410", "R412"})


@pytest.mark.parametrize("cells", [
    {"户主姓名": "李四"}, {"户主姓名": "李四", "账户名称": "李四"},
])  # fmt: skip
def test_the_same_account_and_head_by_name(office, roster, cells):
    assert pay(office, roster(listed(1, None))) == ALONE
    assert person(1)["姓名"] == "李四"
    paid, held, codes = pay(office, roster(listed(2, None, 账号=card(1), **cells)))
    assert (paid, held) == (0, 1)
    assert "R412" in codes


def test_the_same_account_and_head_by_name_in_one_run(office, roster):
    first, second = listed(1, None), listed(2, None, 账号=card(1), 户主姓名="李四")
    nameless = listed(3, None, 账号=card(1), 姓名="")
    paid, held, codes = pay(office, roster(first, nameless), roster(second))
    assert (paid, held) == (1, 2)
    assert codes >= {"R412", "R109"}


def test_two_households_that_share_an_account_are_paid(office, roster):
    assert pay(office, roster(listed(1))) == ALONE
    assert pay(office, roster(listed(2, "140122000018", 账号=card(1)))) == (1, 0, {"R206"})


# --- what is right -------------------------------------------------------------------------------


def test_members_with_amounts_of_their_own_are_paid(office, roster):
    home = [of_head(number, 1, "200", 低保证号=CERTIFICATE) for number in (1, 2, 3)]
    assert pay(office, roster(*home)) == (3, 0, set())


def test_a_member_who_was_held_comes_back_alone(office, roster):
    home = [of_head(number, 1, "200", 低保证号=CERTIFICATE, 保障人口="3") for number in (1, 2, 3)]
    right = home[2]["身份证号"]
    home[2]["身份证号"] = right[:-1] + ("1" if right[-1] != "1" else "2")
    assert pay(office, roster(*home)) == (2, 1, {"R103"})
    paid, held, codes = pay(office, roster({**home[2], "身份证号": right}))
    assert (paid, held) == (1, 0)
    assert "R412" not in codes


def test_a_list_of_households_is_held_where_members_got_their_own(office, roster):
    home = [of_head(number, 1, "200", 低保证号=CERTIFICATE) for number in (1, 2)]
    assert pay(office, roster(*home)) == (2, 0, set())
    whole = {"低保证号": CERTIFICATE, "户月保障金额": "400"}
    assert pay(office, roster(person(3, **whole))) == HELD


def test_a_member_is_added_where_the_head_got_what_the_roster_says(office, roster):
    assert pay(office, roster(of_head(1, 1, "300", 低保证号=CERTIFICATE))) == ALONE
    both = [of_head(number, 1, "300", 低保证号=CERTIFICATE) for number in (1, 2)]
    assert pay(office, roster(*both)) == (1, 0, {"R403"})


def test_a_new_head_is_paid_from_the_next_month(office, roster):
    assert pay(office, roster(listed(1))) == ALONE
    assert pay(office, roster(listed(2)), cycle="2022-09") == ALONE


def test_supplements_come_on_top(office, roster):
    assert pay(office, roster(listed(1))) == ALONE
    more = of_head(2, 1, "", 低保证号=CERTIFICATE, 分类施保金="60", 合计="60")
    assert pay(office, roster(of_head(1, 1, 低保证号=CERTIFICATE), more))[0] == 1


@pytest.mark.parametrize(("programme", "cells"), [
    ("one-time", {}),
    ("temporary", {"救助原因": "患病", "合计": "600", "月保障金额": ""}),
])  # fmt: skip
def test_programmes_that_pay_persons_know_no_certificate(office, roster, programme, cells):
    amount = {"月保障金额": "", **cells}
    for number in (1, 2):
        told = pay(office, roster({**listed(number), **amount}), programme=programme)
        assert told == ALONE
    assert pay(office, roster(listed(1))) == ALONE


def test_a_rejected_batch_paid_nobody(tmp_path, roster):
    office = make_office(tmp_path / "two", approvals="1")
    first = run(office, [roster(listed(1))], programme="dibao").json["batch"]
    assert pay(office, roster(listed(2)))[:2] == (0, 1)
    relief("--office", office, "reject", first, "--reason", "户主有误")
    assert run(office, [roster(listed(2, amount="599"))], programme="dibao").json["rows"]["paid"]


def test_who_has_looked_may_pay_all_the_same(office, roster):
    assert pay(office, roster(listed(1))) == ALONE
    again = roster(listed(2))
    assert pay(office, again) == HELD
    why = ("--reason", "两户误用同一证号，已核实")
    given = relief("--json", "--office", office, "accept", "R412", "-", *why, said=id_number(2))
    assert given.code == 0, given.err
    assert pay(office, again) == ALONE


def test_what_failed_is_paid_again(office, roster, tmp_path):
    told = done(office, [roster(listed(1))], programme="dibao")
    answers = answer_all(told["output"], tmp_path, lambda _one: FAILED)
    assert relief("--office", office, "settle", told["batch"], *answers).code == 0
    again = relief("--json", "--office", office, "follow-up", told["batch"], "--same-accounts")
    assert again.json["rows"]["paid"] == 1, again.err
    assert pay(office, roster(listed(2))) == HELD


def test_what_failed_is_owed_to_its_head_and_to_nobody_else(office, roster, tmp_path):
    told = done(office, [roster(listed(1))], programme="dibao")
    answers = answer_all(told["output"], tmp_path, lambda _one: FAILED)
    assert relief("--office", office, "settle", told["batch"], *answers).code == 0
    assert pay(office, roster(listed(2))) == HELD
    again = relief("--json", "--office", office, "follow-up", told["batch"], "--same-accounts")
    assert again.json["rows"]["paid"] == 1, again.err
