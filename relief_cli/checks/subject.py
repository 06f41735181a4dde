"""What is checked: a roster that was read, and what is known beside it."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.checks.claims import Claims
from relief_cli.checks.last_time import LAST_HOLDERS, Last
from relief_cli.frames import empty
from relief_cli.roster.months import Spans
from relief_cli.roster.read import Roster


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"person": pd.Series(dtype="str"), "detail": pd.Series(dtype="str")})


def _held_by_nobody() -> pd.DataFrame:
    return empty(LAST_HOLDERS)


def _drawn_by_nobody() -> pd.DataFrame:
    texts = ("person", "name", "account_number", "payee_name", "batch")
    others = {"household": "int64", "institution": "bool", "now": "bool"}
    return empty({**dict.fromkeys(texts, "str"), **others})


BEFORE = {
    "row": "int64",
    "name": "str",
    "batch": "str",
    "paid_fen": "int64",
    "due_fen": "int64",
    "beyond_fen": "int64",
    "owed_fen": "int64",
    "arrears_fen": "int64",
    "move": "int64",
}
"""Who has been paid for this already: the row's place among the people, whom the books know under
its number and by which batch, what was paid in all, what is due in all, what that is beyond, and
the row's part of it. Of a household the first three are sums of all of its rows that were paid; 0
is beyond where nothing can be said. Below zero is what was paid too much. ``arrears_fen``: what of
the person's was 补发 for other months; ``move``: as the batch's table has it, of the first part."""


def _before() -> pd.DataFrame:
    return empty(BEFORE)


LISTED = {"row": "int64", "code": "str", "holds": "bool", "detail": "str"}
"""Who stands on lists of other departments: the row, the finding, whether it holds, and where."""


def no_one_listed() -> pd.DataFrame:
    """Give the table of nobody who stands on a list; see :data:`LISTED`."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in LISTED.items()})


@dataclass(frozen=True)
class Unfit:
    """Which texts the file of the payee's bank cannot hold unchanged."""

    name: npt.NDArray[np.bool_]
    """The payee's."""
    bank_name: npt.NDArray[np.bool_]
    """The bank or branch, where it stands in the file."""


def nothing_unfit(rows: int) -> Unfit:
    """Give that of ``rows`` rows every text can be held."""
    return Unfit(np.zeros(rows, np.bool_), np.zeros(rows, np.bool_))


@dataclass(frozen=True)
class Quiet:
    """A finding that is accepted: one person's, or everybody's who is paid into an account."""

    number: int
    code: str
    person: str | None
    account_number: str | None
    facts: frozenset[str]
    """With which facts; with whatever they are, where there are none."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A roster with what the checks need to know; they ask nothing and nobody else.

    The series and masks are as long as ``roster.people``.
    """

    roster: Roster
    as_of: dt.date
    """The day for which ages and births are judged: the last day of the cycle."""
    category: pd.Series
    """Category codes, missing where unknown."""
    bank: pd.Series
    """Bank codes, missing where unknown."""
    unfit: Unfit
    """What the bank's file cannot hold."""
    order: tuple[str, ...]
    """Category codes in the policy's order: which of two categories a person stays in."""
    higher_first: bool = False
    """Whether a person's row with the higher amount stays, before the policy's order."""
    eligible: frozenset[str] | None = None
    """Categories that the programme pays; None where no programme is asked about."""
    by_support_mode: frozenset[str] = frozenset()
    """Categories whose people are paid by support mode (分散, 集中)."""
    most_per_person_fen: int | None = None
    """What the programme pays a person at most, where the roster states the amount to pay."""
    before: pd.DataFrame = field(default_factory=_before)
    """Who has been paid for this already, and how much: :data:`BEFORE`."""
    topping_up: bool = False
    """Whether only what is owed beyond what was paid is to be paid."""
    last: Last | None = None
    """Where they were last paid; None where nobody asked the books."""
    last_holders: pd.DataFrame = field(default_factory=_held_by_nobody)
    """:data:`relief_cli.checks.last_time.LAST_HOLDERS` of everybody who has another account."""
    drawn: pd.DataFrame = field(default_factory=_drawn_by_nobody)
    """Who was paid before into an account that is new to one of the roster's people, or that
    several share, the newest last: ``person``, ``name``, ``household`` (within the batch),
    ``account_number``, ``payee_name``, ``institution`` (it was paid into as one's), ``batch``,
    ``now`` (for the same occasion)."""
    on_paper: npt.NDArray[np.bool_] | None = None
    """Who is paid on paper: nothing is asked of their accounts."""
    stopped_by: dt.date | None = None
    """The day by which who has stopped is paid no more; ``as_of`` where None."""
    taper_never: tuple[str, ...] = ()
    """Words in the reason of a stop after which nothing is due, whatever the months."""
    taper_months: int = 0
    """So many months somebody is paid on after the month in which the row says they stopped."""
    strict: frozenset[str] = frozenset()
    """Codes of warnings by which this office holds rows."""
    drawing: frozenset[tuple[str, str]] = frozenset()
    """Who may draw for whom besides the household: the person, and the payee's name as it is
    compared (:func:`relief_cli.checks.names.folded`)."""
    accepted: tuple[Quiet, ...] = ()
    """Findings that the office has accepted."""
    stopped: frozenset[str] = frozenset()
    """Persons whom the office pays no more."""
    bound: npt.NDArray[np.int64] | None = None
    """The same number for rows that one amount is for: they are paid together or not at all; -1 for
    a row with an amount of its own."""
    excluded: pd.DataFrame = field(default_factory=_nobody)
    """Who gets another programme that excludes this one: ``person``, ``programme``."""
    capped: pd.DataFrame = field(default_factory=_nobody)
    """Who gets another programme that has a cap together with this one: ``person``,
    ``programme``, ``amount_fen`` there, ``most_fen`` together."""
    due_fen: npt.NDArray[np.int64] | None = None
    """What each row is due."""
    spans: Spans | None = None
    """For which months each row is; None where no programme is asked about."""
    claims: Claims | None = None
    """What the amounts are for, of a programme that pays households; else None."""

    @property
    def banked(self) -> npt.NDArray[np.bool_]:
        """Say who is paid into an account."""
        everybody = np.ones(len(self.people), dtype=bool)
        return everybody if self.on_paper is None else ~self.on_paper

    listed: pd.DataFrame = field(default_factory=no_one_listed)
    """Who stands on the lists that the office names, see :data:`LISTED`."""

    @property
    def people(self) -> pd.DataFrame:
        """The table of people."""
        return self.roster.people
