"""People who are paid no more (停发), and money that is owed back (追缴)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.events import add_event
from relief_cli.ledger.stop_schema import (
    OVERPAYMENTS,
    RECOVERIES,
    REPAYMENTS,
    RESUMPTIONS,
    STOPS,
)
from relief_cli.ledger.years import Years


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Somebody who is paid no more from a day on."""

    stop: int
    person: str
    since: dt.date
    reason: str
    programmes: tuple[str, ...]
    """Which are paid no more; none stands for all."""
    resumed: str | None
    """Why it ended; ``None`` while it holds."""

    def concerns(self, programme: str) -> bool:
        """Say whether it stops a programme."""
        return not self.programmes or programme in self.programmes


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """Money that somebody owes back."""

    recovery: int
    person: str
    name: str
    amount_fen: int
    repaid_fen: int
    since: dt.date
    reason: str

    @property
    def owed_fen(self) -> int:
        """What has not come back yet."""
        return self.amount_fen - self.repaid_fen


@dataclass(frozen=True, kw_only=True)
class Overpayment:
    """What was paid for one cycle and is owed back."""

    programme: str
    cycle: str
    amount_fen: int
    move: int = 0
    """Which of the parts that the cycle was paid in (:data:`relief_cli.batch.ENTITLEMENTS`)."""


class Stops:
    """What the ledger knows of stops and recoveries, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def holding(self, programme: str) -> list[Stop]:
        """Give the stops of a programme that hold, whenever they begin."""
        return [one for one in self.stops() if one.resumed is None and one.concerns(programme)]

    def stops(self, person: str | None = None) -> list[Stop]:
        """Give all stops, or those of one person, in the order of recording."""
        select = (
            sa.select(STOPS, RESUMPTIONS.c.reason.label("resumed"))
            .join(RESUMPTIONS, RESUMPTIONS.c.stop == STOPS.c.stop, isouter=True)
            .order_by(STOPS.c.stop)
        )
        if person is not None:
            select = select.where(STOPS.c.person == person)
        return [
            Stop(
                stop=row.stop,
                person=row.person,
                since=dt.date.fromisoformat(row.since),
                reason=row.reason,
                programmes=tuple(row.programmes.split()),
                resumed=row.resumed,
            )
            for row in self._connection.execute(select)
        ]

    def recoveries(self, person: str | None = None) -> list[Recovery]:
        """Give all recoveries, or those of one person, in the order of recording."""
        repaid = (
            sa.select(sa.func.coalesce(sa.func.sum(REPAYMENTS.c.amount_fen), 0))
            .where(REPAYMENTS.c.recovery == RECOVERIES.c.recovery)
            .scalar_subquery()
        )
        select = sa.select(RECOVERIES, repaid.label("repaid_fen")).order_by(RECOVERIES.c.recovery)
        if person is not None:
            select = select.where(RECOVERIES.c.person == person)
        return [_recovery(row) for row in self._connection.execute(select)]

    def recovery(self, number: int) -> Recovery:
        """Give one recovery.

        Raises:
            UsageError: ``recovery-unknown``.
        """
        for one in self.recoveries():
            if one.recovery == number:
                return one
        raise UsageError(
            "recovery-unknown",
            N_("There is no recovery number {number}."),
            remedy=N_("Their numbers: relief recovery list"),
            number=number,
        )

    def overpayments(self) -> dict[tuple[str, str, str, int], int]:
        """Give what recoveries ask back of a cycle: person, programme, cycle, move → fen."""
        part = OVERPAYMENTS.c.programme, OVERPAYMENTS.c.cycle, OVERPAYMENTS.c.move
        select = (
            sa.select(RECOVERIES.c.person, *part, sa.func.sum(OVERPAYMENTS.c.amount_fen))
            .join(RECOVERIES, RECOVERIES.c.recovery == OVERPAYMENTS.c.recovery)
            .group_by(RECOVERIES.c.person, *part)
        )
        return {
            (person, programme, cycle, move): int(fen)
            for person, programme, cycle, move, fen in self._connection.execute(select)
        }

    def repayments(self, numbers: Sequence[int]) -> list[tuple[int, int, str, str]]:
        """Give recovery, fen, day and document of each repayment of ``numbers``, in order."""
        select = (
            sa.select(
                REPAYMENTS.c.recovery,
                REPAYMENTS.c.amount_fen,
                REPAYMENTS.c.repaid_on,
                REPAYMENTS.c.document,
            )
            .where(REPAYMENTS.c.recovery.in_(numbers))
            .order_by(REPAYMENTS.c.repayment)
        )
        return [(*row,) for row in self._connection.execute(select)]


class WritableStops(Stops):
    """The same in a transaction that writes."""

    def stop(
        self, person: str, since: dt.date, reason: str, programmes: Sequence[str] = ()
    ) -> None:
        """Stop paying a person, and add ``stopped``.

        Args:
            person: canonical identity number.
            since: the first day without a claim.
            reason: in the clerk's words.
            programmes: which are paid no more; none stands for all.

        Raises:
            RefusedError: ``stopped-before``; one of the programmes is stopped already.
        """
        holding = [one for one in self.stops(person) if one.resumed is None]
        if any(not programmes or any(map(one.concerns, programmes)) for one in holding):
            raise RefusedError(
                "stopped-before",
                N_("This person is stopped already."),
                remedy=N_("relief stop list shows since when and why."),
            )
        number = self._next(STOPS.c.stop)
        body: dict[str, object] = {
            "stop": number,
            "person": person,
            "since": since.isoformat(),
            "reason": reason,
            "programmes": " ".join(programmes),
        }
        event = add_event(self._connection, "stopped", None, body)
        self._connection.execute(STOPS.insert().values(event=event, **body))

    def resume(self, person: str, reason: str) -> None:
        """End a person's stops, and add ``resumed`` for each.

        Raises:
            UsageError: ``stop-unknown``; the person is not stopped.
        """
        holding = [one for one in self.stops(person) if one.resumed is None]
        if not holding:
            raise UsageError(
                "stop-unknown",
                N_("This person is not stopped."),
                remedy=N_("relief stop list shows who is."),
            )
        for one in holding:
            body: dict[str, object] = {"stop": one.stop, "reason": reason}
            event = add_event(self._connection, "resumed", None, body)
            self._connection.execute(RESUMPTIONS.insert().values(event=event, **body))

    def owe(
        self,
        person: str,
        name: str,
        amount_fen: int,
        since: dt.date,
        reason: str,
        overpayments: Sequence[Overpayment] = (),
    ) -> int:
        """Record money that somebody owes back, and add ``recovery``; give its number.

        Args:
            person: canonical identity number.
            name: as paid.
            amount_fen: the whole sum.
            since: from when on it is owed.
            reason: in the clerk's words.
            overpayments: which cycles the sum is of, where that is known; each adds ``overpaid``.
        """
        number = self._next(RECOVERIES.c.recovery)
        body: dict[str, object] = {
            "recovery": number,
            "person": person,
            "name": name,
            "amount_fen": amount_fen,
            "since": since.isoformat(),
            "reason": reason,
        }
        event = add_event(self._connection, "recovery", None, body)
        self._connection.execute(RECOVERIES.insert().values(event=event, **body))
        for key, one in enumerate(overpayments, start=self._next(OVERPAYMENTS.c.overpayment)):
            part: dict[str, object] = {"overpayment": key, "recovery": number, **asdict(one)}
            event = add_event(self._connection, "overpaid", None, part)
            self._connection.execute(OVERPAYMENTS.insert().values(event=event, **part))
        return number

    def repay(self, number: int, amount_fen: int, on: dt.date, document: str) -> None:
        """Record money that came back, and add ``repaid``.

        Raises:
            UsageError: ``recovery-unknown``.
            RefusedError: ``repaid-too-much``, ``document-known``, ``year-closed``.
        """
        known = self.recovery(number)
        if amount_fen > known.owed_fen:
            raise RefusedError(
                "repaid-too-much",
                N_("Only {owed} yuan are still owed of recovery {number}."),
                why=N_("More than is owed cannot come back; an amount or a number is wrong."),
                remedy=N_("Check the document; relief recovery list shows what is owed."),
                owed=f"{known.owed_fen // 100}.{known.owed_fen % 100:02d}",
                number=number,
            )
        if any(document == row[3] for row in self.repayments([number])):
            raise _document_known(document)
        Years(self._connection).require_open(on)
        repayment = self._next(REPAYMENTS.c.repayment)
        body: dict[str, object] = {
            "repayment": repayment,
            "recovery": number,
            "amount_fen": amount_fen,
            "repaid_on": on.isoformat(),
            "document": document,
        }
        event = add_event(self._connection, "repaid", None, body)
        self._connection.execute(REPAYMENTS.insert().values(event=event, **body))

    def _next(self, key: sa.Column[int]) -> int:
        return (self._connection.scalar(sa.select(sa.func.max(key))) or 0) + 1


def _recovery(row: sa.Row[Any]) -> Recovery:
    return Recovery(
        recovery=row.recovery,
        person=row.person,
        name=row.name,
        amount_fen=row.amount_fen,
        repaid_fen=row.repaid_fen,
        since=dt.date.fromisoformat(row.since),
        reason=row.reason,
    )


def _document_known(document: str) -> RefusedError:
    return RefusedError(
        "document-known",
        N_("Document {document} is recorded already."),
        why=N_("The same money would count twice."),
        remedy=N_("If it is another payment, give its own document number."),
        document=document,
    )
