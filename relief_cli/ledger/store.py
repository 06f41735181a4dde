"""The file that the ledger is kept in: how it is opened, locked and made durable."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from relief_cli.errors import ReliefError, UnreadableError, UsageError
from relief_cli.files import PRIVATE_FILE, create_new
from relief_cli.i18n import N_
from relief_cli.ledger.access import require_private
from relief_cli.ledger.audit import Broken, broken_records
from relief_cli.ledger.book import Book
from relief_cli.ledger.creation import APPLICATION, VERSION, create_tables
from relief_cli.ledger.record import WritableBook

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


class Ledger:
    """One office's books. Whoever writes waits for whoever writes; readers see one moment."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self.path = path
        self._engine = engine

    @classmethod
    def open(cls, path: Path, busy_seconds: float = 60) -> "Ledger":
        """Open the ledger at ``path``; make it, for the owner alone, if it is not there.

        Args:
            path: the file; its folder is there.
            busy_seconds: how long to wait for another run that writes.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed``, ``ledger-newer`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``; it is not a ledger of relief, or broken.
            RefusedError: ``ledger-open-to-others``.
        """
        path = path.absolute()
        _create_file(path)
        require_private(path)
        with _named(path):
            ledger = cls(path, _engine(path, busy_seconds))
            with ledger._begin("DEFERRED") as connection:
                if _is_current(connection):
                    return ledger
            with ledger._begin("IMMEDIATE") as connection:
                # Another run may have made the tables while this one waited.
                if not _is_current(connection):
                    create_tables(connection)
            return ledger

    @contextmanager
    def reading(self) -> Iterator[Book]:
        """Give the ledger as it is at one moment.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        with _named(self.path), self._begin("DEFERRED") as connection:
            yield Book(connection)

    @contextmanager
    def writing(self) -> Iterator[WritableBook]:
        """Give the ledger to add to: at the end of the block all of it is durable, or nothing is.

        Other runs that want to write wait until the end of the block.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed`` or ``ledger-disk``; nothing was added.
            UnreadableError: ``ledger-damaged``; nothing was added.
        """
        with _named(self.path), self._begin("IMMEDIATE") as connection:
            yield WritableBook(connection)

    def copy_to(self, place: Path) -> None:
        """Write the ledger as it is at one moment to ``place``, where nothing is yet.

        Others may go on reading and writing. The copy is packed anew, so it does not tell in which
        pages the rows stood: the same rows give the same bytes with the same version of SQLite.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        create_new(place).close()
        with _named(self.path), closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(place),))
        with _named(place), closing(sqlite3.connect(place)) as copy:
            # It counts the copies of copies, which are the same ledger.
            copy.execute("PRAGMA schema_version = 1")

    def broken_records(self) -> list[Broken]:
        """Verify the books; give what is wrong with them, the first broken record first.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        with _named(self.path), self._begin("DEFERRED") as connection:
            return broken_records(Book(connection), connection)

    @contextmanager
    def _begin(self, kind: str) -> Iterator[sa.Connection]:
        options = {_BEGIN: kind}
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection


def _create_file(path: Path) -> None:
    """Make an empty file for the owner alone; SQLite's journal takes over its mode.

    An existing file is not opened: closing it would drop the locks that this process holds on it.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
    except FileExistsError:
        return
    except OSError as error:
        raise _closed(path, error.strerror or "") from error
    os.fchmod(descriptor, PRIVATE_FILE)
    os.close(descriptor)


def _engine(path: Path, busy_seconds: float) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_seconds},
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


def _is_current(connection: sa.Connection) -> bool:
    """Say whether the tables are there; refuse what this program does not know.

    Raises:
        UsageError: ``ledger-newer``.
        UnreadableError: ``ledger-damaged``; the file belongs to another program.
    """

    def pragma(name: str) -> Any:  # noqa: ANN401  # the driver's
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    version, application = pragma("user_version"), pragma("application_id")
    objects = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    if not (version or application or objects):
        return False
    if application != APPLICATION:
        raise _damaged(Path(connection.engine.url.database or ""), "another program's file")
    if version > VERSION:
        raise UsageError(
            "ledger-newer",
            N_("The ledger was written by a newer relief (its version {found}, here {known})."),
            why=N_("What an older program does not know, it could not keep."),
            remedy=N_("Install the newer relief on this computer too."),
            file=Path(connection.engine.url.database or "").name,
            found=version,
            known=VERSION,
        )
    if version < VERSION:
        raise UsageError(
            "ledger-older",
            N_("The ledger was made by an older relief (its version {found}, here {known})."),
            why=N_("Its tables lack what this program must record."),
            remedy=N_("Finish its batches with the older relief, and begin a new office folder."),
            file=Path(connection.engine.url.database or "").name,
            found=version,
            known=VERSION,
        )
    return True


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what SQLite reports about the file into one clear message; faults pass."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        for cause in _causes(error):
            if named := _message(path, cause):
                raise named from error
        raise


def _causes(error: BaseException | None) -> Iterator[sqlite3.Error]:
    """Give what SQLite reported, the last report first: a failed rollback hides a full disk."""
    while error is not None:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if isinstance(cause, sqlite3.Error):
            yield cause
        error = error.__context__


def _message(path: Path, error: sqlite3.Error) -> ReliefError | None:
    # The low byte is the kind of error, the rest says more about it.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return UsageError(
            "ledger-busy",
            N_("Another relief is working in this office."),
            why=N_("Only one at a time may add to the ledger; nothing was recorded here."),
            remedy=N_("Wait until it is done, then run this again."),
            file=path.name,
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return _damaged(path, str(error))
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return UsageError(
            "ledger-disk",
            N_("The disk refuses the ledger: {reason}."),
            why=N_("Nothing was recorded."),
            remedy=N_("Make room on the disk or have it checked, then run this again."),
            file=path.name,
            reason=str(error),
        )
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return _closed(path, str(error))
    return None


def _damaged(path: Path, reason: str) -> UnreadableError:
    return UnreadableError(
        "ledger-damaged",
        N_("{path} is not a ledger of relief, or it is damaged: {reason}."),
        why=N_("Without its books relief cannot tell who was paid."),
        remedy=N_("Move it away, then put back the newest backup: relief restore FILE"),
        file=path.name,
        path=str(path),
        reason=reason,
    )


def _closed(path: Path, reason: str) -> UsageError:
    return UsageError(
        "ledger-closed",
        N_("The ledger {path} cannot be opened or written: {reason}."),
        remedy=N_("Check that the folder is there and is yours, then run this again."),
        file=path.name,
        path=str(path),
        reason=reason,
    )
