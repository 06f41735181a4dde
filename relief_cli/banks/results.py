"""Which of a bank's words mean that a payment is paid, failed or still open."""

from typing import TypeAlias

from relief_cli.banks.tables import Table
from relief_cli.i18n import N_

PAID, FAILED, OPEN = "paid", "failed", "open"
OUTCOMES = (PAID, FAILED, OPEN)
"""What a bank can say of a payment."""
Results: TypeAlias = tuple[tuple[str, str], ...]
"""Pattern of a result → outcome; the first that fits holds. ``*`` stands for anything."""
_WILD = frozenset("*?[")
"""What stands for other characters in a pattern."""


def read_results(table: Table) -> Results:
    """Take the lists under ``results``.

    Raises:
        PolicyError: ``bank-template``; a word that means paid or failed does not stand in full:
            撤销成功 holds 成功.
    """
    results = []
    for inner in table.tables("results"):
        outcome = inner.among("outcome", OUTCOMES)
        words = inner.words("is")
        if outcome != OPEN and any(map(_WILD.intersection, words)):
            raise inner.error(
                "is", N_("{key}: words that mean paid or failed stand in full, without * ? [")
            )
        results += [(word, outcome) for word in words]
        inner.close()
    return tuple(results)
