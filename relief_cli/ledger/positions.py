"""Where the money of every entitlement is: not sent, on its way, paid, or back."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.later_answers import newest
from relief_cli.ledger.return_schema import (
    CONFIRMED_PAID,
    CONTRADICTS,
    FAILED,
    FAILURES,
    RESOLUTIONS,
)
from relief_cli.ledger.return_schema import PAID as SAID_PAID
from relief_cli.ledger.schema import BATCHES, EVENTS, FILES, PARTS, ROWS_OF_BATCH, rows_of

UNSENT, TRANSIT, PAID, RETURNED = "unsent", "transit", "paid", "returned"
FATES = (PAID, RETURNED, TRANSIT, UNSENT)
"""Where an amount can be. ``returned``: it failed or came back and has not gone out again."""


class Position(NamedTuple):
    """What a batch that pays for the first time is due in one county and category, by its fate."""

    batch: int
    """Its number in the ledger."""
    county: str
    category: str
    fate: str
    """Where the money is in the end, over all follow-ups: one of :data:`FATES`."""
    amount_fen: int
    persons: int
    failed_fen: int = 0
    """What failed at first, of this payment or of one that followed it."""
    reversed_fen: int = 0
    """What came back after success, likewise."""
    repaid_fen: int = 0
    """What is paid by a follow-up."""

    @property
    def key(self) -> tuple[int, str, str]:
        """Batch, county and category."""
        return self.batch, self.county, self.category


class Place(NamedTuple):
    """What the positions of a batch, county and category come to by fate."""

    batch: int
    county: str
    category: str
    fate: str
    amount_fen: int


class Share(NamedTuple):
    """A source's part of what a county and category get by a batch."""

    batch: int
    county: str
    category: str
    code: str
    """The function code by which it is shown; empty where none is known."""
    source: str
    amount_fen: int


def positions(connection: sa.Connection, until: dt.date | None = None) -> list[Position]:
    """Give where the money of the batches that were not rejected is.

    Args:
        connection: to the ledger.
        until: only batches that are paid by this day; all where ``None``.
    """
    first = _first().order_by(BATCHES.c.batch)
    if until is not None:
        first = first.where(BATCHES.c.pay_on <= until.isoformat())
    batches = connection.scalars(first).all()
    whole = [
        Position(batch, county, category, UNSENT, int(amount_fen), int(persons))
        for batch in batches
        for county, category, amount_fen, persons in connection.execute(_due(batch))
    ]
    complete = {batch for batch in batches if _is_answered_in_full(connection, batch)}
    found = _by_fate(connection, whole, complete)
    return [one for one in found if one.amount_fen or one.persons]


def people(connection: sa.Connection, first: dt.date, last: dt.date) -> dict[str, int]:
    """Count who was entitled by batches paid from one day to another, each person once.

    Returns:
        Programme → persons; under the empty name all of them, whatever the programme.
    """
    entitled, person = (
        PARTS["entitlements"].c,
        sa.func.count(PARTS["entitlements"].c.person.distinct()),
    )
    numbers = _first().where(
        BATCHES.c.pay_on >= first.isoformat(), BATCHES.c.pay_on <= last.isoformat()
    )
    counted = (
        sa.select(BATCHES.c.programme, person)
        .join(BATCHES, BATCHES.c.batch == entitled.batch)
        .where(entitled.batch.in_(numbers))
        .group_by(BATCHES.c.programme)
    )
    found = {str(programme): int(count) for programme, count in connection.execute(counted)}
    every = connection.scalar(sa.select(person).where(entitled.batch.in_(numbers)))
    return {**found, "": int(every or 0)}


def places(connection: sa.Connection) -> list[Place]:
    """Give what all positions come to.

    Reads no entitlements but those of failed payments and of batches that are answered in part: all
    others add up to the shares of their county and category.
    """
    due: dict[tuple[int, str, str], int] = {}
    for one in shares(connection):
        key = one.batch, one.county, one.category
        due[key] = due.get(key, 0) + one.amount_fen
    whole = [Position(*key, UNSENT, amount_fen, 0) for key, amount_fen in due.items()]
    settled = sa.select(EVENTS.c.batch).where(EVENTS.c.kind == "settled").distinct()
    found = _by_fate(connection, whole, set(connection.scalars(settled)))
    return [Place(one.batch, one.county, one.category, one.fate, one.amount_fen) for one in found]


def shares(connection: sa.Connection) -> list[Share]:
    """Give the funding shares of all batches that pay for the first time and were not rejected."""
    table = PARTS["shares"]
    select = (
        sa.select(*(table.c[name] for name in Share._fields))
        .where(table.c.batch.in_(_first()))
        .order_by(table.c.line)
    )
    return [Share(*row) for row in connection.execute(select)]


def _by_fate(
    connection: sa.Connection, whole: Sequence[Position], complete: Collection[int]
) -> list[Position]:
    """Split what whole batches are due by where it is.

    Args:
        connection: to the ledger.
        whole: what is due, whatever its fate.
        complete: the batches of which every payment is answered.
    """
    batches = {one.batch for one in whole}
    sent = set(connection.scalars(sa.select(FILES.c.batch).distinct()))
    in_part = {
        batch
        for batch in batches & sent
        if batch not in complete and _has_answer(connection, batch)
    }
    exceptions = _exceptions(connection, batches & set(complete), in_part)
    elsewhere: dict[tuple[int, str, str], tuple[int, int]] = {}
    for one in exceptions:
        amount_fen, persons = elsewhere.get(one.key, (0, 0))
        elsewhere[one.key] = amount_fen + one.amount_fen, persons + one.persons
    rest = []
    for one in whole:
        if one.batch in in_part:
            continue
        fate = UNSENT if one.batch not in sent else PAID if one.batch in complete else TRANSIT
        amount_fen, persons = elsewhere.get(one.key, (0, 0))
        rest.append(
            one._replace(
                fate=fate, amount_fen=one.amount_fen - amount_fen, persons=one.persons - persons
            )
        )
    return rest + exceptions


def _exceptions(
    connection: sa.Connection, complete: Collection[int], in_part: Collection[int]
) -> list[Position]:
    """Give the positions of what failed of ``complete`` batches, and of all ``in_part``."""
    entitlements = PARTS["entitlements"].c
    failed = _detailed(connection, entitlements.payment.in_(sa.select(FAILURES.c.payment)))
    found = [one for one in failed if one.batch in complete]
    for batch in sorted(in_part):
        found += _detailed(connection, rows_of(entitlements.entitlement, batch))
    return found


def _detailed(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> list[Position]:
    """Give the positions of the ``wanted`` entitlements, payment by payment."""
    return [_position(*row) for row in connection.execute(_grouped(wanted))]


def _position(
    batch: int,
    county: str,
    category: str,
    sent: object,
    followed: object,
    outcome: str,
    failed: object,
    arrived: object,
    contradicted: object,
    amount_fen: int,
    persons: int,
    failed_fen: int,
    reversed_fen: int,
) -> Position:
    """Give the position of what :func:`_grouped` selects; a database's truth value may be 0 or 1.

    The repeat payment that is not exported yet is money that is still with the office.
    """
    if not sent:
        last = RETURNED if followed else UNSENT
    elif not outcome:
        last = TRANSIT
    else:
        last = RETURNED if failed else PAID
    words = {CONFIRMED_PAID: arrived, CONTRADICTS: contradicted}
    fate = after_later_words(last, {word for word, is_said in words.items() if is_said})
    return Position(
        batch,
        county,
        category,
        fate,
        int(amount_fen),
        persons,
        int(failed_fen),
        int(reversed_fen),
        int(amount_fen) if followed and last == PAID else 0,
    )


def after_later_words(fate: str, words: Collection[str]) -> str:
    """Give where money is by its last payment, and by what the bank said later of any.

    Args:
        fate: by the last payment alone, one of :data:`FATES`.
        words: the newest verdict on each payment that had failed.
    """
    if fate != RETURNED:
        return fate
    if CONFIRMED_PAID in words:
        return PAID
    return TRANSIT if CONTRADICTS in words else RETURNED


def _due(batch: int) -> sa.Select[Any]:
    """Select what a batch is due by county and category."""
    due = PARTS["entitlements"]
    keys = due.c.county, due.c.category
    return (
        sa.select(*keys, sa.func.sum(due.c.amount_fen), sa.func.count())
        .where(rows_of(due.c.entitlement, batch))
        .group_by(*keys)
        .order_by(*keys)
    )


def _is_answered_in_full(connection: sa.Connection, batch: int) -> bool:
    """Say whether the bank has told of every payment of a batch, by the rows themselves."""
    counts = (
        connection.scalar(sa.select(sa.func.count()).where(rows_of(table.c.payment, batch)))
        for table in (PARTS["payments"], RESOLUTIONS)
    )
    return len(set(counts)) == 1


def _has_answer(connection: sa.Connection, batch: int) -> bool:
    payment = RESOLUTIONS.c.payment
    some = sa.select(payment).where(rows_of(payment, batch)).limit(1)
    return connection.scalar(some) is not None


def _first() -> sa.Select[int]:
    """Select the batches that pay for the first time and were not rejected."""
    return sa.select(BATCHES.c.batch).where(
        BATCHES.c.follows.is_(None), BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch))
    )


def _ends() -> sa.CTE:
    """Select, by payment that is paid again, the last of its chain and how often it came back."""
    again = PARTS["follow_ups"]
    live = (
        sa.select(again.c.follows, again.c.payment)
        .where(again.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        .cte("live")
    )
    failed = sa.select(FAILURES.c.payment.label("first"), FAILURES.c.payment.label("payment"))
    chain = failed.where(FAILURES.c.payment.in_(sa.select(live.c.follows))).cte(
        "chain", recursive=True
    )
    chain = chain.union_all(
        sa.select(chain.c.first, live.c.payment).join(live, live.c.follows == chain.c.payment)
    )
    last, words = sa.func.max(chain.c.payment), newest()
    return (
        sa.select(
            chain.c.first,
            # What follows is in a later batch than what it follows.
            last.label("last"),
            (last // ROWS_OF_BATCH).in_(sa.select(FILES.c.batch)).label("sent"),
            sa.func.sum(_is(FAILURES.c.outcome == FAILED)).label("failures"),
            sa.func.sum(_is(FAILURES.c.outcome == SAID_PAID)).label("reversals"),
            sa.func.sum(_is(words.c.verdict == CONFIRMED_PAID)).label("arrived"),
            sa.func.sum(_is(words.c.verdict == CONTRADICTS)).label("contradicted"),
        )
        .join(FAILURES, FAILURES.c.payment == chain.c.payment, isouter=True)
        .join(words, words.c.payment == chain.c.payment, isouter=True)
        .group_by(chain.c.first)
        .cte("ends")
    )


def _grouped(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select the sums of entitlements whose money went the same way; see :func:`_position`."""
    due, ends, words = PARTS["entitlements"], _ends(), newest()
    last = sa.func.coalesce(ends.c.last, due.c.payment)
    # One subquery for the batch, not for each of its rows.
    own = due.c.batch.in_(sa.select(FILES.c.batch))
    keys = [
        due.c.batch,
        due.c.county,
        due.c.category,
        sa.func.coalesce(ends.c.sent, own),
        ends.c.last.is_not(None),
        sa.func.coalesce(RESOLUTIONS.c.outcome, ""),
        FAILURES.c.payment.is_not(None),
        sa.func.coalesce(ends.c.arrived > 0, words.c.verdict == CONFIRMED_PAID),
        sa.func.coalesce(ends.c.contradicted > 0, words.c.verdict == CONTRADICTS),
    ]
    amount, total = due.c.amount_fen, sa.func.sum
    failures = sa.func.coalesce(ends.c.failures, _is(FAILURES.c.outcome == FAILED))
    reversals = sa.func.coalesce(ends.c.reversals, _is(FAILURES.c.outcome == SAID_PAID))
    return (
        sa.select(
            *keys, total(amount), sa.func.count(), total(amount * failures),
            total(amount * reversals),
        )
        .join(ends, ends.c.first == due.c.payment, isouter=True)
        .join(RESOLUTIONS, RESOLUTIONS.c.payment == last, isouter=True)
        .join(FAILURES, FAILURES.c.payment == last, isouter=True)
        .join(words, words.c.payment == due.c.payment, isouter=True)
        .where(wanted, due.c.batch.in_(_first()))
        .group_by(*keys)
        .order_by(*keys[:3])
    )  # fmt: skip


def _is(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)
