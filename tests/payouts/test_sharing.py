"""The ledger moves into a shared database, is backed up from there and put back there."""

import contextlib
import shutil
import sqlite3

import pytest
from databases import everything, past, set_ledger
from golden.books import digests, recorded
from golden.running import SAMPLES, done, make_office, relief, run

from relief_cli.errors import RefusedError, UsageError
from relief_cli.ledger import Ledger
from relief_cli.ledger.sharing import copy_into

DATABASES = ("sqlite",)  # each test has both
ROSTERS = SAMPLES[:2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give an office whose ledger is a file, with a batch that went out."""
    office = make_office(tmp_path_factory.mktemp("made") / "office")
    done(office, ROSTERS[:1])
    return office


@pytest.fixture
def office(made, tmp_path):
    return shutil.copytree(made, tmp_path / "office")


@pytest.fixture
def address(server):
    return server.new_database()


@pytest.fixture
def shared(office, address):
    """Give the office with its ledger in the database."""
    set_ledger(office, address)
    assert share(office).code == 0
    return office


def share(office):
    return relief("--json", "--office", office, "share")


def error_of(answer):
    return answer.code, answer.json["error"]["code"]


def audit(office):
    return relief("--json", "--office", office, "audit").json


def test_everything_is_in_the_database_and_the_office_goes_on(office, address):
    before, audited = everything(office), audit(office)
    set_ledger(office, address)
    told = share(office)
    assert (told.code, told.json["verified"]) == (0, True)
    assert (told.json["head"], told.json["events"]) == (audited["head"], audited["events"])
    assert not (office / "ledger.sqlite").exists()
    assert everything(address) == before
    assert audit(office) == audited
    # The same people again, and some more: nobody twice.
    again = done(office, ROSTERS[:1])
    assert again["repeated"]
    more = done(office, ROSTERS)
    assert (
        more["rows"]["paid"] + more["rows"]["held"] + more["rows"]["skipped"]
        == more["rows"]["read"]
    )
    assert more["rows"]["skipped"] > 0
    assert audit(office)["verified"]


def test_two_desks_with_one_ledger_pay_nobody_twice(shared, tmp_path):
    desk = make_office(tmp_path / "desk")
    (desk / "ledger.sqlite").unlink()
    shutil.copy(shared / "relief.toml", desk / "relief.toml")
    told = done(desk, ROSTERS[:1])
    assert told["repeated"]
    assert digests(desk / "out") == digests(shared / "out")
    assert done(desk, ROSTERS)["batch"] == "one-time-2022-08-2"
    assert done(shared, ROSTERS)["repeated"]


def test_init_joins_a_ledger_that_is_there(shared, address, tmp_path):
    told = relief("--json", "init", tmp_path / "desk", "--region", "140122", "--ledger", address)
    assert told.code == 0
    assert not (tmp_path / "desk" / "ledger.sqlite").exists()
    assert audit(tmp_path / "desk")["head"] == audit(shared)["head"]


def test_the_file_is_kept_and_takes_nothing_more(shared):
    kept = shared / "backup" / "ledger-before-sharing.sqlite"
    assert kept.stat().st_mode & 0o777 == 0o600
    with (
        contextlib.closing(sqlite3.connect(kept)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="has moved"),
    ):
        connection.execute("INSERT INTO events VALUES (99, '', '', NULL, '', '', '')")
    with Ledger.open(kept).reading() as book:
        assert len(book.names()) == 1


def test_a_file_and_an_address_together_are_refused_until_they_are_one(office, address):
    set_ledger(office, address)
    before = digests(office)
    for command in (("audit",), ("backup",), ("reconcile",), ("stop", "list")):
        answer = relief("--json", "--office", office, *command)
        assert error_of(answer) == (4, "ledger-twice"), command
    assert error_of(run(office, ROSTERS)) == (4, "ledger-twice")
    assert digests(office) == before
    assert share(office).code == 0
    assert audit(office)["verified"]


def test_what_was_killed_between_copying_and_moving_is_finished(office, address, monkeypatch):
    from relief_cli import files  # noqa: PLC0415  # used here alone

    before = everything(office)
    set_ledger(office, address)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "move", killed)
        assert share(office).code == 130
    assert (office / "ledger.sqlite").exists()
    assert error_of(run(office, ROSTERS)) == (4, "ledger-twice")
    assert share(office).code == 0
    assert everything(address) == before
    assert not (office / "ledger.sqlite").exists()


def test_another_ledger_in_the_database_is_not_touched(office, address, tmp_path):
    other = make_office(tmp_path / "other", ledger=address)
    done(other, ROSTERS[1:])
    before, files = everything(address), digests(office)
    set_ledger(office, address)
    files["relief.toml"] = digests(office)["relief.toml"]
    assert error_of(share(office)) == (4, "share-other")
    assert everything(address) == before
    assert digests(office) == files


def test_a_desk_with_an_office_of_its_own_joins(shared, tmp_path):
    """It has begun no books yet; nothing of the remedies leads to a second ledger."""
    desk = make_office(tmp_path / "desk")
    address = (shared / "relief.toml").read_text("utf-8").split('ledger = "')[-1].split('"')[0]
    set_ledger(desk, address)
    assert error_of(run(desk, ROSTERS)) == (4, "ledger-twice")
    told = share(desk)
    assert (told.code, told.json["batches"]) == (0, 1)
    assert done(desk, ROSTERS[:1])["repeated"]


def test_what_was_killed_is_finished_when_another_desk_went_on_meanwhile(
    office, address, tmp_path, monkeypatch
):
    from relief_cli import files  # noqa: PLC0415  # used here alone

    set_ledger(office, address)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "move", killed)
        assert share(office).code == 130
    desk = make_office(tmp_path / "desk", ledger=address)
    done(desk, ROSTERS)
    assert share(office).code == 0
    assert audit(office)["batches"] == 2


def test_a_file_that_was_closed_says_so(shared):
    kept = shared / "backup" / "ledger-before-sharing.sqlite"
    shutil.copy(kept, shared / "ledger.sqlite")
    (shared / "ledger.sqlite").chmod(0o600)
    set_ledger(shared, "")
    assert error_of(run(shared, ROSTERS)) == (4, "ledger-moved")
    assert audit(shared)["verified"]


def test_a_run_that_was_reading_meanwhile_records_nothing_and_makes_no_file(office):
    """Its ledger has gone when it comes to record."""
    ledger = Ledger.open(office / "ledger.sqlite")
    (office / "ledger.sqlite").rename(office / "elsewhere.sqlite")
    with pytest.raises(UsageError) as caught, ledger.writing():
        pass
    assert caught.value.code == "ledger-closed"
    assert not (office / "ledger.sqlite").exists()


def test_an_empty_file_beside_the_address_is_no_ledger(shared):
    (shared / "ledger.sqlite").touch(0o600)
    assert audit(shared)["verified"]
    assert error_of(share(shared)) == (2, "share-nothing")


def test_an_address_that_leads_to_an_empty_database_pays_nobody(shared, server):
    set_ledger(shared, server.new_database())
    assert error_of(run(shared, ROSTERS)) == (2, "ledger-missing")


def test_a_ledger_that_holds_what_the_database_cannot_keep_is_not_moved(office, address):
    with past(office) as connection:
        guards = connection.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        connection.drop_guards()
        connection.execute("UPDATE grounds SET reason = 'a' || char(0) || 'b'")
        for _, sql in guards:
            connection.execute(sql)
    set_ledger(office, address)
    # The change is found before; told apart from it, the copy itself is refused too.
    assert share(office).code == 4
    with pytest.raises(RefusedError) as caught:
        copy_into(office / "ledger.sqlite", address)
    assert caught.value.code == "text-unstorable"
    with past(address) as connection:
        assert connection.tables() == set()


def test_a_copy_that_is_not_sound_does_not_count(office, address):
    with past(office) as connection:
        connection.drop_guards()
        connection.execute("UPDATE payments SET amount_fen = amount_fen + 1")
    with pytest.raises(RefusedError) as caught:
        copy_into(office / "ledger.sqlite", address)
    assert caught.value.code == "copy-differs"
    with past(address) as connection:
        assert connection.tables() == set()


def test_broken_books_are_not_moved(office, address):
    with past(office) as connection:
        guards = connection.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        connection.drop_guards()
        connection.execute("UPDATE payments SET amount_fen = amount_fen + 1")
        for _, sql in guards:
            connection.execute(sql)
    set_ledger(office, address)
    told = share(office)
    assert (told.code, told.json["verified"], told.json["kept"]) == (4, False, None)
    assert (office / "ledger.sqlite").exists()
    with past(address) as connection:
        assert connection.tables() == set()
    shown = relief("--lang", "en", "--office", office, "share")
    assert "The books are broken; nothing was moved." in shown.out


def test_without_an_address_or_a_file_there_is_nothing_to_move(office, address):
    assert error_of(share(office)) == (2, "share-nowhere")
    set_ledger(office, address)
    assert share(office).code == 0
    assert error_of(share(office)) == (2, "share-nothing")


def test_a_second_file_does_not_replace_the_one_that_is_kept(shared):
    shutil.copy(shared / "backup" / "ledger-before-sharing.sqlite", shared / "ledger.sqlite")
    (shared / "ledger.sqlite").chmod(0o600)
    before = digests(shared)
    assert error_of(share(shared)) == (4, "share-kept")
    assert digests(shared) == before


def test_a_backup_of_a_shared_ledger_is_a_file_of_its_own(shared, tmp_path):
    """It can be unpacked and used where no server is."""
    first = relief("--json", "--office", shared, "backup", tmp_path / "a.tar")
    second = relief("--json", "--office", shared, "backup", tmp_path / "b.tar")
    assert (first.code, second.code) == (0, 0)
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    assert relief("--office", shared, "restore", tmp_path / "a.tar", "--verify").code == 0
    alone = tmp_path / "alone"
    alone.mkdir(0o700)
    shutil.unpack_archive(tmp_path / "a.tar", alone, filter="data")
    (alone / "ledger.sqlite").chmod(0o600)
    for folder in ("policy", "banks"):
        (alone / folder).mkdir(exist_ok=True)
    set_ledger(alone, "")
    assert recorded(alone) == recorded(shared)
    assert audit(alone)["head"] == audit(shared)["head"]
    assert done(alone, ROSTERS[:1])["repeated"]


def test_a_lost_database_is_filled_again_from_the_backup(shared, server, tmp_path):
    told = relief("--json", "--office", shared, "backup", tmp_path / "a.tar").json
    before = everything(shared)
    backup = tmp_path / "a.tar"
    # The address stays; what it leads to is empty.
    address = (shared / "relief.toml").read_text("utf-8").split('ledger = "')[-1].split('"')[0]
    name = address.rpartition("/")[2]
    with server.connect("postgres") as connection:
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    assert error_of(relief("--json", "--office", shared, "audit")) == (2, "ledger-missing")
    answer = relief("--json", "--office", shared, "restore", backup)
    assert (answer.code, answer.json["present"]) == (0, "absent"), answer.err
    assert everything(shared) == before
    assert audit(shared)["head"] == told["head"]
    # Nothing is put over it again.
    answer = relief("--json", "--office", shared, "restore", backup)
    assert (answer.code, answer.json["present"]) == (0, "same")
    done(shared, ROSTERS)
    assert error_of(relief("--json", "--office", shared, "restore", backup)) == (
        4, "restore-over-ledger",
    )  # fmt: skip


def test_a_new_folder_joins_the_database_of_the_backup(shared, tmp_path):
    assert relief("--office", shared, "backup", tmp_path / "a.tar").code == 0
    new = tmp_path / "new"
    answer = relief("--json", "--office", new, "restore", tmp_path / "a.tar")
    assert (answer.code, answer.json["present"]) == (0, "same"), answer.err
    assert not (new / "ledger.sqlite").exists()
    assert audit(new)["head"] == audit(shared)["head"]


@pytest.mark.parametrize(
    "value",
    [
        "postgresql+psycopg://relief:secret@127.0.0.1/x",
        "postgresql+psycopg://relief@127.0.0.1/x?password=secret",
        "postgresql+psycopg://relief@127.0.0.1/x?passfile=/etc/secret",
        "postgresql+psycopg://relief@127.0.0.1",
        "postgresql://relief@127.0.0.1/x",
        "sqlite:///ledger.sqlite",
        "mysql://relief@127.0.0.1/x",
        "yangqu",
        "postgresql+psycopg://relief@127.0.0.1:port/x",
        "postgresql+psycopg://relief:123/secret@127.0.0.1/x",
        "postgresql+psycopg:/x",
        "postgresql+psycopg:x",
        " postgresql+psycopg://relief@127.0.0.1/x",
        "PostgreSQL+psycopg://relief@127.0.0.1/x",
        "postgresql+psycopg://relief@127.0.0.1/x?port=1&port=2",
        "postgresql+psycopg://relief@127.0.0.1/x?sslmode=require&sslmode=disable",
        "postgresql+psycopg://relief@127.0.0.1/x?connect_timeout=abc",
        "postgresql+psycopg://relief@127.0.0.1/x?row_factory=x",
        "postgresql+psycopg://relief@127.0.0.1/x?client_encoding=gbk",
        "postgresql+psycopg://relief@127.0.0.1/x?hostaddr=192.0.2.1",
        "postgresql+psycopg://relief@127.0.0.1/x?service=remote",
        "postgresql+psycopg:///x?host=db.example",
        "postgresql+psycopg:///x?host=/run,db.example",
        "postgresql+psycopg://a,b/x",
    ],
)
def test_an_address_that_holds_a_password_or_is_none_is_refused(office, value):
    set_ledger(office, value)
    answer = relief("--json", "--office", office, "audit")
    assert error_of(answer) == (2, "office-value")
    assert "secret" not in answer.out + answer.err
