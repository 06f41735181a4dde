"""Months that were paid to people after they had died or stopped: what they owe back."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from relief_cli import files
from relief_cli.calendar import Cycle, Occasion
from relief_cli.checks.persons import ends_at_once
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.stops import Overpayment, Stop
from relief_cli.money import Rounding
from relief_cli.money_columns import scaled
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import SENT
from relief_cli.programmes import dibao, price, tekun
from relief_cli.reports.overpaid import overpaid_workbook

_CYCLIC = (dibao.NAME, tekun.NAME, price.NAME)
"""The programmes that are paid for months and quarters of a life."""
_MONTHS = 12
_DUE = Rounding(1, "up")
"""Nobody is asked for a fen that may have been due."""
# These stand in the books, whose bytes must not hang on a catalogue that is built apart.
_TITLES = {
    "zh": {dibao.NAME: "低保金", tekun.NAME: "特困供养金", price.NAME: "价格临时补贴"},
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


def find_overpaid(setting: Setting, *, record: bool) -> OverpaidOutcome:
    """Find what stopped people were paid after their stop, and list it; record it where wanted.

    What is due in the cycle of the stop, and after it (渐退), is the policy's to say. What did not
    reach people is not owed. Recoveries are known by their cycles: of a cycle that one asks for
    already, only what is owed beyond it is asked for.

    Args:
        setting: the office.
        record: whether recoveries are added.
    """
    ledger = Ledger.open(setting.office.ledger_place)
    if record:
        with ledger.writing() as book:
            found = tuple(_overpaid(book, setting))
            for one in found:
                if one.missing:
                    told = _reason(one, setting.office.language)
                    book.stops.owe(
                        one.person, one.name, one.missing_fen, one.since, told, one.missing
                    )
    else:
        with ledger.reading() as known:
            found = tuple(_overpaid(known, setting))
    report = None
    if found:
        content = overpaid_workbook(
            [(one.name, one.person, one.programme, ", ".join(one.cycles), one.amount_fen,
              0 if record else one.missing_fen, one.since, one.reason) for one in found],
            setting.wording(),
        )  # fmt: skip
        name = f"{hashlib.sha256(content).hexdigest()[:12]}.xlsx"
        report = setting.office.out_folder / "recoveries" / name
        files.make_private_folder(report.parent)
        files.write_beside(report, content)
    return OverpaidOutcome(
        found=found,
        recorded=sum(bool(one.missing) for one in found) if record else 0,
        open_fen=0 if record else sum(one.missing_fen for one in found),
        report=report,
    )


def _overpaid(book: Book, setting: Setting) -> list[Overpaid]:
    stops = {one.person: one for one in book.stops.stops() if one.resumed is None}
    if not stops:
        return []
    asked = book.stops.overpayments()
    found = []
    for programme in _CYCLIC:
        rows = [
            table
            for occasion in book.occasions(programme)
            if (cycle := occasion.cycle) is not None
            and len(table := _after_stop(book, setting, programme, cycle, stops))
        ]
        if not rows:
            continue
        for person, paid in pd.concat(rows).groupby("person", sort=True):
            stop = stops[str(person)]
            over = dict(zip(paid["cycle"], map(int, paid["over_fen"]), strict=True))
            missing = {
                cycle: fen - asked.get((str(person), programme, cycle), 0)
                for cycle, fen in over.items()
            }
            found.append(
                Overpaid(
                    person=str(person),
                    name=str(paid["name"].iloc[-1]),
                    programme=programme,
                    cycles=tuple(over),
                    amount_fen=sum(over.values()),
                    since=stop.since,
                    missing=tuple(
                        Overpayment(programme=programme, cycle=cycle, amount_fen=fen)
                        for cycle, fen in missing.items()
                        if fen > 0
                    ),
                    reason=stop.reason,
                )
            )
    return found


def _reason(one: Overpaid, language: str) -> str:
    """Say in the books what a recovery is of."""
    return _REASON[language].format(
        since=one.since.isoformat(),
        reason=one.reason,
        programme=_TITLES[language].get(one.programme, one.programme),
        cycles=", ".join(part.cycle for part in one.missing),
    )


def _after_stop(
    book: Book, setting: Setting, programme: str, cycle: Cycle, stops: dict[str, Stop]
) -> pd.DataFrame:
    """Give what stopped people were paid in a cycle and was not due: ``cycle``, ``over_fen``."""
    rows = book.standing(programme, Occasion.of_cycle(cycle))
    rows = rows[rows["person"].isin(list(stops))]
    sent = {name for name in rows["batch"].unique() if book.state(name) in SENT}
    rows = rows[rows["batch"].isin(sent)]
    taper, never = _taper(setting, programme, cycle)
    held = [stops[person] for person in rows["person"]]
    at_once = np.array([ends_at_once(one.reason, never) for one in held], dtype=bool)
    since = np.array([_month(one.since) for one in held], dtype=np.int64)
    since = since + np.where(at_once, 0, taper)
    first, last = _month(cycle.first_on), _month(cycle.last_on)
    length = last - first + 1
    due = np.clip(since - first, 0, length)
    if programme == tekun.NAME and not _by_month(setting, cycle):
        due = np.where(due > 0, length, 0)
    amount = rows["amount_fen"].to_numpy("int64")
    over = amount - scaled(amount, due, length, _DUE)
    table = rows.assign(cycle=cycle.text, over_fen=over)
    return table[table["over_fen"] > 0]


def _taper(setting: Setting, programme: str, cycle: Cycle) -> tuple[int, tuple[str, ...]]:
    """Give the months of 渐退, and the words in a stop's reason after which there are none."""
    months, never = (
        setting.policy.find(f"{programme}.taper-{name}", cycle.first_on)
        for name in ("months", "never")
    )
    words = cast("tuple[str, ...]", never.value) if never else ()
    return (months.value if months and isinstance(months.value, int) else 0), words


def _by_month(setting: Setting, cycle: Cycle) -> bool:
    return setting.policy.at("tekun.leaving", cycle.first_on).value == "by-month"


def _month(day: dt.date) -> int:
    return day.year * _MONTHS + day.month
