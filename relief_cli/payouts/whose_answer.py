"""Whether an answer is this batch's: the same people get the same amounts each month."""

import datetime as dt

import pandas as pd

from relief_cli.banks.matching import compared, part_of
from relief_cli.calendar import day_here
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.returns import AnswerFile
from relief_cli.payouts.answering import Sent, Told
from relief_cli.payouts.states import EXPORTED, SENT

_OTHERS = 24
"""So many batches, the newest, are asked whether an answer is rather theirs."""
_FACTS = ["account_number", "payee_name", "amount_fen"]
_WHY = N_("The same people get the same amounts each month: a wrong file would settle them.")


def require_own(book: Book, sent: Sent, told: Told) -> None:
    """Refuse an answer that is older than the batch, or another batch's.

    A file whose name holds the batch's name is the batch's; its date counts all the same.

    Raises:
        RefusedError: ``answer-before``, the bank's date is before the batch went out;
            ``answer-named``, its name is another batch's; ``answer-elsewhere``, these lines were
            taken in for another batch; ``answer-fits``, its accounts, names and amounts fit another
            batch better; ``answer-either``, they fit an earlier one as well that has no answer yet.
    """
    batch, file = sent.batch.name, told.file
    _require_later(book, sent, file)
    if part_of(file.name, batch) is not None:
        return
    # A date that the clerk gives makes no other answer of lines that have a date of their own.
    known = [one for said in (file.said, *told.said) for one in book.returns.batches_of(said)]
    elsewhere = [one for one in known if one != batch]
    if elsewhere:
        raise _elsewhere(file, batch, elsewhere[-1])
    _require_unnamed(book, sent, file)
    _require_best(book, sent, told)


def _require_later(book: Book, sent: Sent, file: AnswerFile) -> None:
    if not file.bank_on:
        return
    batch = sent.batch
    went_out = min(day_here(book.returns.sent_at(batch.name)), batch.pay_on)
    if dt.date.fromisoformat(file.bank_on) < went_out:
        raise RefusedError(
            "answer-before",
            N_("The bank's date in this file is {day}; {batch} was not out before {went_out}."),
            why=_WHY,
            remedy=N_("Give the answer to {batch}. Where the date is wrong, give it with --on."),
            file=file.name,
            day=file.bank_on,
            batch=batch.name,
            went_out=went_out.isoformat(),
        )


def _require_unnamed(book: Book, sent: Sent, file: AnswerFile) -> None:
    others = [one.name for one in book.batches() if one.state in SENT]
    named = [one for one in others if part_of(file.name, one) is not None]
    if named:
        raise RefusedError(
            "answer-named",
            N_("The name of this file says that it answers {other}, not {batch}."),
            why=_WHY,
            remedy=N_(
                "relief settle {other} takes it in. If it answers {batch} all the same, give it"
                " with a name that holds {batch}."
            ),
            file=file.name,
            batch=sent.batch.name,
            other=named[-1],
        )


def _require_best(book: Book, sent: Sent, told: Told) -> None:
    """Ask other batches where not every line fits this one, or nothing says when it was.

    An answer without a date is rather that of a batch which went out before, and still waits.
    """
    lines = told.answer.lines[~told.matched.named]
    lines = lines.assign(payee_name=compared(lines["payee_name"]))
    wanted = pd.MultiIndex.from_frame(lines[_FACTS])
    here = int(wanted.isin(_facts(sent.payments)).sum())
    whole = here == len(lines)
    if not len(lines) or (whole and told.file.bank_on):
        return
    states = {one.name: one.state for one in book.batches()}
    before = [*states][: [*states].index(sent.batch.name)]
    waiting = [one for one in before if states[one] == EXPORTED]
    for other, paid in book.returns.others_sent(sent.batch.name, _OTHERS):
        fits = int(wanted.isin(_facts(paid)).sum())
        if whole and fits == here and other in waiting:
            raise _either(told.file, sent.batch.name, other)
        if fits > here:
            raise RefusedError(
                "answer-fits",
                N_("The lines of this file fit {other} better than {batch}."),
                why=_WHY,
                remedy=N_(
                    "relief settle {other} takes it in, if it is that batch's. If it answers"
                    " {batch} all the same, give it with a name that holds {batch}."
                ),
                file=told.file.name,
                batch=sent.batch.name,
                other=other,
            )


def _facts(paid: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(paid.assign(payee_name=compared(paid["payee_name"]))[_FACTS])


def _either(file: AnswerFile, batch: str, other: str) -> RefusedError:
    return RefusedError(
        "answer-either",
        N_("The lines of this file fit {batch} and {other} alike, and it has no date."),
        why=_WHY,
        remedy=N_("Give the bank's date with --on, or the file with a name that holds {batch}."),
        file=file.name,
        batch=batch,
        other=other,
    )


def _elsewhere(file: AnswerFile, batch: str, other: str) -> RefusedError:
    return RefusedError(
        "answer-elsewhere",
        N_("What this file says was taken in as the answer to {other}."),
        why=_WHY,
        remedy=N_(
            "Give the right file. If it answers {batch} all the same, give the bank's date with"
            " --on, or the file with a name that holds {batch}."
        ),
        file=file.name,
        batch=batch,
        other=other,
    )
