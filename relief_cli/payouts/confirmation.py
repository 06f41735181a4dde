"""A bank's two answers: a payment failed, and later it is said to be paid.

Nothing of it is paid again before the bank has confirmed one or the other: the clerk states by
which word of the bank (``relief settle … --confirmed``).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.banks.results import FAILED, PAID
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.return_schema import CONFIRMED_FAILED, CONFIRMED_PAID, CONTRADICTS
from relief_cli.reports.words import reference

_SHOWN = 5
"""Payments that a message names."""


def states(standing: pd.DataFrame) -> NDArray[np.object_]:
    """Give where each payment stands by all that the bank has said of it.

    Args:
        standing: ``outcome``, ``reversed`` and ``later`` of
            :data:`relief_cli.ledger.returns.STANDING`.

    Returns:
        ``paid`` or ``failed``; ``contradicts``: it failed and is said to be paid;
        ``confirmed-paid``: it failed, and the bank has confirmed that it arrived.
    """
    failed = standing["reversed"] | (standing["outcome"] == FAILED)
    later = standing["later"].isin((CONTRADICTS, CONFIRMED_PAID))
    return np.where(failed & later, standing["later"], np.where(failed, FAILED, PAID)).astype(
        object
    )


def choices(
    before: pd.Series, outcome: pd.Series, *, confirmed: bool
) -> list[tuple[pd.Series, str]]:
    """Give the lines that come back to what had failed, with the verdict on them.

    Args:
        before: where the payment of each line stands, see :func:`states`.
        outcome: what the line says.
        confirmed: the clerk takes it for confirmed.
    """
    unclear, arrived = before == CONTRADICTS, before == CONFIRMED_PAID
    is_paid = (outcome == PAID) & (unclear | (before == FAILED))
    is_failed = (outcome == FAILED) & (unclear | arrived)
    if confirmed:
        return [(is_paid, CONFIRMED_PAID), (is_failed, CONFIRMED_FAILED)]
    return [(is_paid | is_failed, CONTRADICTS)]


def require_words(confirmed: str | None) -> None:
    """Refuse a confirmation that nobody can look up later.

    Raises:
        UsageError: ``confirmation-empty``.
    """
    if confirmed is not None and not confirmed.strip():
        raise UsageError(
            "confirmation-empty",
            N_("It is not said how the bank has confirmed it."),
            why=N_("By this word money is paid again, or is not; somebody will ask for it."),
            remedy=N_("Give number and date of the bank's letter: --confirmed '…'"),
        )


def require_not_paid_before(book: Book, batch: Batch) -> None:
    """Refuse a batch that pays again what, by the bank's later word, was paid the first time.

    Raises:
        RefusedError: ``paid-after-all``; it names the payments.
    """
    if not batch.follows:
        return
    held = sorted(book.returns.held(batch.name))
    if not held:
        return
    named = ", ".join(reference(batch.name, payment) for payment in held[:_SHOWN])
    more = f" +{len(held) - _SHOWN}" if len(held) > _SHOWN else ""
    raise RefusedError(
        "paid-after-all",
        N_(
            "{count} payments of {batch} pay again what the bank now says was paid the first time:"
            " {payments}"
        ),
        why=N_("The people would be paid twice."),
        remedy=N_(
            "Make it again without them: relief withhold {batch}. Where nobody else is in it:"
            " relief reject {batch} --reason …"
        ),
        batch=batch.name,
        count=len(held),
        payments=named + more,
    )
