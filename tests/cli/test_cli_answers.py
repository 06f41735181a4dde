"""Answers for programs: one object on standard output, all else on standard error, exit codes."""

import json
import shutil
from pathlib import Path

import pytest
from golden import rosters
from golden.books import state_of
from golden.running import CYCLE, SAMPLES, make_office, relief, run

ERROR = {"code", "message", "file", "sheet", "cell"}
RUN = {
    "batch", "state", "programme", "cycle", "rows", "beneficiaries", "payments", "amount_fen",
    "shares_fen", "findings", "files", "output",
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Give a roster without a mistake and one with some."""
    folder = tmp_path_factory.mktemp("good")
    (clean,), _ = rosters.make(folder, 1, 60, ("csv",), faults={})
    (faulty,), _ = rosters.make(folder, 2, 200, ("csv",))
    return clean, faulty


@pytest.fixture(scope="module")
def paid(good, tmp_path_factory):
    office = make_office(tmp_path_factory.mktemp("paid") / "office")
    assert run(office, [good[1]]).code == 1
    return office


@pytest.fixture
def office(paid, tmp_path):
    return shutil.copytree(paid, tmp_path / "office")


def one_object(answer):
    """Give the object; standard output holds it and nothing else."""
    assert answer.out.startswith("{")
    assert answer.out.endswith("}\n")
    return json.loads(answer.out)


def test_run_prepare_and_export_tell_what_is_agreed(office, good, tmp_path):
    told = [
        run(office, [good[1]]),
        relief("--json", "--office", office, "export", "one-time-2022-08-1"),
        run(tmp_path / "new", [good[1]], command="prepare"),
    ]
    for answer in told:
        assert answer.code == 1
        shown = one_object(answer)
        assert shown.keys() >= RUN
        assert shown["rows"].keys() == {"read", "paid", "held", "skipped"}
        assert bool(shown["files"]) == (shown["state"] == "exported")
        for file in shown["files"]:
            assert file.keys() >= {"path", "format", "payments", "amount_fen", "sha256"}
    assert [answer.json["state"] for answer in told] == ["exported", "exported", "prepared"]


def test_check_tells_what_is_agreed_and_records_nothing(good, office, tmp_path):
    before = state_of(office)
    answer = relief(
        "--json", "--office", office, "check", good[1], "--report", tmp_path / "fix.xlsx"
    )
    assert answer.code == 1
    shown = one_object(answer)
    assert shown.keys() >= {"rows", "findings", "rows_with_errors", "report"}
    assert (tmp_path / "fix.xlsx").is_file()
    assert state_of(office) == before


@pytest.mark.parametrize(
    "command",
    [
        ["policy", "show", "one-time", "--on", "2022-08-20"],
        ["banks", "list"],
        ["explain"],
        ["explain", "R103"],
        ["init", "NEW"],
    ],
    ids=" ".join,
)
def test_every_other_command_gives_one_object_too(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = relief("--json", *command)
    assert answer.code == 0
    assert one_object(answer)


def test_alone_it_tells_what_status_tells(office, tmp_path, monkeypatch):
    for given in (["--json"], ["--lang", "en"], []):
        alone, status = (relief(*given, "--office", office, *word) for word in ([], ["status"]))
        assert (alone.code, alone.out, alone.err) == (0, status.out, "")
    monkeypatch.chdir(tmp_path)
    nowhere = relief()
    assert nowhere.code == 2
    assert "relief init" in nowhere.err


@pytest.mark.parametrize("option", ["--lang", "--office"])
def test_an_option_without_its_value_is_told(option):
    answer = relief(option)
    assert answer.code == 2
    assert option in answer.err
    assert "Traceback" not in answer.err


def test_the_policy_names_its_parts():
    answer = relief("--json", "policy", "show", "dibaoo")
    assert (answer.code, answer.json["error"]["code"]) == (2, "policy-unknown")
    assert "one-time, price, screen, tekun, temporary, voucher" in answer.json["error"]["remedy"]
    on = ("--on", "2001-01-01")
    assert relief("--json", "policy", "show", "dibao", *on).json["error"]["code"] == "policy-empty"
    (split,) = relief("--json", "policy", "show", "local").json["parameters"]
    assert split["name"] == "local.split"


def test_a_clean_roster_ends_with_0(good, tmp_path):
    assert run(tmp_path / "office", [good[0]]).code == 0
    assert run(tmp_path / "office", [good[0]]).code == 0
    assert relief("--office", tmp_path / "office", "check", good[0]).code == 0


def test_held_rows_end_with_1_and_go_on_doing_so(office, good):
    assert [run(office, [good[1]]).code for _ in range(2)] == [1, 1]


def test_a_missing_approval_ends_with_3_and_nothing_is_out(good, tmp_path):
    office = make_office(tmp_path / "office", approvals="1")
    for _ in range(2):
        answer = run(office, [good[1]])
        assert answer.code == 3
        shown = one_object(answer)
        assert shown["state"] == "prepared"
        assert shown["batch"] == "one-time-2022-08-1"
        assert shown["files"] == []
    before = state_of(office)
    answer = relief("--json", "--office", office, "export", "one-time-2022-08-1")
    assert answer.code == 3
    assert one_object(answer)["error"]["code"] == "approval-missing"
    assert state_of(office) == before
    assert [path.name for path in (office / "out").iterdir()] == ["approvals"]


def test_a_changed_file_ends_with_4(office, good):
    (office / "out" / "one-time-2022-08-1" / "payments.csv").write_text("")
    answer = run(office, [good[1]])
    assert answer.code == 4
    assert one_object(answer)["error"].keys() >= ERROR


def bad_usage(roster):
    return {
        "no such command": ["pay"],
        "no such option": ["run", "one-time", roster, "--cycle", CYCLE, "--fast"],
        "no cycle": ["run", "one-time", roster],
        "no roster": ["run", "one-time", "--cycle", CYCLE],
        "no such programme": ["run", "gift", roster, "--cycle", CYCLE],
        "no such month": ["run", "one-time", roster, "--cycle", "2022-13"],
        "no cycle at all": ["run", "one-time", roster, "--cycle", "August"],
        "before the notice": ["run", "one-time", roster, "--cycle", "2021-08"],
        "no such sheet": ["run", "one-time", SAMPLES[0], "--cycle", CYCLE, "--sheet", "黄寨"],
        "no such file": ["run", "one-time", "nowhere.xlsx", "--cycle", CYCLE],
        "a folder": ["run", "one-time", Path(__file__).parent, "--cycle", CYCLE],
        "no such day": ["run", "one-time", roster, "--cycle", CYCLE, "--pay-on", "2022-02-30"],
        "no file of passwords": [
            "run", "one-time", roster, "--cycle", CYCLE, "--password-file", "nowhere.txt",
        ],
        "no such batch": ["export", "one-time-2022-08-7"],
        "no such format": ["export", "one-time-2022-08-1", "--format", "paper"],
        "no such code": ["explain", "R999"],
        "no such parameters": ["policy", "show", "gift"],
        "an office twice": ["init", "OFFICE"],
    }  # fmt: skip


@pytest.mark.parametrize("case", bad_usage(SAMPLES[0]))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_usage_ends_with_2_says_why_and_changes_nothing(office, good, case, language):
    before = state_of(office)
    command = [str(office) if part == "OFFICE" else part for part in bad_usage(good[1])[case]]
    answer = relief("--json", "--lang", language, "--office", office, *command)
    assert answer.code == 2, answer
    error = one_object(answer)["error"]
    assert error.keys() >= ERROR
    assert error["message"].strip()
    assert error["message"] in answer.err.replace("\n", " ").replace("  ", " ")
    assert state_of(office) == before
    plain = relief("--lang", language, "--office", office, *command)
    assert plain.code == 2
    assert plain.out == ""
    assert error["message"] in plain.err


UNREADABLE = {
    "F001": ("x.xlsx", b"no spreadsheet\x00\x01"),
    "F003": ("x.csv", "甲,乙,丙\n1,2,3\n".encode("gb18030")),
    "F004": ("x.csv", "姓名,救助类别,账号\n王小二,农村低保,6225250004768516383\n".encode()),
    "F005": ("x.csv", "姓名,姓名,身份证号,救助类别,账号\n王,王,1,农村低保,2\n".encode()),
    "F011": ("x.csv", b"\xd0\xd5\xc3\xfb,\xff\xff\xfe\xff\x80\x80\n\xff,\xff\n"),
}


@pytest.mark.parametrize("code", UNREADABLE)
def test_an_unreadable_file_ends_with_2_names_it_and_records_nothing(office, good, tmp_path, code):
    name, content = UNREADABLE[code]
    (tmp_path / name).write_bytes(content)
    before = state_of(office)
    answer = run(office, [good[0], tmp_path / name])
    assert answer.code == 2
    error = one_object(answer)["error"]
    assert (error["code"], error["file"]) == (code, name)
    assert state_of(office) == before


def test_all_unreadable_files_are_told_at_once(office, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.xlsx").write_bytes(b"nothing %d" % number)
    answer = run(office, sorted(tmp_path.glob("*.xlsx")))
    assert answer.code == 2
    assert all(f"{number}.xlsx" in answer.err for number in range(3))


def test_quiet_says_nothing_but_errors(office, good, tmp_path):
    commands = [
        ["run", "one-time", good[1], "--cycle", CYCLE],
        ["export", "one-time-2022-08-1"],
        ["check", good[1], "--report", tmp_path / "fix.xlsx"],
    ]
    for command in commands:
        answer = relief("--quiet", "--office", office, *command)
        assert (answer.code, answer.out, answer.err) == (1, "", "")
        loud = relief("--quiet", "--json", "--office", office, *command)
        assert one_object(loud)
        assert loud.err == ""
    wrong = relief("--quiet", "--office", office, "export", "nothing")
    assert wrong.code == 2
    assert "nothing" in wrong.err


def test_beside_json_only_standard_error_is_written_to(office, good, tmp_path):
    answer = run(tmp_path / "fresh", [good[1]])
    assert one_object(answer)["state"] == "exported"
    assert "fresh" in answer.err  # a new office was made, and it says so
    assert run(office, [good[1]]).err == ""


def test_the_screen_and_the_object_tell_the_same(office, good):
    shown = one_object(run(office, [good[1]]))
    screen = relief(
        "--lang", "en", "--office", office, "run", "one-time", good[1], "--cycle", CYCLE
    )
    assert screen.code == 1
    assert screen.err == ""
    assert shown["findings"]
    for code, count in shown["findings"].items():
        assert any(
            line.split()[:1] == [code] and str(count) in line.split()
            for line in screen.out.splitlines()
        )
    assert f"{shown['rows']['read']} read = {shown['rows']['paid']} paid" in screen.out
    assert shown["output"] in screen.out.replace("\n", "")
    assert f"{shown['amount_fen'] // 100:,}.00" in screen.out
