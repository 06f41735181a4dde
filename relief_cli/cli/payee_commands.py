"""Commands about payees: who may draw for whom."""

import datetime as dt
from typing import Annotated

import typer

from relief_cli.cli.acting import signs
from relief_cli.cli.person_commands import (
    asked_for,
    person_argument,
    person_meant,
    reason_given,
)
from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``payee``."""
    payees = typer.Typer(
        help=say(N_("Who may draw for whom: mandates (代领备案).")), rich_markup_mode=None
    )
    application.add_typer(payees, name="payee")

    @payees.command(
        "add",
        help=say(N_("Register who may draw for a person; else such a row is held (R211).")),
        epilog=say(N_("Example: relief payee add - - --document 代领备案第3号 --until 2023-06-30")),
    )
    @signs(say)
    def add_payee(
        context: typer.Context,
        given: Annotated[str, person_argument(say)],
        name: Annotated[
            str,
            typer.Argument(
                metavar="PAYEE", help=say(N_("The name that the account bears; - asks for it."))
            ),
        ],
        document: Annotated[str, typer.Option(help=say(N_("The document's number.")))],
        until: Annotated[dt.datetime, day_option(say, N_("The last day on which it holds."))],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        person = person_meant(state, given)
        payee = asked_for(state, name, N_("Name of the payee"))
        office = state.office()
        state.screen.mandates(payouts.add_mandate(office, person, payee, document, until.date()))

    @payees.command(
        "end",
        help=say(N_("End a mandate before its day.")),
        epilog=say(N_('Example: relief payee end 3 --reason "已自行领取"')),
    )
    @signs(say)
    def end_payee(
        context: typer.Context,
        number: Annotated[
            int, typer.Argument(metavar="NUMBER", help=say(N_("The mandate's number.")))
        ],
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.mandates(payouts.end_mandate(state.office(), number, reason_given(reason)))

    @payees.command(
        "list",
        help=say(N_("Show who may draw for whom, and until when.")),
        epilog=say(N_("Example: relief payee list")),
    )
    def list_payees(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.mandates(payouts.all_mandates(state.office()))
