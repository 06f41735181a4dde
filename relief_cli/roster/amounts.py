"""The amounts that stand in a roster, each column parsed once, whoever asks for it."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.money_columns import parse_yuan_column

Parsed = tuple[NDArray[np.int64], NDArray[np.uint8]]
"""Fen (0 where the text is no amount), and the :class:`relief_cli.money.AmountState` of each."""


@dataclass(frozen=True)
class Amounts:
    """Amounts by field; nobody may change what is given, for others get the same."""

    people: pd.DataFrame
    """With a column of texts for each field."""
    _parsed: dict[str, Parsed] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Parsed:
        """Give what stands in a column, see :func:`relief_cli.money.parse_yuan_column`."""
        if name not in self._parsed:
            fen, state = parse_yuan_column(self.people[name])
            fen.flags.writeable = state.flags.writeable = False
            self._parsed[name] = fen, state
        return self._parsed[name]

    def at(self, name: str, rows: NDArray[np.intp]) -> Parsed:
        """Give the same for some ``rows``."""
        fen, state = self[name]
        return fen[rows], state[rows]
