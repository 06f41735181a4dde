"""R201 to R208: whether each account can be one."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.arrow import mask, texts
from relief_cli.checks import holders
from relief_cli.checks.identity import matches
from relief_cli.checks.subject import Subject
from relief_cli.findings import Block, where

Mask = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.int32]

_EXACT_DIGITS = 15
"""Excel keeps so many digits of a number; more are lost for ever."""

_SHORTEST, _LONGEST = 8, 32
"""Digits that an account has."""
_CARD = "62"
"""With these the numbers of UnionPay's cards begin."""
_CARD_LENGTHS = (16, 19)
_LIKE_A_CARD = range(12, 20)
"""So many digits has a card's number, or one that lost some."""
_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)
"""The digit sum of a digit's double."""


def check(subject: Subject) -> list[Block]:
    """Check every account that would be credited, and whose it is (R201 to R208, R211, R212)."""
    people = subject.people
    account = people["payee_account"]
    given = account.notna().to_numpy()
    length: Lengths = pc.fill_null(pc.utf8_length(texts(account)), 0).to_numpy()
    lost = number = given & people["number_lost"].to_numpy()
    if number.any():
        # As Excel exports: 6.2E+18.
        lost = number & ((length > _EXACT_DIGITS) | matches(account, r"E\+"))
    digits = mask(pc.ascii_is_decimal(texts(account)))
    shaped = digits & (length >= _SHORTEST) & (length <= _LONGEST)
    malformed = given & ~lost & ~shaped
    resident = people["institution"].to_numpy()
    sound = given & ~lost & ~malformed
    return [
        _missing(subject, ~given & ~resident),
        where("R202", malformed, "account_number"),
        where("R203", lost, "account_number"),
        # All its digits are there, but for zeros that may have stood before them.
        Block("R203", np.flatnonzero(number & sound), "account_number", downgraded=True),
        where("R204", _suspicious_cards(account, length, sound), "account_number"),
        _unknown_bank(subject, sound),
        *holders.check(subject, given, sound),
        where("R208", subject.unfit.name & people["payee_name"].notna().to_numpy(), "name"),
        where("R208", subject.unfit.bank_name, "bank_name"),
    ]


def _unknown_bank(subject: Subject, sound: Mask) -> Block:
    rows = np.flatnonzero(sound & subject.bank.isna().to_numpy())
    named = subject.people["payee_bank"].iloc[rows].fillna("")
    return Block("R205", rows, "bank_name", facts=list(named))


def _missing(subject: Subject, missing: Mask) -> Block:
    """Find who has no account; where the rows of their head disagree, say in which places."""
    rows, people = np.flatnonzero(missing), subject.people
    if not len(rows):
        return Block("R201", rows, "account_number")
    heads = people["says_head"].to_numpy() & people["payee_account"].notna().to_numpy()
    heads &= np.isin(people["household"], people["household"].iloc[rows])
    told = people.loc[heads, ["household", "payee_account"]].drop_duplicates()
    places = {
        household: " ≠ ".join(subject.roster.place(int(row)) for row in group.index)
        for household, group in told.groupby("household")
        if len(group) > 1
    }
    detail = [places.get(household, "") for household in people["household"].iloc[rows]]
    return Block("R201", rows, "account_number", detail)


def _suspicious_cards(account: pd.Series, length: Lengths, sound: Mask) -> Mask:
    """Say which accounts look like a UnionPay card and cannot be one (length, Luhn check digit).

    Args:
        account: the accounts.
        length: their numbers of digits.
        sound: those that are of digits only.
    """
    card = sound & (length >= _LIKE_A_CARD.start) & (length < _LIKE_A_CARD.stop)
    card &= mask(pc.starts_with(texts(account), _CARD))
    wrong = card & ~np.isin(length, _CARD_LENGTHS)
    for width in _CARD_LENGTHS:
        chosen = np.flatnonzero(card & (length == width))
        if len(chosen):
            wrong[chosen] = ~luhn(account.iloc[chosen], width)
    return wrong


def luhn(numbers: pd.Series, width: int) -> Mask:
    """Say which ``numbers``, all of ``width`` digits, pass the check of ISO/IEC 7812-1 annex B."""
    packed = texts(numbers).cast(pa.large_binary()).cast(pa.binary(width))
    data = np.frombuffer(packed.buffers()[1], dtype=np.uint8)
    digits = data[: len(numbers) * width].reshape(-1, width) - np.uint8(ord("0"))
    # Sums of at most 32 digits fit into a byte's double; wider numbers would only take longer.
    total = digits[:, -1::-2].sum(axis=1, dtype=np.uint16)
    total += _DOUBLED[digits[:, -2::-2]].sum(axis=1, dtype=np.uint16)
    passes: Mask = total % 10 == 0
    return passes
