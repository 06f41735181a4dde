"""What everybody and every source must have after a year, worked out row by row.

Whole numbers and fractions alone; no function of the program. Shares: 6:4 of a county's total, the
four again by the split of the day, to the fen by the largest remainder; then category by category.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from oracle import largest_remainder
from year.world import (
    BASIC,
    CARE,
    INDEX,
    RAISED,
    SPLIT_CHANGED,
    STANDARD,
    Arrears,
    Pay,
    Repay,
    Stop,
)

SOURCES = ("province", "municipal", "county")
ONCE = 30_000
CATEGORY = {"dibao": "rural_dibao", "tekun": "rural_tekun", "temporary": "temporary_assistance"}


@dataclass
class Given:
    """One person's part of one batch."""

    batch: int
    programme: str
    cycle: str
    months: range
    """Those that it is for; none where it is for no month."""
    number: str
    category: str
    fen: int
    account: str
    arrived: bool = True


@dataclass
class Recovery:
    """What is asked back of somebody, and what has come back of it."""

    number: str
    programme: str
    parts: list
    """(batch, category, cycle, fen)."""
    back: int = 0

    @property
    def fen(self):
        return sum(fen for *_, fen in self.parts)


@dataclass
class Books:
    """What there must be in the end."""

    given: list = field(default_factory=list)
    recoveries: list = field(default_factory=list)
    ended: dict = field(default_factory=dict)
    """Number → the first month that is not due, of those who are known to be dead."""
    split: list = field(default_factory=list)
    """Batch → category → source → fen."""

    def of_person(self, number):
        """What has arrived."""
        return sum(one.fen for one in self.given if one.number == number and one.arrived)

    def spent(self):
        """Source → fen that went out and did not come back."""
        gone = Counter()
        for one in self.given:
            gone[one.batch, one.category] += one.fen if one.arrived else 0
        total = Counter()
        for (batch, category), fen in gone.items():
            shares = self.split[batch][category]
            if fen:
                parts = largest_remainder(fen, [shares[source] for source in SOURCES])
                total.update(dict(zip(SOURCES, parts, strict=True)))
        return {source: total[source] for source in SOURCES}

    def recovered(self):
        """Source → fen that people paid back."""
        total = Counter()
        for one in self.recoveries:
            sums = Counter()
            for batch, category, _, fen in one.parts:
                shares = self.split[batch][category]
                parts = largest_remainder(fen, [shares[source] for source in SOURCES])
                sums.update(dict(zip(SOURCES, parts, strict=True)))
            if one.back:
                parts = largest_remainder(one.back, [sums[source] for source in SOURCES])
                total.update(dict(zip(SOURCES, parts, strict=True)))
        return {source: total[source] for source in SOURCES}


def replay(steps):
    """Go through the year, step by step."""
    books = Books()
    for step in steps:
        if isinstance(step, Stop):
            books.ended[step.person.number] = step.person.died + 1
        elif isinstance(step, Arrears):
            _arrears(books, step)
        elif isinstance(step, Pay):
            _pay(books, step)
        elif isinstance(step, Repay):
            _ask_back(books)
            for one in books.recoveries:
                one.back += (one.fen - one.back) * step.thousandths // 1000
    return books


def _pay(books, step):
    batch = len(books.split)
    for home in step.homes:
        for place, one in enumerate(home.members):
            part = _part(step, home.fen, place, len(home.members))
            books.given.append(
                Given(batch, step.programme, step.cycle, _months(step, home), one.number,
                      CATEGORY[step.kinds.get(one.number, step.programme)], part, home.account,
                      home.account not in step.fails or step.again)
            )  # fmt: skip
    books.split.append(_split(books, batch, step.cycle))


def _first(cycle):
    return int(cycle[5:]) if "-" in cycle else int(cycle[5:]) * 3 - 2


def _months(step, home):
    if step.programme == "tekun":
        first = _first(step.cycle)
        return range(home.first or first, home.stop or first + 3)
    if step.programme in ("one-time", "temporary"):
        return range(0)
    return range(_first(step.cycle), _first(step.cycle) + 1)


def _part(step, fen, place, size):
    """A household's amount in equal parts, the fen that are left to the first of them."""
    if step.programme == "one-time":
        return ONCE
    if step.programme == "price":
        percent = Fraction(INDEX[_first(step.cycle)]) / 100
        yuan = Fraction(STANDARD[True] * percent, 100)
        return int(yuan + Fraction(1, 2)) * 100
    each, left = divmod(fen, size)
    return each + (place < left)


def _split(books, batch, cycle):
    rows = [one for one in books.given if one.batch == batch]
    sums = Counter()
    for one in rows:
        sums[one.category] += one.fen
    return _by_category(sums, _first(cycle))


def _by_category(sums, month):
    province, rest = largest_remainder(sum(sums.values()), [6, 4])
    local = largest_remainder(rest, [1, 1] if month >= SPLIT_CHANGED else [1, 2])
    left = [province, *local]
    found = {}
    for category in sorted(sums):
        last = category == max(sums)
        part = left if last else largest_remainder(sums[category], left)
        left = [before - taken for before, taken in zip(left, part, strict=True)]
        found[category] = dict(zip(SOURCES, part, strict=True))
    return found


def _arrears(books, step):
    """Each month's rise for everybody who was paid for it, each month by its own split."""
    batch, rise = len(books.split), STANDARD[True] - STANDARD[False]
    by_split = defaultdict(int)
    for one in list(books.given):
        if one.programme != "dibao" or not one.arrived:
            continue
        month = one.months[0]
        if RAISED <= step.first <= month <= step.last and month < books.ended.get(one.number, 99):
            books.given.append(
                Given(batch, "arrears", one.cycle, one.months, one.number, one.category, rise,
                      one.account)
            )  # fmt: skip
            by_split[month >= SPLIT_CHANGED] += rise
    total = Counter()
    for changed, fen in by_split.items():
        month = SPLIT_CHANGED if changed else SPLIT_CHANGED - 1
        total.update(_by_category({"rural_dibao": fen}, month)["rural_dibao"])
    books.split.append({"rural_dibao": {source: total[source] for source in SOURCES}})


def _ask_back(books):
    """Ask for what arrived for months after a death that is known, and was not asked for before."""
    asked = {
        (one.number, one.programme, cycle): fen
        for one in books.recoveries
        for _, _, cycle, fen in one.parts
    }
    found = defaultdict(list)
    for one in books.given:
        ended = books.ended.get(one.number)
        if ended is None or not one.arrived or one.programme == "temporary":
            continue
        programme = "dibao" if one.programme == "arrears" else one.programme
        if (one.number, programme, one.cycle) in asked:
            continue
        fen = _not_due(one, ended)
        if fen:
            # Arrears came from where the month itself came from.
            batch = next(
                each.batch
                for each in books.given
                if (each.number, each.programme, each.cycle) == (one.number, programme, one.cycle)
            )
            found[one.number, programme].append((batch, one.category, one.cycle, fen))
    for (number, programme), parts in found.items():
        books.recoveries.append(Recovery(number, programme, parts))


def _not_due(one, ended):
    if one.programme == "one-time":
        return one.fen if ended <= _first(one.cycle) else 0
    over = [month for month in one.months if month >= ended]
    if one.programme == "tekun":
        return (BASIC + CARE) * len(over)
    return one.fen if over else 0
