"""R412: was this household paid already, or is it listed here twice, under another head?

The database forbids that a person is paid twice. A household that another of its people stands for
is another person to it. It is found by its certificate, its head, its other people and its account.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from relief_cli.arrow import mask, texts
from relief_cli.checks.claims import (
    EXTRA,
    HOUSEHOLD,
    OF_HOUSEHOLD,
    PERSON,
    SINGLE,
    Claims,
    homes,
    parts,
)
from relief_cli.checks.names import folded
from relief_cli.checks.subject import Subject
from relief_cli.findings import Block
from relief_cli.roster import masks
from relief_cli.roster.certificates import LONG

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_KEYS = ["household", "household_head", "name", "township", "payee_account", "institution"]
_MOST_HOUSEHOLDS = 3
"""A number beside more households tells none of them from another: it is the township's, or was
filled in."""

_BY_CERTIFICATE, _BY_HEAD = "household_id", "household_head_id_number"
_BY_MEMBER, _BY_ACCOUNT = "id_number", "account_number"
"""By what a row belongs to somebody who is paid: the field that a clerk looks at."""


def check(subject: Subject, faulty: Mask, passed: Mask) -> list[Block]:
    """Find rows whose household's amount another gets, by the books or by these rosters (R412).

    Args:
        subject: what is checked.
        faulty: rows that another check holds.
        passed: rows that need nothing now.
    """
    claims, rows = subject.claims, asking(subject)
    rows = rows[~passed[rows]]
    if claims is None or not len(rows):
        return []
    return [*_by_the_books(subject, claims, rows), *_here(subject, claims, rows, faulty)]


def asking(subject: Subject) -> Rows:
    """Give the rows that ask for the benefit, of people who were not paid it before.

    None where the programme pays persons. A top-up pays nobody who was not paid (R411).
    """
    claims = subject.claims
    if claims is None or subject.due_fen is None or subject.topping_up:
        return np.zeros(0, dtype=np.int64)
    asks = (claims.unit > EXTRA) & (subject.due_fen > 0)
    asks &= subject.people["person"].notna().to_numpy()
    asks[subject.before["row"]] = False
    return np.flatnonzero(asks)


def _by_the_books(subject: Subject, claims: Claims, rows: Rows) -> list[Block]:
    """Find rows whose household was paid already."""
    known = claims.paid.reset_index(drop=True)
    if known.empty:
        return []
    linked = _linked(subject, claims, rows, known)
    other = known.loc[linked["place"]].set_axis(linked.index)
    linked = linked.assign(other=other["person"], personal=other["unit"].ne(OF_HOUSEHOLD))
    people = subject.people.iloc[linked["row"]].set_axis(linked.index)
    own = (people["person"] == linked["other"]).to_numpy(bool)
    linked = linked[~own & ~_confirmed(subject, people["household"], linked["other"])]
    linked = linked.drop_duplicates(["row", "place"])
    # Where members of the household got amounts of their own, so may another of them.
    personal = linked.groupby("row")["personal"].transform("any")
    held = linked[~personal | (claims.unit[linked["row"]] == HOUSEHOLD)]
    others = held.groupby("row")["other"].agg(lambda each: ",".join(sorted(set(each))))
    first = held.drop_duplicates("row").sort_values("row")
    blocks = []
    for field, found in first.groupby("by", sort=False):
        detail = [_said(known.loc[place]) for place in found["place"]]
        facts = list(others.loc[found["row"]])
        blocks.append(Block("R412", found["row"].to_numpy(), str(field), detail, facts=facts))
    return blocks


def _said(paid: pd.Series) -> str:
    return f"{paid['batch']} {masks.mask_name(paid['name'])} {masks.mask_id(paid['person'])}"


def _confirmed(subject: Subject, household: pd.Series, other: pd.Series) -> Mask:
    """Say where the roster lists the other person too, and says that they got what is theirs.

    Likewise where one amount is for both: then R312 holds the row until the other's is settled.
    """
    before = subject.before
    settled = (before["due_fen"] == before["paid_fen"]) & (before["due_fen"] > 0)
    if subject.bound is not None:
        settled |= subject.bound[before["row"]] >= 0
    people = subject.people[["household", "person"]].iloc[before.loc[settled, "row"]]
    pairs = pd.MultiIndex.from_arrays([household, other])
    return np.asarray(pairs.isin(pd.MultiIndex.from_frame(people)), dtype=bool)


def _linked(subject: Subject, claims: Claims, rows: Rows, known: pd.DataFrame) -> pd.DataFrame:
    """Give ``row``, ``place`` (in ``known``) and ``by`` of all who belong to one household."""
    place = known[["person"]].assign(place=known.index)
    tables = [_by_certificate(subject, claims, rows, known)]
    for by, pairs in (
        (_BY_HEAD, heads(subject, rows)),
        (_BY_MEMBER, housemates(subject, rows)),
        (_BY_ACCOUNT, _on_the_account(subject, claims, rows)),
    ):
        found = pairs.merge(place, on="person").assign(by=by)
        tables.append(found[["row", "place", "by"]])
    return pd.concat(tables, ignore_index=True)


def _by_certificate(
    subject: Subject, claims: Claims, rows: Rows, known: pd.DataFrame
) -> pd.DataFrame:
    """Pair rows with who was paid under the same number, in the same category.

    城市低保 and 农村低保 are numbered each for itself; short numbers are each township's own.
    """
    columns = {"household_id": "str", "category": "str", "township": "str"}
    here = pd.DataFrame(
        {
            "row": rows,
            "household_id": claims.certificate.iloc[rows].array,
            "category": subject.category.iloc[rows].array,
            "township": subject.people["township"].iloc[rows].array,
        }
    ).astype(columns)
    given = known[["batch", "household", *columns]].assign(place=known.index)
    common = _common(given.dropna(subset="household_id"), ["batch", "household"])
    common |= _common(here.assign(home=homes(subject.people)[rows]), ["home"])
    here = here[here["household_id"].notna() & ~here["household_id"].isin(common)]
    pairs = here.merge(given, on=["household_id", "category"], suffixes=("", "_paid"))
    elsewhere = pairs["household_id"].str.len().lt(LONG) & pairs["township"].notna()
    elsewhere &= pairs["township_paid"].notna() & (pairs["township"] != pairs["township_paid"])
    return pairs.loc[~elsewhere.to_numpy(bool), ["row", "place"]].assign(by=_BY_CERTIFICATE)


def _common(rows: pd.DataFrame, home: list[str]) -> set[str]:
    """Give the numbers that stand beside too many households to be one's."""
    each = rows[["household_id", *home]].dropna().drop_duplicates()
    count = each["household_id"].value_counts()
    return set(count.index[count > _MOST_HOUSEHOLDS])


def heads(subject: Subject, rows: Rows) -> pd.DataFrame:
    """Pair rows with the person whom they name as their household's head: ``row``, ``person``."""
    head = subject.people["household_head_person"].iloc[rows]
    return pd.DataFrame({"row": rows, "person": head.array}).dropna()


def housemates(subject: Subject, rows: Rows) -> pd.DataFrame:
    """Pair rows with those of their household here who were paid before: ``row``, ``person``."""
    people, paid = subject.people, np.unique(subject.before["row"])
    there = people[["household", "person"]].iloc[paid]
    asked = pd.DataFrame({"row": rows, "household": people["household"].iloc[rows].array})
    return asked.merge(there, on="household")[["row", "person"]]


def sharers(subject: Subject, rows: Rows) -> pd.DataFrame:
    """Pair rows with who was paid into their account for the same cycle.

    Returns:
        ``row`` and what the books know: ``person``, ``name``, ``payee_name``.
    """
    known = subject.drawn[subject.drawn["now"] & ~subject.drawn["institution"]]
    account = subject.people["payee_account"].iloc[rows]
    asked = pd.DataFrame({"row": rows, "account_number": account.array})
    return asked.merge(known, on="account_number")[["row", "person", "name", "payee_name"]]


def _on_the_account(subject: Subject, claims: Claims, rows: Rows) -> pd.DataFrame:
    """Pair rows with who was paid into their account, where a name shows one household.

    The row names that person as its head or its account's holder, or the account bore the name of
    the row's own person; but not where one may draw for the other. Of two people of one name R408
    tells.
    """
    pairs = sharers(subject, rows)
    people = subject.people[["person", "name", "household_head", "payee_name"]]
    here = people.iloc[pairs["row"]]
    columns = (here[name] for name in people)
    known = (pairs[name] for name in ("person", "name", "payee_name"))
    together = [
        name != other_name
        and (
            head == other_name
            or (holder == other_name and (person, other_name) not in claims.drawers)
            or (other_holder == name and (other, name) not in claims.drawers)
        )
        for person, name, head, holder, other, other_name, other_holder in _compared(
            *columns, *known
        )
    ]
    return pairs.loc[np.array(together, dtype=bool), ["row", "person"]]


def _compared(*columns: pd.Series) -> Iterator[tuple[str, ...]]:
    """Give lines of texts with names as they are compared; a missing one equals no other."""
    for number, line in enumerate(zip(*columns, strict=True)):
        yield tuple(
            folded(text) if isinstance(text, str) else f"{number}/{place}"
            for place, text in enumerate(line)
        )


def _here(subject: Subject, claims: Claims, rows: Rows, faulty: Mask) -> list[Block]:
    """Find households that these rosters list twice; the first part without faults stays."""
    listed = _listed(subject, claims, rows).assign(faulty=faulty[rows])
    blocks = []
    for field, key in _keys(subject, claims, listed):
        table = listed.assign(key=key)
        table = _several(table[key >= 0])
        if table.empty:
            continue
        if field == _BY_CERTIFICATE:
            count = table.drop_duplicates(["key", "home"])["key"].value_counts()
            table = table[~table["key"].isin(count.index[count > _MOST_HOUSEHOLDS])]
        further, stays = _further(table)
        detail = [
            f"{subject.roster.place(row)} {masks.mask_name(subject.people['name'].iloc[row])}"
            for row in stays
        ]
        facts = list(subject.people["person"].iloc[stays])
        blocks.append(Block("R412", further, field, detail, facts=facts))
    return blocks


def _listed(subject: Subject, claims: Claims, rows: Rows) -> pd.DataFrame:
    """Give ``row``, ``unit``, ``home`` and ``part`` of rows.

    Rows that share one amount are one part, whichever files list them.
    """
    home, part = homes(subject.people), parts(subject.people)
    if subject.bound is not None:
        part = np.where(subject.bound >= 0, -1 - home, part)
    return pd.DataFrame(
        {"row": rows, "unit": claims.unit[rows], "home": home[rows], "part": part[rows]}
    )


def _keys(
    subject: Subject, claims: Claims, listed: pd.DataFrame
) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    """Give what shows households to be one: a field, and numbers that are equal then, -1 for none.

    In two categories a household has two amounts.
    """
    rows = listed["row"].to_numpy()
    people = subject.people[_KEYS].iloc[rows]
    kind, kinds = pd.factorize(subject.category.iloc[rows])
    number = claims.certificate.iloc[rows]
    short = mask(pc.less(pc.utf8_length(texts(number)), LONG))
    if short.any():
        number = number.mask(short, number + "/" + people["township"].fillna(""))
    code = pd.factorize(number)[0]
    yield _BY_CERTIFICATE, _beside(code, kind, len(kinds))
    yield _BY_HEAD, _beside(people["household"].to_numpy(), kind, len(kinds))
    account = _same_account(people, listed["part"].to_numpy())
    yield _BY_ACCOUNT, _beside(account, kind, len(kinds))


def _beside(key: Rows, kind: Rows, kinds: int) -> Rows:
    """Give a number for each key and kind; -1 stays."""
    number: Rows = np.where(key >= 0, key * (kinds + 1) + kind + 1, -1)
    return number


def _same_account(people: pd.DataFrame, part: Rows) -> Rows:
    """Number accounts together with the name of the head, or of who names none."""
    account = pd.factorize(people["payee_account"])[0]
    account[people["institution"].to_numpy()] = -1
    key = np.full(len(people), -1, dtype=np.int64)
    table = pd.DataFrame({"key": account, "part": part, "at": np.arange(len(people))})
    shared = _several(table[account >= 0])["at"].to_numpy()
    names = (
        people["household_head"].fillna(people["name"]).iloc[shared].map(folded, na_action="ignore")
    )
    together = pd.DataFrame({"account": account[shared], "name": names.array})
    number = together.groupby(["account", "name"], sort=False).ngroup()
    key[shared] = number.fillna(-1).to_numpy("int64")
    return key


def _several(table: pd.DataFrame) -> pd.DataFrame:
    """Give the lines of keys that stand in several parts."""
    codes, distinct = pd.factorize(table["key"])
    part = table["part"].to_numpy()
    one = np.zeros(len(distinct), dtype=np.int64)
    one[codes] = part
    disputed = np.zeros(len(distinct), dtype=bool)
    disputed[codes[part != one[codes]]] = True
    return table[disputed[codes]]


def _further(table: pd.DataFrame) -> tuple[Rows, Rows]:
    """Give the rows that are a household's once more, and for each a row of the part that stays.

    Where one part's members have amounts of their own, another can add a member; but no list that
    is of whole households.
    """
    each = table.groupby(["key", "part"], sort=False).agg(
        row=("row", "min"), unit=("unit", "max"), faulty=("faulty", "any")
    )
    each = each.reset_index()
    each = each.assign(whole=each["unit"] > PERSON, less=-each["unit"])
    each = each.sort_values(["key", "faulty", "whole", "less", "row"])
    stays = each.drop_duplicates("key").set_index("key")
    further = each[each["key"].duplicated()]
    kept = stays.loc[further["key"]]
    again = (kept["unit"] >= SINGLE).to_numpy() | (further["unit"] == HOUSEHOLD).to_numpy()
    found = table.merge(further.loc[again, ["key", "part"]], on=["key", "part"])
    found = found.drop_duplicates("row").sort_values("row")
    return found["row"].to_numpy(), stays.loc[found["key"], "row"].to_numpy()
