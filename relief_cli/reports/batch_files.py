"""All files of a batch: bank files, lists, summary and manifest.

They are made in parts, which two processes can share; so nothing here loads a ledger. What tells
of all others is completed at the end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from relief_cli.banks.rereading import BankFileFaultError
from relief_cli.banks.writing import (
    Job,
    output_file,
    render_job,
    require_all_in_files,
    write,
)
from relief_cli.batch import Batch
from relief_cli.files import OutputFile, kept, named
from relief_cli.reports import summary
from relief_cli.reports.fix_list import held_workbook
from relief_cli.reports.lists import entitlements_csv, payments_csv, skipped_csv
from relief_cli.reports.manifest import manifest_json
from relief_cli.reports.outputs import banks_only, report_file, save
from relief_cli.reports.words import Wording

_PAYMENTS_IN_PART = 5_000
"""So many are rendered at a time: within a twentieth of a second, also as workbooks."""


@dataclass(frozen=True)
class Order:
    """What is to be made, and where."""

    job: Job
    """The bank files."""
    batch: Batch
    wording: Wording
    folder: Path
    """The batch's folder, which nobody reads yet."""
    head: str
    """Of the chain of events before the batch; empty where it is the first."""


Part: TypeAlias = "str | tuple[int, int]"
"""The name of a report, or the first and the past-the-last of the planned bank files."""


@dataclass(frozen=True)
class Made:
    """What came of a part."""

    files: list[OutputFile]
    """Those that it wrote."""
    draft: summary.Draft | None = None
    """Of the summary, which waits for the bank files."""


_LISTS: Mapping[str, Callable[[Order], bytes]] = {
    "entitlements.csv": lambda order: entitlements_csv(order.batch, order.wording.categories),
    "skipped.csv": lambda order: skipped_csv(order.batch, order.wording),
    "held.xlsx": lambda order: held_workbook(order.batch, order.wording),
    "payments.csv": lambda order: payments_csv(order.job.payments, order.job.lines),
}
_SUMMARY, _MANIFEST = "summary.xlsx", "manifest.json"


def parts_of(job: Job) -> list[Part]:
    """Cut the making of all files into parts; the long ones come first."""
    parts: list[Part] = [*_LISTS, _SUMMARY]
    first = payments = 0
    for place, file in enumerate(job.planned, start=1):
        payments += file.payments
        if payments >= _PAYMENTS_IN_PART or place == len(job.planned):
            parts.append((first, place))
            first, payments = place, 0
    return parts


def files_of(job: Job, batch: Batch, wording: Wording, head: str) -> list[OutputFile]:
    """Make all files of a batch without writing them, and give what they are, by path.

    Raises:
        BankFileFaultError: a file does not hold what was asked for.
    """
    order = Order(job, batch, wording, Path(), head)
    contents = render_job(job, 0, len(job.planned))
    bank = [output_file(*made) for made in zip(job.planned, contents, strict=True)]
    lists = [report_file(name, content(order)) for name, content in _LISTS.items()]
    drafted = summary.draft(batch, job.planned, job.lines, wording, head)
    sheet = report_file(_SUMMARY, drafted.content([file.sha256 for file in bank]))
    known = [*bank, *lists, sheet]
    files = [*known, report_file(_MANIFEST, manifest_json(batch, known))]
    return sorted(files, key=lambda file: file.path)


def make_part(order: Order, part: Part) -> Made:
    """Make one part, also one that a process had begun when it died.

    Raises:
        BankFileFaultError: a file does not hold what was asked for.
        UsageError: ``write-failed``; the disk or its rights forbid it.
    """
    with kept(order.folder):
        return _made(order, part)


def _made(order: Order, part: Part) -> Made:
    job, batch, folder = order.job, order.batch, order.folder
    if part == _SUMMARY:
        return Made([], summary.draft(batch, job.planned, job.lines, order.wording, order.head))
    if isinstance(part, str):
        _remove(folder / part)
        return Made([save(folder, part, _LISTS[part](order))])
    planned = job.planned[slice(*part)]
    for file in planned:
        _remove(folder / file.path)
    return Made(write(planned, render_job(job, *part), folder))


def complete(order: Order, made: Sequence[Made]) -> list[OutputFile]:
    """Write what tells of all other files, and give all.

    Args:
        order: what was to be made.
        made: what came of all parts, in the order of :func:`parts_of`.

    Raises:
        BankFileFaultError: a payment is in no bank file, or in two; or a file was not made.
        UsageError: ``write-failed``.
    """
    require_all_in_files(order.job)
    files = [file for one in made for file in one.files]
    bank = banks_only(files)
    if [file.path for file in bank] != [file.path for file in order.job.planned]:
        message = f"{len(bank)} of {len(order.job.planned)} bank files were made, or not in order"
        raise BankFileFaultError(message)
    lists = [file for file in files if file.kind != "bank"]
    [draft] = [one.draft for one in made if one.draft]
    content = draft.content([file.sha256 for file in bank])
    known = [*bank, *lists, save(order.folder, _SUMMARY, content)]
    manifest = manifest_json(order.batch, known)
    return [*known, save(order.folder, _MANIFEST, manifest)]


def _remove(path: Path) -> None:
    with named(path):
        path.unlink(missing_ok=True)
