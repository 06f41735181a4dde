"""Two to eight processes on one office at the same time, and one that another keeps waiting."""

import time

import pytest
from databases import BOTH, Servers, past
from faults import crowd
from golden.books import digests, entitled
from golden.running import arguments_of, make_office, process

from relief_cli.ledger import postgresql

pytestmark = pytest.mark.disk
CLERKS = [count if count == 4 else pytest.param(count, marks=pytest.mark.matrix)
          for count in crowd.CLERKS]  # fmt: skip
"""Four at once, and in the matrix two and eight."""
TRIED = [
    pytest.param(scene, marks=() if scene == "overlapping rosters" else pytest.mark.matrix)
    for scene in crowd.SCENES
]


@pytest.fixture(scope="module")
def townships(tmp_path_factory):
    return crowd.townships(tmp_path_factory.mktemp("townships"))


@pytest.fixture(params=BOTH)
def database(request):
    """Put the ledgers of new offices into one kind of database."""
    if request.param == "postgresql":
        Servers.running = request.getfixturevalue("server")
    yield request.param
    Servers.running = None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("clerks", CLERKS)
@pytest.mark.parametrize("scene", TRIED)
def test_nobody_twice_and_none_lost(townships, tmp_path, warm, scene, clerks):
    crowd.SCENES[scene](townships, tmp_path, clerks, warm)


@pytest.mark.matrix
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("bug", crowd.BUGS)
def test_a_seeded_bug_is_caught(townships, tmp_path, bug):
    with pytest.raises(AssertionError):
        crowd.BUGS[bug](townships, tmp_path, 2, crowd.with_bug(bug))


def test_whoever_waits_too_long_is_told_and_nothing_happened(townships, tmp_path, warm, database):
    paths, persons = townships
    office = make_office(tmp_path / "office")
    before = digests(office)
    with past(office) as other:
        other.execute("BEGIN IMMEDIATE" if database == "sqlite" else "BEGIN")
        if database == "postgresql":
            other.execute(postgresql._LOCK)  # noqa: SLF001
        began = time.monotonic()
        told = process(arguments_of(office, paths, program=crowd.with_bug("impatient")))
        waited = time.monotonic() - began
        other.execute("ROLLBACK")
    assert (told.code, told.json["error"]["code"]) == (2, "ledger-busy")
    assert "Another relief is working in this office." in told.err
    assert "Traceback" not in told.err
    assert waited >= 1
    assert digests(office) == before
    # People who stand in two rosters are held once.
    assert process(arguments_of(office, paths, program=warm)).code == 1
    assert entitled(office).keys() == persons
