"""What a bank said of a payment after it had failed: that it was paid after all.

The newest word on a payment holds. Until the bank has confirmed one or the other, the money may
have arrived: the payment is open, and is not paid again. So is whatever pays it again already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import (
    CONFIRMED_FAILED,
    CONFIRMED_PAID,
    CONTRADICTS,
    FAILURES,
    LATER_ANSWERS,
    RETURN_LINES,
    RETURNS,
)
from relief_cli.ledger.schema import (
    BATCHES,
    ENTITLEMENTS,
    EVENTS,
    FILES,
    PAYMENTS,
    ROWS_OF_BATCH,
)

MAY_HAVE_ARRIVED = f"""
    SELECT said.payment FROM later_answers AS said WHERE said.verdict <> '{CONFIRMED_FAILED}'
        AND NOT EXISTS (SELECT 1 FROM later_answers AS newer
            WHERE newer.payment = said.payment AND newer.line > said.line)
"""  # noqa: S608  # a constant
"""Selects the payments that failed and whose money arrived after all, or may have."""


class Held(NamedTuple):
    """Why a payment is not paid again: it, or what it pays again, may have arrived."""

    verdict: str
    """``contradicts`` while the bank has not confirmed; ``confirmed-paid``: it did arrive."""
    line: int
    """The bank's, in the whole ledger."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A payment that failed and, by a later word of the bank, was paid."""

    batch: str
    """Its batch's name."""
    payment: int
    """Its number in the batch."""
    verdict: str
    """``contradicts`` or ``confirmed-paid``."""
    file: str
    """The answer that says so."""
    place: str
    """Where in it."""
    told_at: str
    """When it was taken in (UTC)."""
    amount_fen: int
    again_batch: str = ""
    """The last batch that pays it again and was not rejected; empty where none does."""
    again_payment: int = 0
    again_sent: bool = False
    """That one has gone out."""
    again_failed: bool = False
    """That one failed as well."""

    @property
    def is_open(self) -> bool:
        """Say whether the bank has still to confirm one or the other."""
        return self.verdict == CONTRADICTS

    @property
    def twice(self) -> bool:
        """Say whether the same money went out again, and may have arrived twice."""
        return self.again_sent and not self.again_failed


def any_known(connection: sa.Connection) -> bool:
    """Say whether a bank ever said so of any payment: hardly ever, and the rest costs time."""
    return connection.scalar(sa.select(LATER_ANSWERS.c.line).limit(1)) is not None


def newest() -> sa.Subquery:
    """Select ``payment``, ``verdict`` and ``line`` of the newest word on each such payment."""
    last = sa.select(sa.func.max(LATER_ANSWERS.c.line)).group_by(LATER_ANSWERS.c.payment)
    columns = LATER_ANSWERS.c.payment, LATER_ANSWERS.c.verdict, LATER_ANSWERS.c.line
    return sa.select(*columns).where(LATER_ANSWERS.c.line.in_(last)).subquery("newest")


def said(verdict: str) -> sa.Select[int]:
    """Select the payments on which the newest word is ``verdict``."""
    words = newest()
    return sa.select(words.c.payment).where(words.c.verdict == verdict)


def may_have_arrived() -> sa.Select[int]:
    """Select the payments that failed and whose money arrived after all, or may have."""
    words = newest()
    return sa.select(words.c.payment).where(words.c.verdict != CONFIRMED_FAILED)


def went_nowhere() -> sa.Select[int]:
    """Select the payments whose money surely reached nobody."""
    return sa.select(FAILURES.c.payment).where(FAILURES.c.payment.not_in(may_have_arrived()))


def held(connection: sa.Connection) -> Mapping[int, Held]:
    """Give the payments that may have arrived, and all that pays them again, with the reason.

    Keys are numbers in the whole ledger. What surely arrived goes before what may have.
    """
    if not any_known(connection):
        return {}
    words, (first, again) = newest(), _attempts()
    select = (
        sa.select(again.c.payment, words.c.verdict, words.c.line)
        .join_from(words, first, first.c.payment == words.c.payment)
        .join(again, _same_person(first, again, sa.true()))
        .where(words.c.verdict != CONFIRMED_FAILED, again.c.attempt >= first.c.attempt)
        # The later ones take the place of those before.
        .order_by(words.c.verdict == CONFIRMED_PAID, words.c.line)
    )
    return {row.payment: Held(row.verdict, row.line) for row in connection.execute(select)}


def doubts(connection: sa.Connection) -> list[Doubt]:
    """Give all such payments, each with what pays it again, by batch and payment."""
    if not any_known(connection):
        return []
    words = newest()
    select = (
        sa.select(
            words.c.payment.label("number"),
            words.c.verdict,
            BATCHES.c.name.label("batch"),
            (words.c.payment - BATCHES.c.batch * ROWS_OF_BATCH).label("payment"),
            RETURNS.c.name.label("file"),
            RETURN_LINES.c.place,
            EVENTS.c.at.label("told_at"),
            PAYMENTS.c.amount_fen,
        )
        .join(PAYMENTS, PAYMENTS.c.payment == words.c.payment)
        .join(BATCHES, BATCHES.c.batch == PAYMENTS.c.batch)
        .join(RETURN_LINES, RETURN_LINES.c.line == words.c.line)
        .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
        .join(EVENTS, EVENTS.c.event == RETURNS.c.event)
        .where(words.c.verdict != CONFIRMED_FAILED)
        .order_by(words.c.payment)
    )
    again = _paid_again(connection)
    found = []
    for row in connection.execute(select).mappings().all():
        fields = dict(row)
        number = fields.pop("number")
        found.append(Doubt(**fields, **again.get(number, {})))
    return found


def places(connection: sa.Connection, lines: Sequence[int]) -> Mapping[int, str]:
    """Give where each of some lines stands: the answer's name and the place in it."""
    select = (
        sa.select(RETURN_LINES.c.line, RETURNS.c.name, RETURN_LINES.c.place)
        .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
        .where(RETURN_LINES.c.line.in_(lines))
    )
    return {row.line: f"{row.name}:{row.place}" for row in connection.execute(select)}


def _paid_again(connection: sa.Connection) -> Mapping[int, Mapping[str, Any]]:
    """Give by payment that may have arrived what was last prepared to pay it again."""
    first, again = _attempts()
    last = (
        sa.select(first.c.payment, sa.func.max(again.c.payment).label("again"))
        .join_from(first, again, _same_person(first, again, again.c.attempt > first.c.attempt))
        .where(
            first.c.payment.in_(may_have_arrived()),
            again.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
        )
        .group_by(first.c.payment)
        .subquery()
    )
    select = (
        sa.select(
            last.c.payment,
            last.c.again,
            BATCHES.c.name,
            BATCHES.c.batch,
            BATCHES.c.batch.in_(sa.select(FILES.c.batch)).label("sent"),
            last.c.again.in_(went_nowhere()).label("failed"),
        )
        .select_from(last)
        .join(BATCHES, BATCHES.c.batch == last.c.again // ROWS_OF_BATCH)
    )
    return {
        row.payment: {
            "again_batch": row.name,
            "again_payment": row.again - row.batch * ROWS_OF_BATCH,
            "again_sent": bool(row.sent),
            "again_failed": bool(row.failed),
        }
        for row in connection.execute(select)
    }


def _attempts() -> tuple[sa.FromClause, sa.FromClause]:
    return ENTITLEMENTS.alias("first_paid"), ENTITLEMENTS.alias("paid_again")


def _same_person(
    first: sa.FromClause, again: sa.FromClause, further: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Say that both are of one person, for the same: what pays again is a further attempt."""
    same = (first.c[name] == again.c[name] for name in ("occasion", "person", "move"))
    return sa.and_(*same, further)
