"""The command that makes up for a standard that was raised backwards in time."""

import datetime as dt
from typing import Annotated

import typer

from relief_cli.calendar import Cycle
from relief_cli.cli.approval_commands import acting, acting_option
from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``arrears``."""
    who_option = Annotated[str | None, acting_option(say)]

    @application.command(
        "arrears",
        help=say(N_("Pay the difference of a standard raised backwards to all who were paid.")),
        epilog=say(N_("Example: relief arrears dibao --from 2022-01 --to 2022-06")),
    )
    def arrears(
        context: typer.Context,
        programme: Annotated[
            str, typer.Argument(metavar="PROGRAMME", help=say(N_("dibao or tekun.")))
        ],
        first: Annotated[str, typer.Option("--from", help=say(N_("The first cycle, as 2022-01.")))],
        last: Annotated[str, typer.Option("--to", help=say(N_("The last cycle, as 2022-06.")))],
        pay_on: Annotated[
            dt.datetime | None,
            day_option(say, N_("The day that bank files carry; the last cycle's where not given.")),
        ] = None,
        who: who_option = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        span = Cycle.parse(first), Cycle.parse(last)
        setting = payouts.load_setting(state.office())
        asked = payouts.Arrears(
            programme=programme,
            first=span[0],
            last=span[1],
            maker=acting(who),
            pay_on=pay_on.date() if pay_on else None,
        )
        outcome = payouts.pay_arrears(setting, asked)
        state.screen.outcome(outcome)
        if outcome.approvals_missing:
            return ExitCode.WAITING
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE
