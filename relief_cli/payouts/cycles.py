"""How every cycle stands: when it must be paid, by which batches it is, what is late."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from relief_cli.calendar import Cycle, Occasion, Workday
from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.office import Office
from relief_cli.payouts.standing import BatchStanding
from relief_cli.payouts.states import APPROVED, CLOSED, EXPORTED, PREPARED, REJECTED, SENT, SETTLED
from relief_cli.policy import Policy
from relief_cli.programmes.deadlines import NAMES, Deadline, deadlines
from relief_cli.settings import SETTINGS

NOTHING = "nothing"
"""The state of a cycle for which there is no batch that stands."""
_ORDER = (PREPARED, APPROVED, EXPORTED, SETTLED, CLOSED)
"""A cycle stands where the least of its batches does."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A payment that the policy orders."""

    programme: str
    deadline: Deadline
    pay_by: Workday

    @property
    def sort_key(self) -> tuple[dt.date, dt.date, int]:
        """The order in which they must be paid; of equals as programmes are listed."""
        return self.pay_by.on, self.deadline.on, NAMES.index(self.programme)


@dataclass(frozen=True, kw_only=True)
class CycleStanding:
    """One programme and cycle on one day."""

    programme: str
    cycle: str
    on: dt.date
    planned: Planned | None
    """``None`` where the policy orders no deadline, or those of the programme do not count here."""
    counts: bool
    """Whether the office is held to the deadline; it is not from before it began."""
    batches: tuple[BatchStanding, ...] = field(default=())
    """Those that pay for the first time."""

    @property
    def state(self) -> str:
        """Where the least of its batches stands: paid in part is not paid."""
        return min((one.state for one in self.batches), key=_ORDER.index, default=NOTHING)

    @property
    def done(self) -> bool:
        """Whether all that was prepared has gone out."""
        return self.state in SENT

    @property
    def days_left(self) -> int | None:
        """Days until the last working day on which it can be paid; below 0 after it."""
        return (self.planned.pay_by.on - self.on).days if self.planned else None

    @property
    def late(self) -> bool:
        """Whether the day has passed on which it had to go out, and it has not."""
        left = self.days_left
        return self.counts and not self.done and left is not None and left < 0

    def due_within(self, days: int) -> bool:
        """Say whether it must go out today or within so many days, and has not."""
        left = self.days_left
        return self.counts and not self.done and left is not None and 0 <= left <= days

    @property
    def year(self) -> int:
        """The year of its deadline; without one, that of the cycle."""
        return self.planned.deadline.on.year if self.planned else int(self.cycle[:4])

    @property
    def went_out_late(self) -> bool:
        """Whether some of it went out after the day on which all of it had to."""
        if self.planned is None or not self.counts:
            return False
        days = (one.exported_on for one in self.batches if one.exported_on)
        return any(day > self.planned.pay_by.on for day in days)

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        planned = self.planned
        return {
            "programme": self.programme,
            "cycle": self.cycle,
            "state": self.state,
            "deadline_on": planned.deadline.on.isoformat() if planned else None,
            "pay_by_on": planned.pay_by.on.isoformat() if planned else None,
            "provisional": bool(planned and planned.pay_by.provisional),
            "days_left": self.days_left,
            "late": self.late,
            "went_out_late": self.went_out_late,
            "batches": [one.as_json() for one in self.batches],
        }


def programmes_of(office: Office) -> list[str]:
    """Give the programmes whose deadlines count in ``office``.

    Raises:
        PolicyError: ``office-value``; its settings name one that is not known.
    """
    for name in office.programmes:
        if name not in NAMES:
            raise PolicyError(
                "office-value",
                N_("{key} names {programme}, which is no programme."),
                remedy=N_("Programmes: {known}"),
                file=SETTINGS,
                key="calendar.programmes",
                programme=name,
                known=", ".join(NAMES),
            )
    return [name for name in NAMES if not office.programmes or name in office.programmes]


def planned(office: Office, policy: Policy, years: Iterable[int]) -> list[Planned]:
    """Give what must be paid in ``years``, in the order of the days.

    Raises:
        PolicyError: ``office-value``; ``policy-missing``.
    """
    names = programmes_of(office)
    found = [
        Planned(programme=name, deadline=deadline, pay_by=deadline.pay_by)
        for year in years
        for name in names
        for deadline in deadlines(name, policy, year)
    ]
    return sorted(found, key=lambda one: one.sort_key)


def cycles(
    office: Office,
    policy: Policy,
    batches: Sequence[BatchStanding],
    on: dt.date,
    until: dt.date,
) -> list[CycleStanding]:
    """Give every cycle that must be paid until the end of the year of ``until``, or has a batch.

    Args:
        office: the office.
        policy: the one that holds there.
        batches: all of them.
        on: the day for which it is asked.
        until: some day of the last year that is wanted.

    Returns:
        In the order of the deadlines; what has none comes last.
    """
    began = _began(office, batches)
    standing: dict[tuple[str, Occasion], list[BatchStanding]] = {}
    for batch in batches:
        if batch.state != REJECTED and not batch.follows:
            standing.setdefault((batch.programme, batch.occasion), []).append(batch)
    years = range(min(began.year(on), on.year), max(on, until).year + 1)
    found = []
    for one in planned(office, policy, years):
        own = standing.pop((one.programme, one.deadline.paid_for), [])
        counts = began.counts(one, on, paid=bool(own))
        if own or counts:
            found.append(
                CycleStanding(
                    programme=one.programme,
                    cycle=one.deadline.cycle,
                    on=on,
                    planned=one,
                    counts=counts,
                    batches=tuple(own),
                )
            )
    return found + [
        CycleStanding(
            programme=programme,
            cycle=own[0].cycle,
            on=on,
            planned=None,
            counts=False,
            batches=tuple(own),
        )
        for (programme, _), own in standing.items()
    ]


@dataclass(frozen=True, kw_only=True)
class _Began:
    """From when on an office is held to deadlines: a new one is not late for what others paid."""

    since: dt.date | None
    """As the office's settings say."""
    first: dict[str, dt.date]
    """Programme → the first day of the first cycle for which the office made a batch."""

    def counts(self, one: Planned, on: dt.date, *, paid: bool) -> bool:
        """Say whether a deadline counts.

        Without a day in the settings they count since the first cycle of the programme's batches;
        for a programme without any, those of days since the first cycle of all; in an office
        without any, those of the present cycle that do not lie before the present month.
        """
        if self.since is not None:
            return one.deadline.on >= self.since
        if paid:
            return True
        cycle = Cycle.parse(one.deadline.cycle)
        if not self.first:
            return cycle.last_on >= on and one.deadline.on >= on.replace(day=1)
        if one.programme not in self.first:
            return one.deadline.on >= min(self.first.values())
        return cycle.first_on >= self.first[one.programme]

    def year(self, on: dt.date) -> int:
        """Give the first year in which one may count, or which a batch was made for."""
        days = [*self.first.values(), on, *([self.since] if self.since else [])]
        return min(days).year


def _began(office: Office, batches: Sequence[BatchStanding]) -> _Began:
    # A batch that was rejected shows as well that the office was at work.
    first: dict[str, dt.date] = {}
    for batch in batches:
        day = Cycle.parse(batch.cycle).first_on
        first[batch.programme] = min(day, first.get(batch.programme, day))
    return _Began(since=office.calendar_since, first=first)
