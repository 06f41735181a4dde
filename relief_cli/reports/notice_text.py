"""What a public notice says around its lines; the same for the workbook and the page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from relief_cli.batch import Batch
from relief_cli.calendar import ARREARS, Cycle
from relief_cli.i18n import N_, Translate
from relief_cli.money import format_yuan, uppercase
from relief_cli.reports.notice_lines import COUNTED, INSTITUTION, Disclosure, Group
from relief_cli.reports.words import PROGRAMMES, Wording, word

_MONTHS_IN_QUARTER = 3
_MOST_CITED = 3
_AND = "；"
"""Stands between the documents of a reference."""
_BLANK = "______________"


@dataclass(frozen=True, kw_only=True)
class Display:
    """Where and how long a notice is up."""

    first_on: dt.date | None
    """The first day; blanks to be filled in by hand where not known."""
    days: int
    phone: str
    """Where people call; a blank where empty."""

    @property
    def last_on(self) -> dt.date | None:
        """The last day: the first one counts."""
        return self.first_on + dt.timedelta(self.days - 1) if self.first_on else None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice, ready to be laid out."""

    title: str
    introduction: Sequence[str]
    """Paragraphs above the lines."""
    groups: Sequence[Group]
    headers: Sequence[str]
    """Of number, name, category, persons and amount."""
    notes: Sequence[str]
    """Paragraphs below the lines."""
    office: str
    """Who signs."""
    dated: str
    say: Translate

    def place(self, group: Group) -> str:
        """Give the words for the place of a group."""
        below = group.township or self.say(
            N_("institutions") if group.institutions else N_("(township not given)")
        )
        return f"{group.county} {below}".strip()

    def total(self, column: str) -> int:
        """Give the sum of a column of figures over all groups."""
        return sum(group.total(column) for group in self.groups)

    def counts(self, whole: "Notice | Group") -> str:
        """Give how many households and persons there are."""
        return self.say(N_("Total: {households} households, {persons} persons")).format(
            households=f"{whole.total('households'):,}", persons=f"{whole.total('persons'):,}"
        )

    def in_words(self, whole: "Notice | Group") -> str:
        """Give the sum in the capital numerals of vouchers."""
        fen = whole.total("amount_fen")
        return self.say(N_("Total in words: {words} (¥{amount})")).format(
            words=uppercase(fen), amount=format_yuan(fen)
        )


def notice(
    batch: Batch,
    groups: Sequence[Group],
    disclosure: Disclosure,
    display: Display,
    wording: Wording,
    *,
    paid: bool,
    by_household: bool,
) -> Notice:
    """Put a notice into words.

    Args:
        batch: the batch.
        groups: as :func:`relief_cli.reports.notice_lines.groups` gives them.
        disclosure: what the policy lets a notice say.
        display: where and how long it is up.
        wording: in the office's language.
        paid: whether the payments have gone out.
        by_household: whether a line is a household.
    """
    say = wording.say
    programme, cycle = _paid_for(batch, say)
    known = {
        "programme": programme,
        "cycle": cycle,
        "basis": _basis(batch, say),
        "office": batch.office,
        "days": display.days,
        "first": _day(display.first_on, say),
        "last": _day(display.last_on, say),
        "phone": display.phone or _BLANK,
    }
    title = (
        N_("Public notice of assistance paid: {programme}, {cycle}")
        if paid
        else N_("Public notice of assistance to be paid: {programme}, {cycle}")
    )
    opening = (
        N_("By {basis}, the payment of {programme} for {cycle} is made public.")
        if paid
        else N_(
            "By {basis}, what is to be paid as {programme} for {cycle} is made public. It has not"
            " been paid yet."
        )
    )
    paragraphs = (
        opening,
        N_("On display for {days} days, from {first} to {last}."),
        N_("Whoever objects tells {office} within this time. Telephone: {phone}"),
    )
    return Notice(
        title=say(title).format(**known),
        introduction=[say(text).format(**known) for text in paragraphs],
        groups=groups,
        headers=[
            say(header)
            for header in (
                N_("No."),
                N_("Head or adult member") if by_household else N_("Name"),
                N_("Category"),
                N_("Persons"),
                N_("Amount (yuan)"),
            )
        ],
        notes=[say(text).format(**known, **facts) for text, facts in _notes(groups, disclosure)],
        office=say(N_("{office} (seal)")).format(office=batch.office),
        dated=_day(display.first_on, say),
        say=say,
    )


def _notes(groups: Sequence[Group], disclosure: Disclosure) -> list[tuple[str, dict[str, object]]]:
    """Give the notes that hold for these lines, and what stands in them."""
    kinds = {kind for group in groups for kind in group.lines["kind"].unique()}
    facts: dict[str, object] = {"age": disclosure.minor_age}
    notes = []
    if not disclosure.full_names:
        notes.append(N_("To protect privacy, the first character alone is shown of a name."))
    if disclosure.minors_hidden:
        notes.append(N_("Names of people under {age} are not shown."))
    elif disclosure.full_names:
        notes.append(N_("Of names of people under {age} the first character alone is shown."))
    notes += [
        N_("Identity numbers, accounts, telephone numbers and addresses are not made public."),
        N_(
            "Lines are numbered in the order of the rosters. Lines whose names look the same are"
            " of different people: number, persons and amount tell them apart, and everybody may"
            " ask the office about their own line with their identity card."
        ),
    ]
    if COUNTED in kinds:
        notes.append(
            N_(
                "Other recipients, such as children without parents, are not listed one by one:"
                " their number and amount alone are made public."
            )
        )
    if INSTITUTION in kinds:
        notes.append(
            N_(
                "Residents of institutions are made public by institution, which receives their"
                " money."
            )
        )
    return [(text, facts) for text in notes]


def _paid_for(batch: Batch, say: Translate) -> tuple[str, str]:
    """Give the words for the programme and for the cycles."""
    programme = word(PROGRAMMES, batch.programme, say)
    occasion = batch.occasion
    if occasion.kind != ARREARS:
        return programme, cycle_words(batch.cycle, say)
    first, last = (cycle_words(one, say) for one in (occasion.first_cycle, occasion.last_cycle))
    arrears = say(N_("{programme}, arrears")).format(programme=programme)
    return arrears, say(N_("{first} to {last}")).format(first=first, last=last)


def _basis(batch: Batch, say: Translate) -> str:
    """Give the documents by which it is paid, as far as the policy names them.

    A ground may name a document of one person's (审批文号), which a roster gives: not that.
    """
    policy = pd.concat([batch.parameters["reference"], batch.parameters["value"]]).dropna()
    known = {part for text in policy for part in (text, *text.split(_AND))}
    cited = (text.split(_AND) for text in batch.grounds["reference"].dropna())
    found = list(dict.fromkeys(part for parts in cited for part in parts if part in known))
    shown = " / ".join(found[:_MOST_CITED]) or say(N_("the rules of social assistance"))
    return shown if len(found) <= _MOST_CITED else say(N_("{first} and others")).format(first=shown)


def cycle_words(text: str, say: Translate) -> str:
    """Give a cycle as people write it: ``2022年8月``, ``2022年第3季度``.

    >>> cycle_words("2022-08", str), cycle_words("2022-12", str), cycle_words("2022Q3", str)
    ('2022-08', '2022-12', 'quarter 3 of 2022')
    """
    cycle = Cycle.parse(text)
    year, month = cycle.last_on.year, cycle.last_on.month
    if cycle.is_month:
        return say(N_("{year}-{month:02d}")).format(year=year, month=month)
    quarter = month // _MONTHS_IN_QUARTER
    return say(N_("quarter {quarter} of {year}")).format(quarter=quarter, year=year)


def _day(day: dt.date | None, say: Translate) -> str:
    if day is None:
        return say(N_("____-__-__"))
    written = say(N_("{year}-{month:02d}-{day:02d}"))
    return written.format(year=day.year, month=day.month, day=day.day)
