"""No ID and no account is shown whole: not on the screen, not in messages, not in JSON."""

import sys

import openpyxl
import pytest
from golden import rosters
from golden.canaries import LONGEST_PART, parts_of, secrets_of, shown_of
from golden.running import CYCLE, SAMPLES, make_office, process, relief

from sample_data import generate


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    """Give rosters with every mistake there is, and all numbers of people in them."""
    folder = tmp_path_factory.mktemp("messy")
    paths, rows = rosters.make(folder / "in", 21, 2400)
    return paths, secrets_of(rows)


def test_the_canary_sings(messy):
    parts = parts_of(messy[1])
    secret = next(iter(sorted(messy[1])))
    assert shown_of(f"({secret})", parts)
    assert not shown_of("0123456789abcdef 888888888888888888", parts)


@pytest.mark.parametrize(
    "options",
    [
        ["--json"],
        pytest.param(["--lang", "zh"], marks=pytest.mark.matrix),
        pytest.param(["--lang", "en"], marks=pytest.mark.matrix),
        pytest.param(["--quiet"], marks=pytest.mark.matrix),
    ],
)
def test_commands_on_messy_rosters_show_nobody(messy, tmp_path, options):
    paths, secrets = messy
    parts, office = parts_of(secrets), make_office(tmp_path / "office")
    held = office / "out" / "one-time-2022-08-1" / "held.xlsx"
    commands = [
        ["check", *paths, "--report", tmp_path / "fix.xlsx"],
        ["run", "one-time", *paths, "--cycle", CYCLE],
        ["run", "one-time", *paths, "--cycle", CYCLE],
        ["run", "one-time", held, "--cycle", CYCLE],
        ["check", held, "--report", tmp_path / "fix.xlsx"],
        ["export", "one-time-2022-08-1"],
    ]
    for command in commands:
        answer = relief(*options, "--office", office, *command)
        assert answer.code in (0, 1), answer.err
        assert not shown_of(answer.out + answer.err, parts), command


def test_the_sample_county_shows_nobody(tmp_path):
    rows = generate.county(tmp_path / "in")
    secrets = set(rows["person"]) | set(rows["account_number"]) | set(rows["id_number"])
    parts = parts_of({text for text in secrets if len(text) > LONGEST_PART})
    office = tmp_path / "office"
    for options in ([], ["--json"]):
        command = [*options, "--office", office, "run", "one-time", *SAMPLES, "--cycle", CYCLE]
        answer = relief(*command)
        assert answer.code == 1, answer.err
        assert not shown_of(answer.out + answer.err, parts)


ID, CARD = "140122195002240209", "6225250004768516383"
HEADER = ["姓名", "身份证号", "救助类别", "开户行", "账号"]
GOOD = ["田明梅", ID, "农村低保", "农信", CARD]
SPOILT = {
    "no header": [GOOD, GOOD],
    "a header without IDs": [["姓名", "救助类别", "账号"], ["田明梅", "农村低保", CARD]],
    "a number in the category": [HEADER, ["田明梅", ID, ID, "农信", CARD]],
    "a number in the bank": [HEADER, ["田明梅", ID, "农村低保", CARD, CARD]],
    "a number in the name": [HEADER, [ID, ID, "农村低保", "农信", CARD]],
    "a number as the amount": [[*HEADER, "月保障金额"], [*GOOD, CARD]],
    "a number in the total": [[*HEADER, "月保障金额"], [*GOOD, "300"], ["合计", *[""] * 4, CARD]],
    "an ID in the title": [[f"{ID} {CARD}"], HEADER, GOOD],
    "a number as the way of support": [
        [*HEADER, "供养方式"],
        ["田明梅", ID, "特困", "农信", CARD, ID],
    ],
    "a number below the table": [HEADER, GOOD, [f"联系人 {ID} {CARD}"]],
}


@pytest.mark.parametrize("case", SPOILT)
def test_numbers_in_the_wrong_place_are_shown_nowhere(tmp_path, case):
    book = openpyxl.Workbook()
    for row in SPOILT[case]:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    parts, office = parts_of({ID, CARD}), make_office(tmp_path / "office")
    check = ["check", tmp_path / "x.xlsx", "--report", tmp_path / "fix.xlsx"]
    pay = ["run", "one-time", tmp_path / "x.xlsx", "--cycle", CYCLE]
    for said in (["--lang", "en", *check], ["--lang", "zh", *pay], ["--json", *check]):
        answer = relief("--office", office, *said)
        assert answer.code in (0, 1, 2), answer.err
        assert not shown_of(answer.out + answer.err, parts), answer.out + answer.err


def test_a_fault_of_the_program_shows_places_in_the_code_and_no_data(messy, tmp_path):
    """The worst case: something breaks with people in its hands."""
    paths, secrets = messy
    office = make_office(tmp_path / "office")
    broken = (
        "import sys, pandas as pd; from relief_cli import payouts; from relief_cli.cli import app;"
        "from relief_cli.ledger import record\n"
        "def fault(self, batch): raise ValueError(' '.join(batch.entitlements['person']))\n"
        "record.WritableBook.record = fault\n"
        "sys.exit(app.execute(sys.argv[1:]))"
    )
    command = [
        sys.executable,
        "-c",
        broken,
        "--json",
        "--office",
        office,
        "run",
        "one-time",
        *paths,
    ]
    answer = process([*map(str, command), "--cycle", CYCLE])
    assert answer.code == 70
    assert answer.json["error"]["code"] == "fault"
    assert "record" in answer.err
    assert not shown_of(answer.out + answer.err, parts_of(secrets))
