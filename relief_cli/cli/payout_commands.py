"""Commands that check rosters and pay them."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.cli.acting import signs
from relief_cli.cli.asked import Asked
from relief_cli.cli.roster_options import (
    begin,
    cycle_paid_for,
    day_option,
    files_of,
    password_option,
    programme_named,
    roster_argument,
    sheet_option,
)
from relief_cli.cli.secret_options import encrypt_to_option, seal_of, workbook_password_option
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``check``, ``prepare``, ``export`` and ``run``."""
    rosters = Annotated[list[Path], roster_argument(say)]
    sheets = Annotated[list[str] | None, sheet_option(say)]
    password_file = Annotated[Path | None, password_option(say)]
    programme_argument = Annotated[str, programme_named(say)]
    cycle_option = Annotated[str, cycle_paid_for(say)]
    pay_on_option = Annotated[
        dt.datetime | None,
        day_option(say, N_("The day that bank files carry; the deadline where not given.")),
    ]

    @application.command(
        "check",
        help=say(N_("Find what is wrong in rosters, and write a workbook to fix it from.")),
        epilog=say(N_("Example: relief check 东黄水镇.xlsx 侯村乡.csv")),
    )
    def check(
        context: typer.Context,
        roster: rosters,
        sheet: sheets = None,
        password_file: password_file = None,
        report: Annotated[
            Path | None, typer.Option(help=say(N_("Where the workbook goes.")))
        ] = None,
        on: Annotated[
            dt.datetime | None,
            day_option(say, N_("The day for which ages are judged.")),
        ] = None,
    ) -> int:
        state: State = context.obj
        office = state.office_or_defaults()
        files = files_of(state.screen, roster)
        payouts, rosters = begin(office, files, sheet, password_file)
        with state.screen.progress(files, steps=2) as advance:
            outcome = payouts.check(
                payouts.load_setting(office),
                rosters,
                report,
                (on or dt.datetime.now()).date(),  # noqa: DTZ005  # the clerk's own calendar day
                advance,
            )
        state.screen.check_outcome(outcome)
        if outcome.refused:
            return ExitCode.USAGE
        return ExitCode.HELD if outcome.rows_with_errors else ExitCode.DONE

    @application.command(
        "prepare",
        help=say(N_("Check rosters and put a batch into the ledger; nothing goes out.")),
        epilog=say(N_("Example: relief prepare one-time 花名册.xlsx --cycle 2022-08")),
    )
    @signs(say)
    def prepare(
        context: typer.Context,
        programme: programme_argument,
        roster: rosters,
        cycle: cycle_option,
        sheet: sheets = None,
        password_file: password_file = None,
        pay_on: pay_on_option = None,
    ) -> int:
        asked = Asked(programme, roster, cycle, sheet, password_file, pay_on)
        outcome = asked.carry_out(context.obj, "prepare", steps=2)
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE

    sealing_keys = Annotated[list[str] | None, encrypt_to_option(say)]
    workbook_password = Annotated[Path | None, workbook_password_option(say)]

    @application.command(
        "export",
        help=say(N_("Write a batch's bank files, manifest and disbursement sheet.")),
        epilog=say(N_("Example: relief export one-time-2022-08-1 --format generic-csv")),
    )
    @signs(say)
    def export(
        context: typer.Context,
        batch: Annotated[str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))],
        bank_format: Annotated[
            str | None,
            typer.Option("--format", help=say(N_("One bank format for all payments."))),
        ] = None,
        encrypt_to: sealing_keys = None,
        workbook_password_file: workbook_password = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        seal = seal_of(encrypt_to, workbook_password_file)
        setting = payouts.load_setting(state.office())
        outcome = payouts.export(setting, batch, bank_format, seal)
        state.screen.outcome(outcome)
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE

    @application.command(
        "run",
        help=say(
            N_("Do all of it, from rosters to bank files, as approvals allow. Safe to repeat.")
        ),
        epilog=say(N_("Example: relief run one-time 花名册/*.xlsx --cycle 2022-08")),
    )
    @signs(say)
    def run(
        context: typer.Context,
        programme: programme_argument,
        roster: rosters,
        cycle: cycle_option,
        sheet: sheets = None,
        password_file: password_file = None,
        pay_on: pay_on_option = None,
        encrypt_to: sealing_keys = None,
        workbook_password_file: workbook_password = None,
    ) -> int:
        seal = seal_of(encrypt_to, workbook_password_file)
        asked = Asked(programme, roster, cycle, sheet, password_file, pay_on, seal)
        outcome = asked.carry_out(context.obj, "run", steps=3)
        if outcome.approvals_missing:
            return ExitCode.WAITING
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE
