"""An office of which others may write a part, or of which a part is missing or closed."""

import os
import shutil
from pathlib import Path

import pytest
from golden.running import PROGRAM, done, make_office, process, relief, run
from rules.made import id_number, person, table, write_csv

POLICY = """
[[local.split]]
from = 2022-01-01
value = "3:7"
unit = "weights"
reference = "县财政局会议纪要"
"""


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def sound(tmp_path):
    return write_csv(tmp_path / "a.csv", table(person(1), person(2)))


def place(office, name):
    """Give a part of the office; make it as a clerk does, who copies a file there."""
    path = office / name
    if name.endswith((".toml", ".csv")) and not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text("", "utf-8")
        path.chmod(0o644)
    path.parent.chmod(0o755)
    return path


def error_of(answer, code=2):
    assert answer.code == code, answer.err
    return answer.json["error"]


PARTS = (".", "relief.toml", "policy", "policy/own.toml", "banks", "banks/own.toml", "lists/d.csv")


@pytest.mark.parametrize("mode", [0o020, 0o002], ids=oct)
@pytest.mark.parametrize("part", PARTS)
def test_what_others_may_write_pays_nobody(office, sound, part, mode):
    path = place(office, part)
    before = path.stat().st_mode & 0o777
    path.chmod(before | mode)
    error = error_of(run(office, [sound]), 4)
    assert error["code"] == "office-open-to-others"
    assert f"{before | mode:03o}" in error["message"]
    assert str(path.resolve()) in error["message"]
    assert f"chmod go-w {path.resolve()}" in error["remedy"]
    assert not list((office / "out").iterdir())


def test_all_parts_are_told_at_once_with_the_command_to_type(office, sound):
    parts = [office / "policy", place(office, "banks/my bank.toml")]
    for path in parts:
        path.chmod(0o777)
    remedy = error_of(run(office, [sound]), 4)["remedy"]
    assert f"chmod go-w '{parts[1]}' {parts[0]}" in remedy
    command = remedy[remedy.index("chmod") :]
    assert process(["sh", "-c", command]).code == 0
    shutil.rmtree(office / "banks")
    (office / "banks").mkdir(0o755)
    assert done(office, [sound])["rows"]["paid"] == 2


def test_files_that_others_may_read_are_no_danger(office, sound):
    for path in (office, *office.rglob("*")):
        if path.name != "ledger.sqlite":
            path.chmod(0o755 if path.is_dir() else 0o644)
    (office / "policy" / "own.toml").touch(0o644)
    assert done(office, [sound])["rows"]["paid"] == 2


@pytest.mark.parametrize("command", [
    ("status",), ("audit",), ("due",), ("check", "a.csv"), ("banks", "list"), ("backup",),
    ("receive", "province", "1.00", "--document", "1"), ("operator", "add", "li"),
])  # fmt: skip
def test_every_command_says_so(office, sound, command):
    (office / "relief.toml").chmod(0o666)
    given = [str(sound) if word == sound.name else word for word in command]
    answer = relief("--json", "--office", office, *given)
    assert error_of(answer, 4)["code"] == "office-open-to-others"


def test_a_part_of_another_user_is_refused(office, sound, monkeypatch):
    own = place(office, "policy/own.toml")
    os.chown(own, 54321, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", int)
    error = error_of(run(office, [sound]), 4)
    assert error["code"] == "office-open-to-others"
    assert f"chown {os.geteuid()} " in error["remedy"]


def test_a_link_is_as_open_as_what_it_leads_to(office, sound, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o755)
    (elsewhere / "own.toml").touch(0o644)
    link = office / "policy" / "own.toml"
    link.symlink_to(elsewhere / "own.toml")
    assert done(office, [sound])["rows"]["paid"] == 2
    for path, open_mode, closed in (
        (link, 0o664, 0o644),
        (elsewhere, 0o775, 0o755),  # another file can be put in its place
    ):
        path.chmod(open_mode)
        assert str(path) in error_of(run(office, [sound]), 4)["message"]
        path.chmod(closed)
    elsewhere.chmod(0o1777)  # nobody else's files can be moved there
    assert run(office, [sound]).json["repeated"]


def test_lists_lie_where_the_settings_say(office, sound, tmp_path):
    settings = office / "relief.toml"
    named = 'dead = ["names/d*.csv"]'
    settings.write_text(
        settings.read_text("utf-8").replace("[lists]", f"[lists]\n{named}"), "utf-8"
    )
    write_csv(place(office, "names/d.csv"), [["姓名", "身份证号"], ["张三", id_number(900)]])
    (office / "names").chmod(0o775)
    assert error_of(run(office, [sound]), 4)["file"] == "names"
    (office / "names").chmod(0o755)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (office / "names" / "d.csv").rename(elsewhere / "d.csv")
    text = settings.read_text("utf-8").replace("names/d", f"{elsewhere}/d")
    settings.write_text(text, "utf-8")
    elsewhere.chmod(0o775)  # another department's folder is theirs to keep
    assert run(office, [sound]).code in (0, 1)


def test_an_open_folder_becomes_no_office(sound, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    for answer in (run(folder, [sound]), relief("--json", "init", folder)):
        assert error_of(answer, 4)["code"] == "office-open-to-others"
    assert not list(folder.iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o400, 0o600], ids=oct)
def test_a_key_that_others_can_read_signs_nothing(tmp_path, monkeypatch, sound, mode):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    office = make_office(tmp_path / "office", approvals="1")
    (tmp_path / "pass").write_text("long enough", "utf-8")
    secret = ("--passphrase-file", tmp_path / "pass")
    for name in ("wang", "li"):
        added = relief("--json", "--office", office, "operator", "add", name, *secret)
        assert added.code == 0, added.err
    assert run(office, [sound], "--as", "wang", *secret).code == 3
    key = Path(added.json["key"])
    key.chmod(mode)
    batch = "one-time-2022-08-1"
    answer = relief("--json", "--office", office, "approve", batch, "--as", "li", *secret)
    if not mode & 0o077:
        assert answer.code == 0, answer.err
        return
    error = error_of(answer, 4)
    assert (error["code"], error["file"]) == ("key-open-to-others", key.name)
    assert f"chmod 600 {key}" in error["remedy"]


# What is missing or closed


@pytest.mark.parametrize("folder", ["policy", "banks"])
def test_a_folder_that_was_taken_away_is_missed(office, sound, folder):
    shutil.rmtree(office / folder)
    for answer in (run(office, [sound]), relief("--json", "--office", office, "backup")):
        error = error_of(answer)
        assert (error["code"], error["file"]) == ("office-folder", folder)
        assert str(office / folder) in error["remedy"]
    (office / folder).symlink_to(office / "nowhere")
    assert error_of(run(office, [sound]))["code"] == "office-folder"
    (office / folder).unlink()
    (office / folder).touch()
    assert error_of(run(office, [sound]))["code"] == "office-folder"


@pytest.mark.parametrize("folder", ["policy", "banks"])
def test_a_file_that_leads_nowhere_or_never_ends_is_named(office, sound, folder):
    own = office / folder / "own.toml"
    own.symlink_to(office / "nowhere")
    assert error_of(run(office, [sound]))["file"] == "own.toml"
    own.unlink()
    os.mkfifo(own)
    assert error_of(run(office, [sound]))["file"] == "own.toml"


@pytest.mark.parametrize(("part", "command", "file"), [
    ("policy", ("policy", "show", "one-time"), "policy"),
    ("policy", ("status",), "policy"),
    ("banks", ("banks", "list"), "banks"),
    ("policy/own.toml", ("status",), "own.toml"),
    ("banks/own.toml", ("banks", "list"), "own.toml"),
    ("relief.toml", ("status",), "relief.toml"),
    ("out", ("audit",), "out"),
])  # fmt: skip
def test_what_may_not_be_read_is_named(office, part, command, file):
    place(office, part).chmod(0)
    answer = process([*PROGRAM, "--json", "--office", str(office), *command], bounded=True)
    assert error_of(answer)["file"] == file
    assert "Permission denied" in answer.json["error"]["message"]


def test_an_office_that_may_not_be_looked_into(office, sound, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    office.rename(closed / "office")
    closed.chmod(0)
    inside = str(closed / "office")
    for command in (("status",), ("run", "one-time", str(sound), "--cycle", "2022-08")):
        answer = process([*PROGRAM, "--json", "--office", inside, *command], bounded=True)
        assert error_of(answer)["file"] == "relief.toml"
    closed.chmod(0o700)


def test_a_format_without_a_template_is_named_before_anything_is_paid(office, sound):
    settings = office / "relief.toml"
    text = settings.read_text("utf-8").replace("[banks.formats]", '[banks.formats]\n"402" = "ours"')
    settings.write_text(text, "utf-8")
    error = error_of(run(office, [sound]))
    assert (error["code"], error["file"]) == ("bank-format-unknown", "relief.toml")
    assert "ours" in error["message"]
    assert not list((office / "out").iterdir())
