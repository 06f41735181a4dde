import pytest

from relief_cli.roster import server


@pytest.fixture(scope="session", autouse=True)
def _warm():
    server.warm_up()
