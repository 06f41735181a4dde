"""What rosters state is parsed once, and nobody may change what others get."""

import pandas as pd
import pytest

from relief_cli.money_columns import AmountState
from relief_cli.roster.amounts import Amounts


def test_each_column_is_parsed_once_for_everybody():
    people = pd.DataFrame({"total": pd.Series(["300", None, "三百", "1.5"], dtype="str")})
    amounts = Amounts(people)
    fen, state = amounts["total"]
    assert fen.tolist() == [30_000, 0, 0, 150]
    ok, missing, malformed = AmountState.OK, AmountState.MISSING, AmountState.MALFORMED
    assert state.tolist() == [ok, missing, malformed, ok]
    assert amounts["total"][0] is fen
    with pytest.raises(ValueError, match="read-only"):
        fen[0] = 1
    some, of_some = amounts.at("total", rows=[3, 0])
    assert (some.tolist(), of_some.tolist()) == ([150, 30_000], [ok, ok])
