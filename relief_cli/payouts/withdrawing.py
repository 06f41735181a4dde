"""A bank refused a whole file: its payments are taken back, and can be paid by a follow-up."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd

from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, UsageError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.return_schema import FAILED
from relief_cli.ledger.returns import LINES, AnswerFile
from relief_cli.payouts import came_back
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import writing

CODE = "WITHDRAWN"
"""The reason of each payment, see ``banks/data/answers.toml``."""


@dataclass(frozen=True, kw_only=True)
class WithdrawOutcome:
    """What was taken back."""

    batch: str
    state: str
    file: str
    payments: int
    amount_fen: int
    repeated: bool
    """It had been taken back before."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "batch": self.batch,
            "state": self.state,
            "file": self.file,
            "payments": self.payments,
            "failed_fen": self.amount_fen,
            "repeated": self.repeated,
        }


def withdraw(setting: Setting, name: str, given: str, reason: str) -> WithdrawOutcome:
    """Take a file back that the bank refused as a whole: all of its payments have failed.

    The same again has no effect. Nothing is sent; a follow-up pays them again.

    Args:
        setting: the office.
        name: the batch.
        given: the file, by its name or its path.
        reason: what the bank said.

    Raises:
        UsageError: ``batch-unknown``, ``reason-missing``, ``file-unknown``.
        RefusedError: ``file-answered``; the bank has told of some of its payments.
    """
    if not reason.strip():
        raise UsageError(
            "reason-missing",
            N_("A reason is needed."),
            remedy=N_('Say in your words why: --reason "…"'),
        )
    with writing(setting.office) as book:
        batch = book.load(name)
        file = _file(book, name, given)
        payments = _payments(batch, file)
        answer = _answer(file)
        repeated = answer.said in {one.said for one in book.returns.files(name)}
        if not repeated:
            _require_unanswered(book, name, file, payments)
            book.returns.take_in(name, answer, _lines(name, payments, reason))
            book.returns.settle(name)
        state = book.state(name)
        content = came_back.render(setting, book, batch)
    came_back.put(setting, name, content)
    return WithdrawOutcome(
        batch=name,
        state=state,
        file=file.path,
        payments=len(payments),
        amount_fen=int(payments["amount_fen"].sum()),
        repeated=repeated,
    )


def _file(book: WritableBook, name: str, given: str) -> OutputFile:
    """Give the file of the batch that is meant.

    Raises:
        UsageError: ``file-unknown``.
    """
    known = [one for one in book.files(name) if one.kind == "bank"]
    wanted = PurePath(given).name
    for one in known:
        if PurePath(one.path).name == wanted:
            return one
    raise UsageError(
        "file-unknown",
        N_("{batch} has no bank file {given}."),
        remedy=N_("Its bank files: {known}"),
        batch=name,
        given=wanted,
        known=", ".join(one.path for one in known) or "–",
    )


def _payments(batch: Batch, file: OutputFile) -> pd.DataFrame:
    last = file.first_payment + file.payments - 1
    number = batch.payments["payment"]
    return batch.payments[number.between(file.first_payment, last)].reset_index(drop=True)


def _require_unanswered(
    book: WritableBook, name: str, file: OutputFile, payments: pd.DataFrame
) -> None:
    answered = book.returns.standing(name)["payment"].isin(payments["payment"])
    if answered.any():
        raise RefusedError(
            "file-answered",
            N_("The bank has told of {count} payments of {file} already."),
            why=N_(
                "A file that was refused as a whole has paid nobody; what was paid once would be"
                " paid twice."
            ),
            remedy=N_("Take in the rest of the bank's answer: relief settle {batch} FILE"),
            count=int(answered.sum()),
            file=file.path,
            batch=name,
        )


def _answer(file: OutputFile) -> AnswerFile:
    """Give the file in the place of an answer: it says nothing but that it was refused."""
    return AnswerFile(
        name=file.path,
        format=file.format,
        sha256=file.sha256,
        size=file.size,
        bank_on="",
        meanings="",
        said=hashlib.sha256(f"{CODE}\n{file.sha256}".encode()).hexdigest(),
    )


def _lines(name: str, payments: pd.DataFrame, reason: str) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "place": "",
            "payment": payments["payment"],
            "verdict": FAILED,
            "reference": [f"{name}-{payment:06d}" for payment in payments["payment"]],
            "account_number": payments["account_number"],
            "payee_name": payments["payee_name"],
            "amount_fen": payments["amount_fen"],
            "result": CODE,
            "reason": reason,
            "code": CODE,
        }
    )
    return table[list(LINES)].astype(LINES)
