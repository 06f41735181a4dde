"""The same files given to the commands: one clear message each, and the books untouched."""

import pytest
from golden.running import make_office, relief, run
from hostile.corpus import READABLE

from relief_cli.checks.rules import RULES

REFUSING = {code for code, rule in RULES.items() if rule.refuses_file}


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.matrix)])
def test_a_run_pays_nothing_for_a_file_that_is_refused(hostile_files, tmp_path, step):
    """One of so many files; the test of the reader takes each of them."""
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
