"""A ledger in a file of SQLite: private, durable, and locked by whoever writes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from relief_cli.errors import RefusedError, ReliefError, UsageError
from relief_cli.files import PRIVATE_FILE, create_new
from relief_cli.i18n import N_
from relief_cli.ledger import revisions
from relief_cli.ledger.access import require_private
from relief_cli.ledger.database import ANOTHERS, busy, closed, damaged, disk
from relief_cli.ledger.guards import MOVED_SAYS

APPLICATION = 0x52454C46
"""``RELF``: tells a ledger from any other SQLite file; kept in SQLite's ``application_id``."""

_PRAGMAS = (
    # The journal is the undo log that survives a crash; WAL does not work on network drives.
    "journal_mode = DELETE",
    # Also the folder is forced to the disk when the journal goes: a commit is never lost.
    "synchronous = EXTRA",
    "foreign_keys = ON",
    # Without it INSERT OR REPLACE would delete past the triggers.
    "recursive_triggers = ON",
    # Else what is sorted or may be rolled back spills into files in the folder for temporary ones.
    "temp_store = MEMORY",
    # 64 MB of pages: a batch of 100,000 is recorded without reading the index back.
    "cache_size = -65536",
)
_BEGIN = "relief_begin"
_CHANGED = ("no such table: ", "no such column: ", "Could not decode to UTF-8 ")
"""How messages begin that have no code of their own."""


class Sqlite:
    """One file; see :class:`relief_cli.ledger.database.Database`."""

    errors: type[Exception] = sqlite3.Error

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self.path = path.absolute()
        self.label = str(self.path)
        self.file = path.name
        self._engine = _engine(self.path, busy_seconds)

    def is_there(self) -> bool:
        """Say whether the file is there and is not empty."""
        return self.path.exists() and self.path.stat().st_size > 0

    def make(self) -> None:
        """Make an empty file for the owner alone; SQLite's journal takes over its mode.

        An existing file is not opened: closing it would drop the locks that this process holds on
        it.
        """
        try:
            descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
        except FileExistsError:
            pass
        except OSError as error:
            raise self._closed(error.strerror or "") from error
        else:
            os.fchmod(descriptor, PRIVATE_FILE)
            os.close(descriptor)
        require_private(self.path)

    @contextmanager
    def begin(self, *, writing: bool) -> Iterator[sa.Connection]:
        """Give a connection; whoever writes takes the lock at once."""
        options = {_BEGIN: "IMMEDIATE" if writing else "DEFERRED"}
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def revision(self, connection: sa.Connection) -> str | None:
        """Give the revision."""
        application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        if not (application or names):
            return None
        if application != APPLICATION:
            raise damaged(self, ANOTHERS)
        return revisions.kept(self, connection, names)

    def require_owner(self, connection: sa.Connection) -> None:
        """Nothing: whoever may open the file owns it."""

    def copy_to(self, place: Path) -> None:
        """Write the ledger to ``place``, packed anew: it does not tell in which pages rows stood.

        The same rows give the same bytes with the same version of SQLite.
        """
        create_new(place).close()
        with closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(place),))
        with closing(sqlite3.connect(place)) as copy:
            # It counts the copies of copies, which are the same ledger.
            copy.execute("PRAGMA schema_version = 1")

    def message(self, error: Exception) -> ReliefError | None:
        """Give what the code of SQLite's ``error`` means."""
        if MOVED_SAYS in str(error):
            return self._moved()
        # The low byte is the kind of error, the rest says more about it.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return busy(self)
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or _is_changed(error):
            # What stands in the column itself is told by nobody: it may be a person's number.
            return damaged(self, str(error).partition(" with text ")[0])
        if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            return disk(self, str(error))
        if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
            return self._closed(str(error))
        return None

    def _moved(self) -> RefusedError:
        return RefusedError(
            "ledger-moved",
            N_("The books of {path} were moved into a shared database; nothing is added here."),
            why=N_("Whoever was paid there would be paid again."),
            remedy=N_("Write the database's address into relief.toml, and run this again."),
            file=self.file,
            path=self.label,
        )

    def _closed(self, reason: str) -> UsageError:
        remedy = N_("Check that the folder is there and is yours, then run this again.")
        return closed(self, reason, remedy)


def _is_changed(error: Exception) -> bool:
    """Say whether a table or column is gone, or holds bytes that no text has."""
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith(_CHANGED)


def _engine(path: Path, busy_seconds: float) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        # Connecting makes no file: what was moved away meanwhile is not begun anew.
        address = f"file:{quote(os.fsencode(path))}?mode=rw"
        return sqlite3.connect(address, timeout=busy_seconds, uri=True)

    engine = sa.create_engine(
        "sqlite://",
        creator=connect,
        # A connection lives for one transaction: none is carried into a forked process.
        poolclass=sa.NullPool,
        # Parameters hold identity numbers: no error message may.
        hide_parameters=True,
    )
    sa.event.listen(engine, "connect", _prepare_connection)
    sa.event.listen(engine, "begin", _begin_transaction)
    return engine


def _prepare_connection(connection: sqlite3.Connection, _: object) -> None:
    # Transactions are begun below: the driver's own would take the writer's lock too late.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_transaction(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options()[_BEGIN]}")
