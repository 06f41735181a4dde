import pytest

from relief_cli.roster import sandbox
from relief_cli.roster.gather import READERS


@pytest.fixture(scope="session", autouse=True)
def _warm():
    sandbox.warm_up(READERS)
