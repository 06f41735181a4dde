"""What people owe back: they were paid for months after they had died or stopped."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli import files
from relief_cli.calendar import Cycle
from relief_cli.checks import listed as finding
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.stops import Overpayment
from relief_cli.payouts.ending import ends_by_books
from relief_cli.payouts.lists import detail
from relief_cli.payouts.not_due import not_due
from relief_cli.payouts.office_policy import EFFECTS, effect_of
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import writing
from relief_cli.policy.comparing import Effect
from relief_cli.programmes import dibao, price, tekun
from relief_cli.programmes.ends import after_event, rule_at
from relief_cli.reports.overpaid import overpaid_workbook
from relief_cli.roster import identity, months
from relief_cli.roster.gather import Gathering
from relief_cli.roster.listed import PeopleList, read_list
from relief_cli.roster.months import NEVER

# These stand in the books, whose bytes must not hang on a catalogue that is built apart.
_TITLES = {
    "zh": {
        dibao.NAME: "低保金",
        tekun.NAME: "特困供养金",
        price.NAME: "价格临时补贴",
        "one-time": "一次性生活补贴",
        "temporary": "临时救助金",
        "voucher": "消费券",
    },
    "en": {},
}
_REASON = {
    "zh": "{since} 起停发（{reason}），{cycles} {programme}多发",
    "en": "stopped since {since} ({reason}); {programme} {cycles} overpaid",
}


@dataclass(frozen=True, kw_only=True)
class Overpaid:
    """What one person was paid of one programme after the stop."""

    person: str
    name: str
    programme: str
    cycles: tuple[str, ...]
    amount_fen: int
    since: dt.date
    """From when on nothing was due."""
    missing: tuple[Overpayment, ...]
    """What of it no recovery asks for yet."""
    reason: str
    """Of the stop, in the clerk's words."""

    @property
    def missing_fen(self) -> int:
        """The sum of what no recovery asks for yet."""
        return sum(one.amount_fen for one in self.missing)


@dataclass(frozen=True, kw_only=True)
class OverpaidOutcome:
    """What was found, and where the list is."""

    found: tuple[Overpaid, ...]
    recorded: int
    """How many recoveries were added now."""
    open_fen: int
    """What no recovery asks for."""
    report: Path | None
    """None where nobody owes anything."""


@dataclass(frozen=True, kw_only=True)
class LateList:
    """A list of another department that came late, to be run over the books."""

    against: Gathering
    """The list's files, gathered with ``lists=True``."""
    kind: str
    """Of :data:`EFFECTS`."""
    first: Cycle
    last: Cycle
    record: bool


def find_overpaid(setting: Setting, *, record: bool) -> OverpaidOutcome:
    """Find what stopped people were paid after their stop, and list it; record it where wanted.

    What is due in the cycle of the stop, and after it (渐退), is the policy's to say. What did not
    reach people is not owed. Recoveries are known by their cycles: of a cycle that one asks for
    already, only what is owed beyond it is asked for.

    Args:
        setting: the office.
        record: whether recoveries are added.
    """
    return _found(setting, _by_stops, record=record)


def compare_books(setting: Setting, asked: LateList) -> OverpaidOutcome:
    """Find what people on a list were paid for months that were not due; as :func:`find_overpaid`.

    Whatever the list is of: nothing is due after the month of its date, or that month neither, as
    the programme's rule says; of somebody without a date nothing at all.

    Raises:
        PolicyError: ``list-kind-unknown``, ``policy-missing``.
        UnreadableError: a file cannot be taken in.
        UsageError: ``cycles-backwards``.
    """
    asked.first.to(asked.last)
    people = read_list(asked.against)
    effect = effect_of(setting.policy.at(EFFECTS, asked.first.first_on), asked.kind)

    def by_list(book: Book, setting: Setting) -> list[Overpaid]:
        return _by_list(book, setting, asked, people, effect)

    return _found(setting, by_list, record=asked.record)


def _found(
    setting: Setting, find: Callable[[Book, Setting], list[Overpaid]], *, record: bool
) -> OverpaidOutcome:
    ledger = Ledger.open(setting.office.ledger_place)
    if record:
        with writing(setting.office) as book:
            found = find(book, setting)
            _record(book, setting, found)
    else:
        with ledger.reading() as known:
            found = find(known, setting)
    report = _report(setting, found, record=record) if found else None
    return OverpaidOutcome(
        found=tuple(found),
        recorded=sum(bool(one.missing) for one in found) if record else 0,
        open_fen=0 if record else sum(one.missing_fen for one in found),
        report=report,
    )


def _record(book: WritableBook, setting: Setting, found: Sequence[Overpaid]) -> None:
    for one in found:
        if one.missing:
            told = _reason(one, setting.office.language)
            book.stops.owe(one.person, one.name, one.missing_fen, one.since, told, one.missing)


def _report(setting: Setting, found: Sequence[Overpaid], *, record: bool) -> Path:
    """Write the list of what is found, named after its content."""
    lines = [
        (one.name, one.person, one.programme, ", ".join(one.cycles), one.amount_fen,
         0 if record else one.missing_fen, one.since, one.reason)
        for one in found
    ]  # fmt: skip
    content = overpaid_workbook(lines, setting.wording())
    name = f"{hashlib.sha256(content).hexdigest()[:12]}.xlsx"
    report = setting.office.out_folder / "recoveries" / name
    files.make_private_folder(report.parent)
    files.write_beside(report, content)
    return report


def _by_stops(book: Book, setting: Setting) -> list[Overpaid]:
    """Find what was paid after the stops that hold."""

    def ends(programme: str, cycle: Cycle, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
        known = ends_by_books(book, setting.policy, programme, cycle)
        month: npt.NDArray[np.int64] = np.asarray(rows["person"].map(known).fillna(NEVER), np.int64)
        return month

    if not any(one.resumed is None for one in book.stops.stops()):
        return []
    found = not_due(book, setting, ends)

    def why(programme: str, person: str, _month: int) -> tuple[dt.date, str]:
        holding = [one for one in book.stops.holding(programme) if one.person == person]
        first = min(holding, key=lambda one: one.since)
        return first.since, first.reason

    return _summed(book, found, why)


def _by_list(
    book: Book, setting: Setting, asked: LateList, people: PeopleList, effect: Effect
) -> list[Overpaid]:
    """Find what was paid to people on a list after what it tells."""
    title = effect.title(setting.office.language)
    said: dict[str, str] = {}

    def ends(programme: str, cycle: Cycle, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
        rule = str(rule_at(setting.policy, programme, cycle.last_on).value)
        month = np.full(len(rows), NEVER, dtype=np.int64)
        key = identity.parse(rows["person"]).key
        found = finding.find(key, rows["name"].reset_index(drop=True), people)
        month[found["row"]] = after_event(found["month"].to_numpy(), rule)
        for row, entry, at, differs in found[list(finding.FOUND)].itertuples(index=False):
            person = str(rows["person"].iloc[row])
            said[person] = detail(people, title, entry, at, differs=bool(differs))
        return month

    span = asked.first.first_on, asked.last.last_on
    found = not_due(
        book, setting, ends, lambda cycle: cycle.first_on <= span[1] and cycle.last_on >= span[0]
    )

    def why(_programme: str, person: str, month: int) -> tuple[dt.date, str]:
        since = span[0] if month == months.UNKNOWN else dt.date(month // 12, month % 12 + 1, 1)
        return since, said[person]

    return _summed(book, found, why)


def _summed(
    book: Book, found: pd.DataFrame, why: Callable[[str, str, int], tuple[dt.date, str]]
) -> list[Overpaid]:
    """Give it person by person: what of each cycle no recovery asks for yet, since when and why."""
    asked = book.stops.overpayments()
    result = []
    for _, paid in found.groupby(["programme", "person"], sort=False):
        programme, person = (str(paid[name].iloc[0]) for name in ("programme", "person"))
        over = _by_part(paid)
        missing = {
            part: fen - asked.get((person, programme, *part), 0) for part, fen in over.items()
        }
        since, reason = why(programme, person, int(paid["ended"].min()))
        result.append(
            Overpaid(
                person=person,
                name=str(paid["name"].iloc[-1]),
                programme=programme,
                cycles=tuple(dict.fromkeys(cycle for cycle, _ in over)),
                amount_fen=sum(over.values()),
                since=since,
                missing=tuple(
                    Overpayment(programme=programme, cycle=cycle, amount_fen=fen, move=move)
                    for (cycle, move), fen in missing.items()
                    if fen > 0
                ),
                reason=reason,
            )
        )
    places = {name: place for place, name in enumerate(dict.fromkeys(found["programme"]))}
    return sorted(result, key=lambda one: (places[one.programme], one.person))


def _by_part(paid: pd.DataFrame) -> dict[tuple[str, int], int]:
    """Sum by cycle and move; a top-up is of the cycle that it is on top of."""
    sums = paid.groupby(["cycle", "move"], sort=False, as_index=False)["over_fen"].sum()
    parts = sums[["cycle", "move", "over_fen"]].itertuples(index=False)
    return {(str(cycle), int(move)): int(fen) for cycle, move, fen in parts}


def _reason(one: Overpaid, language: str) -> str:
    """Say in the books what a recovery is of."""
    return _REASON[language].format(
        since=one.since.isoformat(),
        reason=one.reason,
        programme=_TITLES[language].get(one.programme, one.programme),
        cycles=", ".join(dict.fromkeys(part.cycle for part in one.missing)),
    )
