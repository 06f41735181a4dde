"""What a use case answers; the same facts for the screen and for ``--json``."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from relief_cli.batch import Batch
from relief_cli.checks.accepting import NOT_ACCEPTED
from relief_cli.errors import ReliefError
from relief_cli.files import OutputFile
from relief_cli.findings import severities
from relief_cli.programmes.terms import Remark
from relief_cli.reports.figures import count_rows


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a batch, or that none was needed."""

    batch: str | None
    """None where nobody was left to pay."""
    state: str | None
    programme: str
    cycle: str
    rows: dict[str, int]
    """``read`` = ``paid`` + ``held`` + ``skipped``."""
    beneficiaries: int = 0
    payments: int = 0
    amount_fen: int = 0
    shares_fen: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    severities: dict[str, str] = field(default_factory=dict)
    """The worst severity that each code has here; an error may be but a warning in one place."""
    accepted: dict[str, int] = field(default_factory=dict)
    """Findings that somebody has looked at, by code; they are not among the others."""
    files: tuple[OutputFile, ...] = ()
    output: Path | None = None
    repeated: bool = False
    """The batch had been made before, from the same rosters."""
    approvals_missing: int = 0
    not_people: dict[str, int] = field(default_factory=dict)
    """``total_rows``, ``other_rows`` (signatures, remarks) and ``sheets`` without a roster."""
    approval_sheet: Path | None = None
    """What the approver looks at and signs, where an approval is needed."""
    follows: str | None = None
    """The batch whose failures this one pays again."""
    of_books: bool = False
    """It was made from the books, not from rosters: its held rows are no roster."""
    held_list: Path | None = None
    """Where the held rows are, when there is no batch whose folder has them."""
    sealed: tuple[tuple[Path, str], ...] = ()
    """Encrypted copies of bank files, and the SHA-256 of each."""
    remark: Remark | None = None
    """What the programme has to say of the cycle."""
    short_fen: dict[str, int] = field(default_factory=dict)
    """Source → what it has not given of the batch, where the office asks."""
    unsealed: int = 0
    """Bank files of which a sealed copy was wanted and none can be: text with a password."""
    rule_kept: bool = False
    """relief.toml asks for fewer approvals than the books, which count."""
    changed: tuple[str, ...] = ()
    """What was changed in the office's settings since the batch was prepared, and does not count:
    keys of relief.toml, and templates of bank formats."""
    lists: tuple[tuple[str, int, int], ...] = ()
    """The lists of other departments that were compared with: kind, rows, and how many of these
    have no usable identity number."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "batch": self.batch,
            "state": self.state,
            "programme": self.programme,
            "cycle": self.cycle,
            "rows": self.rows,
            "beneficiaries": self.beneficiaries,
            "payments": self.payments,
            "amount_fen": self.amount_fen,
            "shares_fen": self.shares_fen,
            "short_fen": self.short_fen,
            "findings": self.findings,
            "accepted": self.accepted,
            "files": [
                {
                    "path": str(self.output / file.path) if self.output else file.path,
                    "format": file.format,
                    "payments": file.payments,
                    "amount_fen": file.amount_fen,
                    "sha256": file.sha256,
                }
                for file in self.files
                if file.kind == "bank"
            ],
            "output": str(self.output) if self.output else None,
            "sealed": [{"path": str(path), "sha256": digest} for path, digest in self.sealed],
            "held_list": str(self.held_list) if self.held_list else None,
            "follows": self.follows,
            "repeated": self.repeated,
            "approvals_missing": self.approvals_missing,
            "approval_sheet": str(self.approval_sheet) if self.approval_sheet else None,
            "not_people": self.not_people,
            "changed": list(self.changed),
            "remark": self.remark and self.remark.message.format(**self.remark.values),
            "lists": [
                {"kind": kind, "rows": rows, "unusable": unusable}
                for kind, rows, unusable in self.lists
            ],
        }


@dataclass(frozen=True, kw_only=True)
class CheckOutcome:
    """What a check found."""

    rows: int
    findings: dict[str, int]
    severities: dict[str, str]
    accepted: dict[str, int]
    """See :class:`Outcome`."""
    rows_with_errors: int
    report: Path
    sheets: tuple[tuple[str, str, int, int, tuple[str, ...]], ...]
    """File, sheet, people, total rows, headers that were not understood."""
    passed_over: tuple[tuple[str, str], ...] = ()
    """File and name of sheets in which no roster stands."""
    refused: tuple[ReliefError, ...] = ()
    """Files that could not be taken in, beside those that were checked."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "rows": self.rows,
            "findings": self.findings,
            "accepted": self.accepted,
            "rows_with_errors": self.rows_with_errors,
            "report": str(self.report),
            "sheets": [
                {
                    "file": file,
                    "sheet": sheet,
                    "rows": rows,
                    "total_rows": totals,
                    "ignored": ignored,
                }
                for file, sheet, rows, totals, ignored in self.sheets
            ],
            "passed_over": [{"file": file, "sheet": sheet} for file, sheet in self.passed_over],
        }


def of_batch(
    batch: Batch,
    state: str,
    *,
    files: tuple[OutputFile, ...] = (),
    output: Path | None = None,
    repeated: bool = False,
    approvals_missing: int = 0,
    lists: tuple[tuple[str, int, int], ...] = (),
) -> Outcome:
    """Tell of ``batch`` as it stands in the ledger."""
    counted = count_rows(batch)
    shares = batch.shares.groupby("source", sort=False)["amount_fen"].sum()
    return Outcome(
        batch=batch.name,
        state=state,
        programme=batch.programme,
        cycle=batch.cycle,
        rows={
            "read": counted.read,
            "paid": counted.paid,
            "held": counted.held,
            "skipped": counted.skipped,
        },
        beneficiaries=batch.beneficiaries,
        payments=len(batch.payments),
        amount_fen=batch.amount_fen,
        shares_fen={str(source): int(fen) for source, fen in shares.items()},
        **told_of(batch.findings),
        files=files,
        follows=batch.follows,
        output=output,
        repeated=repeated,
        approvals_missing=approvals_missing,
        not_people=not_people(batch.sheets),
        lists=lists,
    )


def not_people(sheets: pd.DataFrame) -> dict[str, int]:
    """Count what was read and is nobody's row, so that nothing is passed over in silence."""
    return {
        "total_rows": int(sheets["totals"].sum()),
        "other_rows": int(sheets["notes"].sum()),
        "sheets": int((sheets["header_row"] == 0).sum()),
    }


def told_of(findings: pd.DataFrame) -> dict[str, Any]:
    """Give what an outcome tells of findings: ``findings``, ``severities`` and ``accepted``."""
    loud = findings["acceptance"] == NOT_ACCEPTED
    return {
        "findings": code_counts(findings[loud]),
        "severities": severities(findings[loud]),
        "accepted": code_counts(findings[~loud]),
    }


def code_counts(findings: pd.DataFrame) -> dict[str, int]:
    """Count findings by code, in the order of the codes."""
    counted = findings["code"].value_counts()
    return {str(code): int(counted[code]) for code in sorted(counted.index)}
