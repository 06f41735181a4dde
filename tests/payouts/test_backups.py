"""A backup is one consistent moment; it is verified, and put back where nothing can be lost."""

import contextlib
import hashlib
import io
import json
import shutil
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest
from golden.books import digests, recorded
from golden.keys import decrypted, make_key
from golden.running import SAMPLES, make_office, relief, run

from relief_cli import archive, payouts
from relief_cli import office as offices
from relief_cli.ledger import Ledger
from relief_cli.payouts.backup_file import Contents

POLICY = '[one-time.amount]\nunit = "fen per person"\n'

DATABASES = ("sqlite",)  # it is about files


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give an office with two batches, settings of its own, and a backup of the first batch."""
    office = make_office(tmp_path_factory.mktemp("made") / "office")
    (office / "banks" / "本县.toml").write_bytes(template())
    run(office, SAMPLES[:1])
    early = relief("--json", "--office", office, "backup").json
    run(office, SAMPLES[1:2])
    return office, Path(early["path"])


def template():
    own = Path(offices.__file__).parent / "banks" / "data" / "generic-csv.toml"
    return own.read_bytes()


@pytest.fixture
def office(made, tmp_path):
    """Give a copy of the office; its early backup is beside it."""
    shutil.copy2(made[1], tmp_path / "early.tar")
    return shutil.copytree(made[0], tmp_path / "office", ignore=shutil.ignore_patterns("backup"))


def back_up(office, *options):
    answer = relief("--json", "--office", office, "backup", *options)
    assert answer.code == 0, answer.err
    return answer.json


def restore(office, file, *options):
    return relief("--json", "--office", office, "restore", file, *options)


def error_of(answer):
    return answer.code, answer.json["error"]["code"]


def members(path):
    with tarfile.open(path) as file:
        return {name: file.extractfile(name).read() for name in file.getnames()}


def rewritten(path, change):
    """Write a backup again after ``change`` on its members; the manifest is made to agree."""
    found = members(path)
    manifest = json.loads(found.pop("manifest.json"))
    change(found, manifest)
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    contents = Contents(events=manifest["events"], head=manifest["head"], digests=manifest["files"])
    whole = {"manifest.json": contents.as_bytes(), **found}
    packed = archive.packed(
        archive.Member(name, len(content), (content,)) for name, content in whole.items()
    )
    path.write_bytes(b"".join(packed))


def changed_ledger(found, statement):
    """Let a forger at the ledger in a backup."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(found["ledger.sqlite"])
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    guards = guards.fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    for _, sql in guards:
        connection.execute(sql)
    connection.commit()
    found["ledger.sqlite"] = connection.serialize()
    connection.close()


def test_it_holds_ledger_settings_and_digests(office):
    told = back_up(office)
    found = members(told["path"])
    assert found.keys() == {"manifest.json", "ledger.sqlite", "relief.toml", "banks/本县.toml"}
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    audited = relief("--json", "--office", office, "audit").json
    assert (manifest["events"], manifest["head"]) == (audited["events"], audited["head"])
    assert found["relief.toml"] == (office / "relief.toml").read_bytes()
    assert (told["events"], told["batches"], told["encrypted"]) == (4, 2, False)
    assert told["path"] == str(office / "backup" / f"000004-{audited['head'][:16]}.tar")
    assert hashlib.sha256(Path(told["path"]).read_bytes()).hexdigest() == told["sha256"]


def test_the_same_books_give_the_same_bytes(office, tmp_path):
    first, again = back_up(office), back_up(office)
    assert first == again
    assert restore(tmp_path / "new", first["path"]).code == 0
    of_restored = back_up(tmp_path / "new")
    assert of_restored["sha256"] == first["sha256"]
    assert [path.name for path in office.iterdir() if path.name.startswith(".")] == []


def test_it_is_taken_while_others_write(office, tmp_path):
    """One moment: what another run has not finished is not in it, and nobody waits for it."""
    ledger = Ledger.open(office / "ledger.sqlite")
    with ledger.writing() as book:
        before = book.event_digests()
        book.approvals.add_operator("wang", "", "a" * 64)
        told = back_up(office)
        assert told["head"] == before[-1]
    assert back_up(office)["events"] == told["events"] + 1
    assert restore(tmp_path / "new", told["path"]).code == 0


@pytest.mark.parametrize("name", ["folder", "folder/given.tar"])
def test_it_goes_where_it_is_told(office, tmp_path, name):
    (tmp_path / "folder").mkdir()
    told = back_up(office, tmp_path / name)
    assert Path(told["path"]).parent == tmp_path / "folder"
    assert stat.S_IMODE(Path(told["path"]).stat().st_mode) == 0o600
    assert not (office / "backup").exists()
    assert back_up(office, tmp_path / name) == told


@pytest.mark.parametrize("name", ["relief.toml", "ledger.sqlite", "given.tar.age", "none/given"])
def test_it_takes_the_place_of_no_other_file(office, name):
    before = digests(office)
    answer = relief("--json", "--office", office, "backup", office / name)
    assert error_of(answer) == (2, "backup-name")
    assert digests(office) == before


def test_an_office_without_a_ledger_has_nothing_to_keep(tmp_path):
    office = make_office(tmp_path / "office")
    (office / "ledger.sqlite").unlink()
    assert error_of(relief("--json", "--office", office, "backup")) == (2, "ledger-missing")
    assert not (office / "ledger.sqlite").exists()


@pytest.mark.parametrize("name", [".x.toml", "x" * 96 + ".toml", "no\nline.toml"])
def test_settings_that_it_could_not_hold_are_named(office, name):
    (office / "policy" / name).write_text("")
    answer = relief("--json", "--office", office, "backup")
    assert error_of(answer) == (2, "backup-source")
    assert not (office / "backup").exists()


def test_a_new_folder_becomes_the_office_as_it_was(office, tmp_path):
    told = back_up(office)
    answer = restore(tmp_path / "deep" / "new", told["path"])
    assert answer.code == 0
    assert (answer.json["present"], answer.json["head"]) == ("absent", told["head"])
    new = tmp_path / "deep" / "new"
    assert recorded(new) == recorded(office)
    assert {path.name for path in new.iterdir()} == {
        "relief.toml", "ledger.sqlite", "ledger.head", "policy", "banks", "out",
    }  # fmt: skip
    for path in (new.parent, new, *new.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    for name in ("relief.toml", "banks/本县.toml"):
        assert (new / name).read_bytes() == (office / name).read_bytes()
    assert error_of(run(new, SAMPLES[:1])) == (4, "ledger-restored")
    assert relief("--office", new, "audit", "--head", told["head"]).code == 0
    assert run(new, SAMPLES[:1]).json["repeated"]
    assert [path.name for path in new.parent.iterdir()] == ["new"]


def test_a_ledger_that_was_lost_is_put_back(office):
    told = back_up(office)
    (office / "ledger.sqlite").unlink()
    (office / "banks" / "本县.toml").unlink()
    before = digests(office)
    assert restore(office, told["path"]).code == 0
    assert digests(office).keys() - before.keys() == {"ledger.sqlite", "banks/本县.toml"}
    assert relief("--json", "--office", office, "audit").json["verified"]
    again = restore(office, told["path"])
    assert (again.code, again.json["present"]) == (0, "same")


def moved_away(office):
    (office / "ledger.sqlite").unlink()
    return "absent"


def cut_off(office):
    shutil.rmtree(office / "out" / "one-time-2022-08-2")
    (office / "ledger.sqlite").unlink()
    restore(office, office.parent / "early.tar")
    return "behind"


def made_new(office):
    (office / "ledger.sqlite").unlink()
    Ledger.open(office / "ledger.sqlite")
    return "behind"


def emptied(office):
    (office / "ledger.sqlite").write_bytes(b"")
    return "behind"


def of_another_office(office):
    (office / "ledger.sqlite").unlink()
    with Ledger.open(office / "ledger.sqlite").writing() as book:
        book.approvals.add_operator("wang", "", "a" * 64)
    return "other"


def damaged(office):
    (office / "ledger.sqlite").write_bytes(b"no ledger" * 1000)
    return "damaged"


def gone_on(office):
    with Ledger.open(office / "ledger.sqlite").writing() as book:
        book.approvals.add_operator("wang", "", "a" * 64)
    return "continued"


def untouched(_office):
    return "same"


STATES = [untouched, gone_on, moved_away, cut_off, made_new, emptied, of_another_office, damaged]


@pytest.mark.parametrize("state", STATES)
def test_verifying_tells_how_the_ledger_in_place_stands(office, state):
    path = office.parent / "backup.tar"
    back_up(office, path)
    expected = state(office)
    before = digests(office)
    answer = restore(office, path, "--verify")
    assert answer.json["present"] == expected
    assert answer.code == (0 if expected in {"same", "continued", "absent"} else 4)
    assert answer.json["verified"] is True
    assert answer.json["restored"] is None
    assert answer.json["further"] == (expected == "continued")
    assert digests(office) == before
    shown = relief("--lang", "en", "--office", office, "restore", path, "--verify")
    assert shown.code == answer.code
    assert "ledger in place" in shown.out


@pytest.mark.parametrize("state", [gone_on, cut_off, made_new, emptied, of_another_office, damaged])
def test_a_ledger_in_place_is_never_replaced(office, state):
    path = office.parent / "backup.tar"
    back_up(office, path)
    state(office)
    before = digests(office)
    assert error_of(restore(office, path)) == (4, "restore-over-ledger")
    assert digests(office) == before


def test_a_backup_that_is_older_than_what_went_out_is_not_put_back(office):
    (office / "ledger.sqlite").unlink()
    before = digests(office)
    answer = restore(office, office.parent / "early.tar")
    assert error_of(answer) == (4, "restore-older")
    assert "one-time-2022-08-2" in answer.err
    assert digests(office) == before


@pytest.mark.parametrize("ending", ["-journal", "-wal"])
def test_a_journal_that_was_left_is_not_put_beside_another_ledger(office, ending):
    told = back_up(office)
    (office / "ledger.sqlite").unlink()
    (office / f"ledger.sqlite{ending}").write_bytes(b"x")
    assert error_of(restore(office, told["path"])) == (4, "restore-journal")
    assert not (office / "ledger.sqlite").exists()


@pytest.mark.parametrize("name", ["relief.toml", "banks/本县.toml"])
def test_settings_that_differ_are_not_replaced(office, name):
    told = back_up(office)
    (office / "ledger.sqlite").unlink()
    with (office / name).open("ab") as file:
        file.write(b"# changed\n")
    before = digests(office)
    answer = restore(office, told["path"])
    assert error_of(answer) == (4, "restore-differs")
    assert name in answer.json["error"]["message"]
    assert digests(office) == before


def test_verifying_needs_no_office_and_putting_back_does(office, tmp_path, monkeypatch):
    told = back_up(office)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.delenv("RELIEF_OFFICE", raising=False)
    assert relief("--json", "restore", told["path"], "--verify").json["present"] == "absent"
    assert error_of(relief("--json", "restore", told["path"])) == (2, "office-missing")
    assert restore(tmp_path / "none", told["path"], "--verify").code == 0
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (tmp_path / "none").exists()


def test_encrypted_it_needs_its_key(office, tmp_path):
    (public, secret), (_, other) = make_key(tmp_path, "1"), make_key(tmp_path, "2")
    told = back_up(office, "--encrypt-to", public)
    assert told["encrypted"] is True
    assert told["path"].endswith(".tar.age")
    plain = back_up(office)
    assert decrypted(Path(told["path"]), secret) == Path(plain["path"]).read_bytes()
    new = tmp_path / "new"
    assert error_of(restore(new, told["path"])) == (2, "identity-missing")
    assert error_of(restore(new, told["path"], "--identity-file", other)) == (2, "decryption")
    assert not new.exists()
    assert restore(new, told["path"], "--identity-file", secret, "--verify").json["encrypted"]
    assert restore(new, told["path"], "--identity-file", secret).code == 0
    assert recorded(new) == recorded(office)
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith(".")} == set()


def test_a_digest_that_does_not_agree_is_refused(office, tmp_path):
    path = Path(back_up(office)["path"])
    content = path.read_bytes()
    for piece in (b"SQLite format 3", "阳曲县民政局".encode()):
        assert content.count(piece) > 0
        place = content.rindex(piece)
        path.write_bytes(content[:place] + b"X" + content[place + 1 :])
        assert error_of(restore(tmp_path / "new", path)) == (4, "backup-changed")
        assert error_of(restore(office, path, "--verify")) == (4, "backup-changed")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("size", [0, 100, 5000, -1, -2000])
def test_a_file_that_was_cut_short_is_refused(office, tmp_path, size):
    path = Path(back_up(office)["path"])
    path.write_bytes(path.read_bytes()[:size])
    code, _ = error_of(restore(tmp_path / "new", path))
    assert code == 2
    assert not (tmp_path / "new").exists()


FORGED = {
    "an amount": lambda found, _: changed_ledger(
        found, "UPDATE payments SET amount_fen = amount_fen + 1 WHERE payment = 100000001"
    ),
    "an event cut off": lambda found, _: changed_ledger(
        found, "DELETE FROM events WHERE event = 4"
    ),
    "another head": lambda _, manifest: manifest.update(head="0" * 64),
    "more events": lambda _, manifest: manifest.update(events=9),
}


@pytest.mark.parametrize("case", FORGED)
def test_forged_books_are_found_though_the_digests_agree(office, tmp_path, case):
    path = Path(back_up(office)["path"])
    rewritten(path, FORGED[case])
    for options in ([], ["--verify"]):
        answer = restore(tmp_path / "new", path, *options)
        assert answer.code == 4
        assert answer.json["verified"] is False
        assert answer.json["broken"]["record"]
    shown = relief("--lang", "zh", "--office", tmp_path / "new", "restore", path)
    assert shown.code == 4
    assert shown.out
    assert not (tmp_path / "new").exists()


STRANGE = {
    "another folder": lambda found, _: found.update({"out/x.toml": b""}),
    "a program": lambda found, _: found.update({"policy/x.py": b""}),
    "deeper": lambda found, _: found.update({"policy/a/x.toml": b""}),
    "no ledger": lambda found, _: found.pop("ledger.sqlite"),
    "no settings": lambda found, _: found.pop("relief.toml"),
    "above": lambda found, _: found.update({"policy/../x.toml": b""}),
    "events of text": lambda _, manifest: manifest.update(events="4"),
    "head of a number": lambda _, manifest: manifest.update(head=4),
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_no_backup_holds_is_refused(office, tmp_path, case):
    path = Path(back_up(office)["path"])
    rewritten(path, STRANGE[case])
    assert error_of(restore(tmp_path / "new", path))[0] in (2, 4)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"null", b"{", b"[" * 100_000, b'{"format": "relief-backup-1"}', b"\xff",
     b'{"events": 0, "files": [], "format": "relief-backup-1", "head": ""}'],
    ids=repr,
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(office, tmp_path, manifest):
    path = Path(back_up(office)["path"])
    found = {**members(path), "manifest.json": manifest}
    packed = archive.packed(
        archive.Member(name, len(content), (content,)) for name, content in found.items()
    )
    path.write_bytes(b"".join(packed))
    assert error_of(restore(tmp_path / "new", path)) == (2, "backup-unreadable")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
@pytest.mark.parametrize("name", ["relief.toml", "/etc/relief.toml", "../relief.toml"])
def test_hostile_members_are_refused_and_nothing_is_written(office, tmp_path, kind, name):
    path = Path(back_up(office)["path"])
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as file:
        manifest = members(path)["manifest.json"]
        info = tarfile.TarInfo("manifest.json")
        info.size = len(manifest)
        file.addfile(info, io.BytesIO(manifest))
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        file.addfile(info)
    path.write_bytes(content.getvalue())
    before = digests(tmp_path)
    assert error_of(restore(tmp_path / "new", path)) == (4, "archive-hostile")
    assert digests(tmp_path) == before


def test_another_ledger_that_appears_meanwhile_is_not_replaced(office, monkeypatch):
    """As when cron pays at the very moment."""
    told = back_up(office)
    (office / "ledger.sqlite").unlink()
    from relief_cli.payouts import putting_back  # noqa: PLC0415  # used here alone

    checked = putting_back.require_room  # the moment between looking and putting

    def then_paid(*arguments, **named):
        checked(*arguments, **named)
        Ledger.open(office / "ledger.sqlite")

    monkeypatch.setattr(putting_back, "require_room", then_paid)
    assert error_of(restore(office, told["path"])) == (4, "restore-raced")
    with contextlib.closing(sqlite3.connect(office / "ledger.sqlite")) as ledger:
        assert ledger.execute("SELECT count(*) FROM events").fetchone() == (0,)


def test_a_damaged_ledger_gives_no_backup(office):
    path = office / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:40960] = b"\xff" * 36864
    path.write_bytes(content)
    answer = relief("--json", "--office", office, "backup")
    assert error_of(answer) == (2, "ledger-damaged")
    assert not (office / "backup").exists()


def test_forged_books_can_be_backed_up_for_whoever_examines_them(office):
    connection = sqlite3.connect(office / "ledger.sqlite")
    connection.execute("DROP TRIGGER payments_no_UPDATE")
    connection.execute("UPDATE payments SET amount_fen = 1")
    connection.commit()
    connection.close()
    assert payouts.audit(offices.load(office)).broken
    told = back_up(office)
    answer = restore(office, told["path"], "--verify")
    assert (answer.code, answer.json["verified"]) == (4, False)
