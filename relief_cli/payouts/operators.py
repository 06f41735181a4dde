"""Operators: their keys, in their own homes, and who of them is at work."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from relief_cli import signing
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.approvals import Operator
from relief_cli.office import Office

Ask = Callable[[str], str]
"""Gives the passphrase of the operator whose name it is told."""


def keys_folder() -> Path:
    """Give the folder of private keys in the operator's own home (XDG base directories)."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "relief" / "keys"


def _key_path(public_key: str) -> Path:
    return keys_folder() / signing.key_file(public_key)


def add_operator(office: Office, name: str, role: str, ask: Ask) -> tuple[Operator, Path]:
    """Make a key pair in this home, and let its public half count in ``office``.

    Raises:
        UsageError: ``operator-name``, ``operator-exists``, ``passphrase-short``, ``write-failed``.
    """
    signing.check_name(name)
    ledger = Ledger.open(office.ledger_place)
    with ledger.reading() as book:
        book.approvals.require_new(name)
    public_key, place = signing.create_key(keys_folder(), ask(name))
    with ledger.writing() as book:
        book.approvals.add_operator(name, role, public_key)
        return book.approvals.operator(name), place


def revoke_operator(office: Office, name: str, reason: str) -> Operator:
    """End an operator's signature; what it approved before stays approved.

    Raises:
        UsageError: ``operator-unknown``.
    """
    with Ledger.open(office.ledger_place).writing() as book:
        book.approvals.revoke(book.approvals.operator(name), reason)
        return book.approvals.operator(name)


def all_operators(office: Office) -> list[Operator]:
    """Give the office's operators."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.approvals.operators()


def login() -> str:
    """Give who is logged in."""
    return os.environ.get("LOGNAME") or os.environ.get("USER") or f"uid{os.getuid()}"


def acting(book: Book, name: str | None) -> Operator:
    """Give the operator that is meant: the one named, or the only one whose key is here."""
    if name is not None:
        return book.approvals.operator(name)
    known = book.approvals.operators()
    here = [one for one in known if _key_path(one.public_key).exists()]
    if len(here) == 1:
        return here[0]
    raise UsageError(
        "operator-unclear",
        N_("It is not clear who you are: {count} keys of this office are in your home."),
        why=N_("An approval counts only with the approver's signature."),
        remedy=N_("Name yourself: --as NAME (or RELIEF_OPERATOR). Known: {known}."),
        count=len(here),
        known=", ".join(one.name for one in known) or "–",
    )


def signed(who: Operator, statement: Mapping[str, object], ask: Ask) -> str:
    """Give the operator's signature over ``statement``.

    Raises:
        UsageError: ``key-missing`` or ``passphrase-wrong``.
        RefusedError: ``approval-forged``; the key is another one.
    """
    path = _key_path(who.public_key)
    signature, public_key = signing.sign(path, ask(who.name) if path.exists() else "", statement)
    if public_key != who.public_key:
        raise refused("approval-forged", N_("The key in your home is not the one of {name}."), who)
    return signature


def require_counting(who: Operator) -> None:
    """Refuse an operator whose signature was revoked.

    Raises:
        RefusedError: ``approval-revoked``.
    """
    if who.revoked_event is not None:
        raise refused("approval-revoked", N_("{name}'s signature does not count any more."), who)


def refused(code: str, message: str, who: Operator, **values: object) -> RefusedError:
    """Make the error for a signature of ``who`` that does not let a batch go."""
    return RefusedError(
        code,
        message,
        why=N_("Nothing goes out that two pairs of eyes have not seen, exactly as it is."),
        remedy=N_(
            "Let another operator look at the batch, and find out why before any money moves."
        ),
        name=who.name,
        **values,  # type: ignore[arg-type]  # placeholders only, never the error's own fields
    )
