"""Copies of a batch's bank files that can be carried: encrypted, beside the batch's own folder.

The batch's folder stays as it was recorded; what is sealed here is read from it, after its digests
were held against the ledger. Encryption draws lots: the same batch gives other bytes each time.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace

from relief_cli import archive, files, sealing
from relief_cli.office import Office
from relief_cli.payouts.exporting import verify
from relief_cli.payouts.outcome import Outcome
from relief_cli.payouts.states import SENT
from relief_cli.reports.outputs import banks_only
from relief_cli.sealing import Seal

_WORKBOOK = ".xlsx"


def seal(office: Office, outcome: Outcome, wanted: Seal | None) -> Outcome:
    """Put sealed copies of a batch's bank files into the office's folder ``sealed/``.

    A batch that has not gone out is left alone.

    Raises:
        UsageError: ``write-failed``.
        RefusedError: ``export-changed``; ``sealed-unreadable``.
    """
    if wanted is None or outcome.state not in SENT or outcome.output is None or not outcome.batch:
        return outcome
    bank = banks_only(outcome.files)
    verify(outcome.output, bank, outcome.batch)
    contents = {file.path: (outcome.output / file.path).read_bytes() for file in bank}
    if wanted.password is not None:
        for path, content in contents.items():
            if path.endswith(_WORKBOOK):
                contents[path] = sealing.lock_workbook(content, wanted.password)
    named = dict(_sealed(outcome.batch, contents, wanted))
    for name, content in named.items():
        place = office.sealed_folder / name
        files.make_private_folder(place.parent)
        files.write_beside(place, content)
    return replace(
        outcome,
        sealed=tuple(
            (office.sealed_folder / name, hashlib.sha256(content).hexdigest())
            for name, content in named.items()
        ),
        unsealed=0 if wanted.to else len(contents) - len(named),
    )


def _sealed(batch: str, contents: dict[str, bytes], wanted: Seal) -> Iterator[tuple[str, bytes]]:
    """Give the files to be put in place: one package, or the locked workbooks alone."""
    if not wanted.to:
        for path, content in contents.items():
            if path.endswith(_WORKBOOK):
                yield f"{batch}/{path}", content
        return
    package = io.BytesIO()
    package.writelines(
        archive.packed(
            archive.Member(f"{batch}/{path}", len(content), (content,))
            for path, content in contents.items()
        )
    )
    encrypted = io.BytesIO()
    sealing.encrypt(package, encrypted, wanted.to)
    yield f"{batch}.tar.age", encrypted.getvalue()
