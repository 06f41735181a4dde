"""Which payment each line of an answer tells of.

By the payment's reference first; then by account and the line's number in the file that was sent;
then by account, name and amount, and only where that names a single payment. Accounts must agree in
every case: a bank may mask one with stars, and a spreadsheet may have lost the digits after the
fifteenth.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief_cli.checks.persons import folded

SENT = {
    "payment": "int64",
    "account_number": "str",
    "payee_name": "str",
    "amount_fen": "int64",
    "part": "str",
    "serial": "str",
}
"""What was sent: ``part`` tells the batch's files apart, ``serial`` counts from 1 in each."""

NOBODY = 0
"""Stands for the payment of a line that matches none."""
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


def match(lines: pd.DataFrame, sent: pd.DataFrame, batch: str, part: str | None) -> Matched:
    """Find the payment of each line.

    Args:
        lines: as :data:`relief_cli.banks.answer.LINES`.
        sent: as :data:`SENT`; the payments of the batch that went out.
        batch: the batch's name, with which references begin.
        part: the part that the answer's file name names, where it names one.
    """
    candidates = sent if part is None else sent[sent["part"] == part]
    payment = np.full(len(lines), NOBODY, dtype=np.int64)
    ambiguous = np.zeros(len(lines), np.bool_)
    referred = _referred(lines["reference"], batch)
    foreign = _is_foreign(lines["reference"], referred)
    ways: tuple[tuple[dict[str, pd.Series], pd.DataFrame], ...] = (
        ({"payment": referred}, sent),
        ({"serial": lines["serial"]}, candidates),
        ({"name": _folded(lines["payee_name"]), "amount_fen": lines["amount_fen"]}, candidates),
        # The account alone: the amount or the name differs, which is for the caller to say.
        ({}, candidates),
    )
    for wanted, among in ways:
        rows = np.flatnonzero((payment == NOBODY) & ~ambiguous & ~foreign)
        found = _look_up(lines.iloc[rows], {k: v.iloc[rows] for k, v in wanted.items()}, among)
        payment[found.index[found["count"] == 1]] = found.loc[found["count"] == 1, "payment"]
        if "amount_fen" in wanted or not wanted:
            ambiguous[found.index[found["count"] > 1]] = True
    return Matched(payment, ambiguous)


def _look_up(lines: pd.DataFrame, wanted: dict[str, pd.Series], sent: pd.DataFrame) -> pd.DataFrame:
    """Count the payments that fit each line; by the line's place, only where there are any."""
    sent = sent.assign(name=_folded(sent["payee_name"]))
    plain = lines["account_number"].isin(set(sent["account_number"])).to_numpy(np.bool_)
    left = pd.DataFrame({"row": lines.index, "account_number": lines["account_number"], **wanted})
    keys = ["account_number", *wanted]
    pairs = left[plain].merge(sent[list(dict.fromkeys([*keys, "payment"]))], on=keys)[
        ["row", "payment"]
    ]
    unclear = left[~plain]
    # Half an account is enough only beside something else that agrees.
    if wanted and len(unclear):
        pairs = pd.concat([pairs, _unclear(unclear, list(wanted), sent)])
    grouped = pairs.groupby("row")["payment"]
    return pd.DataFrame({"count": grouped.size(), "payment": grouped.first()})


def _unclear(lines: pd.DataFrame, wanted: Sequence[str], sent: pd.DataFrame) -> pd.DataFrame:
    """Find payments for lines whose account is masked or has lost digits, one by one."""
    rows: list[int] = []
    payments: list[int] = []
    for _, line in lines.iterrows():
        if not (pattern := _account_pattern(str(line["account_number"]))):
            continue
        fits = sent["account_number"].str.fullmatch(pattern).to_numpy(np.bool_)
        for key in wanted:
            fits = fits & (sent[key] == line[key]).to_numpy(np.bool_)
        payments += sent.loc[fits, "payment"].tolist()
        rows += [int(line["row"])] * int(fits.sum())
    return pd.DataFrame({"row": rows, "payment": payments}, dtype="int64")


def _account_pattern(account: str) -> str | None:
    """Give the pattern of the accounts that ``account`` stands for, ``None`` for itself alone."""
    if "*" in account:
        return re.sub(r"(?:\\\*)+", "[0-9A-Za-z-]+", re.escape(account))
    rest = account[_DIGITS_KEPT:]
    if account.isdecimal() and rest and not rest.strip("0"):
        return f"{account[:_DIGITS_KEPT]}[0-9]{{{len(rest)}}}"
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
    named = references.str.contains(_ANY_REFERENCE, regex=True).to_numpy(np.bool_)
    return named & (referred == NOBODY).to_numpy(np.bool_)


def _folded(names: pd.Series) -> pd.Series:
    """Give the form in which names are compared."""
    return names.map({name: folded(name) for name in names.unique()}).astype("str")


def part_of(file_name: str, batch: str) -> str | None:
    """Give the part of the batch that a file's name names: ``-02``, or nothing for a whole batch.

    Args:
        file_name: of a file that was sent, or of an answer.
        batch: the batch's name.

    Returns:
        The part; ``None`` where the batch is not named.
    """
    named = re.search(rf"{re.escape(batch)}(-[0-9]{{2,}})?(?![0-9])", file_name)
    return named[1] or "" if named else None
