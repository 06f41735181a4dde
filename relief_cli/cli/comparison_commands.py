"""Commands that hold rosters against earlier ones and against lists; they record nothing."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from relief_cli.calendar import Cycle
from relief_cli.cli.render import Screen
from relief_cli.cli.roster_options import (
    begin,
    begin_list,
    day_option,
    files_of,
    password_option,
    sheet_option,
)
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode, UsageError
from relief_cli.i18n import N_, Translate


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``diff``, ``compare`` and ``screen``."""
    _add_diff(application, say)
    _add_compare(application, say)
    _add_screen(application, say)


def _add_diff(application: typer.Typer, say: Translate) -> None:
    side = N_("A roster, or a folder of rosters.")
    more = Annotated[
        list[Path] | None,
        typer.Option(help=say(N_("One more file of this side; may be given again."))),
    ]

    @application.command(
        "diff",
        help=say(
            N_(
                "Show what changed between two rosters: who joined and left, amounts, accounts."
                " A difference is no error."
            )
        ),
        epilog=say(N_("Example: relief diff 7月/低保.xlsx 8月/低保.xlsx")),
    )
    def diff(
        context: typer.Context,
        old_roster: Annotated[Path | None, typer.Argument(metavar="OLD", help=say(side))] = None,
        new_roster: Annotated[Path | None, typer.Argument(metavar="NEW", help=say(side))] = None,
        old: more = None,
        new: more = None,
        sheet: Annotated[list[str] | None, sheet_option(say)] = None,
        password_file: Annotated[Path | None, password_option(say)] = None,
        report: Annotated[
            Path | None, typer.Option(help=say(N_("Where the workbook goes.")))
        ] = None,
    ) -> int:
        state: State = context.obj
        before = _side(state.screen, old_roster, old)
        after = _side(state.screen, new_roster, new)
        office = state.office_or_defaults()
        payouts, coming = begin(office, before, sheet, password_file)
        _, arriving = begin(office, after, sheet, password_file)
        with state.screen.progress([*before, *after], steps=2) as advance:
            outcome = payouts.diff(
                payouts.load_setting(office),
                payouts.Sides(old=coming, new=arriving, report=report, advance=advance),
            )
        state.screen.changes(outcome)
        return ExitCode.DONE


def _side(screen: Screen, roster: Path | None, more: list[Path] | None) -> list[Path]:
    given = [*([roster] if roster else []), *(more or [])]
    if not given:
        raise UsageError(
            "side-missing",
            N_("Two rosters are needed: an old one and a new one."),
            remedy=N_("relief diff OLD NEW, or --old FILE … --new FILE … for several"),
        )
    return files_of(screen, given)


def _add_compare(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "compare",
        help=say(N_("Find who in rosters stands on a list of another department.")),
        epilog=say(
            N_("Example: relief compare 低保.xlsx --against 死亡.xlsx --as dead --cycle 2022-08")
        ),
    )
    def compare(
        context: typer.Context,
        against: Annotated[
            list[Path],
            typer.Option(help=say(N_("The list, with names and IDs; may be given again."))),
        ],
        kind: Annotated[
            str | None, typer.Option("--as", help=say(N_("What the list is: dead, employed, …")))
        ] = None,
        roster: Annotated[
            list[Path] | None,
            typer.Argument(metavar="ROSTER...", help=say(N_("Rosters: spreadsheets, CSV."))),
        ] = None,
        books: Annotated[
            bool,
            typer.Option(
                "--books",
                help=say(
                    N_("Run the list over what was paid, not over rosters: who owes what back.")
                ),
            ),
        ] = False,
        first: Annotated[
            str | None, typer.Option("--from", help=say(N_("With --books: the first cycle.")))
        ] = None,
        last: Annotated[
            str | None, typer.Option("--to", help=say(N_("With --books: the last cycle.")))
        ] = None,
        record: Annotated[
            bool, typer.Option("--record", help=say(N_("With --books: record it as owed back.")))
        ] = False,
        cycle: Annotated[
            str | None,
            typer.Option(
                help=say(N_("What would be paid for: who died later is due it. Else all count."))
            ),
        ] = None,
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day whose policy holds; today."))
        ] = None,
        sheet: Annotated[list[str] | None, sheet_option(say)] = None,
        password_file: Annotated[Path | None, password_option(say)] = None,
        report: Annotated[
            Path | None, typer.Option(help=say(N_("Where the workbook goes.")))
        ] = None,
    ) -> int:
        state: State = context.obj
        if books:
            span = _span(roster, first, last)
            return _over_books(state, against, kind or "dead", span, password_file, record=record)
        if not roster or not kind:
            raise UsageError(
                "comparison-unclear",
                N_("Rosters are needed, and what the list is: --as dead, employed, …"),
                remedy=N_("To run a list over what was paid: --books --from CYCLE --to CYCLE"),
            )
        asked_for = Cycle.parse(cycle) if cycle else None
        office = state.office_or_defaults()
        files = files_of(state.screen, roster)
        payouts, rosters = begin(office, files, sheet, password_file)
        listed = begin_list(office, against, password_file)
        with state.screen.progress([*files, *against], steps=2) as advance:
            outcome = payouts.compare(
                payouts.load_setting(office),
                payouts.Comparison(
                    rosters=rosters,
                    against=listed,
                    kind=kind,
                    cycle=asked_for,
                    on=(on or dt.datetime.now()).date(),  # noqa: DTZ005  # the clerk's calendar day
                    report=report,
                    advance=advance,
                ),
            )
        state.screen.compared(outcome)
        return ExitCode.HELD if outcome.held else ExitCode.DONE


def _span(roster: list[Path] | None, first: str | None, last: str | None) -> tuple[Cycle, Cycle]:
    """Give the cycles over which a list is run.

    Raises:
        UsageError: ``comparison-unclear``; and as :meth:`Cycle.parse`.
    """
    if roster or not first or not last:
        raise UsageError(
            "comparison-unclear",
            N_("With --books no roster is given, but the cycles: --from CYCLE --to CYCLE"),
            remedy=N_("Such as --from 2022-01 --to 2022-12"),
        )
    return Cycle.parse(first), Cycle.parse(last)


def _over_books(
    state: State,
    against: list[Path],
    kind: str,
    span: tuple[Cycle, Cycle],
    password_file: Path | None,
    *,
    record: bool,
) -> int:
    from relief_cli import payouts

    office = state.office()
    listed = begin_list(office, against, password_file)
    asked = payouts.LateList(against=listed, kind=kind, first=span[0], last=span[1], record=record)
    outcome = payouts.compare_books(payouts.load_setting(office), asked)
    state.screen.overpaid(outcome)
    return ExitCode.HELD if outcome.open_fen else ExitCode.DONE


def _add_screen(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "screen",
        help=say(
            N_("Find who should be on a roster by what a list of disabled people says, and is not.")
        ),
        epilog=say(N_("Example: relief screen 低保.xlsx 特困.xls 边缘.xlsx --against 残疾人.xlsx")),
    )
    def screen(
        context: typer.Context,
        roster: Annotated[
            list[Path],
            typer.Argument(
                metavar="ROSTER...",
                help=say(N_("The rosters of all benefits and of families on the margin of dibao.")),
            ),
        ],
        against: Annotated[
            list[Path],
            typer.Option(
                help=say(N_("The list, with kind and grade of disability; may be given again."))
            ),
        ],
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day whose policy holds; today."))
        ] = None,
        sheet: Annotated[list[str] | None, sheet_option(say)] = None,
        password_file: Annotated[Path | None, password_option(say)] = None,
        report: Annotated[
            Path | None, typer.Option(help=say(N_("Where the workbook goes.")))
        ] = None,
    ) -> int:
        state: State = context.obj
        office = state.office_or_defaults()
        files = files_of(state.screen, roster)
        payouts, rosters = begin(office, files, sheet, password_file)
        listed = begin_list(office, against, password_file)
        with state.screen.progress([*files, *against], steps=2) as advance:
            outcome = payouts.screen(
                payouts.load_setting(office),
                payouts.Screening(
                    rosters=rosters,
                    against=listed,
                    on=(on or dt.datetime.now()).date(),  # noqa: DTZ005  # the clerk's calendar day
                    report=report,
                    advance=advance,
                ),
            )
        state.screen.screened(outcome)
        return ExitCode.DONE
