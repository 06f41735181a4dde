"""The figures of the funding reconciliation, computed once for the workbook, the page and JSON."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.funding import apportion
from relief_cli.i18n import N_
from relief_cli.ledger.funds import Receipt
from relief_cli.ledger.positions import FATES, PAID, RETURNED, TRANSIT, UNSENT
from relief_cli.reports.figures import Link

LINE_FIGURES = (
    "due_fen",
    "paid_fen",
    "repaid_fen",
    "in_transit_fen",
    "returned_fen",
    "unsent_fen",
    "failed_fen",
    "reversed_fen",
)
"""Of a county and category: due = paid at first + paid again + in transit + returned + not sent.
``failed_fen`` and ``reversed_fen`` count what failed and what came back, however it ended.
"""
SOURCE_FIGURES = (
    "received_fen",
    "due_fen",
    "sent_fen",
    "paid_fen",
    "returned_fen",
    "in_transit_fen",
    "balance_fen",
)
"""Of a source: received = paid + in transit + returned + balance; sent = the first three of these.
"""


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
    of_cycle: pd.DataFrame
    """``county``, ``category``, ``persons`` and :data:`LINE_FIGURES`, of the cycle."""
    of_all: pd.DataFrame
    """The same, of all cycles up to this one."""
    sources: pd.DataFrame
    """``source`` and :data:`SOURCE_FIGURES`, of all cycles up to this one."""
    by_county: pd.DataFrame
    """``county``, ``source``, ``due_fen``, ``sent_fen``, ``paid_fen``, ``returned_fen``,
    ``in_transit_fen``."""
    tie_outs: tuple[TieOut, ...]
    failures: pd.DataFrame
    """``reference``, ``since`` (ISO 8601), ``days``, ``code``, ``amount_fen``: the oldest first."""
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
    positions: pd.DataFrame,
    shares: pd.DataFrame,
    tie_outs: pd.DataFrame,
    failures: pd.DataFrame,
    receipts: Sequence[Receipt],
    sources: Sequence[str],
    cycle: str | None,
    on: dt.date,
) -> Reconciliation:
    """Compute the reconciliation.

    Args:
        positions: as :data:`relief_cli.ledger.positions.POSITIONS`, of the cycles :func:`until` it.
        shares: ``batch``, ``county``, ``source``, ``amount_fen``.
        tie_outs: as :data:`relief_cli.ledger.tie_outs.TIE_OUTS`, of the same cycles.
        failures: ``reference``, ``at``, ``code``, ``amount_fen`` of what is owed.
        receipts: the appropriations.
        sources: the order in which funding sources are shown.
        cycle: the cycle to be shown by itself; the last one where ``None``.
        on: the day for which ages are computed.
    """
    ends = {text: Cycle.parse(text).last_on for text in tie_outs["cycle"].unique()}
    chosen = cycle or max(ends, key=lambda text: (ends[text], text), default="")
    in_cycle = positions["batch"].isin(tie_outs.loc[tie_outs["cycle"] == chosen, "batch"])
    by_county = _by_county(positions, shares[shares["batch"].isin(tie_outs["batch"])])
    return Reconciliation(
        cycle=chosen,
        on=on,
        of_cycle=_lines(positions[in_cycle]),
        of_all=_lines(positions),
        sources=_sources(by_county, receipts, sources),
        by_county=by_county,
        tie_outs=tuple(one for row in _records(tie_outs) for one in _links(row)),
        failures=_ages(failures, on),
        receipts=tuple(receipts),
    )


def source_figures(
    *,
    places: pd.DataFrame,
    shares: pd.DataFrame,
    receipts: Sequence[Receipt],
    sources: Sequence[str],
) -> pd.DataFrame:
    """Give ``source`` and :data:`SOURCE_FIGURES` of all batches; see :func:`reconcile`.

    Args:
        places: as :data:`relief_cli.ledger.positions.PLACES`, or the positions themselves.
        shares: as for :func:`reconcile`; so are the others.
        receipts: the appropriations.
        sources: the order.
    """
    return _sources(_by_county(places, shares), receipts, sources)


def by_source(sources: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Give each source's figures and its shortfall: what is due above what was received.

    Args:
        sources: as :func:`source_figures` gives them.
    """
    return {
        str(source): {
            **{name: int(row[name]) for name in SOURCE_FIGURES},
            "shortfall_fen": max(int(row["due_fen"] - row["received_fen"]), 0),
        }
        for source, row in sources.set_index("source").iterrows()
    }


def fates_by_source(parts_fen: Sequence[int], shares_fen: Sequence[int]) -> list[list[int]]:
    """Split what is paid, returned and in transit of a county among the sources.

    Args:
        parts_fen: those three amounts, in the order of :data:`FATES`.
        shares_fen: each source's share of the county's total.

    Returns:
        A row for each of :data:`FATES`, with a column for each source.
    """
    # Where the books do not agree, which the tie-out tells, the difference counts as not sent.
    return apportion([*parts_fen, sum(shares_fen) - sum(parts_fen)], shares_fen)


def _lines(positions: pd.DataFrame) -> pd.DataFrame:
    amount, fate = positions["amount_fen"], positions["fate"]
    table = positions[["county", "category", "persons", "failed_fen", "reversed_fen"]].assign(
        due_fen=amount,
        paid_fen=amount * (fate == PAID) - positions["repaid_fen"],
        repaid_fen=positions["repaid_fen"],
        in_transit_fen=amount * (fate == TRANSIT),
        returned_fen=amount * (fate == RETURNED),
        unsent_fen=amount * (fate == UNSENT),
    )
    grouped = table.groupby(["county", "category"], sort=True)[["persons", *LINE_FIGURES]]
    return grouped.sum().reset_index()


def _by_county(positions: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Give each source's part of what is paid, back, on its way and not sent, county by county."""
    amounts = positions.pivot_table(
        index=["batch", "county"],
        columns="fate",
        values="amount_fen",
        aggfunc="sum",
        fill_value=0,
        observed=True,
    ).reindex(columns=list(FATES), fill_value=0)
    rows = []
    by_place = {key: list(map(int, parts)) for key, *parts in amounts.itertuples()}
    for key, of_sources in shares.groupby(["batch", "county"], sort=True):
        *parts, _ = by_place[key]
        split = fates_by_source(parts, of_sources["amount_fen"].tolist())
        rows += [
            (key[1], source, *column)
            for source, column in zip(of_sources["source"], zip(*split, strict=True), strict=True)
        ]
    table = pd.DataFrame(rows, columns=["county", "source", *FATES])
    figures = table.assign(
        due_fen=table[list(FATES)].sum(axis=1),
        sent_fen=table[[PAID, RETURNED, TRANSIT]].sum(axis=1),
        paid_fen=table[PAID],
        returned_fen=table[RETURNED],
        in_transit_fen=table[TRANSIT],
    )
    names = list(SOURCE_FIGURES[1:-1])
    return figures.groupby(["county", "source"], sort=False)[names].sum().reset_index()


def _sources(
    by_county: pd.DataFrame, receipts: Sequence[Receipt], order: Sequence[str]
) -> pd.DataFrame:
    sums = by_county.groupby("source", sort=False)[list(SOURCE_FIGURES[1:-1])].sum()
    received: dict[str, int] = {}
    for one in receipts:
        received[one.source] = received.get(one.source, 0) + one.amount_fen
    named = [*order, *sums.index, *received]
    shown = [
        source for source in dict.fromkeys(named) if source in sums.index or source in received
    ]
    table = sums.reindex(shown).fillna(0).astype("int64")
    table.insert(0, "received_fen", [received.get(source, 0) for source in shown])
    table["balance_fen"] = table["received_fen"] - table["sent_fen"]
    return table.rename_axis("source").reset_index()


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


def _ages(failures: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    since = failures["at"].str[:10]
    days = [(on - dt.date.fromisoformat(day)).days for day in since]
    table = failures.assign(since=since, days=days)
    return table.sort_values(["since", "reference"], kind="stable")[
        ["reference", "since", "days", "code", "amount_fen"]
    ].reset_index(drop=True)
