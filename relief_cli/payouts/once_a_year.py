"""What is paid once in a calendar year for the same reason, held against the ledger (R407)."""

import numpy as np

from relief_cli.calendar import Cycle
from relief_cli.findings import Block
from relief_cli.ledger import Book
from relief_cli.programmes.terms import Dues
from relief_cli.roster.read import Roster


def repeated_reasons(
    book: Book, programme: str, cycle: Cycle, occasion: str, roster: Roster, dues: Dues
) -> Block:
    """Find people who got the programme for the same reason in another cycle of the year.

    Args:
        book: the ledger.
        programme: one whose occasions are cycles.
        cycle: the one that is paid for.
        occasion: its occasion.
        roster: who stands in the rosters.
        dues: with the reasons.
    """
    person = roster.people["person"]
    known = book.reasons_of_year(programme, cycle.first_on.year, occasion, person.dropna())
    if known.empty:
        return Block("R407", np.zeros(0, dtype=np.int64), "cause", [])
    earlier = {(one, why): batch for one, why, batch in known.itertuples(index=False)}
    texts = [text for text, _ in dues.reasons]
    candidates = np.flatnonzero(person.isin(known["person"]).to_numpy())
    found = [
        (row, earlier[key])
        for row in candidates
        if (key := (person.iloc[row], texts[dues.reason[row]])) in earlier
    ]
    rows = np.array([row for row, _ in found], dtype=np.int64)
    return Block("R407", rows, "cause", [batch for _, batch in found])
