"""ISO 20022 answers as lines: what they say of payments, one by one or all at once."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from relief_cli import money, money_columns
from relief_cli.banks.answer import LINES, UNREAD_FEN, Answer
from relief_cli.banks.matching import part_of
from relief_cli.banks.pain002 import PaymentStatus, StatusReport, Verdict
from relief_cli.banks.results import OPEN
from relief_cli.errors import RefusedError, UnreadableError
from relief_cli.i18n import N_

_CURRENCY = "CNY"


def status_lines(report: StatusReport, sent: pd.DataFrame, batch: str, file: str) -> Answer:
    """Give a line for each payment that the report tells of.

    What the bank does not repeat (account, name, amount) is what was sent under the reference. What
    is said of a message or a part of it holds for its payments that are not listed.

    Args:
        report: the report.
        sent: as :data:`relief_cli.banks.matching.SENT`.
        batch: the batch's name, with which references begin.
        file: the report's name, for errors.

    Raises:
        RefusedError: ``answer-elsewhere``, it answers another message; ``answer-totals``, it
            counts other payments than were sent.
        UnreadableError: ``answer-empty``, it tells of no payment.
    """
    part = part_of(report.message, batch)
    here = sent[sent["part"] == part] if part is not None else sent[:0]
    if here.empty:
        raise RefusedError(
            "answer-elsewhere",
            N_("It answers the message {name}, which is not of {batch}."),
            why=N_("An answer to another batch would settle the wrong payments."),
            remedy=N_("Give it for its own batch, or ask the bank for the report of this one."),
            file=file,
            name=report.message or "–",
            batch=batch,
        )
    _require_totals(report, here, file)
    known = _by_reference(here, batch)
    told = dict(_listed(report))
    statuses = list(told.items())
    statuses += [
        (reference, _unlisted(verdict))
        for verdict in _of_the_rest(report)
        for reference in known
        if reference not in told
    ]
    if not statuses:
        raise _empty(file, report.verdict.status)
    return _answer(statuses, known)


def booking_lines(
    bookings: Sequence[PaymentStatus], sent: pd.DataFrame, batch: str, file: str
) -> Answer:
    """Give a line for each booking of a notification; those of other batches fit nothing.

    Args:
        bookings: as :func:`relief_cli.banks.camt054.read` gives them.
        sent: as :data:`relief_cli.banks.matching.SENT`.
        batch: the batch's name, with which references begin.
        file: the notification's name, for errors.

    Raises:
        UnreadableError: ``answer-empty``, it tells of no payment.
    """
    if not bookings:
        raise _empty(file, "")
    return _answer([(one.reference, one) for one in bookings], _by_reference(sent, batch))


def _empty(file: str, status: str) -> UnreadableError:
    return UnreadableError(
        "answer-empty",
        N_("It tells of no payment, and says of the whole only {status}."),
        remedy=N_("Wait for the bank's next report; nothing was taken in."),
        file=file,
        status=status or "–",
    )


def _by_reference(sent: pd.DataFrame, batch: str) -> "dict[str, pd.Series[Any]]":
    return {f"{batch}-{payment:06d}": row for payment, row in sent.set_index("payment").iterrows()}


def _answer(
    statuses: Sequence[tuple[str, PaymentStatus]], known: "Mapping[str, pd.Series[Any]]"
) -> Answer:
    rows = [
        _line(reference, status, known.get(reference), place)
        for place, (reference, status) in enumerate(statuses, start=1)
    ]
    return Answer(pd.DataFrame(rows, columns=list(LINES)).astype(LINES), notes=0)


def _listed(report: StatusReport) -> Iterator[tuple[str, PaymentStatus]]:
    for part in report.parts:
        for payment in part.payments:
            yield payment.reference, payment


def _of_the_rest(report: StatusReport) -> list[Verdict]:
    """Give what is said of all payments that are not listed, where it decides them."""
    # A file of relief is one part: what is said of it is nearer than what is said of the message.
    nearest = report.parts[0].verdict if len(report.parts) == 1 else report.verdict
    return [nearest] if nearest.outcome != OPEN else []


def _unlisted(verdict: Verdict) -> PaymentStatus:
    return PaymentStatus(
        reference="", verdict=verdict, amount="", currency="", payee_name="", account_number=""
    )


def _line(
    reference: str, status: PaymentStatus, row: "pd.Series[Any] | None", place: int
) -> dict[str, object]:
    verdict = status.verdict
    code = verdict.reason.split()[0] if verdict.reason else ""
    return {
        "place": str(place),
        "serial": "",
        "reference": reference,
        "account_number": status.account_number or ("" if row is None else row["account_number"]),
        "payee_name": status.payee_name or ("" if row is None else row["payee_name"]),
        "amount_fen": _fen(status, row),
        "result": verdict.status,
        "reason": " ".join(filter(None, (verdict.reason, verdict.information))),
        "code": code,
        "outcome": verdict.outcome,
        "known": True,
    }


def _fen(status: PaymentStatus, row: "pd.Series[Any] | None") -> int:
    if not status.amount:
        return UNREAD_FEN if row is None else int(row["amount_fen"])
    fen, sound = _parsed(status.amount)
    return fen if sound and status.currency in {"", _CURRENCY} else UNREAD_FEN


@functools.lru_cache(maxsize=10_000)
def _parsed(amount: str) -> tuple[int, bool]:
    """Give the fen of one amount, and whether it is one; most payments are one of a few."""
    fen, state = money_columns.parse_yuan_column(pd.Series([amount], dtype="str"))
    return int(fen[0]), bool(state[0] == money_columns.AmountState.OK)


def _require_totals(report: StatusReport, here: pd.DataFrame, file: str) -> None:
    """Refuse a report that counts other payments than the message had."""
    count, total = str(len(here)), int(here["amount_fen"].sum())
    stated = [(report.count, report.total), *((one.count, one.total) for one in report.parts)]
    for said_count, said_total in stated:
        fen, state = money_columns.parse_yuan_column(pd.Series([said_total], dtype="str"))
        differs = bool(said_total) and (state[0] != money_columns.AmountState.OK or fen[0] != total)
        if (said_count and said_count != count) or differs:
            raise RefusedError(
                "answer-totals",
                N_("The file says {stated}, its lines give {found}."),
                why=N_("A file that is not whole would leave payments open or settle wrong ones."),
                remedy=N_("Nothing was taken in. Ask the bank for the whole file."),
                file=file,
                stated=f"{said_count} / {said_total}",
                found=f"{count} / {money.format_plain(total)}",
            )
