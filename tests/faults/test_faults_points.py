"""A sample of the faults that ``make faults`` tries one by one, and all commits.

The matrix tries eight times as many, and that the harness catches every seeded bug.
"""

import pytest
from faults import broken, harness
from faults.scenarios import SCENARIOS

EVERY = {"run": 36, "run, waiting": 36, "approve": 24, "export": 36, "settle": 18,
         "follow-up": 36, "arrears": 60, "recovery find": 18, "reserve give": 12, "notice": 9,
         "check": 9, "init": 16}  # fmt: skip
"""Of so many faults of a scenario one is tried in the matrix."""


ALWAYS = ("run",)
"""What sends money; the matrix tries the other commands too."""
TRIED = [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.matrix) for name in EVERY]


def test_every_scenario_is_tried():
    assert EVERY.keys() == SCENARIOS.keys()


@pytest.mark.long
@pytest.mark.disk
@pytest.mark.parametrize("scenario", TRIED)
def test_a_command_survives(tmp_path, scenario, pytestconfig):
    every = EVERY[scenario] * (1 if pytestconfig.option.matrix else 8)
    verdicts = harness.Trial(tmp_path / "bench", scenario, every=every).verdicts()
    assert len(verdicts) > 5
    assert [f"{fault}: {wrong}" for fault, wrong in verdicts if wrong] == []


@pytest.mark.long
@pytest.mark.disk
@pytest.mark.matrix
@pytest.mark.parametrize("scenario", broken.SEEDED)
def test_every_seeded_bug_is_caught(tmp_path, scenario):
    bugs = broken.SEEDED[scenario]
    found = harness.Trial(tmp_path / "bench", scenario, bugs=bugs).found()
    assert found.keys() == bugs.keys()
    assert [bug for bug, how in found.items() if not how] == []
