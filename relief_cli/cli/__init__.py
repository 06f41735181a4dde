"""The command line: parse, one call, render, exit code."""

import contextlib
import gc
import resource
import sys

_READING = frozenset(
    {"check", "diff", "compare", "screen", "prepare", "run", "top-up", "settle", "follow-up"}
)
"""Commands that read spreadsheets."""
_HELP = frozenset({"-h", "--help"})


def main() -> None:
    """Run the command line; the process ends with one of :class:`relief_cli.errors.ExitCode`."""
    # A command is short, and its tables hold no cycles: looking for some would cost a tenth.
    gc.disable()
    # A crash must not put people on the disk; the processes that read files inherit it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    arguments = sys.argv[1:]
    if _READING.intersection(arguments) and not _HELP.intersection(arguments):
        # The server of reading processes loads while the commands do, which takes as long.
        from relief_cli.roster import server

        with contextlib.suppress(OSError):  # told where the files are read
            server.warm_up()
    from relief_cli.cli.app import execute_and_exit

    execute_and_exit(arguments)
