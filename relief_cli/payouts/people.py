"""One person: who is meant, who is paid no more, who owes money back."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import cast

from relief_cli.checks.persons import ends_at_once
from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.stops import Recovery, Stop
from relief_cli.office import Office
from relief_cli.payouts.office_policy import load_policy
from relief_cli.payouts.setting import require_programme
from relief_cli.policy import Policy
from relief_cli.roster.person_number import canonical

_REFERENCE = re.compile(r"(?P<batch>.+)-(?P<payment>[0-9]{6,8})")


def person_of(book: Book, given: str) -> str:
    """Give the canonical identity number of who is meant.

    Args:
        book: the ledger.
        given: an identity number of 18 or 15 characters, or the reference of a payment that is for
            one person (``one-time-2022-08-1-000123``).

    Raises:
        UsageError: ``person-malformed``, ``person-unclear``; ``batch-unknown``.
    """
    reference = _REFERENCE.fullmatch(given.strip())
    if reference:
        persons = book.persons_of(reference["batch"], int(reference["payment"]))
        if len(persons) == 1:
            return persons[0]
        raise UsageError(
            "person-unclear",
            N_("The payment {reference} is for {count} people."),
            remedy=N_("Give the person's identity number; with - it is asked for."),
            reference=given.strip(),
            count=len(persons),
        )
    person = canonical("".join(given.split()).upper())
    if person is None:
        raise UsageError(
            "person-malformed",
            N_("This is neither an identity number nor the reference of a payment."),
            remedy=N_("Give 18 (or 15) characters, or a reference as it stands in bank files."),
        )
    return person


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
    with Ledger.open(office.ledger_place).writing() as book:
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
    with Ledger.open(office.ledger_place).writing() as book:
        person = person_of(book, given)
        book.stops.resume(person, reason)
        return book.stops.stops(person)


def all_stops(office: Office) -> list[Stop]:
    """Give all stops in the order of recording."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.stops.stops()


def owe(office: Office, given: str, amount_fen: int, since: dt.date, reason: str) -> Recovery:
    """Record that a person owes money back.

    Raises:
        UsageError: as :func:`person_of`; ``amount-not-positive``.
    """
    _require_positive(amount_fen)
    with Ledger.open(office.ledger_place).writing() as book:
        person = person_of(book, given)
        number = book.stops.owe(person, book.name_of(person), amount_fen, since, reason)
        return book.stops.recovery(number)


def repay(office: Office, number: int, amount_fen: int, on: dt.date, document: str) -> Recovery:
    """Record that money came back.

    Raises:
        UsageError: ``recovery-unknown``, ``amount-not-positive``.
        RefusedError: ``repaid-too-much``, ``document-known``.
    """
    _require_positive(amount_fen)
    with Ledger.open(office.ledger_place).writing() as book:
        book.stops.repay(number, amount_fen, on, document)
        return book.stops.recovery(number)


def all_recoveries(office: Office) -> list[Recovery]:
    """Give all recoveries in the order of recording."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.stops.recoveries()


def _require_positive(amount_fen: int) -> None:
    if amount_fen <= 0:
        raise UsageError(
            "amount-not-positive",
            N_("The amount must be above 0."),
            remedy=N_("Give yuan, such as 300 or 1234.50."),
        )
