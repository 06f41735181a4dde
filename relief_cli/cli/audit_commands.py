"""Commands for whoever examines the books."""

from pathlib import Path
from typing import Annotated

import typer

from relief_cli.calendar import Cycle
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``audit`` and ``extract``."""

    @application.command(
        "audit",
        help=say(
            N_("Re-verify the books: event chain, content, signatures, sums, files in place.")
        ),
        epilog=say(N_("Example: relief audit --head 3f2a…")),
    )
    def audit(
        context: typer.Context,
        head: Annotated[
            str | None,
            typer.Option(
                help=say(N_("A digest noted before, as on an approval sheet; it must be there."))
            ),
        ] = None,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        outcome = payouts.audit(state.office(), head)
        state.screen.audit(outcome)
        return ExitCode.REFUSED if outcome.broken else ExitCode.DONE

    @application.command(
        "extract",
        help=say(N_("Every entitlement with payment, file line, answer and clause, as one table.")),
        epilog=say(
            N_("Example: relief extract --from 2022-07 --to 2022-12 --output 2022下半年.xlsx")
        ),
    )
    def extract(
        context: typer.Context,
        first: Annotated[str, typer.Option("--from", help=say(N_("The first cycle, as 2022-01.")))],
        last: Annotated[str, typer.Option("--to", help=say(N_("The last cycle, as 2022-06.")))],
        output: Annotated[
            Path,
            typer.Option(help=say(N_("A new .xlsx, .csv or .parquet; it names everybody."))),
        ],
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        span = Cycle.parse(first), Cycle.parse(last)
        state.screen.extracted(payouts.extract(state.office(), *span, output))
