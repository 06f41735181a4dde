"""Lists of other departments in (deaths, employment, disability …): whom each names, and where.

They are read like rosters, by the same reader and with the same refusals, but need no more than
names and identity numbers.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.arrow import give_memory_back
from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster.fields import load_headers
from relief_cli.roster.gather import Gathering
from relief_cli.roster.identity import NOBODY, Identities, births_possible
from relief_cli.roster.read import (
    Input,
    Sheet,
    identities_of,
    input_of,
    joined,
    place_in,
    sheet_of,
)


@dataclass(frozen=True, kw_only=True)
class PeopleList:
    """Everybody whom the files of one list name.

    ``rows`` has one line per person in the order of files, sheets and rows: ``input``, ``sheet``,
    ``sheet_row`` int32, and the fields that lists have (``lists = true`` in headers.toml) as
    string, missing where blank.
    """

    inputs: tuple[Input, ...]
    sheets: tuple[Sheet, ...]
    rows: pd.DataFrame
    identities: Identities

    @property
    def unusable(self) -> int:
        """How many rows have no whole identity number; nobody is found by them."""
        return int((~self.whole).sum())

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Say which rows have an identity number of somebody: check character and birth fit.

        The first 15 digits of a number look like one of the old kind, of an impossible birth.
        """
        found = self.identities
        shaped: NDArray[np.bool_] = (found.key != NOBODY) & ~found.check_wrong
        return shaped & births_possible(found.birth, dt.date.max)

    def place(self, entry: int) -> str:
        """Say where an entry stands: file, sheet and row."""
        sheet = self.sheets[int(self.rows["sheet"].iloc[entry])]
        return place_in(self.inputs[sheet.input], sheet, int(self.rows["sheet_row"].iloc[entry]))


def read_list(
    gathering: Gathering, advance: Callable[[str], None] = lambda _name: None
) -> PeopleList:
    """Take in a list whose files are being read.

    Args:
        gathering: the files, gathered with ``lists=True``.
        advance: called with a file's name when it has been read.

    Raises:
        UnreadableError: F001 to F006 or F011; ``list-nobody``: nobody in it can be identified.
    """
    tables = gathering.tables(advance)
    sheets = [(number, sheet) for number, table in enumerate(tables) for sheet in table.sheets]
    inputs = tuple(input_of(table) for table in tables)
    described = tuple(sheet_of(number, sheet) for number, sheet in sheets)
    tables.clear()
    rows = joined(sheets, [*load_headers(lists=True).fields, "id_number#number"])
    give_memory_back()
    found = PeopleList(
        inputs=inputs,
        sheets=described,
        rows=rows,
        identities=identities_of(rows, "id_number"),
    )
    whole = np.bincount(rows["input"][found.whole], minlength=len(inputs))
    lost = np.flatnonzero((whole == 0) & np.isin(range(len(inputs)), rows["input"]))
    if len(lost):
        raise UnreadableError(
            "list-nobody",
            N_("No identity number in the list is whole"),
            why=N_("Nobody can be found in it, and it would look as if nobody stood there"),
            remedy=N_("Ask for a list with whole numbers, stored as text and not masked"),
            file=inputs[lost[0]].name,
        )
    return found
