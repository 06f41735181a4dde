"""The ledger of an office, to be added to by who acts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relief_cli.errors import UsageError
from relief_cli.ledger import Ledger
from relief_cli.ledger.signatures import Hand
from relief_cli.office import Office
from relief_cli.payouts.newest_head import remember, require_newest
from relief_cli.payouts.operators import hand_of

if TYPE_CHECKING:  # it loads tables
    from relief_cli.ledger.record import WritableBook


_NOBODY_HERE = frozenset({"operator-unclear", "key-missing", "passphrase-missing"})
"""Codes of errors that matter only where something is to be signed."""


@dataclass(frozen=True)
class Hands:
    """Who signs what is added."""

    signing: Sequence[Hand] = ()
    lacking: UsageError | None = None
    """Why nobody signs; raised where something has to be signed."""


@contextmanager
def writing(office: Office, hands: Hands | None = None) -> "Iterator[WritableBook]":
    """Give the ledger to add to; who acts signs all of it, where the office has operators.

    The key is unlocked before: nobody else waits while a passphrase is typed.

    Args:
        office: whose ledger.
        hands: who signs; where ``None`` it is who acts.

    Raises:
        UsageError: as :meth:`relief_cli.ledger.Ledger.writing`; as
            :func:`relief_cli.payouts.operators.hand_of`.
        RefusedError: ``approval-revoked``; ``signature-missing``; ``ledger-older``.
    """
    hands = hands or hands_of(office)
    with Ledger.open(office.ledger_place).writing() as book:
        require_newest(office, book)
        before = book.last_event()
        yield book
        book.sign(before, hands.signing, hands.lacking)
        last = book.last_event()
        mark = book.mark(last)
    if mark:
        remember(office, last, mark)


def hands_of(office: Office) -> Hands:
    """Unlock the key of who acts; nothing where the office has no operators.

    Who has no key at hand, or does not say who it is, may run again what was done: nothing of it
    is signed.

    Raises:
        UsageError: as :func:`relief_cli.payouts.operators.hand_of`.
        RefusedError: likewise.
    """
    with Ledger.open(office.ledger_place).reading() as book:
        try:
            hand = hand_of(book, office)
        except UsageError as error:
            if error.code not in _NOBODY_HERE:
                raise
            return Hands(lacking=error)
    return Hands([hand] if hand else ())
