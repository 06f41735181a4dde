"""Which failed payments are paid again, and into which account; nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from relief_cli.banks.codes import all_codes
from relief_cli.batch import FINDINGS, INPUTS, LOUD, PARAMETERS, SHEETS, UNPAID, Batch
from relief_cli.calendar import Cycle
from relief_cli.checks import run as checks
from relief_cli.checks.accepting import of_people
from relief_cli.checks.last_time import Last
from relief_cli.checks.names import folded
from relief_cli.checks.subject import Quiet, Subject
from relief_cli.findings import Block
from relief_cli.frames import conform
from relief_cli.payouts import examine
from relief_cli.payouts.ending import months_of
from relief_cli.payouts.judged import with_lists
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.setting import Setting
from relief_cli.policy.tables import parameters_table
from relief_cli.programmes import periods
from relief_cli.programmes.registers import REGISTERS
from relief_cli.roster import identity
from relief_cli.roster.grid import CELL_SEPARATOR
from relief_cli.roster.months import Spans
from relief_cli.roster.read import Roster

_HEADER = ("姓名", "身份证号", "账户名称", "账号", "开户行")
"""Of the list of failures, which a township puts right: a roster's own."""
_PAYEE = ("payee_name", "payee_id_number", "account_number", "bank", "bank_name")


@dataclass(frozen=True, kw_only=True)
class Failures:
    """What has failed of a batch and is owed."""

    batch: Batch
    content: str
    """The digest of the batch's content, 64 hex digits."""
    standing: pd.DataFrame
    """As :data:`relief_cli.ledger.returns.STANDING`: the failures that are not paid again yet, with
    those that the bank later said were paid."""
    stopped: frozenset[int]
    """Entitlements of which not all months are due any more."""
    contradicted: Mapping[int, str]
    """Payments that the bank later said were paid → where: the answer's name, the place in it."""
    drawing: frozenset[tuple[str, str]]
    """Who may draw for whom, see :class:`relief_cli.checks.subject.Subject`."""
    last: Last | None
    """Where the people of the roster were last paid; None without one."""
    last_holders: pd.DataFrame
    """See :class:`relief_cli.checks.subject.Subject`."""
    drawn: pd.DataFrame
    """Who else was paid into the accounts of the roster that corrects them."""
    accepted: tuple[Quiet, ...] = ()
    """Findings that the office has accepted."""
    same_accounts: bool = False
    """Money may go again into an account that the bank has rejected: the clerk says so."""

    @property
    def rejected(self) -> pd.Series:
        """Give by payment the account into which it must not simply go again.

        A bank may say itself that the same payment can succeed later; and what was to be handed
        out on paper has no account.
        """
        again = [code for code, known in all_codes().items() if known.again]
        failed = self.standing.loc[~self.standing["code"].isin(again), "payment"]
        payments = self.batch.payments
        chosen = payments["payment"].isin(failed) & ~payments["format"].isin(REGISTERS)
        return payments[chosen].set_index("payment")["account_number"]

    @property
    def drew(self) -> frozenset[tuple[str, str]]:
        """Give who drew for whom: the payee, and all who were paid together."""
        payments = self.batch.payments.set_index("payment")["payee_name"]
        paid = self.persons[["person", "payment", "name"]]
        together = paid[["person", "payment"]].merge(paid[["payment", "name"]], on="payment")
        payees = zip(paid["person"], paid["payment"].map(payments), strict=True)
        others = zip(together["person"], together["name"], strict=True)
        return frozenset((person, folded(str(name))) for person, name in (*payees, *others))

    @property
    def persons(self) -> pd.DataFrame:
        """The entitlements of the failed payments."""
        entitled = self.batch.entitlements
        return entitled[entitled["payment"].isin(self.standing["payment"])].reset_index(drop=True)


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What becomes of failures, and of the rows of rosters that correct them."""

    payments: pd.DataFrame
    """Those that are paid again: :data:`relief_cli.batch.PAYMENTS`, with their old numbers."""
    inputs: pd.DataFrame
    sheets: pd.DataFrame
    parameters: pd.DataFrame
    unpaid: pd.DataFrame
    findings: pd.DataFrame


@dataclass(frozen=True)
class _Rows:
    """The rows of a roster, judged."""

    payees: pd.DataFrame
    """By payment, the account that a sound row gives."""
    unpaid: pd.DataFrame
    """As :data:`relief_cli.batch.UNPAID`, with ``payment`` (missing: nothing of this person's has
    failed) and ``person``."""
    findings: pd.DataFrame
    persons: pd.Series
    """Everybody who has a row."""


def correct(
    failures: Failures,
    roster: Roster | None,
    setting: Setting,
    cycle: Cycle,
    lists: Lists,
) -> Corrected:
    """Decide which failed payments are paid again.

    With a roster those that it has a sound row for, into the account of that row; without one all
    of them, as they were. Nothing goes again to who is stopped, or held by a list, nor where the
    bank later said that the first payment arrived; nor into an account that the bank has rejected,
    unless the clerk says so.

    Args:
        failures: what has failed.
        roster: corrected accounts; rows of people of whom nothing has failed are passed over.
        setting: the office.
        cycle: what was paid for.
        lists: the lists of other departments that the office names.

    Raises:
        UnreadableError: F004.
    """
    persons = failures.persons
    rows = None
    if roster is not None:
        rows = _judge(failures, roster, setting, cycle, lists)
    listed = lists.standing(identity.parse(persons["person"]).key, persons["name"], cycle)
    kept = persons["entitlement"].isin(failures.stopped)
    kept |= persons.index.isin(listed.loc[listed["holds"], "row"])
    kept |= persons["payment"].isin(list(failures.contradicted))
    stopped = persons.loc[kept, "payment"]
    payments = failures.batch.payments
    again = payments[
        payments["payment"].isin(failures.standing["payment"]) & ~payments["payment"].isin(stopped)
    ]
    if rows is None and not failures.same_accounts:
        again = again[~again["payment"].isin(failures.rejected.index)]
    if rows is not None:
        again = again[again["payment"].isin(rows.payees.index)]
        fresh = rows.payees.loc[again["payment"], list(_PAYEE)].set_axis(again.index)
        again = again.assign(**{name: fresh[name] for name in _PAYEE})
    own, findings = _own_rows(failures, again, rows, listed)
    if rows is not None:
        own = _joined(own, rows.unpaid[~_told_by_others(rows.unpaid, again)], UNPAID)
        findings = _joined(findings, rows.findings, FINDINGS)
    return Corrected(
        payments=again,
        inputs=with_lists(_inputs(failures, roster), lists),
        sheets=_sheets(failures, roster),
        parameters=_parameters(failures, lists),
        unpaid=conform(own, UNPAID),
        findings=conform(findings, FINDINGS),
    )


def _told_by_others(unpaid: pd.DataFrame, again: pd.DataFrame) -> pd.Series:
    """Tell which faulty rows are of people who are paid all the same, by another row.

    The row of somebody else in the household has the account: who is paid counts once.
    """
    paid = unpaid["payment"].isin(again["payment"])
    return paid & ~unpaid["sound"] & ~unpaid["person"].duplicated()


def _joined(one: pd.DataFrame, other: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    return pd.concat([conform(one, columns), conform(other, columns)], ignore_index=True)


def _judge(
    failures: Failures,
    roster: Roster,
    setting: Setting,
    cycle: Cycle,
    lists: Lists,
) -> _Rows:
    known, people = examine.know_payees(roster, setting), roster.people
    spans = periods.spans(people, cycle)
    matched = _matched(failures, people["person"], spans)
    payment = matched["payment"]
    concerned = payment.notna().to_numpy(np.bool_)
    subject = Subject(
        roster=roster,
        as_of=cycle.last_on,
        category=known.category,
        bank=known.bank,
        unfit=known.unfit,
        order=(),
        last=failures.last,
        last_holders=failures.last_holders,
        drawn=failures.drawn,
        strict=setting.strict,
        drawing=failures.drawing | failures.drew,
        accepted=of_people(failures.accepted, people),
        # Of a quarter what a row stops within it is held against the part that has failed.
        stopped_by=cycle.first_on,
        spans=spans,
        listed=lists.standing(roster.identities.key, people["name"], cycle),
    )
    result = checks.run_payees(subject, _blocks(failures, people, matched))
    sound = concerned & (result.fate == checks.PAID)
    payees = pd.DataFrame(
        {
            "payment": payment[sound].astype("int64"),
            "payee_name": people.loc[sound, "payee_name"],
            "payee_id_number": people.loc[sound, "payee_id_number"],
            "account_number": people.loc[sound, "payee_account"],
            "bank": known.bank[sound],
            "bank_name": people.loc[sound, "payee_bank"],
        }
    )
    left = result.fate != checks.PAID
    unpaid = examine.unpaid_table(roster, known, result, left).assign(
        payment=payment[left].to_numpy(),
        person=people.loc[left, "person"].to_numpy(),
        sound=people.loc[left, "person"].isin(people.loc[sound, "person"]).to_numpy(),
    )
    shift = {"row": len(failures.persons), "input": 1, "sheet": 1}
    return _Rows(
        payees=payees.drop_duplicates("payment").set_index("payment"),
        unpaid=_shifted(unpaid, shift),
        findings=_shifted(examine.findings_table(roster, result), shift),
        persons=people["person"],
    )


def _matched(failures: Failures, person: pd.Series, spans: Spans) -> pd.DataFrame:
    """Say which failed payment each row is about: the one that is for the row's months.

    Returns:
        A line for each row: ``payment`` and ``name`` as it was paid (missing where nothing of this
        person's has failed for these months), ``several`` (it may be about several payments) and
        ``over`` (not all months of the payment are due).
    """
    failed = failures.persons
    entitlement = failures.batch.entitlements["entitlement"]
    own = Spans(*(pd.Series(each, index=entitlement)[failed["entitlement"]].to_numpy()
                  for each in months_of(failures.batch)))  # fmt: skip
    parts = failed[["person", "payment", "name"]].assign(
        first=own.first, last=own.last, over=failed["entitlement"].isin(failures.stopped)
    )
    rows = pd.DataFrame({"person": person.array, "since": spans.first, "until": spans.last})
    pairs = rows.reset_index(names="row").merge(parts.dropna(subset="person"), on="person")
    # A row that names no month of the cycle is about whatever has failed.
    idle = pairs["until"] < pairs["since"]
    pairs = pairs[idle | ((pairs["since"] <= pairs["last"]) & (pairs["until"] >= pairs["first"]))]
    pairs["over"] |= ~idle & (pairs["until"] < pairs["last"])
    found = pairs.groupby("row").agg(
        payment=("payment", "first"),
        name=("name", "first"),
        payments=("payment", "nunique"),
        over=("over", "any"),
    )
    found = found.reindex(rows.index)
    several = found.pop("payments").fillna(0) > 1
    return found.assign(several=several, over=found["over"].eq(other=True)).set_axis(person.index)


def _blocks(failures: Failures, people: pd.DataFrame, matched: pd.DataFrame) -> list[Block]:
    """Find what only those who know the failures can find."""
    person, payment = people["person"], matched["payment"]
    concerned = payment.notna().to_numpy(np.bool_)
    rows = np.flatnonzero(concerned)
    pairs = zip(people["name"].iloc[rows], matched["name"].iloc[rows], strict=True)
    other = np.array([folded(str(here)) != folded(there) for here, there in pairs], np.bool_)
    accounts = people["payee_account"].iloc[rows].groupby(payment.iloc[rows]).transform("nunique")
    passed = person.notna().to_numpy(np.bool_) & ~concerned
    doubted = np.flatnonzero(payment.isin(list(failures.contradicted)))
    rejected = people["payee_account"].eq(payment.map(failures.rejected)).to_numpy(np.bool_)
    return [
        Block(
            "R209", np.flatnonzero(rejected), "account_number", downgraded=failures.same_accounts
        ),
        Block("R213", doubted, "id_number", list(payment.iloc[doubted].map(failures.contradicted))),
        Block("R405", np.flatnonzero(passed), "id_number"),
        Block("R401", rows[other], "name", failures.batch.name),
        Block("R401", np.flatnonzero(matched["several"]), "id_number", failures.batch.name),
        Block("R502", np.flatnonzero(matched["over"]), "id_number"),
        Block("R210", rows[(accounts > 1).to_numpy(np.bool_)], "account_number"),
    ]


def _shifted(table: pd.DataFrame, shift: dict[str, int]) -> pd.DataFrame:
    """Give rows, files and sheets the numbers after those of the list of failures; -1 stays."""
    moved = {name: table[name] + by * (table[name] >= 0) for name, by in shift.items()}
    return table.assign(**moved)


def _own_rows(
    failures: Failures, again: pd.DataFrame, rows: _Rows | None, listed: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell of the failures themselves: who is not paid again, and who is paid as before."""
    persons = failures.persons
    paid = persons["payment"].isin(again["payment"])
    told = persons["person"].isin(rows.unpaid["person"] if rows is not None else [])
    held = ~paid & ~told
    code = persons["payment"].map(failures.standing.set_index("payment")["code"])
    unchanged = paid & persons["payment"].isin(failures.rejected.index) & (rows is None)
    holding = listed[listed["holds"]].drop_duplicates("row").set_index("row")
    reason = np.where(persons["entitlement"].isin(failures.stopped), "R502", "R209")
    on_list = persons.index.isin(holding.index) & (reason == "R209")
    reason = np.where(on_list, holding["code"].reindex(persons.index).fillna(""), reason)
    doubted = persons["payment"].isin(list(failures.contradicted))
    on_list &= ~doubted
    reason = np.where(doubted, "R213", reason)
    detail = code.mask(on_list, holding["detail"].reindex(persons.index))
    table = pd.DataFrame(
        {
            "row": np.arange(len(persons)),
            "input": 0,
            "sheet": 0,
            "sheet_row": persons["payment"],
            "member": persons.groupby("payment").cumcount(),
            "fate": checks.HELD,
            "codes": reason,
            "code": reason,
            "cells": _cells(failures, persons),
            "severity": np.where(paid, "warning", "error"),
            "field": np.where(on_list | doubted, "id_number", "account_number"),
            "cell": "",
            "detail": detail.mask(doubted, persons["payment"].map(failures.contradicted)),
            **LOUD,
        }
    )
    # Who has a row of the roster is marked there.
    alone = paid & ~persons["person"].isin(rows.persons if rows is not None else [])
    marked = _marked(table[alone.to_numpy()], listed)
    findings = pd.concat([table[(held | unchanged).to_numpy()], marked], ignore_index=True)
    return table[held.to_numpy()], findings


def _marked(paid: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Give the warnings about people who are paid again although a list names them."""
    found = listed[~listed["holds"]].rename(columns={"code": "told", "detail": "place"})
    rows = paid.merge(found[["row", "told", "place"]], on="row")
    return rows.assign(
        code=rows["told"], detail=rows["place"], field="id_number", severity="warning"
    )[list(paid.columns)]


def _parameters(failures: Failures, lists: Lists) -> pd.DataFrame:
    """Give the parameters of the failed batch, and what the lists mean today."""
    known = [failures.batch.parameters, parameters_table(lists.used)]
    table = pd.concat([conform(one, PARAMETERS) for one in known], ignore_index=True)
    return table.drop_duplicates(ignore_index=True)


def _cells(failures: Failures, persons: pd.DataFrame) -> list[str]:
    payments = failures.batch.payments.set_index("payment").loc[persons["payment"]]
    columns = (
        persons["name"],
        persons["person"],
        payments["payee_name"],
        payments["account_number"],
        payments["bank_name"].fillna(""),
    )
    return [CELL_SEPARATOR.join(cells) for cells in zip(*columns, strict=True)]


def _inputs(failures: Failures, roster: Roster | None) -> pd.DataFrame:
    """Give the files: first the failed batch itself."""
    own = pd.DataFrame([(0, failures.batch.name, failures.content, 0)], columns=list(INPUTS))
    if roster is None:
        return conform(own, INPUTS)
    given = _shifted(examine.inputs_table(roster), {"input": 1})
    return conform(pd.concat([own, given], ignore_index=True), INPUTS)


def _sheets(failures: Failures, roster: Roster | None) -> pd.DataFrame:
    header = CELL_SEPARATOR.join(_HEADER)
    own = pd.DataFrame([(0, 0, "", 1, header, len(failures.persons), 0, 0)], columns=list(SHEETS))
    if roster is None:
        return conform(own, SHEETS)
    given = _shifted(examine.sheets_table(roster), {"sheet": 1, "input": 1})
    return conform(pd.concat([own, given], ignore_index=True), SHEETS)
