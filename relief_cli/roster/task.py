"""What a reading process does with a job; light to import, so that the process starts at once."""

from typing import TYPE_CHECKING

from relief_cli.roster.job import Job

if TYPE_CHECKING:  # loading the readers takes longer than starting the processes that have them
    from relief_cli.roster.reader import FileTable


def read(job: Job) -> "FileTable":
    """Read a file in a reading process, see :func:`relief_cli.roster.reader.read_file`."""
    from relief_cli.roster.reader import read_file  # noqa: PLC0415  # see above

    return read_file(job)
