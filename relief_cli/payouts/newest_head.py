"""The newest head of the chain, which the office's folder remembers beside the ledger.

An older ledger that is copied back does not know who was paid since: everybody would be paid again.
"""

import re
from pathlib import Path

from relief_cli.errors import RefusedError
from relief_cli.files import write_beside
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.events import short_head
from relief_cli.office import Office

HEAD_FILE = "ledger.head"
_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})\n?")


def remember(office: Office, event: int, digest: str) -> None:
    """Note the newest event of the ledger, by number and digest.

    Raises:
        UsageError: ``write-failed``.
    """
    write_beside(office.folder / HEAD_FILE, f"{event} {digest}\n".encode())


def require_newest(office: Office, book: Book) -> None:
    """Refuse to add to a ledger that does not contain the head that was noted.

    Raises:
        RefusedError: ``ledger-older``; ``head-unreadable``.
    """
    path = office.folder / HEAD_FILE
    noted = _noted(path)
    if noted is None or book.event_digest(noted[0]) == noted[1]:
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
        event=noted[0],
        head=short_head(noted[1]),
    )


def _noted(path: Path) -> tuple[int, str] | None:
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
    return int(found[1]), found[2]
