"""How every batch stands, and what of it has failed and is not paid again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relief_cli.calendar import Occasion, day_here
from relief_cli.ledger import Book
from relief_cli.office import Office
from relief_cli.payouts.states import REJECTED, SENT
from relief_cli.payouts.waiting import Missing, missing
from relief_cli.reports.words import reference

if TYPE_CHECKING:
    from relief_cli.ledger.later_answers import Doubt
    from relief_cli.ledger.returns import Owed


@dataclass(frozen=True, kw_only=True)
class BatchStanding:
    """One batch."""

    number: int
    """In the ledger."""
    name: str
    programme: str
    cycle: str
    occasion: Occasion
    state: str
    follows: str
    """The batch whose failures it pays again; empty where it pays for the first time."""
    payments: int
    amount_fen: int
    maker: str
    exported_on: dt.date | None
    missing: Missing

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "batch": self.name,
            "state": self.state,
            "follows": self.follows or None,
            "payments": self.payments,
            "amount_fen": self.amount_fen,
            "prepared_by": self.maker,
            "exported_on": self.exported_on.isoformat() if self.exported_on else None,
            "approvals_missing": self.missing.approvals,
            "roles_missing": list(self.missing.roles),
        }


@dataclass(frozen=True, kw_only=True)
class OpenFailures:
    """What failed or came back of one batch and is not paid again."""

    batch: str
    programme: str
    cycle: str
    payments: int
    amount_fen: int
    oldest_on: dt.date
    days: int
    """Since the oldest was told."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {**vars(self), "oldest_on": self.oldest_on.isoformat()}


def all_batches(office: Office, book: Book) -> list[BatchStanding]:
    """Give all batches in the order of recording."""
    found = []
    for batch in book.batches():
        waits_for = Missing(approvals=0, roles=(), operator=None)
        if batch.state not in {REJECTED, *SENT}:
            waits_for = missing(office, book, book.preparation(batch.name), batch.amount_fen)
        found.append(
            BatchStanding(
                number=batch.batch,
                name=batch.name,
                programme=batch.programme,
                cycle=batch.cycle,
                occasion=batch.occasion,
                state=batch.state,
                follows=batch.follows,
                payments=batch.payments,
                amount_fen=batch.amount_fen,
                maker=batch.maker,
                exported_on=day_here(batch.exported_at) if batch.exported_at else None,
                missing=waits_for,
            )
        )
    return found


def open_failures(book: Book, batches: Sequence[BatchStanding], on: dt.date) -> list[OpenFailures]:
    """Give what failed and is not paid again, by batch, the oldest first."""
    known = {one.name: one for one in batches}
    owed: dict[str, list[Owed]] = {}
    for payment in book.returns.owed():
        owed.setdefault(payment.batch, []).append(payment)
    found = []
    for name, payments in owed.items():
        oldest = dt.date.fromisoformat(min(one.at for one in payments)[:10])
        found.append(
            OpenFailures(
                batch=name,
                programme=known[name].programme,
                cycle=known[name].cycle,
                payments=len(payments),
                amount_fen=sum(one.amount_fen for one in payments),
                oldest_on=oldest,
                days=max((on - oldest).days, 0),
            )
        )
    return sorted(found, key=lambda one: (one.oldest_on, one.batch))


def as_object(one: "Doubt") -> dict[str, Any]:
    """Give what ``--json`` prints of a payment that failed and is said to be paid."""
    again = reference(one.again_batch, one.again_payment) if one.again_batch else None
    return {
        "payment": reference(one.batch, one.payment),
        "amount_fen": one.amount_fen,
        "confirmed": not one.is_open,
        "file": one.file,
        "line": one.place,
        "since": one.told_at[:10],
        "paid_again_by": again,
        "paid_again_sent": one.again_sent,
    }
