"""Commands that tell what the tool knows: policy, banks, finding codes."""

import datetime as dt
from typing import Annotated

import typer

from relief_cli.cli.state import State
from relief_cli.errors import UsageError
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``policy show``, ``banks list`` and ``explain``."""
    policy = typer.Typer(no_args_is_help=True, help=say(N_("The parameters: values and clauses.")))
    banks = typer.Typer(no_args_is_help=True, help=say(N_("The banks and their file formats.")))
    application.add_typer(policy, name="policy")
    application.add_typer(banks, name="banks")

    @policy.command(
        "show",
        help=say(N_("Show a programme's parameters: value, since when, under which clause.")),
        epilog=say(N_("Example: relief policy show one-time --on 2022-08-20")),
    )
    def show(
        context: typer.Context,
        programme: Annotated[str, typer.Argument(help=say(N_("Such as one-time.")))],
        on: Annotated[
            dt.datetime | None,
            typer.Option(formats=["%Y-%m-%d"], help=say(N_("The day; today where not given."))),
        ] = None,
        place: Annotated[str, typer.Option(help=say(N_("A county.")))] = "",
    ) -> None:
        from relief_cli.policy import TOPICS, load

        state: State = context.obj
        known = load(state.office_or_defaults().policy_files)
        day = (on or dt.datetime.now()).date()  # noqa: DTZ005  # the clerk's own calendar day
        if programme not in TOPICS:
            raise UsageError(
                "policy-unknown",
                N_("The policy has no part called {part}"),
                remedy=N_("Its parts: {known}"),
                part=programme,
                known=", ".join(TOPICS),
            )
        shown = known.listed(programme, day, place)
        if not shown:
            raise UsageError(
                "policy-empty",
                N_("The policy says nothing of {programme} on {on}"),
                remedy=N_("Another day may have values: --on"),
                programme=programme,
                on=day.isoformat(),
            )
        if programme != "local":
            shown += known.listed("local", day, place)
        state.screen.parameters(programme, day, shown)

    @banks.command(
        "list",
        help=say(N_("List the banks that are known and the formats of their files.")),
        epilog=say(N_("Example: relief banks list")),
    )
    def list_banks(context: typer.Context) -> None:
        from relief_cli.payouts import load_setting

        state: State = context.obj
        state.screen.banks(load_setting(state.office_or_defaults()))

    @application.command(
        "explain",
        help=say(N_("Explain a finding code: why it matters and how to put it right.")),
        epilog=say(N_("Example: relief explain R103")),
    )
    def explain(
        context: typer.Context,
        code: Annotated[
            str | None, typer.Argument(help=say(N_("Such as R103; all codes where not given.")))
        ] = None,
    ) -> None:
        from relief_cli.checks.rules import RULES

        state: State = context.obj
        if code is not None and code.upper() not in RULES:
            raise UsageError(
                "code-unknown",
                N_("There is no finding code {given}"),
                remedy=N_("`relief explain` lists all codes"),
                given=code,
            )
        state.screen.rules([RULES[code.upper()]] if code else list(RULES.values()))
