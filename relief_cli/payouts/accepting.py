"""Accept a finding that somebody has looked at: it is quiet until its facts change."""

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from relief_cli.checks.accepting import NOT_ACCEPTED, covered
from relief_cli.checks.rules import ACCEPTABLE, LIFTED, OF_ACCOUNTS, RULES
from relief_cli.checks.subject import Quiet
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.acceptances import Acceptance, Sighting
from relief_cli.ledger.record import WritableBook
from relief_cli.office import Office
from relief_cli.payouts.operators import by_whom
from relief_cli.payouts.people import person_of
from relief_cli.payouts.signed_books import writing
from relief_cli.roster import identity

_ACCOUNT_DIGITS = range(8, 33)
_OLD_ID, _ID = 15, 18


def accept(office: Office, code: str, given: str, reason: str, until: dt.date) -> list[Acceptance]:
    """Record that a finding was looked at and is right; give what is accepted of this kind.

    Args:
        office: whose books.
        code: the finding's, such as ``R206``.
        given: whose, as :func:`relief_cli.payouts.people.person_of` takes it; or the number of the
            account, where the finding is about one.
        reason: in the clerk's words.
        until: the last day on which it holds.

    Raises:
        UsageError: as ``person_of``; ``finding-unknown``; ``operator-unknown``,
            ``operator-unclear``.
        RefusedError: ``finding-fixed``, it must be put right; ``finding-accepted``;
            ``finding-unmet``; ``approval-revoked``.
    """
    code = _acceptable(code)
    with writing(office) as book:
        account = _account(book, given) if code in OF_ACCOUNTS else None
        person = person_of(book, given) if account is None else None
        by = by_whom(book, office)
        book.acceptances.accept(
            code,
            person=person,
            account_number=account,
            reason=reason,
            accepted_by=by,
            until=until,
            met=code in LIFTED,
        )
        return [
            one
            for one in book.acceptances.acceptances()
            if (one.code, one.person, one.account_number) == (code, person, account)
        ]


def end_acceptance(office: Office, number: int, reason: str) -> list[Acceptance]:
    """End an acceptance; give it.

    Raises:
        UsageError: ``acceptance-unknown``.
    """
    with writing(office) as book:
        book.acceptances.end(number, reason)
        return [one for one in book.acceptances.acceptances() if one.acceptance == number]


def all_acceptances(office: Office) -> list[Acceptance]:
    """Give all acceptances in the order of recording."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.acceptances.acceptances()


def quiet(book: Book, on: dt.date) -> tuple[Quiet, ...]:
    """Give what is accepted on a day, as the checks ask for it."""
    return tuple(
        Quiet(one.acceptance, one.code, one.person, one.account_number, one.facts)
        for one in book.acceptances.holding(on)
    )


def known(office: Office, on: dt.date) -> tuple[Quiet, ...]:
    """Give what an office has accepted, as :func:`quiet`; nothing where it has no books yet."""
    place = office.ledger_place
    if isinstance(place, Path) and not place.exists():
        return ()
    with Ledger.open(place).reading() as book:
        return quiet(book, on)


def bind(book: WritableBook, given: Iterable[Quiet], found: pd.DataFrame) -> None:
    """Record what acceptances are about that no run had met before this one.

    Args:
        book: the ledger.
        given: the acceptances that the run knew.
        found: its findings, with ``acceptance`` and ``facts``.
    """
    for one in given:
        if not one.facts:
            book.acceptances.bind(one.number, found.loc[covered(found, one), "facts"].unique())


def sightings(found: pd.DataFrame) -> list[Sighting]:
    """Give the findings that hold rows and can be accepted."""
    chosen = found[
        (found["severity"] == "error")
        & found["facts"].notna()
        & found["person"].notna()
        & (found["acceptance"] == NOT_ACCEPTED)
    ]
    columns = (chosen[name] for name in ("code", "person", "facts"))
    return [
        Sighting(code=code, person=person, facts=facts)
        for code, person, facts in zip(*columns, strict=True)
    ]


def _acceptable(code: str) -> str:
    code = code.strip().upper()
    if code in ACCEPTABLE:
        return code
    if code in RULES:
        raise RefusedError(
            "finding-fixed",
            N_("{finding} cannot be accepted."),
            why=N_("Only what can be right although it looks wrong is accepted."),
            remedy=N_("relief explain {finding} says how it is put right."),
            finding=code,
        )
    near: Sequence[str] = difflib.get_close_matches(code, sorted(ACCEPTABLE))
    raise UsageError(
        "finding-unknown",
        N_("There is no finding of this code."),
        remedy=N_("What can be accepted: {codes}"),
        codes=" ".join(near or sorted(ACCEPTABLE)),
    )


def _account(book: Book, given: str) -> str | None:
    """Give an account's number; None where it is a person's, or a payment's reference.

    Some accounts could be the number of a person: then the books know who is paid into it. A number
    of 18 digits with a day of birth in it, whose check digit is wrong, is a person's mistyped.
    """
    number = "".join(given.split())
    if not (number.isascii() and number.isdigit() and len(number) in _ACCOUNT_DIGITS):
        return None
    if number in book.known_accounts([number]):
        return number
    body = f"{number[:6]}19{number[6:]}" if len(number) == _OLD_ID else number
    born = int(body[6:14]) if len(body) == _ID else 0
    is_day = identity.births_possible(np.array([born]), dt.date.max)[0]
    return None if is_day else number
