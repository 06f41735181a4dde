"""What every programme gives and takes, whoever it pays."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import BENEFIT, Cycle, Occasion
from relief_cli.checks.claims import OF_PERSON
from relief_cli.errors import UsageError
from relief_cli.findings import Block
from relief_cli.i18n import N_
from relief_cli.policy import Categories, Funding, Parameter, Policy
from relief_cli.programmes.components import Component
from relief_cli.roster import months
from relief_cli.roster.amounts import Amounts
from relief_cli.roster.months import Spans

ENTITLED = {
    "person": "str",
    "name": "str",
    "category": "str",
    "county": "str",
    "township": "str",
    "household": "int64",
    "household_id": "str",
    "amount_fen": "int64",
    "ground": "int32",
    "move": "int32",
    "row": "int64",
    "sheet": "int32",
    "sheet_row": "int32",
    "member": "int32",
}
"""What a programme gives: entitlements before they have numbers and payments; ``row`` is the place
among the people."""

ALONE = -1
"""In :attr:`Dues.bound`: the row's amount is its own."""


@dataclass(frozen=True)
class Remark:
    """What a programme has to say of a cycle, beside what it finds in rows."""

    message: str
    """English, marked."""
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the policy says about a programme for one cycle."""

    occasion: Occasion
    """What a person is paid for at most once."""
    categories: tuple[str, ...]
    """The codes of the eligible categories; the first of a person's is the one paid."""
    funding: Funding
    """Who pays which part."""
    pay_on: dt.date
    """The deadline, or the working day before it."""
    used: tuple[Parameter, ...]
    """Every parameter that decides the outcome, each once."""
    taper_months: int = 0
    """So many months somebody is paid on after they stopped (渐退)."""
    taper_never: tuple[str, ...] = ()
    """Words in the reason of a stop after which nothing is due."""
    remark: Remark | None = None
    register: str = ""
    """The register for those who are paid on paper, against their signature; empty where nobody is.
    """
    once_a_year: bool = False
    """Whether a person is paid once in a calendar year for the same reason."""
    once_causes: frozenset[str] = frozenset()
    """Causes for which a person is paid once, whatever the year."""
    unsupported_causes: frozenset[str] = frozenset()
    """Causes for which nobody is paid whom one of ``supporting`` pays in the same month."""
    supporting: tuple[str, ...] = ()
    """Programmes."""
    category_words: Mapping[str, str] = field(default_factory=dict)
    """What else a category is called in this programme's rosters, as words are compared."""
    higher_first: bool = False
    """Of a person's categories the one with the higher amount is paid, before the order."""
    within_cycle: bool = False
    """Whether the programme itself pays those who leave within the cycle for their months."""
    most_per_person_fen: int | None = None
    """What a person gets at most, where a roster states what is to be paid; None where each row
    has its own amount."""


@dataclass(frozen=True)
class Ground:
    """Why something is due, and for what: the sentence is for people, the rest decides."""

    reason: str
    """In the office's language."""
    reference: str
    """The clause."""
    months: Sequence[str] = ()
    """Which, such as ``2022-08``; none where a notice is paid once, whatever the month."""
    people: int = 1
    """How many people one entitlement is for."""
    cause: str = ""
    """The code of the cause, where the same is paid once a year."""
    kind: str = BENEFIT
    since: str = ""
    """Of arrears: the day since when the raised standard holds, ISO 8601."""
    unit: str = OF_PERSON
    """Whom the amount is for: the household or the person."""


@dataclass(frozen=True)
class Dues:
    """How much each row is due, before anybody knows which rows are paid; as long as the people."""

    amount_fen: npt.NDArray[np.int64]
    """The row's part; 0 where nothing can be said, which a finding then says."""
    bound: npt.NDArray[np.int64]
    """The same number for rows that one amount is for: they are paid together or not at all.
    :data:`ALONE` for a row with an amount of its own."""
    ground: npt.NDArray[np.int64]
    """The place of each row's ground in :attr:`grounds`."""
    grounds: Sequence[Ground]
    on_paper: npt.NDArray[np.bool_]
    """Who is paid on paper, by :attr:`Terms.register`; nothing of theirs goes to a bank."""
    blocks: Sequence[Block] = field(default_factory=tuple)
    components: Sequence[Component] = ()
    """What amounts are made of besides the basic benefit."""
    unit: npt.NDArray[np.int64] | None = None
    """What each row's amount is for, see :mod:`relief_cli.checks.claims`; None where a programme
    pays persons."""
    none_due: npt.NDArray[np.bool_] | None = None
    """Which rows are for no month of the cycle; None where no row says months."""

    @property
    def spans(self) -> Spans:
        """For which months each row is."""
        ends = [(one.months[0], one.months[-1]) if one.months else ("", "") for one in self.grounds]
        first, last = (
            months.parse(pd.Series(each, dtype="str")) for each in zip(*ends, strict=True)
        )
        return Spans(first[self.ground], last[self.ground])


class Programme(Protocol):
    """A benefit: a short pure function of people, parameters and cycle."""

    @property
    def name(self) -> str:
        """What it is called in commands, batches and the policy."""

    @property
    def per_person(self) -> bool:
        """Whether each person is due something alone; else a list of households is enough."""

    def terms(self, policy: Policy, cycle: Cycle, counties: Sequence[str]) -> Terms:
        """Give what the policy says for ``cycle``.

        Raises:
            PolicyError: ``policy-missing``.
            UsageError: ``cycle-kind``; the programme is not paid by such cycles.
        """

    def dues(self, people: "People", terms: Terms) -> Dues:
        """Say how much each row is due; nothing is raised for bad data."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Who stands in the rosters, as programmes see them; all as long as ``table``."""

    table: pd.DataFrame
    """:attr:`relief_cli.roster.read.Roster.people`."""
    amounts: Amounts
    """What stands in its columns of amounts."""
    category: pd.Series
    """Category codes, missing where unknown."""
    county: pd.Series
    household_wide: Callable[[str], npt.NDArray[np.bool_]]
    """Field → rows whose sheet says in its header that the column is the household's (户…)."""
    categories: Categories
    language: str
    """Of the reasons: ``zh`` or ``en``."""
    cycle: Cycle
    ended: npt.NDArray[np.int64] | None = None
    """The first month that is not due, as books and lists say, else ``NEVER``."""

    def category_places(self, terms: Terms) -> npt.NDArray[np.int64]:
        """Give the place of each row's category in :attr:`Terms.categories`.

        0 for categories that are not paid, and for unknown ones: nobody asks for theirs.
        """
        places, codes = pd.factorize(self.category)
        rank = {code: place for place, code in enumerate(terms.categories)}
        return np.array([*(rank.get(code, 0) for code in codes), 0], dtype=np.int64)[places]

    def eligible(self, terms: Terms) -> npt.NDArray[np.bool_]:
        """Say whose category the programme pays."""
        places, codes = pd.factorize(self.category)
        return np.array([*(code in terms.categories for code in codes), False])[places]


def entitle(rows: pd.DataFrame, grounds: Sequence[Ground]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the entitlements of the rows that are paid, and their grounds.

    Args:
        rows: checked and eligible, each person and month once; columns person, name, category,
            county, township, household, household_id, the origin (row, sheet, sheet_row, member),
            ``amount_fen``, ``ground`` (a place in ``grounds``) and ``move`` (as in the batch's
            table).
        grounds: why people are due something.

    Returns:
        entitlements (columns ``ENTITLED``, the index of ``rows``), and the table of grounds: those
        that occur, in their order.

    Raises:
        ValueError: a row to be paid is due nothing (a fault of the program).
    """
    if (rows["amount_fen"] <= 0).any():
        raise ValueError("rows to be paid must be due something")
    occurring, ground = np.unique(rows["ground"].to_numpy(), return_inverse=True)
    entitled = rows.assign(ground=ground.astype(np.int32))
    table = grounds_table([grounds[place] for place in occurring])
    return entitled[list(ENTITLED)].astype(ENTITLED), table


def grounds_table(grounds: Sequence[Ground]) -> pd.DataFrame:
    """Give the table of grounds (:data:`relief_cli.batch.GROUNDS`), numbered in their order."""
    ends = [(one.months[0], one.months[-1]) if one.months else (None, None) for one in grounds]
    return pd.DataFrame(
        {
            "ground": range(len(grounds)),
            "reason": [one.reason for one in grounds],
            "reference": [one.reference for one in grounds],
            "kind": [one.kind for one in grounds],
            "cause": [one.cause or None for one in grounds],
            "first_month": [first for first, _ in ends],
            "last_month": [last for _, last in ends],
            "people": [one.people for one in grounds],
            "since": [one.since or None for one in grounds],
            "unit": [one.unit for one in grounds],
        }
    )


def wrong_cycle(programme: str, cycle: Cycle, example: str) -> UsageError:
    """Give the refusal of a cycle that ``programme`` is not paid by."""
    return UsageError(
        "cycle-kind",
        N_("{programme} is not paid for {cycle}."),
        why=N_("A month paid as a quarter, or the other way, pays three times too much or little."),
        remedy=N_("Give a cycle such as {example}."),
        programme=programme,
        cycle=cycle.text,
        example=example,
    )
