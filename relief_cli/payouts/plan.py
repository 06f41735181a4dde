"""From a checked roster to a batch, all of it in memory; nothing is written here."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from relief_cli import funding, payments
from relief_cli.batch import (
    COMPONENTS,
    ENTITLEMENTS,
    FOLLOW_UPS,
    GROUNDS,
    INPUTS,
    PAYMENTS,
    SHARES,
    Batch,
)
from relief_cli.calendar import Cycle
from relief_cli.checks import run as checks
from relief_cli.checks.accepting import of_people
from relief_cli.checks.last_time import Last
from relief_cli.checks.names import folded
from relief_cli.checks.rules import ERRORS
from relief_cli.checks.subject import Quiet, Subject
from relief_cli.errors import UnreadableError
from relief_cli.findings import Block
from relief_cli.frames import conform, empty
from relief_cli.ledger import Book
from relief_cli.payouts import examine
from relief_cli.payouts.accepting import quiet
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.once_a_year import repeated_causes
from relief_cli.payouts.other_programmes import elsewhere, rules
from relief_cli.payouts.reserves import beyond_reserves
from relief_cli.payouts.setting import Request, Setting, inputs_digest
from relief_cli.policy import Parameter, Share
from relief_cli.policy.tables import parameters_table
from relief_cli.programmes.by_name import PROGRAMMES
from relief_cli.programmes.components import Component, components_table
from relief_cli.programmes.registers import RESERVE_REGISTER
from relief_cli.programmes.terms import Dues, Ground, People, Terms, entitle
from relief_cli.roster.gather import lacking_columns
from relief_cli.roster.read import Roster

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


@dataclass(frozen=True)
class Draft:
    """A roster that was read, and what the settings say about it, before the ledger is asked."""

    request: Request
    setting: Setting
    roster: Roster
    known: examine.Known
    counties: pd.Series
    """The county of each person; the office's own where the roster names none."""
    parameters: Terms
    dues: Dues
    lists: Lists
    digest: str
    drawing: frozenset[tuple[str, str]] = frozenset()
    """See :class:`relief_cli.checks.subject.Subject`."""
    accepted: tuple[Quiet, ...] = ()
    """Likewise."""


def with_books(drafted: Draft, book: Book) -> Draft:
    """Bring in who may draw for whom here, and which findings are accepted.

    A mandate, and an acceptance of what holds a row, make them other inputs: who was held is paid
    by the same command.
    """
    people, cycle = drafted.roster.people, drafted.request.cycle
    holding = drawing(book, cycle)
    here = set(people["person"].dropna()) if holding else set()
    mandates = sorted(pair for pair in holding if pair[0] in here)
    accepted = of_people(quiet(book, cycle.first_on), people)
    strict = drafted.setting.strict
    released = [one.number for one in accepted if one.code in ERRORS or one.code in strict]
    digest = drafted.digest
    if mandates or released:
        parts = [digest, *mandates, *([{"accepted": released}] if released else [])]
        text = json.dumps(parts, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(drafted, drawing=frozenset(mandates), accepted=accepted, digest=digest)


def draft(request: Request, setting: Setting, roster: Roster, lists: Lists) -> Draft:
    """Bring the roster, the settings and the lists of other departments together.

    Raises:
        UnreadableError: F004.
        PolicyError: a parameter is missing.
    """
    programme = PROGRAMMES[request.programme]
    if programme.per_person:
        _require_members(roster)
    counties = roster.people["county"].fillna(setting.office.county)
    places = sorted(set(counties.unique()) | {setting.office.county})
    terms = programme.terms(setting.policy, request.cycle, places)
    known = examine.know_categories(roster, setting)
    people = People(
        table=roster.people,
        amounts=roster.amounts,
        category=known.category,
        county=counties,
        household_wide=roster.household_wide,
        categories=setting.policy.categories,
        language=setting.office.language,
        cycle=request.cycle,
    )
    dues = programme.dues(people, terms)
    if not dues.on_paper.all():
        known = examine.with_payees(known, roster, setting)
    return Draft(
        request=request,
        setting=setting,
        roster=roster,
        known=known,
        counties=counties,
        parameters=terms,
        dues=dues,
        lists=lists,
        digest=inputs_digest(request, setting, roster, lists.digests()),
    )


def _require_members(roster: Roster) -> None:
    """Refuse a list of households where people are paid: its members would be forgotten."""
    people = roster.people
    if not people["only_head"].any():
        return
    several = pd.to_numeric(people["covered_members"], errors="coerce").fillna(1) > 1
    rows = np.flatnonzero(people["only_head"].to_numpy() & several.to_numpy())
    if len(rows):
        sheet = roster.sheets[int(people["sheet"].iloc[rows[0]])]
        raise _members_missing(roster.inputs[sheet.input].name, sheet.name)


def _members_missing(file: str, sheet: str) -> UnreadableError:
    members = {"name": "家庭成员姓名", "id_number": "家庭成员身份证号"}
    return lacking_columns(file, sheet, members, ())


def check(drafted: Draft, book: Book) -> checks.Result:
    """Check the roster, with what the ledger knows of its people."""
    request, terms, roster = drafted.request, drafted.parameters, drafted.roster
    persons = roster.people["person"].dropna()
    last = Last(roster.people, book.last_accounts(request.programme, persons))
    others = elsewhere(
        book,
        drafted.setting.policy,
        request.programme,
        request.cycle,
        roster,
        drafted.dues,
    )
    subject = Subject(
        roster=roster,
        as_of=request.cycle.last_on,
        on_paper=drafted.dues.on_paper,
        stopped_by=request.cycle.first_on if terms.within_cycle else None,
        category=drafted.known.category,
        bank=drafted.known.bank,
        unfit=drafted.known.unfit,
        order=terms.categories,
        higher_first=terms.higher_first,
        eligible=frozenset(terms.categories),
        by_support_mode=support_mode_categories(drafted.setting),
        most_per_person_fen=terms.most_per_person_fen,
        already_paid=book.paid(request.programme, terms.occasion, persons),
        last=last,
        last_holders=book.last_holders(request.programme, last.movers),
        drawn=book.drawn(
            request.programme,
            terms.occasion,
            last.asked(book.shared_accounts()),
        ),
        taper_months=terms.taper_months,
        taper_never=terms.taper_never,
        strict=drafted.setting.strict,
        drawing=drafted.drawing,
        accepted=drafted.accepted,
        stopped=book.stops.stopped(request.cycle.last_on),
        bound=drafted.dues.bound,
        excluded=others.excluded,
        capped=others.capped,
        due_fen=drafted.dues.amount_fen,
        listed=drafted.lists.standing(roster.identities.key, roster.people["name"], request.cycle),
    )
    further = [*drafted.dues.blocks, *_by_the_ledger(drafted, book)]
    if terms.register == RESERVE_REGISTER:
        return checks.run(subject, further, partial(beyond_reserves, book, roster, drafted.dues))
    return checks.run(subject, further)


def drawing(book: Book, cycle: Cycle) -> frozenset[tuple[str, str]]:
    """Give who may draw for whom in a cycle, as the checks ask for it."""
    holding = book.mandates.holding(cycle.first_on)
    return frozenset((one.person, folded(one.payee_name)) for one in holding)


def _by_the_ledger(drafted: Draft, book: Book) -> list[Block]:
    """Find what only the ledger knows of what is due."""
    request, terms, dues = drafted.request, drafted.parameters, drafted.dues
    if not terms.once_a_year:
        return []
    cycle, roster = request.cycle, drafted.roster
    return [repeated_causes(book, request.programme, cycle, terms.occasion, roster, dues)]


def support_mode_categories(setting: Setting) -> frozenset[str]:
    """Give the categories whose people are paid by support mode."""
    known = setting.policy.categories.by_code
    return frozenset(code for code, category in known.items() if category.by_support_mode)


def sources(drafted: Draft) -> list[str]:
    """Give the funding sources, in the policy's order."""
    shares = next(iter(drafted.parameters.shares.values()))
    return list(dict.fromkeys(leaf for share in shares for leaf in _leaves(share)))


def _leaves(share: Share) -> list[str]:
    if not share.parts:
        return [share.source]
    return [leaf for part in share.parts for leaf in _leaves(part)]


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
        used=(*drafted.parameters.used, *drafted.lists.used),
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


def batch(judged: Judged, sequence: int) -> Batch:
    """Make the batch of everybody whose row is to be paid."""
    request, setting, parameters = judged.request, judged.setting, judged.parameters
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
        shares=conform(funding.share(entitlements, parameters.shares), SHARES),
        unpaid=judged.unpaid,
        findings=judged.findings,
        follow_ups=empty(FOLLOW_UPS),
    )


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


def _rows(drafted: Draft, result: checks.Result) -> pd.DataFrame:
    people = drafted.roster.people
    paid = result.fate == checks.PAID
    rows: pd.DataFrame = people.loc[paid, _AS_READ].assign(
        account_number=people.loc[paid, "payee_account"],
        bank_name=people.loc[paid, "payee_bank"],
        bank=drafted.known.bank[paid],
        category=drafted.known.category[paid],
        amount_fen=drafted.dues.amount_fen[paid],
        on_paper=drafted.dues.on_paper[paid],
        ground=drafted.dues.ground[paid],
        row=np.flatnonzero(paid),
        county=drafted.counties[paid],
    )
    return rows
