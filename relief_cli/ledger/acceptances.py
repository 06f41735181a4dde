"""Findings that somebody looked at: whose, why, by whom, until when, and with which facts."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.acceptance_schema import ACCEPTANCE_ENDS, ACCEPTANCE_FACTS, ACCEPTANCES
from relief_cli.ledger.events import add_event, canonical
from relief_cli.ledger.schema import EVENTS, PARTS

FINDINGS = PARTS["findings"]
_HELD = "held"
"""The event of a run that paid nobody: its findings stand in no batch."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A finding that is quiet for one person, or for everybody who is paid into one account."""

    acceptance: int
    code: str
    person: str | None
    account_number: str | None
    reason: str
    accepted_by: str
    until: dt.date
    ended: str | None
    """Why it ended before; ``None`` where it did not."""
    facts: frozenset[str]
    """With which facts it holds; those of the next run that meets it, where there are none yet."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A finding that a run has met."""

    code: str
    person: str
    facts: str
    """What it is about: the account, its holder …, the account first; see ``checks.accepting``."""


class Acceptances:
    """What the ledger knows of accepted findings, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def acceptances(self) -> list[Acceptance]:
        """Give all acceptances in the order of recording."""
        facts: dict[int, set[str]] = {}
        pairs = sa.select(ACCEPTANCE_FACTS.c.acceptance, ACCEPTANCE_FACTS.c.facts)
        for acceptance, text in self._connection.execute(pairs):
            facts.setdefault(acceptance, set()).add(text)
        select = (
            sa.select(ACCEPTANCES, ACCEPTANCE_ENDS.c.reason.label("ended"))
            .join(
                ACCEPTANCE_ENDS,
                ACCEPTANCE_ENDS.c.acceptance == ACCEPTANCES.c.acceptance,
                isouter=True,
            )
            .order_by(ACCEPTANCES.c.acceptance)
        )
        return [
            Acceptance(
                acceptance=row.acceptance,
                code=row.code,
                person=row.person,
                account_number=row.account_number,
                reason=row.reason,
                accepted_by=row.accepted_by,
                until=dt.date.fromisoformat(row.until),
                ended=row.ended,
                facts=frozenset(facts.get(row.acceptance, ())),
            )
            for row in self._connection.execute(select)
        ]

    def holding(self, on: dt.date) -> list[Acceptance]:
        """Give the acceptances that hold on a day."""
        return [one for one in self.acceptances() if one.ended is None and one.until >= on]

    def seen(self, code: str, person: str | None, account_number: str | None) -> frozenset[str]:
        """Give the facts with which the newest run has met a finding; none where none has.

        Args:
            code: the finding's.
            person: whose, where it is one person's.
            account_number: where it is everybody's who is paid into it.
        """
        of_batches = sa.select(FINDINGS.c.batch, FINDINGS.c.facts).where(FINDINGS.c.code == code)
        if person is not None:
            of_batches = of_batches.where(FINDINGS.c.person == person)
        else:
            of_batches = of_batches.where(
                FINDINGS.c.facts.startswith(f"{account_number}|", autoescape=True)
            )
        rows = self._connection.execute(of_batches).all()
        newest = max((row.batch for row in rows), default=None)
        facts = frozenset(row.facts for row in rows if row.batch == newest)
        prepared = sa.select(EVENTS.c.event).where(
            EVENTS.c.batch == newest, EVENTS.c.kind == "prepared"
        )
        since = self._connection.scalar(prepared) or 0
        held = sa.select(EVENTS.c.body).where(EVENTS.c.kind == _HELD, EVENTS.c.event > since)
        for body in self._connection.scalars(held.order_by(EVENTS.c.event.desc())):
            met = [Sighting(**one) for one in json.loads(body)["findings"]]
            found = frozenset(
                one.facts
                for one in met
                if one.code == code
                and (one.person == person or one.facts.startswith(f"{account_number}|"))
            )
            if found:
                return found
        return facts


class WritableAcceptances(Acceptances):
    """The same in a transaction that writes."""

    def accept(
        self,
        code: str,
        *,
        person: str | None = None,
        account_number: str | None = None,
        reason: str,
        accepted_by: str,
        until: dt.date,
        met: bool = False,
    ) -> None:
        """Record that a finding was looked at, and add ``accepted``, with what it is about.

        Args:
            code: the finding's.
            person: canonical identity number of whom it is for; else ``account_number``.
            account_number: the account whose every finding of the code is meant.
            reason: in the clerk's words.
            accepted_by: who looked.
            until: the last day on which it holds.
            met: a run must have met the finding: nobody accepts what nobody has seen.

        Raises:
            RefusedError: ``finding-accepted``; the same holds already, for as long.
                ``finding-unmet``.
        """
        facts = self.seen(code, person, account_number)
        if met and not facts:
            raise RefusedError(
                "finding-unmet",
                N_("No run has met {finding} of this person."),
                why=N_("Nobody can have looked at what has not been found."),
                remedy=N_("Run the roster first: relief run …"),
                finding=code,
            )
        for one in self.acceptances():
            same = (one.code, one.person, one.account_number) == (code, person, account_number)
            if same and one.ended is None and one.until >= until and one.facts >= facts:
                raise RefusedError(
                    "finding-accepted",
                    N_("This finding is accepted already, until {until}."),
                    remedy=N_("relief accept list shows it."),
                    until=one.until.isoformat(),
                )
        number = self._next(ACCEPTANCES.c.acceptance)
        body: dict[str, object] = {
            "acceptance": number,
            "code": code,
            "person": person,
            "account_number": account_number,
            "reason": reason,
            "accepted_by": accepted_by,
            "until": until.isoformat(),
        }
        event = add_event(self._connection, "accepted", None, body)
        self._connection.execute(ACCEPTANCES.insert().values(event=event, **body))
        self.bind(number, facts)

    def bind(self, number: int, facts: Iterable[str]) -> None:
        """Record the facts with which an acceptance holds, and add ``accepted-facts`` for each."""
        for text in sorted(facts):
            body: dict[str, object] = {
                "line": self._next(ACCEPTANCE_FACTS.c.line),
                "acceptance": number,
                "facts": text,
            }
            event = add_event(self._connection, "accepted-facts", None, body)
            self._connection.execute(ACCEPTANCE_FACTS.insert().values(event=event, **body))

    def note(self, programme: str, cycle: str, inputs: str, met: Sequence[Sighting]) -> None:
        """Record what a run that paid nobody has met, and add ``held``; once in a row.

        Args:
            programme: such as ``dibao``.
            cycle: what was to be paid for.
            inputs: the digest of all that decided the outcome.
            met: the findings that hold rows and can be accepted.
        """
        if not met:
            return
        body: dict[str, object] = {
            "programme": programme,
            "cycle": cycle,
            "inputs": inputs,
            "findings": [vars(one) for one in met],
        }
        newest = sa.select(EVENTS.c.body).where(EVENTS.c.kind.in_((_HELD, "prepared")))
        newest = newest.order_by(EVENTS.c.event.desc()).limit(1)
        if self._connection.scalar(newest) != canonical(body):
            add_event(self._connection, _HELD, None, body)

    def end(self, number: int, reason: str) -> None:
        """End an acceptance, and add ``acceptance-ended``.

        Raises:
            UsageError: ``acceptance-unknown``; there is none of this number that holds.
        """
        if not any(one.acceptance == number and one.ended is None for one in self.acceptances()):
            raise UsageError(
                "acceptance-unknown",
                N_("No accepted finding number {number} holds."),
                remedy=N_("Their numbers: relief accept list"),
                number=number,
            )
        body: dict[str, object] = {"acceptance": number, "reason": reason}
        event = add_event(self._connection, "acceptance-ended", None, body)
        self._connection.execute(ACCEPTANCE_ENDS.insert().values(event=event, **body))

    def _next(self, key: sa.Column[int]) -> int:
        return (self._connection.scalar(sa.select(sa.func.max(key))) or 0) + 1
