"""Patterns: text with ``{named}`` places, from which templates build lines, columns and names.

A template is data that an office may write, so a pattern is parsed once, against the names that
are known where it stands, and never evaluated: no attributes, no indexes, no conversions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

# Facts of the batch and of the office; the same for every file of a batch.
CONTEXT = frozenset(
    {
        "batch",
        "cycle",
        "payer_account",
        "payer_bank_code",
        "payer_bank_name",
        "payer_name",
        "pay_on",
        "programme_title",
        "purpose",
        "region",
        "region_name",
        "sender",
    }
)
# Facts of one file: rows, total in the template's unit, bank code, batch name with its part.
FILE = frozenset({"bank", "batch_part", "count", "total"})
# Facts of one payment; ``line`` counts from 1 in each file.
ROW = frozenset(
    {
        "account_number",
        "amount",
        "bank_name",
        "line",
        "payee_id_number",
        "payee_name",
        "payment",
        "reference",
    }
)
_NUMBERS = frozenset({"line", "payment"})
# Digits only: names of months and days would depend on the machine's locale.
_DATE = re.compile(r"(?:%[Ymd]|[-/.年月日])+")
_PADDED = re.compile(r"0([1-9]\d?)d")

Column: TypeAlias = Any
"""An Arrow array of a value per row, or one text (``str``) that holds for every row."""


@dataclass(frozen=True)
class Piece:
    """One stretch of a pattern: ``literal`` text, then the place ``name`` (empty: none)."""

    literal: str
    name: str
    format: str


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def names(self) -> frozenset[str]:
        """The places that must be filled."""
        return frozenset(piece.name for piece in self.pieces if piece.name)

    @property
    def alone(self) -> str:
        """The one place that the pattern consists of; empty when it is more or less than that.

        >>> parse("{amount}", ROW).alone, parse("{amount}元", ROW).alone
        ('amount', '')
        """
        return self.pieces[0].name if self.text == f"{{{self.pieces[0].name}}}" else ""

    def render(self, values: Mapping[str, object]) -> str:
        """Fill the pattern from single ``values``, one for each of its names."""
        return "".join(
            piece.literal + (format(values[piece.name], piece.format) if piece.name else "")
            for piece in self.pieces
        )

    def column(self, values: Mapping[str, object], columns: Mapping[str, pa.Array]) -> Column:
        """Fill the pattern for many rows at once.

        Args:
            values: what holds for every row.
            columns: one Arrow array per row name, text or int64.
        """
        parts: list[Column] = []
        for piece in self.pieces:
            if piece.literal:
                parts.append(piece.literal)
            if piece.name in columns:
                parts.append(_formatted(columns[piece.name], piece.format))
            elif piece.name:
                parts.append(format(values[piece.name], piece.format))
        return concatenated(parts)


def parse(text: str, allowed: frozenset[str]) -> Pattern:
    """Parse ``text``, in which the names ``allowed`` may stand in braces.

    Raises:
        ValueError: braces that do not match, an unknown name, or a format that its value has not;
            the message says which.

    >>> parse("{bank}-{payment:06d}", FILE | ROW).render({"bank": "402", "payment": 7})
    '402-000007'
    >>> parse("{payment.real}", ROW)
    Traceback (most recent call last):
    ValueError: {payment.real}
    """
    pieces = []
    for literal, name, form, conversion in Formatter().parse(text):
        if name is not None and (conversion or name not in allowed):
            raise ValueError(f"{{{name}}}")
        if name and form and not _has_format(name, form):
            raise ValueError(f"{{{name}:{form}}}")
        pieces.append(Piece(literal, name or "", form or ""))
    return Pattern(text, tuple(pieces) or (Piece("", "", ""),))


def concatenated(parts: list[Column]) -> Column:
    """Put columns together row by row; texts alone give one text."""
    if all(isinstance(part, str) for part in parts):
        return "".join(map(str, parts))
    return parts[0] if len(parts) == 1 else join(parts, "")


def join(parts: list[Column], separator: str) -> pa.Array:
    """Join columns row by row with ``separator`` between them; at least one is an array."""
    # A lone array needs a partner, or Arrow takes the separator for the second column's type.
    texts = [
        pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts
    ]
    return pc.binary_join_element_wise(*texts, pa.scalar(separator, pa.large_string()))


def _has_format(name: str, form: str) -> bool:
    if name in _NUMBERS:
        return _PADDED.fullmatch(form) is not None
    return name == "pay_on" and _DATE.fullmatch(form) is not None


def _formatted(column: pa.Array, form: str) -> pa.Array:
    if pa.types.is_large_string(column.type):
        return column
    text = column.cast(pa.large_string())
    padded = _PADDED.fullmatch(form)
    return pc.utf8_lpad(text, int(padded[1]), "0") if padded else text


REFERENCE = parse("{batch}-{payment:06d}", CONTEXT | ROW)
"""What a payment is called in bank files: one-time-2022-08-1-000001."""
