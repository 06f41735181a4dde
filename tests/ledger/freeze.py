"""``make release``: keep the statements that make a new ledger, before an office has one.

The copies in ``frozen/`` are named by revision and database. None is ever replaced: tests make
ledgers from them and hold relief against what these become.
"""

import re
import sys
from pathlib import Path

import sqlalchemy as sa

if not __package__:  # run as a script: the tests are not on the path yet
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from databases import BOTH
from postgres import started

from relief_cli import __version__
from relief_cli.ledger import revisions
from relief_cli.ledger.creation import create_tables

FOLDER = Path(__file__).with_name("frozen")
CHANGES = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = re.compile(r"## (\d+\.\d+\.\d+), (not released|\d{4}-\d\d-\d\d)")
_BETWEEN = "\n--\n"
_DEFINES = ("CREATE", "ALTER", "PRAGMA")


def headings(changes):
    """Give the versions that CHANGELOG.md tells of, the newest first, and whether each is dated."""
    lines = [line for line in changes.splitlines() if line.startswith("## ")]
    return [(version, when != "not released") for version, when in map(_heading, lines)]


def _heading(line):
    found = HEADING.fullmatch(line)
    if not found:
        raise ValueError(f"CHANGELOG.md: neither “not released” nor a day: {line}")
    return found.groups()


def due(changes):
    """Give the revisions that must be frozen: the newest may change until a version has it."""
    dated = [is_dated for _, is_dated in headings(changes)]
    if dated[0]:
        return revisions.KNOWN
    return revisions.KNOWN[:-1] or revisions.KNOWN[: any(dated)]


def missing(folder, changes):
    """Give the names of the copies that must be in ``folder`` and are not."""
    names = [name(revision, kind) for revision in due(changes) for kind in BOTH]
    return [one for one in names if not (folder / one).exists()]


def name(revision, kind):
    """Give the name of a copy."""
    return f"{revision}.{kind}.sql"


def read(folder, revision, kind):
    """Give the statements of a copy."""
    return (folder / name(revision, kind)).read_text("utf-8").rstrip("\n").split(_BETWEEN)


def empty(address):
    """Give the empty database at ``address``: in memory, each connection has one of its own."""
    return sa.create_engine(address, poolclass=sa.NullPool)


def write(folder, engine):
    """Freeze the newest revision for the database of ``engine``; leave a copy that is there."""
    place = folder / name(revisions.NEWEST, engine.dialect.name)
    folder.mkdir(exist_ok=True)
    if not place.exists():
        place.write_text(_BETWEEN.join(statements(engine)) + "\n", "utf-8")


def statements(engine):
    """Give the statements that make a new ledger in an empty database, which stays empty."""
    executed = []
    with engine.connect() as connection:
        sa.event.listen(
            connection, "before_cursor_execute", lambda *event: executed.append(event[2].strip())
        )
        create_tables(connection)
        connection.rollback()
    return [statement for statement in executed if statement.startswith(_DEFINES)]


def main():
    """Freeze the newest revision; give the exit code."""
    if (__version__, True) not in headings(CHANGES.read_text("utf-8"))[:1]:
        print(f"CHANGELOG.md: give {__version__} the day of its release", file=sys.stderr)  # noqa: T201
        return 1
    with started() as server:
        for address in ("sqlite://", server.new_database()):
            write(FOLDER, empty(address))
    return 0


if __name__ == "__main__":
    sys.exit(main())
