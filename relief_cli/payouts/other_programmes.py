"""What people get from other programmes, as far as it bears on this one: data, over cycles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import Cycle, Occasion
from relief_cli.findings import Block
from relief_cli.ledger import Book
from relief_cli.policy import Parameter, Policy
from relief_cli.programmes.terms import Dues, Terms
from relief_cli.roster.read import Roster

if TYPE_CHECKING:
    from relief_cli.policy.values import Pairs, Words

EXCLUDES, CAPS = "cross.excludes", "cross.caps"


@dataclass(frozen=True)
class Elsewhere:
    """Who gets what elsewhere that excludes this programme, or is capped together with it."""

    excluded: pd.DataFrame
    """``person``, ``programme`` (with its cycle)."""
    capped: pd.DataFrame
    """``person``, ``programme``, ``amount_fen`` there, ``most_fen`` of both together."""


def rules(policy: Policy, programme: str, cycle: Cycle) -> tuple[Parameter, ...]:
    """Give the rules between ``programme`` and others that hold in the cycle."""
    found = (policy.find(name, cycle.first_on) for name in (EXCLUDES, CAPS))
    return tuple(one for one in found if one is not None and _concerned(one, programme))


def _concerned(rule: Parameter, programme: str) -> bool:
    named = [name for name, _ in cast("Pairs", rule.value)]
    return any(programme in name.split("+") for name in named)


def elsewhere(
    book: Book, policy: Policy, programme: str, cycle: Cycle, roster: Roster, dues: Dues
) -> Elsewhere:
    """Ask the ledger what people get from programmes that a rule names beside this one.

    What is for other months than a person is due here is beside the point: somebody may move from
    one programme to the other within a quarter.

    Args:
        book: the ledger.
        policy: the rules.
        programme: the one that is paid.
        cycle: the one that is paid for.
        roster: who stands in the rosters.
        dues: what each row is due, and for which months.
    """
    excluding: list[str] = []
    most: dict[str, int] = {}
    for rule in rules(policy, programme, cycle):
        if rule.name == EXCLUDES:
            named = dict(cast("Words", rule.value))
            excluding = list(named.get(programme, ()))
        else:
            for pair, fen in cast("Pairs", rule.value):
                both = pair.split("+")
                if programme in both:
                    both.remove(programme)
                    most[both[0]] = fen
    persons = roster.people["person"]
    pairs = _pairs(policy, [*excluding, *most], cycle)
    found = book.paid_elsewhere(pairs, persons.dropna())
    found = found[_share_a_month(found, _months_due(persons, dues, found))]
    other = found["programme"]
    capped = found[other.isin(list(most))]
    return Elsewhere(
        excluded=_named(found[other.isin(excluding)]),
        capped=_named(capped).assign(most_fen=capped["programme"].map(most).astype("int64")),
    )


def supported_elsewhere(
    book: Book, policy: Policy, cycle: Cycle, terms: Terms, roster: Roster, dues: Dues
) -> Block:
    """Find people whom another programme pays in the month, which their cause rules out (R404)."""
    causes = [one.cause in terms.unsupported_causes for one in dues.grounds]
    chosen = np.flatnonzero(np.array([*causes, False], dtype=bool)[dues.ground])
    persons = roster.people["person"].iloc[chosen]
    found = book.paid_elsewhere(_pairs(policy, terms.supporting, cycle), persons.dropna())
    found = _named(found[_share_a_month(found, _months_due(roster.people["person"], dues, found))])
    known = persons.map(found.drop_duplicates("person").set_index("person")["programme"])
    which = known.notna().to_numpy()
    return Block("R404", chosen[which], "id_number", list(known[which]))


def _months_due(persons: pd.Series, dues: Dues, found: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Give person → the months that their rows are due, for those who are found elsewhere."""
    if found.empty:
        return {}
    rows = np.flatnonzero(persons.isin(found["person"].unique()).to_numpy())
    due: dict[str, frozenset[str]] = {}
    for row in rows:
        months = frozenset(dues.grounds[dues.ground[row]].months)
        due[persons.iloc[row]] = due.get(persons.iloc[row], frozenset()) | months
    return due


def _share_a_month(found: pd.DataFrame, due: dict[str, frozenset[str]]) -> npt.NDArray[np.bool_]:
    """Say which are for a month that is due here too; a notice is for none, and always counts."""
    shared = []
    for person, first, last in zip(
        found["person"], found["first_month"], found["last_month"], strict=True
    ):
        of_notice = not isinstance(first, str)
        shared.append(of_notice or any(first <= month <= last for month in due[person]))
    return np.array(shared, dtype=bool)


def _named(found: pd.DataFrame) -> pd.DataFrame:
    """Say the cycle with the programme, as a clerk reads it."""
    return found.assign(programme=found["programme"] + " " + found["occasion"])


def _pairs(policy: Policy, others: Iterable[str], cycle: Cycle) -> list[tuple[str, Occasion]]:
    """Give the occasions of other programmes that share a month with the cycle."""
    pairs = []
    for other in dict.fromkeys(others):
        # What is paid once under a notice has the notice as its occasion.
        notice = policy.find(f"{other}.occasion", cycle.last_on)
        of_cycles = [Occasion.of_cycle(Cycle.parse(text)) for text in cycle.sharing]
        occasions = [Occasion.of_notice(str(notice.value))] if notice else of_cycles
        pairs += [(other, occasion) for occasion in occasions]
    return pairs
