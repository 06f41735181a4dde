"""Small commands load none of the libraries for whole tables: they take longer than the command."""

import csv
import sys

import pytest
from golden.running import done, make_office, process, relief

from sample_data.bank import PAID, answer_all
from sample_data.generate import PERSON_COLUMNS, people, write_table

HEAVY = {"numpy", "pandas", "pyarrow"}
RUN_AND_TELL = f"""
import sys
from relief_cli.cli.app import execute
code = execute(sys.argv[1:])
sys.stderr.write(f"{{int(code)}} {{sorted(sys.modules.keys() & {HEAVY})}}")
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give an office with a failure, its follow-up on the way, and a batch that waits."""
    folder = tmp_path_factory.mktemp("startup")
    office = make_office(folder / "office")
    rosters = [folder / "one.xlsx", folder / "two.xlsx"]
    for seed, path in enumerate(rosters):
        write_table(path, people(12, 7 + seed), PERSON_COLUMNS, title="花名册")
    told(office, "receive", "province", "10000", "--document", "1")
    first = done(office, rosters[:1])
    answers = answer_all(
        first["output"], folder, lambda one: ("失败", "RJ01") if one.payment == 1 else PAID
    )
    told(office, "settle", first["batch"], *answers)
    told(office, "follow-up", first["batch"], "--same-accounts")
    settings = (office / "relief.toml").read_text("utf-8").replace("approvals = 0", "approvals = 1")
    settings = settings.replace('second_above = ""', 'second_above = "1.00"')
    (office / "relief.toml").write_text(settings, "utf-8")
    done(office, rosters[1:], command="prepare")
    return office


def told(office, *arguments):
    answer = relief("--office", office, *arguments)
    assert answer.code in (0, 1), answer.err


def paid(office):
    """Give the identity number of somebody whose payment failed."""
    text = (office / "out" / "one-time-2022-08-1" / "entitlements.csv").read_text("utf-8")
    return next(row["id_number"] for row in csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (["due", "--on", "2022-09-20"], 1, "one-time-2022-08-3"),
        (["status", "--on", "2022-09-20"], 0, "one-time-2022-08-3"),
        (["trace", "PERSON"], 0, "one-time-2022-08-2"),
        (["operator", "list"], 0, ""),
    ],
)
def test_small_commands_load_no_library_for_tables(office, command, code, says):
    given = [paid(office) if word == "PERSON" else word for word in command]
    command = [sys.executable, "-c", RUN_AND_TELL, "--lang", "en", "--office", office, *given]
    answer = process(list(map(str, command)))
    assert (answer.code, answer.err) == (0, f"{code} []")
    assert says in answer.out
