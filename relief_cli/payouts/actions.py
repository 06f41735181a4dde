"""Check, prepare, export, run: each finishes its work or has no effect, and can be repeated."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from relief_cli.arrow import give_memory_back
from relief_cli.batch import Batch
from relief_cli.checks import run as checks
from relief_cli.checks.accepting import NOT_ACCEPTED, of_people
from relief_cli.checks.subject import Subject
from relief_cli.ledger import Ledger
from relief_cli.ledger.record import WritableBook
from relief_cli.payouts import accepting, examine, exporting, lists, plan
from relief_cli.payouts.funding_check import money, require_funds
from relief_cli.payouts.judged import judge, make_batch
from relief_cli.payouts.made_before import made_before
from relief_cli.payouts.operators import by_whom
from relief_cli.payouts.outcome import CheckOutcome, Outcome, not_people, of_batch, told_of
from relief_cli.payouts.places import put_report
from relief_cli.payouts.recorded import put_held_list, recorded, with_sheet
from relief_cli.payouts.same_notice import require_same_notice
from relief_cli.payouts.sealed_copies import seal
from relief_cli.payouts.setting import Request, Setting
from relief_cli.payouts.signed_books import hands_of, writing
from relief_cli.payouts.states import PREPARED
from relief_cli.payouts.topping_up import held_to_books, record_overpaid
from relief_cli.payouts.waiting import approvals_needed, strengthen
from relief_cli.reports import batch_files
from relief_cli.reports.corrections import Checked
from relief_cli.reports.fix_list import fix_list_workbook
from relief_cli.roster.gather import Gathering
from relief_cli.roster.read import Roster, read
from relief_cli.sealing import Seal

if TYPE_CHECKING:
    from relief_cli.errors import ReliefError

_LARGE = 20_000
"""People from whom on a second process gains more than its start costs."""


def check(
    setting: Setting,
    rosters: Gathering,
    report: Path | None,
    as_of: dt.date,
    advance: Callable[[str], None] = lambda _step: None,
) -> CheckOutcome:
    """Find what is wrong in rosters, and write the workbook that a township can fix from.

    Nothing is recorded, and of the ledger only what was accepted is asked: a check is of the
    rosters alone. One that cannot be taken in keeps no other from being checked.

    Args:
        setting: the office, or the defaults outside one.
        rosters: the files, being read.
        report: where the workbook goes; where None among the office's outputs, or in the
            current folder where there is no office.
        as_of: the day for which ages and births are judged.
        advance: told of every step.

    Raises:
        UnreadableError: no file can be taken in.
        UsageError: ``write-failed``.
    """
    refused: list[ReliefError] = []
    roster = read(rosters, advance, refused)
    known = examine.know(roster, setting)
    result = checks.run(
        Subject(
            roster=roster,
            as_of=as_of,
            category=known.category,
            bank=known.bank,
            unfit=known.unfit,
            order=tuple(setting.policy.categories.by_code),
            by_support_mode=plan.support_mode_categories(setting),
            strict=setting.strict,
            accepted=of_people(accepting.known(setting.office, as_of), roster.people),
        )
    )
    found = examine.findings_table(roster, result)
    loud = found.loc[found["acceptance"] == NOT_ACCEPTED, "row"]
    rows = np.isin(np.arange(len(roster.people)), loud.to_numpy())
    checked = Checked(
        rows=examine.unpaid_table(roster, known, result, rows),
        findings=found,
        sheets=examine.sheets_table(roster),
        inputs=examine.inputs_table(roster),
    )
    advance("check")
    content = fix_list_workbook(checked, setting.wording())
    place = put_report(setting.office, "check", roster.inputs, report, content)
    advance("write")
    return CheckOutcome(
        rows=len(roster.people),
        **told_of(found),
        rows_with_errors=result.count(checks.HELD),
        report=place,
        sheets=_sheets(roster),
        passed_over=tuple(
            (one.name, sheet) for one in roster.inputs for sheet in one.passed_sheets
        ),
        refused=tuple(refused),
    )


def _sheets(roster: Roster) -> tuple[tuple[str, str, int, int, tuple[str, ...]], ...]:
    return tuple(
        (
            roster.inputs[sheet.input].name,
            sheet.name,
            sheet.rows,
            len(sheet.totals),
            sheet.layout.ignored,
        )
        for sheet in roster.sheets
    )


@dataclass(frozen=True)
class _Prepared:
    """A batch that is in the ledger, or why none is."""

    outcome: Outcome
    batch: Batch | None
    """None where nobody is left to pay."""
    rendering: exporting.Rendering | None = None
    """Its bank files, being made, where the batch is new."""


def prepare(setting: Setting, request: Request) -> Outcome:
    """Read, check and entitle; put a batch into the ledger. Nothing goes out.

    The same rosters again answer with the batch that was made from them. Of further or corrected
    rosters only those are in the new batch who were not paid before.

    Raises:
        UnreadableError: a file cannot be taken in; nothing was recorded.
        PolicyError: a parameter is missing or wrong.
        RefusedError: ``notice-renamed``; the batch's bank files could not be written.
    """
    return _prepare(setting, request, None).outcome


def _prepare(setting: Setting, request: Request, shop: exporting.Workshop | None) -> _Prepared:
    """Do as :func:`prepare`, with the files being made already in the ``shop`` of who goes on."""
    hands = hands_of(setting.office)
    coming = lists.start(setting.office, request.rosters.options)
    roster = read(request.rosters, request.advance)
    compared = coming.read().at(setting.policy, request.cycle, request.programme)
    if shop is not None and not setting.office.approvals and len(roster.people) >= _LARGE:
        shop.beside.start(batch_files.__name__)
    drafted = plan.draft(request, setting, roster, compared)
    del roster
    # The ledger is asked and written in one transaction, so two clerks cannot pay one person.
    with writing(setting.office, hands) as book:
        drafted = plan.with_books(drafted, book)
        if request.recover:
            _recover(drafted, book)
        # Only who prepares makes a rejected batch again: no nightly run does.
        name, digest = made_before(
            book, request.programme, request.cycle.text, drafted.digest, anew=shop is None
        )
        drafted = replace(drafted, digest=digest)
        if name:
            outcome, batch = recorded(book, name, setting, repeated=True)
            return _Prepared(replace(outcome, lists=compared.told()), batch)
        require_same_notice(drafted, book)
        drafted = held_to_books(drafted, book)
        result = plan.check(drafted, book)
        request.advance("check")
        if not result.count(checks.PAID):
            left = _nobody_left(drafted, result)
            cycle = request.cycle.text
            met = accepting.sightings(result.found)
            book.acceptances.note(request.programme, cycle, drafted.digest, met)
            accepting.bind(book, drafted.accepted, result.found)
            return _Prepared(left, None)
        sequence = book.next_sequence(request.programme, request.cycle.text)
        maker = by_whom(book, setting.office)
        judged, accepted = judge(drafted, result), drafted.accepted
        del drafted, result
        give_memory_back()
        batch = make_batch(judged, sequence, partial(money, book), book.recovered_by_source())
        remark = judged.parameters.remark
        del judged
        # Planned before it is recorded: what no bank's file can hold is refused while it can be.
        job = exporting.plan_job(setting.templates, batch)
        needed = approvals_needed(strengthen(book, setting.office), batch.amount_fen)
        short = require_funds(book, setting, batch)
        rendering = (
            exporting.begin(shop, setting, batch, job, book.head()) if shop and not needed else None
        )
        leaving = rendering.outgoing if rendering else partial(exporting.outgoing, job)
        book.record(batch, maker, needed, leaving)
        accepting.bind(book, accepted, batch.findings)
        prepared = book.preparation(batch.name)
    request.advance("record")
    outcome = of_batch(batch, PREPARED, approvals_missing=needed, lists=compared.told())
    outcome = replace(outcome, remark=remark, short_fen=short)
    return _Prepared(with_sheet(setting, outcome, batch, prepared, needed), batch, rendering)


def _recover(drafted: plan.Draft, book: WritableBook) -> None:
    """Record as owed back what was paid too much, where nothing else is wrong with the row."""
    held = held_to_books(drafted, book)
    record_overpaid(held, book, plan.check(held, book))


def _nobody_left(drafted: plan.Draft, result: checks.Result) -> Outcome:
    """Tell that no batch is needed; what is held is written all the same."""
    setting, roster = drafted.setting, drafted.roster
    found = examine.findings_table(roster, result)
    held = result.fate == checks.HELD
    checked = Checked(
        rows=examine.unpaid_table(roster, drafted.known, result, held),
        findings=found[found["row"].isin(np.flatnonzero(held))],
        sheets=examine.sheets_table(roster),
        inputs=examine.inputs_table(roster),
    )
    return Outcome(
        batch=None,
        state=None,
        programme=drafted.request.programme,
        cycle=drafted.request.cycle.text,
        rows={
            "read": len(roster.people),
            "paid": 0,
            "held": result.count(checks.HELD),
            "skipped": result.count(checks.SKIPPED),
        },
        shares_fen=dict.fromkeys(plan.sources(drafted), 0),
        **told_of(found),
        not_people=not_people(examine.sheets_table(roster)),
        held_list=put_held_list(setting, checked),
        remark=drafted.parameters.remark,
        lists=drafted.lists.told(),
    )


def describe(setting: Setting, name: str) -> Outcome:
    """Tell how the batch called ``name`` stands.

    Raises:
        UsageError: ``batch-unknown``.
        RefusedError: as :func:`relief_cli.payouts.approving.approvals_missing`.
    """
    return _of_name(setting, name)[0]


def export(
    setting: Setting, name: str, bank_format: str | None = None, sealing: Seal | None = None
) -> Outcome:
    """Write the files of a batch; see :func:`relief_cli.payouts.exporting.export`.

    Copies for the way to the bank are sealed where that is wanted, see
    :func:`relief_cli.payouts.sealed_copies.seal`.
    """
    outcome = exporting.export(setting, *_of_name(setting, name), bank_format)
    return seal(setting.office, outcome, sealing)


def _of_name(setting: Setting, name: str) -> tuple[Outcome, Batch]:
    with Ledger.open(setting.office.ledger_place).reading() as book:
        return recorded(book, name, setting, repeated=False)


def run(setting: Setting, request: Request) -> Outcome:
    """Do all of it, as far as approvals allow; made for cron, safe to repeat."""
    with exporting.workshop() as shop:
        prepared = _prepare(setting, request, shop)
        batch = prepared.batch
        if batch is None or prepared.outcome.approvals_missing:
            return prepared.outcome
        if prepared.rendering is None:
            outcome = exporting.export(setting, prepared.outcome, batch)
        else:
            outcome = exporting.finish(setting, prepared.outcome, prepared.rendering)
    outcome = seal(setting.office, outcome, request.seal)
    request.advance("export")
    return outcome
