"""Money received from funding sources (appropriations, 资金下达)."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger.events import add_event
from relief_cli.ledger.funding_schema import RECEIPTS
from relief_cli.ledger.years import Years


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One appropriation."""

    receipt: int
    source: str
    amount_fen: int
    document: str
    code: str
    """The function code (功能科目) that it is for; empty where the document names none."""
    mark: str
    """``01`` central, ``03`` provincial direct money (直达资金); empty for other money."""
    received_on: dt.date


class Funds:
    """What the ledger knows of money received, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def receipts(self) -> list[Receipt]:
        """Give all appropriations in the order of recording."""
        select = sa.select(
            RECEIPTS.c.receipt,
            RECEIPTS.c.source,
            RECEIPTS.c.amount_fen,
            RECEIPTS.c.document,
            RECEIPTS.c.code,
            RECEIPTS.c.mark,
            RECEIPTS.c.received_on,
        ).order_by(RECEIPTS.c.receipt)
        return [
            Receipt(
                receipt=row.receipt,
                source=row.source,
                amount_fen=row.amount_fen,
                document=row.document,
                code=row.code,
                mark=row.mark,
                received_on=dt.date.fromisoformat(row.received_on),
            )
            for row in self._connection.execute(select)
        ]


class WritableFunds(Funds):
    """The same in a transaction that writes."""

    def receive(
        self,
        source: str,
        amount_fen: int,
        document: str,
        on: dt.date,
        code: str = "",
        mark: str = "",
    ) -> bool:
        """Record an appropriation, and add ``received``.

        The same again has no effect.

        Returns:
            Whether it is new.

        Raises:
            RefusedError: ``document-differs``; the document is recorded with another amount or day.
                ``year-closed``.
        """
        wanted = source, document, code, mark
        known = [
            one
            for one in self.receipts()
            if (one.source, one.document, one.code, one.mark) == wanted
        ]
        if known:
            if (known[0].amount_fen, known[0].received_on) == (amount_fen, on):
                return False
            raise RefusedError(
                "document-differs",
                N_("Document {document} of this source is recorded with another amount or day."),
                why=N_("What is recorded is never changed; the same money must not count twice."),
                remedy=N_(
                    "If the record is wrong, enter the difference under the number of the document"
                    " that corrects it; a minus sign takes money back."
                ),
                document=document,
            )
        Years(self._connection).require_open(on)
        last = self._connection.scalar(sa.select(sa.func.max(RECEIPTS.c.receipt)))
        body: dict[str, object] = {
            "receipt": (last or 0) + 1,
            "source": source,
            "amount_fen": amount_fen,
            "document": document,
            "code": code,
            "mark": mark,
            "received_on": on.isoformat(),
        }
        event = add_event(self._connection, "received", None, body)
        self._connection.execute(RECEIPTS.insert().values(event=event, **body))
        return True
