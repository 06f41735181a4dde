"""Planned files put on the disk, read back from it, and compared with what was asked."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np
import pandas as pd

from relief_cli.banks.context import BankContext, values_of
from relief_cli.banks.planning import PlannedFile, file_values
from relief_cli.banks.rendering import render
from relief_cli.banks.rereading import BankFileFaultError, fen_of, read_fields
from relief_cli.banks.template import Template
from relief_cli.files import OutputFile, make_private_folder, write_beside

FOLDER = "bank"
"""The folder of bank files, in a batch's folder."""


def write(
    planned: Sequence[PlannedFile],
    payments: pd.DataFrame,
    templates: Mapping[str, Template],
    context: BankContext,
    folder: Path,
) -> list[OutputFile]:
    """Write planned files below ``bank/`` in a batch's folder, and verify each from the disk.

    Files are private (0600, folders 0700) and forced to the disk. One that is there is replaced.

    Args:
        planned: what :func:`relief_cli.banks.planning.plan_files` gave for the same arguments.
        payments: the batch's payments, as planned.
        templates: all formats, by name.
        context: the batch and the office, as planned.
        folder: the batch's folder, which is there.

    Returns:
        The files, in order; paths are relative to ``folder``, ``bank/`` included.

    Raises:
        BankFileFaultError: a file does not hold the accounts, names and amounts asked for.
        UsageError: ``write-failed``; the disk or its rights forbid it.
    """
    first = int(payments["payment"].iloc[0]) if len(payments) else 0
    written = []
    for file in planned:
        rows = payments.iloc[file.first_payment - first : file.last_payment - first + 1]
        template = templates[file.format]
        values = values_of(template, context) | file_values(file, template)
        path = folder / FOLDER / file.path
        content = render(rows, template, values)
        for parent in (folder / FOLDER, path.parent):
            make_private_folder(parent)
        write_beside(path, content)
        written.append(
            OutputFile(
                path=f"{FOLDER}/{file.path}",
                kind="bank",
                format=file.format,
                payments=file.payments,
                amount_fen=file.amount_fen,
                first_payment=file.first_payment,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
            )
        )
    _verify(planned, payments, templates, folder / FOLDER)
    return written


def _verify(
    planned: Sequence[PlannedFile],
    payments: pd.DataFrame,
    templates: Mapping[str, Template],
    folder: Path,
) -> None:
    """Compare what the disk holds with what was asked: every payment of every file."""
    start = 0
    accounts, names = (payments[name].tolist() for name in ("account_number", "payee_name"))
    amounts_fen = payments["amount_fen"].to_numpy()
    # Amounts are parsed a format at a time: one by one, small files would cost more than large.
    for name, files in groupby(planned, key=attrgetter("format")):
        written: list[str] = []
        for file in files:
            fields = read_fields(folder / file.path, templates[name])
            stop = start + file.payments
            if fields.accounts != accounts[start:stop] or fields.names != names[start:stop]:
                raise BankFileFaultError(f"{file.path}: accounts or names differ from the batch")
            written += fields.amounts
            start = stop
        asked = amounts_fen[start - len(written) : start]
        if not np.array_equal(fen_of(written, templates[name], name), asked):
            raise BankFileFaultError(f"{name}: amounts differ from the batch")
    if start != len(payments):
        raise BankFileFaultError(f"{start} of {len(payments)} payments are in bank files")
