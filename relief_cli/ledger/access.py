"""Whose the ledger's file is: nobody but the office's own user may read or write it.

It holds every identity number and account that was paid, and whoever can write it can pay. SQLite
gives its journals the mode of the ledger; one that was opened later is as bad as an open ledger.
"""

import os
import stat
from pathlib import Path

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_

JOURNALS = ("-journal", "-wal", "-shm")
"""What SQLite puts beside a ledger, by the ending of its name."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def require_private(path: Path) -> None:
    """Refuse the ledger at ``path`` where others can reach it or one of its journals.

    Raises:
        RefusedError: ``ledger-open-to-others``; nothing was opened.
    """
    for place in (path, *(Path(f"{path}{ending}") for ending in JOURNALS)):
        try:
            state = place.stat()
        except FileNotFoundError:
            continue
        if state.st_uid != os.geteuid():
            raise _refusal(
                place,
                N_("{path} belongs to another user of this computer."),
                N_("Work as that user; or make the file your own: chown {user} {path}"),
                user=os.geteuid(),
            )
        if state.st_mode & _OTHERS:
            raise _refusal(
                place,
                N_("Other users of this computer can reach {path} (its mode is {mode})."),
                N_("Close it, then run this again: chmod 600 {path}"),
                mode=f"{stat.S_IMODE(state.st_mode):03o}",
            )


def _refusal(place: Path, message: str, remedy: str, **values: object) -> RefusedError:
    return RefusedError(
        "ledger-open-to-others",
        message,
        why=N_("It names everybody who was paid, and who can write it can change who is paid."),
        remedy=remedy,
        file=place.name,
        path=str(place),
        **values,  # type: ignore[arg-type]  # placeholders only, never the error's own fields
    )
