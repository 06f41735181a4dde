"""Files of a bank's answer: which format each has, and which payment each line tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from relief_cli.banks.answer import Answer, read_table, read_text
from relief_cli.banks.matching import SENT, Matched, match, part_of
from relief_cli.banks.return_half import TABLE
from relief_cli.banks.template import Template
from relief_cli.batch import Batch
from relief_cli.errors import ReliefError, UnreadableError, UsageError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger.returns import AnswerFile
from relief_cli.payouts.setting import Setting
from relief_cli.roster import container
from relief_cli.roster.cells import cells
from relief_cli.roster.gather import reading_options
from relief_cli.roster.limits import Limits

_ANY = ("generic-csv",)
"""Formats of answers that tell by their titles what they hold, tried when the batch's own fail."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One file of an answer, read and matched."""

    file: AnswerFile
    answer: Answer
    matched: Matched


@dataclass(frozen=True)
class Sent:
    """What went out of a batch."""

    batch: Batch
    payments: pd.DataFrame
    """As :data:`relief_cli.banks.matching.SENT`."""
    parts: frozenset[str]
    formats: tuple[str, ...]

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
            rows.append(
                batch.payments[chosen].assign(part=_part(file, batch), serial=serial)[list(SENT)]
            )
        return cls(
            batch,
            pd.concat(rows, ignore_index=True).astype(SENT),
            parts,
            tuple(dict.fromkeys(file.format for file in bank)),
        )


def _part(file: OutputFile, batch: Batch) -> str:
    return part_of(Path(file.path).name, batch.name) or ""


def tell(setting: Setting, sent: Sent, path: Path, bank_format: str | None) -> Told:
    """Read one file of an answer, and find the payment of each line.

    Args:
        setting: the office, with its bank formats.
        sent: what went out.
        path: the file.
        bank_format: its format; where ``None`` that of the formats the batch went out in, or any
            list with titles, under which the most lines tell of a payment.

    Raises:
        UsageError: ``bank-format-unknown``, ``bank-format-silent``.
        UnreadableError: F001, F002, F006, F011; or ``answer-…``, it is no answer in the format.
        RefusedError: ``answer-totals``.
    """
    given = _Given(path, reading_options(setting.office).limits)
    named = part_of(path.name, sent.batch.name)
    part = named if named in sent.parts else None
    best: tuple[int, Told] | None = None
    refused: list[ReliefError] = []
    for template in _candidates(setting, sent, bank_format):
        try:
            answer = given.read(template)
        except ReliefError as error:
            if not error.code.startswith("answer-"):
                raise
            refused.append(error)
            continue
        matched = match(answer.lines, sent.payments, sent.batch.name, part)
        found = int((matched.payment > 0).sum())
        if best is None or found > best[0]:
            best = found, Told(file=given.described(template), answer=answer, matched=matched)
    if best is None:
        # A file that contradicts itself was at least understood.
        raise next((one for one in refused if one.code == "answer-totals"), refused[0])
    return best[1]


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


@dataclass(frozen=True)
class _Given:
    """One file, read once, whatever formats are tried on it."""

    path: Path
    limits: Limits

    @cached_property
    def container(self) -> container.Container:
        return container.inspect(self.path, self.limits)

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def cells(self) -> list[tuple[str, list[list[str]]]]:
        return cells(self.path, self.limits)

    def read(self, template: Template) -> Answer:
        half = template.answer
        if half is None:
            raise ValueError("the format has no return half")
        if half.kind == TABLE:
            return read_table(self.cells, half, self.path.name)
        # Looked at first: what is no text, or too large, is refused before it is read.
        if self.container.kind != "csv":
            raise _no_text(self.path.name, template.name)
        return read_text(self.content, half, self.path.name)

    def described(self, template: Template) -> AnswerFile:
        return AnswerFile(
            name=self.path.name,
            format=template.name,
            sha256=self.container.sha256,
            size=self.container.size,
        )


def _no_text(file: str, bank_format: str) -> ReliefError:
    return UnreadableError(
        "answer-encoding",
        N_("This is a workbook; answers in the format {format} are text."),
        remedy=N_("Give the bank's own file as it came, or say its format: --format."),
        file=file,
        format=bank_format,
    )
