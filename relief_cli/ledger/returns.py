"""Banks' answers: what they said, and what became of each payment."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from relief_cli.ledger import later_answers
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import (
    CONTRADICTS,
    FAILED,
    FAILURES,
    PAID,
    RESOLUTIONS,
    RETURN_LINES,
    RETURNS,
)
from relief_cli.ledger.schema import BATCHES, EVENTS, PARTS, PAYMENTS, ROWS_OF_BATCH, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from relief_cli.ledger.later_answers import Doubt, Held

NOBODY = 0
"""Stands in a frame for the payment of a line that matches none."""
LINES = {
    "place": "str",
    "payment": "int64",
    "verdict": "str",
    "reference": "str",
    "account_number": "str",
    "payee_name": "str",
    "amount_fen": "int64",
    "result": "str",
    "reason": "str",
    "code": "str",
}
"""A line of an answer as it is kept; ``payment`` is its number in the batch."""
STANDING = {
    "payment": "int64",
    "outcome": "str",
    "reversed": "bool",
    "code": "str",
    "reason": "str",
    "at": "str",
    "followed_by": "str",
    "later": "str",
    "held": "str",
}
"""Of a payment that the bank has answered: what it said first, whether it took that back, the code,
the reason and the time (UTC) by which it was paid or failed; the batch that pays it again, if one
does, which was not rejected; ``later``: the newest verdict on it after it had failed, missing where
there is none; ``held``: the verdict for which it is not paid again, though it failed: on itself, or
on what it pays again."""


class Owed(NamedTuple):
    """A payment that failed or came back and is not paid again."""

    batch: str
    """Its batch's name."""
    payment: int
    """Its number in the batch."""
    code: str
    """The bank's, of what it said last."""
    at: str
    """When the bank said that (UTC)."""
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class AnswerFile:
    """One file of an answer."""

    name: str
    format: str
    sha256: str
    size: int
    bank_on: str
    """The bank's own date (ISO), or the one that the clerk gave; empty where none is known."""
    meanings: str
    """Words whose meaning the office said, ``word=outcome`` in lines; see :func:`meanings_text`."""
    said: str
    """Digest of what its lines say and mean, and of the date; neither their order nor the format
    of the file counts, but whether the clerk took it for confirmed does."""
    confirmed: str = ""
    """By which word of the bank it is taken for confirmed; empty for an ordinary answer."""


class Returns:
    """What the ledger knows of banks' answers, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def batches_of(self, said: str) -> list[str]:
        """Give the names of the batches for which an answer with these lines was taken in."""
        select = (
            sa.select(BATCHES.c.name)
            .join(RETURNS, RETURNS.c.batch == BATCHES.c.batch)
            .where(RETURNS.c.said == said)
            .order_by(BATCHES.c.batch)
        )
        return list(self._connection.scalars(select))

    def sent_at(self, name: str) -> str:
        """Give when (UTC) the batch called ``name`` went out."""
        select = sa.select(EVENTS.c.at).where(
            EVENTS.c.kind == "exported", EVENTS.c.batch == self._number(name)
        )
        return str(self._connection.execute(select).scalar_one())

    def others_sent(self, name: str, most: int) -> "Iterator[tuple[str, pd.DataFrame]]":
        """Give other batches that went out, the newest first, with what was paid in them.

        Args:
            name: the batch that is not asked for.
            most: so many at most.

        Returns:
            Name, and columns ``account_number``, ``payee_name``, ``amount_fen``.
        """
        from relief_cli.ledger.rows import selected  # noqa: PLC0415  # it loads pandas

        sent = (
            sa.select(BATCHES.c.batch, BATCHES.c.name)
            .join(EVENTS, EVENTS.c.batch == BATCHES.c.batch)
            .where(EVENTS.c.kind == "exported", BATCHES.c.name != name)
            .order_by(BATCHES.c.batch.desc())
            .limit(most)
        )
        columns = {"account_number": "str", "payee_name": "str", "amount_fen": "int64"}
        for number, other in self._connection.execute(sent).all():
            select = sa.select(*(PAYMENTS.c[column] for column in columns)).where(
                rows_of(PAYMENTS.c.payment, number)
            )
            yield other, selected(self._connection, select, columns)

    def meanings(self) -> list[tuple[str, str, str]]:
        """Give what the office said that words mean, as answers were settled by it.

        Returns:
            Format, word and outcome, each once, in their order.
        """
        select = sa.select(RETURNS.c.format, RETURNS.c.meanings).where(RETURNS.c.meanings != "")
        found = {
            (bank_format, *line.rsplit("=", 1))
            for bank_format, text in self._connection.execute(select)
            for line in text.splitlines()
        }
        return sorted((one, word, outcome) for one, word, outcome in found)

    def files(self, name: str) -> list[AnswerFile]:
        """Give the answers that were taken in for the batch called ``name``, in their order."""
        columns = [RETURNS.c[field] for field in AnswerFile.__dataclass_fields__]
        select = (
            sa.select(*columns)
            .join(BATCHES, BATCHES.c.batch == RETURNS.c.batch)
            .where(BATCHES.c.name == name)
            .order_by(RETURNS.c.answer)
        )
        return [AnswerFile(**row) for row in self._connection.execute(select).mappings()]

    def standing(self, name: str) -> "pd.DataFrame":
        """Give what became of the payments of the batch called ``name`` that were answered.

        Returns:
            :data:`STANDING`, by payment.
        """
        from relief_cli.ledger.rows import selected  # noqa: PLC0415  # it loads pandas

        number = self._number(name)
        first = number * ROWS_OF_BATCH
        last = sa.func.coalesce(FAILURES.c.line, RESOLUTIONS.c.line)
        again, words = PARTS["follow_ups"], later_answers.newest()
        followed_by = (
            sa.select(BATCHES.c.name)
            .join(again, again.c.batch == BATCHES.c.batch)
            .where(again.c.follows == RESOLUTIONS.c.payment)
            .where(BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
            .scalar_subquery()
        )
        select = (
            sa.select(
                RESOLUTIONS.c.payment - first,
                RESOLUTIONS.c.outcome,
                sa.and_(FAILURES.c.payment.is_not(None), RESOLUTIONS.c.outcome == PAID),
                RETURN_LINES.c.code,
                RETURN_LINES.c.reason,
                EVENTS.c.at,
                followed_by,
                words.c.verdict,
            )
            .join(FAILURES, FAILURES.c.payment == RESOLUTIONS.c.payment, isouter=True)
            .join(RETURN_LINES, RETURN_LINES.c.line == last)
            .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
            .join(EVENTS, EVENTS.c.event == RETURNS.c.event)
            .join(words, words.c.payment == RESOLUTIONS.c.payment, isouter=True)
            .where(rows_of(RESOLUTIONS.c.payment, number))
            .order_by(RESOLUTIONS.c.payment)
        )
        known = {column: STANDING[column] for column in list(STANDING)[:-1]}
        found = selected(self._connection, select, known)
        held = {number - first: one.verdict for number, one in self._held.items()}
        return found.assign(held=found["payment"].map(held)).astype(STANDING)

    def failures(self, name: str) -> "pd.DataFrame":
        """Give what has failed of the batch called ``name`` and is not paid again yet.

        Returns:
            :data:`STANDING`, by payment; all of it is owed.
        """
        failed = self._failed(name)
        return failed[failed["held"].isna()].reset_index(drop=True)

    def contradicted(self, name: str) -> "pd.DataFrame":
        """Give what has failed, is not paid again, and by a later word of the bank was paid.

        Returns:
            :data:`STANDING`, by payment, and ``told_at``: the answer's name and the place in it;
            nothing of it is paid again before the bank has confirmed one or the other.
        """
        failed = self._failed(name)
        open_ones = failed[failed["held"] == CONTRADICTS].reset_index(drop=True)
        first, held = self._number(name) * ROWS_OF_BATCH, self._held
        lines = {number: held[number + first].line for number in open_ones["payment"]}
        places = later_answers.places(self._connection, list(lines.values()))
        told_at = {number: places[line] for number, line in lines.items()}
        return open_ones.assign(told_at=open_ones["payment"].map(told_at).astype("str"))

    def _failed(self, name: str) -> "pd.DataFrame":
        standing = self.standing(name)
        failed = standing["reversed"] | (standing["outcome"] == FAILED)
        return standing[failed & standing["followed_by"].isna()].reset_index(drop=True)

    @property
    def _held(self) -> "Mapping[int, Held]":
        return later_answers.held(self._connection)

    def held(self, name: str) -> dict[int, str]:
        """Give the payments of a batch that must not be paid (again), each with the verdict why.

        Returns:
            Number in the batch → ``contradicts`` or ``confirmed-paid``: the bank said so of it, or
            of what it pays again.
        """
        number = self._number(name)
        return {
            payment - number * ROWS_OF_BATCH: one.verdict
            for payment, one in self._held.items()
            if payment // ROWS_OF_BATCH == number
        }

    def doubts(self) -> "list[Doubt]":
        """Give what failed and was paid by a later word, see :func:`later_answers.doubts`."""
        return later_answers.doubts(self._connection)

    def owed(self) -> list[Owed]:
        """Give what has failed of all batches and is not paid again yet, by batch and payment.

        What may have arrived, by a later word of the bank, is not among it.
        """
        again = PARTS["follow_ups"]
        live = sa.select(again.c.follows).where(again.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        select = (
            sa.select(
                FAILURES.c.payment,
                BATCHES.c.name,
                FAILURES.c.payment - BATCHES.c.batch * ROWS_OF_BATCH,
                RETURN_LINES.c.code,
                EVENTS.c.at,
                PAYMENTS.c.amount_fen,
            )
            .join(PAYMENTS, PAYMENTS.c.payment == FAILURES.c.payment)
            .join(BATCHES, BATCHES.c.batch == PAYMENTS.c.batch)
            .join(RETURN_LINES, RETURN_LINES.c.line == FAILURES.c.line)
            .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
            .join(EVENTS, EVENTS.c.event == RETURNS.c.event)
            .where(FAILURES.c.payment.not_in(live))
            .order_by(FAILURES.c.payment)
        )
        held = self._held
        rows = self._connection.execute(select)
        return [Owed(*owed) for number, *owed in rows if number not in held]

    def lines(self, name: str) -> "pd.DataFrame":
        """Give all lines of the answers to the batch called ``name``, in their order.

        Returns:
            :data:`LINES`, with ``file`` (the answer's name) before them.
        """
        from relief_cli.ledger.rows import selected  # noqa: PLC0415  # it loads pandas

        number = self._number(name)
        payment = sa.func.coalesce(RETURN_LINES.c.payment - number * ROWS_OF_BATCH, NOBODY)
        columns = [payment if column == "payment" else RETURN_LINES.c[column] for column in LINES]
        select = (
            sa.select(RETURNS.c.name, *columns)
            .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
            .where(RETURNS.c.batch == number)
            .order_by(RETURN_LINES.c.line)
        )
        return selected(self._connection, select, {"file": "str", **LINES})

    def _number(self, name: str) -> int:
        known = sa.select(BATCHES.c.batch).where(BATCHES.c.name == name)
        return int(self._connection.execute(known).scalar_one())
