"""The file: private, whole after a crash, shared by several runs, and never a traceback."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from databases import past
from ledger.made_batch import OCCASION, make_batch, persons

from relief_cli.errors import UnreadableError, UsageError
from relief_cli.ledger import Ledger

TESTS = Path(__file__).parents[1]
PRELUDE = """
import resource, sys, time
import sqlalchemy as sa
from ledger.made_batch import make_batch, persons
from relief_cli.errors import ReliefError
from relief_cli.ledger import Ledger
path, argument = sys.argv[1:]
from pathlib import Path
path = path if "://" in path else Path(path)
"""


def run(code, path, argument="", python=(sys.executable,)):
    """Run ``code`` in a process of its own."""
    return subprocess.Popen(
        [*python, "-c", PRELUDE + textwrap.dedent(code), str(path), str(argument)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
    )


def count(place, table):
    with past(place) as connection:
        return connection.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608


@pytest.mark.parametrize("umask", [0o000, 0o277], ids=oct)
def test_new_ledger_is_private(tmp_path, umask):
    path = tmp_path / "ledger.sqlite"
    before = os.umask(umask)
    try:
        Ledger.open(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_connections_are_durable_and_check_references(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite").reading() as book:
        for pragma, value in (("synchronous", 3), ("foreign_keys", 1), ("journal_mode", "delete")):
            found = book._connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()  # noqa: SLF001
            assert found == value


def test_first_use_by_several_at_once(place, warm):
    code = """
        time.sleep(max(0, float(argument) - time.time()))
        Ledger.open(path, make=True)
        print("opened")
    """
    children = [run(code, place, time.time() + 0.5, warm) for _ in range(4)]
    assert [child.communicate()[0] for child in children] == ["opened\n"] * 4
    assert count(place, "batches") == 0


def test_four_runs_at_once_pay_nobody_twice(place, warm):
    # Each wants the same ten persons and ten of its own, and leaves out whoever is paid already.
    code = """
        number = int(argument)
        ledger = Ledger.open(path)
        wanted = persons(0, 10) + persons(100 * number, 10)
        with ledger.writing() as book:
            paid = set(book.paid("one-time", make_batch(wanted).occasion, wanted)["person"])
            left = [person for person in wanted if person not in paid]
            book.record(make_batch(left, book.next_sequence("one-time", "2022-08")))
        print(len(left))
    """
    Ledger.open(place, make=True)
    children = [run(code, place, number, warm) for number in (1, 2, 3, 4)]
    paid = sorted(int(child.communicate()[0]) for child in children)
    assert paid == [10, 10, 10, 20]
    with Ledger.open(place, make=True).reading() as book:
        everybody = persons(0, 10) + [
            person for number in (1, 2, 3, 4) for person in persons(100 * number, 10)
        ]
        assert len(book.paid("one-time", OCCASION, everybody)) == 50
        assert sorted(one.sequence for one in book.batches()) == [1, 2, 3, 4]
    assert count(place, "entitlements") == 50


def test_runs_that_do_not_look_are_stopped_by_the_database(place, warm):
    code = """
        number = int(argument)
        try:
            with Ledger.open(path).writing() as book:
                book.record(make_batch(persons(0, 10) + persons(100 * number, 10), number))
            print("recorded")
        except ReliefError as error:
            print(error.code)
    """
    Ledger.open(place, make=True)
    children = [run(code, place, number, warm) for number in (1, 2, 3, 4)]
    said = sorted(child.communicate()[0].strip() for child in children)
    assert said == ["already-paid"] * 3 + ["recorded"]
    assert count(place, "entitlements") == 20


@pytest.mark.parametrize("moment", ["batches", "entitlements", "events", "end"])
def test_run_killed_while_recording_leaves_nothing(tmp_path, moment):
    # A cache of ten pages makes SQLite write to the file long before the commit.
    code = """
        ledger = Ledger.open(path)
        def wait(*_):
            print("there", flush=True)
            time.sleep(60)
        with ledger.writing() as book:
            book._connection.exec_driver_sql("PRAGMA cache_size = 10")
            if argument != "end":
                book._connection.connection.driver_connection.set_authorizer(
                    lambda action, table, *_: wait() if (action, table) == (18, argument) else 0
                )
            book.record(make_batch(persons(200, 2000), 2))
            wait()
    """
    path = tmp_path / "ledger.sqlite"
    first = make_batch(persons(0, 20))
    with Ledger.open(path).writing() as book:
        book.record(first)
    child = run(code, path, moment)
    assert child.stdout.readline() == "there\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert path.with_name("ledger.sqlite-journal").exists() or moment == "batches"
    with Ledger.open(path).writing() as book:
        assert [one.name for one in book.batches()] == [first.name]
        assert len(book.load(first.name).entitlements) == 20
        book.record(make_batch(persons(200, 2000), 2))
    assert count(path, "entitlements") == 2020


def test_full_disk_is_one_clear_message_and_records_nothing(tmp_path):
    code = """
        ledger = Ledger.open(path)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        try:
            with ledger.writing() as book:
                book.record(make_batch(persons(0, 5000)))
        except ReliefError as error:
            print(error.code, error.file)
    """
    path = tmp_path / "ledger.sqlite"
    assert run(code, path).communicate()[0] == "ledger-disk ledger.sqlite\n"
    with Ledger.open(path).writing() as book:
        assert book.batches() == []
        book.record(make_batch(persons(0, 5000)))


def test_waiting_ends_with_one_clear_message(place):
    ledger = Ledger.open(place, busy_seconds=0.1, make=True)
    with ledger.writing() as book:
        book.record(make_batch(persons(0, 1)))
        started = time.monotonic()
        with pytest.raises(UsageError) as caught, ledger.writing():
            pass
        assert 0.1 <= time.monotonic() - started < 5
    assert (caught.value.code, caught.value.file) == ("ledger-busy", str(place).split("/")[-1])
    assert count(place, "batches") == 1


def test_reader_that_stays_makes_the_commit_fail_whole(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger.open(path, busy_seconds=0.1)
    with ledger.reading() as reader:
        assert reader.batches() == []
        with pytest.raises(UsageError) as caught, ledger.writing() as book:
            book.record(make_batch(persons(0, 1)))
        assert reader.batches() == []
    assert caught.value.code == "ledger-busy"
    assert count(path, "batches") == 0


def damage_start(path):
    path.write_bytes(b"not a ledger" * 100)


def damage_middle(path):
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)


def cut_short(path):
    path.write_bytes(path.read_bytes()[:5000])


def other_program(path):
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE batches (x)")
    connection.close()
    path.chmod(0o600)


@pytest.mark.parametrize("damage", [damage_start, damage_middle, cut_short, other_program])
def test_broken_file_is_one_clear_message_and_stays_as_it_is(tmp_path, damage):
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path).writing() as book:
        book.record(make_batch(persons(0, 100)))
    damage(path)
    content = path.read_bytes()
    with pytest.raises(UnreadableError) as caught, Ledger.open(path).reading() as book:
        book.batches()
    assert (caught.value.code, caught.value.file) == ("ledger-damaged", "ledger.sqlite")
    assert path.read_bytes() == content


def test_empty_file_becomes_a_ledger(tmp_path):
    # What a run leaves that was killed between making the file and making the tables.
    path = tmp_path / "ledger.sqlite"
    path.touch(0o600)
    with Ledger.open(path).reading() as book:
        assert book.batches() == []


def test_newer_ledger_is_refused(place):
    path = place
    Ledger.open(path, make=True)
    with past(path) as connection:
        connection.execute("INSERT INTO versions VALUES ('9999', '9.8.7')")
    with pytest.raises(UsageError, match=r"9\.8\.7") as caught:
        Ledger.open(path)
    assert caught.value.code == "ledger-newer"


@pytest.mark.parametrize("name", ["none/ledger.sqlite", ""])
def test_place_that_cannot_hold_a_ledger_is_one_clear_message(tmp_path, name):
    with pytest.raises(UsageError) as caught:
        Ledger.open(tmp_path / name)
    assert caught.value.code == "ledger-closed"


def test_callers_own_errors_pass_and_nothing_is_recorded(place):

    def fail(book):
        book.record(make_batch(persons(0, 1)))
        raise FileNotFoundError

    ledger = Ledger.open(place, make=True)
    with pytest.raises(FileNotFoundError), ledger.writing() as book:
        fail(book)
    assert count(place, "batches") == 0
