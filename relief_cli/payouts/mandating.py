"""Register who may draw for whom (代领备案)."""

import datetime as dt

from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.ledger.mandates import Mandate
from relief_cli.office import Office
from relief_cli.payouts.people import person_of
from relief_cli.payouts.signed_books import writing


def add_mandate(
    office: Office, given: str, payee_name: str, document: str, until: dt.date
) -> list[Mandate]:
    """Record that somebody may draw for a person; give the person's mandates.

    Args:
        office: whose books.
        given: for whom, as :func:`relief_cli.payouts.people.person_of` takes it.
        payee_name: the name that the account bears.
        document: where it is written.
        until: the last day on which it holds.

    Raises:
        UsageError: as :func:`relief_cli.payouts.people.person_of`; ``payee-name-missing``.
        RefusedError: ``mandate-known``.
    """
    name = "".join(payee_name.split())
    if not name:
        raise UsageError(
            "payee-name-missing",
            N_("The name that the account bears is needed."),
            remedy=N_("Give it as it stands in the roster's 账户名称; with - it is asked for."),
        )
    with writing(office) as book:
        person = person_of(book, given)
        book.mandates.add(person, name, document, until)
        return book.mandates.mandates(person)


def end_mandate(office: Office, number: int, reason: str) -> list[Mandate]:
    """End a mandate; give the mandates of the person whom it was for.

    Raises:
        UsageError: ``mandate-unknown``.
    """
    with writing(office) as book:
        return book.mandates.mandates(book.mandates.end(number, reason))


def all_mandates(office: Office) -> list[Mandate]:
    """Give all mandates in the order of recording."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.mandates.mandates()
