"""What a bank format is: encoding, lines, columns, file names. The values come from data files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relief_cli.arrow import joined, mask
from relief_cli.banks.amounts import text_array
from relief_cli.banks.data_files import first_line
from relief_cli.banks.patterns import CONTEXT, Pattern
from relief_cli.banks.return_half import ReturnHalf

# Line breaks and other control characters, Unicode's own line breaks, and what XML cannot hold.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# What makes a spreadsheet program run a text as a formula when it opens a CSV file.
FORMULA_START = "^[=+\\-@]"


@dataclass(frozen=True)
class TemplateColumn:
    """One column: its title per language, its value, and its place in a sheet (0 = column A)."""

    title: Mapping[str, str]
    value: Pattern
    place: int
    width: int = 24
    """Characters, in a workbook."""
    element: str = ""
    """The path of its element in that of a payment, in XML: ``Amt/InstdAmt[@Ccy='CNY']``."""


@dataclass(frozen=True)
class CoverLine:
    """One fact that goes to the bank beside the file, not in it."""

    label: Mapping[str, str]
    value: Pattern


@dataclass(frozen=True, kw_only=True)
class Template:
    """One bank format, checked when it was loaded (:mod:`relief_cli.banks.loading`)."""

    name: str
    title: Mapping[str, str]
    notes: str
    """Where the facts come from, and what the office should settle with its bank."""
    kind: str
    """``"delimited"``, ``"workbook"`` or ``"xml"``."""
    encoding: str
    line_end: str
    final_line_end: bool
    delimiter: str
    row_end: str
    quoted: bool
    """A CSV for spreadsheet programs: quoted by RFC 4180, no text starts a formula."""
    sheet: str
    signed: bool
    """A register that people sign on paper (a workbook): it goes to no bank."""
    amount_unit: str
    rows_per_file: int
    folder: Pattern
    file: Pattern
    header: tuple[tuple[Pattern, ...], ...]
    """Lines above the data: one pattern each in a text or XML, one per cell in a workbook."""
    titles: bool
    """Whether the columns' titles stand on the line above the data."""
    trailer: tuple[Pattern, ...]
    columns: tuple[TemplateColumn, ...]
    defaults: Mapping[str, Pattern]
    """What stands in for a setting that the office left out."""
    longest: Mapping[str, int] = field(default_factory=dict)
    """Source → the most characters that the bank takes of it."""
    element: str = ""
    """The element that holds one payment, in XML."""
    cover: tuple[CoverLine, ...]
    text: str
    """The file that says all this."""
    answer: ReturnHalf | None = None
    """How the bank's answer is read; ``None`` where no form of it is known."""

    @property
    def kept_in(self) -> str:
        """The folder of its files, in a batch's folder."""
        return "register" if self.signed else "bank"

    @property
    def first_line(self) -> int:
        """The line (text) or row (workbook) of a file's first payment, counted from 1."""
        return first_line(len(self.header), titles=self.titles)

    @property
    def per_bank(self) -> bool:
        """Whether each bank gets files of its own: the file's name says the bank."""
        return "bank" in self.folder.names | self.file.names

    @property
    def needs(self) -> frozenset[str]:
        """The facts of the batch and the office that the format cannot do without."""
        patterns = [self.folder, self.file, *self.trailer]
        patterns += [column.value for column in self.columns]
        patterns += [line.value for line in self.cover]
        patterns += [pattern for line in self.header for pattern in line]
        return CONTEXT & frozenset().union(*(each.names for each in patterns))

    @property
    def sources(self) -> frozenset[str]:
        """Everything that stands in the columns."""
        return frozenset().union(*(column.value.names for column in self.columns))

    def column_of(self, source: str) -> TemplateColumn:
        """Give the column that holds ``source`` and nothing else.

        Raises:
            KeyError: there is none; loading sees to it for payee, account and amount.
        """
        for column in self.columns:
            if column.value.alone == source:
                return column
        raise KeyError(source)

    def too_long(self, source: str, text: str) -> bool:
        """Tell whether ``text`` has more characters than the bank takes of ``source``."""
        return len(text) > self.longest.get(source, len(text))

    def unencodable(self, names: pd.Series, source: str = "payee_name") -> NDArray[np.bool_]:
        """Tell which names (or other texts) a file of this format cannot hold unchanged (R208).

        That is a character outside the encoding (``gbk`` has no 䶮 㛃 𠮷), a control character or
        line break, the delimiter itself, a formula's start in a CSV for spreadsheets, and more
        characters than the bank takes.

        Args:
            names: texts; a missing one can be held.
            source: what they are.

        Returns:
            One truth value per name.
        """
        texts = text_array(names)
        bad = self._unfit(texts, source)
        if self.quoted:
            bad |= mask(pc.match_substring_regex(texts, FORMULA_START))
        return bad

    def unfit_text(self, texts: pd.Series, source: str = "") -> NDArray[np.bool_]:
        """Tell which free texts a file cannot hold; as names, but a formula's start is defused."""
        return self._unfit(text_array(texts), source)

    def _unfit(self, array: pa.Array, source: str) -> NDArray[np.bool_]:
        delimiter = "" if self.quoted else self.delimiter
        # One look at everything together is nearly always enough, and far faster.
        if self._holds(str(joined(array), "utf-8"), delimiter):
            bad = np.zeros(len(array), np.bool_)
        else:
            each = [not self._holds(text, delimiter) for text in array.to_pylist()]
            bad = np.array(each, np.bool_)
        if source in self.longest:
            bad |= mask(pc.greater(pc.utf8_length(array), self.longest[source]))
        return bad

    def _holds(self, text: str, delimiter: str) -> bool:
        return (
            encodes(text, self.encoding)
            and not _CONTROL.search(text)
            and not (delimiter and delimiter in text)
        )


def encodes(text: str, encoding: str) -> bool:
    """Tell whether ``encoding`` has every character of ``text``.

    >>> encodes("王䶮", "gbk"), encodes("王䶮", "gb18030")
    (False, True)
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
