"""Money received from funding sources."""

import datetime as dt
import re
from collections.abc import Iterable

from relief_cli.errors import UsageError
from relief_cli.i18n import LANGUAGES, N_, translator
from relief_cli.ledger.funds import Receipt
from relief_cli.money import parse_yuan
from relief_cli.office import Office
from relief_cli.payouts.office_policy import load_policy
from relief_cli.payouts.signed_books import writing
from relief_cli.policy import Policy
from relief_cli.reports.words import SOURCES, word


def receive(
    office: Office,
    source: str,
    amount: str,
    document: str,
    on: dt.date,
    code: str = "",
    mark: str = "",
) -> tuple[Receipt, bool]:
    """Record an appropriation; the same again has no effect.

    Args:
        office: the office.
        source: a funding source's code, or its word in either language.
        amount: yuan; with a minus sign where a wrong entry is put right.
        document: the number of the document that brings the money.
        on: the day on which it arrived.
        code: the function code (功能科目) that it is for, seven digits; empty where there is none.
        mark: of direct money (直达资金), two digits; empty where it is none.

    Returns:
        The appropriation, and whether it is new.

    Raises:
        UsageError: ``source-unknown``, ``amount-malformed``, ``amount-too-precise``,
            ``amount-nothing``, ``document-missing``, ``code-malformed``.
        RefusedError: ``document-differs``.
    """
    giver = source_of(source, sources(load_policy(office)))
    fen = parse_yuan(amount)
    if not fen:
        raise UsageError(
            "amount-nothing",
            N_("The amount must not be 0."),
            remedy=N_("Give yuan, such as 300 or 1234.50."),
        )
    number = " ".join(document.split())
    if not number or not number.isprintable():
        raise UsageError(
            "document-missing",
            N_("The number of the document is needed."),
            why=N_("An appropriation without a document cannot be proved."),
            remedy=N_("Give it: --document NO"),
        )
    _require_digits(code, mark)
    wanted = giver, number, code, mark
    with writing(office) as book:
        new = book.funds.receive(giver, fen, number, on, code, mark)
        found = [
            one
            for one in book.funds.receipts()
            if (one.source, one.document, one.code, one.mark) == wanted
        ]
    return found[0], new


def _require_digits(code: str, mark: str) -> None:
    """Refuse what is no function code, or no mark.

    Raises:
        UsageError: ``code-malformed``.
    """
    if not re.fullmatch("([0-9]{7})?", code) or not re.fullmatch("([0-9]{2})?", mark):
        raise UsageError(
            "code-malformed",
            N_("A function code has seven digits, a mark of direct money two."),
            why=N_("By them the money is shown, and held against what it was paid for."),
            remedy=N_("Such as --code 2081902 --mark 01, as the document has them."),
        )


def sources(policy: Policy) -> list[str]:
    """Give the codes of funding sources: those that are known, then those of the policy alone."""
    return list(dict.fromkeys([*SOURCES, *policy.sources()]))


def source_of(given: str, known: Iterable[str]) -> str:
    """Give the code of a funding source that is given by code or word.

    Raises:
        UsageError: ``source-unknown``.

    >>> source_of("province", ["province", "county"])
    'province'
    >>> source_of("village", ["province", "county"])
    Traceback (most recent call last):
    relief_cli.errors.UsageError: There is no funding source village
    """
    known = list(known)
    for code in known:
        if given in {code, *(word(SOURCES, code, translator(each)) for each in LANGUAGES)}:
            return code
    raise UsageError(
        "source-unknown",
        N_("There is no funding source {source}"),
        remedy=N_("Sources: {known}"),
        source=given,
        known=", ".join(known),
    )
