"""Commands that take the books to another disk and back."""

from pathlib import Path
from typing import Annotated

import typer

from relief_cli.cli.secret_options import encrypt_to_option
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``backup``, ``restore`` and ``share``."""

    @application.command(
        "backup",
        help=say(N_("Put the ledger and the settings into one file, to be kept elsewhere.")),
        epilog=say(N_("Example: relief backup /media/disk --encrypt-to age1…")),
    )
    def backup(
        context: typer.Context,
        file: Annotated[
            Path | None,
            typer.Argument(
                metavar="[FILE]",
                help=say(N_("A new file or a folder; the office's backup/ where not given.")),
            ),
        ] = None,
        encrypt_to: Annotated[list[str] | None, encrypt_to_option(say)] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.backup(payouts.back_up(state.office(), file, encrypt_to or ()))

    @application.command(
        "restore",
        help=say(N_("Verify a backup, and put it back where no ledger is.")),
        epilog=say(N_("Example: relief restore 000012-3f2a….tar --verify")),
    )
    def restore(
        context: typer.Context,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=say(N_("The backup.")))],
        verify: Annotated[
            bool, typer.Option("--verify", help=say(N_("Only verify it; put nothing back.")))
        ] = False,
        identity_file: Annotated[
            Path | None,
            typer.Option(help=say(N_("Secret key of an encrypted backup, from age-keygen."))),
        ] = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        office = state.office_or_defaults()
        if office.is_nowhere and not verify:
            office = state.office()  # says what is missing
        outcome = payouts.restore(office, file, identity_file, verify_only=verify)
        state.screen.restore(outcome)
        return ExitCode.REFUSED if outcome.alarming else ExitCode.DONE

    @application.command(
        "share",
        help=say(N_("Move the ledger into the shared database that relief.toml names.")),
        epilog=say(N_("Example: relief share --roles > roles.sql")),
    )
    def share(
        context: typer.Context,
        roles: Annotated[
            bool,
            typer.Option(
                "--roles",
                help=say(
                    N_(
                        "Only print the SQL that gives clerks and auditors their rights, for"
                        " whoever keeps the server; nothing is moved."
                    )
                ),
            ),
        ] = False,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        if roles:
            state.screen.roles(payouts.roles(state.office()))
            return ExitCode.DONE
        outcome = payouts.share(state.office())
        state.screen.shared(outcome)
        return ExitCode.REFUSED if outcome.broken else ExitCode.DONE
