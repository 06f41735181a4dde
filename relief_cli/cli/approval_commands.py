"""Commands of the second pair of eyes: operators, approve, reject."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.cli.secret_options import secret_lines
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode, UsageError
from relief_cli.i18n import N_, Translate

ACTING = "RELIEF_OPERATOR"
"""The environment variable that names who works, where --as does not."""


def acting_option(say: Translate) -> object:
    """Give the option ``--as``."""
    return typer.Option("--as", metavar="NAME", help=say(N_("Who you are: an operator's name.")))


def acting(given: str | None) -> str | None:
    """Give who works: by ``--as``, else by the environment."""
    return given or os.environ.get(ACTING) or None


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``approve``, ``reject`` and ``operator``."""
    batch_argument = Annotated[
        str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))
    ]
    who_option = Annotated[str | None, acting_option(say)]
    passphrase_option = Annotated[
        Path | None,
        typer.Option(help=say(N_("File with your passphrase; asked for where not given."))),
    ]

    @application.command(
        "approve",
        help=say(N_("Approve a batch that somebody else prepared, with your signature.")),
        epilog=say(N_("Example: relief approve one-time-2022-08-1 --as 李华")),
    )
    def approve(
        context: typer.Context,
        batch: batch_argument,
        who: who_option = None,
        passphrase_file: passphrase_option = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        payouts.approve(setting, batch, acting(who), Asker(state, passphrase_file))
        outcome = payouts.describe(setting, batch)
        state.screen.outcome(outcome)
        return ExitCode.WAITING if outcome.approvals_missing else ExitCode.DONE

    @application.command(
        "reject",
        help=say(N_("Reject a batch that has not gone out; its people can be paid by another.")),
        epilog=say(N_('Example: relief reject one-time-2022-08-1 --reason "账号未核对"')),
    )
    def reject(
        context: typer.Context,
        batch: batch_argument,
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
        who: who_option = None,
        passphrase_file: passphrase_option = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        payouts.reject(setting, batch, reason, acting(who), Asker(state, passphrase_file))
        state.screen.rejected(batch, reason)

    operators = typer.Typer(
        help=say(N_("Who may approve: keys, roles, revocation.")), rich_markup_mode=None
    )
    application.add_typer(operators, name="operator")

    @operators.command(
        "add",
        help=say(N_("Make your key pair in your own home, and let its public half count here.")),
        epilog=say(N_("Example: relief operator add 李华 --role 复核")),
    )
    def add_operator(
        context: typer.Context,
        name: Annotated[str, typer.Argument(metavar="NAME", help=say(N_("The operator's name.")))],
        role: Annotated[str, typer.Option(help=say(N_("Such as 复核 or 审批.")))] = "",
        passphrase_file: passphrase_option = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        ask = Asker(state, passphrase_file, again=True)
        made, place = payouts.add_operator(state.office(), name, role, ask)
        state.screen.operator_made(made, place)

    @operators.command(
        "list",
        help=say(N_("Show the operators.")),
        epilog=say(N_("Example: relief operator list")),
    )
    def list_operators(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.operators(payouts.all_operators(state.office()))

    @operators.command(
        "revoke",
        help=say(N_("End an operator's signature; what was approved before stays approved.")),
        epilog=say(N_('Example: relief operator revoke 李华 --reason "调离"')),
    )
    def revoke_operator(
        context: typer.Context,
        name: Annotated[str, typer.Argument(metavar="NAME", help=say(N_("The operator's name.")))],
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.operators([payouts.revoke_operator(state.office(), name, reason)])


class Asker:
    """Gives a passphrase: from a file, else asked for, never from the command line."""

    def __init__(self, state: State, path: Path | None, *, again: bool = False) -> None:
        self._state = state
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
        question = self._state.screen.say(N_("Passphrase of {name}")).format(name=name)
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
