"""A run on a shared ledger that is killed, or cut off from its server, at every so many points.

Afterwards it is run again, and must come to what an undisturbed run comes to, bytes and books.
"""

import pytest
from faults import cutting

EVERY = 27
"""Of so many points one is tried in a part; the matrix tries all parts."""
PARTS = [0, *(pytest.param(part, marks=pytest.mark.matrix) for part in (1, 2))]


@pytest.fixture(scope="module")
def shared(server, warm, tmp_path_factory):
    return cutting.Shared(server, tmp_path_factory.mktemp("shared"), python=warm)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "act",
    [
        pytest.param(act, marks=() if act == "killed" else pytest.mark.matrix)
        for act in cutting.ACTS
    ],
)
def test_it_is_finished_by_running_it_again(shared, act, part):
    assert shared.count > 40
    points, before = range(1 + part * EVERY // len(PARTS), shared.count + 1, EVERY), shared.noticed
    verdicts = {at: shared.verdict(act, at) for at in points}
    assert {at: wrong for at, wrong in verdicts.items() if wrong} == {}
    assert shared.noticed - before > len(verdicts) // 2
