"""A ledger that an office has becomes what a new one is, with all its rows, or stays as it was."""

import contextlib
import re
import subprocess
import sys
import threading

import pytest
from alembic.script import ScriptDirectory
from databases import BOTH, everything, past
from ledger import freeze
from ledger.made_batch import make_batch, persons

from relief_cli import __version__
from relief_cli.errors import RefusedError, UnreadableError, UsageError
from relief_cli.ledger import Ledger, migrating, revisions, shape, store
from relief_cli.ledger.columns import METADATA, key, table, text
from relief_cli.ledger.sharing import copy_into

LATER = "9.0.0"
"""The version of a relief that does not exist yet, see :func:`later`."""


@pytest.fixture(params=BOTH)
def kind(request):
    return request.param


@pytest.fixture
def new_place(kind, tmp_path, request):
    """Give what gives the place of a ledger that is not there yet, each time another."""
    if kind == "postgresql":
        return request.getfixturevalue("server").new_database
    names = iter(range(9))
    return lambda: tmp_path / f"{next(names)}.sqlite"


@pytest.fixture
def engine(kind, request):
    """Give an empty database past relief."""
    address = "sqlite://" if kind == "sqlite" else request.getfixturevalue("server").new_database()
    return freeze.empty(address)


def told(place):
    """Give what the database was told of a ledger, word for word."""
    with store.database_at(place).begin(writing=False) as connection:
        return shape.told(connection)


def thaw(place, folder, revision, kind):
    """Make a ledger as the relief made it that had a frozen revision."""
    database = store.database_at(place)
    database.make()
    with database.begin(writing=True) as connection:
        for statement in freeze.read(folder, revision, kind):
            connection.exec_driver_sql(statement)
        connection.execute(revisions.VERSIONS.insert().values(revision=revision, version="0.0.1"))


def drift(folder, revision, kind, new_place):
    """Give what a frozen ledger, brought up to date, has otherwise than a new one."""
    old, new = new_place(), new_place()
    thaw(old, folder, revision, kind)
    for place in (old, new):
        Ledger.open(place, make=True)
    return sorted(what for what, _ in told(old).items() ^ told(new).items())


@pytest.fixture
def ledger(new_place):
    """Give the place of a ledger with two batches, one of them rejected."""
    place, first = new_place(), make_batch(persons(0, 3))
    with Ledger.open(place, make=True).writing() as book:
        book.record(first)
        book.approvals.reject(first.name, "li", "wrong")
        book.record(make_batch(persons(1, 4), 2))
    return place


@pytest.fixture
def later(engine, monkeypatch, tmp_path):
    """Give a context in which relief is at a second revision: it has one table more."""
    before = freeze.statements(engine)

    @contextlib.contextmanager
    def in_later():
        notes = table("notes", key("note"), text("words"))
        try:
            made = [one for one in freeze.statements(engine) if one not in before]
            folder = scripts(tmp_path / "migrations", made)
            with monkeypatch.context() as patch:
                patch.setattr(revisions, "KNOWN", (*revisions.KNOWN, "0002"))
                patch.setattr(revisions, "NEWEST", "0002")
                patch.setattr(revisions, "__version__", LATER)
                patch.setattr(migrating, "_SCRIPTS", folder)
                yield
        finally:
            METADATA.remove(notes)

    return in_later


def scripts(folder, statements):
    """Write a folder of migrations: those of relief and one that carries out ``statements``."""
    (folder / "versions").mkdir(parents=True)
    for script in (migrating._SCRIPTS / "versions").glob("*.py"):  # noqa: SLF001
        (folder / "versions" / script.name).write_bytes(script.read_bytes())
    (folder / "versions" / "0002_notes.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = '0002', {revisions.NEWEST!r}\n"
        "def upgrade():\n"
        f"    for statement in {statements!r}:\n"
        "        op.get_bind().exec_driver_sql(statement)\n",
        "utf-8",
    )
    return folder


def test_the_program_knows_every_script():
    found = ScriptDirectory(str(migrating._SCRIPTS))  # noqa: SLF001
    known = [script.revision for script in found.walk_revisions()]
    assert tuple(reversed(known)) == revisions.KNOWN


def test_every_frozen_revision_becomes_what_a_new_ledger_is(kind, engine, new_place, tmp_path):
    freeze.write(tmp_path, engine)
    frozen = [(tmp_path, revisions.NEWEST)]
    frozen += [(freeze.FOLDER, one) for one in freeze.due(freeze.CHANGES.read_text("utf-8"))]
    for folder, revision in frozen:
        assert drift(folder, revision, kind, new_place) == []


def test_a_table_that_changed_after_it_was_frozen_is_told(kind, engine, new_place, tmp_path):
    freeze.write(tmp_path, engine)
    copy = tmp_path / freeze.name(revisions.NEWEST, kind)
    copy.write_text(copy.read_text("utf-8").replace("CHECK (sequence > 0 AND", "CHECK ("), "utf-8")
    drifted = drift(tmp_path, revisions.NEWEST, kind, new_place)
    assert {what.split()[1] for what in drifted} == {"batches"}
    freeze.write(tmp_path, engine)  # a copy that is there is never replaced
    assert drift(tmp_path, revisions.NEWEST, kind, new_place) == drifted


def test_every_version_that_was_released_is_frozen():
    changes = freeze.CHANGES.read_text("utf-8")
    assert freeze.headings(changes)[0][0] == __version__
    assert freeze.missing(freeze.FOLDER, changes) == []


@pytest.mark.parametrize(
    ("known", "changes", "due"),
    [
        ("1", "## 0.1.0, not released", ""),
        ("1", "## 0.1.0, 2026-12-01", "1"),
        ("1", "## 0.2.0, not released\n## 0.1.0, 2026-12-01", "1"),
        ("12", "## 0.2.0, not released\n## 0.1.0, 2026-12-01", "1"),
        ("12", "## 0.2.0, 2027-01-04\n## 0.1.0, 2026-12-01", "12"),
    ],
)
def test_a_version_that_is_released_without_its_frozen_copies_is_told(
    tmp_path, monkeypatch, known, changes, due
):
    monkeypatch.setattr(revisions, "KNOWN", tuple(known))
    names = [f"{revision}.{kind}.sql" for revision in due for kind in BOTH]
    assert freeze.missing(tmp_path, changes) == names
    for name in names:
        (tmp_path / name).touch()
    assert freeze.missing(tmp_path, changes) == []


def test_a_heading_that_is_neither_dated_nor_open_is_refused():
    with pytest.raises(ValueError, match=re.escape("## 0.1.0 (2026-12-01)")):
        freeze.headings("## 0.1.0 (2026-12-01)")


def test_an_older_ledger_is_brought_up_to_date_with_its_rows(ledger, later, new_place):
    before, new = everything(ledger), new_place()
    with later():
        opened = Ledger.open(ledger)
        Ledger.open(new, make=True)
        assert told(ledger) == told(new)
        after = everything(ledger)
        assert after.pop("notes") == []
        assert after.pop("versions") == [*before.pop("versions"), ("0002", LATER)]
        assert after == before
        assert opened.made_by() == __version__
        with opened.writing() as book:
            book.record(make_batch(persons(10, 3), 3))
            with pytest.raises(RefusedError, match="paid"):
                book.record(make_batch(persons(2, 1), 4))
    # It is the newer one now.
    with pytest.raises(UsageError, match=re.escape(f"version {LATER}, here {__version__}")):
        Ledger.open(ledger)


def test_a_change_that_fails_changes_nothing(ledger, later, monkeypatch):
    before = told(ledger), everything(ledger)

    def fail(_):
        raise FileNotFoundError

    with later():
        monkeypatch.setattr(revisions, "stamp", fail)
        with pytest.raises(FileNotFoundError):
            Ledger.open(ledger)
    assert (told(ledger), everything(ledger)) == before


def test_two_that_open_an_older_ledger_at_once_change_it_once(ledger, later):
    failed = []

    def open_it():
        try:
            Ledger.open(ledger)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown below
            failed.append(error)

    with later():
        threads = [threading.Thread(target=open_it) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert [revision for revision, _ in everything(ledger)["versions"]] == ["0001", "0002"]


@pytest.mark.parametrize("statement", [
    "DELETE FROM versions", "DROP TABLE versions", "UPDATE versions SET revision = 'nonsense'",
    "UPDATE versions SET revision = ''", "INSERT INTO versions VALUES ('0000', '0.0.1')",
    "ALTER TABLE versions RENAME COLUMN revision TO revision_of",
])  # fmt: skip
def test_a_ledger_without_its_revision_is_damaged(new_place, statement):
    place = new_place()
    Ledger.open(place, make=True)
    with past(place) as connection:
        connection.drop_guards()
        connection.execute(statement)
    with pytest.raises(UnreadableError, match="revision") as caught:
        Ledger.open(place, make=True)
    assert caught.value.code == "ledger-damaged"


def test_copies_know_the_version_that_made_the_ledger(tmp_path, server, monkeypatch):
    place, shared, back = tmp_path / "a.sqlite", server.new_database(), tmp_path / "b.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr(revisions, "__version__", "0.0.1")
        Ledger.open(place)
    copy_into(place, shared)
    Ledger.open(shared).copy_to(back)
    assert [Ledger.open(one).made_by() for one in (shared, back)] == ["0.0.1", "0.0.1"]


def test_what_is_recorded_needs_no_alembic(tmp_path):
    """Loading it takes longer than recording; it is needed once in years."""
    code = (
        "import sys, pathlib\n"
        "from relief_cli.ledger import Ledger\n"
        f"Ledger.open(pathlib.Path({str(tmp_path / 'l.sqlite')!r}))\n"
        "print([name for name in ('alembic', 'psycopg') if name in sys.modules])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_sqlite_keeps_its_types_strict(tmp_path):
    place = tmp_path / "ledger.sqlite"
    Ledger.open(place, make=True)
    with past(place) as connection:
        strict = {row[1]: row[5] for row in connection.rows("PRAGMA table_list")}
    assert {name for name, is_strict in strict.items() if not is_strict} == {
        "sqlite_schema",
        "sqlite_temp_schema",
    }
