"""Findings that somebody of the office has looked at and accepted: they are quiet."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.checks.rules import ACCEPTABLE, ERRORS, LIFTED
from relief_cli.checks.subject import Quiet, Subject

NOT_ACCEPTED = 0


def of_people(given: Iterable[Quiet], people: pd.DataFrame) -> tuple[Quiet, ...]:
    """Give those of somebody among ``people``."""
    given = tuple(given)
    if not given:
        return ()
    persons = set(people["person"].dropna())
    accounts = set(people["payee_account"].dropna())
    return tuple(one for one in given if one.person in persons or one.account_number in accounts)


def judged(subject: Subject, found: pd.DataFrame) -> pd.DataFrame:
    """Add to findings whose they are, what they are about, and which acceptance makes them quiet.

    Args:
        subject: what is checked.
        found: see :data:`relief_cli.findings.COLUMNS`.

    Returns:
        ``found`` with ``person`` and ``facts`` of those that can be accepted, else missing, and
        ``acceptance``: the number of the first that makes it quiet, else :data:`NOT_ACCEPTED`.
    """
    rows = found["row"].to_numpy()
    warns = found["downgraded"] | ~found["code"].isin(ERRORS) | found["code"].isin(LIFTED)
    known = np.flatnonzero((warns & found["code"].isin(ACCEPTABLE)).to_numpy() & (rows >= 0))
    person = subject.people["person"].iloc[rows[known]].array
    facts = _facts(subject.people, found.iloc[known])
    told = found.assign(
        person=pd.Series(person, index=found.index[known]).reindex(found.index).astype("str"),
        facts=facts.reindex(found.index).astype("str"),
        acceptance=np.zeros(len(found), dtype=np.int64),
    )
    for one in reversed(subject.accepted):
        told.loc[covered(told, one), "acceptance"] = one.number
    return told


def covered(told: pd.DataFrame, one: Quiet) -> npt.NDArray[np.bool_]:
    """Say which findings an acceptance makes quiet.

    Args:
        told: with ``code``, ``person`` and ``facts``.
        one: the acceptance.
    """
    if one.person is not None:
        same = told["person"] == one.person
    else:
        same = told["facts"].str.startswith(f"{one.account_number}|")
    same &= told["code"] == one.code
    if one.facts:
        same &= told["facts"].isin(one.facts)
    found: npt.NDArray[np.bool_] = same.fillna(value=False).to_numpy(dtype=bool)
    return found


def _facts(people: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Give what each finding is about: the value of its field, then what its check says of it.

    What is about an account begins with its number.
    """
    parts = [pd.Series(dtype="str")]
    of_account = found["code"].str.startswith("R2")
    for field, group in found.groupby(found["field"].mask(of_account, "payee_account")):
        value = pd.Series("", index=group.index, dtype="str")
        if str(field) in people:
            value = people[str(field)].iloc[group["row"]].fillna("").set_axis(group.index)
        parts.append(value + "|" + group["facts"].where(group["facts"] != "", group["detail"]))
    facts: pd.Series = pd.concat(parts)
    return facts
