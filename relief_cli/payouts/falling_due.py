"""What must be paid soon and what is late; made for cron."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from relief_cli.ledger import Ledger
from relief_cli.office import Office
from relief_cli.payouts.cycles import CycleStanding, cycles
from relief_cli.payouts.office_policy import load_policy
from relief_cli.payouts.standing import OpenFailures, all_batches, open_failures


@dataclass(frozen=True, kw_only=True)
class DueOutcome:
    """What is due and what is late on one day."""

    on: dt.date
    ahead: int
    """So many days were looked ahead."""
    due: tuple[CycleStanding, ...]
    late: tuple[CycleStanding, ...]
    failures: tuple[OpenFailures, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "on": self.on.isoformat(),
            "ahead_days": self.ahead,
            "due": [one.as_json() for one in self.due],
            "late": [one.as_json() for one in self.late],
            "open_failures": sum(one.payments for one in self.failures),
            "failures": [one.as_json() for one in self.failures],
        }


def due(office: Office, on: dt.date, ahead: int) -> DueOutcome:
    """Tell what has not gone out and must, within days or since days; nothing is written.

    Args:
        office: the office.
        on: the day for which it is asked.
        ahead: so many days are looked ahead, 0 or more.

    Raises:
        UsageError: ``ledger-missing``; and as :meth:`relief_cli.ledger.Ledger.open`.
        PolicyError: ``office-value``, ``policy-missing``; as :func:`load_policy`.
    """
    policy = load_policy(office)
    with Ledger.open(office.ledger_place, make=False).reading() as book:
        batches = all_batches(office, book)
        failures = open_failures(book, batches, on)
    found = cycles(office, policy, batches, on, until=on + dt.timedelta(days=ahead))
    return DueOutcome(
        on=on,
        ahead=ahead,
        due=tuple(one for one in found if one.due_within(ahead)),
        late=tuple(one for one in found if one.late),
        failures=tuple(failures),
    )
