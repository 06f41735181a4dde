"""Findings: what a check says about rows. A check returns all of them and never raises.

The table of findings has the columns of :data:`COLUMNS`. ``row`` is the position in the table of
people, -1 where a whole sheet is meant. ``detail`` is short, the same in every language, and holds
no unmasked number: a place, a figure, a masked ID.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = {
    "row": "int64",
    "code": "str",
    "field": "str",
    "detail": "str",
    "downgraded": "bool",
    "facts": "str",
}


@dataclass(frozen=True)
class Block:
    """Findings of one code in one field.

    Args:
        code: the rule, such as ``R103``.
        rows: positions in the table of people.
        field: the field that is wrong.
        detail: one for all rows, or one for each.
        downgraded: only a warning here, although the rule is an error.
        facts: what must stay as it is, beside the field, for a finding that was accepted to stay
            quiet; the detail where empty.
    """

    code: str
    rows: npt.NDArray[np.int64]
    field: str
    detail: str | Sequence[str] = ""
    downgraded: bool = False
    facts: str | Sequence[str] = ""


def where(code: str, mask: npt.NDArray[np.bool_], field: str, detail: str = "") -> Block:
    """Make the block for all rows where ``mask`` holds."""
    return Block(code, np.flatnonzero(mask), field, detail)


def only(block: Block, mask: npt.NDArray[np.bool_]) -> Block:
    """Give ``block`` for the rows where ``mask`` holds alone."""
    kept = mask[block.rows]
    detail, facts = (
        given if isinstance(given, str) else list(itertools.compress(given, kept))
        for given in (block.detail, block.facts)
    )
    return replace(block, rows=block.rows[kept], detail=detail, facts=facts)


def collect(blocks: Iterable[Block]) -> pd.DataFrame:
    """Put blocks into one table, ordered by row and code."""
    frames = [
        pd.DataFrame(
            {
                "row": block.rows,
                "code": block.code,
                "field": block.field,
                "detail": block.detail,
                "downgraded": block.downgraded,
                "facts": block.facts,
            }
        )
        for block in blocks
        if len(block.rows)
    ]
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in COLUMNS.items()})
    found = pd.concat(frames, ignore_index=True).astype(COLUMNS)
    return found.sort_values(["row", "code"], kind="stable", ignore_index=True)


def severities(found: pd.DataFrame) -> dict[str, str]:
    """Give the worst severity of each code, in the order of the codes.

    Of the words error, notice and warning the smallest is the worst that a code can have: a rule's
    error may be but a warning in its place.
    """
    kinds = found[["code", "severity"]].drop_duplicates().sort_values(["code", "severity"])
    worst = kinds.drop_duplicates("code")
    return {
        str(code): str(severity)
        for code, severity in zip(worst["code"], worst["severity"], strict=True)
    }


def flagged(found: pd.DataFrame, count: int) -> npt.NDArray[np.bool_]:
    """Say which of ``count`` rows have a finding."""
    mask = np.zeros(count, dtype=bool)
    rows = found["row"].to_numpy()
    mask[rows[rows >= 0]] = True
    return mask
