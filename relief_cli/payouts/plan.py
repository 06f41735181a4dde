"""From a checked roster to a batch, all of it in memory; nothing is written here."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.checks import run as checks
from relief_cli.checks.accepting import of_people
from relief_cli.checks.claims import Claims
from relief_cli.checks.last_time import Last
from relief_cli.checks.names import folded
from relief_cli.checks.rules import ERRORS
from relief_cli.checks.subject import BEFORE, Quiet, Subject
from relief_cli.errors import UnreadableError
from relief_cli.findings import Block
from relief_cli.frames import empty
from relief_cli.ledger import Book
from relief_cli.payouts import examine
from relief_cli.payouts.accepting import quiet
from relief_cli.payouts.claiming import with_paid
from relief_cli.payouts.ending import ends_by_books
from relief_cli.payouts.lists import Lists
from relief_cli.payouts.once_a_year import repeated_causes
from relief_cli.payouts.other_programmes import elsewhere, supported_elsewhere
from relief_cli.payouts.reserves import beyond_reserves
from relief_cli.payouts.setting import Request, Setting, inputs_digest
from relief_cli.policy import Parameter
from relief_cli.programmes.by_name import PROGRAMMES
from relief_cli.programmes.ends import rule_at
from relief_cli.programmes.periods import first_month
from relief_cli.programmes.registers import RESERVE_REGISTER
from relief_cli.programmes.terms import Dues, People, Terms
from relief_cli.roster import certificates, months
from relief_cli.roster.gather import lacking_columns
from relief_cli.roster.months import NEVER, Spans
from relief_cli.roster.read import Roster


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
    end: Parameter
    """Which month is the last that is due, see :mod:`relief_cli.programmes.ends`."""
    people: People
    dues: Dues
    lists: Lists
    digest: str
    certificates: pd.Series
    """The number of each household's certificate; missing where the programme pays persons."""
    drawing: frozenset[tuple[str, str]] = frozenset()
    """See :class:`relief_cli.checks.subject.Subject`."""
    accepted: tuple[Quiet, ...] = ()
    """Likewise."""
    before: pd.DataFrame = field(default_factory=partial(empty, BEFORE))
    """Likewise."""
    moves: pd.DataFrame = field(default_factory=partial(empty, {"person": "str", "move": "int64"}))
    """What the books know of the occasion: each person's moves that have been paid."""
    whole: Dues | None = None
    """What is due in all, where ``dues`` are what is owed beyond what was paid."""

    @property
    def spans(self) -> Spans:
        """For which months each row is.

        A row that is for none, beside others of its person, is for the same as none of these.
        """
        dues, person = self.whole or self.dues, self.roster.people["person"]
        spans = dues.spans
        if dues.none_due is None:
            return spans
        apart = dues.none_due & person.duplicated(keep=False).to_numpy()
        own = NEVER + 1 + np.arange(len(person))
        return Spans(np.where(apart, own, spans.first), np.where(apart, own, spans.last))


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
    known = examine.know_categories(roster, setting, terms.category_words)
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
    people = replace(people, ended=lists.ended(roster.identities.key, roster.people["name"]))
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
        end=rule_at(setting.policy, request.programme, request.cycle.last_on),
        people=people,
        dues=dues,
        lists=lists,
        digest=inputs_digest(request, setting, roster, lists.digests()),
        certificates=(
            pd.Series(pd.NA, index=roster.people.index, dtype="str")
            if dues.unit is None
            else certificates.certificates(roster)
        ),
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
    whole = drafted.whole or drafted.dues
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
        before=drafted.before,
        topping_up=request.top_up,
        last=last,
        last_holders=book.last_holders(request.programme, last.movers),
        drawn=book.drawn(
            request.programme,
            terms.occasion.benefit,
            last.asked(book.shared_accounts()),
        ),
        taper_months=terms.taper_months,
        taper_never=terms.taper_never,
        strict=drafted.setting.strict,
        drawing=drafted.drawing,
        accepted=drafted.accepted,
        stopped=frozenset(
            person
            for person, month in _ends(drafted, book).items()
            if month <= first_month(request.cycle)
        ),
        bound=drafted.dues.bound,
        excluded=others.excluded,
        capped=others.capped,
        due_fen=whole.amount_fen,
        spans=drafted.spans,
        claims=_claims(drafted, book),
        listed=drafted.lists.standing(roster.identities.key, roster.people["name"], request.cycle),
    )
    subject = with_paid(subject, book, request.programme, terms.occasion.benefit)
    further = [*drafted.dues.blocks, *_by_the_ledger(drafted, book)]
    if terms.register == RESERVE_REGISTER:
        return checks.run(subject, further, partial(beyond_reserves, book, roster, drafted.dues))
    return checks.run(subject, further)


def _claims(drafted: Draft, book: Book) -> Claims | None:
    unit = drafted.dues.unit
    if unit is None:
        return None
    return Claims(
        unit=unit,
        certificate=drafted.certificates,
        drawers=drawing(book, drafted.request.cycle),
    )


def with_ends(drafted: Draft, book: Book) -> Draft:
    """Let who was stopped within the cycle be due its months until then."""
    ended, cycle = _ends(drafted, book), drafted.request.cycle
    first, last = first_month(cycle), months.number(cycle.last_on.year, cycle.last_on.month)
    within = {person: month for person, month in ended.items() if first < month <= last}
    if not within or not drafted.parameters.within_cycle:
        return drafted
    person = drafted.roster.people["person"]
    by_books: npt.NDArray[np.int64] = np.asarray(person.map(within).fillna(NEVER), np.int64)
    known = drafted.people.ended
    people = replace(
        drafted.people, ended=by_books if known is None else np.minimum(known, by_books)
    )
    dues = PROGRAMMES[drafted.request.programme].dues(people, drafted.parameters)
    return replace(drafted, people=people, dues=dues)


def _ends(drafted: Draft, book: Book) -> dict[str, int]:
    request = drafted.request
    return ends_by_books(book, drafted.setting.policy, request.programme, request.cycle)


def drawing(book: Book, cycle: Cycle) -> frozenset[tuple[str, str]]:
    """Give who may draw for whom in a cycle, as the checks ask for it."""
    holding = book.mandates.holding(cycle.first_on)
    return frozenset((one.person, folded(one.payee_name)) for one in holding)


def _by_the_ledger(drafted: Draft, book: Book) -> list[Block]:
    """Find what only the ledger knows of what is due."""
    request, terms = drafted.request, drafted.parameters
    roster, dues = drafted.roster, drafted.whole or drafted.dues
    blocks = []
    if terms.once_a_year:
        occasion = terms.occasion.benefit
        known = book.causes(request.programme, occasion, roster.people["person"].dropna())
        blocks.append(repeated_causes(known, request.cycle, terms.once_causes, roster, dues))
    if terms.unsupported_causes:
        policy, cycle = drafted.setting.policy, request.cycle
        blocks.append(supported_elsewhere(book, policy, cycle, terms, roster, dues))
    return blocks


def support_mode_categories(setting: Setting) -> frozenset[str]:
    """Give the categories whose people are paid by support mode."""
    known = setting.policy.categories.by_code
    return frozenset(code for code, category in known.items() if category.by_support_mode)


def sources(drafted: Draft) -> list[str]:
    """Give the funding sources, in the policy's order."""
    funding = drafted.parameters.funding
    return funding.sources(next(iter(funding.weights)))
