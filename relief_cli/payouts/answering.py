"""Files of a bank's answer: which format each has, and which payment each line tells of."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from relief_cli.banks.answer import Answer
from relief_cli.banks.answer_file import AnswerJob, AnswerRead, read_all
from relief_cli.banks.matching import SENT, Matched, SentIndex, compared, match, part_of
from relief_cli.banks.template import Template
from relief_cli.batch import Batch
from relief_cli.errors import ReliefError, UsageError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger.returns import AnswerFile
from relief_cli.payouts.setting import Setting
from relief_cli.roster.gather import reading_options
from relief_cli.shown import file_name

_OTHER_KIND = ("F001", "F011")
"""Codes of files that are of another kind than the format: the next format may be theirs."""
_ANY = ("generic-csv",)
"""Formats of answers that tell by their titles what they hold, tried when the batch's own fail."""


_SAID = ("reference", "account_number", "payee_name", "amount_fen", "result", "reason", "outcome")
"""What makes two lines say the same."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The files that a clerk gives as the bank's answer."""

    paths: Sequence[Path]
    """Workbooks among them are read side by side."""
    bank_format: str | None = None
    """Their format; where ``None`` that of the formats the batch went out in, or any list with
    titles, under which the most lines tell of a payment."""
    on: dt.date | None = None
    """The bank's date, which counts before one that stands in the files."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """What words mean that no list knows: word → outcome."""
    confirmed: str | None = None
    """By which word of the bank the clerk takes what the files say for confirmed: number and date
    of its letter, or with whom it was settled; None for ordinary answers."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One file of an answer, read and matched."""

    file: AnswerFile
    answer: Answer
    matched: Matched
    no_meaning: frozenset[str]
    """Results that neither a list nor the office knows."""
    said: tuple[str, ...]
    """``file.said`` as if nobody had confirmed it; and with the date that stands in the file, if
    one does."""


@dataclass(frozen=True)
class Sent:
    """What went out of a batch."""

    batch: Batch
    payments: pd.DataFrame
    """As :data:`relief_cli.banks.matching.SENT`."""
    parts: frozenset[str]
    formats: tuple[str, ...]

    @cached_property
    def index(self) -> SentIndex:
        """The payments by account."""
        return SentIndex(self.payments)

    @classmethod
    def of(cls, batch: Batch, files: Sequence[OutputFile]) -> "Sent":
        """Bring the payments of ``batch`` together with the files that they went out in."""
        bank = [file for file in files if file.kind == "bank"]
        rows = []
        parts = frozenset(_part(file, batch) for file in bank)
        for file in bank:
            stop = file.first_payment + file.payments
            chosen = batch.payments["payment"].between(file.first_payment, stop - 1)
            serial = (batch.payments.loc[chosen, "payment"] - file.first_payment + 1).astype("str")
            names = compared(batch.payments.loc[chosen, "payee_name"])
            told = batch.payments[chosen].assign(part=_part(file, batch), serial=serial, name=names)
            rows.append(told[list(SENT)])
        return cls(
            batch,
            pd.concat(rows, ignore_index=True).astype(SENT),
            parts,
            tuple(dict.fromkeys(file.format for file in bank)),
        )


def _part(file: OutputFile, batch: Batch) -> str:
    return part_of(Path(file.path).name, batch.name) or ""


def tell(
    setting: Setting, sent: Sent, answers: Answers, refused: list[ReliefError]
) -> Iterator[Told]:
    """Read the files of an answer, and find the payment of each line.

    Args:
        setting: the office, with its bank formats.
        sent: what went out.
        answers: the files.
        refused: gets the errors of files that cannot be taken in: UnreadableError F001, F002,
            F006, F011 or ``answer-…``, it is no answer in the format; RefusedError
            ``answer-totals``.

    Raises:
        UsageError: ``bank-format-unknown``, ``bank-format-silent``.
    """
    limits = reading_options(setting.office).limits
    candidates = _candidates(setting, sent, answers.bank_format)
    formats = tuple((one.name, one.answer) for one in candidates if one.answer)
    jobs = [
        AnswerJob(
            path=path, limits=limits, formats=formats, payments=sent.payments, batch=sent.batch.name
        )
        for path in answers.paths
    ]
    for path, read in zip(answers.paths, read_all(jobs), strict=True):
        try:
            if isinstance(read, ReliefError):
                raise read
            told = _tell(candidates, sent, path, read, answers)
        except ReliefError as error:
            refused.append(error)
            continue
        yield told


def _tell(
    candidates: Sequence[Template], sent: Sent, path: Path, read: AnswerRead, asked: Answers
) -> Told:
    named = part_of(path.name, sent.batch.name)
    part = named if named in sent.parts else None
    best: tuple[int, Template, Answer] | None = None
    refused: list[ReliefError] = []
    for template, answer in zip(candidates, read.answers, strict=True):
        if isinstance(answer, ReliefError):
            if answer.code not in _OTHER_KIND and not answer.code.startswith("answer-"):
                raise answer
            refused.append(answer)
            continue
        found = sum(account in sent.index for account in answer.lines["account_number"])
        if best is None or found > best[0]:
            best = found, template, answer
    if best is None:
        # A file that contradicts itself was at least understood.
        raise next((one for one in refused if one.code == "answer-totals"), refused[0])
    _, template, answer = best
    matched = match(answer.lines, sent.index, sent.batch.name, part)
    half = template.answer
    results = answer.lines["result"].unique() if half else ()
    days = [asked.on or answer.on, *([answer.on] if answer.on else [])]
    return Told(
        file=_described(read, path, template, answer, asked),
        answer=answer,
        matched=matched,
        said=tuple(_said(answer.lines, day.isoformat() if day else "") for day in days),
        no_meaning=frozenset(one for one in results if half and half.meaning(one) is None),
    )


def _candidates(setting: Setting, sent: Sent, bank_format: str | None) -> list[Template]:
    names = [bank_format] if bank_format else [*sent.formats, *_ANY]
    unknown = [name for name in names if name not in setting.templates]
    if unknown:
        raise UsageError(
            "bank-format-unknown",
            N_("There is no bank format {format}"),
            remedy=N_("`relief banks list` shows the formats"),
            format=unknown[0],
        )
    found: dict[int, Template] = {}
    for name in names:
        template = setting.templates[name]
        if template.answer is not None:
            found.setdefault(id(template.answer), template)
    if not found:
        raise UsageError(
            "bank-format-silent",
            N_("How banks answer in the format {format} is not known."),
            remedy=N_("Add [return] to its template, or give a list with titles: --format {any}"),
            format=names[0],
            any=_ANY[0],
        )
    return list(found.values())


def _described(
    read: AnswerRead, path: Path, template: Template, answer: Answer, asked: Answers
) -> AnswerFile:
    day = asked.on or answer.on
    bank_on = day.isoformat() if day else ""
    own = template.answer.own_words(answer.lines["result"]) if template.answer else {}
    confirmed = (asked.confirmed or "").strip()
    return AnswerFile(
        name=file_name(path),
        format=template.name,
        sha256=read.sha256,
        size=read.size,
        bank_on=bank_on,
        meanings="\n".join(f"{word}={outcome}" for word, outcome in own.items()),
        said=_said(answer.lines, bank_on, confirmed),
        confirmed=confirmed,
    )


def _said(lines: pd.DataFrame, bank_on: str, confirmed: str = "") -> str:
    """Give the digest of what lines say and mean, in whatever order and format they stand."""
    head = [bank_on, confirmed] if confirmed else [bank_on]
    columns = (lines[name].astype(str).tolist() for name in _SAID)
    rows = sorted("\x1f".join(row) for row in zip(*columns, strict=True))
    return hashlib.sha256("\n".join([*head, *rows]).encode()).hexdigest()
