"""Who besides the owner may write the office's own files, or read a private key.

The check of the ledger is stricter, see :mod:`relief_cli.ledger.access`: nobody else may read it.
The folders above the office are not looked at: whoever may write there can only put another folder
in the office's place, and that folder would be theirs.
"""

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_

_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ANY = stat.S_IRWXG | stat.S_IRWXO
_ROOT = 0
"""The system's own user, who may write every file anyway."""
_SHOWN = 20
"""Paths in one command that a clerk is to type."""
_ANOTHERS = N_("{path} belongs to another user of this computer.")


def require_own(places: Iterable[Path], trees: Iterable[Path] = ()) -> None:
    """Refuse an office of which others may write a part.

    A part that is missing or cannot be looked at is passed over: whoever reads it says so.

    Args:
        places: files and folders. A link counts as what it leads to.
        trees: files, and folders with everything in them.

    Raises:
        RefusedError: ``office-open-to-others``, for all parts at once.
    """
    parts = [state for place in places for state in _states_of(place)]
    parts += [state for tree in trees for state in _states_under(tree)]
    of_others = [path for path, state in parts if state.st_uid not in {os.geteuid(), _ROOT}]
    if of_others:
        raise _office_refusal(
            of_others,
            _ANOTHERS,
            N_("Work as that user; or make it your own: {command}"),
            f"chown {os.geteuid()}",
        )
    writable = [(path, state.st_mode) for path, state in parts if state.st_mode & _WRITE]
    if writable:
        raise _office_refusal(
            [path for path, _ in writable],
            N_("Other users of this computer can write {path} (its mode is {mode})."),
            N_("Close it, then run this again: {command}"),
            "chmod go-w",
            mode=_shown(writable[0][1]),
        )


def require_private_key(path: Path, state: os.stat_result) -> None:
    """Refuse the private key at ``path`` where anybody else may read or write it.

    Args:
        path: for the message.
        state: of the file that was opened.

    Raises:
        RefusedError: ``key-open-to-others``.
    """
    if state.st_uid != os.geteuid():
        message, remedy = (
            _ANOTHERS,
            N_("Work as that user; or make the file your own: chown {user} {path}"),
        )
    elif state.st_mode & _ANY:
        message, remedy = (
            N_("Other users of this computer can reach {path} (its mode is {mode})."),
            N_("Close it, then run this again: chmod 600 {path}"),
        )
    else:
        return
    raise RefusedError(
        "key-open-to-others",
        message,
        why=N_("Whoever reads the key file can try passphrases, and then sign in your name."),
        remedy=remedy,
        file=path.name,
        path=str(path),
        user=os.geteuid(),
        mode=_shown(state.st_mode),
    )


def _states_under(tree: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Give ``tree`` and everything in it, each with the state of what it leads to."""
    yield from _states_of(tree)
    for folder, folders, names in os.walk(tree):
        for name in sorted([*folders, *names]):
            yield from _states_of(Path(folder, name))


def _states_of(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        state = path.stat()
        target = path.resolve().parent if path.is_symlink() else None
        around = target.stat() if target else None
    except (OSError, RuntimeError):  # of RuntimeError: a link that leads back to itself
        return
    yield path, state
    # Who may write there can put another file in its place; not where the folder is sticky.
    if target and around and not around.st_mode & stat.S_ISVTX:
        yield target, around


def _office_refusal(
    paths: list[Path], message: str, remedy: str, command: str, **values: object
) -> RefusedError:
    words = [command, *(shlex.quote(str(path)) for path in paths[:_SHOWN])]
    return RefusedError(
        "office-open-to-others",
        message,
        why=N_("Who can write the settings, the policy or the lists can change who is paid what."),
        remedy=remedy,
        file=paths[0].name,
        path=str(paths[0]),
        command=" ".join(words),
        **values,  # type: ignore[arg-type]  # placeholders only, never the error's own fields
    )


def _shown(mode: int) -> str:
    return f"{stat.S_IMODE(mode):03o}"
