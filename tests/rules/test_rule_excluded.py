"""R404 comes from what other programmes pay, which no roster says: the check is asked itself."""

import datetime as dt

import pandas as pd
import pytest
from rules.made import id_number, person, read, table, write_csv

from relief_cli.checks import run as checks
from relief_cli.checks.subject import Subject, nothing_unfit

CODE = "R404"


@pytest.mark.parametrize(("other", "held"), [(2, [False, True]), (3, [False, False])])
def test_who_gets_an_excluding_programme_is_held(tmp_path, other, held):
    path = write_csv(tmp_path / "花名册.csv", table(person(1), person(2)))
    roster = read(path)
    people = len(roster.people)
    excluded = pd.DataFrame({"person": [id_number(other)], "programme": ["voucher"]}, dtype="str")
    subject = Subject(
        roster=roster,
        as_of=dt.date(2022, 8, 31),
        category=pd.Series(["rural_dibao"] * people, dtype="str"),
        bank=pd.Series(["103"] * people, dtype="str"),
        unfit=nothing_unfit(people),
        order=("rural_dibao",),
        excluded=excluded,
    )
    result = checks.run(subject)
    assert [fate == checks.HELD for fate in result.fate] == held
    assert [(CODE, 1, "voucher")] * any(held) == [
        (code, row, detail)
        for code, row, detail in zip(
            result.found["code"], result.found["row"], result.found["detail"], strict=True
        )
    ]
