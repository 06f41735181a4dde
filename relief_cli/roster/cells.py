"""The cells of one spreadsheet or text, where no roster is meant: a bank's answer."""

from pathlib import Path

from relief_cli.errors import ReliefError
from relief_cli.roster import container, sandbox
from relief_cli.roster.limits import Limits
from relief_cli.roster.reader import Job, read_cells


def cells(path: Path, limits: Limits) -> list[tuple[str, list[list[str]]]]:
    """Read every cell of a file's visible sheets as text, in a process of its own.

    Returns:
        For each sheet its name (empty for a text) and its rows, from row 1 and column A on.

    Raises:
        UnreadableError: F001, F002, F006 or F011; the file cannot be taken in.
    """
    job = Job(container=container.inspect(path, limits), limits=limits)
    (read,) = sandbox.read_each(
        read_cells, [job], lambda one: sandbox.allowance(one.container, limits), parallel=1
    )
    if isinstance(read, ReliefError):
        raise read
    return read
