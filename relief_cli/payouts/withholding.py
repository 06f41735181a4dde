"""A prepared batch made again without some of its people."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from relief_cli.batch import (
    COMPONENTS,
    ENTITLEMENTS,
    FINDINGS,
    FOLLOW_UPS,
    INPUTS,
    LOUD,
    PAYMENTS,
    SHEETS,
    UNPAID,
    Batch,
)
from relief_cli.errors import RefusedError, UsageError
from relief_cli.frames import conform
from relief_cli.funding import share_again
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.ledger.book import Preparation
from relief_cli.ledger.record import WritableBook
from relief_cli.payouts import approving, exporting
from relief_cli.payouts.operators import by_whom
from relief_cli.payouts.outcome import Outcome, of_batch
from relief_cli.payouts.people import person_of
from relief_cli.payouts.recorded import with_sheet
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import PREPARED
from relief_cli.payouts.still_entitled import ended_since, lists_for
from relief_cli.payouts.waiting import approvals_needed, strengthen
from relief_cli.roster.grid import CELL_SEPARATOR

_HEADER = ("姓名", "身份证号", "账户名称", "账号", "开户行")
CODE = "R504"
# It stands in the books, whose bytes must not hang on a catalogue that is built apart.
_USUAL = {
    "zh": "制单后已停发、列入名单，或首次付款可能已到账",
    "en": "stopped or listed since the batch was prepared, or the first payment may have arrived",
}


def withhold(setting: Setting, name: str, given: Sequence[str], reason: str) -> Outcome:
    """Reject a batch that has not gone out, and prepare it again without some of its people.

    Both happen or neither; approvals are asked anew. Whoever is withheld stands among the held
    rows, and can be paid by another batch.

    Args:
        setting: the office.
        name: the batch.
        given: who is left out: identity numbers, or references of payments for one person. Where
            nobody is named, whoever was stopped or listed since it was prepared, and whose first
            payment arrived after all, or may have.
        reason: in the clerk's words; the usual one where empty.

    Raises:
        UsageError: as :func:`relief_cli.payouts.approving.reject`; ``person-malformed``,
            ``person-unclear``, ``person-not-there``.
        RefusedError: ``batch-decided``, ``approval-revoked``; ``nobody-left``.
    """
    with Ledger.open(setting.office.ledger_place).reading() as book:
        batch, prepared = book.load(name), book.preparation(name)
        if given:
            persons = [person_of(book, one) for one in given]
        else:
            listed = lists_for(setting, batch)
            ended = ended_since(book, setting, batch, listed)["person"]
            paid = batch.entitlements["payment"].isin(list(book.returns.held(name)))
            persons = list(dict.fromkeys([*ended, *batch.entitlements.loc[paid, "person"]]))
    _require_some(batch, persons)
    why = reason.strip() or _USUAL[setting.office.language]

    def make_again(book: WritableBook) -> Outcome:
        sequence = book.next_sequence(batch.programme, batch.cycle)
        again = without(batch, persons, prepared, sequence, why)
        again = replace(
            again,
            recovered=book.recovered_by_source(),
            facts=setting.facts(batch.programme),
            titles=setting.titles(again.entitlements["category"]),
        )
        # Planned before it is recorded: what no bank's file can hold is refused while it can be.
        job = exporting.plan_job(setting.templates, again)
        needed = approvals_needed(strengthen(book, setting.office), again.amount_fen)
        maker = by_whom(book, setting.office)
        book.record(again, maker, needed, partial(exporting.outgoing, job))
        outcome = of_batch(again, PREPARED, approvals_missing=needed)
        return with_sheet(setting, outcome, again, book.preparation(again.name), needed)

    return approving.reject_and(setting, name, why, make_again)


def _require_some(batch: Batch, persons: Sequence[str]) -> None:
    """Refuse to leave out nobody, somebody who is not there, or everybody.

    Raises:
        UsageError: ``person-not-there``.
        RefusedError: ``nobody-left``.
    """
    there = batch.entitlements["person"]
    if not persons or not set(persons) <= set(there):
        raise UsageError(
            "person-not-there",
            N_("{batch} pays nobody of those who are to be left out."),
            remedy=N_("Give identity numbers of people whom it pays."),
            batch=batch.name,
        )
    if there.isin(persons).all():
        raise RefusedError(
            "nobody-left",
            N_("Nobody would be left in {batch}."),
            why=N_("A batch pays somebody."),
            remedy=N_("Reject it: relief reject {batch}"),
            batch=batch.name,
        )


def without(
    batch: Batch, persons: Sequence[str], prepared: Preparation, sequence: int, reason: str
) -> Batch:
    """Give a batch without some people, who stand among its held rows.

    Args:
        batch: the one that is made again.
        persons: who is left out.
        prepared: how it was prepared.
        sequence: the new one's number in its cycle.
        reason: why, which their rows tell.
    """
    out = batch.entitlements["person"].isin(persons)
    kept = batch.entitlements[~out]
    sums = kept.groupby("payment")["amount_fen"].agg(["sum", "size"])
    payments = batch.payments[batch.payments["payment"].isin(sums.index)]
    number = pd.Series(np.arange(1, len(payments) + 1), index=payments["payment"])
    entitlement = pd.Series(np.arange(1, len(kept) + 1), index=kept["entitlement"])
    made_of = batch.components[batch.components["entitlement"].isin(entitlement.index)]
    again_for = batch.follow_ups[batch.follow_ups["payment"].isin(number.index)]
    digest = hashlib.sha256("\n".join([prepared.content, *sorted(persons)]).encode())
    held = _held(batch, batch.entitlements[out], prepared, reason)
    return replace(
        batch,
        name=f"{batch.programme}-{batch.cycle}-{sequence}",
        sequence=sequence,
        inputs_digest=digest.hexdigest(),
        replaces=batch.name,
        payments=conform(
            payments.assign(
                payment=number.to_numpy(),
                amount_fen=sums["sum"].reindex(payments["payment"]).to_numpy(),
                beneficiaries=sums["size"].reindex(payments["payment"]).to_numpy(),
            ),
            PAYMENTS,
        ),
        entitlements=conform(
            kept.assign(
                entitlement=entitlement.to_numpy(), payment=kept["payment"].map(number).to_numpy()
            ),
            ENTITLEMENTS,
        ),
        components=conform(
            made_of.assign(entitlement=made_of["entitlement"].map(entitlement)), COMPONENTS
        ),
        follow_ups=conform(again_for.assign(payment=again_for["payment"].map(number)), FOLLOW_UPS),
        shares=share_again(batch.shares, kept),
        inputs=held["inputs"],
        sheets=held["sheets"],
        unpaid=held["unpaid"],
        findings=held["findings"],
    )


def _held(
    batch: Batch, out: pd.DataFrame, prepared: Preparation, reason: str
) -> dict[str, pd.DataFrame]:
    """Give the tables of what is not paid, with those who are left out at their end.

    They stand in the list of the batch that is made again: row by row, as their payments there.
    """
    given, sheet = len(batch.inputs), int(batch.sheets["sheet"].max()) + 1
    row = int(batch.unpaid["row"].max()) + 1 if len(batch.unpaid) else batch.rows_read
    payees = batch.payments.set_index("payment").loc[out["payment"]]
    columns = (
        out["name"],
        out["person"],
        payees["payee_name"],
        payees["account_number"],
        payees["bank_name"].fillna(""),
    )
    place = pd.DataFrame(
        {
            "row": np.arange(max(row, batch.rows_read), max(row, batch.rows_read) + len(out)),
            "input": given,
            "sheet": sheet,
            "sheet_row": out["payment"].to_numpy(),
            "member": out.groupby("payment").cumcount().to_numpy(),
        }
    )
    cells = [CELL_SEPARATOR.join(row) for row in zip(*columns, strict=True)]
    unpaid = place.assign(fate="held", codes=CODE, cells=cells)
    found = place.assign(
        code=CODE, severity="error", field="id_number", cell="", detail=reason, **LOUD
    )
    own = pd.DataFrame([(given, batch.name, prepared.content, 0)], columns=list(INPUTS))
    header = CELL_SEPARATOR.join(_HEADER)
    listed = pd.DataFrame([(sheet, given, "", 1, header, len(out), 0, 0)], columns=list(SHEETS))
    tables = {
        "inputs": (batch.inputs, own, INPUTS),
        "sheets": (batch.sheets, listed, SHEETS),
        "unpaid": (batch.unpaid, unpaid, UNPAID),
        "findings": (batch.findings, found, FINDINGS),
    }
    return {
        name: conform(pd.concat([before, more], ignore_index=True), columns)
        for name, (before, more, columns) in tables.items()
    }
