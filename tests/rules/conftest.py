import pytest

from relief_cli.cli.payout_commands import READERS
from relief_cli.roster import sandbox


@pytest.fixture(scope="session", autouse=True)
def _warm():
    sandbox.warm_up(READERS)
