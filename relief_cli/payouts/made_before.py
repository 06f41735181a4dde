"""Whether a batch was made from the same inputs before, and stands."""

import hashlib

from relief_cli.ledger import Book
from relief_cli.payouts.states import REJECTED


def made_before(
    book: Book, programme: str, cycle: str, digest: str, *, anew: bool
) -> tuple[str | None, str]:
    """Give the batch that was made from the same inputs, and the digest of them.

    The same inputs after a rejection have a digest of their own, which hangs on the batch that was
    rejected: each batch is found by what it was made from.

    Args:
        book: the ledger.
        programme: such as ``dibao``.
        cycle: its text.
        digest: of all that decides the outcome.
        anew: whether a rejected batch is made again; else it is the one that is given.
    """
    while (name := book.find(programme, cycle, digest)) is not None:
        again = hashlib.sha256(f"{digest}\n{name}".encode()).hexdigest()
        known = book.find(programme, cycle, again)
        if book.state(name) != REJECTED or (known is None and not anew):
            return name, digest
        digest = again
    return None, digest
