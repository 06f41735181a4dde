"""Runs all checks and says what becomes of every row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli import findings
from relief_cli.checks import (
    accepting,
    accounts,
    amounts,
    identity,
    paid_before,
    persons,
    same_household,
)
from relief_cli.checks.rules import ERRORS, RULES, Severity
from relief_cli.checks.subject import Subject

PAID, HELD, SKIPPED = "paid", "held", "skipped"
Mask = npt.NDArray[np.bool_]
Stage = Callable[[Mask, Mask], Sequence[findings.Block]]
"""Gives further findings from which rows are held, and which need nothing now."""

_PASSING = ("R310", "R314", "R319", "R403", "R405", "R411")
"""Notices that say: this row needs nothing now."""


@dataclass(frozen=True)
class Result:
    """What the checks found."""

    found: pd.DataFrame
    """All findings; see :data:`relief_cli.findings.COLUMNS`, with ``severity`` and what
    :func:`relief_cli.checks.accepting.judged` adds."""
    fate: npt.NDArray[np.str_]
    """For each row ``paid``, ``held`` or ``skipped``; every row has exactly one."""

    def count(self, fate: str) -> int:
        """Give the number of rows with ``fate``."""
        return int((self.fate == fate).sum())


def run(subject: Subject, further: Sequence[findings.Block] = (), *last: Stage) -> Result:
    """Check everything; nothing is raised for bad data.

    Args:
        subject: what is checked.
        further: what the programme found about what rows are due.
        last: what can only be found of rows that nothing else holds.
    """
    return _judge(
        subject,
        [
            *_payees(subject),
            *amounts.check(subject),
            *paid_before.check(subject),
            *persons.under_another_number(subject),
            *persons.excluded(subject),
            *persons.capped(subject),
            *persons.stopped(subject),
            *persons.listed(subject),
            *further,
        ],
        *last,
    )


def run_payees(subject: Subject, further: Sequence[findings.Block]) -> Result:
    """Check who people are and where the money would go, where what they are due is decided.

    Args:
        subject: what is checked; categories and amounts are not asked for.
        further: what the caller found.
    """
    known = [*persons.stopped(subject), *persons.listed(subject)]
    return _judge(subject, [*_payees(subject), *known, *further])


def _payees(subject: Subject) -> list[findings.Block]:
    of_accounts = [findings.only(block, subject.banked) for block in accounts.check(subject)]
    return [*_cells(subject), *identity.check(subject), *of_accounts]


def _judge(subject: Subject, blocks: list[findings.Block], *last: Stage) -> Result:
    """Collect all findings, then those that hang on which rows are held, stage by stage."""
    count = len(subject.people)
    found = accepting.judged(subject, findings.collect(blocks))
    passed = findings.flagged(found[found["code"].isin(_PASSING)], count)
    faulty = findings.flagged(_holding(found, subject.strict), count)
    stages: tuple[Stage, ...] = (
        partial(persons.repeated, subject),
        partial(same_household.check, subject),
        partial(_together, subject),
    )
    for stage in (*stages, *last):
        further = [block for block in stage(faulty, passed) if len(block.rows)]
        if further:
            blocks = [*blocks, *further]
            found = accepting.judged(subject, findings.collect(blocks))
            faulty = findings.flagged(_holding(found, subject.strict), count)
    fate = np.where(passed, SKIPPED, np.where(faulty, HELD, PAID))
    return Result(found.assign(severity=_severities(found, subject.strict)), fate)


def _together(subject: Subject, faulty: Mask, passed: Mask) -> list[findings.Block]:
    return [persons.held_together(subject, faulty, passed)]


def _cells(subject: Subject) -> list[findings.Block]:
    """Bring in what the reader found about cells (F007, F009, F010) and sheets (F008)."""
    given = subject.roster.cell_findings
    kinds = given[["code", "field", "downgraded"]].drop_duplicates()
    blocks = []
    for code, field, downgraded in kinds.itertuples(index=False):
        same = (given["code"] == code) & (given["field"] == field)
        rows = given.loc[same & (given["downgraded"] == downgraded), "row"].to_numpy("int64")
        blocks.append(findings.Block(code, rows, field, downgraded=bool(downgraded)))
    return blocks


def _holding(found: pd.DataFrame, strict: frozenset[str]) -> pd.DataFrame:
    """Give the findings that hold their row: errors, and what this office is strict about.

    What it has accepted holds none.
    """
    errors = found["code"].isin(ERRORS) & ~found["downgraded"]
    loud = found["acceptance"] == accepting.NOT_ACCEPTED
    return found[loud & (errors | found["code"].isin(strict))]


def _severities(found: pd.DataFrame, strict: frozenset[str]) -> pd.Series:
    severity = found["code"].map({code: rule.severity.value for code, rule in RULES.items()})
    severity = severity.mask(found["downgraded"], Severity.WARNING.value)
    return severity.mask(found["code"].isin(strict), Severity.ERROR.value).astype("str")
