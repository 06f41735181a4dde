"""Months that were paid to people after they had died or stopped: what they owe back."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from relief_cli import files
from relief_cli.calendar import ARREARS, Cycle, Occasion
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.stops import Overpayment
from relief_cli.money import Rounding
from relief_cli.money_columns import scaled
from relief_cli.payouts.ending import ends_by_books
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.states import SENT
from relief_cli.programmes import dibao, price, tekun
from relief_cli.programmes.deadlines import NAMES
from relief_cli.programmes.ends import NEVER
from relief_cli.programmes.periods import first_month
from relief_cli.reports.overpaid import overpaid_workbook
from relief_cli.roster import months

_DUE = Rounding(1, "up")
"""Nobody is asked for a fen that may have been due."""
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
    stops = book.stops.stops()
    if not any(one.resumed is None for one in stops):
        return []
    asked = book.stops.overpayments()
    sent = {one.name: one.cycle for one in book.batches() if one.state in SENT}
    found = []
    for programme in NAMES:
        rows = [
            table
            for occasion in book.occasions(programme)
            if occasion.kind != ARREARS
            and len(table := _after_end(book, setting, programme, occasion, sent))
        ]
        for person, paid in pd.concat(rows).groupby("person", sort=True) if rows else ():
            stop = min(
                (one for one in book.stops.holding(programme) if one.person == person),
                key=lambda one: one.since,
            )
            # A top-up is of the cycle that it is on top of.
            sums = paid.groupby("cycle", sort=False)["over_fen"].sum()
            over = {str(cycle): int(fen) for cycle, fen in sums.items()}
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


def _after_end(
    book: Book,
    setting: Setting,
    programme: str,
    occasion: Occasion,
    sent: Mapping[str, str],
) -> pd.DataFrame:
    """Give what stopped people were paid on an occasion and was not due: ``cycle``, ``over_fen``.

    Args:
        book: the ledger.
        setting: the office.
        programme: the one that was paid.
        occasion: of a benefit, or of a top-up.
        sent: the batches that went out, and their cycles.
    """
    stopped = [one.person for one in book.stops.holding(programme)]
    rows = book.standing(programme, occasion)
    rows = rows[rows["person"].isin(stopped) & rows["batch"].isin(list(sent))]
    if rows.empty:
        return rows.assign(cycle="", over_fen=0)
    cycles = rows["batch"].map(dict(sent))
    tables = [
        _of_cycle(book, setting, programme, Cycle.parse(str(text)), part)
        for text, part in rows.groupby(cycles, sort=False)
    ]
    table = pd.concat(tables)
    # 补发 within it was for months before.
    parts = book.made_of(programme, occasion)
    before = parts[parts["part"] == ARREARS].groupby("entitlement")["amount_fen"].sum()
    own = table["amount_fen"] - before.reindex(table["entitlement"]).fillna(0).to_numpy("int64")
    due, length = table["due"].to_numpy(), table["length"].to_numpy()
    over = np.zeros(len(table), dtype=np.int64)
    for count in np.unique(length):
        which = length == count
        fen = own.to_numpy("int64")[which]
        over[which] = fen - scaled(fen, due[which], int(count), _DUE)
    table = table.assign(over_fen=over)
    return table[table["over_fen"] > 0]


def _of_cycle(
    book: Book, setting: Setting, programme: str, cycle: Cycle, rows: pd.DataFrame
) -> pd.DataFrame:
    """Say for how many months rows were paid, and how many of these were due.

    Returns:
        The rows with ``cycle``, ``length`` and ``due``.
    """
    ended = ends_by_books(book, setting.policy, programme, cycle)
    ends = rows["person"].map(ended).fillna(NEVER).to_numpy("int64")
    first, last = (months.parse(rows[name]) for name in ("first_month", "last_month"))
    # What is paid by a notice is for the month that it is paid in.
    of_notice = first == months.UNKNOWN
    first = np.where(of_notice, first_month(cycle), first)
    length = np.where(of_notice, 1, last - first + 1)
    due = np.clip(ends - first, 0, length)
    if programme == tekun.NAME and not _by_month(setting, cycle):
        due = np.where(due > 0, length, 0)
    return rows.assign(cycle=cycle.text, length=length, due=due)


def _by_month(setting: Setting, cycle: Cycle) -> bool:
    return setting.policy.at("tekun.leaving", cycle.first_on).value == "by-month"
