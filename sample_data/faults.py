"""Mistakes that clerks make, planted in made-up persons, with what must become of each row.

Every fault is a small function that spoils the cells of some rows. Each household gets one fault
at most, so that each planted row has exactly one expected code.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from sample_data import accounts

Rows = np.ndarray
FIRST_15_DIGIT_YEARS = ("19",)  # a 15-digit number has no century: it was always 19..
PAID_IN_SPITE = {"R106", "R107", "R108", "R204", "R205", "R206", "F007", "F008"}
SKIPPED = {"R310"}


def _set(truth: pd.DataFrame, rows: Rows, **values: str | bool) -> None:
    for column, value in values.items():
        truth.loc[rows, column] = value


def _retype_id(truth: pd.DataFrame, rows: Rows, change: Callable[[str], str]) -> None:
    cells = truth.loc[rows, "id_number"].map(change)
    truth.loc[rows, "id_number"] = cells
    alone = rows[truth.loc[rows, "member"] == 0]  # a head's number stands in two cells
    truth.loc[alone, "head_id_number"] = cells.loc[alone]


def _other_person(truth: pd.DataFrame, rows: Rows, region: int, born_on: int) -> None:
    """Give the rows' persons another identity number, with the right check digit."""
    count = len(rows)
    old = truth.loc[rows, "person"].str
    regions = np.full(count, region) if region else old.slice(0, 6).astype("int64").to_numpy()
    dates = np.full(count, born_on) if born_on else old.slice(6, 14).astype("int64").to_numpy()
    truth.loc[rows, "person"] = accounts.identity_numbers(regions, dates, 700 + np.arange(count))
    fresh = truth["person"]
    truth.loc[rows, "id_number"] = fresh.loc[rows]
    truth.loc[rows, "head_id_number"] = fresh.loc[rows]


def _wrong_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def _rename(truth: pd.DataFrame, rows: Rows, name: Callable[[str], str]) -> None:
    for column in ("name", "head_name", "account_name"):
        cells = truth.loc[rows, column]
        truth.loc[rows, column] = cells.where(cells == "", cells.map(name))


def _all_heads(truth: pd.DataFrame, rows: Rows) -> None:
    homes = truth["household"].isin(truth.loc[rows, "household"])
    truth.loc[homes, "relationship"] = "户主"


def _share_account(truth: pd.DataFrame, rows: Rows) -> None:
    """Write the first row's name and account in the next one's place: one with two numbers."""
    source = np.repeat(rows[::2], 2)[: len(rows)]
    for column in ("bank", "bank_name", "account_name", "account_number", "name", "head_name"):
        truth.loc[rows, column] = truth.loc[source, column].to_numpy()


def _amount(truth: pd.DataFrame, rows: Rows, text: str) -> None:
    _set(truth, rows, amount=text, household_amount=text, total=text)


def _wrong_total(truth: pd.DataFrame, rows: Rows) -> None:
    truth.loc[rows, "total"] = (truth.loc[rows, "total"].astype("int64") + 100).astype("str")


def _no_account(truth: pd.DataFrame, rows: Rows) -> None:
    homes = truth["household"].isin(truth.loc[rows, "household"])
    _set(truth, homes.to_numpy().nonzero()[0], account_number="", account_name="", bank_name="",
         bank="")  # fmt: skip


def _merge_down(truth: pd.DataFrame, rows: Rows) -> None:
    homes = truth["household"].isin(truth.loc[rows, "household"])
    truth.loc[homes, "merged_with_next"] = True


def _account(change: Callable[[str], str]) -> "Fault":
    def fault(truth: pd.DataFrame, rows: Rows) -> None:
        truth.loc[rows, "account_number"] = truth.loc[rows, "account_number"].map(change)

    return fault


def _identity(change: Callable[[str], str]) -> "Fault":
    return lambda truth, rows: _retype_id(truth, rows, change)


def _cells(**values: str | bool) -> "Fault":
    return lambda truth, rows: _set(truth, rows, **values)


Fault = Callable[[pd.DataFrame, Rows], None]
# code → whom it can befall, what it does. "single": somebody who lives alone; "member": not the
# head; "any": the two; "pair": the head of a household of two; "digits", "card", "old", "gbk",
# "institution": somebody who lives alone and whose number, account or bank fits.
FAULTS: dict[str, tuple[str, Fault]] = {
    "R101": ("any", _identity(lambda _: "")),
    "R102": ("any", _identity(lambda number: number[:-1])),
    "R103": ("any", _identity(_wrong_check)),
    "R104": ("digits", _cells(id_as_number=True)),
    "R105": ("single", lambda truth, rows: _other_person(truth, rows, 0, 19630230)),
    "R106": ("single", lambda truth, rows: _other_person(truth, rows, 149921, 0)),
    "R107": ("old", _identity(lambda number: number[:6] + number[8:17])),
    "R108": ("single", lambda truth, rows: _other_person(truth, rows, 0, 19090416)),
    "R109": ("member", _cells(name="")),
    "R110": ("member", lambda truth, rows: _set(truth, rows, name="王？3")),
    "R201": ("pair", _no_account),
    "R202": ("card", _account(lambda account: account[:6] + "O" + account[7:])),
    "R203": ("card", _cells(account_as_number=True)),
    "R204": ("card", _account(_wrong_check)),
    "R205": ("single", _cells(bank_name="便民代办点", bank="")),
    "R206": ("single", _share_account),
    "R208": ("gbk", lambda truth, rows: _rename(truth, rows, lambda name: name[:1] + "㛃")),
    "R211": ("single", _cells(account_name="王村干")),
    "R301": ("single", _cells(category="困难职工")),
    "R302": ("single", lambda truth, rows: _amount(truth, rows, "四百一十")),
    "R303": ("single", lambda truth, rows: _amount(truth, rows, "300.060")),
    "R304": ("single", lambda truth, rows: _amount(truth, rows, "-410")),
    "R306": ("single", _wrong_total),
    "R307": ("single", _cells(support_mode="")),
    "R308": ("institution", _cells(institution_name="", institution_account="",
                                   institution_bank="")),
    "R309": ("pair", _all_heads),
    "R310": ("single", _cells(category="低保边缘")),
    "F007": ("single", _cells(amount_as_formula=True)),
    "F008": ("single", _cells(hidden=True)),
    "F009": ("pair", _merge_down),
    "F010": ("single", _cells(bank_as_error=True)),
}  # fmt: skip
WHOLE_HOUSEHOLD = {"R201", "R309", "F009"}


def inject(truth: pd.DataFrame, faults: Mapping[str, int], seed: int) -> pd.DataFrame:
    """Give ``truth`` with mistakes planted: spoilt cells, ``codes`` and ``fate`` as expected.

    ``R401`` writes persons who live alone a second time, lower down in their township; the later
    row is the one to be held.

    Args:
        truth: from ``people``, or already written for one shape of roster.
        faults: code → how often; codes as in ``FAULTS``, and ``R401``.
        seed: the same seed picks the same rows.

    Raises:
        KeyError: a code that cannot be planted.
        ValueError: fewer suitable households are left than asked for.
    """
    truth = truth.reset_index(drop=True)
    rng = np.random.default_rng(seed)
    for code, count in faults.items():
        whom, spoil = FAULTS[code] if code != "R401" else ("single", None)
        rows = _pick(truth, whom, count, rng)
        if spoil is None:
            truth = _twice(truth, rows)
            continue
        spoil(truth, rows)
        if code in WHOLE_HOUSEHOLD:
            homes = truth["household"].isin(truth.loc[rows, "household"])
            rows = homes.to_numpy().nonzero()[0]
        _expect(truth, rows, code)
    return truth


def also_in(
    first: pd.DataFrame, second: pd.DataFrame, count: int, seed: int, *, code: str, short: bool
) -> pd.DataFrame:
    """Write persons of roster ``first`` into roster ``second``, too; that row is to be held.

    ``R401``: in the same category. ``R402``: as tekun persons, which come after dibao persons in
    the policy's order of categories.

    Args:
        first: the roster that is read first.
        second: the roster that is read later.
        count: persons who live alone.
        seed: the same seed picks the same persons.
        code: ``R401`` or ``R402``.
        short: the second roster has them with their old 15-digit number.

    Returns:
        The second roster with these persons at the end of their townships.
    """
    first = first.reset_index(drop=True)
    rows = _pick(first, "old", count, np.random.default_rng(seed), apart_from=second["person"])
    copies = first.loc[rows].copy()
    if short:
        copies["id_number"] = copies["person"].str.slice(0, 6) + copies["person"].str.slice(8, 17)
        copies["head_id_number"] = copies["id_number"]
    if code == "R402":
        copies["category"], copies["support_mode"] = "特困", "分散"
    copies["codes"], copies["fate"] = code, "held"
    return _in_place(second, copies)


def _expect(truth: pd.DataFrame, rows: Rows, code: str) -> None:
    truth.loc[rows, "codes"] = code
    fate = "skipped" if code in SKIPPED else "paid" if code in PAID_IN_SPITE else "held"
    truth.loc[rows, "fate"] = fate


def _pick(
    truth: pd.DataFrame,
    whom: str,
    count: int,
    rng: np.random.Generator,
    apart_from: Iterable[str] = (),
) -> Rows:
    spoilt = truth["household"].isin(truth.loc[truth["codes"] != "", "household"])
    spoilt |= truth["person"].isin(list(apart_from))
    alone = truth["household_size"] == 1
    fits = {
        "single": alone,
        "member": (truth["member"] > 0) & (truth["account_name"] != truth["name"]),
        "pair": (truth["household_size"] == 2) & (truth["member"] == 0),
        "digits": alone & truth["person"].str.fullmatch(r"\d+"),
        "card": alone & truth["account_number"].str.startswith("62"),
        "old": alone & truth["person"].str.slice(6, 8).isin(FIRST_15_DIGIT_YEARS),
        "gbk": alone & (truth["bank"] == "103"),
        "institution": alone & (truth["support_mode"] == "集中"),
    }
    fits["any"] = fits["single"] | fits["member"]
    candidates = (fits[whom] & ~spoilt).to_numpy().nonzero()[0]
    shuffled = rng.permutation(candidates)
    # One row of a household at most.
    chosen = shuffled[~truth.loc[shuffled, "household"].duplicated().to_numpy()][:count]
    if len(chosen) < count:
        raise ValueError(f"only {len(chosen)} of {count} {whom} households are left to spoil")
    return np.sort(chosen)


def _twice(truth: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    copies = truth.loc[rows].copy()
    copies["codes"], copies["fate"] = "R401", "held"  # the first row is paid
    return _in_place(truth, copies)


def _in_place(truth: pd.DataFrame, copies: pd.DataFrame) -> pd.DataFrame:
    """Put ``copies`` at the end of their townships."""
    order = {name: place for place, name in enumerate(truth["township"].unique())}
    both = pd.concat([truth, copies], ignore_index=True)
    rank = both["township"].map(lambda name: order.get(name, len(order)))
    return both.iloc[np.argsort(rank.to_numpy(), kind="stable")].reset_index(drop=True)
