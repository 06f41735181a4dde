"""Where a batch stands."""

PREPARED, APPROVED, REJECTED, EXPORTED = "prepared", "approved", "rejected", "exported"
SETTLED, CLOSED = "settled", "closed"
SENT = frozenset({EXPORTED, SETTLED, CLOSED})
"""The states of a batch that has gone out."""
