"""Money by function code and by document: what each purse and each appropriation paid for.

A purse is a source's money for one code. What is paid for a code comes out of the purse of that
code, then out of the source's money for any code. Within a purse the oldest appropriation is used
first, what people paid back last.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relief_cli.ledger.funds import Receipt
from relief_cli.ledger.recovered import Recovered
from relief_cli.purses import Purse, charge
from relief_cli.reports.source_figures import CountyFigures

APPROPRIATION, REPAID, UNCOVERED = "appropriation", "repaid", "uncovered"
"""Kinds of lines: a document's; of none: what people paid back, and what no money covers."""


@dataclass(frozen=True, kw_only=True)
class PurseFigures:
    """A source's money for one code: received + recovered = used + balance."""

    source: str
    code: str
    """Empty: for any."""
    received_fen: int
    recovered_fen: int
    used_fen: int

    @property
    def balance_fen(self) -> int:
        """What is left; below 0 where more went out than came in."""
        return self.received_fen + self.recovered_fen - self.used_fen


@dataclass(frozen=True, kw_only=True)
class DocumentFigures:
    """An appropriation: received = used + left; or a line of no document."""

    source: str
    code: str
    mark: str
    document: str
    received_on: dt.date | None
    kind: str
    """:data:`APPROPRIATION`, :data:`REPAID` or :data:`UNCOVERED`."""
    received_fen: int
    used_fen: int

    @property
    def left_fen(self) -> int:
        """What is left; below 0 where a document takes money back, or none covers it."""
        return self.received_fen - self.used_fen


def purses(
    figures: Iterable[CountyFigures],
    receipts: Iterable[Receipt],
    recovered: Iterable[Recovered],
    order: Iterable[str],
) -> list[PurseFigures]:
    """Give the figures of each purse, sources in the order of ``order``, then by code."""
    sent: Counter[Purse] = Counter()
    for part in figures:
        sent[part.source, part.code] += part.sent_fen
    received: Counter[Purse] = Counter()
    for receipt in receipts:
        received[receipt.source, receipt.code] += receipt.amount_fen
    back: Counter[Purse] = Counter()
    for one in recovered:
        back[one.source, one.code] += one.amount_fen
    used = charge({purse: received[purse] + back[purse] for purse in {*received, *back}}, sent)
    ranks = {source: place for place, source in enumerate(dict.fromkeys(order))}
    found = sorted({*received, *back, *used}, key=lambda one: (ranks.get(one[0], len(ranks)), *one))
    return [
        PurseFigures(
            source=source,
            code=code,
            received_fen=received[source, code],
            recovered_fen=back[source, code],
            used_fen=used.get((source, code), 0),
        )
        for source, code in found
    ]


def documents(
    receipts: Iterable[Receipt], figures: Iterable[PurseFigures]
) -> Iterator[DocumentFigures]:
    """Give what each appropriation paid for, purse by purse; the lines of a purse are its sums.

    Args:
        receipts: the appropriations.
        figures: of the purses.
    """
    of_purse: dict[Purse, list[Receipt]] = defaultdict(list)
    for one in sorted(receipts, key=lambda one: (one.received_on, one.receipt)):
        of_purse[one.source, one.code].append(one)
    for purse in figures:
        left = purse.used_fen
        for receipt in of_purse[purse.source, purse.code]:
            # A document that takes money back pays for nothing.
            used = min(left, max(receipt.amount_fen, 0))
            left -= used
            yield _line(purse, APPROPRIATION, receipt.amount_fen, used, receipt)
        if purse.recovered_fen:
            used = min(left, purse.recovered_fen)
            left -= used
            yield _line(purse, REPAID, purse.recovered_fen, used)
        if left:
            yield _line(purse, UNCOVERED, 0, left)


def _line(
    purse: PurseFigures, kind: str, received_fen: int, used_fen: int, receipt: Receipt | None = None
) -> DocumentFigures:
    return DocumentFigures(
        source=purse.source,
        code=purse.code,
        mark=receipt.mark if receipt else "",
        document=receipt.document if receipt else "",
        received_on=receipt.received_on if receipt else None,
        kind=kind,
        received_fen=received_fen,
        used_fen=used_fen,
    )
