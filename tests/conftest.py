"""Settings of all tests."""

import os

import pytest
from databases import Servers
from hypothesis import settings
from postgres import Server

# How long an example takes says more about the machine than about the program.
settings.register_profile("relief", deadline=None)
settings.load_profile("relief")


@pytest.fixture(scope="session")
def server():
    """Give a server of PostgreSQL whose password all programs of the tests find."""
    running = Servers.known = Server()
    before = os.environ.get("PGPASSFILE")
    os.environ["PGPASSFILE"] = str(running.passwords)
    yield running
    os.environ.pop("PGPASSFILE")
    if before is not None:
        os.environ["PGPASSFILE"] = before
    running.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Give the place of a ledger that is not there yet, in each kind of database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite"
    return request.getfixturevalue("server").new_database()
