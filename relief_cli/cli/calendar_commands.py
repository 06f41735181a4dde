"""Commands about time: when what must be paid, what is late, where everything stands."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.calendar import parse_year
from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate

_AHEAD = 10
_MOST_AHEAD = 366


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``schedule``, ``due`` and ``status``."""
    _add_schedule(application, say)
    _add_due(application, say)
    _add_status(application, say)


def _add_schedule(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "schedule",
        help=say(N_("Show when what must be paid in a year, and under which clause.")),
        epilog=say(N_("Example: relief schedule 2022 --output 2022.xlsx --ics 2022.ics")),
    )
    def schedule(
        context: typer.Context,
        year: Annotated[
            str, typer.Argument(metavar="YEAR", help=say(N_("The year, such as 2022.")))
        ],
        output: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help=say(N_("A workbook to be printed, .xlsx."))),
        ] = None,
        ics: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help=say(N_("A file for calendar programs, .ics."))),
        ] = None,
    ) -> None:
        wanted = parse_year(year)
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office_or_defaults())
        state.screen.schedule(payouts.schedule(setting, wanted, output, ics))


def _add_due(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "due",
        help=say(N_("Tell what is due and what is late; made for cron: exit code 1 if late.")),
        epilog=say(N_("Example: relief due --ahead 5")),
    )
    def due(
        context: typer.Context,
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day; today where not given."))
        ] = None,
        ahead: Annotated[
            int,
            typer.Option(
                min=0,
                max=_MOST_AHEAD,
                metavar="DAYS",
                help=say(N_("How many days ahead count as due.")),
            ),
        ] = _AHEAD,
    ) -> int:
        day = _day(on)
        from relief_cli import payouts

        state: State = context.obj
        outcome = payouts.due(state.office(), day, ahead)
        state.screen.due(outcome)
        return ExitCode.HELD if outcome.late else ExitCode.DONE


def _add_status(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "status",
        help=say(N_("Show where everything stands, what is late, and what to type next.")),
        epilog=say(N_("Example: relief status --year 2022")),
    )
    def status(
        context: typer.Context,
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day; today where not given."))
        ] = None,
        year: Annotated[
            str | None,
            typer.Option(metavar="YEAR", help=say(N_("A year; that of the day where not given."))),
        ] = None,
    ) -> None:
        day, wanted = _day(on), None if year is None else parse_year(year)
        from relief_cli import payouts

        state: State = context.obj
        outcome = payouts.status(state.office(), day, wanted)
        state.screen.status(outcome, state.folder)


def _day(given: dt.datetime | None) -> dt.date:
    """Give the day that is asked for, in a year that may be given; else today.

    Raises:
        UsageError: ``year-malformed``.
    """
    # The clerk's own calendar day.
    day = (given or dt.datetime.now()).date()  # noqa: DTZ005
    parse_year(f"{day.year:04}")
    return day
