"""Ledgers as a database's owner sees them, past relief: in SQLite and in PostgreSQL alike."""

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import psycopg

from relief_cli import office as offices
from relief_cli.ledger.columns import METADATA

BOTH = ("sqlite", "postgresql")
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""What either database raises for a row that it forbids."""


class Servers:
    """Where new offices have their ledgers while a test runs."""

    running = None
    """The server, see ``postgres.py``; None: each ledger is a file in its office."""
    known = None
    """The server of this process, whichever test uses it."""

    @classmethod
    def new_address(cls):
        """Give the address of an empty database; empty where ledgers are files."""
        return cls.running.new_database() if cls.running else ""


class Past:
    """A connection past relief; what is executed is done at once."""

    def __init__(self, place):
        self.kind = "sqlite" if isinstance(place, Path) else "postgresql"
        if self.kind == "sqlite":
            self._connection = sqlite3.connect(place, isolation_level=None)
            self._connection.execute("PRAGMA foreign_keys = ON")
        else:
            self._connection = Servers.known.connect(place)

    def execute(self, statement, values=()):
        """Execute a statement with ``?`` for each of ``values``; give the cursor."""
        if self.kind == "postgresql":
            statement = statement.replace("?", "%s")
        return self._connection.execute(
            statement, values or None if self.kind != "sqlite" else values
        )

    def rows(self, statement, values=()):
        """Give the rows that a statement selects."""
        return self.execute(statement, values).fetchall()

    def tables(self):
        """Give the names of all tables."""
        asked = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.kind == "sqlite"
            else "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        return {name for (name,) in self.rows(asked)}

    def columns(self, table):
        """Give name → ``INTEGER`` or ``TEXT``."""
        if self.kind == "sqlite":
            found = [row[1:3] for row in self.rows(f"PRAGMA table_info({table})")]
        else:
            found = self.rows(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = to_regclass(?) AND attnum > 0 ORDER BY attnum",
                (table,),
            )
        return {name: "TEXT" if kind.upper() == "TEXT" else "INTEGER" for name, kind in found}

    def guards(self):
        """Give the name of each trigger and its table."""
        asked = (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
            if self.kind == "sqlite"
            else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        return self.rows(asked)

    def drop_guard(self, name, table):
        """Take a trigger away."""
        where = "" if self.kind == "sqlite" else f" ON {table}"
        self.execute(f"DROP TRIGGER {name}{where}")

    def drop_guards(self):
        """Take all of them away."""
        for name, table in self.guards():
            self.drop_guard(name, table)

    def close(self):
        """Close it."""
        self._connection.close()


def place_of(office):
    """Give the place of an office's ledger."""
    return offices.load(Path(office)).ledger_place


@contextlib.contextmanager
def past(office_or_place):
    """Give a connection to the ledger of an office, or of a place."""
    given = office_or_place
    if isinstance(given, Path) and given.is_dir():
        given = place_of(given)
    with contextlib.closing(Past(given)) as connection:
        yield connection


@contextlib.contextmanager
def unguarded(office):
    """Give the ledger to a forger who takes the guards away and puts them back afterwards."""
    with past(office) as connection:
        if connection.kind == "sqlite":
            guards = connection.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            for pragma in ("ignore_check_constraints = ON", "foreign_keys = OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.drop_guards()
            yield connection
            for _, statement in guards:
                connection.execute(statement)
            return
        guards = connection.guards()
        connection.execute("SET session_replication_role = replica")  # no reference is looked at
        for name, table in guards:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        yield connection
        for name, table in guards:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def one_row(table, order):
    """Give the condition that holds for the first or last row of a table."""
    names = [column.name for column in METADATA.tables[table].primary_key]
    key, by = ", ".join(names), ", ".join(f"{name} {order}" for name in names)
    return f"({key}) IN (SELECT {key} FROM {table} ORDER BY {by} LIMIT 1)"  # noqa: S608


def everything(office_or_place):
    """Give table → its rows, in the order of their numbers."""
    with past(office_or_place) as connection:
        tables = {}
        for name, table in METADATA.tables.items():
            columns = ", ".join(column.name for column in table.columns)
            key = ", ".join(column.name for column in table.primary_key)
            select = f"SELECT {columns} FROM {name} ORDER BY {key}"  # noqa: S608
            tables[name] = [tuple(row) for row in connection.rows(select)]
    return tables


def copy_office(office, folder, **options):
    """Copy an office with its ledger; give the folder."""
    shutil.copytree(office, folder, **options)
    give_copy(folder, place_of(office))
    return folder


def copied(made, folder):
    """Copy an office into ``folder``; give it, and the answers of its commands, as if made there.

    Args:
        made: the office's folder, then what its commands answered with ``--json``.
        folder: where the copy is to be.
    """
    office, *answers = made
    there = copy_office(office, folder)
    return there, *json.loads(json.dumps(answers).replace(str(office), str(there)))


def give_copy(office, place):
    """Give ``office`` a ledger like the one at ``place``; its own is forgotten."""
    if isinstance(place, Path):
        if place.parent != office:
            shutil.copy(place, office / place.name)
        return
    set_ledger(office, Servers.known.new_database(like=place))


def set_ledger(office, address):
    """Write an address into the settings of an office."""
    settings = office / "relief.toml"
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith("ledger ="))
    lines[at] = f"ledger = {json.dumps(address)}\n"
    settings.write_text("".join(lines), "utf-8")


def forget_ledger(office):
    """Take the ledger of an office away."""
    place = place_of(office)
    if isinstance(place, Path):
        place.unlink()
    else:
        set_ledger(office, Servers.known.new_database())
