"""Pay again what has failed or came back: a new batch, each line naming what it follows."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from relief_cli.batch import (
    COMPONENTS,
    ENTITLEMENTS,
    FOLLOW_UPS,
    PAYMENTS,
    Batch,
)
from relief_cli.calendar import Cycle
from relief_cli.checks.last_time import LAST_ACCOUNTS, LAST_HOLDERS, Last
from relief_cli.errors import RefusedError
from relief_cli.frames import conform
from relief_cli.funding import share_again
from relief_cli.i18n import N_
from relief_cli.ledger import Book
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.returns import STANDING
from relief_cli.ledger.schema import ROWS_OF_BATCH
from relief_cli.payouts import exporting, lists
from relief_cli.payouts.accepting import bind, quiet, sightings
from relief_cli.payouts.corrected import Corrected, Failures, correct
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.operators import by_whom
from relief_cli.payouts.outcome import Outcome, of_batch, told_of
from relief_cli.payouts.plan import drawing
from relief_cli.payouts.recorded import put_held_list, recorded, with_sheet
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import hands_of, writing
from relief_cli.payouts.states import PREPARED, SENT
from relief_cli.payouts.still_entitled import ended_since
from relief_cli.payouts.waiting import approvals_needed, strengthen
from relief_cli.programmes.registers import REGISTERS
from relief_cli.reports.corrections import Checked
from relief_cli.roster.gather import Gathering, Options
from relief_cli.roster.read import Roster, read


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """What is asked for: the failures of a batch, paid again."""

    batch: str
    rosters: Gathering | None
    """Corrected accounts; None where all is paid again as it was."""
    same_accounts: bool = False
    """Also into accounts that the bank has rejected."""
    pay_on: dt.date | None = None
    """The day that bank files carry; that of the failed batch where None."""
    advance: Callable[[str], None] = lambda _step: None


def follow_up(setting: Setting, asked: Repeat) -> Outcome:
    """Make a batch of what has failed, and export it as far as approvals allow.

    The same again, when nothing more has failed, answers with the batch that was made then.

    Args:
        setting: the office.
        asked: what is asked for.

    Raises:
        UsageError: ``batch-unknown``.
        RefusedError: ``not-sent``; and as :func:`relief_cli.payouts.run`.
        UnreadableError: a roster cannot be taken in; nothing was recorded.
    """
    hands = hands_of(setting.office)
    options = asked.rosters.options if asked.rosters else Options()
    coming = lists.start(setting.office, options)
    roster = read(asked.rosters, asked.advance) if asked.rosters else None
    taken = coming.read()
    with writing(setting.office, hands) as book:
        failures = _failures(book, setting, asked, roster)
        cycle = Cycle.parse(failures.batch.cycle)
        compared = taken.at(setting.policy, cycle, failures.batch.programme)
        given = [one.sha256 for one in roster.inputs] if roster else []
        shas = sorted([*given, *compared.shas()])
        corrected = correct(failures, roster, setting, cycle, compared)
        if not len(corrected.payments):
            before = book.follow_up_of(asked.batch, shas)
            if before is not None:
                outcome, batch = recorded(book, before, setting, repeated=True)
            else:
                digest = _digest(failures, shas, 0)
                met = sightings(corrected.findings)
                book.acceptances.note(failures.batch.programme, cycle.text, digest, met)
                bind(book, failures.accepted, corrected.findings)
                return _nothing_left(setting, failures, corrected)
        else:
            outcome, batch = _record(setting, book, failures, corrected, shas, asked)
    asked.advance("record")
    if outcome.approvals_missing:
        return outcome
    outcome = exporting.export(setting, outcome, batch)
    asked.advance("export")
    return outcome


def _failures(book: Book, setting: Setting, asked: Repeat, roster: Roster | None) -> Failures:
    name = asked.batch
    batch, state = book.load(name), book.state(name)
    if state not in SENT:
        raise RefusedError(
            "not-sent",
            N_("{batch} has not gone out; nothing of it can have failed."),
            why=N_("What is still here is paid by the batch itself, not again."),
            remedy=N_("Send it: relief export {batch}"),
            batch=name,
        )
    cycle, contradicted = Cycle.parse(batch.cycle), book.returns.contradicted(name)
    owed_ones = [book.returns.failures(name), contradicted[list(STANDING)]]
    standing = pd.concat(owed_ones).sort_values("payment", ignore_index=True)
    failed = batch.entitlements["payment"].isin(standing["payment"])
    owed = batch.entitlements[failed].merge(batch.payments, on="payment", suffixes=("", "_paid"))
    accounts, holders = _last(book, batch.programme, owed)
    last = Last(roster.people, accounts) if roster else None
    pairs = last.asked(book.shared_accounts()) if last else owed[["person", "account_number"]][:0]
    return Failures(
        batch=batch,
        content=book.preparation(name).content,
        standing=standing,
        stopped=_stopped(book, setting, batch),
        contradicted=dict(zip(contradicted["payment"], contradicted["told_at"], strict=True)),
        drawing=drawing(book, cycle),
        last=last,
        last_holders=holders,
        drawn=book.drawn(batch.programme, batch.occasion, pairs),
        accepted=quiet(book, cycle.first_on),
        same_accounts=asked.same_accounts,
    )


def _stopped(book: Book, setting: Setting, batch: Batch) -> frozenset[int]:
    """Give the entitlements of which not all months are due any more: what has failed waits."""
    no_lists = Lists(language=setting.office.language)
    return frozenset(ended_since(book, setting, batch, no_lists)["entitlement"])


def _last(book: Book, programme: str, owed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give where people were last paid, and who held the account; else where it failed now.

    Args:
        book: the ledger.
        programme: the one that is paid.
        owed: entitlements that have failed, with their payments.
    """
    failed = owed.assign(other_holder=owed["payee_name"].mask(owed["payee_name"] == owed["name"]))
    tables = []
    for known, columns in (
        (book.last_accounts(programme, owed["person"]), list(LAST_ACCOUNTS)),
        (book.last_holders(programme, owed["person"]), list(LAST_HOLDERS)),
    ):
        first = failed.loc[~failed["person"].isin(known["person"]), columns]
        tables.append(pd.concat([known, first], ignore_index=True).astype("str"))
    return tables[0], tables[1]


def _record(
    setting: Setting,
    book: WritableBook,
    failures: Failures,
    corrected: Corrected,
    shas: list[str],
    asked: Repeat,
) -> tuple[Outcome, Batch]:
    sequence = book.next_sequence(failures.batch.programme, failures.batch.cycle)
    number, recovered = book.number(failures.batch.name), book.recovered_by_source()
    batch = plan(failures, corrected, setting, number, sequence, shas, recovered, asked.pay_on)
    # Planned before it is recorded: what no bank's file can hold is refused while it can be.
    job = exporting.plan_job(setting.templates, batch)
    needed = approvals_needed(strengthen(book, setting.office), batch.amount_fen)
    maker = by_whom(book, setting.office)
    book.record(batch, maker, needed, partial(exporting.outgoing, job))
    bind(book, failures.accepted, batch.findings)
    outcome = of_batch(batch, PREPARED, approvals_missing=needed)
    prepared = book.preparation(batch.name)
    return with_sheet(setting, outcome, batch, prepared, needed), batch


def plan(
    failures: Failures,
    corrected: Corrected,
    setting: Setting,
    number: int,
    sequence: int,
    shas: list[str],
    recovered: pd.DataFrame,
    pay_on: dt.date | None = None,
) -> Batch:
    """Make the batch that pays again what was corrected.

    Args:
        failures: what has failed.
        corrected: what is paid again.
        setting: the office.
        number: the failed batch's number in the ledger.
        sequence: the new batch's number in its cycle.
        shas: the digests of the rosters and of the lists of other departments, sorted.
        recovered: what has come back to the sources (:data:`relief_cli.batch.RECOVERED`).
        pay_on: the day that bank files carry; that of the failed batch where None.
    """
    failed = failures.batch
    formats = setting.directory.formats()
    default = setting.directory.default_format
    banked = corrected.payments["bank"].map(formats).fillna(default)
    # What was not handed out on paper stays on paper, until a roster says an account.
    before = corrected.payments["format"]
    on_paper = before.isin(REGISTERS) & (not shas)
    again = corrected.payments.assign(format=banked.mask(on_paper, before).astype("str"))
    again = again.sort_values(["format", "bank", "account_number", "payment"], kind="stable")
    numbered = pd.Series(np.arange(1, len(again) + 1), index=again["payment"])
    persons = failures.persons[failures.persons["payment"].isin(again["payment"])]
    entitlements = persons.assign(
        # Where it stands in the failed batch's list: its payment's number there.
        sheet=0,
        sheet_row=persons["payment"],
        member=persons.groupby("payment").cumcount(),
        payment=persons["payment"].map(numbered),
    ).sort_values(["payment", "person"], kind="stable")
    # What they are made of stays the same.
    numbers = np.arange(1, len(entitlements) + 1)
    again_as = pd.Series(numbers, index=entitlements["entitlement"])
    entitlements["entitlement"] = numbers
    made_of = failed.components[failed.components["entitlement"].isin(again_as.index)]
    made_of = made_of.assign(entitlement=made_of["entitlement"].map(again_as))
    return Batch(
        name=f"{failed.programme}-{failed.cycle}-{sequence}",
        programme=failed.programme,
        cycle=failed.cycle,
        sequence=sequence,
        occasion=failed.occasion,
        region=setting.office.region,
        office=setting.office.name,
        pay_on=pay_on or failed.pay_on,
        inputs_digest=_digest(failures, shas, sequence),
        rows_read=len(entitlements) + len(corrected.unpaid),
        follows=failed.name,
        inputs=corrected.inputs,
        sheets=corrected.sheets,
        parameters=corrected.parameters,
        grounds=failed.grounds,
        payments=conform(again.assign(payment=numbered.to_numpy()), PAYMENTS),
        follow_ups=conform(
            pd.DataFrame(
                {
                    "payment": numbered.to_numpy(),
                    "follows": number * ROWS_OF_BATCH + again["payment"].to_numpy(),
                }
            ),
            FOLLOW_UPS,
        ),
        entitlements=conform(entitlements, ENTITLEMENTS),
        components=conform(made_of.sort_values("entitlement", kind="stable"), COMPONENTS),
        shares=share_again(failed.shares, entitlements),
        recovered=recovered,
        facts=setting.facts(failed.programme),
        titles=setting.titles(entitlements["category"]),
        unpaid=corrected.unpaid,
        findings=corrected.findings,
    )


def _digest(failures: Failures, shas: list[str], sequence: int) -> str:
    content = {
        "follows": failures.batch.name,
        "failed": failures.standing["payment"].tolist(),
        "rosters": shas,
        # A rejected attempt is no reason to refuse the next one.
        "sequence": sequence,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _nothing_left(setting: Setting, failures: Failures, corrected: Corrected) -> Outcome:
    held = corrected.unpaid[corrected.unpaid["fate"] == "held"]
    checked = Checked(
        rows=held,
        findings=corrected.findings,
        sheets=corrected.sheets,
        inputs=corrected.inputs,
    )
    fates = corrected.unpaid["fate"].value_counts()
    return Outcome(
        batch=None,
        state=None,
        programme=failures.batch.programme,
        cycle=failures.batch.cycle,
        rows={
            "read": len(corrected.unpaid),
            "paid": 0,
            "held": int(fates.get("held", 0)),
            "skipped": int(fates.get("skipped", 0)),
        },
        shares_fen=dict.fromkeys(failures.batch.shares["source"].unique(), 0),
        **told_of(corrected.findings),
        follows=failures.batch.name,
        held_list=put_held_list(setting, checked),
    )
