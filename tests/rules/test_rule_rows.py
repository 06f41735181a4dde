"""Every rule about a row: a bad roster has its finding in its place, a good one none."""

import pytest
from openpyxl.utils import get_column_letter
from rules.made import WRITERS, table, told
from rules.pairs import PAIRS


def written(folder, kind, people, merges=()):
    path = folder / f"花名册.{kind}"
    if not merges:
        return WRITERS[kind](path, table(*people))
    if kind == "xls":
        return WRITERS[kind](path, table(*people), merges=merges)
    areas = [
        f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
        for top, bottom, left, right in merges
    ]
    return WRITERS[kind](path, table(*people), merges=areas)


CASES = [
    (code, pair.kinds[number % len(pair.kinds)])
    for number, (code, pair) in enumerate(PAIRS.items())
]
"""Each rule in one kind of file, the kinds in turn."""


@pytest.mark.parametrize(("code", "kind"), CASES)
def test_the_bad_roster_has_the_finding_just_there(tmp_path, code, kind):
    pair = PAIRS[code]
    run = told(
        tmp_path / "office",
        written(tmp_path, kind, pair.bad, pair.merges),
        programme=pair.programme,
        cycle=pair.cycle,
    )
    assert run.of(code) == pair.at
    faulty = {row for row, _ in pair.at}
    expected = {row: pair.fate if row in faulty else "paid" for _, row, _ in run.fates}
    assert {row: fate for (_, row, _), fate in run.fates.items()} == expected


@pytest.mark.parametrize("code", PAIRS)
def test_the_good_roster_has_not(tmp_path, code):
    pair = PAIRS[code]
    run = told(
        tmp_path / "office",
        written(tmp_path, pair.kinds[-1], pair.good),
        programme=pair.programme,
        cycle=pair.cycle,
    )
    assert run.findings == set()
    assert set(run.fates.values()) == {"paid"}
