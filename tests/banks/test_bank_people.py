"""Whatever a roster says: every line for a bank names one person, with their ID and account."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import openpyxl
import pytest
from banks.rendered import rendered
from hypothesis import given, settings
from hypothesis import strategies as st
from rules.made import batch_of, card, id_number, write_xlsx

NAMES = ("张三", "李四", "王五", "赵六")
"""Few, so that several bear one name, in a household too."""
HOLDERS = ("", "own", "head", "other", "stranger")
ISO = "{*}"


@st.composite
def homes(draw):
    """Draw households: each member's name, account (or none) and what is said of its holder."""
    member = st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "account": st.sampled_from(["own", "own", "head", "none"]),
            "holder": st.sampled_from([*HOLDERS, "", ""]),
        }
    )
    return draw(st.lists(st.lists(member, min_size=1, max_size=4), min_size=1, max_size=6))


def roster(folder, drawn, titles):
    """Write a roster; give the people of each household, and who may be whose account's holder."""
    rows = [["姓名", "身份证号", "救助类别", "开户行", "账号", "账户名称", *titles]]
    people, accounts = {}, {}
    number = 0
    for home, members in enumerate(drawn):
        first = number + 1
        for member in members:
            number += 1
            account = {"own": card(number), "head": card(first), "none": ""}[member["account"]]
            holder = {
                "own": member["name"], "head": members[0]["name"], "other": members[-1]["name"],
                "stranger": "钱串子", "": "",
            }[member["holder"]] if account else ""  # fmt: skip
            further = {
                "户主姓名": members[0]["name"],
                "户主身份证号": id_number(first),
                "与户主关系": "户主" if number == first else "家庭成员",
            }
            rows.append([member["name"], id_number(number), "农村低保", "中国农业银行", account,
                         holder, *(further[title] for title in titles)])  # fmt: skip
            people.setdefault(home, set()).add((member["name"], id_number(number)))
            if account:
                accounts.setdefault(home, {}).setdefault(account, []).append((member, holder))
    return write_xlsx(folder / "花名册.xlsx", rows), people, accounts


def split(separator, name, account, number=None, *, encoding="gbk", start=0):
    """Give a reader of lines whose fields stand at fixed places."""

    def lines(content):
        for line in content.decode(encoding).splitlines()[start:]:
            cells = line.split(separator)
            if len(cells) > account:
                yield cells[name], cells[account], cells[number] if number is not None else ""

    return lines


def titled(name, account):
    """Give a reader of tables by their titles."""

    def lines(content):
        if content[:2] == b"PK":
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            rows = [[str(cell or "") for cell in row] for row in sheet.values]
        else:
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        first = next(n for n, row in enumerate(rows) if name in row and account in row)
        places = rows[first].index(name), rows[first].index(account)
        for row in rows[first + 1 :]:
            if re.fullmatch("[0-9]{8,}", row[places[1]]):
                yield row[places[0]], row[places[1]], ""

    return lines


def iso(content):
    for one in ET.fromstring(content).iter():  # noqa: S314  # the program's own
        if one.tag.endswith("}CdtTrfTxInf"):
            name = one.findtext(f"{ISO}Cdtr/{ISO}Nm")
            yield name, one.findtext(f"{ISO}CdtrAcct/{ISO}Id/{ISO}Othr/{ISO}Id"), ""


READERS = {
    "abc-txt": split(",", 2, 1),
    "ccb-txt": split("|", 1, 0),
    "ccb-xlsx": titled("户名", "账号"),
    "cmb-xlsx": titled("*户名", "*账号"),
    "generic-csv": titled("收款人姓名", "收款账号"),
    "generic-xlsx": titled("收款人姓名", "收款账号"),
    "icbc-bpt": split("|", 12, 11, start=6),
    "icbc-xlsx": titled("收款账号名称", "收款账号"),
    "pain.001": iso,
    "shanxi-rcu": split("@|$", 1, 4, 2),
}


def test_every_format_that_the_program_has_is_read_here(templates):
    assert set(READERS) == {name for name in templates if not name.endswith("-register")}


def drawn_line(name, line, people, accounts, *, sure):
    """Hold one line against the roster; ``sure``: it says beyond doubt who belongs together."""
    payee, account, number = line
    (home,) = [home for home, known in accounts.items() if account in known]
    beside = accounts[home][account]
    stated = {holder for _, holder in beside if holder}
    # Several who share it unsaid are paid into the head's.
    head = {min(people[home], key=lambda one: one[1])[0]} if len(beside) > 1 else set()
    own = stated or {member["name"] for member, _ in beside} | head
    assert payee in (own if sure else {person for person, _ in people[home]} | stated)
    called = [own for person, own in people[home] if person == payee]
    if name == "shanxi-rcu":
        assert number in (called if len(called) == 1 and sure else [*called, ""])
    else:
        assert number == ""


TITLES = (("户主姓名", "户主身份证号"), ("户主姓名",), ("与户主关系",))


@settings(max_examples=25)
@given(drawn=homes(), titles=st.sampled_from(TITLES))
def test_every_line_is_of_one_person_of_the_roster(folder, known, drawn, titles):
    path, people, accounts = roster(folder, drawn, titles)
    batch = batch_of(path)
    if batch is None:
        return
    for name, lines_of in READERS.items():
        _, files = rendered(batch.payments.assign(format=name), *known())
        lines = [line for content in files for line in lines_of(bytes(content))]
        assert len(lines) == len(batch.payments)
        for line in lines:
            # Where the heads' names are all there is, two of one name may be two households.
            drawn_line(name, line, people, accounts, sure=titles != ("户主姓名",))
    # The books say the same: who is paid into an account is of the household that has it.
    due = batch.entitlements.merge(batch.payments, on="payment")
    for person, account in zip(due["person"], due["account_number"], strict=True):
        (home,) = [home for home, known in accounts.items() if account in known]
        assert person in {number for _, number in people[home]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("in")


@pytest.fixture(scope="module")
def known(templates, context):
    """Give what gives the formats and the office: shown with an example they are a long text."""
    return lambda: (templates, context)
