"""The database that the ledger is kept in: how it is opened, locked and made durable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import revisions
from relief_cli.ledger.book import Book
from relief_cli.ledger.database import Broken, Database, causes
from relief_cli.ledger.sqlite import Sqlite

if TYPE_CHECKING:
    from relief_cli.ledger.record import WritableBook

_BUSY_SECONDS = 60.0


class Ledger:
    """One office's books. Whoever writes waits for whoever writes; readers see one moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(
        cls, place: Path | str, busy_seconds: float = _BUSY_SECONDS, *, make: bool | None = None
    ) -> "Ledger":
        """Open the ledger at ``place``; a file is made, for the owner alone, if it is not there.

        A ledger of an older relief is brought up to date.

        Args:
            place: a file, whose folder is there; or the address of a database of PostgreSQL, see
                :class:`relief_cli.ledger.postgresql.Postgresql`.
            busy_seconds: how long to wait for another run that writes.
            make: whether to make one where there is none. Unless it is said, a file is made and
                tables in a database are not: a slip in an address must not begin a second ledger.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed``, ``ledger-newer``, ``ledger-disk``,
                ``ledger-lost``, ``ledger-driver``, ``ledger-encoding``; ``ledger-missing``, if none
                is to be made.
            UnreadableError: ``ledger-damaged``; it is not a ledger of relief, or broken.
            RefusedError: ``ledger-open-to-others``; in PostgreSQL also ``ledger-owner``,
                ``ledger-rights``, ``ledger-two``.
        """
        database = database_at(place, busy_seconds)
        with named(database):
            wanted = isinstance(place, Path) if make is None else make
            if not wanted and not database.is_there():
                raise _missing(database)
            database.make()
            with database.begin(writing=False) as connection:
                found = database.revision(connection)
            if found != revisions.NEWEST:
                with database.begin(writing=True) as connection:
                    # Another run may have made the tables while this one waited.
                    _renew(database, connection, database.revision(connection))
        return cls(database)

    @contextmanager
    def reading(self) -> Iterator[Book]:
        """Give the ledger as it is at one moment.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed``, ``ledger-lost`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        with named(self._database), self._database.begin(writing=False) as connection:
            yield Book(connection)

    @contextmanager
    def writing(self) -> "Iterator[WritableBook]":
        """Give the ledger to add to: at the end of the block all of it is durable, or nothing is.

        Other runs that want to write wait until the end of the block.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed`` or ``ledger-disk``; nothing was added.
                ``ledger-lost``; all was added, or nothing.
            RefusedError: ``ledger-rights``; nothing was added.
            UnreadableError: ``ledger-damaged``; nothing was added.
        """
        with named(self._database), self._database.begin(writing=True) as connection:
            from relief_cli.ledger.record import WritableBook  # noqa: PLC0415  # it loads pandas

            yield WritableBook(connection)

    def copy_to(self, place: Path) -> None:
        """Write the ledger as it is at one moment into a file of SQLite, where nothing is yet.

        Others may go on reading and writing. The same rows give the same bytes with the same
        version of SQLite.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed``, ``ledger-lost`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        with named(Sqlite(place, 0)), named(self._database):
            self._database.copy_to(place)

    def made_by(self) -> str:
        """Give the version of relief that made the ledger.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed``, ``ledger-lost`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        with named(self._database), self._database.begin(writing=False) as connection:
            return revisions.made_by(connection)

    def broken_records(self) -> list[Broken]:
        """Verify the books; give what is wrong with them, the first broken record first.

        Raises:
            UsageError: ``ledger-busy``, ``ledger-closed``, ``ledger-lost`` or ``ledger-disk``.
            UnreadableError: ``ledger-damaged``.
        """
        with named(self._database), self._database.begin(writing=False) as connection:
            from relief_cli.ledger.audit import broken_records  # noqa: PLC0415  # it loads pandas

            return broken_records(Book(connection), connection)


def database_at(place: Path | str, busy_seconds: float = _BUSY_SECONDS) -> Database:
    """Give the database that a ledger is in; see :meth:`Ledger.open`."""
    if isinstance(place, Path):
        return Sqlite(place, busy_seconds)
    from relief_cli.ledger.postgresql import Postgresql  # noqa: PLC0415  # most ledgers are files

    return Postgresql(place, busy_seconds)


def _renew(database: Database, connection: sa.Connection, revision: str | None) -> None:
    if revision == revisions.NEWEST:
        return
    database.require_owner(connection)
    if revision is None:
        from relief_cli.ledger.creation import create_tables  # noqa: PLC0415  # once in its life

        create_tables(connection)
    else:
        from relief_cli.ledger.migrating import bring_up_to_date  # noqa: PLC0415  # slow to load

        bring_up_to_date(connection, revision)


@contextmanager
def named(database: Database) -> Iterator[None]:
    """Turn what the driver reports about the database into one clear message; faults pass."""
    try:
        yield
    except (sa.exc.DBAPIError, database.errors) as error:
        for cause in causes(database, error):
            if named := database.message(cause):
                raise named from error
        raise


def _missing(database: Database) -> UsageError:
    return UsageError(
        "ledger-missing",
        N_("There is no ledger in this office."),
        remedy=N_("Put back the newest backup: relief restore FILE"),
        file=database.file,
    )
