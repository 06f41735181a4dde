"""Writes what a batch sends out: complete, recorded before it is in place, and then in one step."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from relief_cli import files
from relief_cli.banks.planning import locate, plan_files
from relief_cli.banks.writing import FOLDER
from relief_cli.banks.writing import write as write_bank_files
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, UsageError, WaitingError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.payouts.outcome import EXPORTED, Outcome
from relief_cli.payouts.setting import Setting
from relief_cli.reports.write import write_batch


def export(
    setting: Setting, outcome: Outcome, batch: Batch, bank_format: str | None = None
) -> Outcome:
    """Write the files of ``batch`` and put them in place once the ledger knows their digests.

    What is in place already is only verified. A run that was killed between recording and putting
    in place is finished: the same batch gives the same bytes.

    Args:
        setting: the office.
        outcome: what the ledger says of the batch.
        batch: the batch.
        bank_format: one format for all banks, instead of the office's choice.

    Raises:
        UsageError: ``bank-format-unknown``, ``write-failed``.
        WaitingError: ``approval-missing``.
        RefusedError: ``export-differs``, the batch went out as other files before;
            ``export-changed``, files in place are not those that were recorded.
    """
    if outcome.approvals_missing:
        raise _approval_missing(batch.name, outcome.approvals_missing)
    final = setting.office.out_folder / batch.name
    chosen = _chosen(batch, outcome.files, bank_format, setting)
    if final.exists() and bank_format is None and outcome.files:
        _verify(final, outcome.files, batch.name)
        return replace(outcome, output=final)
    files.make_private_folder(final.parent)
    with files.partial_folder(final) as partial:
        written = _write(setting, chosen, partial)
        with Ledger.open(setting.office.ledger_path).writing() as book:
            book.record_export(batch.name, written)
        if not files.publish_folder(partial, final):
            _verify(final, written, batch.name)
    return replace(outcome, state=EXPORTED, files=tuple(written), output=final)


def _write(setting: Setting, batch: Batch, folder: Path) -> list[OutputFile]:
    context = setting.context(batch)
    planned = plan_files(batch.payments, setting.templates, context)
    bank_files = write_bank_files(planned, batch.payments, setting.templates, context, folder)
    lines = locate(planned)
    lines["file"] = f"{FOLDER}/" + lines["file"]
    return [*bank_files, *write_batch(batch, lines, bank_files, setting.wording(), folder)]


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


def _verify(folder: Path, recorded: Sequence[OutputFile], name: str) -> None:
    """Refuse to hand over files that are not those that were recorded."""
    for file in recorded:
        path = folder / file.path
        if not path.is_file() or files.sha256_of(path) != file.sha256:
            raise RefusedError(
                "export-changed",
                N_("{file} of {batch} is missing or was changed after it was written"),
                why=N_("What goes to the bank must be what was recorded, byte for byte"),
                remedy=N_("Move the folder {folder} away; the same command then writes it again"),
                file=file.path,
                batch=name,
                folder=str(folder),
            )


def _approval_missing(name: str, missing: int) -> WaitingError:
    return WaitingError(
        "approval-missing",
        N_("{batch} waits for {count} approvals"),
        why=N_("Nothing goes out that the office's rule has not let pass"),
        remedy=N_("Let another person look at it: relief approve {batch}"),
        batch=name,
        count=missing,
    )
