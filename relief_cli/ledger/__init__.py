"""The ledger: what was prepared, and what became of it. It only grows."""

from relief_cli.ledger.book import Book
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.store import Ledger, copy_into

__all__ = ["Book", "Ledger", "WritableBook", "copy_into"]
