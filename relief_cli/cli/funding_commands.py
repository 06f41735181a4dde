"""Commands about money: appropriations, reserve funds, the reconciliation and the journal."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.cli.acting import signs
from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode, UsageError
from relief_cli.i18n import N_, Translate


class JournalFormat(StrEnum):
    """What ``journal --format`` takes."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``receive``, ``reserve``, ``reconcile`` and ``journal``."""
    _add_receive(application, say)
    _add_reserves(application, say)
    _add_reconcile(application, say)
    _add_journal(application, say)


def _add_receive(application: typer.Typer, say: Translate) -> None:

    @application.command(
        "receive",
        # An amount may begin with a minus sign.
        context_settings={"ignore_unknown_options": True},
        help=say(N_("Record money that arrived from a funding source, with its document.")),
        epilog=say(N_("Example: relief receive province 1883880 --document 晋财社〔2022〕88号")),
    )
    @signs(say)
    def receive(
        context: typer.Context,
        source: Annotated[
            str, typer.Argument(metavar="SOURCE", help=say(N_("Such as province or county.")))
        ],
        amount: Annotated[
            str, typer.Argument(metavar="AMOUNT", help=say(N_("Yuan, such as 300 or 1234.50.")))
        ],
        document: Annotated[str, typer.Option(help=say(N_("The document's number.")))],
        code: Annotated[
            str, typer.Option(help=say(N_("The function code that it is for, such as 2081902.")))
        ] = "",
        mark: Annotated[
            str,
            typer.Option(help=say(N_("Of direct money: 01 central, 03 provincial."))),
        ] = "",
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day it arrived; today where not given."))
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        # The clerk's own calendar day.
        day = (on or dt.datetime.now()).date()  # noqa: DTZ005
        found = payouts.receive(state.office(), source, amount, document, day, code, mark)
        state.screen.received(*found)


def _add_reserves(application: typer.Typer, say: Translate) -> None:
    reserves = typer.Typer(
        help=say(N_("Townships' reserve funds for temporary assistance: given, used, left.")),
        rich_markup_mode=None,
    )
    application.add_typer(reserves, name="reserve")

    @reserves.command(
        "give",
        # An amount may begin with a minus sign.
        context_settings={"ignore_unknown_options": True},
        help=say(N_("Record money given to a township's fund, or with a minus sign given back.")),
        epilog=say(N_("Example: relief reserve give 黄寨镇 20000 --document 县民发〔2022〕9号")),
    )
    @signs(say)
    def give(
        context: typer.Context,
        township: Annotated[
            str, typer.Argument(metavar="TOWNSHIP", help=say(N_("As the rosters write it.")))
        ],
        amount: Annotated[
            str, typer.Argument(metavar="AMOUNT", help=say(N_("Yuan, such as 300 or 1234.50.")))
        ],
        document: Annotated[str, typer.Option(help=say(N_("The document's number.")))],
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day; today where not given."))
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        # The clerk's own calendar day.
        day = (on or dt.datetime.now()).date()  # noqa: DTZ005
        office = state.office()
        state.screen.reserves(*payouts.give_reserve(office, township, amount, document, day))

    @reserves.command(
        "list",
        help=say(N_("Show what each township was given, has handed out, and has left.")),
        epilog=say(N_("Example: relief reserve list")),
    )
    def list_reserves(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.reserves(payouts.all_reserves(state.office()))


def _add_reconcile(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "reconcile",
        help=say(N_("Show and write where the money of every source is, and what does not agree.")),
        epilog=say(N_("Example: relief reconcile --cycle 2022-08")),
    )
    @signs(say)
    def reconcile(
        context: typer.Context,
        cycle: Annotated[
            str | None,
            typer.Option("--cycle", help=say(N_("The cycle to show; the last where not given."))),
        ] = None,
        year: Annotated[
            int | None,
            typer.Option(
                min=2000,
                max=2100,
                help=say(N_("A year instead: carried over, received, spent, repaid, left.")),
            ),
        ] = None,
        close: Annotated[
            bool,
            typer.Option(
                "--close", help=say(N_("Close the year: from then on nothing is booked in it."))
            ),
        ] = False,
        on: Annotated[
            dt.datetime | None,
            day_option(say, N_("The day for which ages are counted; today where not given.")),
        ] = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        # The clerk's own calendar day.
        day = (on or dt.datetime.now()).date()  # noqa: DTZ005
        if (year is not None and cycle) or (close and year is None):
            raise _year_or_cycle()
        setting = payouts.load_setting(state.office())
        if year is not None:
            state.screen.year(payouts.reconcile_year(setting, year, day, close=close))
            return ExitCode.DONE
        outcome = payouts.reconcile_funding(setting, cycle, day)
        state.screen.reconciled(outcome)
        return ExitCode.HELD if outcome.figures.differences else ExitCode.DONE


def _year_or_cycle() -> UsageError:
    return UsageError(
        "year-or-cycle",
        N_("A cycle or a year is shown, and only a year is closed."),
        remedy=N_("Such as: relief reconcile --cycle 2022-08, or relief reconcile --year 2022"),
    )


def _add_journal(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "journal",
        help=say(N_("The books as double entry with balances, for other programs to verify.")),
        epilog=say(N_("Example: relief journal --format beancount --output 2022.beancount")),
    )
    def journal(
        context: typer.Context,
        chosen: Annotated[
            JournalFormat, typer.Option("--format", help=say(N_("The program that reads it.")))
        ],
        output: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help=say(N_("Where it goes; else it is printed."))),
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        state.screen.journal(payouts.export_journal(setting, chosen.value, output))
