"""Who is at work: ``--as`` and ``--passphrase-file``, for every command that records something."""

import functools
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from relief_cli.cli.secret_options import secret_lines
from relief_cli.errors import UsageError
from relief_cli.i18n import N_, Translate

if TYPE_CHECKING:
    from relief_cli.signing import Acting

OPERATOR = "RELIEF_OPERATOR"
"""The environment variable that names who works, where --as does not."""
PASSPHRASE_FILE = "RELIEF_PASSPHRASE_FILE"  # noqa: S105  # a name, no secret
"""The one that names the file of the passphrase, where --passphrase-file does not."""

Command = TypeVar("Command", bound=Callable[..., object])


def signs(say: Translate) -> Callable[[Command], Command]:
    """Give what adds ``--as`` and ``--passphrase-file`` to a command, and tells its state of them.

    Args:
        say: turns messages into the language of the help.
    """
    who = Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help=say(N_("Who you are: an operator's name."))),
    ]
    passphrase = Annotated[
        Path | None,
        typer.Option(help=say(N_("File with your passphrase; asked for where not given."))),
    ]

    def decorate(function: Command) -> Command:
        @functools.wraps(function)
        def command(
            context: typer.Context,
            *,
            who: str | None = None,
            passphrase_file: Path | None = None,
            **given: Any,  # noqa: ANN401  # whatever the command takes
        ) -> object:
            context.obj.acting = acting(context.obj.screen.say, who, passphrase_file)
            return function(context, **given)

        signature = inspect.signature(function)
        more = {"who": who, "passphrase_file": passphrase}
        parameters = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
            for name, kind in more.items()
        ]
        command.__signature__ = signature.replace(  # type: ignore[attr-defined]  # typer reads it
            parameters=[*signature.parameters.values(), *parameters]
        )
        command.__annotations__ = {**function.__annotations__, **more}
        return command  # type: ignore[return-value]  # the same, with two options more

    return decorate


def acting(say: Translate, name: str | None, passphrase_file: Path | None) -> "Acting":
    """Give who is at work, by the command line, else by the environment.

    Args:
        say: turns messages into the language of the screen.
        name: what ``--as`` says.
        passphrase_file: what ``--passphrase-file`` says.
    """
    from relief_cli.signing import Acting

    given = os.environ.get(PASSPHRASE_FILE)
    file = passphrase_file or (Path(given) if given else None)
    return Acting(name or os.environ.get(OPERATOR) or None, Asker(say, file))


class Asker:
    """Gives a passphrase: from a file, else asked for, never from the command line."""

    def __init__(self, say: Translate, path: Path | None, *, again: bool = False) -> None:
        self._say = say
        self._path = path
        self._again = again

    def __call__(self, name: str) -> str:
        """Give the passphrase of the operator called ``name``.

        Raises:
            UsageError: ``passphrase-file`` or ``passphrase-missing``.
        """
        if self._path is not None:
            return self._from_file(self._path)
        if not sys.stdin.isatty():
            raise UsageError(
                "passphrase-missing",
                N_("Nobody is there to be asked for the passphrase."),
                remedy=N_("Give a file that holds it: --passphrase-file FILE"),
            )
        question = self._say(N_("Passphrase of {name}")).format(name=name)
        return str(
            typer.prompt(question, hide_input=True, confirmation_prompt=self._again, err=True)
        )

    def _from_file(self, path: Path) -> str:
        try:
            lines = secret_lines(path)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                "passphrase-file",
                N_("The file with the passphrase cannot be read."),
                remedy=N_("Give a text file in UTF-8 with the passphrase in its first line."),
                file=path.name,
            ) from error
        return lines[0] if lines else ""
