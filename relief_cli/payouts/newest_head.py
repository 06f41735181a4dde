"""The newest event of the ledger, which the office's folder remembers beside it.

An older ledger that is copied back does not know who was paid since: everybody would be paid again.
"""

import re
from pathlib import Path

from relief_cli.errors import RefusedError
from relief_cli.files import write_beside
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.office import Office

HEAD_FILE = "ledger.head"
_RESTORED = "restored\n"
"""Stands in it where a backup was put back and nobody has said yet that it is the newest."""
_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})\n?")


def remember(office: Office, event: int, mark: str) -> None:
    """Note the newest event of the ledger, where it is not noted.

    Args:
        office: in whose folder.
        event: its number.
        mark: what :meth:`relief_cli.ledger.Book.mark` gives of it.

    Raises:
        UsageError: ``write-failed``.
    """
    if _noted(office.folder / HEAD_FILE) != (event, mark):
        _write(office, event, mark)


def _write(office: Office, event: int, mark: str) -> None:
    write_beside(office.folder / HEAD_FILE, f"{event} {mark}\n".encode())


def note_restored(folder: Path) -> None:
    """Note that a backup is put back where nothing is remembered: it may be an old one.

    Args:
        folder: the office's, or what becomes it.

    Raises:
        UsageError: ``write-failed``.
    """
    if not (folder / HEAD_FILE).exists():
        write_beside(folder / HEAD_FILE, _RESTORED.encode())


def confirm(office: Office, event: int, mark: str) -> None:
    """Take a ledger that was put back for the newest: it contains the last head on paper.

    Raises:
        UsageError: ``write-failed``.
        RefusedError: ``head-unreadable``.
    """
    if _noted(office.folder / HEAD_FILE) == _RESTORED:
        _write(office, event, mark)


def require_newest(office: Office, book: Book) -> None:
    """Refuse to add to a ledger that does not contain the event that was noted.

    Raises:
        RefusedError: ``ledger-older``, ``ledger-restored``; ``head-unreadable``.
    """
    noted = _noted(office.folder / HEAD_FILE)
    if noted is None:
        return
    if isinstance(noted, str):
        raise RefusedError(
            "ledger-restored",
            N_("This ledger was put back from a backup, and may not be the newest."),
            why=N_("Whoever was paid since the backup would be paid again."),
            remedy=N_(
                "Take the newest sheet on paper (approval, summary, reconciliation), and give the"
                " head that stands on it: relief audit --head HEAD"
            ),
            file=HEAD_FILE,
        )
    event, mark = noted
    if book.mark(event) == mark:
        return
    raise RefusedError(
        "ledger-older",
        N_("The ledger does not contain event {event}, the newest that this office has seen."),
        why=N_("It is an older one, or another one: whoever was paid since would be paid again."),
        remedy=N_(
            "Pay nothing. Put back the ledger that was here, or a backup that was made since:"
            " relief restore FILE"
        ),
        file=HEAD_FILE,
        event=event,
    )


def _noted(path: Path) -> tuple[int, str] | str | None:
    """Give number and mark of the event that was noted, or :data:`_RESTORED`."""
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        text = ""
    if text == _RESTORED:
        return text
    found = _LINE.fullmatch(text)
    if found is None:
        raise RefusedError(
            "head-unreadable",
            N_("{file}, which says how far the ledger goes, cannot be read or was changed."),
            why=N_("Whether this is the newest ledger cannot be told."),
            remedy=N_("Have it looked into before anything is paid; relief audit --head shows it."),
            file=path.name,
        )
    return int(found[1]), found[2]
