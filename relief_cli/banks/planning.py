"""Which payments go into which file.

Everything that could fail fails here, before a byte is written: unknown formats, settings that the
office has not made, texts that a file cannot hold.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.banks import amounts
from relief_cli.banks.context import BankContext, require, values_of
from relief_cli.banks.patterns import REFERENCE
from relief_cli.banks.template import Template
from relief_cli.errors import PolicyError, RefusedError
from relief_cli.i18n import N_

UNKNOWN_BANK = "other"
"""Stands in file names for a bank that could not be told."""

LOCATIONS = {"payment": "int64", "file": "str", "line": "int64"}

_PART_DIGITS = 2
"""Of the number of a file among several, at least."""

_TEXTS = ("payee_name", "account_number", "bank_name", "payee_id_number")
_UNSAFE = set('/\\:*?"<>|')
# The longest file name of the usual file systems, in bytes.
_LONGEST_NAME = 255


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """One file to be written, with the payments ``first_payment`` to ``last_payment``."""

    path: str
    """Below the batch's folder, with ``/``: ``bank/abc-dibao-2022-08-1.txt``."""
    format: str
    bank: str
    """The code of the payees' bank; ``other`` where it is unknown, empty where banks are mixed."""
    batch_part: str
    """The batch's name, with ``-01``, ``-02`` … where it takes several files."""
    first_payment: int
    last_payment: int
    amount_fen: int
    first_line: int
    """The line (or a workbook's row) of the first payment, counted from 1."""

    @property
    def payments(self) -> int:
        """Number of payments."""
        return self.last_payment - self.first_payment + 1


def plan_files(
    payments: pd.DataFrame, templates: Mapping[str, Template], context: BankContext
) -> list[PlannedFile]:
    """Plan the files of a batch.

    Payments stay in the order of their numbers. A new file starts where the format changes, where
    the bank changes (for formats whose file names say the bank), and at the format's row limit.

    Args:
        payments: the batch's payments (:data:`relief_cli.batch.PAYMENTS`), numbered without gaps
            and in order; may also hold ``payee_id_number``.
        templates: all formats, by name.
        context: the batch and the office.

    Returns:
        Planned files; together they cover every payment once.

    Raises:
        PolicyError: ``bank-format-unknown``, ``bank-setting-missing``, ``bank-setting-unfit``,
            ``bank-file-name`` or ``bank-reference-long``.
        RefusedError: ``bank-text``; a name or other text that its file cannot hold.
        ValueError: payments are not numbered without gaps (a fault of the program).
    """
    if payments.empty:
        return []
    if (np.diff(payments["payment"].to_numpy()) != 1).any():
        raise ValueError("payments must be numbered without gaps, in order")
    used = {name: _known(name, templates) for name in payments["format"].unique()}
    for template in used.values():
        require(template, context)
    chunks = _chunks(payments, used)
    for name, of_format in groupby(chunks, key=itemgetter(0)):
        together = list(of_format)
        (_, _, start, _), (_, _, _, stop) = together[0], together[-1]
        _check_texts(payments.iloc[start:stop], used[name])
    parts = Counter((name, bank) for name, bank, _, _ in chunks)
    planned: list[PlannedFile] = []
    reached: Counter[tuple[str, str]] = Counter()
    numbers, amounts_fen = (payments[column].to_numpy() for column in ("payment", "amount_fen"))
    for name, bank, start, stop in chunks:
        reached[name, bank] += 1
        of_all = parts[name, bank]
        # As many digits as the last one has, so that a folder shows them in order.
        digits = max(_PART_DIGITS, len(str(of_all)))
        number = f"-{reached[name, bank]:0{digits}}" if of_all > 1 else ""
        part = f"{context.batch}{number}"
        template = used[name]
        names = _names(template, context, bank, part)
        planned.append(
            PlannedFile(
                path="/".join(filter(None, (template.kept_in, *names))),
                format=name,
                bank=bank,
                batch_part=part,
                first_payment=int(numbers[start]),
                last_payment=int(numbers[stop - 1]),
                amount_fen=int(amounts_fen[start:stop].sum()),
                first_line=template.first_line,
            )
        )
    _check_distinct(planned)
    for file in planned:
        _check_references(file, used[file.format], context)
    return planned


def locate(planned: Sequence[PlannedFile]) -> pd.DataFrame:
    """Give the file and the line (or row) of every payment, in order of payments.

    Returns:
        ``LOCATIONS``; ``file`` is the path below the batch's folder.
    """
    sizes = np.array([file.payments for file in planned], dtype=np.int64)
    first = np.array([file.first_payment for file in planned], dtype=np.int64)
    line = np.array([file.first_line for file in planned], dtype=np.int64)
    within = np.arange(sizes.sum()) - np.repeat(sizes.cumsum() - sizes, sizes)
    paths = pd.array([file.path for file in planned], dtype="str")
    table = {
        "payment": np.repeat(first, sizes) + within,
        "file": paths.take(np.repeat(np.arange(len(planned)), sizes)),
        "line": np.repeat(line, sizes) + within,
    }
    return pd.DataFrame(table).astype(LOCATIONS)


def cover_lines(
    planned: PlannedFile, template: Template, context: BankContext
) -> list[tuple[str, str]]:
    """Give what the bank must be told beside the file (label, value); mostly nothing."""
    values = values_of(template, context) | file_values(planned, template)
    return [(line.label[context.language], line.value.render(values)) for line in template.cover]


def file_values(planned: PlannedFile, template: Template) -> dict[str, object]:
    """Give the facts of one file by name; ``total`` is in the template's unit."""
    return {
        "bank": planned.bank,
        "batch_part": planned.batch_part,
        "count": planned.payments,
        "total": amounts.write_one(planned.amount_fen, template.amount_unit),
    }


def _known(name: str, templates: Mapping[str, Template]) -> Template:
    if name not in templates:
        raise PolicyError(
            "bank-format-unknown",
            N_("there is no bank format {format}"),
            remedy=N_("Choose one that `relief banks list` shows, or add {format}.toml to banks/."),
            format=name,
        )
    return templates[name]


def _check_texts(payments: pd.DataFrame, template: Template) -> None:
    for source in _TEXTS:
        if source not in template.sources or source not in payments:
            continue
        free = source == "bank_name"
        unfit = template.unfit_text if free else template.unencodable
        bad = np.flatnonzero(unfit(payments[source], source))
        if bad.size:
            raise RefusedError(
                "bank-text",
                N_("payment {payment}: the format {format} cannot hold its {field}"),
                why=N_("The bank would read another text, or other columns, than were meant."),
                remedy=N_("Choose another format for this bank, or correct the text (R208)."),
                payment=int(payments["payment"].iloc[bad[0]]),
                format=template.name,
                field=source,
            )


def _check_references(file: PlannedFile, template: Template, context: BankContext) -> None:
    """Refuse a file whose own name for itself, or for its last payment, the bank would not take."""
    names = {
        "batch_part": file.batch_part,
        "reference": REFERENCE.render({"batch": context.batch, "payment": file.last_payment}),
    }
    for source, text in names.items():
        if template.too_long(source, text):
            raise PolicyError(
                "bank-reference-long",
                N_("the bank format {format} takes {longest} characters, too few for {reference}"),
                why=N_("By this reference the bank's answer is matched; cut off, it names nobody."),
                remedy=N_("Choose another format for the bank."),
                format=template.name,
                longest=template.longest[source],
                reference=text,
            )


def _chunks(
    payments: pd.DataFrame, used: Mapping[str, Template]
) -> list[tuple[str, str, int, int]]:
    """Give format, bank, and the first and past-the-last row of each file."""
    formats, format_names = pd.factorize(payments["format"])
    banks, bank_names = pd.factorize(payments["bank"].fillna(UNKNOWN_BANK))
    per_bank = np.array([used[name].per_bank for name in format_names], dtype=bool)
    banks = np.where(per_bank[formats], banks, len(bank_names))
    titles = [*map(str, bank_names), ""]
    chunks = []
    for start, stop in _runs(formats, banks):
        name = str(format_names[formats[start]])
        size = used[name].rows_per_file
        chunks += [
            (name, titles[banks[start]], first, min(first + size, stop))
            for first in range(start, stop, size)
        ]
    return chunks


def _runs(formats: NDArray[np.intp], banks: NDArray[np.intp]) -> list[tuple[int, int]]:
    changes = (formats[1:] != formats[:-1]) | (banks[1:] != banks[:-1])
    starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
    return list(zip(starts, [*starts[1:], len(formats)], strict=True))


def _names(template: Template, context: BankContext, bank: str, batch_part: str) -> tuple[str, str]:
    """Give the names of a file's folder, empty where it has none, and of the file."""
    values = values_of(template, context) | {"bank": bank, "batch_part": batch_part}
    folder, file = template.folder.render(values), template.file.render(values)
    _check_name(folder, "folder", template)
    _check_name(file, "file", template)
    return folder, file


def _check_name(name: str, key: str, template: Template) -> None:
    safe = name.isprintable() and not _UNSAFE & set(name) and not name.startswith(".")
    if not safe or len(name.encode()) > _LONGEST_NAME or (key == "file" and not name):
        raise _bad_name(name, key, template.name)


def _check_distinct(planned: list[PlannedFile]) -> None:
    seen: set[str] = set()
    for file in planned:
        # Some file systems do not tell upper from lower case.
        if file.path.casefold() in seen:
            raise _bad_name(file.path, "file", file.format)
        seen.add(file.path.casefold())


def _bad_name(name: str, key: str, template: str) -> PolicyError:
    return PolicyError(
        "bank-file-name",
        N_("the bank format {format} gives the {key} name “{name}”, which cannot be used"),
        why=N_('A name must be free of / \\ : * ? " < > | and no two files may share one.'),
        remedy=N_("Correct {key} in the template, or the setting in relief.toml that it uses."),
        format=template,
        key=key,
        name=name,
    )
