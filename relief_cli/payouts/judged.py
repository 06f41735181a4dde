"""From rows of which each has its fate to a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli import payments
from relief_cli.batch import (
    COMPONENTS,
    ENTITLEMENTS,
    FOLLOW_UPS,
    GROUNDS,
    INPUTS,
    PAYMENTS,
    Batch,
)
from relief_cli.calendar import Cycle
from relief_cli.checks import run as checks
from relief_cli.frames import conform, empty
from relief_cli.funding import share
from relief_cli.payouts import examine
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.other_programmes import rules
from relief_cli.payouts.plan import Draft
from relief_cli.payouts.setting import Request, Setting
from relief_cli.policy import Parameter
from relief_cli.policy.tables import parameters_table
from relief_cli.programmes.components import Component, components_table
from relief_cli.programmes.terms import Ground, Terms, entitle
from relief_cli.purses import Money

Numbers = npt.NDArray[np.int64]
_AS_READ = [
    "sheet",
    "sheet_row",
    "member",
    "person",
    "name",
    "township",
    "household",
    "payee_name",
    "payee_id_number",
    "institution",
]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is left of a roster when every row has its fate: far less than was read."""

    request: Request
    setting: Setting
    parameters: Terms
    grounds: Sequence[Ground]
    components: Sequence[Component]
    used: Sequence[Parameter]
    """Every parameter that decides the outcome."""
    digest: str
    rows_read: int
    rows: pd.DataFrame
    """The people to be paid, in the columns that programmes and payments ask for."""
    inputs: pd.DataFrame
    sheets: pd.DataFrame
    unpaid: pd.DataFrame
    findings: pd.DataFrame


def judge(drafted: Draft, result: checks.Result) -> Judged:
    """Part those who are paid from the rest."""
    roster = drafted.roster
    return Judged(
        request=drafted.request,
        setting=drafted.setting,
        parameters=drafted.parameters,
        grounds=drafted.dues.grounds,
        components=drafted.dues.components,
        used=(*drafted.parameters.used, drafted.end, *drafted.lists.used),
        digest=drafted.digest,
        rows_read=len(roster.people),
        rows=_rows(drafted, result),
        inputs=with_lists(examine.inputs_table(roster), drafted.lists),
        sheets=examine.sheets_table(roster),
        unpaid=examine.unpaid_table(roster, drafted.known, result, result.fate != checks.PAID),
        findings=examine.findings_table(roster, result),
    )


def with_lists(inputs: pd.DataFrame, lists: Lists) -> pd.DataFrame:
    """Give the table of files with those of the lists after the rosters'."""
    return conform(pd.concat([inputs, lists.inputs(len(inputs))], ignore_index=True), INPUTS)


def make_batch(
    judged: Judged, sequence: int, money: Callable[[], Money], recovered: pd.DataFrame
) -> Batch:
    """Make the batch of everybody whose row is to be paid.

    Args:
        judged: the rows.
        sequence: the batch's number in its cycle.
        money: gives what the sources have left; asked where lump sums come first.
        recovered: what has come back to them (:data:`relief_cli.batch.RECOVERED`).
    """
    request, setting, parameters = judged.request, judged.setting, judged.parameters
    funding = parameters.funding
    between = rules(setting.policy, request.programme, request.cycle)
    entitled, grounds = entitle(judged.rows, judged.grounds)
    name = f"{request.programme}-{request.cycle.text}-{sequence}"
    paid, entitlements = _payments(judged, entitled, name)
    return Batch(
        name=name,
        programme=request.programme,
        cycle=request.cycle.text,
        sequence=sequence,
        occasion=parameters.occasion,
        region=setting.office.region,
        office=setting.office.name,
        pay_on=request.pay_on or parameters.pay_on,
        inputs_digest=judged.digest,
        rows_read=judged.rows_read,
        inputs=judged.inputs,
        sheets=judged.sheets,
        parameters=parameters_table((*judged.used, *between)),
        grounds=conform(grounds, GROUNDS),
        payments=conform(paid, PAYMENTS),
        entitlements=conform(entitlements, ENTITLEMENTS),
        components=conform(components_table(judged.components, entitlements), COMPONENTS),
        shares=share(
            entitlements.assign(times=_times(entitlements, grounds)),
            funding,
            money() if funding.lump_sums else Money(),
        ),
        recovered=recovered,
        facts=setting.facts(request.programme),
        titles=setting.titles(entitlements["category"]),
        unpaid=judged.unpaid,
        findings=judged.findings,
        follow_ups=empty(FOLLOW_UPS),
    )


def _times(entitlements: pd.DataFrame, grounds: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Give how many people's months each entitlement is for; of a notice's one for each person."""
    many = [
        int(people) * (len(list(Cycle.parse(first).to(Cycle.parse(last)))) if first else 1)
        for people, first, last in zip(
            grounds["people"], grounds["first_month"].fillna(""), grounds["last_month"], strict=True
        )
    ]
    times: npt.NDArray[np.int64] = np.array(many, dtype=np.int64)[entitlements["ground"]]
    return times


def _payments(
    judged: Judged, entitled: pd.DataFrame, name: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the payments through banks, then those on paper; and the entitlements likewise."""
    directory = judged.setting.directory
    formats, default = directory.formats(), directory.default_format
    register = judged.parameters.register
    paper = judged.rows["on_paper"].to_numpy()
    # Mostly all are paid in one way, and nothing is to be parted.
    if not paper.any():
        return payments.combine(judged.rows, entitled, formats, default)
    if paper.all():
        return payments.registered(entitled, name, register, (0, 0))
    banked = payments.combine(judged.rows[~paper], entitled[~paper], formats, default)
    after = (len(banked[0]), len(banked[1]))
    listed = payments.registered(entitled[paper], name, register, after)
    paid, entitlements = (
        pd.concat(tables, ignore_index=True) for tables in zip(banked, listed, strict=True)
    )
    return paid, entitlements


def _moves(person: pd.Series, first_month: Numbers, taken: pd.DataFrame) -> Numbers:
    """Number what a person is paid for different months of a cycle; 0 for nearly all.

    Args:
        person: of the rows that are paid.
        first_month: of each.
        taken: ``person`` and ``move`` of what was paid already.
    """
    move = np.zeros(len(person), dtype=np.int64)
    several = person.duplicated(keep=False) | person.isin(taken["person"])
    rows = np.flatnonzero(several.to_numpy())
    known: dict[str, set[int]] = {}
    for one, number in taken[taken["person"].isin(person.iloc[rows])].itertuples(index=False):
        known.setdefault(one, set()).add(number)
    for row in rows[np.argsort(first_month[rows], kind="stable")]:
        before = known.setdefault(person.iloc[row], set())
        move[row] = min(set(range(len(before) + 1)) - before)
        before.add(int(move[row]))
    return move


def _rows(drafted: Draft, result: checks.Result) -> pd.DataFrame:
    people = drafted.roster.people
    paid = result.fate == checks.PAID
    rows: pd.DataFrame = people.loc[paid, _AS_READ].assign(
        account_number=people.loc[paid, "payee_account"],
        bank_name=people.loc[paid, "payee_bank"],
        household_id=drafted.certificates[paid],
        bank=drafted.known.bank[paid],
        category=drafted.known.category[paid],
        amount_fen=drafted.dues.amount_fen[paid],
        on_paper=drafted.dues.on_paper[paid],
        ground=drafted.dues.ground[paid],
        move=_moves(people.loc[paid, "person"], drafted.spans.first[paid], drafted.moves),
        row=np.flatnonzero(paid),
        county=drafted.counties[paid],
    )
    return rows
