"""What is paid once in a calendar year, or once in all, for the same cause (R407)."""

import numpy as np
import pandas as pd

from relief_cli.calendar import Cycle
from relief_cli.findings import Block
from relief_cli.programmes.terms import Dues
from relief_cli.roster.read import Roster


def repeated_causes(
    known: pd.DataFrame, cycle: Cycle, once: frozenset[str], roster: Roster, dues: Dues
) -> Block:
    """Find people who got the programme for the same cause in another cycle of the year.

    Args:
        known: for which causes they were paid in other cycles: ``person``, ``cause``, ``batch``,
            ``year``.
        cycle: the one that is paid for.
        once: causes for which a person is paid once in all.
        roster: who stands in the rosters.
        dues: with the causes.
    """
    known = known[known["year"].eq(cycle.first_on.year) | known["cause"].isin(list(once))]
    if known.empty:
        return Block("R407", np.zeros(0, dtype=np.int64), "cause", [])
    columns = ("person", "cause", "batch")
    earlier = {
        (one, why): batch
        for one, why, batch in zip(*(known[name] for name in columns), strict=True)
    }
    person = roster.people["person"]
    causes = [ground.cause for ground in dues.grounds]
    candidates = np.flatnonzero(person.isin(known["person"]).to_numpy())
    found = [
        (row, earlier[key])
        for row in candidates
        if (key := (person.iloc[row], causes[dues.ground[row]])) in earlier
    ]
    rows = np.array([row for row, _ in found], dtype=np.int64)
    return Block("R407", rows, "cause", [batch for _, batch in found])
