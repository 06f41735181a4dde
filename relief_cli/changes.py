"""What changed between two rosters: who joined, who left, whose amount, account … is another.

People are one person by the 18-digit form of their number, and by nothing else; rows without a
usable number are told, and held against nobody. The totals tie: old + joined − left ± changed
amounts, and the rows without a number on either side, are new.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import texts
from relief_cli.checks import stated
from relief_cli.checks.names import folded
from relief_cli.roster.identity import NOBODY
from relief_cli.roster.read import Roster

Fen = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

AMOUNT, ACCOUNT, PAYEE, NAME, CATEGORY, HOUSEHOLD = (
    "amount",
    "account",
    "payee",
    "name",
    "category",
    "household",
)
_HOUSEHOLD = ("household_head_id_number", "household_head", "household_id", "relationship")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    ACCOUNT: ("account_number", "institution_account"),
    PAYEE: ("account_name",),
    "bank": ("bank_name", "institution_bank"),
    NAME: ("name",),
    CATEGORY: (),
    HOUSEHOLD: _HOUSEHOLD,
    "household_id": ("household_id",),
    "relationship": ("relationship",),
    "residence": ("residence",),
    "covered_members": ("covered_members",),
    "support_mode": ("support_mode",),
    "institution": ("institution_name",),
    "supplement_class": ("supplement_class",),
    "start_month": ("start_month",),
    "stop": ("stop",),
    "county": ("county",),
    "township": ("township",),
    "village": ("village",),
}
"""What is compared beside amounts, and the fields of which a sheet must have one for it. The
account is the one that the money goes to: the person's, the head's, or the institution's."""
_READ_AS = {
    ACCOUNT: "payee_account",
    PAYEE: "payee_name",
    "bank": "payee_bank",
    "institution": "institution_name",
}
_SEVERAL = "、"
"""Between what the rows of a person say who stands there twice."""


@dataclass(frozen=True)
class Side:
    """One of the two rosters; arrays are as long as its people."""

    roster: Roster
    category: pd.Series
    """The category's code, or its word where that is not known; missing where nothing is said."""

    @cached_property
    def first(self) -> Rows:
        """The first row of every person, by their numbers."""
        return self._ordered[self._starts]

    @cached_property
    def key(self) -> Rows:
        """The persons' numbers, ascending."""
        return self.roster.identities.key[self.first]

    @property
    def unmatched(self) -> Rows:
        """The rows without a usable number."""
        return np.flatnonzero(self.roster.identities.key == NOBODY)

    @cached_property
    def repeated(self) -> Rows:
        """The further rows of persons who stand there several times."""
        return np.sort(self._ordered[~self._starts])

    @cached_property
    def _ordered(self) -> Rows:
        key = self.roster.identities.key
        order = np.argsort(key, kind="stable")
        return order[np.searchsorted(key[order], NOBODY, side="right") :]

    @cached_property
    def _starts(self) -> Mask:
        key = self.roster.identities.key[self._ordered]
        return np.r_[True, key[1:] != key[:-1]] if len(key) else np.zeros(0, dtype=np.bool_)

    def per_person(self, values: Fen) -> Fen:
        """Add up what all rows of each person have."""
        if not len(self.first):
            return np.zeros(0, dtype=np.int64)
        return np.add.reduceat(values[self._ordered], np.flatnonzero(self._starts))

    @cached_property
    def _together(self) -> Rows:
        """The rows of persons who stand there several times, the first ones too."""
        key = self.roster.identities.key
        return np.flatnonzero(np.isin(key, key[self.repeated]))

    @cached_property
    def states_amounts(self) -> bool:
        """Whether some sheet has amounts at all."""
        return any(self.roster.sheets_with(name) for name in stated.AMOUNTS)

    @cached_property
    def amount(self) -> tuple[Fen, Mask]:
        """What each row states in fen, and which rows state something that is no amount.

        A household's amount counts once, with its head: whichever row of the household it stands
        in, or if it stands in all of them under a header that says so (户…).
        """
        given, fen, unreadable = stated.amounts(self.roster)
        return stated.with_heads(self.roster, given, fen), unreadable

    def said(self, name: str) -> pd.Series:
        """Give what each row says of something in :data:`COLUMNS`."""
        if name == CATEGORY:
            return self.category
        if name == HOUSEHOLD:
            return self._heads
        return self.roster.people[_READ_AS.get(name, name)]

    @cached_property
    def _heads(self) -> pd.Series:
        """The number of each household's head, missing where no head is known."""
        people = self.roster.people
        number = people["household"].to_numpy()
        heads = np.flatnonzero(people["says_head"].to_numpy())[::-1]
        place = np.full(int(number.max(initial=-1)) + 1, -1)
        place[number[heads]] = heads
        own = people["person"].array.take(place[number], allow_fill=True)
        return people["household_head_person"].fillna(pd.Series(own, index=people.index))

    def states(self, name: str) -> Mask:
        """Say which rows stand in a sheet that says something of ``name``."""
        sheets = range(len(self.roster.sheets))
        if name == CATEGORY:
            said = self.roster.people["sheet"].to_numpy()[self.category.notna().to_numpy()]
            stating = [number for number in sheets if number in set(said.tolist())]
        else:
            fields = COLUMNS[name]
            layouts = [sheet.layout for sheet in self.roster.sheets]
            stating = [n for n in sheets if any(map(layouts[n].has, fields))]
        return np.isin(self.roster.people["sheet"].to_numpy(), stating)

    def of_persons(self, name: str, rows: Rows) -> pa.Array:
        """Give what the first rows of persons say, or all their rows where there are several."""
        column = texts(self.said(name))
        found = column.take(pa.array(rows))
        if not len(self.repeated):
            return found
        key = self.roster.identities.key
        together = self._together
        several = pd.DataFrame({"key": key[together], "said": column.take(pa.array(together))})
        joined = several.groupby("key")["said"].agg(_joined)
        place = joined.index.get_indexer(pd.Index(key[rows]))
        told = pa.array(joined.to_numpy(object), pa.large_string(), from_pandas=True)
        there = pa.array(place, mask=place < 0)
        return pc.if_else(pa.array(place >= 0), told.take(there), found)


def _joined(said: pd.Series) -> str | None:
    return _SEVERAL.join(sorted(set(said.dropna()))) or None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed; positions are rows of the two rosters."""

    old: Side
    new: Side
    joined: Rows
    """First rows in the new roster, as they stand there."""
    left: Rows
    """First rows in the old roster, as they stand there."""
    before: Rows
    """First rows in the old roster of everybody who is in both, in the order of the new one."""
    after: Rows
    """Their first rows in the new roster."""
    amount_before: Fen
    """What they had, all rows of a person together."""
    amount_after: Fen
    joined_fen: Fen
    left_fen: Fen
    changed: Mapping[str, Rows]
    """``amount`` and the names of :data:`COLUMNS` → positions in ``before`` and ``after``."""
    uncompared: Mapping[str, int]
    """Name → persons of whom only one of the two rosters has a column of it."""

    @property
    def old_fen(self) -> int:
        """The old roster's total."""
        return int(self.old.amount[0].sum())

    @property
    def new_fen(self) -> int:
        """The new roster's total."""
        return int(self.new.amount[0].sum())

    def unmatched_fen(self, side: Side) -> int:
        """Give what the rows without a usable number have on one side."""
        return int(side.amount[0][side.unmatched].sum())

    def differences(self) -> Fen:
        """Give by how much everybody's amount changed who is in both."""
        return self.amount_after - self.amount_before


def compare(old: Side, new: Side) -> Changes:
    """Find what changed from one roster to another.

    Raises:
        ValueError: the totals do not tie (a fault of the program).
    """
    stays = np.isin(new.key, old.key, assume_unique=True)
    stayed = np.isin(old.key, new.key, assume_unique=True)
    order = np.argsort(new.first[stays], kind="stable")
    before, after = old.first[stayed][order], new.first[stays][order]
    fen_before, fen_after = (side.per_person(side.amount[0]) for side in (old, new))
    joining, leaving = np.argsort(new.first[~stays]), np.argsort(old.first[~stayed])
    amount_before, amount_after = fen_before[stayed][order], fen_after[stays][order]
    changed, uncompared = _changed(old, new, before, after)
    both = old.states_amounts and new.states_amounts
    different = np.flatnonzero(amount_before != amount_after) if both else _none()
    if old.states_amounts != new.states_amounts:
        uncompared[AMOUNT] = len(before)
    found = Changes(
        old=old,
        new=new,
        joined=new.first[~stays][joining],
        left=old.first[~stayed][leaving],
        before=before,
        after=after,
        amount_before=amount_before,
        amount_after=amount_after,
        joined_fen=fen_after[~stays][joining],
        left_fen=fen_before[~stayed][leaving],
        changed={AMOUNT: different, **changed},
        uncompared=uncompared,
    )
    _check_totals(found)
    return found


def _none() -> Rows:
    return np.zeros(0, dtype=np.int64)


def _changed(
    old: Side, new: Side, before: Rows, after: Rows
) -> tuple[dict[str, Rows], dict[str, int]]:
    """Compare what both rosters say of those who are in both."""
    changed, uncompared = {}, {}
    for name in COLUMNS:
        here, there = old.states(name)[before], new.states(name)[after]
        if lacking := int((here != there).sum()):
            uncompared[name] = lacking
        both = np.flatnonzero(here & there)
        changed[name] = both[_differ(old, new, name, before[both], after[both])]
    return changed, uncompared


def _differ(old: Side, new: Side, name: str, before: Rows, after: Rows) -> Mask:
    one, other = old.of_persons(name, before), new.of_persons(name, after)
    same = pc.fill_null(pc.equal(one, other), False)  # noqa: FBT003  # Arrow's own signature
    neither = pc.and_(pc.is_null(one), pc.is_null(other))
    differ: Mask = ~np.asarray(pc.or_(same, neither), dtype=np.bool_)
    if name == NAME:
        # Spaces and kinds of dots make no other name.
        for place in np.flatnonzero(differ):
            names = one[int(place)].as_py(), other[int(place)].as_py()
            differ[place] = folded(names[0] or "") != folded(names[1] or "")
    return differ


def _check_totals(found: Changes) -> None:
    """See that every fen of the difference is told."""
    told = found.joined_fen.sum() - found.left_fen.sum() + found.differences().sum()
    told += found.unmatched_fen(found.new) - found.unmatched_fen(found.old)
    if found.old_fen + int(told) != found.new_fen:
        raise ValueError("the changes do not add up to the new total")


def side(roster: Roster, category_texts: pd.Series, codes: pd.Series) -> Side:
    """Make one side of a comparison.

    Args:
        roster: the roster.
        category_texts: the category's word in each row, or in its sheet's title.
        codes: its code, missing where unknown.
    """
    return Side(roster, codes.fillna(category_texts))
