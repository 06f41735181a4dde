"""What is paid once in a calendar year for the same cause, held against the ledger (R407)."""

import numpy as np

from relief_cli.calendar import Cycle, Occasion
from relief_cli.findings import Block
from relief_cli.ledger import Book
from relief_cli.programmes.terms import Dues
from relief_cli.roster.read import Roster


def repeated_causes(
    book: Book, programme: str, cycle: Cycle, occasion: Occasion, roster: Roster, dues: Dues
) -> Block:
    """Find people who got the programme for the same cause in another cycle of the year.

    Args:
        book: the ledger.
        programme: one whose occasions are cycles.
        cycle: the one that is paid for.
        occasion: its occasion.
        roster: who stands in the rosters.
        dues: with the causes.
    """
    person = roster.people["person"]
    known = book.causes_of_year(programme, cycle.first_on.year, occasion, person.dropna())
    if known.empty:
        return Block("R407", np.zeros(0, dtype=np.int64), "cause", [])
    earlier = {(one, why): batch for one, why, batch in known.itertuples(index=False)}
    causes = [ground.cause for ground in dues.grounds]
    candidates = np.flatnonzero(person.isin(known["person"]).to_numpy())
    found = [
        (row, earlier[key])
        for row in candidates
        if (key := (person.iloc[row], causes[dues.ground[row]])) in earlier
    ]
    rows = np.array([row for row, _ in found], dtype=np.int64)
    return Block("R407", rows, "cause", [batch for _, batch in found])
