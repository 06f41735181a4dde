"""One person: who is meant, and who owes money back."""

import datetime as dt
import re

from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.stops import Recovery
from relief_cli.office import Office
from relief_cli.payouts.signed_books import writing
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


def owe(office: Office, given: str, amount_fen: int, since: dt.date, reason: str) -> Recovery:
    """Record that a person owes money back.

    Raises:
        UsageError: as :func:`person_of`; ``amount-not-positive``.
    """
    _require_positive(amount_fen)
    with writing(office) as book:
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
    with writing(office) as book:
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
