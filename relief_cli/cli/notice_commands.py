"""The command for what is made public."""

import datetime as dt
from typing import Annotated

import typer

from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``notice``."""

    @application.command(
        "notice",
        help=say(N_("Write the list for public display: masked names, no numbers, no accounts.")),
        epilog=say(N_("Example: relief notice one-time-2022-08-1 --from 2022-08-15")),
    )
    def notice(
        context: typer.Context,
        batch: Annotated[str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))],
        first_on: Annotated[
            dt.datetime | None,
            day_option(
                say,
                N_("The first day of the display; a blank to fill in where not given."),
                "--from",
            ),
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        day = first_on.date() if first_on else None
        state.screen.notice(payouts.publish_notice(setting, batch, day))
