"""The newest head of the chain, which the office's folder remembers beside the ledger.

An older ledger that is copied back does not know who was paid since: everybody would be paid again.
"""

import re
from pathlib import Path
from typing import NamedTuple

from relief_cli.errors import RefusedError
from relief_cli.files import write_beside
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.events import short_head
from relief_cli.office import Office

HEAD_FILE = "ledger.head"
_RESTORED = "restored "
"""Before the event where a backup was put back and nobody has said yet that it is the newest."""
_LINE = re.compile(rf"({_RESTORED})?(\d{{1,18}}) ([0-9a-f]{{64}})\n?")


def remember(office: Office, event: int, digest: str) -> None:
    """Note the newest event of the ledger, by number and digest, where it is not noted.

    Raises:
        UsageError: ``write-failed``.
    """
    if _noted(office.folder / HEAD_FILE) != _Noted(restored=False, event=event, digest=digest):
        _write(office, event, digest)


def _write(office: Office, event: int, digest: str) -> None:
    write_beside(office.folder / HEAD_FILE, f"{event} {digest}\n".encode())


def note_restored(folder: Path, event: int, digest: str) -> None:
    """Note that a backup is put back where no head is remembered: it may be an old one.

    Args:
        folder: the office's, or what becomes it.
        event: the newest of the backup's ledger.
        digest: its head.

    Raises:
        UsageError: ``write-failed``.
    """
    if not (folder / HEAD_FILE).exists():
        write_beside(folder / HEAD_FILE, f"{_RESTORED}{event} {digest}\n".encode())


def confirm(office: Office, event: int, digest: str) -> None:
    """Take a ledger that was put back for the newest: it contains the last head on paper.

    Raises:
        UsageError: ``write-failed``.
        RefusedError: ``head-unreadable``.
    """
    noted = _noted(office.folder / HEAD_FILE)
    if noted is not None and noted.restored:
        _write(office, event, digest)


def require_newest(office: Office, book: Book) -> None:
    """Refuse to add to a ledger that does not contain the head that was noted.

    Raises:
        RefusedError: ``ledger-older``, ``ledger-restored``; ``head-unreadable``.
    """
    noted = _noted(office.folder / HEAD_FILE)
    if noted is None:
        return
    if noted.restored:
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
    if book.event_digest(noted.event) == noted.digest:
        return
    raise RefusedError(
        "ledger-older",
        N_("The ledger does not contain event {event}, the newest that this office has seen."),
        why=N_("It is an older one, or another one: whoever was paid since would be paid again."),
        remedy=N_(
            "Pay nothing. Put back the ledger that was here, or the newest backup that contains the"
            " head {head}: relief restore FILE"
        ),
        file=HEAD_FILE,
        event=noted.event,
        head=short_head(noted.digest),
    )


class _Noted(NamedTuple):
    restored: bool
    event: int
    digest: str


def _noted(path: Path) -> _Noted | None:
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        text = ""
    found = _LINE.fullmatch(text)
    if found is None:
        raise RefusedError(
            "head-unreadable",
            N_("{file}, which says how far the ledger goes, cannot be read or was changed."),
            why=N_("Whether this is the newest ledger cannot be told."),
            remedy=N_("Have it looked into before anything is paid; relief audit --head shows it."),
            file=path.name,
        )
    return _Noted(found[1] is not None, int(found[2]), found[3])
