"""One file of a bank's answer, read by its format: a line for each payment that it tells of.

Nothing is matched here. A file that contradicts itself (its totals are not those of its lines) is
refused as a whole.
"""

import contextlib
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relief_cli import money_columns
from relief_cli.arrow import texts
from relief_cli.banks import codes
from relief_cli.banks.answer_totals import Stated, require_agreement, stated_in
from relief_cli.banks.results import FAILED, OPEN, PAID
from relief_cli.banks.return_half import FIELDS, ReturnHalf
from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_

LINES = {
    "place": "str",
    "serial": "str",
    "reference": "str",
    "account_number": "str",
    "payee_name": "str",
    "amount_fen": "int64",
    "result": "str",
    "reason": "str",
    "code": "str",
    "outcome": "str",
    "known": "bool",
}
"""What an answer is read into. ``place`` is line or row, with the sheet's name where there are
several; ``amount_fen`` is -1 where the amount cannot be read; ``code`` is a known code in the
bank's words, or empty; ``known`` is False where the template does not know the result, which then
counts as open."""

UNREAD_FEN = -1
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_DAY = r"^\s*([12][0-9]{3})[-/.年]?([01]?[0-9])[-/.月]?([0-3]?[0-9])"
_HEADING_ROWS = 50
"""Rows among which the titles are looked for."""
_ACCOUNT = r"^[0-9A-Za-z*\-]{4,40}$"
_CHUNK = 20_000
"""Rows read at once: as Python's texts they take ten times the memory of columns."""
_Row = tuple[str, Sequence[str]]
"""Place and fields of a line."""
_Rows = Sequence[_Row]


@dataclass(frozen=True)
class Answer:
    """One answer."""

    lines: pd.DataFrame
    """The columns of :data:`LINES`."""
    notes: int
    """Lines that tell of no payment: titles, headings, totals, remarks."""
    on: dt.date | None = None
    """The bank's own date: the latest of the lines; None where they have none."""


def read_text(content: bytes, half: ReturnHalf, file: str) -> Answer:
    """Read an answer whose lines are split by the format's own delimiter.

    Raises:
        UnreadableError: ``answer-encoding``, ``answer-titles`` or ``answer-empty``.
        RefusedError: ``answer-totals``.
    """
    text = io.StringIO(_decoded(content, half.encoding, file), newline="\n")
    rows = (
        (str(number), line.rstrip("\r\n").split(half.delimiter))
        for number, line in enumerate(text, start=1)
        if line.strip() and line.strip() not in half.passed_over
    )
    return _answer(rows, half, file)


def read_table(
    sheets: Iterable[tuple[str, Iterable[Sequence[str]]]], half: ReturnHalf, file: str
) -> Answer:
    """Read an answer that is a spreadsheet or CSV.

    Args:
        sheets: name and rows of each sheet.
        half: its format.
        file: its name, for errors.

    Raises:
        UnreadableError: ``answer-titles`` or ``answer-empty``.
        RefusedError: ``answer-totals``.
    """
    sheets = iter(sheets)
    first = list(islice(sheets, 2))
    rows = (
        (f"{name}!{number}" if len(first) > 1 else str(number), row)
        for name, found in chain(first, sheets)
        for number, row in enumerate(found, start=1)
        if any(cell.strip() for cell in row)
    )
    return _answer(rows, half, file)


def _answer(rows: Iterator[_Row], half: ReturnHalf, file: str) -> Answer:
    head = list(islice(rows, _HEADING_ROWS))
    places, first = _places(head, half, file)
    heading = [" ".join(fields) for _, fields in head[:first]]
    reading = _Reading(half, places, started=bool(half.titles))
    rest = chain(head[first:], rows)
    while chunk := list(islice(rest, _CHUNK)):
        reading.take(chunk)
    if not reading.parts:
        raise _empty(file)
    lines = pd.concat(reading.parts, ignore_index=True)
    stated = stated_in([*heading, *reading.remarks], half.amount_unit)
    if reading.total is not None:
        stated.append(Stated("all", "amount", reading.total))
    require_agreement(stated, lines, file)
    return Answer(lines, notes=first + reading.rows - len(lines), on=reading.on)


@dataclass
class _Reading:
    """What the rows below the titles have told so far; they come piece by piece."""

    half: ReturnHalf
    places: Mapping[str, int]
    started: bool
    """The first payment has come. The titles of a list that is read by places are above it."""
    parts: list[pd.DataFrame] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    total: int | None = None
    """The fen of the last total row."""
    on: dt.date | None = None
    rows: int = 0

    def take(self, rows: _Rows) -> None:
        """Read some more rows."""
        columns = {name: _column(rows, self.places.get(name)) for name in FIELDS}
        account = _cleaned(columns["account_number"])
        amount_fen, good = _amounts(columns["amount"].str.strip(), self.half.amount_unit)
        has_account = _mask(pc.match_substring_regex(texts(account), _ACCOUNT))
        totals = _is_total(rows)
        started = np.maximum.accumulate(has_account & good) | self.started
        told = started & ~totals & (has_account | good)
        self.rows += len(rows)
        self.started = bool(started[-1])
        self.remarks += [
            " ".join(fields) for (_, fields), one in zip(rows, told, strict=True) if not one
        ]
        if (totals & good).any():
            self.total = int(amount_fen[totals & good][-1])
        if told.any():
            fen = np.where(good, amount_fen, UNREAD_FEN)
            self.parts.append(_lines(rows, columns, account, fen, self.half)[told])
            days = [day for day in (self.on, _latest(columns["date"][told])) if day]
            self.on = max(days, default=None)


def _latest(written: pd.Series) -> dt.date | None:
    """Give the latest day that a column tells; what is no day tells none."""
    parts = written[written != ""].str.extract(_DAY).dropna().drop_duplicates()
    days = []
    for year, month, day in parts.astype(int).itertuples(index=False):
        with contextlib.suppress(ValueError):  # such as 20221301
            days.append(dt.date(year, month, day))
    return max(days, default=None)


def _lines(
    rows: _Rows,
    columns: dict[str, pd.Series],
    account: pd.Series,
    amount_fen: NDArray[np.int64],
    half: ReturnHalf,
) -> pd.DataFrame:
    result, reason = (columns[field].str.strip() for field in ("result", "reason"))
    code = _codes(result + " " + reason)
    meant = half.outcomes(result)
    waiting = code.map(codes.is_open).astype(bool)
    known = meant.notna() & ~_contradicted(meant, half.outcomes(reason), reason, code) | waiting
    outcome = meant.where(known & ~waiting, OPEN)
    table = {
        "place": [place for place, _ in rows],
        "serial": _cleaned(columns["serial"]).str.lstrip("0"),
        "reference": columns["reference"].str.strip(),
        "account_number": account,
        "payee_name": columns["payee_name"].str.strip(),
        "amount_fen": amount_fen,
        "result": result,
        "reason": reason,
        "code": code,
        "outcome": outcome,
        "known": known,
    }
    return pd.DataFrame(table).astype(LINES)


def _contradicted(
    meant: pd.Series, reason_means: pd.Series, reason: pd.Series, code: pd.Series
) -> pd.Series:
    """Say where result and reason deny each other: paid and why not, or failed and yet paid."""
    denied = _mask(pc.match_substring_regex(texts(reason), codes.contradicting_pattern()))
    credited = (reason_means == PAID) | reason.isin(codes.credited())
    return (meant == PAID) & (denied | (code != "")) | (meant == FAILED) & credited


def _places(rows: _Rows, half: ReturnHalf, file: str) -> tuple[dict[str, int], int]:
    """Give the place of each field, and the first row below the titles."""
    if not half.titles:
        return dict(half.places), 0
    required = ("account_number", "amount", "result")
    wanted = {field: [_title(one) for one in half.titles[field]] for field in half.titles}
    for number, (_, fields) in enumerate(rows[:_HEADING_ROWS]):
        found = {_title(text): place for place, text in reversed(list(enumerate(fields)))}
        places = {
            field: next(found[title] for title in titles if title in found)
            for field, titles in wanted.items()
            if not found.keys().isdisjoint(titles)
        }
        if all(field in places for field in required):
            return places, number + 1
    raise UnreadableError(
        "answer-titles",
        N_("This is no answer of a bank in this format: its titles were not found."),
        why=N_("Without titles nobody can say which number is an account and which an amount."),
        remedy=N_("Give the bank's own file, or say its format: --format. Titles wanted: {wanted}"),
        file=file,
        wanted=" ".join(half.titles[field][0] for field in required),
    )


def _title(text: str) -> str:
    return re.sub(r"[\s*#]", "", unicodedata.normalize("NFKC", text)).casefold()


def _column(rows: _Rows, place: int | None) -> pd.Series:
    if place is None:
        return pd.Series([""] * len(rows), dtype="str")
    given = pd.Series([row[place] if place < len(row) else "" for _, row in rows], dtype="str")
    # No text says anything by them, and PostgreSQL keeps no NUL.
    without: pd.Series = given.str.replace(_CONTROLS, "", regex=True)
    return without


def _cleaned(numbers: pd.Series) -> pd.Series:
    """Take out what typing and exporting put around a number: blanks, an apostrophe."""
    cleaned: pd.Series = numbers.str.replace(r"[\s'’‘`]", "", regex=True)
    return cleaned


def _amounts(written: pd.Series, unit: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give the fen of each text, and whether it is an amount."""
    if unit == "yuan":
        fen, states = money_columns.parse_yuan_column(written)
        return fen, states == money_columns.AmountState.OK
    good = _mask(pc.match_substring_regex(texts(written), "^[0-9]{1,17}$"))
    return pd.to_numeric(written.where(good, "0")).to_numpy(np.int64), good


def _is_total(rows: _Rows) -> NDArray[np.bool_]:
    words = tuple(word.casefold() for word in codes.totals().rows)
    return np.array(
        [any(_title(cell).startswith(words) for cell in row[:3]) for _, row in rows], np.bool_
    )


def _codes(words: pd.Series) -> pd.Series:
    """Give the first known code in each text, else that of its words, empty where there is none."""
    found = pc.struct_field(pc.extract_regex(texts(words), codes.code_pattern()), "code")
    told = pd.Series(pc.fill_null(found, "").to_pylist(), dtype="str")
    of_words = {text: codes.code_of_words(text) for text in words[told == ""].unique()}
    return told.where(told != "", words.map(of_words)).astype("str")


def _mask(array: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(
        pc.fill_null(array, pa.scalar(value=False)).to_numpy(zero_copy_only=False), np.bool_
    )


def _decoded(content: bytes, encoding: str, file: str) -> str:
    # GB 18030 is GBK and more; a file saved again as UTF-8 has a mark or is valid UTF-8.
    wanted = "gb18030" if encoding == "gbk" else encoding
    for each in ("utf-8-sig", wanted):
        try:
            return content.decode(each)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(
        "answer-encoding",
        N_("This is no answer of a bank in this format: it is not text in {encoding}."),
        why=N_("Names and numbers would be read wrongly, and outcomes given to the wrong person."),
        remedy=N_("Give the bank's own file as it came, or say its format: --format."),
        file=file,
        encoding=wanted,
    )


def _empty(file: str) -> UnreadableError:
    return UnreadableError(
        "answer-empty",
        N_("This is no answer of a bank in this format: no line has an account and an amount."),
        remedy=N_("Give the bank's own file as it came, or say its format: --format."),
        file=file,
    )
