"""What banks write into their answers, whatever the format: codes of failures, labels of totals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from relief_cli.banks.data_files import ANSWERS_FILE, DATA
from relief_cli.banks.results import OPEN, OUTCOMES, Results, read_results
from relief_cli.banks.tables import Table, read


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code that a bank gives as the reason of an outcome."""

    code: str
    title: Mapping[str, str]
    remedy: Mapping[str, str]
    again: bool
    """Sending the same payment again, unchanged, can succeed."""
    words: tuple[str, ...]
    """What banks write instead of the code."""
    outcome: str
    """``open`` where the code says that it is neither paid nor failed; empty for a failure."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How answers label their totals."""

    rows: tuple[str, ...]
    """Words that begin a row of totals."""
    count: Mapping[str, tuple[str, ...]]
    """Which lines (``all``, ``paid``, ``failed``) → labels of their number."""
    amount: Mapping[str, tuple[str, ...]]
    """The same for their sum."""


@dataclass(frozen=True, kw_only=True)
class _Words:
    """All that the file of answers says."""

    codes: tuple[Code, ...]
    totals: Totals
    results: Results
    contradicting: tuple[str, ...]
    credited: frozenset[str]


@lru_cache
def all_codes() -> dict[str, Code]:
    """Give every code that is known, by code."""
    return {one.code: one for one in _words().codes}


def totals() -> Totals:
    """Give the labels of totals."""
    return _words().totals


def results() -> Results:
    """Give what results mean in every format."""
    return _words().results


@lru_cache
def contradicting_pattern() -> str:
    """Give the regular expression (RE2) of reasons that do not go with a payment that was paid."""
    return f"(?i){'|'.join(map(re.escape, _words().contradicting))}"


def credited() -> frozenset[str]:
    """Give the reasons that do not go with a payment that failed."""
    return _words().credited


@lru_cache
def code_pattern() -> str:
    """Give the regular expression (RE2) that finds the first known code in a bank's words."""
    known = "|".join(map(re.escape, sorted(all_codes())))
    return rf"(?:^|[^0-9A-Za-z])(?P<code>{known})(?:[^0-9A-Za-z]|$)"


@lru_cache
def _words() -> _Words:
    table = read(DATA / ANSWERS_FILE)
    codes = [one for inner in table.tables("codes") for one in _codes(inner)]
    labels = table.table("totals")
    read_totals = Totals(
        rows=tuple(labels.strings("rows")),
        count=_labels(labels.table("count")),
        amount=_labels(labels.table("amount")),
    )
    labels.close()
    denying = table.table("contradicting")
    words = _Words(
        codes=tuple(codes),
        totals=read_totals,
        results=read_results(table),
        contradicting=tuple(denying.strings("words")),
        credited=frozenset(denying.strings("credited")),
    )
    denying.close()
    table.close()
    return words


def _codes(table: Table) -> list[Code]:
    names = table.words("code")
    title, remedy = table.texts("title"), table.texts("remedy")
    again = table.take("again", bool, False)  # noqa: FBT003  # a default
    outcome = table.among("outcome", (*OUTCOMES, ""), "")
    words = tuple(table.strings("words"))
    table.close()
    return [
        Code(code=name, title=title, remedy=remedy, again=again, words=words, outcome=outcome)
        for name in names
    ]


def code_of_words(text: str) -> str:
    """Give the code that a bank's own words stand for, empty where they are not known.

    >>> code_of_words("账户已销户"), code_of_words("户名与账号不符"), code_of_words("其他")
    ('RJ11', 'RJ02', '')
    """
    return next((one.code for one in _words().codes if any(word in text for word in one.words)), "")


def _labels(table: Table) -> dict[str, tuple[str, ...]]:
    labels = {which: tuple(table.strings(which)) for which in ("all", "paid", "failed")}
    table.close()
    return labels


def is_open(code: str) -> bool:
    """Say whether ``code`` tells that the money is neither credited nor refused.

    >>> is_open("6051"), is_open("RJ01"), is_open("")
    (True, False, False)
    """
    return code in all_codes() and all_codes()[code].outcome == OPEN
