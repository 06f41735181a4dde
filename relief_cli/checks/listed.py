"""Whom a list of another department means: joins of people by identity numbers, never by names.

A name alone makes nobody the same person. Where only the name and something of the number agree,
the pair is shown as possible, and nothing follows from it.
"""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.checks.names import folded
from relief_cli.roster import months
from relief_cli.roster.identity import NOBODY, Identities
from relief_cli.roster.listed import PeopleList

FOUND = {"row": "int64", "entry": "int64", "month": "int64", "name_differs": "bool"}
"""Position among the people; that of the list's entry; its date's month, see
:mod:`relief_cli.roster.months`; whether the list gives another name for the number."""
POSSIBLE = {"row": "int64", "entry": "int64"}

Keys = npt.NDArray[np.int64]

_MASKS = "*＊×●○〇"
"""What stands for a character of a name that a list does not show."""
_MOST_ALIKE = 10
"""Who has more possible counterparts has none that tells anything, and a hostile list could make
a million of them for each of a million people."""
_SERIAL_BY_REGION = 10**11
"""The 17 digits of a number: six of region, eight of birth, three of sequence."""


def find(key: Keys, name: pd.Series, listed: PeopleList) -> pd.DataFrame:
    """Find people on a list by their numbers, in the 15- or 18-digit form.

    Args:
        key: the people's numbers, as :attr:`relief_cli.roster.identity.Identities.key`.
        name: their names.
        listed: the list. Who stands there several times is found by the entry without a date, else
            by the earliest.

    Returns:
        Columns :data:`FOUND`, each person once, in their order.
    """
    entries, month = _entries(key, listed)
    known = listed.identities.key[entries]
    first = np.searchsorted(known, key)
    after = np.searchsorted(known, key, side="right")
    rows = np.flatnonzero(after > first)
    first, after = first[rows], after[rows]
    names = listed.rows["name"].iloc[entries].to_numpy(object)
    given = name.iloc[rows].to_numpy(object)
    differ = np.not_equal(names[first], given)
    for place in np.flatnonzero(differ):
        there = names[first[place] : after[place]]
        differ[place] = not any(same_name(given[place], one) for one in there)
    found = {"row": rows, "entry": entries[first], "month": month[first], "name_differs": differ}
    return pd.DataFrame(found).astype(FOUND)


def _entries(key: Keys, listed: PeopleList) -> tuple[Keys, Keys]:
    """Give the entries of people who are asked about, by number, unknown months first."""
    known = listed.identities.key
    entries = np.flatnonzero((known != NOBODY) & np.isin(known, key))
    month = months.parse(listed.rows["happened_on"].iloc[entries])
    order = np.lexsort((entries, month, known[entries]))
    return entries[order], month[order]


def same_name(one: object, other: object) -> bool:
    """Say whether two names may be one: a list may leave a name out, or mask parts of it.

    >>> same_name("张*丰", "张三丰"), same_name("张三", None)
    (True, True)
    >>> same_name("张*丰", "张三"), same_name("张三", "李三")
    (False, False)
    """
    if not isinstance(one, str) or not isinstance(other, str):
        return True
    here, there = folded(one), folded(other)
    return _fits(here, there) or _fits(there, here)


def _fits(masked: str, name: str) -> bool:
    """Say whether ``masked`` may be ``name``: a mask stands for one character or several."""
    parts = re.split(f"[{re.escape(_MASKS)}]+", masked)
    return re.fullmatch(".+".join(map(re.escape, parts)), name) is not None


def possible(
    people: Identities, name: pd.Series, others: Identities, other_name: pd.Series
) -> pd.DataFrame:
    """Find pairs who may be one person although their numbers differ.

    They have the same name, and the same birthday or numbers that differ in one digit (and in the
    check character, which follows from the others).

    Args:
        people: those who were not found by their number are asked about; others have the key
            :data:`NOBODY`.
        name: their names.
        others: whom they are looked for among.
        other_name: their names.

    Returns:
        Columns :data:`POSSIBLE`: positions in both, by the first and then the second.
    """
    both = pd.concat([name, other_name], ignore_index=True)
    codes = pd.factorize(both)[0].astype(np.int64)
    here, there = codes[: len(name)], codes[len(name) :]
    known = (people.key != NOBODY) & (here >= 0)
    other_known = (others.key != NOBODY) & (there >= 0)
    digits, other_digits = people.key // 11, others.key // 11
    same_birth = _pairs(_token(here, people.birth, known), _token(there, others.birth, other_known))
    same_ends = _pairs(
        _token(here, _ends(digits), known), _token(there, _ends(other_digits), other_known)
    )
    near = _digits_that_differ(digits[same_ends[0]], other_digits[same_ends[1]]) == 1
    rows = np.concatenate([same_birth[0], same_ends[0][near]])
    entries = np.concatenate([same_birth[1], same_ends[1][near]])
    found = pd.DataFrame({"row": rows, "entry": entries}).astype(POSSIBLE)
    # The same number is the same person, whom numbers find.
    other = people.key[rows] != others.key[entries]
    pairs: pd.DataFrame = found[other].drop_duplicates().sort_values(["row", "entry"])
    return pairs.reset_index(drop=True)


def _ends(digits: Keys) -> Keys:
    """Give region and sequence, the digits around the birthday."""
    return digits // _SERIAL_BY_REGION * 1000 + digits % 1000


def _token(code: Keys, number: Keys, known: npt.NDArray[np.bool_]) -> Keys:
    """Join a name's code and a number below 10^9 into one; -1 for who is not known."""
    return np.where(known, code * 10**9 + number, -1)


def _pairs(one: Keys, other: Keys) -> tuple[Keys, Keys]:
    """Give the positions of all pairs with the same token; none for -1, or for one too common."""
    order = np.argsort(other, kind="stable")
    there = other[order]
    asked = np.flatnonzero(one >= 0)
    first = np.searchsorted(there, one[asked])
    counts = np.searchsorted(there, one[asked], side="right") - first
    counts[counts > _MOST_ALIKE] = 0
    rows = np.repeat(asked, counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, order[np.repeat(first, counts) + steps]


def _digits_that_differ(one: Keys, other: Keys) -> npt.NDArray[np.int64]:
    """Count the places of 17 digits in which two numbers differ."""
    differing = np.zeros(len(one), dtype=np.int64)
    for _ in range(17):
        differing += one % 10 != other % 10
        one, other = one // 10, other // 10
    return differing
