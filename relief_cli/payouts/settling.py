"""Take in what the bank answered: each payment resolves once, and nothing is lost or sent again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.banks.matching import part_of
from relief_cli.banks.results import FAILED, OPEN, PAID
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.return_schema import VERDICTS
from relief_cli.ledger.returns import LINES, NOBODY, AnswerFile
from relief_cli.payouts import came_back
from relief_cli.payouts.answering import Sent, Told, tell
from relief_cli.payouts.setting import Setting
from relief_cli.roster.masks import mask_account

_KNOWN = {"payment": "int64", "outcome": "str", "reversed": "bool"}
"""What lines are judged by: the columns of :data:`relief_cli.ledger.returns.STANDING`."""


@dataclass(frozen=True, kw_only=True)
class SettleOutcome:
    """What an answer said, and where the batch stands now."""

    batch: str
    state: str
    verdicts: dict[str, int]
    """Lines of the files given by verdict; each verdict is there."""
    unknown: int
    """Lines whose result the format does not know; they count as open."""
    notes: int
    """Lines that tell of no payment, such as titles."""
    taken: tuple[tuple[AnswerFile, bool], ...]
    """Each file, and whether it had been taken in before."""
    fen: dict[str, int]
    """``paid``, ``failed`` and ``open``: the batch's whole amount."""
    failures: dict[str, int]
    """Code of the bank (empty: none) → payments that have failed."""
    aside: tuple[tuple[str, str, str, int, str], ...]
    """File, place, account (masked), fen and verdict of each line that changes nothing."""
    report: Path | None = None
    """The workbook of failures and of lines kept aside; ``None`` where there is neither."""

    @property
    def kept_aside(self) -> int:
        """Give how many lines were kept and change nothing, repeated ones apart."""
        return sum(self.verdicts[one] for one in came_back.ASIDE)

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        v = self.verdicts
        return {
            "batch": self.batch,
            "state": self.state,
            "lines": {
                "read": sum(v.values()),
                "paid": v["paid"],
                "failed": v["failed"] + v["reversed"],
                "open": v["open"],
                "unmatched": v["unmatched"] + v["ambiguous"],
                "repeated": v["repeated"],
                "refused": v["differs"] + v["contradicts"],
            },
            "verdicts": v,
            "unknown_results": self.unknown,
            "paid_fen": self.fen[PAID],
            "failed_fen": self.fen[FAILED],
            "open_fen": self.fen[OPEN],
            "failures": self.failures,
            "files": [
                {"name": one.name, "format": one.format, "sha256": one.sha256, "repeated": before}
                for one, before in self.taken
            ],
            "report": str(self.report) if self.report else None,
        }


def settle(
    setting: Setting,
    name: str,
    paths: Sequence[Path],
    bank_format: str | None = None,
    advance: Callable[[str], None] = lambda _step: None,
) -> SettleOutcome:
    """Take in the bank's answer to the batch called ``name``: all files, or none of them.

    The same file again has no effect. Of a file, each line is kept with its verdict.

    Args:
        setting: the office.
        name: the batch.
        paths: the files of the answer.
        bank_format: see :func:`relief_cli.payouts.answering.tell`.
        advance: told of every file.

    Raises:
        UsageError: ``batch-unknown``; and as :func:`relief_cli.payouts.answering.tell`.
        UnreadableError: a file cannot be taken in; nothing was.
        RefusedError: ``not-sent``; ``answer-totals``; ``answer-elsewhere``, a file was taken in
            for another batch.
    """
    ledger = Ledger.open(setting.office.ledger_place)
    with ledger.reading() as book:
        sent = _sent(book, name)
    told = []
    for one in tell(setting, sent, paths, bank_format):
        told.append(one)
        advance(one.file.name)
    with ledger.writing() as book:
        judged = _take_in_all(book, sent, told)
        outcome = _outcome(book.state(name), sent.batch, judged, book.returns.standing(name))
        content = came_back.render(setting, book, sent.batch)
    advance("record")
    # Put in place after what it tells of is recorded; the same answer again puts it there too.
    return replace(outcome, report=came_back.put(setting, name, content))


def _sent(book: Book, name: str) -> Sent:
    batch, known = book.load(name), book.files(name)
    if not known:
        raise RefusedError(
            "not-sent",
            N_("{batch} has not gone out; a bank cannot have answered it."),
            why=N_("An answer to another batch would settle the wrong payments."),
            remedy=N_("Look which batch the file answers; `relief export {batch}` sends this one."),
            batch=name,
        )
    return Sent.of(batch, known)


@dataclass(frozen=True)
class _Judged:
    """One file with the verdict on each line."""

    told: Told
    verdict: NDArray[np.object_]
    before: bool
    """It had been taken in already."""


def _take_in_all(book: WritableBook, sent: Sent, told: Sequence[Told]) -> list[_Judged]:
    """Judge the files one after the other by what is known at that moment, and record them."""
    batch = sent.batch.name
    standing = book.returns.standing(batch)[list(_KNOWN)]
    before = {one.sha256 for one in book.returns.files(batch)}
    judged = []
    for one in told:
        if one.file.sha256 in before:
            told_before = np.full(len(one.answer.lines), "repeated", object)
            judged.append(_Judged(one, told_before, before=True))
            continue
        before.add(one.file.sha256)
        _require_own(book, batch, one.file)
        verdict = judge(one, sent.payments, standing)
        payment = pd.Series(one.matched.payment).where(verdict != "ambiguous", NOBODY)
        lines = one.answer.lines.assign(payment=payment, verdict=verdict)
        book.returns.take_in(batch, one.file, lines[list(LINES)].astype(LINES))
        standing = _standing_after(standing, lines)
        judged.append(_Judged(one, verdict, before=False))
    if not all(one.before for one in judged):
        book.returns.settle(batch)
    return judged


def _require_own(book: WritableBook, batch: str, file: AnswerFile) -> None:
    """Refuse a file that was another batch's answer, and whose name does not say otherwise."""
    elsewhere = [one for one in book.returns.batches_of(file.sha256) if one != batch]
    if elsewhere and part_of(file.name, batch) is None:
        raise _elsewhere(file, batch, elsewhere[-1])


def _standing_after(standing: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Give what is known once ``lines`` are taken in; as :data:`_KNOWN`."""
    verdict = lines["verdict"]
    new = lines.loc[verdict.isin((PAID, FAILED)), ["payment", "verdict"]]
    new = new.rename(columns={"verdict": "outcome"}).assign(reversed=False)
    back = standing["payment"].isin(lines.loc[verdict == "reversed", "payment"])
    known = standing.assign(reversed=standing["reversed"] | back)
    return pd.concat([known, new], ignore_index=True).astype(_KNOWN)


def judge(told: Told, sent: pd.DataFrame, standing: pd.DataFrame) -> NDArray[np.object_]:
    """Give what each line changes; see :data:`relief_cli.ledger.return_schema.VERDICTS`.

    Args:
        told: the lines, and the payment of each.
        sent: as :data:`relief_cli.banks.matching.SENT`.
        standing: as :data:`_KNOWN`: what was known before.
    """
    lines = told.answer.lines[["amount_fen", "outcome"]].assign(payment=told.matched.payment)
    outcome = lines["outcome"]
    matched = lines["payment"] != NOBODY
    asked = lines["payment"].map(sent.set_index("payment")["amount_fen"])
    same = matched & (lines["amount_fen"] == asked)
    failed_before = standing["reversed"] | (standing["outcome"] == FAILED)
    before = lines["payment"].map(
        pd.Series(np.where(failed_before, FAILED, PAID), index=standing["payment"], dtype="str")
    )
    # Within one file: the first line of a payment counts, unless they say different things.
    decisive = same & (outcome != OPEN)
    told_here = lines[decisive].groupby("payment")["outcome"]
    disputed = lines["payment"].map(told_here.nunique()).fillna(0) > 1
    again = lines.assign(decisive=decisive).duplicated(["payment", "decisive"]) & same
    decided_here = (outcome == OPEN) & lines["payment"].isin(lines.loc[decisive, "payment"])
    choices: list[tuple[pd.Series, str]] = [
        (pd.Series(told.matched.ambiguous), "ambiguous"),
        (~matched, "unmatched"),
        (~same, "differs"),
        (disputed, "contradicts"),
        (again | decided_here, "repeated"),
        (before.isna(), ""),
        ((before == FAILED) & (outcome == PAID), "contradicts"),
        ((before == PAID) & (outcome == FAILED), "reversed"),
    ]
    verdict = np.select(
        [mask.to_numpy(np.bool_) for mask, _ in choices],
        [word for _, word in choices],
        default="repeated",
    ).astype(object)
    return np.where(verdict == "", outcome.to_numpy(object), verdict)


def _outcome(
    state: str, batch: Batch, judged: Sequence[_Judged], standing: pd.DataFrame
) -> SettleOutcome:
    counted = pd.Series(np.concatenate([one.verdict for one in judged])).value_counts()
    return SettleOutcome(
        batch=batch.name,
        state=state,
        verdicts={verdict: int(counted.get(verdict, 0)) for verdict in VERDICTS},
        unknown=sum(int((~one.told.answer.lines["known"]).sum()) for one in judged),
        notes=sum(one.told.answer.notes for one in judged),
        taken=tuple((one.told.file, one.before) for one in judged),
        fen=amounts_fen(batch, standing),
        failures=_by_code(standing),
        aside=tuple(line for one in judged for line in _aside(one)),
    )


def amounts_fen(batch: Batch, standing: pd.DataFrame) -> dict[str, int]:
    """Give how much of the batch is paid, has failed, and is open, in fen."""
    amounts = batch.payments.set_index("payment")["amount_fen"]
    answered = standing.set_index("payment")
    failed = answered["reversed"] | (answered["outcome"] == FAILED)
    fen = {
        PAID: int(amounts[answered.index[~failed]].sum()),
        FAILED: int(amounts[answered.index[failed]].sum()),
    }
    return {**fen, OPEN: batch.amount_fen - sum(fen.values())}


def _by_code(standing: pd.DataFrame) -> dict[str, int]:
    failed = standing[standing["reversed"] | (standing["outcome"] == FAILED)]
    return {str(code): int(count) for code, count in failed.groupby("code").size().items()}


def _aside(judged: _Judged) -> list[tuple[str, str, str, int, str]]:
    lines = judged.told.answer.lines.assign(verdict=judged.verdict)
    lines = lines[lines["verdict"].isin(came_back.ASIDE)]
    columns = (lines[name] for name in ("place", "account_number", "amount_fen", "verdict"))
    return [
        (judged.told.file.name, place, mask_account(account), fen, verdict)
        for place, account, fen, verdict in zip(*columns, strict=True)
    ]


def _elsewhere(file: AnswerFile, batch: str, other: str) -> RefusedError:
    return RefusedError(
        "answer-elsewhere",
        N_("This file was taken in as the answer to {other}."),
        why=N_("The same people get the same amounts each month: a wrong file would settle them."),
        remedy=N_(
            "If it answers {batch} all the same, give it with a name that holds {batch}; else give"
            " the right file."
        ),
        file=file.name,
        batch=batch,
        other=other,
    )
