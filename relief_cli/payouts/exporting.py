"""Writes what a batch sends out: complete, recorded before it is in place, and then in one step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from relief_cli import files
from relief_cli.banks.planning import plan_files
from relief_cli.banks.writing import Job
from relief_cli.batch import Batch
from relief_cli.beside import Beside
from relief_cli.errors import RefusedError, UsageError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.payouts import approving
from relief_cli.payouts.funding_check import require_funds_to_send
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.outcome import Outcome
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import APPROVED, EXPORTED, SENT
from relief_cli.payouts.still_entitled import lists_for, require_entitled
from relief_cli.reports import batch_files
from relief_cli.reports.batch_files import Order


@dataclass(frozen=True)
class Workshop:
    """Where the files of a batch are made."""

    beside: Beside
    """Makes some of them beside this process, if it was started."""
    folders: ExitStack
    """Removes the folder that they are made in, unless it was put in place."""


@contextmanager
def workshop() -> Iterator[Workshop]:
    """Open a workshop; it is left clean, whatever happens in it."""
    # The process beside ends before the folder goes into which it writes.
    with ExitStack() as folders, Beside() as beside:
        yield Workshop(beside, folders)


@dataclass(frozen=True)
class Rendering:
    """The files of a batch; most of them are being made, maybe beside this process."""

    batch: Batch
    folder: Path
    """Where they are made; nobody reads it yet."""
    written: Callable[[], list[OutputFile]]
    """Waits for all of them."""


def begin(shop: Workshop, setting: Setting, batch: Batch, job: Job) -> Rendering:
    """Begin to make the files of ``batch``, of which ``job`` are those for the banks.

    Raises:
        UsageError: ``write-failed``.
    """
    final = setting.office.out_folder / batch.name
    files.make_private_folder(final.parent)
    folder = shop.folders.enter_context(files.partial_folder(final))
    order = Order(job, batch, setting.wording(), folder)
    made = shop.beside.share(batch_files.make_part, order, batch_files.parts_of(job))
    return Rendering(batch, folder, lambda: batch_files.complete(order, made()))


def go_on(shop: Workshop, rendering: Rendering) -> Rendering:
    """Go on with the files while this thread waits for the disk."""
    return replace(rendering, written=shop.beside.meanwhile(rendering.written))


def plan_job(setting: Setting, batch: Batch) -> Job:
    """Plan the bank files of ``batch``.

    Raises:
        PolicyError: as :func:`relief_cli.banks.planning.plan_files`.
        RefusedError: likewise.
    """
    context = setting.context(batch)
    planned = plan_files(batch.payments, setting.templates, context)
    used = {file.format: setting.templates[file.format] for file in planned}
    return Job(planned, batch.payments, used, context)


def finish(setting: Setting, outcome: Outcome, rendering: Rendering) -> Outcome:
    """Wait for a batch's files, record their digests, and put them in place in one step.

    Args:
        setting: the office.
        outcome: what the ledger says of the batch.
        rendering: its files.

    Raises:
        UsageError: ``write-failed``.
        RefusedError: ``export-differs``, the batch went out as other files before;
            ``export-changed``, files in place are not those that were recorded.
    """
    batch = rendering.batch
    final = setting.office.out_folder / batch.name
    written = rendering.written()
    with Ledger.open(setting.office.ledger_place).writing() as book:
        # Somebody may have rejected it while the files were being made.
        missing = approving.approvals_missing(setting, book, batch)
        if missing:
            raise approving.approval_missing(batch.name, missing)
        if not book.files(batch.name):
            # Somebody may have been stopped meanwhile; lists were asked before.
            require_entitled(book, setting, batch, Lists(language=setting.office.language))
            require_funds_to_send(book, setting, batch)
        book.record_export(batch.name, written)
    if not files.publish_folder(rendering.folder, final):
        verify(final, written, batch.name)
    # In the order in which the ledger gives them back.
    in_order = tuple(sorted(written, key=lambda file: file.path))
    state = outcome.state if outcome.state in SENT else EXPORTED
    return replace(outcome, state=state, files=in_order, output=final)


def export(
    setting: Setting, outcome: Outcome, batch: Batch, bank_format: str | None = None
) -> Outcome:
    """Write the files of a batch that is in the ledger.

    What is in place already is only verified. A run that was killed between recording and putting
    in place is finished: the same batch gives the same bytes.

    Args:
        setting: the office.
        outcome: what the ledger says of the batch.
        batch: the batch.
        bank_format: one format for all banks, instead of the office's choice.

    Raises:
        UsageError: ``bank-format-unknown``; and as :func:`finish`.
        WaitingError: ``approval-missing``.
        RefusedError: as :func:`finish`; ``ended-since``.
    """
    if outcome.approvals_missing:
        raise approving.approval_missing(batch.name, outcome.approvals_missing)
    final = setting.office.out_folder / batch.name
    if final.exists() and bank_format is None and outcome.files:
        verify(final, outcome.files, batch.name)
        return replace(outcome, output=final)
    if bank_format is not None and outcome.state == APPROVED:
        raise _format_approved(batch.name)
    if not outcome.files:
        with Ledger.open(setting.office.ledger_place).reading() as book:
            require_entitled(book, setting, batch, lists_for(setting, batch))
            require_funds_to_send(book, setting, batch)
    chosen = _chosen(batch, outcome.files, bank_format, setting)
    with workshop() as shop:
        rendering = begin(shop, setting, chosen, plan_job(setting, chosen))
        return finish(setting, outcome, rendering)


def _chosen(
    batch: Batch, recorded: Sequence[OutputFile], bank_format: str | None, setting: Setting
) -> Batch:
    """Give the batch with the formats asked for; else those of its recorded files; else its own."""
    if bank_format is None and not recorded:
        return batch
    if bank_format is not None and bank_format not in setting.templates:
        raise UsageError(
            "bank-format-unknown",
            N_("There is no bank format {format}"),
            remedy=N_("`relief banks list` shows the formats"),
            format=bank_format,
        )
    formats = batch.payments["format"].copy()
    formats[:] = bank_format or formats
    for file in recorded if bank_format is None else ():
        if file.kind == "bank":
            covered = batch.payments["payment"].between(
                file.first_payment, file.first_payment + file.payments - 1
            )
            formats[covered] = file.format
    return replace(batch, payments=batch.payments.assign(format=formats))


def verify(folder: Path, recorded: Sequence[OutputFile], name: str) -> None:
    """Refuse to hand over files that are not those that were recorded.

    Raises:
        RefusedError: ``export-changed``.
    """
    for file in recorded:
        path = folder / file.path
        if not path.is_file() or files.sha256_of(path) != file.sha256:
            raise RefusedError(
                "export-changed",
                N_("A file of {batch} is missing or was changed after it was written"),
                why=N_("What goes to the bank must be what was recorded, byte for byte"),
                remedy=N_("Move the folder {folder} away; the same command then writes it again"),
                file=file.path,
                batch=name,
                folder=str(folder),
            )


def _format_approved(name: str) -> RefusedError:
    return RefusedError(
        "export-format-approved",
        N_("{batch} was approved with its bank formats; they cannot be changed any more."),
        why=N_("The signature covers the format of every payment."),
        remedy=N_("Export it without --format, or reject it and prepare it anew."),
        batch=name,
    )
