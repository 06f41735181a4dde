"""Is there money for a batch? What is prepared and has not gone out counts as spent."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, WaitingError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.money import format_yuan
from relief_cli.payouts.setting import Setting
from relief_cli.purses import Money, Purse
from relief_cli.reports.words import SOURCES, word

OFF, WARN, WAIT, REFUSE = "off", "warn", "wait", "refuse"


def money(book: Book, without: str = "") -> Money:
    """Give what sources have given, and what is due by them, sent or not.

    Args:
        book: the ledger.
        without: a batch that is left out.
    """
    given: Counter[Purse] = Counter()
    for receipt in book.funds.receipts():
        given[receipt.source, receipt.code] += receipt.amount_fen
    for back in book.recovered():
        given[back.source, back.code] += back.amount_fen
    left_out = book.number(without) if without in book.names() else None
    due: Counter[Purse] = Counter()
    for share in book.shares():
        if share.batch != left_out:
            due[share.source, share.code] += share.amount_fen
    return Money(given, due)


def purses_of(shares: pd.DataFrame) -> Iterator[tuple[str, str, int]]:
    """Give source, code and fen of shares (columns :data:`relief_cli.batch.SHARES`)."""
    columns = (shares[name].tolist() for name in ("source", "code", "amount_fen"))
    yield from zip(*columns, strict=True)


def shortage(book: Book, setting: Setting, batch: Batch) -> dict[str, int]:
    """Give source → fen that it lacks for a batch; nothing where the office does not ask.

    There is what was received and what people paid back, less what all other batches are due. Money
    for a function code is there for that code alone. What pays failures again takes nothing anew.

    Args:
        book: the ledger, with the batch in it or not.
        setting: the office.
        batch: the batch.
    """
    if setting.office.funding_check == OFF or batch.follows:
        return {}
    before = money(book, without=batch.name)
    after = before.with_due(purses_of(batch.shares))
    # What others lack is none of this batch's.
    lacking = {
        str(source): after.lacking(str(source)) - before.lacking(str(source))
        for source in batch.shares["source"].unique()
    }
    return {source: short for source, short in lacking.items() if short > 0}


def require_funds(book: Book, setting: Setting, batch: Batch) -> dict[str, int]:
    """Refuse a batch for which there is not enough, where the office says so; else give what lacks.

    Raises:
        RefusedError: ``funds-short``.
    """
    short = shortage(book, setting, batch)
    if short and setting.office.funding_check == REFUSE:
        raise RefusedError(
            "funds-short",
            N_("The sources have not given enough for this batch; they lack: {short}"),
            why=_WHY,
            remedy=N_("Enter what has arrived: relief receive SOURCE AMOUNT --document NO"),
            short=_told(setting, short),
        )
    return short


def require_funds_to_send(book: Book, setting: Setting, batch: Batch) -> None:
    """Let a batch wait until there is enough for it, where the office says so.

    Raises:
        WaitingError: ``funds-short``.
    """
    if setting.office.funding_check != WAIT:
        return
    short = shortage(book, setting, batch)
    if short:
        raise WaitingError(
            "funds-short",
            N_("{batch} waits for money; its sources lack: {short}"),
            why=_WHY,
            remedy=N_(
                "Enter what has arrived (relief receive SOURCE AMOUNT --document NO), then: relief"
                " export {batch}"
            ),
            batch=batch.name,
            short=_told(setting, short),
        )


_WHY = N_("A bank that finds too little in the account pays some of the people, or nobody.")


def _told(setting: Setting, short: dict[str, int]) -> str:
    return ", ".join(
        f"{word(SOURCES, source, setting.say)} {format_yuan(fen)}" for source, fen in short.items()
    )
