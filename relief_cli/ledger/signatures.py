"""Signatures over events: who acts signs what is recorded, where the office has operators.

A signature is over the digest of the event, which holds the head of the chain before it. So the
chain cannot be made anew by who holds the ledger and not the keys.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError, ReliefError
from relief_cli.i18n import N_
from relief_cli.ledger.approval_schema import OPERATORS, SIGNATURES
from relief_cli.ledger.schema import EVENTS

FOLLOWING = frozenset({"closed", "exported"})
"""Kinds of events that follow from the books alone, and that nobody has to sign: what goes out is
what was prepared, approved and recorded by its digests."""


@dataclass(frozen=True)
class Hand:
    """An operator whose key is open."""

    operator: str
    """The name."""
    sign: Callable[[Mapping[str, object]], str]
    """Gives the signature over a statement, 128 hex digits."""


def statement_of(digest: str) -> dict[str, object]:
    """Give what is signed for the event with this digest."""
    return {"statement": "event", "digest": digest}


def last_event(connection: sa.Connection) -> int:
    """Give the number of the newest event, 0 before the first."""
    return connection.scalar(sa.select(sa.func.max(EVENTS.c.event))) or 0


def sign_events(
    connection: sa.Connection,
    after: int,
    hands: Sequence[Hand],
    lacking: ReliefError | None = None,
) -> None:
    """Sign every event after number ``after`` by each of ``hands``.

    Raises:
        ReliefError: ``lacking``, or RefusedError ``signature-missing``; the office has operators,
            and there is no hand.
    """
    events = connection.execute(
        sa.select(EVENTS.c.event, EVENTS.c.digest).where(
            EVENTS.c.event > after, EVENTS.c.kind.not_in(FOLLOWING)
        )
    ).all()
    numbers = {row.name: row.operator for row in connection.execute(sa.select(OPERATORS))}
    if not events or not numbers:
        return
    if not hands:
        raise lacking or RefusedError(
            "signature-missing",
            N_("This office has operators: whoever acts signs what is recorded."),
            why=N_("Books that anybody may add to prove nothing."),
            remedy=N_("Say who you are: --as NAME, with the passphrase of your key."),
        )
    rows = [
        {
            "event": row.event,
            "operator": numbers[hand.operator],
            "signature": hand.sign(statement_of(row.digest)),
        }
        for row in events
        for hand in hands
    ]
    connection.execute(SIGNATURES.insert(), rows)
