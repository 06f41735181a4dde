"""Whether the books are as they were written: the chain, the content of batches, what must agree.

Nothing here trusts a trigger or an index: each figure is computed from the rows.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from relief_cli.i18n import N_
from relief_cli.ledger import audit_database, audit_records, audit_returns, audit_signatures
from relief_cli.ledger.approval_schema import APPROVALS, OPERATORS, REJECTIONS, REVOCATIONS
from relief_cli.ledger.book import Book
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.database import Broken
from relief_cli.ledger.events import START, event_digest
from relief_cli.ledger.outgoing import Outgoing
from relief_cli.ledger.rows import digest_of
from relief_cli.ledger.schema import BATCHES, EVENTS, FILES, KEYS, PARTS, ROWS_OF_BATCH

_OF_BATCH = f"BETWEEN b.batch * {ROWS_OF_BATCH} AND b.batch * {ROWS_OF_BATCH} + {ROWS_OF_BATCH - 1}"
# Whoever is entitled more than once on an occasion, or again: few, found without reading all rows.
_SEVERAL = """
    WITH several AS (
        SELECT occasion, person FROM entitlements
        GROUP BY occasion, person HAVING count(*) > 1 OR min(attempt) <> 0 OR min(move) <> 0
    )
"""
_STANDS = """
    e.batch NOT IN (SELECT batch FROM rejections)
    AND e.payment NOT IN (SELECT payment FROM failures)
"""
# Each gives the record that is wrong; none gives a row in sound books.
_CONTRADICTIONS = {
    N_("its programme is not that of its occasion"): """
        SELECT 'batch ' || b.name FROM batches b
        LEFT JOIN occasions o ON o.occasion = b.occasion
        WHERE o.programme IS NULL OR o.programme <> b.programme
    """,
    N_("an entitlement is of another occasion than its batch"): """
        SELECT 'entitlement ' || e.entitlement FROM entitlements e
        LEFT JOIN batches b ON b.batch = e.batch
        WHERE b.occasion IS NULL OR b.occasion <> e.occasion
    """,
    N_("somebody is paid twice for one occasion"): f"""
        {_SEVERAL}
        SELECT 'entitlement ' || max(e.entitlement) FROM several s
        JOIN entitlements e ON e.occasion = s.occasion AND e.person = s.person
        WHERE {_STANDS}
        GROUP BY e.occasion, e.person, e.move HAVING count(*) > 1
    """,  # noqa: S608  # constants
    N_("somebody is paid twice for one month"): f"""
        {_SEVERAL},
        parts AS (
            SELECT e.entitlement, e.occasion, e.person, e.move, g.first_month, g.last_month
            FROM several s
            JOIN entitlements e ON e.occasion = s.occasion AND e.person = s.person
            JOIN grounds g ON g.ground = e.batch * {ROWS_OF_BATCH} + e.ground
            WHERE {_STANDS}
        )
        SELECT 'entitlement ' || max(b.entitlement) FROM parts a
        JOIN parts b ON b.occasion = a.occasion AND b.person = a.person AND b.move > a.move
        WHERE coalesce(a.first_month <= b.last_month AND b.first_month <= a.last_month, true)
        HAVING count(*) > 0
    """,  # noqa: S608  # constants
    N_("what is paid again, or after a move, is for other months than was let in"): f"""
        SELECT 'entitlement ' || e.entitlement FROM attempts a
        JOIN entitlements e ON e.occasion = a.occasion AND e.person = a.person
            AND e.move = a.move AND e.attempt = a.attempt
        LEFT JOIN grounds g ON g.ground = e.batch * {ROWS_OF_BATCH} + e.ground
        WHERE coalesce(a.first_month, '') <> coalesce(g.first_month, '')
            OR coalesce(a.last_month, '') <> coalesce(g.last_month, '')
    """,  # noqa: S608  # constants
    N_("an entitlement is less than what it is made of"): """
        SELECT 'entitlement ' || c.entitlement FROM components c
        LEFT JOIN entitlements e ON e.entitlement = c.entitlement
        GROUP BY c.entitlement, e.amount_fen
        HAVING coalesce(sum(c.amount_fen) > e.amount_fen, true)
    """,
    N_("a further attempt has no entitlement"): """
        SELECT 'attempt ' || a.attempt FROM attempts a WHERE NOT EXISTS (
            SELECT 1 FROM entitlements e WHERE e.occasion = a.occasion AND e.person = a.person
                AND e.move = a.move AND e.attempt = a.attempt
        )
    """,
    N_("its attempt is not its number among the person's entitlements"): f"""
        {_SEVERAL}
        SELECT 'entitlement ' || n.entitlement FROM (
            SELECT e.entitlement, e.attempt, row_number() OVER (
                PARTITION BY e.occasion, e.person, e.move ORDER BY e.entitlement
            ) AS number FROM several s
            JOIN entitlements e ON e.occasion = s.occasion AND e.person = s.person
        ) n WHERE n.attempt <> n.number - 1
    """,  # noqa: S608  # constants
    N_("what has failed is paid again twice"): """
        SELECT 'payment ' || max(f.payment) FROM follow_ups f
        WHERE f.batch NOT IN (SELECT batch FROM rejections)
        GROUP BY f.follows HAVING count(*) > 1
    """,
    N_("it does not pay again what has failed, to the fen"): f"""
        SELECT 'payment ' || p.payment FROM batches b
        JOIN payments p ON p.payment {_OF_BATCH}
        LEFT JOIN follow_ups f ON f.payment = p.payment
        LEFT JOIN payments q ON q.payment = f.follows
        LEFT JOIN failures x ON x.payment = f.follows
        WHERE b.follows IS NOT NULL AND (
            x.payment IS NULL OR q.batch <> b.follows OR q.amount_fen <> p.amount_fen
        )
        UNION SELECT 'payment ' || f.payment FROM follow_ups f
        LEFT JOIN batches b ON b.batch = f.batch WHERE b.follows IS NULL
    """,  # noqa: S608  # constants
    N_("what went out is not the sum of the payments"): f"""
        SELECT 'batch ' || b.name FROM batches b
        WHERE EXISTS (SELECT 1 FROM files f WHERE f.batch = b.batch)
            AND (SELECT sum(p.amount_fen) FROM payments p WHERE p.payment {_OF_BATCH})
            <> (SELECT sum(f.amount_fen) FROM files f WHERE f.batch = b.batch)
    """,  # noqa: S608  # constants
}


def broken_records(book: Book, connection: sa.Connection) -> list[Broken]:
    """Give what is wrong, the first broken record first; nothing where the books are sound.

    Each stage relies on those before it, so the first that finds something is the last.
    """
    stages: tuple[Callable[[], Iterator[Broken]], ...] = (
        lambda: audit_database.broken_guards(connection),
        lambda: audit_database.broken_database(connection),
        lambda: _chain(connection),
        lambda: _contradictions(connection),
        lambda: _batches(book, connection),
        lambda: _decisions(connection),
        lambda: audit_signatures.unsigned_events(connection),
        lambda: audit_returns.broken_returns(connection),
        lambda: audit_records.broken_records(connection),
    )
    for stage in stages:
        if broken := list(stage()):
            return broken
    return []


def _contradictions(connection: sa.Connection) -> Iterator[Broken]:
    queries = {**_CONTRADICTIONS, **audit_returns.CONTRADICTIONS, **audit_records.CONTRADICTIONS}
    for what, query in queries.items():
        for (record,) in connection.exec_driver_sql(query):
            yield record, what
    known = sa.select(BATCHES.c.batch)
    for table in METADATA.sorted_tables:
        if "batch" in table.c and table.name not in {"batches", "events"}:
            orphan = sa.select(table.c.batch).where(table.c.batch.not_in(known)).limit(1)
            if connection.scalar(orphan) is not None:
                yield f"table {table.name}", N_("a row belongs to no batch")
    for name, key in KEYS.items():
        if key == "line":
            yield from _gaps(connection, PARTS[name])


def _gaps(connection: sa.Connection, table: sa.Table) -> Iterator[Broken]:
    """Rows that bear no number of their own are numbered from 0 in each batch."""
    line = table.c.line
    select = sa.select(
        table.c.batch, sa.func.count(), sa.func.min(line), sa.func.max(line)
    ).group_by(table.c.batch)
    for batch, count, first, last in connection.execute(select):
        if (first, last) != (batch * ROWS_OF_BATCH, batch * ROWS_OF_BATCH + count - 1):
            yield f"table {table.name}", N_("its rows are not numbered without a gap")


def _chain(connection: sa.Connection) -> Iterator[Broken]:
    """Recompute every digest; a gap, a swap or a change shows at the first event concerned."""
    select = (
        sa.select(EVENTS, BATCHES.c.name.label("name"))
        .join(BATCHES, BATCHES.c.batch == EVENTS.c.batch, isouter=True)
        .order_by(EVENTS.c.event)
    )
    previous = START
    for number, row in enumerate(connection.execute(select), start=1):
        digest = event_digest(
            event=row.event,
            at=row.at,
            kind=row.kind,
            batch=row.name,
            body=row.body,
            previous=row.previous,
        )
        if row.event != number or row.previous != previous:
            yield f"event {number}", N_("it does not follow the event before it")
            return
        if row.digest != digest:
            yield f"event {number}", N_("it was changed after it was recorded")
            return
        previous = row.digest


def _batches(book: Book, connection: sa.Connection) -> Iterator[Broken]:
    """Hold each batch and its files against what its events say."""
    for number, name in connection.execute(
        sa.select(BATCHES.c.batch, BATCHES.c.name).order_by(BATCHES.c.batch)
    ).all():
        bodies = _bodies(connection, number)
        if len(bodies.get("prepared", ())) != 1:
            yield f"batch {name}", N_("there is not exactly one event of its preparation")
            continue
        (prepared,) = bodies["prepared"]
        try:
            batch = book.load(name)
        except ValueError:  # a date that is none any more
            yield f"batch {name}", N_("its content is not what was recorded")
            continue
        totals = (batch.beneficiaries, len(batch.payments), batch.amount_fen)
        stated = tuple(prepared[key] for key in ("beneficiaries", "payments", "amount_fen"))
        if digest_of(batch) != prepared["content"] or totals != stated:
            yield f"batch {name}", N_("its content is not what was recorded")
        if int(batch.shares["amount_fen"].sum()) != batch.amount_fen:
            yield f"batch {name}", N_("its shares do not add up to its payments")
        yield from _outgoing(book, name, bodies)
        exported = [file for body in bodies.get("exported", ()) for file in body["files"]]
        columns = [column for column in FILES.c if column.name != "batch"]
        rows = connection.execute(
            sa.select(*columns).where(FILES.c.batch == number).order_by(FILES.c.path)
        )
        if [dict(row) for row in rows.mappings()] != exported:
            yield f"batch {name}", N_("its files are not those that were recorded")


def _outgoing(book: Book, name: str, bodies: Mapping[str, list[Any]]) -> Iterator[Broken]:
    """Hold what a batch was to go out as against its events."""
    known, (prepared,) = book.outgoing(name), bodies["prepared"]
    formats = {file.format for file in known.files}
    layouts = {each: text for each, text in known.layouts.items() if each in formats}
    chosen: dict[str, str] = {}
    for body in bodies.get("exported", ()):
        chosen |= body["layouts"]
    same = Outgoing(known.files, layouts).digest == prepared["outgoing"]
    if not same or known.layouts != {**chosen, **layouts}:
        yield f"batch {name}", N_("what it was to go out as is not what was prepared")
    went_out = [file for file in book.files(name) if file.kind == "bank"]
    if went_out and known.files and not chosen and went_out != known.files:
        yield f"batch {name}", N_("it went out as other bank files than were prepared")


def _bodies(connection: sa.Connection, batch: int | None) -> dict[str, list[dict[str, Any]]]:
    select = sa.select(EVENTS.c.kind, EVENTS.c.body).order_by(EVENTS.c.event)
    bodies: dict[str, list[dict[str, Any]]] = {}
    for kind, body in connection.execute(select.where(EVENTS.c.batch.is_not_distinct_from(batch))):
        bodies.setdefault(kind, []).append(json.loads(body))
    return bodies


def _decisions(connection: sa.Connection) -> Iterator[Broken]:
    """Hold operators, approvals and rejections against their events, one for one."""
    select = (
        sa.select(EVENTS.c.event, EVENTS.c.kind, EVENTS.c.body, EVENTS.c.batch)
        .where(EVENTS.c.kind.in_(("operator-added", "operator-revoked", "approval", "rejected")))
        .order_by(EVENTS.c.event)
    )
    told: dict[str, list[tuple[object, ...]]] = {}
    for row in connection.execute(select):
        body = json.loads(row.body)
        facts: dict[str, tuple[object, ...]] = {
            "operator-added": (
                len(told.get("operator-added", ())) + 1,
                row.event,
                *(body.get(key) for key in ("name", "role", "approves", "public_key")),
            ),
            "operator-revoked": (row.event, body.get("name")),
            "approval": (
                row.event,
                row.batch,
                body.get("operator"),
                body.get("content"),
                body.get("signature"),
            ),
            "rejected": (row.event, row.batch, body.get("reason")),
        }
        told.setdefault(row.kind, []).append(facts[row.kind])
    operator, name = OPERATORS.c.operator, OPERATORS.c.name
    kept: dict[str, sa.Select[Any]] = {
        "operator-added": sa.select(
            operator,
            OPERATORS.c.event,
            name,
            OPERATORS.c.role,
            OPERATORS.c.approves,
            OPERATORS.c.public_key,
        ).order_by(operator),
        "operator-revoked": sa.select(REVOCATIONS.c.event, name)
        .join(OPERATORS, operator == REVOCATIONS.c.operator)
        .order_by(REVOCATIONS.c.event),
        "approval": sa.select(
            APPROVALS.c.event, APPROVALS.c.batch, name, APPROVALS.c.content, APPROVALS.c.signature
        )
        .join(OPERATORS, operator == APPROVALS.c.operator)
        .order_by(APPROVALS.c.event),
        "rejected": sa.select(REJECTIONS.c.event, REJECTIONS.c.batch, REJECTIONS.c.reason).order_by(
            REJECTIONS.c.event
        ),
    }
    for kind, query in kept.items():
        rows = [tuple(row) for row in connection.execute(query)]
        if rows != told.get(kind, []):
            yield f"events {kind}", N_("what is kept of them is not what they say")
