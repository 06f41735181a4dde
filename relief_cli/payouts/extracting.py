"""Every entitlement of some cycles with all that belongs to it, as one table for an auditor."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from relief_cli import files
from relief_cli.batch import Batch
from relief_cli.calendar import Cycle
from relief_cli.errors import UsageError
from relief_cli.frames import conform
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.events import short_head
from relief_cli.money import format_yuan
from relief_cli.office import Office
from relief_cli.payouts.exporting import recorded_templates
from relief_cli.reports.extract import COLUMNS, FORMATS
from relief_cli.reports.words import reference

_SHARE_KEYS = ["county", "category"]


@dataclass(frozen=True, kw_only=True)
class ExtractOutcome:
    """The table, and where it was written."""

    path: Path
    rows: int
    amount_fen: int
    head: str
    """Of the chain of events when it was taken."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "path": str(self.path),
            "rows": self.rows,
            "amount_fen": self.amount_fen,
            "head": self.head,
        }


def extract(office: Office, first: Cycle, last: Cycle, output: Path) -> ExtractOutcome:
    """Write the table of all batches for cycles between ``first`` and ``last``, both included.

    Args:
        office: whose books.
        first: batches whose cycle ends before it begins are left out.
        last: likewise what begins after it ends.
        output: a new file; its ending is the format: csv, xlsx or parquet.

    Raises:
        UsageError: ``extract-format``, ``extract-place``, ``ledger-missing``, ``write-failed``.
    """
    render = FORMATS.get(output.suffix.lower().removeprefix("."))
    if render is None:
        raise UsageError(
            "extract-format",
            N_("{file} does not say in which format the table is to be."),
            remedy=N_("Let its name end with one of these: {formats}"),
            file=output.name,
            formats=" ".join(f".{name}" for name in FORMATS),
        )
    if output.exists():
        raise UsageError(
            "extract-place",
            N_("{file} is there already."),
            why=N_("What was taken before must not be lost."),
            remedy=N_("Give the name of a new file: --output FILE"),
            file=output.name,
        )
    with Ledger.open(office.ledger_place, make=False).reading() as book:
        head = book.head()
        tables = [
            _of_batch(book, one.name, head)
            for one in book.batches()
            if Cycle.parse(one.cycle).last_on >= first.first_on
            and Cycle.parse(one.cycle).first_on <= last.last_on
        ]
    table = conform(pd.concat([pd.DataFrame(columns=list(COLUMNS)), *tables]), COLUMNS)
    files.make_private_folder(output.absolute().parent)
    files.write_beside(output, render(table, office.language))
    amount_fen = int(table["amount_fen"].sum())
    return ExtractOutcome(path=output, rows=len(table), amount_fen=amount_fen, head=head)


def _of_batch(book: Book, name: str, head: str) -> pd.DataFrame:
    batch, prepared = book.load(name), book.preparation(name)
    approved = [one.operator.name for one in book.approvals.of_batch(name)]
    found = (
        batch.entitlements.merge(batch.payments, on="payment", suffixes=("", "_paid"))
        .merge(batch.grounds, on="ground", how="left")
        .merge(batch.sheets[["sheet", "input", "name"]], on="sheet", suffixes=("", "_sheet"))
        .merge(batch.inputs[["input", "name"]], on="input", suffixes=("", "_file"))
        .merge(_lines(book, batch), on="payment", how="left")
        .merge(_answers(book, name), on="payment", how="left")
        .merge(_sources(batch), on=_SHARE_KEYS, how="left")
        .sort_values("entitlement", kind="stable")
    )
    return found.assign(
        batch=name,
        programme=batch.programme,
        cycle=batch.cycle,
        state=book.state(name),
        payment=[reference(name, payment) for payment in found["payment"]],
        id_number=found["person"],
        months=_months(found),
        clause=found["reference"],
        source_file=found["name_file"],
        sheet=found["name_sheet"],
        row=found["sheet_row"],
        prepared_by=prepared.maker,
        approved_by="; ".join(approved),
        head=short_head(head),
    )[list(COLUMNS)]


def _months(found: pd.DataFrame) -> pd.Series:
    first, last = found["first_month"].fillna(""), found["last_month"].fillna("")
    return first.where(first == last, first + ".." + last)


def _lines(book: Book, batch: Batch) -> pd.DataFrame:
    """Give where each payment stands in the bank files: ``payment``, ``file``, ``line``."""
    templates = recorded_templates(book.outgoing(batch.name))
    rows = [
        (payment, file.path, templates[file.format].first_line + place)
        for file in book.files(batch.name)
        if file.kind == "bank"
        for place, payment in enumerate(
            range(file.first_payment, file.first_payment + file.payments)
        )
    ]
    return pd.DataFrame(rows, columns=["payment", "file", "line"]).astype({"payment": "int64"})


def _answers(book: Book, name: str) -> pd.DataFrame:
    standing = book.returns.standing(name)
    told = standing.rename(columns={"code": "answer_code", "reason": "answer_reason"})
    return told[["payment", "outcome", "answer_code", "answer_reason"]]


def _sources(batch: Batch) -> pd.DataFrame:
    """Give who bears what of each county and category, as one text."""
    shares = batch.shares
    yuan = shares["amount_fen"].map(format_yuan)
    told = shares[_SHARE_KEYS].assign(sources=shares["source"] + " " + yuan)
    joined = told.groupby(_SHARE_KEYS, sort=False)["sources"].agg("; ".join)
    return joined.reset_index()
