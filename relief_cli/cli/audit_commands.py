"""Commands for whoever examines the books."""

from typing import Annotated

import typer

from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``audit``."""

    @application.command(
        "audit",
        help=say(
            N_("Re-verify the books: event chain, content, signatures, sums, files in place.")
        ),
        epilog=say(N_("Example: relief audit --head 3f2a…")),
    )
    def audit(
        context: typer.Context,
        head: Annotated[
            str | None,
            typer.Option(
                help=say(N_("A digest noted before, as on an approval sheet; it must be there."))
            ),
        ] = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        outcome = payouts.audit(state.office(), head)
        state.screen.audit(outcome)
        return ExitCode.REFUSED if outcome.broken else ExitCode.DONE
