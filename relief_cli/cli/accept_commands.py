"""Commands about findings that somebody has looked at."""

import datetime as dt
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from relief_cli.cli.acting import signs
from relief_cli.cli.person_commands import person_meant, reason_given
from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.i18n import N_, Translate

_ADD = "add"
_YEAR = dt.timedelta(days=365)


class _Findings(TyperGroup):
    """``relief accept R206 …`` accepts; ``list`` and ``end`` are commands of their own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer's own
        """Put the name of the command before a finding's code."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args.insert(0, _ADD)
        return super().parse_args(ctx, args)


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``accept``."""
    accepting = typer.Typer(
        cls=_Findings,
        help=say(N_("Accept a finding that somebody has looked at: relief accept R206 PERSON …")),
        rich_markup_mode=None,
    )
    application.add_typer(accepting, name="accept")

    @accepting.command(
        _ADD,
        help=say(
            N_("Accept a finding of one person or account; it is quiet until its facts change.")
        ),
        epilog=say(
            N_(
                'Example: relief accept R206 - --reason "父子同住，共用一折"; the whole name of the'
                " command is relief accept add"
            )
        ),
    )
    @signs(say)
    def accept(
        context: typer.Context,
        code: Annotated[
            str, typer.Argument(metavar="FINDING", help=say(N_("The finding, such as R206.")))
        ],
        given: Annotated[
            str,
            typer.Argument(
                metavar="PERSON",
                help=say(N_("Identity number, payment's reference, or account; - asks for it.")),
            ),
        ],
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
        until: Annotated[
            dt.datetime | None,
            day_option(say, N_("The last day on which it holds; a year from today if not given.")),
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        person = person_meant(state, given)
        today = dt.datetime.now()  # noqa: DTZ005  # the clerk's own calendar day
        day = (until or today + _YEAR).date()
        accepted = payouts.accept(state.office(), code, person, reason_given(reason), day)
        state.screen.acceptances(accepted)

    @accepting.command(
        "list",
        help=say(N_("Show what was accepted, by whom, why, and until when.")),
        epilog=say(N_("Example: relief accept list")),
    )
    def list_accepted(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.acceptances(payouts.all_acceptances(state.office()))

    @accepting.command(
        "end",
        help=say(N_("Let a finding be told again.")),
        epilog=say(N_('Example: relief accept end 3 --reason "已各开一户"')),
    )
    @signs(say)
    def end_accepted(
        context: typer.Context,
        number: Annotated[
            int, typer.Argument(metavar="NUMBER", help=say(N_("Its number in the list.")))
        ],
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        ended = payouts.end_acceptance(state.office(), number, reason_given(reason))
        state.screen.acceptances(ended)
