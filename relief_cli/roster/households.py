"""Households: who belongs together, and whose account each person is paid into.

An account belongs to the household (dibao) or the person. A person without an account of their own
is paid into the household head's; people in 集中供养 are paid through their institution.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionArray

from relief_cli.arrow import mask, taken, texts
from relief_cli.roster.fields import MONEY
from relief_cli.roster.identity import NOBODY

HEADS = ("户主", "本人", "户主本人", "本人(户主)", "本人（户主）", "户主(本人)", "户主（本人）")
"""What stands under 与户主关系 for the head."""

INSTITUTION_MODE = "集中"

_INHERITED = ("household_id", "household_head", "category", "residence")
_BORROWED = ("household_head_id_number", "account_number", "account_name", "bank_name")
_PLACES = ("county", "township", "village")

_TAKEN_OVER = [*MONEY, "covered_members", "start_month", "approved_month"]
_OF_INSTITUTIONS = [
    "account_name",
    "account_number",
    "account_number#number",
    "bank_name",
    "institution_name",
    "institution_account",
    "institution_account#number",
    "institution_bank",
]
_LENT = ["payee_name", "payee_id_number", "account_number", "bank_name", "number_lost"]

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Households:
    """Whom each person belongs to; arrays as long as the table of people."""

    number: Integers
    """The same for people of one household."""
    heads: Mask
    """The person is a head: by relationship, or by the ID that the rows give for the head."""
    says_head: Mask
    """The relationship is that of the head."""


def group(people: pd.DataFrame, key: Integers, head_key: Integers) -> Households:
    """Say who belongs to one household.

    By the head's ID (across files) where it is given; else by household number, merged cells,
    people side by side, the head's name or the run of relationships below a head, within a sheet.
    Someone of whom nothing of this is known is a household alone, or with those who name them as
    their head.

    Args:
        people: the table of people, in the order of the sheets.
        key: the person's own ID as a number.
        head_key: the head's ID as a number, :data:`NOBODY` where not given.
    """
    by_relationship = _says_head(people)
    label = _labels(people, by_relationship)
    known = head_key.copy()
    heads_of = pd.Series(key)[by_relationship & (label >= 0) & (key != NOBODY)]
    first_head = heads_of.groupby(label[heads_of.index]).first()
    # By position: pandas would map through floats, which cannot tell 18-digit keys apart.
    place = first_head.index.get_indexer(label)
    from_label = np.append(first_head.to_numpy("int64"), NOBODY)[place]
    known = np.where(known == NOBODY, from_label, known)
    known = np.where((known == NOBODY) & (label < 0), key, known)
    alone = -(np.arange(len(people), dtype="int64") + 2)
    shared = -(label + len(people) + 2)
    token = np.where(known != NOBODY, known, np.where(label >= 0, shared, alone))
    number, _ = pd.factorize(token)
    heads = by_relationship | ((key == known) & (key != NOBODY))
    return Households(number.astype("int64"), heads, by_relationship)


def _says_head(people: pd.DataFrame) -> Mask:
    """Say whose relationship is that of the head."""
    relationship = people["relationship"].astype("category")
    chosen = [code for code, text in enumerate(relationship.cat.categories) if text in HEADS]
    return np.isin(relationship.cat.codes.to_numpy(), chosen)


def _labels(people: pd.DataFrame, heads: Mask) -> Integers:
    """Give a number that is the same for people whom one sheet shows to be a household, or -1."""
    label = np.full(len(people), -1, dtype="int64")
    sheet = people["sheet"].to_numpy("int64")
    runs = _runs(people, heads)
    candidates = (
        pd.factorize(people["household_id"])[0].astype("int64"),
        people["group"].to_numpy("int64"),
        np.where(people["slots"].to_numpy() > 1, people["sheet_row"].to_numpy("int64"), -1),
        runs,
    )
    for rank, values in enumerate(candidates):
        fits = (label < 0) & (values >= 0)
        span = int(values.max(initial=0)) + 1
        label[fits] = (sheet[fits] * span + values[fits]) * len(candidates) + rank
    return label


def _runs(people: pd.DataFrame, heads: Mask) -> Integers:
    """Number runs of rows below a head, or of rows that name the same head.

    Neighbours can have heads of one name: a second row of that head's own name begins the next.
    """
    named = people["household_head"]
    follows = people["relationship"].notna().to_numpy()
    sheet = people["sheet"]
    changes = np.array((named != named.shift()) | (sheet != sheet.shift()))
    own = np.flatnonzero(mask(pc.equal(texts(people["name"]), texts(named))))
    again = pd.Series(np.cumsum(changes)[own]).duplicated().to_numpy()
    changes[own[again]] = True
    starts = np.where(named.notna().to_numpy(), changes, heads)
    run = np.cumsum(starts).astype("int64")
    first_of_sheet = (sheet != sheet.shift()).to_numpy()
    return np.where(
        (named.notna().to_numpy() | follows) & (run > 0) & ~(first_of_sheet & ~starts), run, -1
    )


def inherit(people: pd.DataFrame, households: Households) -> pd.DataFrame:
    """Give members whose household cells are all blank those of the row above that is not.

    So a household looks whose merged cells were lost in an export: its head's row is filled in,
    the others name only themselves and their relationship.
    """
    bare = people[[*_INHERITED, *_BORROWED]].isna().all(axis=1) & people["relationship"].notna()
    bare &= ~households.heads
    if not bare.any():
        return people
    row = np.where(bare, 0, np.arange(len(people), dtype="int64"))
    above: Integers = np.maximum.accumulate(row)
    sheet = people["sheet"].to_numpy()
    same = bare.to_numpy() & (households.number[above] == households.number)
    same &= sheet[above] == sheet
    filled = {
        name: people[name].where(~same, people[name].iloc[above].set_axis(people.index))
        for name in (*_INHERITED, *_PLACES)
    }
    return people.assign(**filled)


def take_over(people: pd.DataFrame, listed: Mask, key: Integers) -> pd.DataFrame:
    """Give heads who stand in a list of persons what a list of households says of them.

    Args:
        people: the table of people.
        listed: rows of lists of households whose heads stand in a list of persons too.
        key: the person's ID as a number.

    Returns:
        ``people``, with the household's amounts and number of covered members in the person's row
        where it says none itself.
    """
    source = people.loc[listed, _TAKEN_OVER].set_axis(pd.Index(key[listed]))
    # By position: pandas would map through floats, which cannot tell 18-digit keys apart.
    place = source.index.get_indexer(pd.Index(key))
    there = ~listed & (place >= 0)
    filled = {}
    for name in _TAKEN_OVER:
        told = source[name].array.take(np.where(there, place, -1), allow_fill=True)
        filled[name] = people[name].fillna(pd.Series(told, index=people.index))
    return people.assign(**filled)


def assign_payees(people: pd.DataFrame, households: Households) -> pd.DataFrame:
    """Say whose account each person is paid into.

    Args:
        people: with ``person``, the fields of accounts and of institutions.
        households: who belongs together.

    Returns:
        ``payee_name``, ``payee_id_number``, ``account_number``, ``bank_name`` (missing where
        unknown), ``institution`` bool, ``borrowed`` bool (the account is the head's), and
        ``number_lost`` bool (the account was stored as a number).
    """
    own = _own_payees(people, households)
    paid = _borrow(own, households, people[["sheet", "input"]])
    return _through_institutions(people, paid)


def _own_payees(people: pd.DataFrame, households: Households) -> pd.DataFrame:
    shared = _shared(people["account_number"], households)
    holder = _holders(people, households, shared)
    payees = pd.DataFrame(
        {
            "payee_name": holder.fillna(people["name"]),
            "payee_id_number": people["person"],
            "account_number": people["account_number"],
            "bank_name": people["bank_name"],
            "number_lost": people["account_number#number"],
            "borrowed": False,
        }
    )
    unnamed = shared & holder.isna().to_numpy()
    if unnamed.any():
        head_name, head_id = _of_head(people, households, unnamed)
        payees.loc[unnamed, "payee_name"] = head_name
        payees.loc[unnamed, "payee_id_number"] = head_id
    others = (holder.fillna(people["name"]) != people["name"]).to_numpy(bool)
    if others.any():
        asked = people.assign(account_name=holder)
        payees.loc[others, "payee_id_number"] = _of_holder(asked, households, others)
    return payees


def _holders(people: pd.DataFrame, households: Households, shared: Mask) -> pd.Series:
    """Give the name that each account bears: as its row says, else most others of the household.

    Args:
        people: the table of people.
        households: who belongs together.
        shared: whose account stands in several rows of their household.
    """
    stated = people["account_name"]
    unnamed = shared & stated.isna().to_numpy()
    if not unnamed.any() or stated[shared].isna().all():
        return stated
    told = pd.DataFrame({"h": households.number, "account": people["account_number"]})
    votes = told.assign(name=stated)[shared].value_counts().reset_index()
    votes = votes.sort_values(["count", "name"], ascending=[False, True])
    known = votes.drop_duplicates(["h", "account"])
    found = told[unnamed].merge(known, on=["h", "account"], how="left")["name"]
    return stated.fillna(found.set_axis(told.index[unnamed]))


def _of_holder(people: pd.DataFrame, households: Households, wanted: Mask) -> ExtensionArray:
    """Give the ID of who in the household bears the account's name; missing where none, or several.

    A payment's name and ID are one person's: another's ID beside it would mislead the bank.
    """
    names = [("name", "person"), ("household_head", "household_head_person")]
    known = pd.concat(
        pd.DataFrame({"h": households.number, "name": people[name], "person": people[person]})
        for name, person in names
    )
    known = known.dropna().drop_duplicates()
    known = known[~known.duplicated(["h", "name"], keep=False)]
    asked = pd.DataFrame(
        {"h": households.number[wanted], "name": people.loc[wanted, "account_name"].array}
    )
    found: ExtensionArray = asked.merge(known, on=["h", "name"], how="left")["person"].array
    return found


def _shared(accounts: pd.Series, households: Households) -> Mask:
    """Say whose account stands in several rows of their household."""
    several = np.bincount(households.number, minlength=1)[households.number] > 1
    rows = np.flatnonzero(several & accounts.notna().to_numpy())
    told = pd.DataFrame({"h": households.number[rows], "account": accounts.iloc[rows].array})
    shared = np.zeros(len(accounts), dtype=bool)
    shared[rows] = told.duplicated(keep=False).to_numpy()
    return shared


def _of_head(
    people: pd.DataFrame, households: Households, wanted: Mask
) -> tuple[pd.Series, pd.Series]:
    """Give name and ID of the head of the wanted rows' households, their own where not known."""
    heads = np.flatnonzero(households.heads)[::-1]
    head_of = np.full(households.number.max(initial=0) + 1, -1)
    head_of[households.number[heads]] = heads  # of several the first, which is put in last
    places = head_of[households.number[wanted]]
    there = people.loc[wanted]
    name, identity = (
        taken(people[column], places.clip(0)).where(places >= 0).set_axis(there.index)
        for column in ("name", "person")
    )
    name = name.fillna(there["household_head"])
    unknown = name.isna()
    identity = identity.fillna(there["household_head_person"])
    return name.mask(unknown, there["name"]), identity.mask(unknown, there["person"])


def _borrow(payees: pd.DataFrame, households: Households, places: pd.DataFrame) -> pd.DataFrame:
    """Give those without an account the head's, or the only one that the household has.

    The head's as the member's own sheet states it; else as their file does; else the only one.
    """
    without = payees["account_number"].isna().to_numpy()
    lending = ~without & np.isin(households.number, households.number[without])
    if not lending.any():
        return payees
    scopes = places.assign(h=households.number)
    # An account without its holder's name is nobody's: the bank would refuse it.
    lending &= payees["payee_name"].notna().to_numpy()
    owners = pd.concat([payees.loc[lending, _LENT], scopes[lending]], axis=1)
    of_head = owners[households.heads[lending]]
    asking, found = scopes[without], []
    for lenders, scope in (
        (of_head, ["h", "sheet"]),
        (of_head, ["h", "input"]),
        (of_head, ["h"]),
        (owners, ["h"]),
    ):
        lent = _lent(lenders, asking, scope)
        found.append(lent)
        asking = asking[~asking.index.isin(lent.index)]
    return _with(payees, pd.concat(found).assign(borrowed=True))


def _lent(lenders: pd.DataFrame, asking: pd.DataFrame, scope: list[str]) -> pd.DataFrame:
    """Give those who ask what the lenders of their scope have, where it is one account."""
    accounts = lenders.drop_duplicates([*scope, "account_number"])
    single = accounts[~accounts.duplicated(scope, keep=False)][[*scope, *_LENT]]
    asked = asking[scope].reset_index(names="row")
    found = asked.merge(single, on=scope).set_index("row").rename_axis(None)
    return found[_LENT].astype({"number_lost": bool})


def _with(payees: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Put the lines of ``found`` into ``payees``; taken from both, many times quicker than set."""
    source = np.arange(len(payees))
    source[payees.index.get_indexer(found.index)] = np.arange(len(found)) + len(payees)
    both = pd.concat([payees[list(found.columns)], found], ignore_index=True)
    filled = {str(name): taken(both[name], source).set_axis(payees.index) for name in both}
    return payees.assign(**filled)


def _through_institutions(people: pd.DataFrame, payees: pd.DataFrame) -> pd.DataFrame:
    mode = people["support_mode"].astype("category")
    chosen = [c for c, text in enumerate(mode.cat.categories) if INSTITUTION_MODE in str(text)]
    inside = np.isin(mode.cat.codes.to_numpy(), chosen)
    payees["institution"] = inside
    if not inside.any():
        return payees
    residents = people.loc[inside, _OF_INSTITUTIONS]
    own = residents["account_name"].isna() | (
        residents["account_name"] == residents["institution_name"]
    )
    account = residents["institution_account"].fillna(residents["account_number"].where(own))
    lost = residents["institution_account#number"].where(
        residents["institution_account"].notna(), residents["account_number#number"]
    )
    bank = residents["institution_bank"].fillna(residents["bank_name"].where(own))
    given = pd.DataFrame(
        {
            "payee_name": residents["institution_name"],
            "payee_id_number": pd.Series(pd.NA, index=residents.index, dtype="str"),
            "account_number": account,
            "bank_name": bank,
            "number_lost": lost.astype(bool),
            "borrowed": False,
        }
    )
    if given[["account_number", "bank_name"]].isna().any(axis=None):
        given = _as_others_say(given)
    return _with(payees, given)


def _as_others_say(given: pd.DataFrame) -> pd.DataFrame:
    """Give residents whose row lacks their institution's account the one that all others say."""
    known = given.dropna(subset=["payee_name", "account_number"]).drop_duplicates(
        ["payee_name", "account_number"]
    )
    single = known[~known["payee_name"].duplicated(keep=False)].set_index("payee_name")
    filled = {
        column: given[column].fillna(given["payee_name"].map(single[column]).astype("str"))
        for column in ("account_number", "bank_name")
    }
    return given.assign(**filled)
