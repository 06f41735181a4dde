"""Reads a journal by hledger's rules, strictly: what is not understood is an error.

hledger itself is no Python package; this knows as much of its format as relief may write: declared
accounts and one commodity, dates in order, transactions that sum to zero, balances that include the
accounts below (``=*``).
"""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

HEADER = ["; relief journal", None, "decimal-mark .", "commodity 1000.00 CNY", ""]
ACCOUNT = r"(?:Assets|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9-]*)+"
AMOUNT = r"(-?(?:0|[1-9][0-9]*)\.[0-9]{2}) CNY"
DECLARED = re.compile(rf"account ({ACCOUNT})  ; title: (\S.*)")
# A semicolon would begin a comment, a bar would end the payee.
BEGINNING = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) \* ([^;|]+)")
NOTE = re.compile(r"    ; ([a-z]+): (\S.*)")
POSTING = re.compile(rf"    ({ACCOUNT})  {AMOUNT}(?: =\* {AMOUNT})?")


class WrongError(Exception):
    """The journal is not sound."""


@dataclass
class Read:
    """What a journal says."""

    titles: dict = field(default_factory=dict)
    transactions: list = field(default_factory=list)
    """Date, narration, notes, and account → fen; those that only balance accounts are left out."""
    holds: Counter = field(default_factory=Counter)
    """Account → fen."""
    asserted: dict = field(default_factory=dict)
    """Account → the last balance that was asserted."""


def fen(text):
    """Give whole fen of an amount."""
    return int(Decimal(text) * 100)


def read_journal(text):
    """Read a journal; raise where anything in it is not sound."""
    lines = text.splitlines()
    _require(len(lines) >= len(HEADER), "the journal has no whole header")
    for known, line in zip(HEADER, lines, strict=False):
        _require(line == known or known is None, line)
    read = Read()
    head, *blocks = "\n".join(lines[len(HEADER) :]).split("\n\n")
    for line in head.splitlines():
        account, title = _match(DECLARED, line)
        read.titles[account] = title
    last = dt.date.min
    for block in blocks:
        first, *rest = block.splitlines()
        day, narration = _match(BEGINNING, first)
        on = dt.date.fromisoformat(day)
        _require(on >= last, first)
        last = on
        _read_block(read, on, narration, rest)
    return read


def _read_block(read, on, narration, lines):
    notes, postings = [], {}
    while lines and lines[0].startswith("    ;"):
        notes.append(_match(NOTE, lines.pop(0)))
    for line in lines:
        account, amount, balance = _match(POSTING, line)
        _require(account in read.titles, line)
        _require(account not in postings, line)
        postings[account] = fen(amount)
        read.holds[account] += fen(amount)
        if balance is not None:
            below = (
                held for name, held in read.holds.items() if f"{name}:".startswith(f"{account}:")
            )
            _require(sum(below) == fen(balance), line)
            read.asserted[account] = fen(balance)
    _require(postings and not sum(postings.values()), narration)
    if notes:
        read.transactions.append((on, narration, notes, postings))


def _match(pattern, line):
    found = pattern.fullmatch(line)
    _require(found, line)
    return found.groups()


def _require(holds, line):
    if not holds:
        raise WrongError(line)
