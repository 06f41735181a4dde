"""A year of one county, made up at random: who lives there, and what its office does step by step.

Everything is decided here before the program runs: rosters as townships would write them, payments
that fail, deaths and the months in which the office learns of them. :mod:`year.counting` works out
from the same steps what everybody and every source must have in the end.
"""

import random
from dataclasses import dataclass, field

from sample_data.generate import people

COUNTY = "阳曲县"
RAISED, DECIDED = 3, 6
"""The dibao standard is raised from March on; the office learns it in June, and makes it up."""
SPLIT_CHANGED = 5
"""From May on city and county halve what was split 1 : 2."""
STANDARD = {False: 60_000, True: 63_000}
"""The dibao standard in fen a month, before the raise and after it."""
BASIC, CARE = 78_000, 20_050
"""Tekun: basic living and care, in fen a month."""
INSTITUTION = ("阳曲县敬老院", "农业银行", "140201012200001")
INDEX = {9: "6.1", 10: "7.25"}
"""Price subsidies: month → the food index that triggers, in percent."""


@dataclass
class Person:
    """Somebody, and what becomes of them in the year (months 1 to 12; 13: not in this year)."""

    row: dict
    died: int = 13
    known: int = 13
    """From this month on the office knows of the death."""

    @property
    def number(self):
        return self.row["person"]


@dataclass
class Home:
    """A household on dibao; one account for all of it."""

    members: list
    income_fen: int
    joins: int = 1
    leaves: int = 13
    """The month in which it is on the list no more."""
    then_tekun: bool = False
    """Whether its only member moves to tekun at that month."""


@dataclass
class Tekun:
    """Somebody on tekun from a month on."""

    person: Person
    joins: int = 1
    enters: int = 13
    """From this month on in the institution (集中); at home (分散) before."""


@dataclass
class Listed:
    """A household, or somebody alone, as a roster has them."""

    members: list
    fen: int
    """One amount for all of them."""
    inside: bool = False
    first: int = 0
    """The first month that is due, where the row says so."""
    stop: int = 0
    """The first month that is not, likewise."""

    @property
    def account(self):
        return INSTITUTION[2] if self.inside else self.members[0].row["account_number"]


@dataclass
class Pay:
    """A roster that is paid, answered, and what failed of it paid again or not."""

    programme: str
    cycle: str
    homes: list
    """Of :class:`Listed`."""
    kinds: dict = field(default_factory=dict)
    """Of what is paid to both: number → dibao or tekun."""
    fails: frozenset = frozenset()
    """Accounts."""
    again: bool = False


@dataclass
class Arrears:
    """The raise is made up for from one month to another."""

    first: int
    last: int


@dataclass
class Stop:
    """The office learns that somebody died."""

    person: Person


@dataclass
class Repay:
    """What was paid after deaths is asked back; of each sum so many thousandths come back."""

    thousandths: int
    on: str


def steps_of(seed):
    """Give what happens in the year, in its order."""
    chance = random.Random(seed)  # noqa: S311
    homes, tekuns = _county(chance, seed)
    everybody = [one for home in homes for one in home.members] + [one.person for one in tekuns]
    heads = [home.members[0] for home in homes]
    steps = []
    for month in range(1, 13):
        steps += [Stop(one) for one in everybody if one.known == month]
        if month == DECIDED:
            steps.append(Arrears(RAISED, DECIDED - 1))
        if month % 3 == 1:
            steps.append(_quarter(tekuns, month))
        steps.append(_month(homes, month))
        if month == 8:
            steps.append(_both(steps, "one-time", "2022-08"))
        if month in INDEX:
            steps.append(_both(steps, "price", f"2022-{month:02d}"))
        if chance.random() < 0.3:
            steps.append(_aid(chance, heads, month))
        if month in (6, 12):
            steps.append(Repay(chance.choice([0, 333, 1000]), f"2022-{month:02d}-28"))
    for step in steps:
        if isinstance(step, Pay):
            accounts = {one.account for one in step.homes}
            step.fails = frozenset(one for one in sorted(accounts) if chance.random() < 0.12)
            step.again = bool(step.fails) and chance.random() < 0.7
    return [step for step in steps if not isinstance(step, Pay) or step.homes]


def _county(chance, seed):
    table = people(60, 9000 + seed)
    rows = {}
    for _, group in table.groupby("household", sort=False):
        rows.setdefault(min(len(group), 3), []).append(group.to_dict("records"))
    sizes = [3, 2, 2, 1, 1, 1]
    homes = []
    for size in sizes:
        members = [Person(row) for row in rows[size].pop(0)[:size]]
        homes.append(Home(members, chance.randrange(0, 50_000)))
    homes[3].joins = chance.randint(2, 11)
    homes[4].leaves = chance.randint(3, 12)
    homes[5].leaves, homes[5].then_tekun = chance.choice([4, 7, 10]), True
    tekuns = [Tekun(Person(rows[1].pop(0)[0])) for _ in range(3)]
    tekuns[0].enters, tekuns[2].enters = chance.randint(2, 12), 1
    tekuns[1].joins = chance.randint(2, 11)
    tekuns.append(Tekun(homes[5].members[0], homes[5].leaves))
    for person in (homes[0].members[2], homes[1].members[1], homes[4].members[0], tekuns[2].person):
        if chance.random() < 0.7:
            person.died = chance.randint(1, 10)
            person.known = min(person.died + chance.randint(1, 4), 12)
    return homes, tekuns


def _amount(income_fen, month, size):
    raised = month >= DECIDED
    return (STANDARD[raised] - income_fen) * size


def _month(homes, month):
    listed = []
    for home in homes:
        alive = [one for one in home.members if one.known > month]
        if alive and home.joins <= month < home.leaves:
            listed.append(Listed(alive, _amount(home.income_fen, month, len(alive))))
    return Pay("dibao", f"2022-{month:02d}", listed)


def _quarter(tekuns, month):
    listed, after = [], month + 3
    for one in tekuns:
        if one.person.known <= month:
            continue
        for inside, since, until in ((False, one.joins, one.enters), (True, one.enters, 13)):
            first, stop = max(since, month), min(until, after)
            if first < stop:
                said = first if first > month else 0, stop if stop < after else 0
                fen = (BASIC + CARE) * (stop - first)
                listed.append(Listed([one.person], fen, inside, *said))
    return Pay("tekun", f"2022Q{(month + 2) // 3}", listed)


def _last(steps, programme):
    return next(step for step in reversed(steps) if getattr(step, "programme", "") == programme)


def _both(steps, programme, cycle):
    """Everybody who is on the newest rosters of dibao and tekun, each once, but the known dead."""
    homes, kinds, month = [], {}, int(cycle[5:])
    for kind in ("dibao", "tekun"):
        listed = _last(steps, kind).homes
        # Of somebody who moved the last line counts.
        for home in {one.members[0].number: one for one in listed}.values():
            alone = [one for one in home.members if one.number not in kinds and one.known > month]
            kinds.update((one.number, kind) for one in alone)
            if alone:
                homes.append(Listed(alone, 0, home.inside))
    return Pay(programme, cycle, homes, kinds=kinds)


def _aid(chance, heads, month):
    """One or two people in hardship; nobody twice, each with a cause of their own."""
    alive = [one for one in heads if one.died == 13 and not one.row.get("aided")]
    chosen = chance.sample(alive, min(len(alive), chance.randint(1, 2)))
    for one in chosen:
        one.row["aided"] = True
    return Pay("temporary", f"2022-{month:02d}",
               [Listed([one], chance.randrange(20_000, 300_000)) for one in chosen])  # fmt: skip
