"""Commands of the second pair of eyes: operators, approve, reject."""

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relief_cli.cli.acting import Asker, signs
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate

if TYPE_CHECKING:  # it is loaded where somebody signs
    from relief_cli.signing import Acting


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``approve``, ``reject`` and ``operator``."""
    batch_argument = Annotated[
        str, typer.Argument(metavar="BATCH", help=say(N_("The batch's name.")))
    ]
    passphrase_option = Annotated[
        Path | None,
        typer.Option(help=say(N_("File with your passphrase; asked for where not given."))),
    ]

    by_option = Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=say(N_("An operator who signs for it; twice."))),
    ]
    by_passphrase_option = Annotated[
        list[Path] | None,
        typer.Option(help=say(N_("File with the passphrase of each, in the same order."))),
    ]

    @application.command(
        "approve",
        help=say(N_("Approve a batch that somebody else prepared, with your signature.")),
        epilog=say(N_("Example: relief approve one-time-2022-08-1 --as 李华")),
    )
    @signs(say)
    def approve(
        context: typer.Context,
        batch: batch_argument,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        payouts.approve(setting, batch)
        outcome = payouts.describe(setting, batch)
        state.screen.outcome(outcome)
        return ExitCode.WAITING if outcome.approvals_missing else ExitCode.DONE

    @application.command(
        "reject",
        help=say(N_("Reject a batch that has not gone out; its people can be paid by another.")),
        epilog=say(N_('Example: relief reject one-time-2022-08-1 --reason "账号未核对"')),
    )
    @signs(say)
    def reject(
        context: typer.Context,
        batch: batch_argument,
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        payouts.reject(setting, batch, reason)
        state.screen.rejected(batch, reason)

    operators = typer.Typer(
        help=say(N_("Who may approve: keys, roles, revocation.")), rich_markup_mode=None
    )
    application.add_typer(operators, name="operator")

    @operators.command(
        "add",
        help=say(N_("Make your key pair in your own home, and let its public half count here.")),
        epilog=say(N_("Example: relief operator add 李华 --role 复核")),
    )
    def add_operator(
        context: typer.Context,
        name: Annotated[str, typer.Argument(metavar="NAME", help=say(N_("The operator's name.")))],
        role: Annotated[str, typer.Option(help=say(N_("Such as 复核 or 审批.")))] = "",
        never_approves: Annotated[
            bool,
            typer.Option(
                "--never-approves",
                help=say(N_("A key that prepares and never approves, such as a nightly run's.")),
            ),
        ] = False,
        passphrase_file: passphrase_option = None,
        by: by_option = None,
        by_passphrase_file: by_passphrase_option = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        newcomer = payouts.Newcomer(
            name=name,
            role=role,
            approves=not never_approves,
            ask=Asker(state.screen.say, passphrase_file, again=True),
        )
        signers = _signers(state, by, by_passphrase_file)
        made, place = payouts.add_operator(state.office(), newcomer, signers)
        state.screen.operator_made(made, place)

    @operators.command(
        "list",
        help=say(N_("Show the operators.")),
        epilog=say(N_("Example: relief operator list")),
    )
    def list_operators(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.operators(payouts.all_operators(state.office()))

    @operators.command(
        "revoke",
        help=say(N_("End an operator's signature; what was approved before stays approved.")),
        epilog=say(N_('Example: relief operator revoke 李华 --reason "调离"')),
    )
    def revoke_operator(
        context: typer.Context,
        name: Annotated[str, typer.Argument(metavar="NAME", help=say(N_("The operator's name.")))],
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
        by: by_option = None,
        by_passphrase_file: by_passphrase_option = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        signers = _signers(state, by, by_passphrase_file)
        state.screen.operators([payouts.revoke_operator(state.office(), name, reason, signers)])

    @operators.command(
        "rule",
        help=say(N_("Show the rule of approvals; signed by two, let relief.toml's be the rule.")),
        epilog=say(N_("Example: relief operator rule --by 李华 --by 王芳")),
    )
    def rule(
        context: typer.Context,
        by: by_option = None,
        by_passphrase_file: by_passphrase_option = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        office = state.office()
        if by:
            payouts.set_rule(office, _signers(state, by, by_passphrase_file))
        state.screen.rule(*payouts.rules(office))


def _signers(state: State, names: list[str] | None, files: list[Path] | None) -> "list[Acting]":
    """Give those who sign together; their passphrase files are in the same order."""
    from relief_cli.signing import Acting

    pairs = zip_longest(dict.fromkeys(names or ()), files or ())
    return [Acting(name, Asker(state.screen.say, file)) for name, file in pairs if name]
