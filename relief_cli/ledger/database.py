"""What the databases that a ledger may be in have in common: SQLite, and PostgreSQL."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from relief_cli.errors import ReliefError, UnreadableError, UsageError
from relief_cli.i18n import N_

Broken = tuple[str, str]
"""A record, such as ``event 7``, and what is wrong with it (English, marked)."""

ANOTHERS = "another program's"
"""The reason of :func:`damaged` where what is there is no ledger at all."""


class Database(Protocol):
    """A place for one ledger. Whoever writes waits for whoever writes; readers see one moment."""

    label: str
    """How messages call it; without a password."""
    file: str
    """The name of its file; what stands for it where it is none."""
    errors: type[Exception]
    """What its driver raises."""

    def is_there(self) -> bool:
        """Say whether there is anything that could be a ledger; nothing is made."""

    def make(self) -> None:
        """Make an empty place for the owner alone, where none is.

        Raises:
            UsageError: ``ledger-closed``.
            RefusedError: ``ledger-open-to-others``.
        """

    def begin(self, *, writing: bool) -> AbstractContextManager[sa.Connection]:
        """Give a connection in a transaction; at the end all of it is durable, or nothing."""

    def revision(self, connection: sa.Connection) -> str | None:
        """Give the revision of the ledger's tables; ``None`` where there are none yet.

        Raises:
            UnreadableError: ``ledger-damaged``; it belongs to another program.
            UsageError: ``ledger-newer``.
            RefusedError: ``ledger-open-to-others``.
        """

    def require_owner(self, connection: sa.Connection) -> None:
        """Refuse to make or change tables by whoever does not own the ledger.

        Raises:
            RefusedError: ``ledger-owner``.
        """

    def copy_to(self, place: Path) -> None:
        """Write the ledger as it is at one moment into a new file of SQLite."""

    def message(self, error: Exception) -> ReliefError | None:
        """Give what the driver's ``error`` means to a clerk; ``None`` for a fault."""


def causes(database: Database, error: BaseException | None) -> Iterator[Exception]:
    """Give what the driver reported, the last report first: a failed rollback hides a full disk."""
    while error is not None:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if isinstance(cause, database.errors):
            yield cause
        error = error.__context__


def forget_values(error: BaseException | None) -> None:
    """Take out of the driver's ``error`` what it tells of values: PostgreSQL shows the whole row.

    What it says in its first line, and where (``diag``), stays.
    """
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if error is not None and primary:
        error.args = (primary,)


def busy(database: Database) -> UsageError:
    """Say that another run is adding to the ledger."""
    return UsageError(
        "ledger-busy",
        N_("Another relief is working in this office."),
        why=N_("Only one at a time may add to the ledger; nothing was recorded here."),
        remedy=N_("Wait until it is done, then run this again."),
        file=database.file,
    )


def disk(database: Database, reason: str) -> UsageError:
    """Say that the disk did not take what was to be recorded."""
    return UsageError(
        "ledger-disk",
        N_("The disk refuses the ledger: {reason}."),
        why=N_("Nothing was recorded."),
        remedy=N_("Make room on the disk or have it checked, then run this again."),
        file=database.file,
        reason=reason,
    )


def damaged(database: Database, reason: str) -> UnreadableError:
    """Say that what is there cannot be read as a ledger."""
    return UnreadableError(
        "ledger-damaged",
        N_("{path} is not a ledger of relief, or it is damaged: {reason}."),
        why=N_("Without its books relief cannot tell who was paid."),
        remedy=N_("Move it away, then put back the newest backup: relief restore FILE"),
        file=database.file,
        path=database.label,
        reason=reason,
    )


def closed(database: Database, reason: str, remedy: str) -> UsageError:
    """Say that the ledger cannot be reached."""
    return UsageError(
        "ledger-closed",
        N_("The ledger {path} cannot be opened or written: {reason}."),
        remedy=remedy,
        file=database.file,
        path=database.label,
        reason=reason,
    )
