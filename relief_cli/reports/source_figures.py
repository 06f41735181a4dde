"""What was received from each funding source, and where it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relief_cli.ledger.funds import Receipt
from relief_cli.ledger.positions import FATES, Place, Position, Share
from relief_cli.ledger.recovered import Recovered
from relief_cli.money import apportion


@dataclass(kw_only=True)
class Parts:
    """Where a source's money is, by :data:`relief_cli.ledger.positions.FATES`."""

    paid_fen: int = 0
    returned_fen: int = 0
    in_transit_fen: int = 0
    unsent_fen: int = 0

    @property
    def sent_fen(self) -> int:
        """What went out, whatever became of it."""
        return self.paid_fen + self.returned_fen + self.in_transit_fen

    @property
    def due_fen(self) -> int:
        """All of it."""
        return self.sent_fen + self.unsent_fen

    def add(self, paid: int, returned: int, in_transit: int, unsent: int) -> None:
        """Add amounts in fen."""
        self.paid_fen += paid
        self.returned_fen += returned
        self.in_transit_fen += in_transit
        self.unsent_fen += unsent


@dataclass(kw_only=True)
class CountyFigures(Parts):
    """A source's part of one county, for one function code."""

    county: str
    source: str
    code: str


@dataclass(kw_only=True)
class SourceFigures(Parts):
    """A source: received + recovered = paid + in transit + returned + balance.

    Sent are the first three on the right.
    """

    source: str
    received_fen: int = 0
    recovered_fen: int = 0
    """What people paid back, and goes back to it."""

    @property
    def balance_fen(self) -> int:
        """What is left of what was received and of what came back from people."""
        return self.received_fen + self.recovered_fen - self.sent_fen

    @property
    def shortfall_fen(self) -> int:
        """What is due above what was received and came back."""
        return max(self.due_fen - self.received_fen - self.recovered_fen, 0)


def by_county(places: Iterable[Place | Position], shares: Iterable[Share]) -> list[CountyFigures]:
    """Give each source's part of what is paid, back, on its way and not sent, by county and code.

    Args:
        places: where the money of the batches is.
        shares: of the same batches.
    """
    fates: dict[tuple[int, str, str], dict[str, int]] = {}
    for place in places:
        key = place.batch, place.county, place.category
        fates.setdefault(key, dict.fromkeys(FATES, 0))[place.fate] += place.amount_fen
    funded: dict[tuple[int, str, str], list[Share]] = {}
    for share in shares:
        funded.setdefault((share.batch, share.county, share.category), []).append(share)
    found: dict[tuple[str, str, str], CountyFigures] = {}
    for key in sorted(funded):
        *parts, _ = fates[key].values()
        split = fates_by_source(parts, [one.amount_fen for one in funded[key]])
        for one, column in zip(funded[key], zip(*split, strict=True), strict=True):
            figures = CountyFigures(county=one.county, source=one.source, code=one.code)
            found.setdefault((one.county, one.source, one.code), figures).add(*column)
    return sorted(found.values(), key=lambda one: one.county)


def source_figures(
    of_counties: Iterable[CountyFigures],
    receipts: Iterable[Receipt],
    recovered: Iterable[Recovered],
    order: Iterable[str],
) -> list[SourceFigures]:
    """Give the figures of each source that anything was received from, or that anything is due by.

    Args:
        of_counties: as :func:`by_county` gives them.
        receipts: the appropriations.
        recovered: what people paid back, by source.
        order: the sources in the order in which they are shown; others come after them.
    """
    found: dict[str, SourceFigures] = {}
    for part in of_counties:
        found.setdefault(part.source, SourceFigures(source=part.source)).add(
            part.paid_fen, part.returned_fen, part.in_transit_fen, part.unsent_fen
        )
    for receipt in receipts:
        figures = found.setdefault(receipt.source, SourceFigures(source=receipt.source))
        figures.received_fen += receipt.amount_fen
    for one in recovered:
        figures = found.setdefault(one.source, SourceFigures(source=one.source))
        figures.recovered_fen += one.amount_fen
    ranks = {source: place for place, source in enumerate(dict.fromkeys(order))}
    return sorted(found.values(), key=lambda one: ranks.get(one.source, len(ranks)))


def by_source(figures: Iterable[SourceFigures]) -> dict[str, dict[str, int]]:
    """Give the figures of each source by its code, as ``--json`` prints them."""
    return {
        one.source: {
            "received_fen": one.received_fen,
            "due_fen": one.due_fen,
            "sent_fen": one.sent_fen,
            "paid_fen": one.paid_fen,
            "returned_fen": one.returned_fen,
            "in_transit_fen": one.in_transit_fen,
            "recovered_fen": one.recovered_fen,
            "balance_fen": one.balance_fen,
            "shortfall_fen": one.shortfall_fen,
        }
        for one in figures
    }


def fates_by_source(parts_fen: Sequence[int], shares_fen: Sequence[int]) -> list[list[int]]:
    """Split what is paid, returned and in transit of a county's category among the sources.

    What has left the treasury is split from what has not before either is split further, so that a
    payment that arrives moves no fen between sources.

    Args:
        parts_fen: those three amounts, in the order of :data:`FATES`.
        shares_fen: each source's share of the total.

    Returns:
        A row for each of :data:`FATES`, with a column for each source.
    """
    paid, returned, transit = parts_fen
    # Where the books do not agree, which the tie-out tells, the difference counts as not sent.
    unsent = sum(shares_fen) - sum(parts_fen)
    left, held = apportion([paid + transit, returned + unsent], shares_fen)
    paid_by, transit_by = apportion([paid, transit], left)
    returned_by, unsent_by = apportion([returned, unsent], held)
    return [paid_by, returned_by, transit_by, unsent_by]
