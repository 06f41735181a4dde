"""What a bank's answer says about its own lines: how many they are, and what they sum to."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from relief_cli import money
from relief_cli.banks import amounts, codes
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_

# What may stand between a label and its figure.
_BETWEEN = r"(?:[（(][^（）()]{1,6}[）)])?[\s:：=|,，]*[¥￥]?"


class Stated(NamedTuple):
    """One total that a file states."""

    lines: str
    """``all``, ``paid`` or ``failed``."""
    kind: str
    """``count`` or ``amount``."""
    value: int
    """A number of lines, or fen."""


def stated_in(remarks: Sequence[str], unit: str) -> list[Stated]:
    """Find labelled totals in the lines of a file that tell of no payment.

    Args:
        remarks: those lines.
        unit: ``fen`` or ``yuan``: of amounts.

    >>> stated_in(["总笔数：3", "成功金额 1,534.51"], "yuan")
    [Stated(lines='all', kind='count', value=3), Stated(lines='paid', kind='amount', value=153451)]
    """
    text, labels = "\n".join(remarks), codes.totals()
    found = [
        Stated(lines, "count", int(number.replace(",", "")))
        for lines, words in labels.count.items()
        for number in _after(text, words, r"[0-9][0-9,]*(?![0-9.])")
    ]
    for lines, words in labels.amount.items():
        for number in _after(text, words, r"[0-9][0-9,]*(?:\.[0-9]{1,2})?(?![0-9.])"):
            plain = number.replace(",", "")
            fen = int(plain) if unit == "fen" and plain.isdecimal() else money.parse_yuan(plain)
            found.append(Stated(lines, "amount", fen))
    return found


def _after(text: str, words: Sequence[str], number: str) -> list[str]:
    if not words:
        return []
    label = "|".join(map(re.escape, words))
    return re.findall(rf"(?:{label}){_BETWEEN}({number})", text)


def require_agreement(stated: Sequence[Stated], lines: pd.DataFrame, file: str) -> None:
    """Refuse a file whose totals are not those of its lines.

    Raises:
        RefusedError: ``answer-totals``.
    """
    for lines_of, kind, value in stated:
        chosen = lines if lines_of == "all" else lines[lines["outcome"] == lines_of]
        found = len(chosen) if kind == "count" else int(chosen["amount_fen"].clip(lower=0).sum())
        if found != value:
            raise RefusedError(
                "answer-totals",
                N_("The file says {stated}, its lines give {found}."),
                why=N_("A file that is not whole would leave payments open or settle wrong ones."),
                remedy=N_("Nothing was taken in. Ask the bank for the whole file."),
                file=file,
                stated=_figure(kind, value),
                found=_figure(kind, found),
            )


def _figure(kind: str, value: int) -> str:
    return f"{value:,}" if kind == "count" else amounts.write_one(value, "yuan")
