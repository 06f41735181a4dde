"""Settings of all tests."""

import pytest
from hypothesis import settings
from postgres import started

# How long an example takes says more about the machine than about the program.
settings.register_profile("relief", deadline=None)
settings.load_profile("relief")


@pytest.fixture(scope="session")
def server():
    """Give a server of PostgreSQL whose password all programs of the tests find."""
    with started() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Give the place of a ledger that is not there yet, in each kind of database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite"
    return request.getfixturevalue("server").new_database()
