"""Every policy case that a finance officer signs, through the real program, to the fen."""

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from golden.running import make_office, relief

from docs.policy_cases import BORN, NAME, SOURCES, Case, all_cases
from relief_cli import office as offices
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


def write_roster(path, case):
    """Write the roster of a case; give the name of the person in each row of the sheet."""
    names = [row[case.header.index(NAME)] for row in case.rows]
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    columns = [n for n, title in enumerate(case.header) if title != BORN]
    numbers = {}
    for row, name in zip(case.rows, names, strict=True):
        born = row[case.header.index(BORN)] if BORN in case.header else "1970-05-01"
        numbers[name] = number_of(places[name], born.replace("-", ""))
    heads = [row[case.header.index(HEAD)] for row in case.rows] if HEAD in case.header else names
    book = openpyxl.Workbook()
    own = ["身份证号", *(["户主身份证号"] if HEAD in case.header else []), "开户行", "账号"]
    book.active.append([*(case.header[n] for n in columns), *own])
    for row, name, head in zip(case.rows, names, heads, strict=True):
        further = [numbers[head]] if HEAD in case.header else []
        account = account_of(places[head])
        book.active.append(
            [*(row[n] for n in columns), numbers[name], *further, "中国农业银行", account]
        )
    book.save(path)
    return dict(enumerate(names, start=2))


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
    roster = tmp_path / "roster.xlsx"
    rows = write_roster(roster, case)
    answer = relief(
        "--json", "--office", office, "run", case.programme, roster, "--cycle", case.cycle
    )
    assert answer.code in (0, 1), answer.err
    told = answer.json
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
    assert unpaid.keys() == case.not_paid.keys()
    for name, code in case.not_paid.items():
        assert code in unpaid[name]
    assert told["rows"]["read"] == len(case.rows) == len(entitled) + len(case.not_paid)


@pytest.mark.parametrize("case", CASES)
def test_a_case_agrees_with_itself(case: Case):
    """Its shares are its total, its working names each amount, and its values hold."""
    assert sum(map(parse_yuan, case.shares.values())) == case.total_fen
    working = "".join(case.working).replace(",", "")
    for yuan in {*case.paid.values(), *case.shares.values()}:
        assert yuan in working, yuan
    assert all(one.since <= dt.date.fromisoformat(f"{case.cycle}-28") for one in case.parameters())
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
