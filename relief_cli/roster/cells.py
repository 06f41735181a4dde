"""The cells of spreadsheets and texts, where no roster is meant: a bank's answer."""

from collections.abc import Sequence

from relief_cli.errors import ReliefError
from relief_cli.roster import sandbox
from relief_cli.roster.container import Container
from relief_cli.roster.job import Job
from relief_cli.roster.limits import Limits
from relief_cli.roster.reader import read_cells

Cells = list[tuple[str, list[list[str]]]]
"""For each visible sheet its name (empty for a text) and its rows, from row 1 and column A on."""


def cells_of(containers: Sequence[Container], limits: Limits) -> list[Cells | ReliefError]:
    """Read every cell of the files as text, in processes of their own.

    Returns:
        For each file its cells, or why it cannot be taken in: F001, F002, F006, F011 or
        ``file-changed``.
    """
    jobs = [Job(container=one, limits=limits) for one in containers]
    if not jobs:
        return []
    return list(
        sandbox.read_each(read_cells, jobs, lambda one: sandbox.allowance(one.container, limits))
    )
