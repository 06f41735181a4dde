"""How every batch stands, and what of it has failed and is not paid again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relief_cli.calendar import day_here
from relief_cli.ledger import Book
from relief_cli.payouts import approving
from relief_cli.payouts.approving import Missing
from relief_cli.payouts.outcome import REJECTED, SENT
from relief_cli.payouts.setting import Setting


@dataclass(frozen=True, kw_only=True)
class BatchStanding:
    """One batch."""

    number: int
    """In the ledger."""
    name: str
    programme: str
    cycle: str
    occasion: str
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


def all_batches(setting: Setting, book: Book) -> list[BatchStanding]:
    """Give all batches in the order of recording."""
    found = []
    for row in book.batches().to_dict("records"):
        missing = Missing(approvals=0, roles=(), operator=None)
        if row["state"] not in {REJECTED, *SENT}:
            missing = approving.missing(
                setting,
                book,
                row["name"],
                maker=row["maker"],
                needed=row["approvals"],
                amount_fen=row["amount_fen"],
            )
        found.append(
            BatchStanding(
                number=row["batch"],
                name=row["name"],
                programme=row["programme"],
                cycle=row["cycle"],
                occasion=row["occasion"],
                state=row["state"],
                follows=row["follows"],
                payments=row["payments"],
                amount_fen=row["amount_fen"],
                maker=row["maker"],
                exported_on=day_here(row["exported_at"]) if row["exported_at"] else None,
                missing=missing,
            )
        )
    return found


def open_failures(book: Book, batches: Sequence[BatchStanding], on: dt.date) -> list[OpenFailures]:
    """Give what failed and is not paid again, by batch, the oldest first."""
    known = {one.name: one for one in batches}
    found = []
    for name, rows in book.returns.owed().groupby("batch", sort=False):
        oldest = dt.date.fromisoformat(rows["at"].min()[:10])
        found.append(
            OpenFailures(
                batch=str(name),
                programme=known[str(name)].programme,
                cycle=known[str(name)].cycle,
                payments=len(rows),
                amount_fen=int(rows["amount_fen"].sum()),
                oldest_on=oldest,
                days=max((on - oldest).days, 0),
            )
        )
    return sorted(found, key=lambda one: (one.oldest_on, one.batch))
