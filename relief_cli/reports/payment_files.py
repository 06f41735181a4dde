"""All that has a line for each payment: the bank files and payments.csv.

Apart from the other reports, so that a process of its own can make them: it loads no ledger. They
are made in parts, which two processes can share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from relief_cli.banks.planning import locate
from relief_cli.banks.writing import Job, render_job, require_all_in_files, write
from relief_cli.files import OutputFile, named
from relief_cli.reports.lists import payments_csv
from relief_cli.reports.outputs import save

_PAYMENTS_IN_PART = 5_000
"""So many are rendered at a time: within a twentieth of a second, also as workbooks."""

Part: TypeAlias = "str | tuple[int, int]"
"""The name of the list, or the first and the past-the-last of the planned bank files."""
_LIST = "payments.csv"


@dataclass(frozen=True)
class Order:
    """What is to be made, and where."""

    job: Job
    """The bank files."""
    folder: Path
    """The batch's folder, which nobody reads yet."""


@dataclass(frozen=True)
class PaymentFiles:
    """Those files, written."""

    bank: list[OutputFile]
    """In the order in which they were planned."""
    payments: OutputFile
    """The list."""


def parts_of(job: Job) -> list[Part]:
    """Cut the making of all files into parts; the longest comes first."""
    parts: list[Part] = [_LIST]
    first = payments = 0
    for place, file in enumerate(job.planned, start=1):
        payments += file.payments
        if payments >= _PAYMENTS_IN_PART or place == len(job.planned):
            parts.append((first, place))
            first, payments = place, 0
    return parts


def make_part(order: Order, part: Part) -> list[OutputFile]:
    """Make one part's files, also those that a process had begun when it died.

    Raises:
        BankFileFaultError: a file does not hold what was asked for.
        UsageError: ``write-failed``; the disk or its rights forbid it.
    """
    job, folder = order.job, order.folder
    planned = [] if isinstance(part, str) else job.planned[slice(*part)]
    for begun in [folder / file.path for file in planned] or [folder / _LIST]:
        with named(begun):
            begun.unlink(missing_ok=True)
    if isinstance(part, str):
        return [save(folder, _LIST, payments_csv(job.payments, locate(job.planned)))]
    return write(planned, render_job(job, *part), folder)


def joined(job: Job, made: Sequence[list[OutputFile]]) -> PaymentFiles:
    """Give the files of all parts, made in the order of :func:`parts_of`.

    Raises:
        BankFileFaultError: a payment is in no file, or in two.
    """
    [payments], *bank = made
    require_all_in_files(job)
    return PaymentFiles([file for part in bank for file in part], payments)
