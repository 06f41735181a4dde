"""The figures of the funding reconciliation, computed once for the workbook, the page and JSON."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.i18n import N_
from relief_cli.ledger.funds import Receipt
from relief_cli.ledger.positions import PAID, RETURNED, TRANSIT, Position, Share
from relief_cli.ledger.recovered import Recovered
from relief_cli.ledger.returns import Owed
from relief_cli.reports.figures import Link
from relief_cli.reports.purse_figures import DocumentFigures, PurseFigures, documents, purses
from relief_cli.reports.source_figures import (
    CountyFigures,
    SourceFigures,
    by_county,
    source_figures,
)
from relief_cli.reports.words import reference

_ALWAYS = (
    (
        N_("Rows read"),
        "rows_read",
        N_("Rows paid, held and needing nothing"),
        ("entitlements", "rows_unpaid"),
    ),
    (
        N_("Persons entitled"),
        "entitlements",
        N_("Beneficiaries of the payments"),
        ("beneficiaries",),
    ),
    (
        N_("Sum of the entitlements"),
        "entitlements_fen",
        N_("Sum of the payments"),
        ("payments_fen",),
    ),
    (
        N_("Sum of the entitlements"),
        "entitlements_fen",
        N_("Sum of the funding shares"),
        ("shares_fen",),
    ),
)
_WHEN_SENT = (
    (
        N_("Number of payments"),
        "payments",
        N_("Lines of the bank files"),
        ("files_payments",),
    ),
    (N_("Sum of the payments"), "payments_fen", N_("Sum of the bank files"), ("files_fen",)),
    (
        N_("Sum of the bank files"),
        "files_fen",
        N_("Paid, failed and still open by the bank's answers"),
        ("answered_fen", "open_fen"),
    ),
    (
        N_("Payments about which the bank contradicts the books"),
        "disputed",
        N_("None allowed"),
        (),
    ),
)
"""Of a batch: what the left figure is, its column, what the right one is, and the columns of which
it is the sum."""


@dataclass(kw_only=True)
class Line:
    """A programme, county and category.

    Due = paid at first + paid again + in transit + returned + not sent. What failed and what came
    back is counted however it ended.
    """

    programme: str
    county: str
    category: str
    persons: int = 0
    due_fen: int = 0
    paid_fen: int = 0
    """At first."""
    repaid_fen: int = 0
    in_transit_fen: int = 0
    returned_fen: int = 0
    unsent_fen: int = 0
    failed_fen: int = 0
    reversed_fen: int = 0

    def add(self, position: Position) -> None:
        """Count a position in."""
        self.persons += position.persons
        self.due_fen += position.amount_fen
        self.repaid_fen += position.repaid_fen
        self.failed_fen += position.failed_fen
        self.reversed_fen += position.reversed_fen
        if position.fate == PAID:
            self.paid_fen += position.amount_fen - position.repaid_fen
        elif position.fate == TRANSIT:
            self.in_transit_fen += position.amount_fen
        elif position.fate == RETURNED:
            self.returned_fen += position.amount_fen
        else:
            self.unsent_fen += position.amount_fen


class Failure(NamedTuple):
    """A payment that failed or came back and is not paid again."""

    reference: str
    since: str
    """The day on which the bank said so last, ISO 8601."""
    days: int
    code: str
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class TieOut:
    """One figure of a batch that must equal another."""

    batch: str
    link: Link


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Everything that the reconciliation shows."""

    cycle: str
    """The month or quarter whose payments are shown by themselves; empty where there are none."""
    people: Mapping[str, int]
    """Of it: programme → persons, each once; under the empty name all of them."""
    on: dt.date
    """The day for which ages are computed."""
    of_cycle: list[Line]
    """What was paid in it, by programme, county and category."""
    of_all: list[Line]
    """The same, of all that was paid until its end."""
    by_programme: Mapping[str, Line]
    """What was paid in it."""
    by_code: Mapping[str, Line]
    """The same by function code; under the empty one what has none."""
    sources: list[SourceFigures]
    """Of all that was paid until its end."""
    by_county: list[CountyFigures]
    purses: list[PurseFigures]
    """Of the same: by source and function code."""
    documents: list[DocumentFigures]
    """Of the same: what each appropriation paid for."""
    tie_outs: tuple[TieOut, ...]
    failures: list[Failure]
    """The oldest first."""

    @property
    def differences(self) -> list[TieOut]:
        """The figures that do not agree."""
        return [one for one in self.tie_outs if one.link.difference]


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days whose payments are shown by themselves, and what was paid in them."""

    cycle: str
    """The month or quarter; empty where nothing was ever paid."""
    people: Mapping[str, int]
    """Programme → persons, each once; under the empty name all of them."""

    def holds(self, pay_on: str) -> bool:
        """Say whether a day is in it."""
        cycle = Cycle.parse(self.cycle)
        return cycle.first_on.isoformat() <= pay_on <= cycle.last_on.isoformat()


def reconcile(
    *,
    positions: Sequence[Position],
    shares: Iterable[Share],
    tie_outs: pd.DataFrame,
    failures: Iterable[Owed],
    receipts: Sequence[Receipt],
    recovered: Sequence[Recovered],
    sources: Sequence[str],
    period: Period,
    on: dt.date,
) -> Reconciliation:
    """Compute the reconciliation.

    Args:
        positions: of what was paid until the period's end.
        shares: of all batches.
        tie_outs: as :data:`relief_cli.ledger.tie_outs.TIE_OUTS`, of the same batches.
        failures: what is owed.
        receipts: the appropriations.
        recovered: what people paid back, by source.
        sources: the order in which funding sources are shown.
        period: what is shown by itself.
        on: the day for which ages are computed.
    """
    batches = set(tie_outs["batch"])
    programmes = dict(zip(tie_outs["batch"], tie_outs["programme"], strict=True))
    days = zip(tie_outs["batch"], tie_outs["pay_on"], strict=True)
    within = {batch for batch, pay_on in days if period.holds(pay_on)}
    of_period = [one for one in positions if one.batch in within]
    funded = [one for one in shares if one.batch in batches]
    codes = {(one.batch, one.county, one.category): one.code for one in funded}
    figures = by_county(positions, funded)
    of_purses = purses(figures, receipts, recovered, sources)
    return Reconciliation(
        cycle=period.cycle,
        people=period.people,
        on=on,
        of_cycle=_lines(of_period, programmes),
        of_all=_lines(positions, programmes),
        by_programme=_summed(of_period, lambda one: programmes[one.batch]),
        by_code=_summed(of_period, lambda one: codes.get(one.key, "")),
        sources=source_figures(figures, receipts, recovered, sources),
        by_county=figures,
        purses=of_purses,
        documents=list(documents(receipts, of_purses)),
        tie_outs=tuple(one for row in _records(tie_outs) for one in _links(row)),
        failures=_ages(failures, on),
    )


def _lines(positions: Iterable[Position], programmes: Mapping[int, str]) -> list[Line]:
    lines: dict[tuple[str, str, str], Line] = {}
    for one in positions:
        key = programmes[one.batch], one.county, one.category
        line = Line(programme=key[0], county=one.county, category=one.category)
        lines.setdefault(key, line).add(one)
    return [lines[key] for key in sorted(lines)]


def _summed(positions: Iterable[Position], key: Callable[[Position], str]) -> dict[str, Line]:
    """Give what positions come to by something of theirs, by its name."""
    lines: dict[str, Line] = {}
    for one in positions:
        line = Line(programme="", county="", category="")
        lines.setdefault(key(one), line).add(one)
    return {name: lines[name] for name in sorted(lines)}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", table.to_dict("records"))


def _links(row: Mapping[str, Any]) -> list[TieOut]:
    """Hold the figures of one batch against each other, from the roster to the bank's answer."""
    shown = _ALWAYS + (_WHEN_SENT if row["files"] else ())
    return [
        TieOut(
            batch=row["name"],
            link=Link(
                left=left,
                right=right,
                left_figure=int(row[one]),
                right_figure=sum(int(row[other]) for other in others),
                money=one.endswith("_fen"),
            ),
        )
        for left, one, right, others in shown
    ]


def _ages(failures: Iterable[Owed], on: dt.date) -> list[Failure]:
    found = []
    for batch, payment, code, at, amount_fen in failures:
        days = (on - dt.date.fromisoformat(at[:10])).days
        found.append(Failure(reference(batch, payment), at[:10], days, code, amount_fen))
    return sorted(found, key=lambda one: (one.since, one.reference))
