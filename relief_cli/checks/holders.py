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
        given: rows with an account.
        sound: those of them whose account can be one.
    """
    outside = ~subject.people["institution"].to_numpy()
    return [
        *_several(subject, sound & outside),
        *_changed(subject, sound),
        _strangers(subject, given & outside),
    ]


def _several(subject: Subject, sound: Mask) -> list[Block]:
    """Find accounts of several households or names, here and in the books (R206)."""
    here = _shared_here(subject.people, sound)
    return [here, _shared_before(subject, sound, here.rows)]


def _shared_here(people: pd.DataFrame, sound: Mask) -> Block:
    rows = np.flatnonzero(sound & _shared(people))
    if not len(rows):
        return Block("R206", rows, "account_number")
    account = people["payee_account"]
    sharing = people[is_among(account, account.iloc[rows])]
    # Who has no usable number is somebody all the same; and another holder is another account.
    person = sharing["person"].fillna("?" + sharing["name"].fillna(""))
    holder = sharing["payee_name"].fillna("").map(folded)
    by_account = (person + "/" + holder).groupby(sharing["payee_account"]).unique()
    facts = account.iloc[rows].map(by_account.map(sorted).map(",".join))
    return Block("R206", rows, "account_number", facts=list(facts))


def _shared(people: pd.DataFrame) -> Mask:
    """Say which accounts belong to people of different households, or bear different names."""
    codes, accounts = pd.factorize(people["payee_account"])
    own = np.flatnonzero((codes >= 0) & ~people["institution"].to_numpy())
    # Mostly an account has one row.
    own = own[np.bincount(codes[own], minlength=len(accounts))[codes[own]] > 1]
    several = np.zeros(len(accounts) + 1, dtype=bool)  # the last place is for those without one
    household = people["household"].to_numpy()
    several[_disputed(codes, household, own)] = True
    # The same name can be written in two ways; only where two stand beside an account is it asked.
    named = people["payee_name"].iloc[own].dropna()
    names = np.full(len(people), -1, dtype=np.int64)
    rows = people.index.get_indexer(named.index)
    names[rows] = pd.factorize(named)[0]
    further = rows[np.isin(codes[rows], _disputed(codes, names, rows))]
    differing = people["payee_name"].iloc[further].map(folded).groupby(codes[further]).nunique()
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
    if before.empty:
        return Block("R206", chosen[:0], "account_number")
    found = before.drop_duplicates("row", keep="last").sort_values("row")
    columns = (found[name] for name in ("batch", "payee_name_before", "person_before"))
    detail = [
        f"{batch} {masks.mask_name(name)} {masks.mask_id(person)}"
        for batch, name, person in zip(*columns, strict=True)
    ]
    others = before["person_before"] + "/" + before["payee_name_before"].map(folded)
    known_as = others.groupby(before["row"]).unique().map(sorted).map(",".join)
    holder = found["payee_name"].fillna("").map(folded)
    facts = list(found["row"].map(known_as) + "|" + holder)
    return Block("R206", found["row"].to_numpy("int64"), "account_number", detail, facts=facts)


def _before(people: pd.DataFrame, rows: npt.NDArray[np.int64], known: pd.DataFrame) -> pd.DataFrame:
    """Put each row together with everybody else, or every other name, of its account before.

    Not with those of one household, here or in the books, nor with who has it here as well.

    Returns:
        ``row`` and what was read of it; what the books know, names and persons as ``…_before``;
        ``own``: it is the same person, under another name.
    """
    columns = ["person", "name", "payee_name", "payee_account", "household"]
    columns += ["payee_id_number", "household_head_person"]
    here = people[columns].iloc[rows].assign(row=rows)
    here = here.rename(columns={"payee_account": "account_number", "household": "home"})
    both = here.merge(known, on="account_number", suffixes=("", "_before"))
    own = mask(pc.equal(texts(both["person"]), texts(both["person_before"])))
    unchanged = mask(pc.equal(texts(both["payee_name"]), texts(both["payee_name_before"])))
    # Mostly all are paid as before: only the others are looked at closely.
    rest = both.assign(own=own)[~(own & unchanged)]
    mine = both[own & both["row"].isin(rest["row"]).to_numpy()]
    others = people[is_among(people["person"], rest["person_before"])]
    others = others.drop_duplicates("person").set_index("person")
    there = others[["household", "payee_account"]].reindex(rest["person_before"])
    at_home = there["household"].to_numpy() == rest["home"].to_numpy()
    at_home |= there["payee_account"].to_numpy() == rest["account_number"].to_numpy()
    # The head whose account it is may stand in another list, or in no list this time.
    holder = mask(pc.equal(texts(rest["payee_name"]), texts(rest["payee_name_before"])))
    for column in ("payee_id_number", "household_head_person"):
        theirs = mask(pc.equal(texts(rest[column]), texts(rest["person_before"])))
        at_home |= theirs & holder
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

    Where the account's holder is another one too (R212), somebody must have asked the household.
    That somebody has is known of a mandate, and of an institution that others are paid through.
    """
    people = subject.people
    if subject.last is None:
        return []
    before = subject.last.account
    rows = np.flatnonzero(sound & subject.last.moved)
    here, known = people.iloc[rows], subject.last_holders
    place = pc.index_in(texts(here["person"]), value_set=texts(known["person"]))
    holders = texts(known["payee_name"]).take(place).to_pylist()
    held = _differ(here["payee_name"], holders) & ~_vouched_for(subject, here)
    accounts = np.array(before.take(pa.array(rows)).to_pylist(), dtype=object)
    masked = np.array([masks.mask_account(text) for text in accounts])
    facts = np.array(
        [
            f"{folded(str(name))}|{account}|{folded(str(holder))}"
            for name, account, holder in zip(here["payee_name"], accounts, holders, strict=True)
        ]
    )
    return [
        Block(code, rows[which], "account_number", list(masked[which]), facts=list(facts[which]))
        for code, which in (("R207", ~held), ("R212", held))
    ]


def _vouched_for(subject: Subject, here: pd.DataFrame) -> Mask:
    """Say for whose account there is a mandate, or which are an institution's that the books know.

    An institution is known by others who were paid through it.
    """
    known = subject.drawn[subject.drawn["institution"]]
    through = {
        (account, folded(str(name))): set(group["person"])
        for (account, name), group in known.groupby(["account_number", "payee_name"])
    }
    columns = ("person", "payee_name", "payee_account", "institution")
    return np.array(
        [
            isinstance(name, str)
            and (
                (person, folded(name)) in subject.drawing
                or (inside and bool(through.get((account, folded(name)), set()) - {person}))
            )
            for person, name, account, inside in zip(*(here[c] for c in columns), strict=True)
        ],
        dtype=bool,
    )
