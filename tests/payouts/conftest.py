"""Every test of use cases runs with ledgers in files, and again with ledgers on a server."""

import pytest
from databases import BOTH, Servers

pytest.register_assert_rewrite("golden.books", "golden.running")


def pytest_generate_tests(metafunc):
    """Choose the databases: ``DATABASES`` of the module, where it is about one of them alone."""
    kinds = getattr(metafunc.module, "DATABASES", BOTH)
    metafunc.parametrize("database", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def database(request):
    """Put the ledgers of new offices into one kind of database."""
    if request.param == "postgresql":
        Servers.running = request.getfixturevalue("server")
    yield request.param
    Servers.running = None
