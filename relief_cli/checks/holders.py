"""R206, R207, R211 and R212: whose an account is, here and in the books."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import is_among, mask, texts
from relief_cli.checks.names import folded
from relief_cli.checks.subject import Subject
from relief_cli.findings import Block
from relief_cli.roster import masks

Mask = npt.NDArray[np.bool_]


def check(subject: Subject, given: Mask, sound: Mask) -> list[Block]:
    """Find whose accounts are not whose they should be.

    Args:
        subject: what is checked.
        given: rows with an account, not an institution's.
        sound: those of them whose account can be one.
    """
    return [
        *_several(subject, sound),
        *_changed(subject, sound),
        _strangers(subject, given),
    ]


def _several(subject: Subject, sound: Mask) -> list[Block]:
    """Find accounts of several households or names, here and in the books (R206)."""
    here = _shared_here(subject.people, sound)
    return [here, _shared_before(subject, sound, here.rows)]


def _shared_here(people: pd.DataFrame, sound: Mask) -> Block:
    rows = np.flatnonzero(sound & _shared(people))
    sharing = people.loc[people["payee_account"].isin(people["payee_account"].iloc[rows].unique())]
    persons = sharing["person"].dropna().groupby(sharing["payee_account"]).unique().map(sorted)
    facts = people["payee_account"].iloc[rows].map(persons.map(",".join))
    return Block("R206", rows, "account_number", facts=list(facts.fillna("")))


def _shared(people: pd.DataFrame) -> Mask:
    """Say which accounts belong to people of different households, or bear different names."""
    codes, accounts = pd.factorize(people["payee_account"])
    own = np.flatnonzero((codes >= 0) & ~people["institution"].to_numpy())
    several = np.zeros(len(accounts) + 1, dtype=bool)  # the last place is for those without one
    household = people["household"].to_numpy()
    several[_disputed(codes, household, own)] = True
    # The same name can be written in two ways; only where two stand beside an account is it asked.
    named = own[people["payee_name"].notna().to_numpy()[own]]
    names = np.asarray(pd.factorize(people["payee_name"])[0])
    further = named[np.isin(codes[named], _disputed(codes, names, named))]
    name = people["payee_name"].iloc[further].map(folded)
    differing = name.groupby(codes[further]).nunique()
    several[differing.index[differing > 1].to_numpy(np.int64)] = True
    shared: Mask = several[codes]
    return shared


def _disputed(
    codes: npt.NDArray[np.intp], values: npt.NDArray[np.int64], rows: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Give the codes beside which ``rows`` have different values, perhaps more than once."""
    one = np.full(codes.max(initial=-1) + 1, -1, dtype=np.int64)
    one[codes[rows]] = values[rows]
    disputed: npt.NDArray[np.intp] = codes[rows][values[rows] != one[codes[rows]]]
    return disputed


def new_accounts(people: pd.DataFrame, last: pd.DataFrame) -> pd.Series:
    """Give the accounts into which somebody has not been paid before, under that name.

    Args:
        people: the roster's.
        last: where they were last paid, see :class:`relief_cli.checks.subject.Subject`.
    """
    account = people["payee_account"]
    place, before = _last(people, last)
    holder = pc.coalesce(texts(last["other_holder"]).take(place), texts(people["name"]))
    same = mask(pc.equal(before, texts(account)))
    same &= mask(pc.equal(holder, texts(people["payee_name"])))
    new: pd.Series = account[~same & account.notna().to_numpy() & ~people["institution"].to_numpy()]
    return new


def moved(people: pd.DataFrame, last: pd.DataFrame) -> pd.Series:
    """Give the persons who have another account than the one they were last paid into."""
    _, before = _last(people, last)
    persons: pd.Series = people["person"][_is_other(before, people)]
    return persons


def _is_other(before: pa.LargeStringArray, people: pd.DataFrame) -> Mask:
    same = mask(pc.equal(before, texts(people["payee_account"])))
    other: Mask = mask(before.is_valid()) & ~same
    return other


def _last(people: pd.DataFrame, last: pd.DataFrame) -> tuple[pa.Int32Array, pa.LargeStringArray]:
    """Give each person's place in ``last``, and the account there; missing for who is new."""
    place = pc.index_in(texts(people["person"]), value_set=texts(last["person"]))
    return place, texts(last["account_number"]).take(place)


def _shared_before(subject: Subject, sound: Mask, told: npt.NDArray[np.int64]) -> Block:
    """Find accounts into which the books know that somebody else, or another name, was paid.

    Those of one household, here or in the books, are not somebody else. The rows of ``told`` have
    several names here already.
    """
    people, known = subject.people, subject.drawn
    chosen = np.flatnonzero(sound & is_among(people["payee_account"], known["account_number"]))
    if not len(chosen):
        return Block("R206", chosen, "account_number")
    before = _before(people, chosen, known)
    # R408 tells of the same name under another number on the same occasion.
    told_by_name = before["now"] & ~_differ(before["name"], before["name_before"])
    renamed = _differ(before["payee_name"], before["payee_name_before"]) & ~before["now"]
    renamed &= ~before["row"].isin(told)
    before = before[np.where(before["own"], renamed, ~told_by_name)]
    found = before.drop_duplicates("row", keep="last").sort_values("row")
    columns = (found[name] for name in ("batch", "payee_name_before", "person_before"))
    detail = [
        f"{batch} {masks.mask_name(name)} {masks.mask_id(person)}"
        for batch, name, person in zip(*columns, strict=True)
    ]
    persons = before.groupby("row")["person_before"].unique().map(sorted).map(",".join)
    facts = list(found["row"].map(persons))
    return Block("R206", found["row"].to_numpy("int64"), "account_number", detail, facts=facts)


def _before(people: pd.DataFrame, rows: npt.NDArray[np.int64], known: pd.DataFrame) -> pd.DataFrame:
    """Put each row together with everybody else, or every other name, of its account before.

    Not with those of one household, here or in the books, nor with who has it here as well.

    Returns:
        ``row`` and what was read of it; what the books know, names and persons as ``…_before``;
        ``own``: it is the same person, under another name.
    """
    columns = ["person", "name", "payee_name", "payee_account", "household"]
    here = people[columns].iloc[rows].assign(row=rows)
    here = here.rename(columns={"payee_account": "account_number", "household": "home"})
    both = here.merge(known, on="account_number", suffixes=("", "_before"))
    own = mask(pc.equal(texts(both["person"]), texts(both["person_before"])))
    unchanged = mask(pc.equal(texts(both["payee_name"]), texts(both["payee_name_before"])))
    # Mostly all are paid as before: only the others are looked at closely.
    rest = both.assign(own=own)[~(own & unchanged)]
    mine = both[own & both["row"].isin(rest["row"]).to_numpy()]
    place = pc.index_in(texts(rest["person_before"]), value_set=texts(people["person"]))
    there = people[["household", "payee_account"]].take(place.fill_null(0).to_numpy())
    at_home = there["household"].to_numpy() == rest["home"].to_numpy()
    at_home |= there["payee_account"].to_numpy() == rest["account_number"].to_numpy()
    at_home &= mask(place.is_valid())
    keys = ["row", "batch", "household"]
    at_home |= pd.MultiIndex.from_frame(rest[keys]).isin(pd.MultiIndex.from_frame(mine[keys]))
    kept: pd.DataFrame = rest[rest["own"].to_numpy() | ~at_home]
    return kept


def _differ(names: Iterable[object], others: Iterable[object]) -> Mask:
    """Say where two names are known and are not the same."""
    return np.array(
        [
            isinstance(one, str) and isinstance(other, str) and folded(one) != folded(other)
            for one, other in zip(names, others, strict=True)
        ],
        dtype=bool,
    )


def _strangers(subject: Subject, given: Mask) -> Block:
    """Find accounts that bear the name of nobody in the household, nor of who may draw (R211)."""
    people = subject.people
    payee = people["payee_name"]
    unknown = given & payee.notna().to_numpy()
    for name in ("name", "household_head"):
        unknown &= ~mask(pc.equal(texts(payee), texts(people[name])))
    rows = np.flatnonzero(unknown)
    if not len(rows):
        return Block("R211", rows, "account_name")
    asked = people.iloc[rows]
    homes = people[people["household"].isin(asked["household"])]
    living = {
        (home, folded(name))
        for column in ("name", "household_head")
        for home, name in zip(homes["household"], homes[column], strict=True)
        if isinstance(name, str)
    }
    columns = (rows, asked["household"], asked["person"], asked["payee_name"].map(folded))
    strange = [
        row
        for row, home, person, name in zip(*columns, strict=True)
        if (home, name) not in living and (person, name) not in subject.drawing
    ]
    return Block("R211", np.array(strange, dtype=np.int64), "account_name")


def _changed(subject: Subject, sound: Mask) -> list[Block]:
    """Find people who were last paid into another account; a change is where fraud begins.

    Where the account's holder is another one too (R212), somebody must have asked the household;
    a mandate says that somebody has.
    """
    people = subject.people
    _, before = _last(people, subject.last_accounts)
    rows = np.flatnonzero(sound & _is_other(before, people))
    here, known = people.iloc[rows], subject.last_holders
    place = pc.index_in(texts(here["person"]), value_set=texts(known["person"]))
    holders = texts(known["payee_name"]).take(place).to_pylist()
    held = _differ(here["payee_name"], holders)
    held &= np.array(
        [
            (person, folded(name)) not in subject.drawing if isinstance(name, str) else False
            for person, name in zip(here["person"], here["payee_name"], strict=True)
        ],
        dtype=bool,
    )
    accounts = before.take(pa.array(rows)).to_pylist()
    masked = np.array([masks.mask_account(text) for text in accounts])
    names = [folded(name) for name in here["payee_name"][held]]
    return [
        Block("R207", rows[~held], "account_number", list(masked[~held])),
        Block("R212", rows[held], "account_number", list(masked[held]), facts=names),
    ]
