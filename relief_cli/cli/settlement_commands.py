"""Commands after the export: what the bank answered, and what is paid again."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.cli.acting import signs
from relief_cli.cli.roster_options import (
    begin,
    day_option,
    files_of,
    password_option,
    sheet_option,
)
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``settle`` and ``follow-up``."""
    sheets = Annotated[list[str] | None, sheet_option(say)]
    password_file = Annotated[Path | None, password_option(say)]
    pay_on_option = Annotated[
        dt.datetime | None,
        day_option(say, N_("The day that bank files carry; that of the batch where not given.")),
    ]

    @application.command(
        "settle",
        help=say(N_("Take in the bank's answer to a batch. Safe to repeat.")),
        epilog=say(N_("Example: relief settle one-time-2022-08-1 回盘.txt")),
    )
    @signs(say)
    def settle(
        context: typer.Context,
        batch: Annotated[str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))],
        file: Annotated[
            list[Path], typer.Argument(metavar="FILE...", help=say(N_("The bank's files.")))
        ],
        bank_format: Annotated[
            str | None,
            typer.Option("--format", help=say(N_("Their bank format, where it cannot be told."))),
        ] = None,
        on: Annotated[
            dt.datetime | None,
            day_option(
                say, N_("The bank's date, where its files do not tell it or tell it wrong.")
            ),
        ] = None,
        meaning: Annotated[
            list[str] | None,
            typer.Option(
                "--meaning",
                help=say(N_("What a word of the bank means that no list knows: 已入账=paid.")),
            ),
        ] = None,
        confirmed: Annotated[
            str | None,
            typer.Option(
                "--confirmed",
                metavar="TEXT",
                help=say(
                    N_(
                        "The bank has confirmed what the files say of payments on which it had said"
                        " two things: number and date of its letter."
                    )
                ),
            ),
        ] = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        answers = payouts.Answers(
            paths=file,
            bank_format=bank_format,
            on=on.date() if on else None,
            meanings=payouts.parse_meanings(meaning or []),
            confirmed=confirmed,
        )
        with state.screen.progress(file, steps=1) as advance:
            outcome = payouts.settle(setting, batch, answers, advance)
        state.screen.settled(outcome)
        if outcome.refused:
            return outcome.refused[0].exit_code
        held = outcome.kept_aside or outcome.contradicted or outcome.twice
        return ExitCode.HELD if held else ExitCode.DONE

    @application.command(
        "follow-up",
        help=say(
            N_("Pay again what failed or came back, into the accounts that rosters put right.")
        ),
        epilog=say(N_("Example: relief follow-up one-time-2022-08-1 out/returns/改正.xlsx")),
    )
    @signs(say)
    def follow_up(
        context: typer.Context,
        batch: Annotated[str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))],
        roster: Annotated[
            list[Path] | None,
            typer.Argument(
                metavar="[ROSTER]...",
                help=say(N_("Rosters with corrected accounts; without any all is paid as before.")),
            ),
        ] = None,
        same_accounts: Annotated[
            bool,
            typer.Option(
                "--same-accounts",
                help=say(N_("Pay also into accounts that the bank has just rejected.")),
            ),
        ] = False,
        sheet: sheets = None,
        password_file: password_file = None,
        pay_on: pay_on_option = None,
    ) -> int:
        state: State = context.obj
        office = state.office()
        rosters = files_of(state.screen, roster or [])
        payouts, coming = begin(office, rosters, sheet, password_file)
        with state.screen.progress(rosters, steps=2) as advance:
            asked = payouts.Repeat(
                batch=batch,
                rosters=coming if rosters else None,
                same_accounts=same_accounts,
                pay_on=pay_on.date() if pay_on else None,
                advance=advance,
            )
            outcome = payouts.follow_up(payouts.load_setting(office), asked)
        state.screen.outcome(outcome)
        if outcome.approvals_missing:
            return ExitCode.WAITING
        return ExitCode.HELD if outcome.rows["held"] else ExitCode.DONE
