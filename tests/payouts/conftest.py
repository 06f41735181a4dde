"""Tests of use cases run with ledgers in files; some of them, or all, again on a server."""

import pytest
from databases import BOTH, Servers

pytest.register_assert_rewrite("golden.books", "golden.running")


@pytest.hookimpl(tryfirst=True)  # else a test's name hangs on which others are run with it
def pytest_generate_tests(metafunc):
    """Choose the databases: ``DATABASES`` of the module; else files, and both in the matrix.

    The SQL of every module of the ledger is tried on both by the ledger's own tests.
    """
    default = BOTH if metafunc.config.option.matrix else ("sqlite",)
    kinds = getattr(metafunc.module, "DATABASES", default)
    metafunc.parametrize("database", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def database(request):
    """Put the ledgers of new offices into one kind of database."""
    if request.param == "postgresql":
        Servers.running = request.getfixturevalue("server")
    yield request.param
    Servers.running = None
