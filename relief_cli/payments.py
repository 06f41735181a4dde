"""Entitlements into payments: one payment per account."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

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
        payment, then those given), numbered from 1 by payment, then person.

    Raises:
        ValueError: a row to be paid has no account (a fault of the program).
    """
    account, numbers = pd.factorize(rows["account_number"], sort=True)
    if (account < 0).any():
        raise ValueError("rows to be paid must have an account")
    payments = _payees(rows, account, len(numbers)).assign(account_number=numbers)
    payments["format"] = payments["bank"].map(dict(formats)).fillna(default_format).astype("str")
    totals = entitlements["amount_fen"].groupby(account).agg(["sum", "size"])
    payments[["amount_fen", "beneficiaries"]] = totals
    # They stand by account already.
    payments = payments.take(np.argsort(_rank(payments), kind="stable"))
    payment = np.empty(len(payments), dtype=np.int64)
    payment[payments.index] = np.arange(1, len(payments) + 1)
    payments["payment"] = payment[payments.index]

    paid = entitlements.assign(payment=payment[account])
    numbered = _sorted(paid, paid[["payment", "person"]])
    numbered.insert(0, "payment", numbered.pop("payment"))
    numbered.insert(0, "entitlement", np.arange(1, len(numbered) + 1, dtype=np.int64))
    payments = payments[list(PAYMENTS)].astype(PAYMENTS)
    return payments.reset_index(drop=True), numbered.reset_index(drop=True)


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


def _payees(paid: pd.DataFrame, account: NDArray[np.intp], accounts: int) -> pd.DataFrame:
    """Give payee, bank and kind of each account, by the number of the account."""
    collective = paid["institution"].to_numpy(dtype=bool)
    institution = np.zeros(accounts, dtype=bool)
    institution[account[collective]] = True
    outranked = institution[account] & ~collective
    name = _prevailing(paid["payee_name"].mask(outranked), account, accounts)
    beside = np.asarray(name.array.take(account) == paid["payee_name"].array).astype(bool)
    id_number = paid["payee_id_number"].where(beside & ~institution[account])
    return pd.DataFrame(
        {
            "payee_name": name,
            "payee_id_number": _prevailing(id_number, account, accounts),
            "bank": _prevailing(paid["bank"], account, accounts),
            "bank_name": _prevailing(paid["bank_name"], account, accounts),
            "institution": institution,
        }
    )


def _prevailing(values: pd.Series, account: NDArray[np.intp], accounts: int) -> pd.Series:
    """Give the value that most rows of each account have, of equals the smallest."""
    given = np.flatnonzero(values.notna().to_numpy())
    row = np.full(accounts, -1, dtype=np.intp)
    row[account[given]] = given
    chosen = values.array.take(row, allow_fill=True)
    # Rows of an account seldom disagree: only those that do are counted and sorted.
    same = np.asarray(chosen.take(account) == values.array)[given].astype(bool)
    disputed = np.zeros(accounts, dtype=bool)
    disputed[account[given[~same]]] = True
    if disputed.any():
        voters = given[disputed[account[given]]]
        chosen = _voted(chosen, values.iloc[voters], account[voters])
    return pd.Series(chosen)


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
