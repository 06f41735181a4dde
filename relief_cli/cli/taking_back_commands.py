"""Commands that take back: people from a prepared batch, a file that the bank refused."""

from typing import Annotated

import typer

from relief_cli.cli.acting import signs
from relief_cli.cli.person_commands import person_meant
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``withhold`` and ``withdraw``."""
    batch_argument = Annotated[
        str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))
    ]

    @application.command(
        "withhold",
        help=say(
            N_(
                "Make a batch that has not gone out again without some of its people; it is"
                " approved anew."
            )
        ),
        epilog=say(N_("Example: relief withhold dibao-2022-08-1 dibao-2022-08-1-000007")),
    )
    @signs(say)
    def withhold(
        context: typer.Context,
        batch: batch_argument,
        given: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="PERSON...",
                help=say(
                    N_(
                        "Identity numbers (- to be asked), or references of payments; without any:"
                        " whoever was stopped or listed since it was prepared."
                    )
                ),
            ),
        ] = None,
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))] = "",
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        persons = [person_meant(state, one) for one in given or ()]
        outcome = payouts.withhold(setting, batch, persons, reason)
        state.screen.outcome(outcome)
        return ExitCode.WAITING if outcome.approvals_missing else ExitCode.DONE

    @application.command(
        "withdraw",
        help=say(
            N_("Take a bank file back that the bank refused as a whole; a follow-up pays it again.")
        ),
        epilog=say(
            N_("Example: relief withdraw dibao-2022-08-1 abc-dibao-2022-08-1.txt --reason 格式不符")
        ),
    )
    @signs(say)
    def withdraw(
        context: typer.Context,
        batch: batch_argument,
        file: Annotated[
            str, typer.Argument(metavar="FILE", help=say(N_("One of its bank files.")))
        ],
        reason: Annotated[str, typer.Option(help=say(N_("What the bank said.")))],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        state.screen.withdrawn(payouts.withdraw(setting, batch, file, reason))
