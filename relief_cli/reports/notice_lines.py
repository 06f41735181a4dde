"""What a public notice says of people: masked names, and nothing to find them by.

No identity number, account, telephone number, address, disability or reason of hardship comes in
here. The age is taken from the number, to mask children more, and goes nowhere.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import texts
from relief_cli.batch import Batch
from relief_cli.i18n import N_
from relief_cli.reports.words import Wording
from relief_cli.roster import identity

LINES = {
    "county": "str",
    "township": "str",
    "kind": "str",
    "name": "str",
    "category": "str",
    "households": "int64",
    "persons": "int64",
    "amount_fen": "int64",
}
"""One line of a notice. ``kind``: ``listed`` (a person or household, the name masked),
``institution`` (its own name) or ``counted`` (people who are not listed; no name)."""

LISTED, INSTITUTION, COUNTED = "listed", "institution", "counted"
_MASK = "*"
_HIDDEN = "***"
"""Stands for a name of which nothing is shown, however long it is."""
_NUMBER = "[0-9０-９]{4}"
"""What stands in no name of a place or an institution: somebody put a number into the column."""
_MOST_MASKS = 2
"""A name of six characters is rare: its length alone would tell whose it is."""
_LEAST_CHARACTERS = 4
"""Of an institution's name; most people's names have fewer."""

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """What the policy lets a notice say."""

    on: dt.date
    """The day for which ages are counted."""
    full_names: bool
    """Whether adults' names are shown whole."""
    minors_hidden: bool
    """Whether nothing is shown of minors' names; else their first character."""
    minor_age: int
    categories: Sequence[str]
    """Codes of categories whose people are listed one by one."""
    institution_words: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Group:
    """The part of a notice that is put up in one place."""

    county: str
    township: str
    """Empty where the rosters name none, and for institutions."""
    institutions: bool
    lines: pd.DataFrame
    """Columns as :data:`LINES`; those who are counted stand last."""

    def total(self, column: str) -> int:
        """Give the sum of a column of figures."""
        return int(self.lines[column].sum())


def masked(names: pd.Series) -> pd.Series:
    """Give each name's first character, and asterisks for the rest: ``张三丰`` gives ``张**``.

    Of a surname of two characters the first is shown alone: whether 司马光 is 司马 and 光 or 司
    and 马光 cannot be known, and a given name must not be shown. A name of one character is all
    asterisk. No name gets more than two asterisks.

    >>> masked(pd.Series(["王小明", "欧阳小明", "王"])).tolist()
    ['王**', '欧**', '*']
    """
    given = texts(names)
    length = pc.utf8_length(given)
    stars = pc.binary_repeat(
        pa.scalar(_MASK, pa.large_string()),
        pc.max_element_wise(pc.min_element_wise(pc.subtract(length, 1), _MOST_MASKS), 1),
    )
    shown = pc.if_else(pc.greater(length, 1), pc.utf8_slice_codeunits(given, 0, 1), "")
    empty = pa.scalar("", pa.large_string())
    joined = pc.binary_join_element_wise(shown.cast(pa.large_string()), stars, empty)
    return pd.Series(joined, index=names.index, dtype="str")


def groups(
    batch: Batch, disclosure: Disclosure, wording: Wording, *, by_household: bool
) -> list[Group]:
    """Give what is said of a batch, place by place in the order in which the rosters name them.

    Args:
        batch: the batch.
        disclosure: what may be said.
        wording: for the categories, in the office's language.
        by_household: one line for each household, under the name of one adult in it, best of the
            one whose account it is; else one for each person.

    Raises:
        ValueError: people or money are lost on the way (a fault of the program).
    """
    other = wording.say(N_("other recipients"))
    people = _people(batch, disclosure, wording, other)
    unit, _ = pd.factorize(people["household" if by_household else "place"])
    units = _units(people, unit.astype("int64"), other)
    lines = pd.concat(
        [
            units[units["kind"] == LISTED],
            _together(units[units["kind"] == INSTITUTION]),
            _together(units[units["kind"] == COUNTED]),
        ],
        ignore_index=True,
    )
    persons, fen = int(lines["persons"].sum()), int(lines["amount_fen"].sum())
    if persons != len(batch.entitlements) or fen != batch.amount_fen:
        raise ValueError("a notice must tell of everybody and of every fen")
    return _by_place(lines)


def _people(batch: Batch, disclosure: Disclosure, wording: Wording, other: str) -> pd.DataFrame:
    """Give one row for each person, in the order of the rosters, with what may be said."""
    order = ["sheet", "sheet_row", "member", "entitlement"]
    rows = batch.entitlements.sort_values(order, kind="stable", ignore_index=True)
    payee = batch.payments.set_index("payment").loc[rows["payment"]].reset_index()
    institutions = _institutions(batch.payments, disclosure.institution_words)
    born = identity.parse(rows["person"]).birth
    minor = identity.ages(born, disclosure.on) < disclosure.minor_age
    listed = rows["category"].isin(list(disclosure.categories)).to_numpy()
    titles = {code: wording.categories.get(code, code) for code in disclosure.categories}
    first = masked(rows["name"])
    name = (rows["name"] if disclosure.full_names else first).mask(
        minor, _HIDDEN if disclosure.minors_hidden else first
    )
    return pd.DataFrame(
        {
            "place": np.arange(len(rows), dtype=np.int64),
            "household": rows["household"],
            "county": _place(rows["county"]),
            "township": _place(rows["township"]),
            "inside": rows["payment"].isin(institutions),
            "unlisted": ~listed,
            "minor": minor,
            "not_payee": ~(rows["person"] == payee["payee_id_number"]).fillna(value=False),
            "name": name,
            "institution": payee["payee_name"],
            "category": rows["category"].map(titles).fillna(other),
            "households": (~rows["household"].duplicated()).astype("int64"),
            "amount_fen": rows["amount_fen"],
        }
    )


def _place(names: pd.Series) -> pd.Series:
    """Give the names of places, empty where there is none, or where a number stands in it."""
    return names.fillna("").mask(names.fillna("").str.contains(_NUMBER), "")


def _institutions(payments: pd.DataFrame, words: Sequence[str]) -> Numbers:
    """Give the payments whose money goes to an institution.

    It has no identity number; but neither has a person of whom a roster gives the name alone. Only
    what has an institution's name is shown by its name.
    """
    nameless = payments[payments["payee_id_number"].isna()]
    found = [
        payment
        for payment, name in zip(nameless["payment"], nameless["payee_name"], strict=True)
        if len(name) >= _LEAST_CHARACTERS
        and any(word in name for word in words)
        and not re.search(_NUMBER, name)
    ]
    return np.array(found, dtype=np.int64)


def _units(people: pd.DataFrame, unit: Numbers, other: str) -> pd.DataFrame:
    """Give one line for each unit, under the name of one of its people; see :func:`groups`.

    Args:
        people: as :func:`_people` gives them.
        unit: which unit each of them belongs to, numbered from 0.
        other: the word for categories that are not named.
    """
    by = people.groupby(unit)
    rows = people.iloc[_chosen(people, unit)]
    unlisted = by["unlisted"].any().to_numpy()
    inside = by["inside"].all().to_numpy()
    kind = np.select([inside, unlisted], [INSTITUTION, COUNTED], LISTED)
    return pd.DataFrame(
        {
            "place": by["place"].min().to_numpy(),
            "county": rows["county"].to_numpy(),
            "township": rows["township"].where(~inside, "").to_numpy(),
            "kind": kind,
            "name": np.select([inside, unlisted], [rows["institution"], ""], rows["name"]),
            "category": np.where(kind == COUNTED, other, _joined(people["category"], unit)),
            "households": by["households"].sum().to_numpy(),
            "persons": by.size().to_numpy(),
            "amount_fen": by["amount_fen"].sum().to_numpy(),
        }
    )


def _chosen(people: pd.DataFrame, unit: Numbers) -> Numbers:
    """Give the row under whose name each unit stands: an adult, the payee, the first one."""
    ranked = np.lexsort((people["place"], people["not_payee"], people["minor"]))[::-1]
    best = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
    # The best of a unit is written last, and stays.
    best[unit[ranked]] = ranked
    return best


def _joined(words: pd.Series, unit: Numbers) -> list[str]:
    """Give the distinct words of each unit as one text; most units have one word."""
    word, distinct = pd.factorize(words)
    pairs = np.unique(unit * len(distinct) + word)
    found: list[str] = []
    for pair in pairs.tolist():
        number, place = divmod(pair, len(distinct))
        text = str(distinct[place])
        if number < len(found):
            found[number] += f" / {text}"
        else:
            found.append(text)
    return found


def _together(units: pd.DataFrame) -> pd.DataFrame:
    """Give one line for all units of one place and name."""
    if units.empty:
        return units
    by = units.groupby(["county", "township", "name"], sort=False)
    number = by.ngroup().to_numpy()
    same = units.groupby(number)
    told = same[["place", "county", "township", "kind", "name"]].first()
    sums = same[["households", "persons", "amount_fen"]].sum()
    return told.assign(category=_joined(units["category"], number.astype("int64")), **sums)


def _by_place(lines: pd.DataFrame) -> list[Group]:
    """Give the lines place by place; institutions have a place of their own in each county."""
    inside = lines["kind"] == INSTITUTION
    key = ["county", "inside", "township"]
    ranked = lines.assign(
        inside=inside,
        county_rank=lines.groupby("county")["place"].transform("min"),
        counted=lines["kind"] == COUNTED,
    )
    ranked["rank"] = ranked.groupby(key)["place"].transform("min")
    ranked = ranked.sort_values(["county_rank", "inside", "rank", "counted", "place"])
    return [
        Group(
            county=str(county),
            township=str(township),
            institutions=bool(institutions),
            lines=found[list(LINES)].astype(LINES).reset_index(drop=True),
        )
        for (county, institutions, township), found in ranked.groupby(key, sort=False)
    ]
