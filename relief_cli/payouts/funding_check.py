"""Is there money for a batch? What is prepared and has not gone out counts as spent."""

from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, WaitingError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.money import format_yuan
from relief_cli.payouts.setting import Setting
from relief_cli.reports.source_figures import by_county, source_figures
from relief_cli.reports.words import SOURCES, word

OFF, WARN, WAIT, REFUSE = "off", "warn", "wait", "refuse"


def shortage(book: Book, setting: Setting, batch: Batch) -> dict[str, int]:
    """Give source → fen that it lacks for a batch; nothing where the office does not ask.

    There is what was received and what people paid back, less what all other batches are due, sent
    or not. What pays failures again takes nothing anew.

    Args:
        book: the ledger, with the batch in it or not.
        setting: the office.
        batch: the batch.
    """
    if setting.office.funding_check == OFF or batch.follows:
        return {}
    own = {
        str(source): int(fen)
        for source, fen in batch.shares.groupby("source", sort=False)["amount_fen"].sum().items()
    }
    figures = source_figures(
        by_county(book.places(), book.shares()), book.funds.receipts(), book.recovered(), ()
    )
    left = {one.source: one.received_fen + one.recovered_fen - one.due_fen for one in figures}
    recorded = any(one.name == batch.name for one in book.batches())
    lacking = {
        source: fen - left.get(source, 0) - (fen if recorded else 0) for source, fen in own.items()
    }
    # What others lack is none of this batch's.
    return {source: min(short, own[source]) for source, short in lacking.items() if short > 0}


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
