"""Take in what the bank answered: each payment resolves once, and nothing is lost or sent again."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.banks.results import FAILED, OPEN, PAID
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, ReliefError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.later_answers import Doubt
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.return_schema import CONFIRMED_PAID, LATER, VERDICTS
from relief_cli.ledger.returns import LINES, NOBODY, AnswerFile
from relief_cli.payouts import came_back, confirmation, meanings
from relief_cli.payouts.answering import Answers, Sent, Told, tell
from relief_cli.payouts.confirmation import states
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import writing
from relief_cli.payouts.standing import as_object
from relief_cli.payouts.whose_answer import require_own
from relief_cli.roster.masks import mask_account

_KNOWN = {"payment": "int64", "outcome": "str", "reversed": "bool", "later": "str"}
"""What lines are judged by: the columns of :data:`relief_cli.ledger.returns.STANDING`."""


_LONG_NUMBER = re.compile(r"[0-9]{6,}[Xx]?")
"""Part of a number that may be somebody's, among a bank's words."""


_MOST_ASIDE = 100
"""Lines kept aside that an answer to the screen holds of each file."""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A result that no list knows, or that its reason denies."""

    file: str
    format: str
    result: str
    """The bank's word; long numbers in it are masked, as in ``reason``."""
    reason: str
    lines: int
    first: str
    """The place of the first of these lines."""
    asked: bool
    """The office may say what it means; False where a list knows it, and its reason denies it."""


@dataclass(frozen=True, kw_only=True)
class SettleOutcome:
    """What an answer said, and where the batch stands now."""

    batch: str
    state: str
    verdicts: dict[str, int]
    """Lines of the files given by verdict; each verdict is there."""
    unknown: tuple[Unknown, ...]
    """Results that no list knows; their lines count as open."""
    notes: int
    """Lines that tell of no payment, such as titles."""
    taken: tuple[tuple[AnswerFile, bool], ...]
    """Each file, and whether it had been taken in before."""
    fen: dict[str, int]
    """``paid``, ``failed`` and ``open``: the batch's whole amount."""
    failures: dict[str, int]
    """Code of the bank (empty: none) → payments that have failed."""
    aside: tuple[tuple[str, str, str, int, str], ...]
    """File, place, account (masked), fen and verdict of the first lines that change nothing."""
    contradicted: tuple[Doubt, ...] = ()
    """Payments of the batch that failed and are said to be paid: the bank has to confirm one or the
    other."""
    twice: tuple[Doubt, ...] = ()
    """Those, and what arrived after all, that went out again and may be paid twice."""
    report: Path | None = None
    """The workbook of failures and of lines kept aside; ``None`` where there is neither."""
    refused: tuple[ReliefError, ...] = ()
    """Files that were not taken in, beside those that were."""

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
                "paid": v["paid"] + v["confirmed-paid"],
                "failed": v["failed"] + v["reversed"] + v["confirmed-failed"],
                "open": v["open"] + v["contradicts"],
                "unmatched": v["unmatched"] + v["ambiguous"],
                "repeated": v["repeated"],
                "refused": v["differs"],
            },
            "verdicts": v,
            "unknown_results": sum(one.lines for one in self.unknown),
            "unknown": [asdict(one) for one in self.unknown],
            "paid_fen": self.fen[PAID],
            "failed_fen": self.fen[FAILED],
            "open_fen": self.fen[OPEN],
            "failures": self.failures,
            "contradicted": [as_object(one) for one in self.contradicted],
            "paid_twice": [as_object(one) for one in self.twice],
            "files": [
                {"name": one.name, "format": one.format, "sha256": one.sha256, "repeated": before}
                for one, before in self.taken
            ],
            "report": str(self.report) if self.report else None,
        }


def settle(
    setting: Setting,
    name: str,
    answers: Answers,
    advance: Callable[[str], None] = lambda _step: None,
) -> SettleOutcome:
    """Take in the bank's answer to the batch called ``name``, each file for itself.

    The same answer again has no effect. Of a file, each line is kept with its verdict. A file that
    cannot be taken in keeps no other from it.

    Args:
        setting: the office.
        name: the batch.
        answers: the files of the answer.
        advance: told of every file.

    Raises:
        UsageError: ``batch-unknown``; ``meaning-not-asked``; ``confirmation-empty``; and as
            :func:`relief_cli.payouts.answering.tell`.
        UnreadableError: no file can be taken in; of the first, the others are in its ``also``.
        RefusedError: ``not-sent``; or, where no file is taken in, ``answer-totals`` or as
            :func:`relief_cli.payouts.whose_answer.require_own`.
    """
    confirmation.require_words(answers.confirmed)
    meant = meanings.with_words(setting, answers.meanings)
    ledger = Ledger.open(setting.office.ledger_place)
    with ledger.reading() as book:
        sent = _sent(book, name)
    told: list[Told] = []
    refused: list[ReliefError] = []
    for one in tell(meant, sent, answers, refused):
        told.append(one)
        advance(one.file.name)
    _require_any(told, refused)
    meanings.require_asked(answers.meanings, [one.answer for one in told])
    with writing(setting.office) as book:
        judged = _take_in_all(book, sent, told, refused)
        _require_any(judged, refused)
        outcome = _outcome(book, sent.batch, judged)
        content = came_back.render(setting, book, sent.batch)
    advance("record")
    # Put in place after what it tells of is recorded; the same answer again puts it there too.
    meanings.remember(setting.office, [one.told.file for one in judged])
    report = came_back.put(setting, name, content)
    return replace(outcome, report=report, refused=tuple(refused))


def _require_any(taken: Sequence[object], refused: Sequence[ReliefError]) -> None:
    if not taken:
        refused[0].also = tuple(refused[1:])
        raise refused[0]


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


def _take_in_all(
    book: WritableBook, sent: Sent, told: Sequence[Told], refused: list[ReliefError]
) -> list[_Judged]:
    """Judge the files one after the other by what is known at that moment, and record them."""
    batch = sent.batch.name
    standing = book.returns.standing(batch)[list(_KNOWN)]
    before = {one.said for one in book.returns.files(batch)}
    judged = []
    for one in told:
        if one.file.said in before:
            told_before = np.full(len(one.answer.lines), "repeated", object)
            judged.append(_Judged(one, told_before, before=True))
            continue
        try:
            require_own(book, sent, one)
        except RefusedError as error:
            refused.append(error)
            continue
        before.add(one.file.said)
        verdict = judge(one, sent.payments, standing)
        payment = pd.Series(one.matched.payment).where(verdict != "ambiguous", NOBODY)
        lines = one.answer.lines.assign(payment=payment, verdict=verdict)
        book.returns.take_in(batch, one.file, lines[list(LINES)].astype(LINES))
        standing = _standing_after(standing, lines)
        judged.append(_Judged(one, verdict, before=False))
    if not all(one.before for one in judged):
        book.returns.settle(batch)
    return judged


def _standing_after(standing: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Give what is known once ``lines`` are taken in; as :data:`_KNOWN`."""
    verdict = lines["verdict"]
    new = lines.loc[verdict.isin((PAID, FAILED)), ["payment", "verdict"]]
    new = new.rename(columns={"verdict": "outcome"}).assign(reversed=False)
    back = standing["payment"].isin(lines.loc[verdict == "reversed", "payment"])
    known = standing.assign(reversed=standing["reversed"] | back)
    later = lines[verdict.isin(LATER)].drop_duplicates("payment", keep="last")
    words = dict(zip(later["payment"], later["verdict"], strict=True))
    failed = known["reversed"] | (known["outcome"] == FAILED)
    said = known["payment"].map(words).astype("str").where(failed)
    known = known.assign(later=said.fillna(known["later"]))
    new = new.assign(later=pd.Series(None, index=new.index, dtype="str"))
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
    before = lines["payment"].map(pd.Series(states(standing), index=standing["payment"]))
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
        *confirmation.choices(before, outcome, confirmed=bool(told.file.confirmed)),
        ((before == PAID) & (outcome == FAILED), "reversed"),
    ]
    verdict = np.select(
        [mask.to_numpy(np.bool_) for mask, _ in choices],
        [word for _, word in choices],
        default="repeated",
    ).astype(object)
    return np.where(verdict == "", outcome.to_numpy(object), verdict)


def _outcome(book: Book, batch: Batch, judged: Sequence[_Judged]) -> SettleOutcome:
    standing = book.returns.standing(batch.name)
    doubts = [one for one in book.returns.doubts() if one.batch == batch.name]
    counted = pd.Series(np.concatenate([one.verdict for one in judged])).value_counts()
    return SettleOutcome(
        batch=batch.name,
        state=book.state(batch.name),
        verdicts={verdict: int(counted.get(verdict, 0)) for verdict in VERDICTS},
        unknown=tuple(word for one in judged for word in _unknown(one.told)),
        notes=sum(one.told.answer.notes for one in judged),
        taken=tuple((one.told.file, one.before) for one in judged),
        fen=amounts_fen(batch, standing),
        failures=_by_code(standing),
        aside=tuple(line for one in judged for line in _aside(one)),
        contradicted=tuple(one for one in doubts if one.is_open),
        twice=tuple(one for one in doubts if one.twice),
    )


def _unknown(told: Told) -> list[Unknown]:
    lines = told.answer.lines
    rows = lines[~lines["known"]]
    return [
        Unknown(
            file=told.file.name,
            format=told.file.format,
            result=_LONG_NUMBER.sub("****", str(result)),
            reason=_LONG_NUMBER.sub("****", str(reason)),
            lines=len(found),
            first=str(found["place"].iloc[0]),
            asked=result in told.no_meaning,
        )
        for (result, reason), found in rows.groupby(["result", "reason"], sort=False)
    ]


def amounts_fen(batch: Batch, standing: pd.DataFrame) -> dict[str, int]:
    """Give how much of the batch is paid, has failed, and is open, in fen."""
    amounts = batch.payments.set_index("payment")["amount_fen"]
    state = pd.Series(states(standing), index=standing["payment"])
    fen = {
        PAID: int(amounts[state.index[state.isin((PAID, CONFIRMED_PAID))]].sum()),
        FAILED: int(amounts[state.index[state == FAILED]].sum()),
    }
    return {**fen, OPEN: batch.amount_fen - sum(fen.values())}


def _by_code(standing: pd.DataFrame) -> dict[str, int]:
    failed = standing[states(standing) == FAILED]
    return {str(code): int(count) for code, count in failed.groupby("code").size().items()}


def _aside(judged: _Judged) -> list[tuple[str, str, str, int, str]]:
    lines = judged.told.answer.lines.assign(verdict=judged.verdict)
    lines = lines[lines["verdict"].isin(came_back.ASIDE)].head(_MOST_ASIDE)
    columns = (lines[name] for name in ("place", "account_number", "amount_fen", "verdict"))
    return [
        (judged.told.file.name, place, mask_account(account), fen, verdict)
        for place, account, fen, verdict in zip(*columns, strict=True)
    ]
