"""Who is paid no more."""

import datetime as dt
from collections.abc import Sequence
from typing import cast

from relief_cli.checks.persons import ends_at_once
from relief_cli.ledger import Ledger
from relief_cli.ledger.stops import Stop
from relief_cli.office import Office
from relief_cli.payouts.office_policy import load_policy
from relief_cli.payouts.people import person_of
from relief_cli.payouts.setting import require_programme
from relief_cli.payouts.signed_books import writing
from relief_cli.policy import Policy


def stop(
    office: Office, given: str, since: dt.date, reason: str, programmes: Sequence[str] = ()
) -> list[Stop]:
    """Stop paying a person from a day on; give the person's stops.

    Args:
        office: the office.
        given: who is meant.
        since: the first day without a claim.
        reason: in the clerk's words.
        programmes: which are paid no more. Where none is named, all for a death, and for another
            reason those that the policy names.

    Raises:
        UsageError: as :func:`person_of`; ``programme-unknown``.
        RefusedError: ``stopped-before``.
        PolicyError: ``policy-missing``.
    """
    for programme in programmes:
        require_programme(programme)
    meant = tuple(programmes) or _usual(load_policy(office), since, reason)
    with writing(office) as book:
        person = person_of(book, given)
        book.stops.stop(person, since, reason, meant)
        return book.stops.stops(person)


def _usual(policy: Policy, on: dt.date, reason: str) -> tuple[str, ...]:
    words, programmes = (
        cast("tuple[str, ...]", policy.at(f"cross.{name}", on).value)
        for name in ("death-words", "stop-programmes")
    )
    return () if ends_at_once(reason, words) else programmes


def resume(office: Office, given: str, reason: str) -> list[Stop]:
    """End a person's stop; give the person's stops.

    Raises:
        UsageError: as :func:`person_of`; ``stop-unknown``.
    """
    with writing(office) as book:
        person = person_of(book, given)
        book.stops.resume(person, reason)
        return book.stops.stops(person)


def all_stops(office: Office) -> list[Stop]:
    """Give all stops in the order of recording."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.stops.stops()
