"""What happened, in a chain: each event carries the digest of the one before it.

Who changes, removes or reorders an entry of the past breaks every digest after it.
"""

import datetime as dt
import hashlib
import json

import sqlalchemy as sa

from relief_cli.ledger.schema import BATCHES, EVENTS

START = "0" * 64
"""What stands for the digest before the first event."""


def event_digest(
    *, event: int, at: str, kind: str, batch: str | None, body: str, previous: str
) -> str:
    """Give the SHA-256 of one event, 64 hex digits, over its fields as JSON with sorted keys.

    Args:
        event: its number, from 1 without a gap.
        at: when, ISO 8601 in UTC.
        kind: ``prepared``, ``exported`` …
        batch: the batch's name.
        body: JSON, as it is stored.
        previous: the digest of the event before, :data:`START` for the first.
    """
    fields = {
        "event": event,
        "at": at,
        "kind": kind,
        "batch": batch,
        "body": body,
        "previous": previous,
    }
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def short_head(digest: str) -> str:
    """Give a head of the chain as people read it out: its first 16 digits in fours.

    >>> short_head("0123456789abcdef" * 4)
    '0123-4567-89ab-cdef'
    """
    return "-".join(digest[place : place + 4] for place in range(0, min(len(digest), 16), 4))


def add_event(
    connection: sa.Connection, kind: str, number: int | None, body: dict[str, object]
) -> int:
    """Add an event to the end of the chain; give its number.

    Args:
        connection: in a transaction that writes, so that nobody else adds one meanwhile.
        kind: what happened: ``prepared``, ``exported`` …
        number: the batch's number in the ledger; ``None`` where it concerns no batch.
        body: what belongs to it; goes into JSON.
    """
    last = connection.execute(
        sa.select(EVENTS.c.event, EVENTS.c.digest).order_by(EVENTS.c.event.desc()).limit(1)
    ).one_or_none()
    event, previous = (last.event + 1, last.digest) if last else (1, START)
    batch = connection.scalar(sa.select(BATCHES.c.name).where(BATCHES.c.batch == number))
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    text = canonical(body)
    digest = event_digest(event=event, at=at, kind=kind, batch=batch, body=text, previous=previous)
    connection.execute(
        EVENTS.insert().values(
            event=event,
            at=at,
            kind=kind,
            batch=number,
            body=text,
            previous=previous,
            digest=digest,
        )
    )
    return int(event)


def canonical(value: object) -> str:
    """Give ``value`` as JSON in the one form that digests are taken over."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
