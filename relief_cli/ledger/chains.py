"""How the money of payments moved that a bank came back to after they had failed.

A payment and all that pays it again are one chain. Chains without such a word are told by their
rows alone; of these few every event is followed, for a word on the first payment says nothing new
while a later one has the money.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.later_answers import any_known
from relief_cli.ledger.positions import PAID, RETURNED, TRANSIT, UNSENT, after_later_words
from relief_cli.ledger.return_schema import (
    FAILED,
    FAILURES,
    LATER_ANSWERS,
    RESOLUTIONS,
    RETURN_LINES,
    RETURNS,
)
from relief_cli.ledger.schema import EVENTS, PARTS, ROWS_OF_BATCH

_SENT, _BACK = "sent", "back"


class Change(NamedTuple):
    """Money that an event moved."""

    event: int
    payment: int
    """Its number in the whole ledger: the one that went out or was answered."""
    before: str
    """A fate, see :mod:`relief_cli.ledger.positions`."""
    after: str

    @property
    def spent(self) -> int:
        """Give 1 where the money left the treasury with it, -1 where it came back, else 0."""
        left = {TRANSIT, PAID}
        return (self.after in left) - (self.before in left)


class _Event(NamedTuple):
    event: int
    order: int
    payment: int
    what: str
    """That it went out or came back, an outcome, or a verdict."""


@dataclass
class _State:
    """What is known of one payment of a chain."""

    sent: bool = False
    outcome: str = ""
    failed: bool = False
    later: str = ""

    def take(self, what: str, *, later: bool) -> None:
        if later:
            self.later = what
        elif what == _SENT:
            self.sent = True
        elif what == _BACK:
            self.failed = True
        else:
            self.outcome, self.failed = what, what == FAILED


@dataclass(frozen=True)
class Chain:
    """A payment and what pays it again, in order; numbers in the whole ledger."""

    payments: tuple[int, ...]
    events: list[_Event] = field(default_factory=list)
    later: list[_Event] = field(default_factory=list)
    """Words on what had failed."""

    def changes(self) -> list[Change]:
        """Give what every event moved, in their order."""
        states = {payment: _State() for payment in self.payments}
        told = sorted(
            [(one, False) for one in self.events] + [(one, True) for one in self.later],
            key=lambda pair: pair[0][:2],
        )
        found, before = [], UNSENT
        for _, group in groupby(told, key=lambda pair: pair[0].event):
            for one, later in group:
                states[one.payment].take(one.what, later=later)
            after = _fate([states[payment] for payment in self.payments])
            if after != before:
                found.append(Change(one.event, one.payment, before, after))
            before = after
        return found

    def corrections(self) -> Iterator[tuple[int, int, int]]:
        """Give what the events moved otherwise than each payment alone tells.

        Returns:
            Event, payment, and 1 where money is spent that the payment's own rows do not tell, or
            -1 where less is.
        """
        spent = {(one.event, one.payment): one.spent for one in self.changes()}
        for one in self.events:
            alone = {_SENT: 1, _BACK: -1, FAILED: -1}.get(one.what, 0)
            spent[one.event, one.payment] = spent.get((one.event, one.payment), 0) - alone
        for (event, payment), difference in spent.items():
            if difference:
                yield event, payment, difference


def chains(connection: sa.Connection) -> list[Chain]:
    """Give the chains of the payments that a bank came back to after they had failed."""
    if not any_known(connection):
        return []
    again = PARTS["follow_ups"].c
    live = again.batch.not_in(sa.select(REJECTIONS.c.batch))
    pairs = connection.execute(sa.select(again.payment, again.follows).where(live)).all()
    before = {row.payment: row.follows for row in pairs}
    after = {row.follows: row.payment for row in pairs}
    named = connection.scalars(sa.select(LATER_ANSWERS.c.payment).distinct())
    first = sorted({_end(payment, before) for payment in named})
    found = [Chain(tuple(_following(payment, after))) for payment in first]
    whose = {payment: chain for chain in found for payment in chain.payments}
    for event in _events(connection, set(whose)):
        whose[event.payment].events.append(event)
    for event in _later(connection):
        whose[event.payment].later.append(event)
    return found


def _end(payment: int, following: Mapping[int, int]) -> int:
    while payment in following:
        payment = following[payment]
    return payment


def _following(payment: int, after: Mapping[int, int]) -> Iterator[int]:
    yield payment
    while payment in after:
        payment = after[payment]
        yield payment


def _fate(states: list[_State]) -> str:
    """Give where the money of a chain is."""
    sent = [one for one in states if one.sent]
    if not sent:
        return UNSENT
    if not sent[-1].outcome:
        return TRANSIT
    if not sent[-1].failed:
        return PAID
    return after_later_words(RETURNED, {one.later for one in states})


def _events(connection: sa.Connection, wanted: set[int]) -> Iterator[_Event]:
    """Give when each of the payments went out, was answered, and came back."""
    sent = connection.execute(
        sa.select(EVENTS.c.batch, EVENTS.c.event).where(EVENTS.c.kind == "exported")
    )
    of_batch = {row.batch: row.event for row in sent}
    for payment in sorted(wanted):
        if payment // ROWS_OF_BATCH in of_batch:
            yield _Event(of_batch[payment // ROWS_OF_BATCH], 0, payment, _SENT)
    for payment in sorted(wanted):
        for table, words in ((RESOLUTIONS, {}), (FAILURES, {"paid": _BACK, "failed": ""})):
            select = (
                sa.select(RETURNS.c.event, table.c.line, table.c.outcome)
                .join(RETURN_LINES, RETURN_LINES.c.line == table.c.line)
                .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
                .where(table.c.payment == payment)
            )
            for row in connection.execute(select):
                # What failed at first is told by its resolution.
                if what := words.get(row.outcome, row.outcome):
                    yield _Event(row.event, row.line, payment, what)


def _later(connection: sa.Connection) -> Iterator[_Event]:
    select = (
        sa.select(
            RETURNS.c.event, LATER_ANSWERS.c.line, LATER_ANSWERS.c.payment, LATER_ANSWERS.c.verdict
        )
        .join(RETURN_LINES, RETURN_LINES.c.line == LATER_ANSWERS.c.line)
        .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
        .order_by(LATER_ANSWERS.c.line)
    )
    for row in connection.execute(select):
        yield _Event(row.event, row.line, row.payment, row.verdict)
