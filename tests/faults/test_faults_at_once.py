"""Two to eight processes on one office at the same time, and one that another keeps waiting."""

import sqlite3
import time

import pytest
from faults import crowd
from golden.books import digests, entitled
from golden.running import arguments_of, make_office, process


@pytest.fixture(scope="module")
def townships(tmp_path_factory):
    return crowd.townships(tmp_path_factory.mktemp("townships"))


@pytest.mark.parametrize("clerks", crowd.CLERKS)
@pytest.mark.parametrize("scene", crowd.SCENES)
def test_nobody_twice_and_none_lost(townships, tmp_path, scene, clerks):
    crowd.SCENES[scene](townships, tmp_path, clerks)


@pytest.mark.parametrize("bug", crowd.BUGS)
def test_a_seeded_bug_is_caught(townships, tmp_path, bug):
    with pytest.raises(AssertionError):
        crowd.BUGS[bug](townships, tmp_path, 2, bug)


def test_whoever_waits_too_long_is_told_and_nothing_happened(townships, tmp_path):
    paths, persons = townships
    office = make_office(tmp_path / "office")
    command = arguments_of(office, paths)
    before = digests(office)
    with sqlite3.connect(office / "ledger.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        told = process(crowd.with_bug(command, "impatient"))
        waited = time.monotonic() - began
        other.execute("ROLLBACK")
    assert (told.code, told.json["error"]["code"]) == (2, "ledger-busy")
    assert "Another relief is working in this office." in told.err
    assert "Traceback" not in told.err
    assert waited >= 1
    assert digests(office) == before
    assert process(command).code == 1  # people who stand in two rosters are held once
    assert entitled(office).keys() == persons
