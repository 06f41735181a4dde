"""R3: for what, and how much. Categories, amounts, institutions, heads of households."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.checks.subject import Subject
from relief_cli.findings import Block, only, where
from relief_cli.money_columns import AmountState
from relief_cli.roster.amounts import adds_up_by_period
from relief_cli.roster.fields import MONEY
from relief_cli.roster.households import INSTITUTION_MODE

Mask = npt.NDArray[np.bool_]
Fen = npt.NDArray[np.int64]

_MUST_BE_POSITIVE = ("monthly_amount", "total")
SUPPLEMENTS = ("supplement", "household_supplement", "person_supplement")
"""The columns of 分类施保; the first is the sum of the others."""
DIBAO_PARTS = ("monthly_amount", *SUPPLEMENTS, "arrears")
"""What a row's own total is the sum of, for dibao."""
_PARTS = (DIBAO_PARTS, ("basic_living_standard", "care_amount", "arrears"))
"""The same for dibao and for tekun."""

_SCATTERED_MODE = "分散"


def check(subject: Subject) -> list[Block]:
    """Check category, amounts, support mode and heads (R301 to R310)."""
    unknown = subject.category.isna().to_numpy()
    blocks = [where("R301", unknown, "category")]
    if subject.eligible is not None:
        eligible = _among(subject.category, subject.eligible)
        blocks.append(where("R310", ~unknown & ~eligible, "category"))
    amounts = {name: subject.roster.amounts[name] for name in MONEY}
    for name, (fen, state) in amounts.items():
        blocks += [
            where("R302", state == AmountState.MALFORMED, name),
            where("R303", state == AmountState.TOO_PRECISE, name),
            where("R304", _not_positive(name, fen, state), name),
        ]
    blocks += [
        _above(subject, *amounts["total"]),
        where("R306", _sums_differ(subject, amounts), "total"),
    ]
    support = [only(block, subject.banked) for block in _support(subject)]
    return [*blocks, *support, _several_heads(subject)]


def _among(values: pd.Series, chosen: frozenset[str]) -> Mask:
    kinds = values.astype("category")
    codes = [code for code, text in enumerate(kinds.cat.categories) if text in chosen]
    return np.isin(kinds.cat.codes.to_numpy(), codes)


def _not_positive(name: str, fen: Fen, state: npt.NDArray[np.uint8]) -> Mask:
    """Amounts due must be above nothing; a supplement or arrears may be nothing, never less."""
    least = 1 if name in _MUST_BE_POSITIVE else 0
    return np.equal(state, AmountState.OK) & (fen < least)


def _above(subject: Subject, fen: Fen, state: npt.NDArray[np.uint8]) -> Block:
    """Find rosters that state more than the programme pays.

    A roster of the monthly benefit states that benefit's amount, which is not this payment's.
    """
    people, most = subject.people, subject.most_per_person_fen
    stated = people["monthly_amount"].isna() & people["basic_living_standard"].isna()
    if most is None or not (state == AmountState.OK).any():
        return where("R305", np.zeros(len(people), dtype=bool), "total")
    merged = people["group"].to_numpy()
    token = np.where(merged >= 0, merged, -np.arange(len(people)) - 1)
    members = people.groupby([people["sheet"].to_numpy(), token])["sheet_row"].transform("size")
    allowed = most * members.to_numpy()
    return where("R305", (state == AmountState.OK) & stated.to_numpy() & (fen > allowed), "total")


def _sums_differ(subject: Subject, amounts: dict[str, tuple[Fen, npt.NDArray[np.uint8]]]) -> Mask:
    total, stated = amounts["total"]
    differ = np.zeros(len(total), dtype=bool)
    for parts in _PARTS:
        present = amounts[parts[0]][1] == AmountState.OK
        of_parts, readable = summed(amounts, parts)
        differ |= present & readable & (stated == AmountState.OK) & (of_parts != total)
    return differ & ~adds_up_by_period(subject.roster.amounts)


def summed(
    amounts: dict[str, tuple[Fen, npt.NDArray[np.uint8]]], parts: tuple[str, ...]
) -> tuple[Fen, Mask]:
    """Add the parts up; the supplement of its own two parts only where its sum is not given.

    Args:
        amounts: field → fen, and what became of each text.
        parts: fields; what is missing counts nothing.

    Returns:
        The sum in fen, and whether every part could be read.
    """
    has_sum = amounts["supplement"][1] == AmountState.OK
    total = np.zeros(len(has_sum), dtype=np.int64)
    readable = np.ones(len(has_sum), dtype=bool)
    for name in parts:
        fen, state = amounts[name]
        counted = state == AmountState.OK
        if name in ("household_supplement", "person_supplement"):
            counted &= ~has_sum
        total += np.where(counted, fen, 0)
        readable &= (state == AmountState.OK) | (state == AmountState.MISSING)
    return total, readable


def _support(subject: Subject) -> list[Block]:
    """People paid by support mode need one; those in an institution need its account."""
    people = subject.people
    mode = people["support_mode"].astype("category")
    valid = [
        code
        for code, text in enumerate(mode.cat.categories)
        if INSTITUTION_MODE in text or _SCATTERED_MODE in text
    ]
    known = np.isin(mode.cat.codes.to_numpy(), valid)
    concerned = _among(subject.category, subject.by_support_mode)
    asked = people["sheet"].isin(subject.roster.sheets_with("support_mode")).to_numpy()
    lacking = (people["payee_name"].isna() | people["payee_account"].isna()).to_numpy()
    return [
        where("R307", concerned & asked & ~known, "support_mode"),
        where("R308", people["institution"].to_numpy() & lacking, "institution_name"),
    ]


def _several_heads(subject: Subject) -> Block:
    """Find households in which different people are said to be the head."""
    people = subject.people
    heads = people["says_head"].to_numpy()
    named = pd.DataFrame({"household": people["household"], "key": subject.roster.identities.key})[
        heads
    ].drop_duplicates()
    several = named.loc[named["household"].duplicated(), "household"].to_numpy()
    return where("R309", heads & np.isin(people["household"].to_numpy(), several), "relationship")
