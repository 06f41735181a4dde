"""The books of a file in a database that clerks share."""

from dataclasses import dataclass
from pathlib import Path

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import copying, guards
from relief_cli.ledger.audit import broken_records
from relief_cli.ledger.book import Book
from relief_cli.ledger.store import Ledger, database_at, named


@dataclass(frozen=True)
class Copied:
    """What is in a shared database now."""

    events: int
    head: str
    """The digest of the last event."""
    batches: int


def copy_into(source: Path, address: str, *, for_good: bool = False) -> Copied | None:
    """Put all rows of the ledger in a file into a shared database that has no tables yet.

    The copy is verified before it counts. Nothing is copied into a database whose books go on from
    those of the file: a copy that was killed, a desk that has begun no books of its own.

    Args:
        source: a ledger in SQLite.
        address: of the database.
        for_good: whether nothing can be added to the file afterwards, whoever has it open.

    Returns:
        What is in the database; None if those are other books.

    Raises:
        UsageError: as :meth:`Ledger.open`.
        UnreadableError: as :meth:`Ledger.open`.
        RefusedError: ``copy-differs``, ``text-unstorable``; as :meth:`Ledger.open`.
    """
    Ledger.open(source, make=False)
    given, database = database_at(source), database_at(address)
    with named(given), named(database), given.begin(writing=for_good) as read:
        with database.begin(writing=True) as written:
            book = Book(written)
            if database.revision(written) is None:
                database.require_owner(written)
                copying.into_new(read, written)
                if broken := broken_records(book, written):
                    raise _differs(broken[0][0])
            known, here = book.event_digests(), Book(read).event_digests()
            if known[: len(here)] != here:
                return None
            copied = Copied(len(known), known[-1] if known else "", len(book.names()))
        if for_good:
            read.exec_driver_sql(guards.MOVED)
    return copied


def _differs(record: str) -> RefusedError:
    return RefusedError(
        "copy-differs",
        N_("The copy of the books is not sound: {record}."),
        why=N_("Books that do not verify are no books; nothing was copied."),
        remedy=N_("Verify the ledger: relief audit. If it is sound, tell who maintains relief."),
        record=record,
    )
