"""A ledger that others can reach is not opened; SQLite leaves nothing of it anywhere else."""

import os
import sqlite3

import pytest
from golden.running import SAMPLES, make_office, relief, run
from made_batch import make_batch, persons

from relief_cli.errors import RefusedError
from relief_cli.ledger import Ledger
from relief_cli.ledger.access import JOURNALS

OPEN_MODES = [0o640, 0o604, 0o660, 0o602, 0o610, 0o601, 0o666, 0o755]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path).writing() as book:
        book.record(make_batch(persons(0, 10)))
    return path


def refusal(path):
    with pytest.raises(RefusedError) as caught:
        Ledger.open(path)
    assert caught.value.code == "ledger-open-to-others"
    assert caught.value.exit_code == 4
    return caught.value


@pytest.mark.parametrize("mode", OPEN_MODES, ids=oct)
def test_a_ledger_that_others_can_reach_is_refused(path, mode):
    before = path.read_bytes()
    path.chmod(mode)
    error = refusal(path)
    assert f"{mode:03o}" in str(error)
    assert f"chmod 600 {path}" in error.remedy_text(str)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700], ids=oct)
def test_what_only_the_owner_can_reach_is_opened(path, mode):
    path.chmod(mode)
    with Ledger.open(path).reading() as book:
        assert book.names()


@pytest.mark.parametrize("ending", JOURNALS)
def test_a_journal_that_others_can_reach_is_refused(path, ending):
    journal = path.with_name(path.name + ending)
    journal.touch(0o600)
    journal.chmod(0o644)
    assert refusal(path).file == journal.name


def test_a_ledger_of_another_user_is_refused(path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert "chown 54321" in refusal(path).remedy_text(str)


def test_a_link_is_as_open_as_what_it_leads_to(path, tmp_path):
    link = tmp_path / "link.sqlite"
    link.symlink_to(path)
    with Ledger.open(link).reading() as book:
        assert book.names()
    path.chmod(0o644)
    refusal(link)


@pytest.mark.parametrize("command", ["run", "prepare", "export", "audit"])
def test_every_command_says_so_and_records_nothing(tmp_path, command):
    office = make_office(tmp_path / "office")
    run(office, SAMPLES[:1])
    ledger = office / "ledger.sqlite"
    ledger.chmod(0o660)
    before = ledger.read_bytes()
    arguments = {
        "export": ["one-time-2022-08-1"],
        "audit": [],
    }.get(command, ["one-time", *SAMPLES[1:2], "--cycle", "2022-08"])
    answer = relief("--json", "--office", office, command, *arguments)
    assert answer.code == 4
    assert answer.json["error"]["code"] == "ledger-open-to-others"
    assert answer.json["error"]["remedy"]
    assert ledger.read_bytes() == before


def test_nothing_of_the_ledger_goes_into_folders_for_temporary_files(path):
    with Ledger.open(path).reading() as book:
        connection = book._connection  # noqa: SLF001  # what SQLite was told
        in_memory = 2
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == in_memory


def test_the_journal_is_as_private_as_the_ledger(path):
    with Ledger.open(path).writing() as book:
        book.record(make_batch(persons(10, 20), sequence=2))
        journal = path.with_name(f"{path.name}-journal")
        assert journal.stat().st_mode & 0o777 == 0o600
    assert sqlite3.connect(path).execute("SELECT count(*) FROM batches").fetchone() == (2,)
