"""Whom the books know of the households that a roster lists."""

from dataclasses import replace

import pandas as pd

from relief_cli.calendar import Occasion
from relief_cli.checks.same_household import asking, heads, housemates, sharers
from relief_cli.checks.subject import Subject
from relief_cli.ledger import Book


def with_paid(subject: Subject, book: Book, programme: str, occasion: Occasion) -> Subject:
    """Bring in who was paid for the occasion, of whose household a row may be.

    Args:
        subject: what is checked, with the amounts' claims; else nothing is asked.
        book: the ledger.
        programme: such as ``dibao``.
        occasion: of the benefit.
    """
    if subject.claims is None or occasion not in book.occasions(programme):
        return subject
    rows = asking(subject)
    if not len(rows):
        return subject
    pairs = (find(subject, rows)["person"] for find in (heads, housemates, sharers))
    persons = pd.concat(pairs).drop_duplicates()
    certificates = subject.claims.certificate.iloc[rows].dropna().drop_duplicates()
    paid = book.paid_households(programme, occasion, persons, certificates)
    return replace(subject, claims=replace(subject.claims, paid=paid))
