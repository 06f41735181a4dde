"""Operators: their keys, in their own homes, and who of them is at work."""

import os
from collections.abc import Sequence
from pathlib import Path

from relief_cli import signing
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.approvals import Operator
from relief_cli.ledger.signatures import Hand
from relief_cli.office import Office

TWO_HANDS = 2
"""So many operators sign who is added or revoked, and a rule that is lowered."""


def keys_folders() -> list[Path]:
    """Give where private keys lie: ``RELIEF_KEYS`` (folders, such as of a stick), else the home.

    The home's is that of the XDG base directories.
    """
    given = os.environ.get("RELIEF_KEYS")
    if given:
        return [Path(folder) for folder in given.split(os.pathsep)]
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return [Path(data) / "relief" / "keys"]


def key_path(public_key: str) -> Path:
    """Give where the private half of ``public_key`` lies, or would lie."""
    places = [folder / signing.key_file(public_key) for folder in keys_folders()]
    return next((place for place in places if place.exists()), places[0])


def login() -> str:
    """Give who is logged in."""
    return os.environ.get("LOGNAME") or os.environ.get("USER") or f"uid{os.getuid()}"


def by_whom(book: Book, office: Office) -> str:
    """Give who acts: an operator where the office has some, else who is named or logged in.

    Raises:
        UsageError: as :func:`acting`.
    """
    if book.approvals.operators():
        return acting(book, office.acting.name).name
    return office.acting.name or login()


def acting(book: Book, name: str | None) -> Operator:
    """Give the operator that is meant: the one named, or the only one whose key is here.

    Raises:
        UsageError: ``operator-unknown`` or ``operator-unclear``.
    """
    if name is not None:
        return book.approvals.operator(name)
    known = book.approvals.operators()
    here = [one for one in known if key_path(one.public_key).exists()]
    if len(here) == 1:
        return here[0]
    raise UsageError(
        "operator-unclear",
        N_("It is not clear who you are: {count} keys of this office are in your home."),
        why=N_("What an operator does counts only with that operator's signature."),
        remedy=N_("Name yourself: --as NAME (or RELIEF_OPERATOR). Known: {known}."),
        count=len(here),
        known=", ".join(one.name for one in known) or "–",
    )


def hand_of(book: Book, office: Office) -> Hand | None:
    """Unlock the key of who acts; ``None`` where the office has no operators.

    Raises:
        UsageError: as :func:`acting`; ``key-missing``, ``passphrase-wrong``.
        RefusedError: ``approval-revoked``; ``approval-forged``, the key is another one.
    """
    if not book.approvals.operators():
        return None
    return _hand(acting(book, office.acting.name), office.acting)


def two_hands(book: Book, signing_too: Sequence[signing.Acting]) -> list[Hand]:
    """Unlock the keys of two operators who may approve.

    Raises:
        UsageError: as :func:`hand_of`.
        RefusedError: as :func:`hand_of`; ``second-signature-missing``.
    """
    found = {each.name: (acting(book, each.name), each) for each in signing_too}
    who = [operator for operator, _ in found.values()]
    if len(who) < TWO_HANDS or not all(operator.approves for operator in who):
        raise RefusedError(
            "second-signature-missing",
            N_("Two operators must sign this; {count} did."),
            why=N_("Who could add or end an operator alone, or lower the rule, approves alone."),
            remedy=N_("Name two who may approve: --by NAME --by NAME. Known: {known}."),
            count=len(who),
            known=", ".join(one.name for one in book.approvals.operators() if one.approves) or "–",
        )
    return [_hand(operator, each) for operator, each in found.values()]


def _hand(who: Operator, at_work: signing.Acting) -> Hand:
    require_counting(who)
    key = at_work.key(key_path(who.public_key), who.name)
    if key.public_key != who.public_key:
        raise refused("approval-forged", N_("The key at hand is not that of {name}."), who)
    return Hand(who.name, key.sign)


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
