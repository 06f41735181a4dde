"""A run on a shared ledger that is killed, or cut off from its server, at every so many statements.

Afterwards it is run again, and must come to what an undisturbed run comes to, bytes and books.
"""

import signal
import sys
from pathlib import Path

import pytest
from databases import Servers, copy_office
from golden.books import digests, recorded
from golden.running import SAMPLES, arguments_of, make_office, process, relief, run

from relief_cli.errors import ExitCode

ROSTERS = SAMPLES[:2]
EVERY = 9
"""Of so many points one is tried."""
PARTS = 3
_CUT = Path(__file__).with_name("cut.py")


def disturbed(server, office, act, at):
    """Run in a process of its own that something happens to; give its answer."""
    command = [sys.executable, str(_CUT), act, str(at), *arguments_of(office, ROSTERS)[3:]]
    return process(
        command, RELIEF_TEST_SERVER=f"host=127.0.0.1 port={server.port} user=relief dbname=postgres"
    )


@pytest.fixture(scope="module")
def undisturbed(server, tmp_path_factory):
    """Give an office without payments, one that paid without trouble, and the number of points."""
    Servers.running = server
    folder = tmp_path_factory.mktemp("undisturbed")
    fresh = make_office(folder / "fresh")
    Servers.running = None
    whole = copy_office(fresh, folder / "whole")
    answer = disturbed(server, whole, "killed", 0)
    assert answer.code == ExitCode.HELD, answer.err
    return fresh, whole, int(answer.err.split()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("act", ["killed", "cut_off"])
def test_it_is_finished_by_running_it_again(server, undisturbed, tmp_path, act, part):
    fresh, whole, count = undisturbed
    assert count > 40
    expected, told = digests(whole), []
    for at in range(1 + part * EVERY // PARTS, count + 1, EVERY):
        office = copy_office(fresh, tmp_path / str(at))
        answer = disturbed(server, office, act, at)
        told.append(answer.code)
        assert "Traceback" not in answer.err
        if answer.code == ExitCode.USAGE:
            assert answer.json["error"]["code"] == "ledger-lost"
        again = run(office, ROSTERS)
        assert again.code == ExitCode.HELD, again.err
        assert recorded(office) == recorded(whole), at
        found = digests(office)
        assert found.keys() == expected.keys()
        assert [name for name in found if found[name] != expected[name]] == ["relief.toml"], at
        assert relief("--office", office, "audit").code == 0
    # Who is cut off between two transactions does not notice.
    ends = {"killed": {-signal.SIGKILL}, "cut_off": {ExitCode.USAGE, ExitCode.HELD}}[act]
    assert set(told) <= ends
    assert told.count(max(ends, key=abs)) > len(told) // 2
