"""An older ledger that is copied back pays nobody."""

import shutil

import pytest
from golden.running import SAMPLES, done, make_office, relief, run
from payouts.two_eyes import BATCH, ROSTER, error_of

DATABASES = ("sqlite",)  # a file that is copied


@pytest.fixture
def office(tmp_path):
    office = make_office(tmp_path / "office")
    done(office, ROSTER)
    return office


def copied(office, tmp_path):
    """Keep a copy of the ledger, and pay somebody after it."""
    shutil.copy(office / "ledger.sqlite", tmp_path / "older.sqlite")
    told = done(office, SAMPLES[1:2])
    shutil.copy(tmp_path / "older.sqlite", office / "ledger.sqlite")
    shutil.move(office / "out" / told["batch"], tmp_path / "away")
    return told


def test_an_older_ledger_copied_back_pays_nobody_again(office, tmp_path):
    told = copied(office, tmp_path)
    before = (office / "ledger.sqlite").read_bytes()
    answer = run(office, SAMPLES[1:2])
    assert (answer.code, error_of(answer)) == (4, "ledger-older")
    assert "Pay nothing" in relief("--office", office, "run", "one-time", *SAMPLES[1:2],
                                   "--cycle", "2022-08").err  # fmt: skip
    assert not (office / "out" / told["batch"]).exists()
    for command in (
        ("receive", "province", "1", "--document", "1"),
        ("settle", BATCH, SAMPLES[0]),
        ("top-up", "one-time", *SAMPLES[1:2], "--cycle", "2022-08"),
    ):
        assert relief("--json", "--office", office, *command).code in (2, 4)
    assert (office / "ledger.sqlite").read_bytes() == before


def test_a_ledger_that_was_taken_away_is_not_begun_anew(office):
    (office / "ledger.sqlite").unlink()
    answer = run(office, ROSTER)
    assert (answer.code, error_of(answer)) == (4, "ledger-older")


def test_another_offices_ledger_pays_nobody(office, tmp_path):
    other = make_office(tmp_path / "other")
    done(other, SAMPLES[1:2])
    done(other, ROSTER)
    shutil.copy(other / "ledger.sqlite", office / "ledger.sqlite")
    assert error_of(run(office, SAMPLES[2:3])) == "ledger-older"


def test_the_newest_one_put_back_goes_on(office, tmp_path):
    copied(office, tmp_path)
    shutil.copy(tmp_path / "older.sqlite", tmp_path / "kept.sqlite")
    (office / "ledger.head").unlink()  # a thief of it is told of by the head that is noted outside
    assert run(office, SAMPLES[1:2]).code == 1


@pytest.mark.parametrize("content", ["", "x", "7", "0 " + "a" * 63, "\udcff"])
def test_a_note_that_cannot_be_read_stops_payments(office, content):
    (office / "ledger.head").write_text(content, "utf-8", errors="surrogateescape")
    answer = run(office, SAMPLES[1:2])
    assert (answer.code, error_of(answer)) == (4, "head-unreadable")


def test_a_run_that_was_killed_before_it_noted_the_head_goes_on(office):
    note = (office / "ledger.head").read_bytes()
    done(office, SAMPLES[1:2])
    (office / "ledger.head").write_bytes(note)
    assert run(office, SAMPLES[1:2]).json["repeated"]
    done(office, SAMPLES[2:3])


def test_audit_takes_a_head_as_it_is_read_out(office):
    head = relief("--json", "--office", office, "audit").json["head"]
    said = "-".join(head[place : place + 4] for place in range(0, 16, 4))
    for given in (said, said.upper(), said.replace("-", " "), head):
        assert relief("--json", "--office", office, "audit", "--head", given).json["verified"]
    assert relief("--json", "--office", office, "audit", "--head", said[:-1] + "x").code == 2
    other = ("0" if said[0] != "0" else "1") + said[1:]
    assert relief("--json", "--office", office, "audit", "--head", other).code == 4


@pytest.fixture
def backup(office, tmp_path):
    """Give a backup after which somebody was paid, and the head that was printed since."""
    told = relief("--json", "--office", office, "backup", tmp_path / "old.tar").json
    done(office, SAMPLES[1:2])
    return told, relief("--json", "--office", office, "audit").json["head"]


@pytest.mark.parametrize("place", ["new", "emptied"])
def test_a_backup_that_was_put_back_asks_for_the_last_head(office, backup, tmp_path, place):
    told, since = backup
    if place == "emptied":
        new = office
        for name in ("ledger.sqlite", "ledger.head"):
            (office / name).unlink()
        shutil.rmtree(office / "out")
    else:
        new = tmp_path / "new"
    assert relief("--office", new, "restore", told["path"]).code == 0
    answer = run(new, SAMPLES[1:2])
    assert (answer.code, error_of(answer)) == (4, "ledger-restored")
    # What was printed since is not in it: it is not the newest.
    assert relief("--json", "--office", new, "audit", "--head", since).code == 4
    assert error_of(run(new, SAMPLES[1:2])) == "ledger-restored"
    assert relief("--json", "--office", new, "audit").json["verified"]
    assert error_of(run(new, SAMPLES[1:2])) == "ledger-restored"
    assert relief("--json", "--office", new, "audit", "--head", told["head"]).code == 0
    assert run(new, SAMPLES[2:3]).code in (0, 1)


def test_an_old_backup_put_back_beside_the_note_stays_an_old_one(office, backup):
    told, _ = backup
    (office / "ledger.sqlite").unlink()
    shutil.rmtree(office / "out")
    assert relief("--office", office, "restore", told["path"]).code == 0
    assert error_of(run(office, SAMPLES[1:2])) == "ledger-older"
    assert relief("--json", "--office", office, "audit", "--head", told["head"]).code == 0
    assert error_of(run(office, SAMPLES[1:2])) == "ledger-older"
