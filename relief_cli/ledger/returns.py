"""Banks' answers: what they said, and what became of each payment."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.events import add_event
from relief_cli.ledger.return_schema import (
    FAILED,
    FAILURES,
    PAID,
    RESOLUTIONS,
    RETURN_LINES,
    RETURNS,
    REVERSED,
)
from relief_cli.ledger.rows import frame_digest, insert_rows, selected
from relief_cli.ledger.schema import BATCHES, EVENTS, PARTS, PAYMENTS, ROWS_OF_BATCH, rows_of

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
OWED = {
    "batch": "str",
    "payment": "int64",
    "code": "str",
    "at": "str",
    "amount_fen": "int64",
}
"""Of a payment that failed or came back and is not paid again: its batch's name, its number there,
the bank's code and the time (UTC) of what it said last."""
STANDING = {
    "payment": "int64",
    "outcome": "str",
    "reversed": "bool",
    "code": "str",
    "reason": "str",
    "at": "str",
    "followed_by": "str",
}
"""Of a payment that the bank has answered: what it said first, whether it took that back, the code,
the reason and the time (UTC) of what it said last; and the batch that pays it again, if one does,
which was not rejected."""


@dataclass(frozen=True, kw_only=True)
class AnswerFile:
    """One file of an answer."""

    name: str
    format: str
    sha256: str
    size: int


class Returns:
    """What the ledger knows of banks' answers, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def batches_of(self, sha256: str) -> list[str]:
        """Give the names of the batches for which this very file was taken in."""
        select = (
            sa.select(BATCHES.c.name)
            .join(RETURNS, RETURNS.c.batch == BATCHES.c.batch)
            .where(RETURNS.c.sha256 == sha256)
            .order_by(BATCHES.c.batch)
        )
        return list(self._connection.scalars(select))

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

    def standing(self, name: str) -> pd.DataFrame:
        """Give what became of the payments of the batch called ``name`` that were answered.

        Returns:
            :data:`STANDING`, by payment.
        """
        number = self._number(name)
        first = number * ROWS_OF_BATCH
        last = sa.func.coalesce(FAILURES.c.line, RESOLUTIONS.c.line)
        again = PARTS["follow_ups"]
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
            )
            .join(FAILURES, FAILURES.c.payment == RESOLUTIONS.c.payment, isouter=True)
            .join(RETURN_LINES, RETURN_LINES.c.line == last)
            .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
            .join(EVENTS, EVENTS.c.event == RETURNS.c.event)
            .where(rows_of(RESOLUTIONS.c.payment, number))
            .order_by(RESOLUTIONS.c.payment)
        )
        return selected(self._connection, select, STANDING)

    def failures(self, name: str) -> pd.DataFrame:
        """Give what has failed of the batch called ``name`` and is not paid again yet.

        Returns:
            :data:`STANDING`, by payment; all of it is owed.
        """
        standing = self.standing(name)
        failed = standing["reversed"] | (standing["outcome"] == FAILED)
        return standing[failed & standing["followed_by"].isna()].reset_index(drop=True)

    def owed(self) -> pd.DataFrame:
        """Give what has failed of all batches and is not paid again yet.

        Returns:
            :data:`OWED`, by batch and payment.
        """
        again = PARTS["follow_ups"]
        live = sa.select(again.c.follows).where(again.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        select = (
            sa.select(
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
        return selected(self._connection, select, OWED)

    def lines(self, name: str) -> pd.DataFrame:
        """Give all lines of the answers to the batch called ``name``, in their order.

        Returns:
            :data:`LINES`, with ``file`` (the answer's name) before them.
        """
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


class WritableReturns(Returns):
    """The same in a transaction that writes."""

    def take_in(self, name: str, file: AnswerFile, lines: pd.DataFrame) -> None:
        """Add an answer with its lines and what follows from them, and ``returned``.

        Args:
            name: the batch's name.
            file: the answer; must not have been taken in for this batch before.
            lines: :data:`LINES`, each with its verdict.

        Raises:
            sqlalchemy.exc.IntegrityError: a payment would resolve twice (a fault of the program).
        """
        batch = self._number(name)
        last = self._connection.scalar(sa.select(sa.func.max(RETURNS.c.answer)))
        answer = (last or 0) + 1
        event = add_event(self._connection, "returned", batch, _body(file, lines))
        values = {"answer": answer, "batch": batch, "event": event, **asdict(file)}
        self._connection.execute(RETURNS.insert().values(values))
        number = answer * ROWS_OF_BATCH + np.arange(len(lines))
        payment = (lines["payment"] + batch * ROWS_OF_BATCH).astype("Int64")
        numbered = lines.assign(
            line=number, answer=answer, payment=payment.mask(lines["payment"] == NOBODY)
        )
        insert_rows(self._connection, RETURN_LINES, numbered)
        resolved = numbered[numbered["verdict"].isin((PAID, FAILED))]
        insert_rows(self._connection, RESOLUTIONS, resolved.assign(outcome=resolved["verdict"]))
        failed = numbered[numbered["verdict"].isin((FAILED, REVERSED))]
        outcome = failed["verdict"].map({FAILED: FAILED, REVERSED: PAID})
        insert_rows(self._connection, FAILURES, failed.assign(outcome=outcome))

    def settle(self, name: str) -> None:
        """Add ``settled`` where every payment of the batch is answered; after all files of a day.

        A closed batch of which something has failed since is settled again.
        """
        batch = self._number(name)
        newest = self._connection.scalar(
            sa.select(EVENTS.c.kind)
            .where(EVENTS.c.batch == batch, EVENTS.c.kind.in_(("settled", "closed")))
            .order_by(EVENTS.c.event.desc())
            .limit(1)
        )
        open_again = newest == "closed" and len(self.failures(name)) > 0
        if (newest is None or open_again) and self._all_answered(batch):
            add_event(self._connection, "settled", batch, {})

    def _all_answered(self, batch: int) -> bool:
        # Not NOT IN: PostgreSQL would go through the answers to all batches for each payment.
        answered = sa.exists().where(RESOLUTIONS.c.payment == PAYMENTS.c.payment)
        left = sa.select(PAYMENTS.c.payment).where(rows_of(PAYMENTS.c.payment, batch), ~answered)
        return self._connection.scalar(left.limit(1)) is None


def _body(file: AnswerFile, lines: pd.DataFrame) -> dict[str, object]:
    counts = lines["verdict"].value_counts()
    verdicts = {str(one): int(counts[one]) for one in sorted(counts.index)}
    return {**asdict(file), "lines": frame_digest("return_lines", lines, LINES), **verdicts}
