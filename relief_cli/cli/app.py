"""Builds the commands, and turns every way of ending into an exit code."""

import atexit
import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, cast

import typer

from relief_cli import __version__
from relief_cli.cli.answers import Answers
from relief_cli.cli.state import State, chosen_command, chosen_language, locale_language
from relief_cli.errors import ExitCode, ReliefError, UsageError
from relief_cli.i18n import N_, Translate, translator
from relief_cli.shown import file_name

COMMANDS: Mapping[str, Sequence[str]] = {
    "office_commands": ("init",),
    "comparison_commands": ("diff", "compare", "screen"),
    "payout_commands": ("check", "prepare", "export", "run"),
    "arrears_commands": ("top-up", "arrears"),
    "settlement_commands": ("settle", "follow-up"),
    "person_commands": ("trace", "stop", "recovery"),
    "accept_commands": ("accept",),
    "payee_commands": ("payee",),
    "funding_commands": ("receive", "reserve", "reconcile", "journal"),
    "calendar_commands": ("schedule", "due", "status"),
    "notice_commands": ("notice",),
    "approval_commands": ("approve", "reject", "operator"),
    "taking_back_commands": ("withhold", "withdraw"),
    "audit_commands": ("audit", "extract"),
    "backup_commands": ("backup", "restore", "share"),
    "knowledge_commands": ("policy", "banks", "explain"),
}
"""Module → the commands that it adds, in the order of the work."""
_PROGRAM = Path(__file__).parents[1]
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
_REFUSED = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENXIO,
        errno.ESTALE,
        errno.EMFILE,
        errno.ENFILE,
    }
)
"""What the system answers about files and folders, and who works here can put right."""
INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a command that the clerk stopped."""


class Language(StrEnum):
    """What ``--lang`` takes."""

    ZH = "zh"
    EN = "en"


def execute_and_exit(arguments: Sequence[str]) -> None:
    """Run one command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A screen that cannot show a character shows its number: no reason to stop half-way.
        cast("TextIOWrapper", stream).reconfigure(errors="backslashreplace")
    code = execute(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # Else the folder of the reading processes' socket would be left among the temporary files.
    atexit._run_exitfuncs()  # noqa: SLF001  # what an ordinary end does
    # The tables of a province take long to be taken down one by one; nothing else is left to do.
    os._exit(code)


def execute(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code.

    Every message a clerk can cause or cure is a :class:`ReliefError`. Anything else is a fault of
    the program and says so; its text may hold data of people, so only the places in the code are
    shown.
    """
    chosen = chosen_language(arguments)
    language = chosen or locale_language(os.environ)
    state = State(
        screen=Answers(language or "zh", json="--json" in arguments, quiet="--quiet" in arguments),
        language_given=language is not None,
        language_chosen=chosen,
    )
    try:
        return _run(arguments, state)
    except ReliefError as error:
        state.screen.error(error)
        return error.exit_code
    except typer.TyperException as error:
        state.screen.usage_error(error)
        return ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        state.screen.interrupted()
        return INTERRUPTED
    except BaseException as fault:  # noqa: BLE001  # the last resort: said to be a fault, never bad data
        refusal = _of_this_computer(fault)
        if refusal:
            state.screen.error(refusal)
            return refusal.exit_code
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)
        ]
        state.screen.fault(type(fault).__name__, places)
        return ExitCode.FAULT


def _of_this_computer(fault: BaseException) -> UsageError | None:
    """Give what the computer lacks or refuses; None where the program is at fault."""
    if _is_out_of_memory(fault):
        return _too_little_memory()
    return _refused_by_system(fault) if isinstance(fault, OSError) else None


def _is_out_of_memory(fault: BaseException) -> bool:
    """Say whether the computer's memory was too small, for Python, Arrow or another process."""
    no_memory = isinstance(fault, OSError) and fault.errno == errno.ENOMEM
    return no_memory or isinstance(fault, MemoryError)


def _refused_by_system(error: OSError) -> UsageError | None:
    """Say which file or folder the system refused; None where that is a fault of the program."""
    path = error.filename
    if isinstance(path, str | bytes | os.PathLike):
        place = Path(os.fsdecode(path))
        known = error.errno in _REFUSED | _DISK and not place.is_relative_to(_PROGRAM)
        message = N_("The system refuses {path}: {reason}.")
    else:  # writing to what is open already tells no name
        place, known = None, error.errno in _DISK
        message = N_("The disk refuses a file: {reason}.")
    if not known:
        return None
    return UsageError(
        "file-refused",
        message,
        why=N_("What was recorded before stays; nothing is half done."),
        remedy=N_("Make room on the disk or correct the rights, then run it again."),
        file=file_name(place) if place else None,
        path=str(place),
        reason=error.strerror or "",
    )


def _too_little_memory() -> UsageError:
    return UsageError(
        "memory-short",
        N_("This computer has too little memory for so many rows."),
        why=N_("What was recorded before stays; nothing is half done."),
        remedy=N_(
            "Close other programs, or give the rosters in several runs, such as township by"
            " township; then run this again."
        ),
    )


def _run(arguments: Sequence[str], state: State) -> int:
    command = typer.main.get_command(_application(state, chosen_command(arguments)))
    try:
        code = command.main(list(arguments), prog_name="relief", standalone_mode=False, obj=state)
    except typer.Exit as ending:
        return ending.exit_code
    except SystemExit as ending:  # whoever read the screen has gone (`| head`)
        return ending.code if isinstance(ending.code, int) else ExitCode.DONE
    if code == INTERRUPTED:  # typer's own answer to Ctrl-C
        state.screen.interrupted()
    return int(code or ExitCode.DONE)


def _application(state: State, wanted: str | None) -> typer.Typer:
    """Make the application in the order of the work, with its help in the screen's language.

    Args:
        state: of this invocation.
        wanted: the command that is typed: its module is enough, and to load and build the others
            takes as long as a small command. All of them where it is none.
    """
    say = translator(state.screen.language)
    application = typer.Typer(
        name="relief",
        help=say(N_("Pays social assistance in batches, and proves where every fen went.")),
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback(invoke_without_command=True)(_global_options(state, say))
    own = [module for module, commands in COMMANDS.items() if wanted in commands]
    for module in own or COMMANDS:
        import_module(f"relief_cli.cli.{module}").add(application, say)
    return application


def _global_options(state: State, say: Translate) -> Callable[..., None]:
    def options(
        context: typer.Context,
        office: Annotated[
            Path | None,
            typer.Option(
                envvar="RELIEF_OFFICE",
                help=say(N_("The office's folder; else the one upwards from here.")),
            ),
        ] = None,
        json: Annotated[
            bool, typer.Option("--json", help=say(N_("One JSON object on standard output.")))
        ] = False,
        lang: Annotated[
            Language | None, typer.Option(help=say(N_("Language of the screen.")))
        ] = None,
        quiet: Annotated[
            bool, typer.Option("--quiet", help=say(N_("Say nothing but errors.")))
        ] = False,
        version: Annotated[
            bool, typer.Option("--version", help=say(N_("Show the version and end.")))
        ] = False,
    ) -> None:
        # --json, --lang and --quiet were read before: they decide how even this is shown.
        del json, lang, quiet
        if version:
            state.screen.line(f"relief {__version__}")
            raise typer.Exit
        state.folder = office
        if context.invoked_subcommand is None:  # where the office stands, and what to do next
            status = cast("typer.core.TyperGroup", context.command).commands["status"]
            with status.make_context("status", [], parent=context) as own:
                status.invoke(own)

    return options
