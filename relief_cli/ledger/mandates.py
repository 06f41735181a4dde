"""Who may draw for whom (代领备案): into whose account money goes besides the household's."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.events import add_event
from relief_cli.ledger.mandate_schema import MANDATE_ENDS, MANDATES


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """Somebody who may draw for a person until a day."""

    mandate: int
    person: str
    payee_name: str
    document: str
    until: dt.date
    ended: str | None
    """Why it ended before; ``None`` where it did not."""


class Mandates:
    """What the ledger knows of mandates, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def mandates(self, person: str | None = None) -> list[Mandate]:
        """Give all mandates, or those for one person, in the order of recording."""
        select = (
            sa.select(MANDATES, MANDATE_ENDS.c.reason.label("ended"))
            .join(MANDATE_ENDS, MANDATE_ENDS.c.mandate == MANDATES.c.mandate, isouter=True)
            .order_by(MANDATES.c.mandate)
        )
        if person is not None:
            select = select.where(MANDATES.c.person == person)
        return [
            Mandate(
                mandate=row.mandate,
                person=row.person,
                payee_name=row.payee_name,
                document=row.document,
                until=dt.date.fromisoformat(row.until),
                ended=row.ended,
            )
            for row in self._connection.execute(select)
        ]

    def holding(self, on: dt.date) -> list[Mandate]:
        """Give the mandates that hold on a day."""
        return [one for one in self.mandates() if one.ended is None and one.until >= on]


class WritableMandates(Mandates):
    """The same in a transaction that writes."""

    def add(self, person: str, payee_name: str, document: str, until: dt.date) -> None:
        """Record that somebody may draw for a person, and add ``mandate``.

        Args:
            person: canonical identity number of whom it is for.
            payee_name: the name that the account bears.
            document: where it is written.
            until: the last day on which it holds.

        Raises:
            RefusedError: ``mandate-known``; the same one holds already, for as long.
        """
        for one in self.mandates(person):
            if one.ended is None and one.payee_name == payee_name and one.until >= until:
                raise RefusedError(
                    "mandate-known",
                    N_("This mandate is registered already, until {until}."),
                    remedy=N_("relief payee list shows it."),
                    until=one.until.isoformat(),
                )
        number = (self._connection.scalar(sa.select(sa.func.max(MANDATES.c.mandate))) or 0) + 1
        body: dict[str, object] = {
            "mandate": number,
            "person": person,
            "payee_name": payee_name,
            "document": document,
            "until": until.isoformat(),
        }
        event = add_event(self._connection, "mandate", None, body)
        self._connection.execute(MANDATES.insert().values(event=event, **body))

    def end(self, number: int, reason: str) -> str:
        """End a mandate, and add ``mandate-ended``; give the person whom it was for.

        Raises:
            UsageError: ``mandate-unknown``; there is none of this number that holds.
        """
        for one in self.mandates():
            if one.mandate == number and one.ended is None:
                body: dict[str, object] = {"mandate": number, "reason": reason}
                event = add_event(self._connection, "mandate-ended", None, body)
                self._connection.execute(MANDATE_ENDS.insert().values(event=event, **body))
                return one.person
        raise UsageError(
            "mandate-unknown",
            N_("No mandate number {number} holds."),
            remedy=N_("Their numbers: relief payee list"),
            number=number,
        )
