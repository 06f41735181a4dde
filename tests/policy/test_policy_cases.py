"""Every policy case that a finance officer signs, through the real program, to the fen."""

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from golden.running import make_office, relief

from docs.policy_cases import BORN, NAME, SOURCES, Case, all_cases
from relief_cli import office as offices
from relief_cli.calendar import Cycle
from relief_cli.ledger import Ledger
from relief_cli.money import parse_yuan
from relief_cli.policy import load

HEAD = "户主姓名"
CASES = [
    pytest.param(case, id=f"{file.file}-{number}")
    for file in all_cases()
    for number, case in enumerate(file.cases, start=1)
]


def number_of(place, born):
    """Give the made-up identity number of the person at a place, with its check character."""
    body = f"140981{born}{place * 2 + 1:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def account_of(place):
    """Give the made-up account of the person at a place, a card with its check digit."""
    body = f"62284800100{place:07d}"
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate(reversed(body))]
    return body + str(-sum(sum(divmod(d, 10)) for d in doubled) % 10)


def write_roster(path, roster, places):
    """Write a roster; give the name of the person in each row of the sheet."""
    header = roster.header
    names = [row[header.index(NAME)] for row in roster.rows]
    columns = [n for n, title in enumerate(header) if title != BORN]
    numbers = {}
    for row, name in zip(roster.rows, names, strict=True):
        born = row[header.index(BORN)] if BORN in header else "1970-05-01"
        numbers[name] = number_of(places[name], born.replace("-", ""))
    heads = [row[header.index(HEAD)] for row in roster.rows] if HEAD in header else names
    book = openpyxl.Workbook()
    own = ["身份证号", *(["户主身份证号"] if HEAD in header else []), "开户行", "账号"]
    book.active.append([*(header[n] for n in columns), *own])
    for row, name, head in zip(roster.rows, names, heads, strict=True):
        further = [numbers[head]] if HEAD in header else []
        inside = "供养方式" in header and row[header.index("供养方式")] == "集中"
        account = ("", "") if inside else ("中国农业银行", account_of(places[head]))
        book.active.append([*(row[n] for n in columns), numbers[name], *further, *account])
    book.save(path)
    return dict(enumerate(names, start=2))


def pay(office, case, folder):
    """Pay all rosters of a case; give the answer about the last, and the names in its rows."""
    rosters = case.rosters()
    everybody = [row[one.header.index(NAME)] for one in rosters for row in one.rows]
    places = {name: place for place, name in enumerate(dict.fromkeys(everybody))}
    for number, roster in enumerate(rosters):
        path = folder / f"{number}.xlsx"
        rows = write_roster(path, roster, places)
        answer = relief(
            "--json", "--office", office, "run", roster.programme, path, "--cycle", roster.cycle
        )
        assert answer.code in (0, 1), answer.err
    if case.arrears:
        first, last = case.arrears
        answer = relief("--json", "--office", office, "arrears", case.programme,
                        "--from", first, "--to", last)  # fmt: skip
        assert answer.code in (0, 1), answer.err
    return answer.json, rows


def unpaid_of(office, name, rows):
    """Give the codes of each person's rows that a batch did not pay."""
    with Ledger.open(offices.load(office).ledger_place).reading() as book:
        unpaid = book.load(name).unpaid
    found = {}
    for row, codes in zip(unpaid["sheet_row"], unpaid["codes"], strict=True):
        found.setdefault(rows[row], set()).update(codes.split(","))
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_program_pays_what_was_worked_out_by_hand(case: Case, tmp_path):
    office = make_office(tmp_path / "office", language="zh", county=case.county)
    for number, text in enumerate(case.policies):
        (office / "policy" / f"{number}.toml").write_text(text, "utf-8")
    told, rows = pay(office, case, tmp_path)
    with (Path(told["output"]) / "entitlements.csv").open(encoding="utf-8", newline="") as file:
        entitled = list(csv.DictReader(file))
    assert {row["beneficiary_name"]: int(row["amount_fen"]) for row in entitled} == {
        name: parse_yuan(yuan) for name, yuan in case.paid.items()
    }
    assert len(entitled) == len(case.paid)
    categories = {row["beneficiary_name"]: row["category"] for row in entitled}
    assert {name: categories[name] for name in case.paid_as} == dict(case.paid_as)
    assert told["amount_fen"] == case.total_fen
    shares = {SOURCES[name]: parse_yuan(yuan) for name, yuan in case.shares.items()}
    assert {name: fen for name, fen in told["shares_fen"].items() if fen} == shares
    unpaid = unpaid_of(office, told["batch"], rows)
    left = {**case.not_paid, **case.repeated}
    assert unpaid.keys() == left.keys()
    for name, code in left.items():
        assert code in unpaid[name]
    assert told["rows"]["read"] == len(case.rows) == len(entitled) + len(left)
    if case.pay_on:
        with Ledger.open(offices.load(office).ledger_place).reading() as book:
            assert book.load(told["batch"]).pay_on == dt.date.fromisoformat(case.pay_on)


@pytest.mark.parametrize("case", CASES)
def test_a_case_agrees_with_itself(case: Case):
    """Its shares are its total, its working names each amount, and its values hold."""
    assert sum(map(parse_yuan, case.shares.values())) == case.total_fen
    working = "".join(case.working).replace(",", "")
    for yuan in {*case.paid.values(), *case.shares.values()}:
        assert yuan in working, yuan
    assert max(one.since for one in case.parameters()) <= Cycle.parse(case.cycle).last_on
    # Where the case has a policy of its own it is one that an office could have.
    assert (case.policy().digest == load().digest) == (not case.policies)


def test_each_rule_of_rounding_has_its_case():
    rounding = {
        str(one.value) for param in CASES for one in param.values[0].parameters()
        if one.name == "dibao.rounding"
    }  # fmt: skip
    assert rounding == {
        f"{unit}, {rule}" for unit in ("fen", "jiao", "yuan") for rule in ("half-up", "up", "down")
    }
