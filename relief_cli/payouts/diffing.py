"""What changed from one month's rosters to the next; nothing is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relief_cli import changes
from relief_cli.changes import Changes, Side
from relief_cli.i18n import N_
from relief_cli.payouts import examine
from relief_cli.payouts.change_tables import ChangeTables
from relief_cli.payouts.places import put_report
from relief_cli.payouts.setting import Setting
from relief_cli.policy.tables import classify
from relief_cli.reports.changed import Changed, Sheet, changed_workbook
from relief_cli.roster.gather import Gathering
from relief_cli.roster.masks import mask_account, mask_id, mask_name
from relief_cli.roster.read import Roster, read

_SHOWN = 10
"""Changed accounts on the screen; the workbook has all."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """What is asked for: two rosters, each of one file or several."""

    old: Gathering
    new: Gathering
    report: Path | None
    advance: Callable[[str], None] = lambda _step: None


@dataclass(frozen=True, kw_only=True)
class SideFigures:
    """One of the two rosters in figures."""

    files: tuple[str, ...]
    rows: int
    persons: int
    amount_fen: int | None
    """None where no column states an amount."""
    unmatched: int
    """Rows without a usable identity number."""
    repeated: int
    """Further rows of persons who stand there several times."""
    unreadable_amounts: int

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {**vars(self), "files": list(self.files)}


@dataclass(frozen=True, kw_only=True)
class DiffOutcome:
    """What changed."""

    old: SideFigures
    new: SideFigures
    joined: int
    joined_fen: int
    left: int
    left_fen: int
    raised: tuple[int, int]
    """Persons and fen."""
    lowered: tuple[int, int]
    changed: dict[str, int]
    uncompared: dict[str, int]
    shown: tuple[tuple[str, str, str, str, str], ...]
    """The first changed accounts, masked: name, number, old and new account, where."""
    report: Path

    def as_json(self) -> dict[str, Any]:
        """Give the object that ``--json`` prints."""
        return {
            "old": self.old.as_json(),
            "new": self.new.as_json(),
            "joined": self.joined,
            "joined_fen": self.joined_fen,
            "left": self.left,
            "left_fen": self.left_fen,
            "raised": {"persons": self.raised[0], "amount_fen": self.raised[1]},
            "lowered": {"persons": self.lowered[0], "amount_fen": self.lowered[1]},
            "changed": self.changed,
            "unmatched": self.old.unmatched + self.new.unmatched,
            "repeated": self.old.repeated + self.new.repeated,
            "uncompared": self.uncompared,
            "report": str(self.report),
        }


def diff(setting: Setting, asked: Sides) -> DiffOutcome:
    """Find what changed between two rosters, and write a workbook of it.

    Args:
        setting: the office, or the defaults outside one.
        asked: what is asked for.

    Raises:
        UnreadableError: a file cannot be taken in.
        UsageError: ``write-failed``.
    """
    old, new = (_side(setting, read(given, asked.advance)) for given in (asked.old, asked.new))
    found = changes.compare(old, new)
    asked.advance("check")
    told = _told(found, setting)
    place = put_report(
        setting.office,
        "diff",
        old.roster.inputs,
        asked.report,
        changed_workbook(told, setting.wording()),
        asked=" ".join(sorted(one.sha256 for one in new.roster.inputs)),
    )
    asked.advance("write")
    difference = found.differences()
    up, down = difference[difference > 0], difference[difference < 0]
    return DiffOutcome(
        old=_figures(old),
        new=_figures(new),
        joined=len(found.joined),
        joined_fen=int(found.joined_fen.sum()),
        left=len(found.left),
        left_fen=int(found.left_fen.sum()),
        raised=(len(up), int(up.sum())),
        lowered=(len(down), -int(down.sum())),
        changed={name: len(rows) for name, rows in found.changed.items()},
        uncompared=dict(found.uncompared),
        shown=_shown(told.account),
        report=place,
    )


def _side(setting: Setting, roster: Roster) -> Side:
    texts = examine.category_texts(roster, setting.policy, required=False)
    codes = classify(setting.policy.categories, texts, roster.people["residence"])
    return changes.side(roster, texts, codes)


def _figures(side: Side) -> SideFigures:
    fen, unreadable = side.amount
    return SideFigures(
        files=tuple(one.name for one in side.roster.inputs),
        rows=len(side.roster.people),
        persons=len(side.first),
        amount_fen=int(fen.sum()) if side.states_amounts else None,
        unmatched=len(side.unmatched),
        repeated=len(side.repeated),
        unreadable_amounts=int(unreadable.sum()),
    )


def _told(found: Changes, setting: Setting) -> Changed:
    """Put what changed into tables, of the people concerned alone."""
    tables = ChangeTables(found, setting)
    return Changed(
        summary=_summary(found),
        fields={name: len(rows) for name, rows in found.changed.items() if len(rows)},
        uncompared=found.uncompared,
        account=tables.accounts(),
        amount=tables.amounts(),
        joined=tables.moved(found.new, found.joined, found.joined_fen),
        left=tables.moved(found.old, found.left, found.left_fen),
        other=tables.others(),
        aside=tables.aside(),
    )


def _summary(found: Changes) -> list[tuple[str, int, int | str]]:
    difference = found.differences()
    up, down = difference[difference > 0], difference[difference < 0]
    old, new = found.old, found.new

    def fen(amount: int, *sides: Side) -> int | str:
        return amount if all(side.states_amounts for side in sides) else ""

    return [
        (N_("Old rosters, rows"), len(old.roster.people), fen(found.old_fen, old)),
        (N_("Left, persons"), len(found.left), fen(-int(found.left_fen.sum()), old)),
        (N_("Joined, persons"), len(found.joined), fen(int(found.joined_fen.sum()), new)),
        (N_("Amount raised, persons"), len(up), fen(int(up.sum()), old, new)),
        (N_("Amount lowered, persons"), len(down), fen(int(down.sum()), old, new)),
        (
            N_("Old rows without a usable ID"),
            len(old.unmatched),
            fen(-found.unmatched_fen(old), old),
        ),
        (
            N_("New rows without a usable ID"),
            len(new.unmatched),
            fen(found.unmatched_fen(new), new),
        ),
        (N_("New rosters, rows"), len(new.roster.people), fen(found.new_fen, new)),
        (N_("Old rosters, further rows of one person"), len(old.repeated), ""),
        (N_("New rosters, further rows of one person"), len(new.repeated), ""),
        (N_("Old rosters, amounts that cannot be read"), int(old.amount[1].sum()), ""),
        (N_("New rosters, amounts that cannot be read"), int(new.amount[1].sum()), ""),
    ]


def _shown(account: Sheet) -> tuple[tuple[str, str, str, str, str], ...]:
    """Give the first changed accounts, with nobody and no account named in full."""
    names = ("name", "person", "old_account", "new_account", "new_place")
    first = [[str(cell) for cell in account.columns[name][:_SHOWN]] for name in names]
    return tuple(
        (mask_name(name), mask_id(person), _masked(old), _masked(new), place)
        for name, person, old, new, place in zip(*first, strict=True)
    )


def _masked(account: str) -> str:
    return mask_account(account) if account else "—"
