"""Entitlements into payments: one payment per account."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from relief_cli.arrow import renamed, texts

PAYMENTS = {
    "payment": "int64",
    "payee_name": "str",
    "payee_id_number": "str",
    "account_number": "str",
    "bank": "str",
    "bank_name": "str",
    "format": "str",
    "amount_fen": "int64",
    "beneficiaries": "int64",
}
"""What :func:`combine` gives first; second, the entitlements with their two numbers in front."""


_DIGITS = 6
"""Of a number in a register; larger ones have more."""


def registered(
    entitlements: pd.DataFrame, batch: str, register: str, after: tuple[int, int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give one payment on paper for each person; its account is the number in the register.

    They are numbered by county and township, then person, so that each township gets its own pages
    of the register; the township stands in the place of the bank's name.

    Args:
        entitlements: one line for each person, without numbers.
        batch: its name, with which the numbers begin.
        register: the register's template.
        after: the last numbers of payments and entitlements that there are already.

    Returns:
        as :func:`combine`.
    """
    # Places are few, and sorted as numbers far faster; one that is missing comes first.
    by = {name: pd.factorize(entitlements[name], sort=True)[0] for name in ("county", "township")}
    keys = pd.DataFrame({**by, "person": entitlements["person"].array})
    numbered = _sorted(entitlements, keys).reset_index(drop=True)
    count = np.arange(1, len(numbered) + 1, dtype=np.int64)
    payment, entitlement = count + after[0], count + after[1]
    numbered.insert(0, "payment", payment)
    numbered.insert(0, "entitlement", entitlement)
    table = pd.DataFrame(
        {
            "payment": payment,
            "payee_name": numbered["name"],
            "payee_id_number": numbered["person"],
            "account_number": _joined(batch, payment),
            "bank": pd.Series(pd.NA, index=numbered.index, dtype="str"),
            "bank_name": numbered["township"],
            "format": register,
            "amount_fen": numbered["amount_fen"],
            "beneficiaries": 1,
        }
    )
    return table[list(PAYMENTS)].astype(PAYMENTS), numbered


def combine(
    rows: pd.DataFrame,
    entitlements: pd.DataFrame,
    formats: Mapping[str, str],
    default_format: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give one payment for each account, and the entitlements with the payment of each.

    Neither depends on the order of rows or files. Payments are in the order of the bank files:
    by format, bank (unknown last), people before institutions, account. Where the rows of an
    account disagree, the payee is an institution before a person, and otherwise what most rows
    say, of equals the smallest; bank and bank's name likewise. The payee's ID is one that stands
    beside the chosen name; an institution has none.

    Args:
        rows: columns payee_name, payee_id_number, account_number, bank_name, bank, institution.
        entitlements: one line for each of ``rows``, in their order, without numbers.
        formats: bank code → name of the template for that bank's files.
        default_format: the template for all other banks and for unknown ones.

    Returns:
        payments (columns ``PAYMENTS``, numbered from 1), and entitlements (columns entitlement,
        payment, then those given), numbered from 1 by payment, then person, then move.

    Raises:
        ValueError: a row to be paid has no account (a fault of the program).
    """
    account, numbers = _numbered(rows["account_number"])
    payments = _payees(rows, _Accounts(account, len(numbers))).assign(account_number=numbers)
    payments["format"] = renamed(payments["bank"], formats).fillna(default_format)
    total_fen = np.zeros(len(numbers), dtype=np.int64)  # NumPy's bincount would sum floats
    np.add.at(total_fen, account, entitlements["amount_fen"].to_numpy())
    payments["amount_fen"] = total_fen
    payments["beneficiaries"] = np.bincount(account, minlength=len(numbers))
    # They stand by account already.
    payments = payments.take(np.argsort(_rank(payments), kind="stable"))
    payment = np.empty(len(payments), dtype=np.int64)
    payment[payments.index] = np.arange(1, len(payments) + 1)
    payments["payment"] = payment[payments.index]

    paid = entitlements.assign(payment=payment[account])
    numbered = _sorted(paid, paid[["payment", "person", "move"]])
    numbered.insert(0, "payment", numbered.pop("payment"))
    numbered.insert(0, "entitlement", np.arange(1, len(numbered) + 1, dtype=np.int64))
    payments = payments[list(PAYMENTS)].astype(PAYMENTS)
    return payments.reset_index(drop=True), numbered.reset_index(drop=True)


def _numbered(accounts: pd.Series) -> tuple[NDArray[np.intp], pd.Series]:
    """Give the place of each account among all of them in order, and those, each once.

    Raises:
        ValueError: one is missing.
    """
    given = texts(accounts)
    if given.null_count:
        raise ValueError("rows to be paid must have an account")
    # To sort is to find equal ones too; pandas would look them up first.
    order = pc.sort_indices(given)
    ordered = given.take(order)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = pc.not_equal(ordered[1:], ordered[:-1])
    account = np.empty(len(ordered), dtype=np.intp)
    account[order.to_numpy()] = first.cumsum() - 1
    return account, pd.Series(ordered.filter(pa.array(first)), dtype="str")


def _rank(payments: pd.DataFrame) -> NDArray[np.int64]:
    """Give the place of each payment by format, bank (unknown last), people before institutions."""
    rank = np.zeros(len(payments), dtype=np.int64)
    for column in ("format", "bank", "institution"):
        codes, distinct = pd.factorize(payments[column], sort=True)
        rank = rank * (len(distinct) + 1) + np.where(codes < 0, len(distinct), codes)
    return rank


def _sorted(entitlements: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Give ``entitlements`` in the order of ``keys``, a line each; Arrow sorts far faster."""
    table = pa.Table.from_pandas(keys, preserve_index=False)
    ascending = [(column, "ascending") for column in keys]
    order: NDArray[np.uint64] = pc.sort_indices(table, sort_keys=ascending).to_numpy()
    return entitlements.take(order)


def _joined(batch: str, payment: NDArray[np.int64]) -> pd.Series:
    """Give the number in the register of each payment, such as ``voucher-2022-08-1-000001``."""
    digits = pc.utf8_lpad(pa.array(payment).cast(pa.large_string()), _DIGITS, "0")
    name, dash = (pa.scalar(text, pa.large_string()) for text in (batch, "-"))
    return pd.Series(pc.binary_join_element_wise(name, digits, dash), dtype="str")


@dataclass(frozen=True)
class _Accounts:
    """Which rows are paid into each account."""

    of_row: NDArray[np.intp]
    """The number of each row's account."""
    count: int

    def prevailing(self, values: pd.Series) -> tuple[pd.Series, NDArray[np.bool_]]:
        """Give the value that most rows of each account have, of equals the smallest.

        And say of each row whether it has that value.
        """
        known = values.notna().to_numpy()
        given = np.flatnonzero(known)
        row = np.full(self.count, -1, dtype=np.intp)
        row[self.of_row[given]] = given
        chosen = values.array.take(row, allow_fill=bool((row < 0).any()))
        # Mostly an account has one row, and the rows of others seldom disagree: only those that do
        # are counted and sorted.
        further = given[row[self.of_row[given]] != given]
        differ = np.asarray(chosen.take(self.of_row[further]) != values.array[further], dtype=bool)
        said = known.copy()
        if differ.any():
            disputed = np.zeros(self.count, dtype=bool)
            disputed[self.of_row[further[differ]]] = True
            voters = given[disputed[self.of_row[given]]]
            chosen = _voted(chosen, values.iloc[voters], self.of_row[voters])
            said[voters] = np.asarray(chosen.take(self.of_row[voters]) == values.array[voters])
        return pd.Series(chosen), said


def _payees(paid: pd.DataFrame, accounts: _Accounts) -> pd.DataFrame:
    """Give payee, bank and kind of each account, by the number of the account."""
    collective = paid["institution"].to_numpy(dtype=bool)
    institution = np.zeros(accounts.count, dtype=bool)
    institution[accounts.of_row[collective]] = True
    within = institution[accounts.of_row]
    name, beside = accounts.prevailing(_without(paid["payee_name"], within & ~collective))
    id_number, _ = accounts.prevailing(_without(paid["payee_id_number"], within | ~beside))
    return pd.DataFrame(
        {
            "payee_name": name,
            "payee_id_number": id_number,
            "bank": accounts.prevailing(paid["bank"])[0],
            "bank_name": accounts.prevailing(paid["bank_name"])[0],
            "institution": institution,
        }
    )


def _without(values: pd.Series, dropped: NDArray[np.bool_]) -> pd.Series:
    """Give ``values`` without those that do not count; as they are where there is none of these."""
    dropped = dropped & values.notna().to_numpy()
    return values.mask(dropped) if dropped.any() else values


def _voted(chosen: ExtensionArray, values: pd.Series, account: NDArray[np.intp]) -> ExtensionArray:
    """Put in what most of ``values`` say of their account, of equals the smallest."""
    value, distinct = pd.factorize(values, sort=True)
    pairs, votes = np.unique(account * len(distinct) + value, return_counts=True)
    voted, value = np.divmod(pairs, len(distinct))
    ranked = np.lexsort((value, -votes, voted))
    winner = ranked[np.unique(voted[ranked], return_index=True)[1]]
    decided = chosen.copy()
    decided[voted[winner]] = distinct.array.take(value[winner])
    return decided
