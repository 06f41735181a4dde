"""Banks' answers, taken into the ledger."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.events import add_event
from relief_cli.ledger.return_schema import (
    FAILED,
    FAILURES,
    LATER,
    LATER_ANSWERS,
    PAID,
    RESOLUTIONS,
    RETURN_LINES,
    RETURNS,
    REVERSED,
)
from relief_cli.ledger.returns import LINES, NOBODY, AnswerFile, Returns
from relief_cli.ledger.rows import frame_digest, insert_rows
from relief_cli.ledger.schema import EVENTS, PAYMENTS, ROWS_OF_BATCH, rows_of


class WritableReturns(Returns):
    """What the ledger knows of banks' answers, in a transaction that writes."""

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
        later = numbered[numbered["verdict"].isin(LATER)]
        insert_rows(self._connection, LATER_ANSWERS, later[self._had_failed(later, batch)])

    def _had_failed(self, lines: pd.DataFrame, batch: int) -> pd.Series:
        """Say which lines are of payments that have failed: two lines may differ on any other."""
        failed = sa.select(FAILURES.c.payment).where(rows_of(FAILURES.c.payment, batch))
        return lines["payment"].isin(list(self._connection.scalars(failed)) if len(lines) else [])

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
        open_again = newest == "closed" and (
            len(self.failures(name)) > 0 or len(self.contradicted(name)) > 0
        )
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
