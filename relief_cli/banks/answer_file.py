"""One file of a bank's answer, read in a process of its own, by every format that may be its own.

What banks send is as large and as broken as what townships send, see
:mod:`relief_cli.roster.sandbox`.
"""

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from relief_cli.banks import camt054, pain002
from relief_cli.banks.answer import Answer, read_table, read_text
from relief_cli.banks.iso20022 import message_of
from relief_cli.banks.return_half import PAIN_002, TABLE, ReturnHalf
from relief_cli.banks.status_lines import booking_lines, status_lines
from relief_cli.errors import ReliefError, UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster import container, lean, sandbox
from relief_cli.roster.child import Allowance
from relief_cli.roster.job import Job
from relief_cli.roster.limits import MIB, Limits
from relief_cli.roster.reader import read_cells
from relief_cli.shown import file_name

_MEMORY_PER_BYTE = 24
"""Memory that reading may take for each byte on the disk: XML takes most."""
_SECONDS_PER_BYTE = 2 / MIB


@dataclass(frozen=True, kw_only=True)
class AnswerJob:
    """A file, and how it is read."""

    path: Path
    limits: Limits
    formats: tuple[tuple[str, ReturnHalf], ...]
    """Name and return half of each format that may be its own."""
    payments: pd.DataFrame
    """What was sent: :data:`relief_cli.banks.matching.SENT`."""
    batch: str


@dataclass(frozen=True, kw_only=True)
class AnswerRead:
    """What one file says."""

    sha256: str
    size: int
    """Bytes."""
    answers: tuple[Answer | ReliefError, ...]
    """By each of the formats: its lines, or why it is no answer in that format."""


def read_all(jobs: Sequence[AnswerJob]) -> Iterator[AnswerRead | ReliefError]:
    """Read files side by side.

    Returns:
        For each file, in their order, what it says by each format; or why it cannot be taken in.
    """
    tasks = (
        lean.Task(read.__module__, read.__name__, pickle.dumps(job, protocol=5)) for job in jobs
    )
    sizes = iter(jobs)
    return sandbox.read_each(lean.carry_out, tasks, lambda _task: _allowance(next(sizes)))


def _allowance(job: AnswerJob) -> Allowance:
    try:
        size = job.path.stat().st_size
    except OSError:  # told by who reads it
        size = 0
    known = Allowance(
        file=file_name(job.path),
        memory_bytes=sandbox.HEADROOM_BYTES + _MEMORY_PER_BYTE * size,
        seconds=sandbox.SECONDS + _SECONDS_PER_BYTE * size,
    )
    return replace(
        known,
        memory_bytes=min(known.memory_bytes, job.limits.memory_bytes),
        seconds=min(known.seconds, job.limits.seconds),
    )


def read(job: AnswerJob) -> AnswerRead:
    """Read one file, in a reading process.

    Raises:
        UnreadableError: F001 or F006; it cannot be opened, or is too large; ``file-changed``.
    """
    given = _Given(job)
    answers = tuple(given.answer(name, half) for name, half in job.formats)
    sha256 = hashlib.sha256(given.content).hexdigest()
    return AnswerRead(sha256=sha256, size=len(given.content), answers=answers)


@dataclass(frozen=True)
class _Given:
    """One file, read once, whatever formats are tried on it: all is told of the same bytes."""

    job: AnswerJob

    @property
    def name(self) -> str:
        return file_name(self.job.path)

    @cached_property
    def container(self) -> container.Container:
        return container.describe(self.job.path, self.content, self.job.limits)

    @cached_property
    def content(self) -> bytes:
        return container.read_whole(self.job.path, self.job.limits)

    def answer(self, name: str, half: ReturnHalf) -> Answer | ReliefError:
        try:
            return self._read(name, half)
        except ReliefError as error:
            return error

    def _read(self, name: str, half: ReturnHalf) -> Answer:
        if half.kind == PAIN_002:
            return self._iso20022()
        if half.kind == TABLE:
            cells = read_cells(Job(container=self.container, limits=self.job.limits))
            return read_table(cells, half, self.name)
        # Looked at first: what is no text, or too large, is refused before it is read.
        if self.container.kind != "csv":
            raise _no_text(self.name, name)
        return read_text(self.content, half, self.name)

    def _iso20022(self) -> Answer:
        batch, payments = self.job.batch, self.job.payments
        try:
            if message_of(self.content).startswith("camt."):
                return booking_lines(camt054.read(self.content), payments, batch, self.name)
            return status_lines(pain002.read(self.content), payments, batch, self.name)
        except UnreadableError as error:
            error.file = self.name
            raise


def _no_text(file: str, bank_format: str) -> ReliefError:
    return UnreadableError(
        "answer-encoding",
        N_("This is a workbook; answers in the format {format} are text."),
        remedy=N_("Give the bank's own file as it came, or say its format: --format."),
        file=file,
        format=bank_format,
    )
