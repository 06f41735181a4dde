"""What commands that read rosters have in common: their options, and how reading begins."""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import typer

from relief_cli.cli.secret_options import passwords
from relief_cli.i18n import N_, Translate
from relief_cli.roster import inbox

if TYPE_CHECKING:  # importing these costs time that `relief --help` does not have
    from relief_cli.cli.render import Screen
    from relief_cli.office import Office
    from relief_cli.roster.gather import Gathering

_DAY = ["%Y-%m-%d"]


def sheet_option(say: Translate) -> object:
    """Give the option ``--sheet``."""
    return typer.Option("--sheet", help=say(N_("A sheet to read; may be given again.")))


def password_option(say: Translate) -> object:
    """Give the option ``--password-file``."""
    return typer.Option(help=say(N_("File with passwords of encrypted workbooks, one a line.")))


def day_option(say: Translate, text: str, *names: str) -> object:
    """Give an option that is a day; called as its parameter where no other name is given."""
    return typer.Option(*names, formats=_DAY, help=say(text))


def begin(
    office: "Office", rosters: list[Path], sheets: list[str] | None, password_file: Path | None
) -> "tuple[ModuleType, Gathering]":
    """Start reading the rosters, and load the use cases while the first files come in."""
    from relief_cli.roster.gather import gather, reading_options

    options = reading_options(office, tuple(sheets or ()), passwords(password_file))
    coming = gather(rosters, options)
    from relief_cli import payouts
    from relief_cli.ledger import entitled, record  # noqa: F401  # else recording loads them
    from relief_cli.payouts import actions  # noqa: F401  # loads what every use case needs

    return payouts, coming


def begin_list(office: "Office", files: list[Path], password_file: Path | None) -> "Gathering":
    """Start reading a list of another department."""
    from relief_cli.roster.gather import gather, reading_options

    options = reading_options(office, passwords=passwords(password_file), lists=True)
    return gather(files, options)


def files_of(screen: "Screen", paths: list[Path]) -> list[Path]:
    """Give the files that are meant, and tell which are passed over."""
    found = inbox.look(paths)
    if found.passed:
        screen.tell(N_("Passed over, no rosters: {names}"), names=inbox.names(found.passed))
    return found.files


def roster_argument(say: Translate) -> object:
    """Give the argument ``ROSTER...``."""
    return typer.Argument(metavar="ROSTER...", help=say(N_("Rosters: spreadsheets, CSV.")))


def programme_named(say: Translate) -> object:
    """Give the argument ``PROGRAMME``."""
    return typer.Argument(metavar="PROGRAMME", help=say(N_("Such as one-time.")))


def cycle_paid_for(say: Translate) -> object:
    """Give the option ``--cycle``."""
    help_text = say(N_("The cycle paid for, such as 2022-08 or 2022Q3."))
    return typer.Option("--cycle", help=help_text)
