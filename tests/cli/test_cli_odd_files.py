"""Files that no careful person makes, and that offices get all the same: no fault of relief."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from golden.running import PROGRAM, done, make_office, process, relief, run
from rules.made import person, table, write_csv, write_xlsx


def write_long_xlsx(path, rows):
    """Write cells that are longer than any spreadsheet program writes them."""
    marked = [[cell if len(cell) < 1000 else "MARK" for cell in row] for row in rows]
    write_xlsx(path, marked)
    (long,) = (cell for row in rows for cell in row if len(cell) >= 1000)
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"MARK", long.encode()))
    return path


ESCAPES = "\x1b[31m\u202e"


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def sound(tmp_path):
    return write_csv(tmp_path / "a.csv", table(person(1), person(2)))


def test_a_name_from_a_zip_of_windows(office, sound, tmp_path):
    """GBK is no UTF-8: Python sees such a name in halves of characters."""
    place = sound.rename(tmp_path / os.fsdecode("花名册.csv".encode("gbk")))
    told = done(office, [place])
    assert told["rows"]["paid"] == 2
    manifest = json.loads(Path(told["output"], "manifest.json").read_text("utf-8"))
    assert [one["name"] for one in manifest["inputs"]] == ["花名册.csv"]
    assert run(office, [place]).json["repeated"]
    assert relief("--office", office, "audit").code == 0


def test_an_office_in_a_folder_from_a_zip_of_windows(office, sound, tmp_path):
    place = office.rename(tmp_path / os.fsdecode("办公室".encode("gbk")))
    command = [*PROGRAM, "--json", "--office", str(place), "run", "one-time", str(sound)]
    answer = process([*command, "--cycle", "2022-08"])
    assert answer.code == 0, answer.err
    assert answer.json["rows"]["paid"] == 2


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_a_terminal_would_obey_is_written_out(office, sound, tmp_path, options):
    place = sound.rename(tmp_path / f"a{ESCAPES}.csv")
    answer = relief(*options, "--office", office, "check", place)
    assert answer.code == 0
    for text in (answer.out, answer.err):
        assert not set(ESCAPES) & set(text) - set("[31m")
    shown = answer.json["sheets"][0]["file"] if options else answer.out
    assert r"\u001b[31m\u202e" in shown
    gone = relief("--office", office, "check", tmp_path / f"b{ESCAPES}.csv")
    assert r"b\u001b[31m\u202e.csv" in gone.err


def test_a_cell_that_a_terminal_would_obey(office, tmp_path):
    rows = table(person(1, 备注=""), person(2, 备注=""))
    rows[0] = [f"{title}{ESCAPES}" if title == "备注" else title for title in rows[0]]
    answer = relief("--office", office, "check", write_csv(tmp_path / "b.csv", rows))
    assert not set(answer.out + answer.err) & {"\x1b", "\u202e"}


@pytest.mark.parametrize("name", ["长" * 90 + ".csv", "x" * 300 + ".xlsx"])
def test_a_name_that_no_disk_takes(office, tmp_path, name):
    for command in (("check",), ("run", "one-time", "--cycle", "2022-08")):
        answer = relief("--json", "--office", office, *command, tmp_path / name)
        assert (answer.code, answer.json["error"]["code"]) == (2, "F001")


@pytest.mark.parametrize("folder", ["banks", "policy"])
def test_a_folder_that_is_called_as_a_file(office, sound, folder):
    (office / folder).mkdir(exist_ok=True)
    (office / folder / "x.toml").mkdir()
    answer = run(office, [sound])
    assert (answer.code, answer.json["error"]["file"]) == (2, "x.toml")


@pytest.mark.parametrize(("command", "code"), [
    (("operator", "add", "li", "--passphrase-file"), "passphrase-file"),
    (("check", "a.csv", "--password-file"), "password-file-unreadable"),
    (("export", "one-time-2022-08-1", "--encrypt-to"), "key-file-unreadable"),
])  # fmt: skip
def test_a_secret_that_never_ends(office, command, code):
    answer = relief("--json", "--office", office, *command, "/dev/zero")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)


@pytest.mark.parametrize("write", [write_csv, write_long_xlsx], ids=["csv", "xlsx"])
@pytest.mark.parametrize(
    ("header", "code"), [("姓名", "R110"), ("账号", "R202"), ("身份证号", "R102")]
)
def test_a_cell_of_two_million_characters_holds_its_row(office, tmp_path, write, header, code):
    long = ("王" if header == "姓名" else "1") * 2_000_000
    rows = table(person(1), person(2, **{header: long}))
    told = done(office, [write(tmp_path / f"long.{write.__name__[-3:]}", rows)])
    assert told["rows"] == {"read": 2, "paid": 1, "held": 1, "skipped": 0}
    assert told["findings"] == {code: 1}


def test_an_address_of_two_million_characters_is_nobody_s_fault(office, tmp_path):
    rows = table(person(1, 住址=""), person(2, 住址="王" * 2_000_000))
    assert done(office, [write_csv(tmp_path / "long.csv", rows)])["rows"]["paid"] == 2


@pytest.mark.parametrize("command", [
    ("check",), ("restore", "--verify"), ("journal", "--format", "beancount", "--output"),
    ("export", "one-time-2022-08-1", "--encrypt-to"), ("schedule", "2022", "--ics"),
    ("settle", "one-time-2022-08-1"), ("diff", "a.csv"),
])  # fmt: skip
def test_a_pipe_into_which_nobody_writes(office, sound, tmp_path, command):
    done(office, [sound])
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = [str(sound) if word == sound.name else word for word in command]
    answer = process([*PROGRAM, "--json", "--office", str(office), *words, str(pipe)], timeout=30)
    assert answer.code == 2
    assert answer.json["error"]["file"] == "pipe"
