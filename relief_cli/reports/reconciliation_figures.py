"""The figures of the funding reconciliation, computed once for the workbook, the page and JSON."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
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
    """A county and category: due = paid at first + paid again + in transit + returned + not sent.

    What failed and what came back is counted however it ended.
    """

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
    """The cycle that is shown by itself; empty where there is no batch."""
    on: dt.date
    """The day for which ages are computed."""
    of_cycle: list[Line]
    """Of the cycle, by county and category."""
    of_all: list[Line]
    """The same, of all cycles up to this one."""
    sources: list[SourceFigures]
    """Of all cycles up to this one."""
    by_county: list[CountyFigures]
    tie_outs: tuple[TieOut, ...]
    failures: list[Failure]
    """The oldest first."""
    receipts: tuple[Receipt, ...]

    @property
    def differences(self) -> list[TieOut]:
        """The figures that do not agree."""
        return [one for one in self.tie_outs if one.link.difference]


def until(cycles: Sequence[str], cycle: str | None) -> list[str]:
    """Give those of ``cycles`` that end with ``cycle`` or before it; all where it is ``None``."""
    if cycle is None:
        return list(cycles)
    end = Cycle.parse(cycle).last_on
    return [text for text in cycles if Cycle.parse(text).last_on <= end]


def reconcile(
    *,
    positions: Sequence[Position],
    shares: Iterable[Share],
    tie_outs: pd.DataFrame,
    failures: Iterable[Owed],
    receipts: Sequence[Receipt],
    recovered: Sequence[Recovered],
    sources: Sequence[str],
    cycle: str | None,
    on: dt.date,
) -> Reconciliation:
    """Compute the reconciliation.

    Args:
        positions: of the cycles :func:`until` it.
        shares: of all batches.
        tie_outs: as :data:`relief_cli.ledger.tie_outs.TIE_OUTS`, of the same cycles.
        failures: what is owed.
        receipts: the appropriations.
        recovered: what people paid back, by source.
        sources: the order in which funding sources are shown.
        cycle: the cycle to be shown by itself; the last one where ``None``.
        on: the day for which ages are computed.
    """
    ends = {text: Cycle.parse(text).last_on for text in tie_outs["cycle"].unique()}
    chosen = cycle or max(ends, key=lambda text: (ends[text], text), default="")
    batches, in_cycle = set(tie_outs["batch"]), tie_outs["cycle"] == chosen
    of_cycle = set(tie_outs.loc[in_cycle, "batch"])
    figures = by_county(positions, (one for one in shares if one.batch in batches))
    return Reconciliation(
        cycle=chosen,
        on=on,
        of_cycle=_lines(one for one in positions if one.batch in of_cycle),
        of_all=_lines(positions),
        sources=source_figures(figures, receipts, recovered, sources),
        by_county=figures,
        tie_outs=tuple(one for row in _records(tie_outs) for one in _links(row)),
        failures=_ages(failures, on),
        receipts=tuple(receipts),
    )


def _lines(positions: Iterable[Position]) -> list[Line]:
    lines: dict[tuple[str, str], Line] = {}
    for one in positions:
        key = one.county, one.category
        lines.setdefault(key, Line(county=one.county, category=one.category)).add(one)
    return [lines[key] for key in sorted(lines)]


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
