"""Commands about the office's folder."""

from pathlib import Path
from typing import Annotated

import typer

from relief_cli.cli.state import State
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``init``."""

    @application.command(
        "init",
        help=say(N_("Make a new office folder: settings, local policy, an empty ledger.")),
        epilog=say(
            N_("Example: relief init 阳曲县 --name 阳曲县民政局 --region 140122 --county 阳曲县")
        ),
    )
    def init(
        context: typer.Context,
        folder: Annotated[Path, typer.Argument(metavar="DIR", help=say(N_("The new folder.")))],
        name: Annotated[str | None, typer.Option(help=say(N_("The office's name.")))] = None,
        region: Annotated[
            str | None, typer.Option(help=say(N_("Region code, six digits (GB/T 2260).")))
        ] = None,
        county: Annotated[
            str | None, typer.Option(help=say(N_("County of people whose roster names none.")))
        ] = None,
        city: Annotated[
            str | None, typer.Option(help=say(N_("City that the county belongs to.")))
        ] = None,
        approvals: Annotated[
            int, typer.Option(min=0, max=2, help=say(N_("Approvals that a batch needs.")))
        ] = 0,
        ledger: Annotated[
            str,
            typer.Option(help=say(N_("Address of a shared database, without its password."))),
        ] = "",
    ) -> None:
        from relief_cli import office
        from relief_cli.payouts import begin_books

        state: State = context.obj
        defaults = office.Office(folder=folder)
        made = office.create(
            folder,
            name=name or defaults.name,
            region=region or defaults.region,
            county=county or defaults.county,
            city=city or defaults.city,
            approvals=approvals,
            ledger=ledger,
            language=state.language_chosen or defaults.language,
            fill=begin_books,
        )
        state.screen.office_made(made, as_json=True)
