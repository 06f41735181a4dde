"""Writes what a batch sends out: complete, recorded before it is in place, and then in one step."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from relief_cli import files
from relief_cli.banks.context import context_of
from relief_cli.banks.loading import recorded_template
from relief_cli.banks.planning import plan_files
from relief_cli.banks.template import Template
from relief_cli.banks.writing import Job, output_file, render_job
from relief_cli.batch import PAYMENTS, Batch
from relief_cli.beside import Beside
from relief_cli.errors import RefusedError, UsageError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.outgoing import Outgoing
from relief_cli.payouts import approving
from relief_cli.payouts.funding_check import require_funds_to_send
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.outcome import Outcome
from relief_cli.payouts.setting import Setting, changed_since, wording_of
from relief_cli.payouts.signed_books import Hands, writing
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
    job: Job
    """Those for the banks."""
    folder: Path
    """Where they are made; nobody reads it yet."""
    written: Callable[[], list[OutputFile]]
    """Waits for all of them."""

    def outgoing(self) -> Outgoing:
        """Give what the batch is to go out as."""
        return leaving(self.job, self.written())


def begin(shop: Workshop, setting: Setting, batch: Batch, job: Job, head: str) -> Rendering:
    """Begin to make the files of ``batch``, of which ``job`` are those for the banks.

    ``head`` is that of the chain of events before the batch.

    Raises:
        UsageError: ``write-failed``.
    """
    final = setting.office.out_folder / batch.name
    files.make_private_folder(final.parent)
    folder = shop.folders.enter_context(files.partial_folder(final))
    order = Order(job, batch, wording_of(batch), folder, head)
    made = shop.beside.share(batch_files.make_part, order, batch_files.parts_of(job))
    return Rendering(batch, job, folder, cache(lambda: batch_files.complete(order, made())))


def plan_job(templates: Mapping[str, Template], batch: Batch) -> Job:
    """Plan the bank files of ``batch``.

    Args:
        templates: the bank formats: the office's where it is prepared, those recorded with it
            afterwards.
        batch: the batch.

    Raises:
        PolicyError: as :func:`relief_cli.banks.planning.plan_files`.
        RefusedError: likewise.
    """
    context = context_of(batch)
    planned = plan_files(batch.payments, templates, context)
    used = {file.format: templates[file.format] for file in planned}
    return Job(planned, batch.payments, used, context)


def outgoing(job: Job) -> Outgoing:
    """Make the bank files of ``job`` without writing them, and give what they will be."""
    contents = render_job(job, 0, len(job.planned))
    made = zip(job.planned, contents, strict=True)
    return leaving(job, [output_file(file, content) for file, content in made])


def leaving(job: Job, made: Iterable[OutputFile]) -> Outgoing:
    """Give what a batch is to go out as: those of ``made`` that are for banks."""
    bank = sorted((file for file in made if file.kind == "bank"), key=lambda file: file.path)
    return Outgoing(bank, {name: template.text for name, template in job.templates.items()})


def finish(
    setting: Setting,
    outcome: Outcome,
    rendering: Rendering,
    layouts: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """Wait for a batch's files, record their digests, and put them in place in one step.

    Args:
        setting: the office.
        outcome: what the ledger says of the batch.
        rendering: its files.
        layouts: see :meth:`relief_cli.ledger.record.WritableBook.record_export`.

    Raises:
        UsageError: ``write-failed``.
        RefusedError: ``export-differs``, the batch went out as other files before;
            ``export-changed``, files in place are not those that were recorded.
    """
    batch = rendering.batch
    final = setting.office.out_folder / batch.name
    written = rendering.written()
    with writing(setting.office, Hands()) as book:
        # Somebody may have rejected it while the files were being made.
        missing = approving.approvals_missing(setting, book, batch)
        if missing:
            raise approving.approval_missing(batch.name, missing)
        if not book.files(batch.name):
            # Somebody may have been stopped meanwhile; lists were asked before.
            require_entitled(book, setting, batch, Lists(language=setting.office.language))
            require_funds_to_send(book, setting, batch)
        book.record_export(batch.name, written, layouts)
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
    with Ledger.open(setting.office.ledger_place).reading() as book:
        known, head = _as_prepared(book, batch.name), book.preparation(batch.name).previous
    templates = recorded_templates(known)
    if not outcome.files:
        outcome = replace(outcome, changed=changed_since(setting, batch, known))
    chosen = _chosen(batch, outcome.files, bank_format, setting)
    layouts = {}
    if bank_format is not None:
        template = templates.setdefault(bank_format, setting.templates[bank_format])
        layouts = {bank_format: template.text}
    with workshop() as shop:
        rendering = begin(shop, setting, chosen, plan_job(templates, chosen), head)
        return finish(setting, outcome, rendering, layouts)


def recorded_templates(known: Outgoing) -> dict[str, Template]:
    """Give the bank formats that were recorded with a batch."""
    return {name: recorded_template(name, text) for name, text in known.layouts.items()}


def made_again(
    batch: Batch, known: Outgoing, sent: Sequence[OutputFile], head: str
) -> list[OutputFile]:
    """Make the files of a batch from the books alone, and give what they are, by path.

    Args:
        batch: as it stands in the books.
        known: what it was to go out as.
        sent: what it went out as, all files; where it did not, the bank files alone are made.
        head: of the chain of events before the batch.
    """
    formats = with_formats(batch, [file for file in sent or known.files if file.kind == "bank"])
    job = plan_job(recorded_templates(known), formats)
    if sent:
        return batch_files.files_of(job, formats, wording_of(batch), head)
    return list(outgoing(job).files)


def _as_prepared(book: Book, name: str) -> Outgoing:
    """Give what a batch is to go out as, which nobody has changed in the books.

    Raises:
        RefusedError: ``books-changed``.
    """
    known = book.outgoing(name)
    if not book.files(name) and known.digest != book.preparation(name).outgoing:
        raise RefusedError(
            "books-changed",
            N_("The books say other bank files of {batch} than were prepared."),
            why=N_("Somebody changed the ledger; what goes to the bank must be what was approved."),
            remedy=N_("Nothing went out. See what was changed: relief audit"),
            batch=name,
        )
    return known


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
    if bank_format is None:
        return with_formats(batch, [file for file in recorded if file.kind == "bank"])
    return replace(batch, payments=batch.payments.assign(format=bank_format).astype(PAYMENTS))


def with_formats(batch: Batch, files: Sequence[OutputFile]) -> Batch:
    """Give the batch with its payments in the formats of their bank ``files``."""
    formats = batch.payments["format"].copy()
    for file in files:
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
