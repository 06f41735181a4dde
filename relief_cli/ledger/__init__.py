"""The ledger: what was prepared, and what became of it. It only grows."""

from relief_cli.ledger.book import Book
from relief_cli.ledger.store import Ledger

__all__ = ["Book", "Ledger"]
