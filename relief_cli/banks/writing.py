"""Planned files made, read back, compared with what was asked, and put on the disk."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from relief_cli.banks.context import BankContext, values_of
from relief_cli.banks.planning import PlannedFile, file_values, locate
from relief_cli.banks.rendering import Renderer
from relief_cli.banks.rereading import BankFileFaultError, fen_of, read_fields
from relief_cli.banks.template import Template
from relief_cli.files import OutputFile, make_private_folder, write_new


@dataclass(frozen=True)
class Job:
    """Planned files that are to be made, with all that their bytes depend on."""

    planned: Sequence[PlannedFile]
    """What :func:`relief_cli.banks.planning.plan_files` gave for the same arguments."""
    payments: pd.DataFrame
    """The batch's payments, as planned."""
    templates: Mapping[str, Template]
    """The formats, by name."""
    context: BankContext
    """The batch and the office."""

    @cached_property
    def renderers(self) -> Mapping[str, Renderer]:
        """What makes the files of each format."""
        return {name: Renderer(template) for name, template in self.templates.items()}

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Where each payment will stand, see :func:`relief_cli.banks.planning.locate`."""
        return locate(self.planned)


def render_job(job: Job, start: int, stop: int) -> list[bytes]:
    """Make the bytes of a job's files ``start`` to ``stop`` − 1, and read each back.

    Nothing is written: this may run in a process of its own.

    Raises:
        BankFileFaultError: a file does not hold the accounts, names and amounts asked for.
    """
    planned = job.planned[start:stop]
    if not planned:
        return []
    contents = []
    # Files stand in the order of their payments, so those of one format are next to each other.
    for name, of_format in groupby(planned, key=lambda file: file.format):
        files = list(of_format)
        renderer, facts = job.renderers[name], values_of(job.templates[name], job.context)
        together = renderer.sources(_payments(job, files), facts)
        for file in files:
            before = file.first_payment - files[0].first_payment
            rows = {key: column.slice(before, file.payments) for key, column in together.items()}
            values = facts | file_values(file, job.templates[name])
            contents.append(renderer.render(rows, values))
    _verify(planned, contents, _payments(job, planned), job.templates)
    return contents


def _payments(job: Job, files: Sequence[PlannedFile]) -> pd.DataFrame:
    """Give the payments of files that follow each other."""
    before = int(job.payments["payment"].iloc[0])
    return job.payments.iloc[files[0].first_payment - before : files[-1].last_payment - before + 1]


def require_all_in_files(job: Job) -> None:
    """See that the files of a job have each of its payments once.

    Raises:
        BankFileFaultError: they have not.
    """
    numbers = [np.arange(file.first_payment, file.last_payment + 1) for file in job.planned]
    in_files = np.concatenate([np.zeros(0, dtype=np.int64), *numbers])
    if not np.array_equal(in_files, job.payments["payment"]):
        message = f"{len(in_files)} of {len(job.payments)} payments are in bank files, or not once"
        raise BankFileFaultError(message)


def write(
    planned: Sequence[PlannedFile], contents: Sequence[bytes], folder: Path
) -> list[OutputFile]:
    """Write rendered files into a batch's folder, and verify the bytes written.

    Files are private (0600, folders 0700); who publishes the folder forces them to the disk.

    Args:
        planned: the files.
        contents: what :func:`render_job` gave for them.
        folder: the batch's folder, which is there and which nobody reads yet.

    Returns:
        The files, in order; paths are relative to ``folder``.

    Raises:
        BankFileFaultError: the disk gives other bytes than were written.
        UsageError: ``write-failed``; the disk or its rights forbid it.
    """
    written = []
    for file, content in zip(planned, contents, strict=True):
        path = folder / file.path
        for parent in reversed(path.relative_to(folder).parents[:-1]):
            make_private_folder(folder / parent)
        write_new(path, content)
        if path.read_bytes() != content:
            raise BankFileFaultError(f"{file.path}: the disk holds other bytes than were written")
        written.append(output_file(file, content))
    return written


def output_file(planned: PlannedFile, content: bytes) -> OutputFile:
    """Tell of a file whose bytes are ``content``."""
    return OutputFile(
        path=planned.path,
        kind="bank",
        format=planned.format,
        payments=planned.payments,
        amount_fen=planned.amount_fen,
        first_payment=planned.first_payment,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def _verify(
    planned: Sequence[PlannedFile],
    contents: Sequence[bytes],
    payments: pd.DataFrame,
    templates: Mapping[str, Template],
) -> None:
    """Compare what the bytes say with what was asked: every payment of every file."""
    start = 0
    accounts, names = (
        payments[name].to_numpy(object).tolist() for name in ("account_number", "payee_name")
    )
    amounts_fen = payments["amount_fen"].to_numpy()
    held = zip(planned, contents, strict=True)
    # Amounts are parsed a format at a time: one by one, small files would cost more than large.
    for name, files in groupby(held, key=lambda pair: pair[0].format):
        written: list[str] = []
        for file, content in files:
            fields = read_fields(content, templates[name], file.path)
            stop = start + file.payments
            if fields.accounts != accounts[start:stop] or fields.names != names[start:stop]:
                raise BankFileFaultError(f"{file.path}: accounts or names differ from the batch")
            written += fields.amounts
            start = stop
        asked = amounts_fen[start - len(written) : start]
        if not np.array_equal(fen_of(written, templates[name], name), asked):
            raise BankFileFaultError(f"{name}: amounts differ from the batch")
