"""The books as double entry: every event that moved money, and what the accounts then hold."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

import pandas as pd

from relief_cli.i18n import N_
from relief_cli.ledger.movements import OWED, RECEIVED, Entry, Movements
from relief_cli.ledger.positions import PAID, RETURNED, TRANSIT, UNSENT, Share
from relief_cli.reports.journal_accounts import (
    APPROPRIATIONS,
    ASSISTANCE,
    BACK,
    IN_TRANSIT,
    OWED_BACK,
    RECOVERIES,
    TREASURY,
    Account,
    Place,
    held,
)
from relief_cli.reports.source_figures import SourceFigures
from relief_cli.reports.words import Wording

_FIGURES = {
    TREASURY: ("balance_fen", 1),
    APPROPRIATIONS: ("received_fen", -1),
    BACK: ("returned_fen", 1),
    IN_TRANSIT: ("in_transit_fen", 1),
    ASSISTANCE: ("paid_fen", 1),
}
"""Head → which figure of the reconciliation it holds for a source, and with which sign."""
_RECEIVED = N_("Appropriation received")


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One event; its postings sum to zero."""

    on: dt.date
    event: int
    narration: str
    notes: Mapping[str, str | int]
    """Small Latin letters and ``-`` → what is to be noted."""
    links: tuple[str, ...]
    """What connects it with others: names of batches, numbers of recoveries."""
    postings: Mapping[Account, int]
    """What is added to each account, in fen."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened on a day, and what accounts hold at its end, with those below them."""

    on: dt.date
    transactions: tuple[Transaction, ...]
    balances: Mapping[Account, int]


@dataclass(frozen=True, kw_only=True)
class Journal:
    """All the books; on the last day every account is balanced."""

    title: str
    accounts: Mapping[Account, str]
    """Every account and its name in words."""
    days: tuple[Day, ...]

    @property
    def transactions(self) -> int:
        """How many there are."""
        return sum(len(day.transactions) for day in self.days)


def journal(
    movements: Movements,
    shares: Iterable[Share],
    figures: Iterable[SourceFigures],
    title: str,
    wording: Wording,
) -> Journal:
    """Make the journal.

    What the accounts hold in the end is taken from ``figures``, not from the transactions: whoever
    checks the journal compares two computations.

    Args:
        movements: what moved money.
        shares: of the batches that pay first.
        figures: of the reconciliation.
        title: whose books they are.
        wording: the office's language.
    """
    transactions = [
        *_of_batches(movements, shares, wording),
        *(_of_entry(entry, wording) for entry in movements.entries),
    ]
    transactions.sort(key=lambda one: (one.on, one.event))
    days = tuple(_days(transactions, _figured(figures)))
    found = {account for day in days for account in day.balances}
    return Journal(
        title=_one_line(title),
        accounts={one: _one_line(one.title(wording)) for one in _sorted(found)},
        days=days,
    )


def _of_batches(
    movements: Movements, shares: Iterable[Share], wording: Wording
) -> Iterator[Transaction]:
    """Give a transaction for each batch that went out, and each answer that changed anything."""
    funded: dict[tuple[int, str, str], list[Share]] = {}
    for share in shares:
        funded.setdefault((share.batch, share.county, share.category), []).append(share)
    places = {
        key: Place([one.source for one in of_place], [one.amount_fen for one in of_place])
        for key, of_place in funded.items()
    }
    for event, steps in movements.steps.groupby("event", sort=True):
        batch, first = (movements.batches[int(steps[key].iloc[0])][0] for key in ("batch", "first"))
        links = (batch,) if batch == first else (batch, first)
        yield Transaction(
            on=movements.days[cast("int", event)],
            event=cast("int", event),
            narration=_narration(steps, batch, wording),
            notes={"event": cast("int", event), "batch": batch},
            links=links,
            postings=_postings(steps, places, movements.batches),
        )


def _postings(
    steps: pd.DataFrame,
    places: Mapping[tuple[int, str, str], Place],
    batches: Mapping[int, tuple[str, str]],
) -> dict[Account, int]:
    """Give what the steps of one event add to each account.

    The amounts of each county and category are split among the sources before and after: the
    difference is what moved. So when the last event is over, all splits are those that the
    reconciliation shows.
    """
    rows = cast("list[dict[str, Any]]", steps.to_dict("records"))
    touched = dict.fromkeys((row["first"], row["county"], row["category"]) for row in rows)
    added: dict[Account, int] = defaultdict(int)
    _add(added, (places[key].split() for key in touched), -1)
    for row in rows:
        name, programme = batches[row["batch"]]
        before, after = (
            held(row[side], name, programme, row["category"]) for side in ("before", "after")
        )
        places[row["first"], row["county"], row["category"]].move(row["amount_fen"], before, after)
    _add(added, (places[key].split() for key in touched), 1)
    return {account: added[account] for account in _sorted(added) if added[account]}


def _add(to: dict[Account, int], splits: Iterable[Mapping[Account, int]], sign: int) -> None:
    for split in splits:
        for account, fen in split.items():
            to[account] += sign * fen


def _narration(steps: pd.DataFrame, batch: str, wording: Wording) -> str:
    counts = steps.groupby(["before", "after"])["payments"].sum()
    known = {cast("tuple[str, str]", key): int(count) for key, count in counts.items()}
    if sent := known.get((UNSENT, TRANSIT)):
        return wording.say(N_("{batch}: {count} payments sent")).format(batch=batch, count=sent)
    if sent := known.get((RETURNED, TRANSIT)):
        text = wording.say(N_("{batch}: {count} payments sent again"))
        return text.format(batch=batch, count=sent)
    text = wording.say(N_("{batch}: the bank says {paid} paid, {failed} failed, {back} came back"))
    return text.format(
        batch=batch,
        paid=known.get((TRANSIT, PAID), 0),
        failed=known.get((TRANSIT, RETURNED), 0),
        back=known.get((PAID, RETURNED), 0),
    )


def _of_entry(entry: Entry, wording: Wording) -> Transaction:
    """Give the transaction of money of no batch."""
    notes: dict[str, str | int] = {"event": entry.event}
    if entry.document:
        notes["document"] = _one_line(entry.document)
    links: tuple[str, ...] = (f"recovery-{entry.recovery}",)
    if entry.kind == RECEIVED:
        debits = {Account(TREASURY, (entry.source,)): entry.amount_fen}
        credit, message, links = Account(APPROPRIATIONS, (entry.source,)), _RECEIVED, ()
    elif entry.kind == OWED:
        debits = {Account(OWED_BACK): entry.amount_fen}
        credit, message = Account(RECOVERIES), N_("Recovery {number}: owed back")
    else:
        # To the sources, by the shares that it came from.
        debits = {Account(TREASURY, (source,)): fen for source, fen in entry.parts}
        credit, message = Account(OWED_BACK), N_("Recovery {number}: repaid")
    added = {**debits, credit: -entry.amount_fen}
    return Transaction(
        on=entry.on,
        event=entry.event,
        narration=wording.say(message).format(number=entry.recovery),
        notes=notes,
        links=links,
        postings={account: added[account] for account in _sorted(added)},
    )


def _days(transactions: Sequence[Transaction], figured: Mapping[Account, int]) -> Iterator[Day]:
    """Give the days in their order, each with what the accounts that it touched hold at its end.

    The last one balances all of them, by the reconciliation's figures where it has one.
    """
    held_fen: dict[Account, int] = defaultdict(int)
    last = transactions[-1].on if transactions else None
    for on, of_day in groupby(transactions, key=lambda one: one.on):
        here = tuple(of_day)
        _add(held_fen, (one.postings for one in here), 1)
        balances = {account: held_fen[account] for one in here for account in one.postings}
        if on == last:
            used = {Account(account.head, account.codes[:1]) for account in held_fen}
            # A figure that no transaction led to is a difference, and must show.
            known = {one: fen for one, fen in figured.items() if one in used or fen}
            balances = {**held_fen, **known}
        yield Day(
            on=on,
            transactions=here,
            balances={account: balances[account] for account in _sorted(balances)},
        )


def _figured(figures: Iterable[SourceFigures]) -> dict[Account, int]:
    """Give what the reconciliation says that accounts hold."""
    return {
        Account(head, (one.source,)): sign * getattr(one, figure)
        for one in figures
        for head, (figure, sign) in _FIGURES.items()
    }


def _sorted(accounts: Iterable[Account]) -> list[Account]:
    return sorted(accounts, key=lambda account: account.name)


def _one_line(text: str) -> str:
    """Give an office's text without what would end a line or move the cursor."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
