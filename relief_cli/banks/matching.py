"""Which payment each line of an answer tells of.

By the payment's reference first; then by account and the line's number in the file that was sent;
then by account, name and amount, and only where that names a single payment. Accounts must agree in
every case: a bank may mask one with stars, and a spreadsheet may have lost the digits after the
fifteenth.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.checks.names import folded

SENT = {
    "payment": "int64",
    "account_number": "str",
    "payee_name": "str",
    "name": "str",
    "amount_fen": "int64",
    "part": "str",
    "serial": "str",
}
"""What was sent: ``part`` tells the batch's files apart, ``serial`` counts from 1 in each; ``name``
is the payee's name as it is compared, see :func:`compared`."""

NOBODY = 0
"""Stands for the payment of a line that matches none."""
_HEAD, _TAIL = 6, 4
"""Digits by which an account that is not told in full is looked up."""
_DIGITS_KEPT = 15
"""What a spreadsheet keeps of a number."""
_ANY_REFERENCE = r"[a-z][a-z-]*-[0-9]{4}(?:-[0-9]{2}|Q[1-4])?-[0-9]+-[0-9]{6,}"


@dataclass(frozen=True)
class Matched:
    """What was found for each line; both as long as the lines."""

    payment: NDArray[np.int64]
    """:data:`NOBODY` where none was found."""
    ambiguous: NDArray[np.bool_]
    """Several payments fit, and nothing tells which."""
    named: NDArray[np.bool_]
    """The line names a payment in full, of this batch or of another."""


class SentIndex:
    """The payments that went out, found by account; made once for all files of an answer."""

    def __init__(self, sent: pd.DataFrame) -> None:
        """Index payments that are given as :data:`SENT`."""
        columns = (sent[name].tolist() for name in SENT)
        self._rows = [_Sent(*row) for row in zip(*columns, strict=True)]
        self._by_account: dict[str, list[_Sent]] = {}
        self._by_head: dict[str, list[_Sent]] = {}
        self._by_tail: dict[str, list[_Sent]] = {}
        for row in self._rows:
            account = row.account_number
            self._by_account.setdefault(account, []).append(row)
            self._by_head.setdefault(account[:_HEAD], []).append(row)
            self._by_tail.setdefault(account[-_TAIL:], []).append(row)

    def __contains__(self, account: object) -> bool:
        """Say whether something was sent to ``account``."""
        return account in self._by_account

    def of(self, account: str) -> list["_Sent"]:
        """Give the payments to ``account``, also where it is masked or has lost digits."""
        if account in self._by_account:
            return self._by_account[account]
        pattern = _account_pattern(account)
        if pattern is None:
            return []
        head, tail = account.split("*", maxsplit=1)[0], account.rsplit("*", maxsplit=1)[-1]
        near = self._rows
        if "*" in account and len(tail) >= _TAIL:
            near = self._by_tail.get(tail[-_TAIL:], [])
        elif len(head) >= _HEAD:
            near = self._by_head.get(head[:_HEAD], [])
        return [row for row in near if re.fullmatch(pattern, row.account_number)]


class _Sent(NamedTuple):
    """One payment; the fields of :data:`SENT`."""

    payment: int
    account_number: str
    payee_name: str
    name: str
    amount_fen: int
    part: str
    serial: str


def match(lines: pd.DataFrame, sent: SentIndex, batch: str, part: str | None) -> Matched:
    """Find the payment of each line.

    Args:
        lines: as :data:`relief_cli.banks.answer.LINES`.
        sent: the payments of the batch that went out.
        batch: the batch's name, with which references begin.
        part: the part that the answer's file name names, where it names one.
    """
    referred = _referred(lines["reference"], batch)
    columns = (
        _is_foreign(lines["reference"], referred).tolist(),
        referred.tolist(),
        lines["account_number"].tolist(),
        lines["serial"].tolist(),
        compared(lines["payee_name"]).tolist(),
        lines["amount_fen"].tolist(),
    )
    found = [
        (NOBODY, False) if foreign else _one(sent, part, *facts)
        for foreign, *facts in zip(*columns, strict=True)
    ]
    payment, ambiguous = zip(*found, strict=True) if found else ((), ())
    return Matched(
        np.array(payment, np.int64), np.array(ambiguous, np.bool_), _named(lines["reference"])
    )


def _one(
    sent: SentIndex,
    part: str | None,
    referred: int,
    account: str,
    serial: str,
    name: str,
    amount_fen: int,
) -> tuple[int, bool]:
    """Give the payment of one line, and whether several fit and nothing tells which."""
    rows = sent.of(account)
    here = [row for row in rows if part is None or row.part == part]
    ways = (
        [row for row in rows if row.payment == referred],
        [row for row in here if row.serial == serial],
    )
    for fitting in ways:
        if len(fitting) == 1:
            return fitting[0].payment, False
    same = [row for row in here if (row.name, row.amount_fen) == (name, amount_fen)]
    # The account alone: the amount or the name differs, which is for the caller to say. Half an
    # account is enough only beside something else that agrees.
    fitting = same or (here if account in sent else [])
    if len(fitting) == 1:
        return fitting[0].payment, False
    return NOBODY, len(fitting) > 1


def _account_pattern(account: str) -> str | None:
    """Give the pattern of the accounts that ``account`` stands for, ``None`` for itself alone."""
    if "*" in account:
        return re.sub(r"(?:\\\*)+", "[0-9A-Za-z-]+", re.escape(account))
    rest = account[_DIGITS_KEPT:]
    if account.isdecimal() and rest and not rest.strip("0"):
        # Cut or rounded: 6228480000000079327 is kept as 622848000000007 or 622848000000008.
        before = str(int(account[:_DIGITS_KEPT]) - 1).zfill(_DIGITS_KEPT)
        return f"{account[:_DIGITS_KEPT]}[0-9]{{{len(rest)}}}|{before}[5-9][0-9]{{{len(rest) - 1}}}"
    return None


def _referred(references: pd.Series, batch: str) -> pd.Series:
    """Give the payment's number that each reference ends with, in full or in its short form.

    A reference of another batch gives none: its number would be another payment's.
    """
    full = references.str.extract(rf"{re.escape(batch)}-([0-9]{{6,}})(?![0-9])", expand=False)
    short = references.str.extract(r"^[^-]*?(?<![0-9])([0-9]{6,})$", expand=False)
    return pd.to_numeric(full.fillna(short), errors="coerce").fillna(NOBODY).astype("int64")


def _is_foreign(references: pd.Series, referred: pd.Series) -> NDArray[np.bool_]:
    """Tell which lines name a payment of another batch: no account must bring them here."""
    return _named(references) & (referred == NOBODY).to_numpy(np.bool_)


def _named(references: pd.Series) -> NDArray[np.bool_]:
    """Tell which lines name a payment of any batch in full."""
    return references.str.contains(_ANY_REFERENCE, regex=True).to_numpy(np.bool_)


def compared(names: pd.Series) -> pd.Series:
    """Give the form in which names are compared."""
    return names.map({name: folded(name) for name in names.unique()}).astype("str")


def part_of(file_name: str, batch: str) -> str | None:
    """Give the part of the batch that a file's name names: ``-02``, or nothing for a whole batch.

    Args:
        file_name: of a file that was sent, or of an answer.
        batch: the batch's name.

    Returns:
        The part; ``None`` where the batch is not named.

    >>> part_of("回盘_dibao-2022-08-1-02.txt", "dibao-2022-08-1")
    '-02'
    >>> part_of("dibao-2022-08-1.txt", "dibao-2022-08-1")
    ''
    >>> part_of("dibao-2022-08-11.txt", "dibao-2022-08-1") is None
    True
    """
    named = re.search(rf"{re.escape(batch)}(-[0-9]{{2,}})?(?![0-9])", file_name)
    return named[1] or "" if named else None
