"""How a batch stands in the ledger, and what is looked at before or without one."""

import hashlib
from dataclasses import replace
from pathlib import Path

from relief_cli import files
from relief_cli.banks.context import context_of
from relief_cli.batch import Batch
from relief_cli.ledger import Book
from relief_cli.ledger.book import Preparation
from relief_cli.payouts import approving
from relief_cli.payouts.outcome import Outcome, of_batch
from relief_cli.payouts.setting import Setting, wording_of
from relief_cli.payouts.states import SENT
from relief_cli.payouts.waiting import approvals_needed, rule_by_settings, rule_of
from relief_cli.reports.approval import approval_workbook
from relief_cli.reports.corrections import Checked
from relief_cli.reports.fix_list import fix_list_workbook


def recorded(book: Book, name: str, setting: Setting, *, repeated: bool) -> tuple[Outcome, Batch]:
    """Tell how a batch stands in the ledger."""
    batch, state = book.load(name), book.state(name)
    missing = approving.approvals_missing(setting, book, batch)
    known = tuple(book.files(name))
    outcome = of_batch(batch, state, files=known, repeated=repeated, approvals_missing=missing)
    if state in SENT:
        outcome = replace(outcome, output=setting.office.out_folder / name)
    prepared = book.preparation(name)
    rule = rule_of(book, setting.office)
    needed = max(prepared.approvals, approvals_needed(rule, batch.amount_fen))
    return with_sheet(setting, outcome, batch, prepared, needed), batch


def with_sheet(
    setting: Setting, outcome: Outcome, batch: Batch, prepared: Preparation, needed: int
) -> Outcome:
    """Put the approval sheet in place where approvals are needed; the same bytes every time."""
    if not outcome.approvals_missing:
        return outcome
    place = setting.office.out_folder / "approvals" / f"{batch.name}.xlsx"
    files.make_private_folder(place.parent)
    told = context_of(batch)
    payer = f"{told.payer_name} {told.payer_account}".strip()
    content = approval_workbook(batch, prepared, needed, payer, wording_of(batch))
    if not place.exists() or place.read_bytes() != content:
        files.write_beside(place, content)
    asked = approvals_needed(rule_by_settings(setting.office), batch.amount_fen)
    return replace(outcome, approval_sheet=place, rule_kept=asked < needed)


def put_held_list(setting: Setting, checked: Checked) -> Path | None:
    """Write the held rows where no batch's folder has them; ``None`` if there are none.

    Args:
        setting: the office.
        checked: the held rows alone, with what they came from.
    """
    if checked.rows.empty:
        return None
    content = "".join(sorted(checked.inputs["sha256"]))
    name = f"{hashlib.sha256(content.encode()).hexdigest()[:12]}.xlsx"
    place = setting.office.out_folder / "held" / name
    files.make_private_folder(place.parent)
    files.write_beside(place, fix_list_workbook(checked, setting.wording()))
    return place
