"""No file, however it was made, ends this process, fills the computer or goes on for ever.

Given to the commands, each ends with one clear message and leaves the books untouched.
"""

import time

import pytest
from golden.running import make_office, relief, run
from hostile.corpus import READABLE, corpus
from hostile.plain_reader import read
from rules.made import person, table, write_csv

from relief_cli.checks.rules import RULES
from relief_cli.errors import UnreadableError
from relief_cli.roster import server as reading
from relief_cli.roster.container import inspect
from relief_cli.roster.sandbox import allowance, read_each

MIB = 1024 * 1024
REFUSING = {code for code, rule in RULES.items() if rule.refuses_file}


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory):
    """Give hostile files, each with what may become of it."""
    reading.warm_up()
    return corpus(tmp_path_factory.mktemp("hostile"))


def become(path):
    """Give what becomes of a file: a code or ``readable``, and the peak of memory."""
    try:
        container = inspect(path)
    except UnreadableError as error:
        return error, 0
    (outcome,) = read_each(read, [container], allowance)
    if isinstance(outcome, UnreadableError):
        return outcome, 0
    return None, outcome[2]


def test_every_file_ends_as_it_may_and_soon(hostile_files):
    assert len(hostile_files) > 100
    wrong = []
    for path, allowed in hostile_files:
        for _ in range(2):  # a busy computer gets a second chance
            started = time.monotonic()
            error, peak = become(path)
            seconds = time.monotonic() - started
            if seconds < 2:
                break
        code = error.code if error else READABLE
        if code not in allowed or seconds > 2 or peak > 500 * MIB:
            wrong.append((path.name, code, sorted(allowed), round(seconds, 2), peak // MIB))
        if error:
            assert error.file == path.name
            assert str(error)
    assert wrong == []


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.matrix)])
def test_a_run_pays_nothing_for_a_file_that_is_refused(hostile_files, tmp_path, step):
    """One of so many files; the first test reads each of them."""
    office = make_office(tmp_path / "office")
    before = (office / "ledger.sqlite").read_bytes()
    refused, wrong = 0, []
    for path, allowed in hostile_files[::step]:
        answer = run(office, [path])
        if answer.code == 2:
            refused += 1
            error = answer.json["error"]
            sound = error["code"] in REFUSING and error["file"] == path.name and error["message"]
            if not sound or (office / "ledger.sqlite").read_bytes() != before:
                wrong.append((path.name, error))
        elif answer.code not in (0, 1) or READABLE not in allowed or "Traceback" in answer.err:
            wrong.append((path.name, answer.code, answer.err[-300:]))
        else:  # it was read: whoever stands in it may be paid
            before = (office / "ledger.sqlite").read_bytes()
    assert wrong == []
    assert refused > len(hostile_files[::step]) // 2


def test_one_refused_file_among_sound_ones_stops_the_run(hostile_files, tmp_path):
    office = make_office(tmp_path / "office")
    before = (office / "ledger.sqlite").read_bytes()
    sound = tmp_path / "a.csv"
    sound.write_text("姓名,身份证号,救助类别,账号\n", encoding="utf-8")
    broken = [path for path, allowed in hostile_files if READABLE not in allowed][:8]
    answer = run(office, [sound, *broken])
    assert answer.code == 2
    named = [answer.json["error"], *answer.json["error"]["also"]]
    assert {error["file"] for error in named} == {path.name for path in broken}
    assert (office / "ledger.sqlite").read_bytes() == before


def test_a_check_of_all_of_them_tells_of_each(hostile_files):
    broken = [path for path, allowed in hostile_files if READABLE not in allowed]
    answer = relief("--lang", "zh", "check", *broken)
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert all(path.name in answer.err for path in broken)


@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.matrix)])
def test_hostile_files_are_refused_as_lists_and_as_rosters(
    hostile_files, tmp_path, step, monkeypatch
):
    """One of so many files; the first test reads each of them as a roster."""
    monkeypatch.chdir(tmp_path)  # a comparison goes into the folder that the clerk is in
    roster = write_csv(tmp_path / "r.csv", table(person(1)))
    wrong, refused = [], 0
    for path, allowed in hostile_files[::step]:
        for command in (
            ("compare", roster, "--against", path, "--as", "dead"),
            ("diff", roster, path),
        ):
            answer = relief("--json", *command)
            if answer.code == 2:
                refused += 1
                error = answer.json["error"]
                if error["file"] != path.name or not error["message"]:
                    wrong.append((path.name, command[0], error))
            elif answer.code not in (0, 1) or READABLE not in allowed:
                wrong.append((path.name, command[0], answer.code, answer.err[-300:]))
            if "Traceback" in answer.err:
                wrong.append((path.name, command[0], answer.err[-300:]))
    assert wrong == []
    assert refused > len(hostile_files[::step])
