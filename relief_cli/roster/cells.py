"""The cells of spreadsheets and texts, where no roster is meant: a bank's answer."""

from collections.abc import Sequence
from pathlib import Path

from relief_cli.errors import ReliefError, UnreadableError
from relief_cli.roster import container, sandbox
from relief_cli.roster.job import Job
from relief_cli.roster.limits import Limits
from relief_cli.roster.reader import read_cells

Cells = list[tuple[str, list[list[str]]]]
"""For each visible sheet its name (empty for a text) and its rows, from row 1 and column A on."""


def cells_of(paths: Sequence[Path], limits: Limits) -> dict[Path, Cells | ReliefError]:
    """Read every cell of the files as text, in processes of their own.

    Returns:
        For each file its cells, or why it cannot be taken in: F001, F002, F006 or F011.
    """
    found: dict[Path, Cells | ReliefError] = {}
    jobs = []
    for path in paths:
        try:
            jobs.append(Job(container=container.inspect(path, limits), limits=limits))
        except UnreadableError as error:
            found[path] = error
    if jobs:
        read = sandbox.read_each(
            read_cells, jobs, lambda one: sandbox.allowance(one.container, limits)
        )
        found |= zip((job.container.path for job in jobs), read, strict=True)
    return found
