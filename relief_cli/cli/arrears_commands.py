"""Commands that pay what is still due for cycles that were paid."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.calendar import Cycle
from relief_cli.cli.acting import signs
from relief_cli.cli.asked import Asked
from relief_cli.cli.roster_options import (
    cycle_paid_for,
    day_option,
    password_option,
    programme_named,
    roster_argument,
    sheet_option,
)
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``arrears`` and ``top-up``."""
    _add_arrears(application, say)
    _add_top_up(application, say)


def _add_arrears(application: typer.Typer, say: Translate) -> None:

    @application.command(
        "arrears",
        help=say(N_("Pay the difference of a standard raised backwards to all who were paid.")),
        epilog=say(N_("Example: relief arrears dibao --from 2022-01 --to 2022-06")),
    )
    @signs(say)
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
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        span = Cycle.parse(first), Cycle.parse(last)
        setting = payouts.load_setting(state.office())
        asked = payouts.Arrears(
            programme=programme,
            first=span[0],
            last=span[1],
            pay_on=pay_on.date() if pay_on else None,
        )
        outcome = payouts.pay_arrears(setting, asked)
        state.screen.outcome(outcome)
        if outcome.approvals_missing:
            return ExitCode.WAITING
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE


def _add_top_up(application: typer.Typer, say: Translate) -> None:
    programme_argument = Annotated[str, programme_named(say)]
    rosters = Annotated[list[Path], roster_argument(say)]
    cycle_option = Annotated[str, cycle_paid_for(say)]
    sheets = Annotated[list[str] | None, sheet_option(say)]
    password_file = Annotated[Path | None, password_option(say)]
    pay_on_option = Annotated[
        dt.datetime | None,
        day_option(say, N_("The day that bank files carry; the deadline where not given.")),
    ]

    @application.command(
        "top-up",
        help=say(N_("Pay what is owed beyond what was paid for a cycle, once; made as any batch.")),
        epilog=say(N_("Example: relief top-up dibao 更正花名册.xlsx --cycle 2022-08")),
    )
    @signs(say)
    def top_up(
        context: typer.Context,
        programme: programme_argument,
        roster: rosters,
        cycle: cycle_option,
        recover: Annotated[
            bool,
            typer.Option(
                "--recover", help=say(N_("Record what was paid too much as owed back, besides."))
            ),
        ] = False,
        sheet: sheets = None,
        password_file: password_file = None,
        pay_on: pay_on_option = None,
    ) -> int:
        asked = Asked(
            programme, roster, cycle, sheet, password_file, pay_on,
            top_up=True, recover=recover,
        )  # fmt: skip
        outcome = asked.carry_out(context.obj, "run", steps=3)
        if outcome.approvals_missing:
            return ExitCode.WAITING
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE
