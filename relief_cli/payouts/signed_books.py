"""The ledger of an office, to be added to by who acts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from relief_cli.ledger import Ledger
from relief_cli.ledger.signatures import Hand
from relief_cli.office import Office
from relief_cli.payouts.newest_head import remember, require_newest
from relief_cli.payouts.operators import hand_of

if TYPE_CHECKING:  # it loads tables
    from relief_cli.ledger.record import WritableBook


@contextmanager
def writing(office: Office, *, hands: Sequence[Hand] | None = None) -> "Iterator[WritableBook]":
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
    signing = hands_of(office) if hands is None else hands
    with Ledger.open(office.ledger_place).writing() as book:
        require_newest(office, book)
        before = book.last_event()
        yield book
        book.sign(before, signing)
        last = book.last_event()
        mark = book.mark(last)
    if mark:
        remember(office, last, mark)


def hands_of(office: Office) -> list[Hand]:
    """Unlock the key of who acts; nothing where the office has no operators.

    Raises:
        UsageError: as :func:`relief_cli.payouts.operators.hand_of`.
        RefusedError: likewise.
    """
    with Ledger.open(office.ledger_place).reading() as book:
        hand = hand_of(book, office)
    return [hand] if hand else []
