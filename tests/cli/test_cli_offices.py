"""Which office is meant, what a new one is, and who can read it."""

import subprocess

import pytest
from golden import rosters
from golden.books import digests
from golden.running import CYCLE, arguments_of, environment, make_office, process, relief, run


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    (path,), _ = rosters.make(tmp_path_factory.mktemp("roster"), 1, 120, ("csv",))
    return path


def pay(roster, *options):
    return relief("--json", *options, "run", "one-time", roster, "--cycle", CYCLE)


def test_the_office_is_named_by_the_environment(roster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    office = make_office(tmp_path / "office")
    monkeypatch.setenv("RELIEF_OFFICE", str(office))
    answer = pay(roster)
    assert answer.code == 1
    assert answer.json["output"].startswith(str(office))


def test_the_option_goes_before_the_environment(roster, tmp_path, monkeypatch):
    monkeypatch.setenv("RELIEF_OFFICE", str(make_office(tmp_path / "one")))
    other = make_office(tmp_path / "other")
    assert pay(roster, "--office", other).json["output"].startswith(str(other))


def test_the_office_is_found_upwards(roster, tmp_path, monkeypatch):
    office = make_office(tmp_path / "office")
    below = office / "rosters" / "2022"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    monkeypatch.delenv("RELIEF_OFFICE", raising=False)
    assert pay(roster).json["output"] == str(office / "out" / "one-time-2022-08-1")
    assert relief("--json", "export", "one-time-2022-08-1").code == 1


def test_without_its_ledger_it_is_no_office_yet_and_is_made_again(tmp_path):
    obstacle = tmp_path / "office" / "ledger.sqlite"
    obstacle.mkdir(0o700, parents=True)
    answer = relief("--json", "init", tmp_path / "office")
    assert (answer.code, answer.json["error"]["code"]) == (2, "ledger-closed")
    assert not (tmp_path / "office" / "relief.toml").exists()
    obstacle.rmdir()
    assert relief("--json", "init", tmp_path / "office").code == 0
    assert obstacle.is_file()


def test_no_office_is_bad_usage_and_none_is_made(roster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELIEF_OFFICE", raising=False)
    answer = pay(roster)
    assert answer.code == 2
    assert answer.json["error"]["code"] == "office-missing"
    assert list(tmp_path.iterdir()) == []


def test_export_makes_no_office(tmp_path):
    answer = relief("--json", "--office", tmp_path / "none", "export", "one-time-2022-08-1")
    assert answer.code == 2
    assert answer.json["error"]["code"] == "office-missing"
    assert not (tmp_path / "none").exists()


def test_a_check_needs_no_office(roster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELIEF_OFFICE", raising=False)
    answer = relief("--json", "check", roster, "--report", tmp_path / "fix.xlsx")
    assert answer.code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["fix.xlsx"]


def test_a_fresh_folder_becomes_an_office_and_it_is_told(roster, tmp_path):
    office = tmp_path / "deep" / "office"
    screen = relief("--lang", "en", "--office", office, "run", "one-time", roster, "--cycle", CYCLE)
    assert screen.code == 1
    assert "new office" in screen.out
    assert {path.name for path in office.iterdir()} >= {"relief.toml", "ledger.sqlite", "out"}
    again = relief("--lang", "en", "--office", office, "run", "one-time", roster, "--cycle", CYCLE)
    assert "new office" not in again.out


def test_an_unknown_key_in_the_settings_is_named(roster, tmp_path):
    office = make_office(tmp_path / "office")
    settings = office / "relief.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[paper]\ncolour = "red"\n', "utf-8")
    before = digests(office)
    answer = run(office, [roster])
    assert answer.code == 2
    assert "paper" in answer.json["error"]["message"]
    assert digests(office) == before


ENVIRONMENTS = {
    "C": {"LANG": "C", "LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
    "zh": {"LANG": "zh_CN.UTF-8", "LC_ALL": None, "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"},
    "far": {"LANG": "tr_TR.UTF-8", "LC_ALL": None, "TZ": "Pacific/Kiritimati", "COLUMNS": "20",
            "TERM": "dumb", "PYTHONHASHSEED": "4294967295"},
}  # fmt: skip


@pytest.mark.parametrize("optimized", ["0", pytest.param("2", marks=pytest.mark.matrix)])
def test_no_environment_changes_a_byte(tmp_path, optimized):
    paths, _ = rosters.make(tmp_path / "in", 8, 180, ("persons", "csv"))
    written, told = {}, {}
    for name, variables in ENVIRONMENTS.items():
        office = make_office(tmp_path / name)
        answer = process(arguments_of(office, paths), PYTHONOPTIMIZE=optimized, **variables)
        assert answer.code == 1, answer.err
        written[name] = digests(office / "out")
        told[name] = answer.out.replace(str(office), "OFFICE")
    assert all(one == written["C"] for one in written.values())
    assert all(one == told["C"] for one in told.values())


@pytest.mark.parametrize(("encoding", "options"), [
    ("gb18030", ()), ("gb18030", ("--json",)), ("utf-8", ()),
])  # fmt: skip
def test_the_encoding_of_the_screen_is_kept(roster, tmp_path, encoding, options):
    office = make_office(tmp_path / "office")
    command = [part for part in arguments_of(office, [roster]) if part != "--json"]
    command[3:3] = ["--lang", "zh", *options]
    ended = subprocess.run(
        command, env=environment(PYTHONIOENCODING=encoding), capture_output=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr.decode(encoding)
    assert b"Traceback" not in ended.stderr
    # The object for programs holds no character beyond ASCII.
    shown = "批次 one-time-2022-08-1" in ended.stdout.decode(encoding)
    assert shown == (not options)


def test_a_reader_that_goes_away_is_no_traceback(roster, tmp_path):
    office = make_office(tmp_path / "office")
    command = " ".join(f"'{part}'" for part in arguments_of(office, [roster]))
    answer = process(["bash", "-c", f"{command} | head -c 1"])
    assert "Traceback" not in answer.err
    assert run(office, [roster]).json["repeated"]


def test_a_folder_for_temporary_files_with_a_long_name_is_no_obstacle(roster, tmp_path):
    long = tmp_path / ("x" * 120)
    long.mkdir()
    office = make_office(tmp_path / "office")
    answer = process(arguments_of(office, [roster]), TMPDIR=long)
    assert answer.code == 1, answer.err
