"""A ledger of any age becomes what a new one is, with all its rows, or stays as it was."""

import sqlite3
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from databases import everything, past
from ledger.made_batch import make_batch, persons

from relief_cli.errors import RefusedError, UsageError
from relief_cli.ledger import Ledger, migrating, revisions, store
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.schema import ENTITLEMENTS

ATTEMPT = list(ENTITLEMENTS.columns.keys()).index("attempt")
SHAPE = {
    "sqlite": (
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name",
        "PRAGMA application_id",
        "PRAGMA user_version",
    ),
    "postgresql": (
        """
        SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull,
            attcollation::regcollation::text
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE attnum > 0 AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
        ORDER BY 1, 2
        """,
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2
        """,
        "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
        """
        SELECT pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1
        """,
        """
        SELECT proname, prosrc FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace ORDER BY 1
        """,
    ),
}
"""What tells all of tables, columns, constraints, indexes and guards."""


def shape(place):
    """Give what the database was told; spaces count nothing."""
    with past(place) as connection:
        told = [row for asked in SHAPE[connection.kind] for row in connection.rows(asked)]
    return [tuple(" ".join(str(cell).split()) for cell in row) for row in told]


def make_old(place, revision, fill=lambda _: None):
    """Make a ledger as it was at a revision."""
    database = store._database(place, 5)  # noqa: SLF001
    database.make()
    with database.begin(writing=True) as connection:
        migrating.bring_up_to_date(connection, None, revision)
    fill(place)


def as_version_4(place):
    """Make of a ledger at the first revision one of the version that had no revisions."""
    with past(place) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.execute("PRAGMA user_version = 4")


def as_it_is(place):
    """Give the rows of every table that is there."""
    with past(place) as connection:
        return {name: connection.rows(f"SELECT * FROM {name}") for name in connection.tables()}  # noqa: S608


def add_batch(place, tables):
    """Put the rows of another ledger into an old one, as far as it has their tables and columns."""
    with past(place) as connection:
        known = {name: list(connection.columns(name)) for name in connection.tables()}
        given = [(name, row) for name, rows in tables.items() if name in known for row in rows]
        # Further attempts are let in when it is known what became of those before.
        given.sort(key=lambda one: one[0] == "entitlements" and bool(one[1][ATTEMPT]))
        for name, row in given:
            columns = known[name]
            marks = ", ".join("?" * len(columns))
            connection.execute(
                f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                row[: len(columns)],
            )


@pytest.fixture
def rows(tmp_path):
    """Give the rows of a ledger with a batch, in the order in which they can be added."""
    other = tmp_path / "other.sqlite"
    first = make_batch(persons(0, 3))
    with Ledger.open(other).writing() as book:
        book.record(first)
        book.approvals.reject(first.name, "li", "wrong", None)
        book.record(make_batch(persons(1, 4), 2))
    tables = everything(other)
    assert len(tables["attempts"]) == 2
    return tables


def in_order(tables):
    return {table.name: tables[table.name] for table in METADATA.sorted_tables}


def test_the_program_knows_every_revision_and_the_newest():
    scripts = ScriptDirectory(str(migrating._SCRIPTS))  # noqa: SLF001
    known = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(known)) == revisions.KNOWN
    assert scripts.get_current_head() == revisions.NEWEST
    assert Config().get_main_option("script_location") is None  # nothing is taken from a file


def test_all_changes_in_turn_make_what_a_new_ledger_is(place, tmp_path, request):
    make_old(place, "head")
    new = tmp_path / "new.sqlite"
    if not isinstance(place, str):
        Ledger.open(new, make=True)
    else:
        new = request.getfixturevalue("server").new_database()
        Ledger.open(new, make=True)
    assert shape(place) == shape(new)


@pytest.mark.parametrize("revision", revisions.KNOWN[:-1])
def test_an_older_ledger_is_brought_up_to_date_with_its_rows(place, rows, revision):
    make_old(place, revision, lambda old: add_batch(old, in_order(rows)))
    ledger = Ledger.open(place, make=True)
    assert everything(place) == rows
    assert ledger.broken_records() == []
    with ledger.writing() as book:
        book.record(make_batch(persons(10, 3), 3))
        with pytest.raises(RefusedError, match="paid"):
            book.record(make_batch(persons(2, 1), 4))
    assert ledger.broken_records() == []


def test_a_ledger_of_before_there_were_revisions_is_brought_up_to_date(tmp_path, rows):
    place, new = tmp_path / "ledger.sqlite", tmp_path / "new.sqlite"
    make_old(place, "0001", lambda old: add_batch(old, in_order(rows)))
    as_version_4(place)
    ledger = Ledger.open(place, make=True)
    Ledger.open(new, make=True)
    assert everything(place) == rows
    assert shape(place) == shape(new)
    assert ledger.broken_records() == []


@pytest.mark.parametrize(
    ("version", "code"), [(1, "ledger-older"), (3, "ledger-older"), (6, "ledger-newer")]
)
def test_versions_that_are_not_known_are_refused(tmp_path, version, code):
    place = tmp_path / "ledger.sqlite"
    Ledger.open(place, make=True)
    with past(place) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = place.read_bytes()
    with pytest.raises(UsageError) as caught:
        Ledger.open(place, make=True)
    assert caught.value.code == code
    assert place.read_bytes() == before


def test_a_change_that_fails_changes_nothing(place, rows, monkeypatch):
    make_old(place, "0001", lambda old: add_batch(old, in_order(rows)))
    before = shape(place), as_it_is(place)
    upgrade = migrating.command.upgrade

    def fail(*arguments):
        upgrade(*arguments)
        raise FileNotFoundError

    monkeypatch.setattr(migrating.command, "upgrade", fail)
    with pytest.raises(FileNotFoundError):
        Ledger.open(place, make=True)
    assert (shape(place), as_it_is(place)) == before


def test_two_that_open_an_older_ledger_at_once_change_it_once(place, rows):
    make_old(place, "0001", lambda old: add_batch(old, in_order(rows)))
    failed = []

    def open_it():
        try:
            Ledger.open(place, make=True)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown below
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert everything(place) == rows


def test_a_ledger_without_its_revision_is_damaged(place):
    Ledger.open(place, make=True)
    with past(place) as connection:
        connection.execute("DELETE FROM alembic_version")
    with pytest.raises(Exception, match="revision") as caught:
        Ledger.open(place, make=True)
    assert caught.value.code == "ledger-damaged"


def test_what_is_recorded_needs_no_alembic(tmp_path):
    """Loading it takes longer than recording; it is needed once in years."""
    code = (
        "import sys, pathlib\n"
        "from relief_cli.ledger import Ledger\n"
        f"Ledger.open(pathlib.Path({str(tmp_path / 'l.sqlite')!r}))\n"
        "print([name for name in ('alembic', 'psycopg') if name in sys.modules])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_sqlite_keeps_its_types_strict(tmp_path):
    place = tmp_path / "ledger.sqlite"
    Ledger.open(place, make=True)
    with sqlite3.connect(place) as connection:
        listed = connection.execute("PRAGMA table_list").fetchall()
    strict = {row[1]: row[5] for row in listed if not row[1].startswith("sqlite_")}
    assert {name for name, is_strict in strict.items() if not is_strict} == {"alembic_version"}


def test_sqlalchemy_makes_the_same_tables(tmp_path):
    """The declarations of the program are those that the newest revision comes to."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    METADATA.create_all(engine)
    make_old(tmp_path / "y.sqlite", "head")
    names = [set(sa.inspect(sa.create_engine(f"sqlite:///{tmp_path / one}")).get_table_names())
             for one in ("x.sqlite", "y.sqlite")]  # fmt: skip
    assert names[1] - names[0] == {"alembic_version"}
