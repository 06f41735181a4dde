"""What each row's amount is for, where a programme pays households."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.frames import empty

Integers = npt.NDArray[np.int64]

EXTRA, PERSON, SINGLE, COUNTED, HOUSEHOLD = -1, 0, 1, 2, 3
"""What a row's amount is for. ``EXTRA``: 分类施保 or 补发 alone, which come on top of the benefit.
``PERSON``: the row's person, because others of the household have amounts of their own beside it.
``SINGLE``: the household has no other row in the file. ``COUNTED``: likewise, and the row says that
it is for several people. ``HOUSEHOLD``: the household, as the list is made so."""

OF_HOUSEHOLD, OF_PERSON = "household", "person"
"""The same in the books: ``unit`` of :data:`relief_cli.batch.GROUNDS`."""

PAID_HOUSEHOLDS = {
    "person": "str",
    "name": "str",
    "batch": "str",
    "household": "int64",
    "category": "str",
    "township": "str",
    "household_id": "str",
    "unit": "str",
}
"""Who was paid for the same cycle, and for whom the amount was: see :data:`OF_HOUSEHOLD`."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a programme that pays households knows of them; as long as the people."""

    unit: Integers
    """What each row's amount is for."""
    certificate: pd.Series
    """The certificate's number (:mod:`relief_cli.roster.certificates`), missing where none."""
    drawers: frozenset[tuple[str, str]]
    """Who may draw for whom, of everybody: person and payee's name as it is compared."""
    paid: pd.DataFrame = field(default_factory=partial(empty, PAID_HOUSEHOLDS))
    """:data:`PAID_HOUSEHOLDS` of everybody whose household a row may be of."""


def homes(rows: pd.DataFrame) -> Integers:
    """Give the same number to rows of one household under one head.

    Where nothing but a certificate or the place in a sheet shows the household, different names of
    the head are different households.

    Args:
        rows: ``household``, ``household_head``, ``household_head_person``.
    """
    household = rows["household"].to_numpy()
    names, distinct = pd.factorize(
        rows["household_head"].mask(rows["household_head_person"].notna())
    )
    first = np.full(household.max(initial=-1) + 1, -1, dtype=np.int64)
    named = np.flatnonzero(names >= 0)[::-1]
    first[household[named]] = names[named]
    head = np.where(names >= 0, names, first[household])
    number: Integers = household * (len(distinct) + 1) + head + 1
    return number


def parts(rows: pd.DataFrame) -> Integers:
    """Give the same number to rows of one household that one file lists in one kind of list.

    Args:
        rows: as :func:`homes`, with ``input`` and ``only_head``.
    """
    place = rows["input"].to_numpy("int64") * 2 + rows["only_head"].to_numpy()
    number: Integers = homes(rows) * (int(place.max(initial=0)) + 1) + place
    return number
