"""The workbook of what changed between two rosters: accounts first, then all else, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relief_cli.i18n import N_
from relief_cli.reports import workbook as wb
from relief_cli.reports.plain_tables import write_table
from relief_cli.reports.tables import Column, Kind, Table
from relief_cli.reports.words import Wording

FIELDS = {
    "amount": N_("amount"),
    "account": N_("account"),
    "payee": N_("account holder"),
    "bank": N_("bank"),
    "name": N_("name"),
    "category": N_("category"),
    "household": N_("head of the household"),
    "household_id": N_("household number"),
    "relationship": N_("relationship to the head"),
    "residence": N_("residence"),
    "covered_members": N_("covered members"),
    "support_mode": N_("support mode"),
    "institution": N_("institution"),
    "supplement_class": N_("class of supplement"),
    "start_month": N_("first month"),
    "stop": N_("stopped"),
    "county": N_("county"),
    "township": N_("township"),
    "village": N_("village"),
}
"""What may change, as a clerk calls it."""

Cells = Sequence[str] | Sequence[int] | Sequence[str | int]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table of changes: columns by the names of :data:`_COLUMNS`, all of one length."""

    columns: Mapping[str, Cells]


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What the workbook tells; amounts are whole fen."""

    summary: Sequence[tuple[str, int, int | str]]
    """Marked message, persons or rows, and fen with its sign; a blank where amounts are unknown."""
    fields: Mapping[str, int]
    """Name of :data:`FIELDS` → persons."""
    uncompared: Mapping[str, int]
    """The same, of what only one of the rosters has a column of."""
    account: Sheet
    amount: Sheet
    joined: Sheet
    left: Sheet
    other: Sheet
    aside: Sheet
    """Rows without a usable number, and further rows of one person."""


_COLUMNS: Mapping[str, tuple[str, Kind, int]] = {
    "name": (N_("Name"), "text", 11),
    "person": (N_("ID"), "text", 21),
    "category": (N_("Category"), "text", 12),
    "township": (N_("Township"), "text", 13),
    "village": (N_("Village"), "text", 13),
    "old_account": (N_("Old account"), "text", 22),
    "new_account": (N_("New account"), "text", 22),
    "old_payee": (N_("Old holder"), "text", 11),
    "new_payee": (N_("New holder"), "text", 11),
    "old_bank": (N_("Old bank"), "text", 14),
    "new_bank": (N_("New bank"), "text", 14),
    "sharing": (N_("Persons changed to this account"), "count", 12),
    "account": (N_("Account"), "text", 22),
    "old_fen": (N_("Old amount (yuan)"), "money", 14),
    "new_fen": (N_("New amount (yuan)"), "money", 14),
    "difference": (N_("Difference (yuan)"), "money", 14),
    "fen": (N_("Amount (yuan)"), "money", 14),
    "field": (N_("What changed"), "text", 16),
    "old": (N_("Old"), "text", 24),
    "new": (N_("New"), "text", 24),
    "why": (N_("Why it is here"), "text", 30),
    "reason": (N_("Reason in the roster"), "text", 18),
    "possible": (N_("Perhaps the same person as"), "text", 24),
    "old_place": (N_("Place in the old roster"), "text", 22),
    "new_place": (N_("Place in the new roster"), "text", 22),
    "place": (N_("Place"), "text", 26),
}
_ADDED_UP = frozenset({"old_fen", "new_fen", "difference", "fen"})
_STANDS_OUT = frozenset({"old_account", "new_account"})


def changed_workbook(changed: Changed, wording: Wording) -> bytes:
    """Render the workbook, for the office alone: it names people and accounts in full.

    Args:
        changed: what changed.
        wording: in the office's language.
    """
    say = wording.say
    book = wb.Book(say(N_("Changes between two rosters")), say)
    account = N_(
        "The money of these people goes elsewhere than before. Confirm each change with the"
        " household: a changed account is where mistakes and theft begin."
    )
    _add(book, changed.account, N_("Accounts changed"), account, wording)
    write_table(book, _summary(changed, wording), wording)
    others = (
        (changed.joined, N_("Joined"), N_("In the new roster and not in the old one.")),
        (changed.left, N_("Left"), N_("In the old roster and not in the new one.")),
        (changed.amount, N_("Amounts changed"), N_("Of people who are in both rosters.")),
        (changed.other, N_("Other changes"), N_("A line for each thing that changed.")),
        (
            changed.aside,
            N_("To be looked at"),
            N_("Rows that could be held against nobody, and further rows of one person."),
        ),
    )
    for sheet, name, note in others:
        _add(book, sheet, name, note, wording)
    return book.content()


def _add(book: wb.Book, sheet: Sheet, name: str, note: str, wording: Wording) -> None:
    say = wording.say
    shown = [name for name in _COLUMNS if name in sheet.columns]
    columns = tuple(
        Column(
            title=say(title),
            kind=kind,
            cells=sheet.columns[field],
            width=width,
            total=field in _ADDED_UP,
        )
        for field in shown
        for title, kind, width in [_COLUMNS[field]]
    )
    table = Table(name=say(name), title=say(name), columns=columns, note=say(note))
    marked = frozenset(n for n, field in enumerate(shown) if field in _STANDS_OUT)
    write_table(book, table, wording, marked=marked)


def _summary(changed: Changed, wording: Wording) -> Table:
    say = wording.say
    lines: list[tuple[str, int, int | str]] = [
        (say(message), count, fen) for message, count, fen in changed.summary
    ]
    changes = say(N_("Changed: {field}"))
    lines += [
        (changes.format(field=say(FIELDS[name])), count, "")
        for name, count in changed.fields.items()
    ]
    lacking = say(N_("Not compared, a column only in one of the rosters: {field}"))
    lines += [
        (lacking.format(field=say(FIELDS[name])), count, "")
        for name, count in changed.uncompared.items()
    ]
    note = N_(
        "Amounts: old − left + joined + raised − lowered − old rows without a number + new ones ="
        " new. Persons are counted once, whatever rows they have."
    )
    titles = (N_("Item"), N_("Count"), N_("Amount (yuan)"))
    kinds: tuple[Kind, ...] = ("text", "count", "money")
    columns = tuple(
        Column(title=say(title), kind=kind, cells=list(cells), width=width)
        for title, kind, cells, width in zip(
            titles, kinds, zip(*lines, strict=True), (60, 16, 22), strict=True
        )
    )
    name = say(N_("Summary"))
    return Table(name=name, title=say(N_("Changes between two rosters")), columns=columns,
                 note=say(note))  # fmt: skip
