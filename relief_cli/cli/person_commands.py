"""Commands about one person: the story, stops and recoveries."""

import datetime as dt
import sys
from typing import Annotated

import typer

from relief_cli.cli.acting import signs
from relief_cli.cli.roster_options import day_option
from relief_cli.cli.state import State
from relief_cli.errors import ExitCode, UsageError
from relief_cli.i18n import N_, Translate

ASK = "-"
"""In the place of an identity number: it is asked for, or read from standard input."""


def person_argument(say: Translate) -> object:
    """Give the argument ``PERSON``."""
    text = N_("Identity number, or a payment's reference; - asks for it, unseen by others.")
    return typer.Argument(metavar="PERSON", help=say(text))


def person_meant(state: State, given: str) -> str:
    """Give what stands for the person; asked for where the command line says ``-``."""
    return asked_for(state, given, N_("Identity number"))


def asked_for(state: State, given: str, question: str) -> str:
    """Give what is given, or asked for where the command line says ``-``: ``ps`` shows it to all.

    From standard input a line for each, in the order of the arguments.
    """
    if given != ASK:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(state.screen.say(question), hide_input=True, err=True))


def _day(given: dt.datetime | None) -> dt.date:
    # The clerk's own calendar day.
    return (given or dt.datetime.now()).date()  # noqa: DTZ005


def _fen(amount: str) -> int:
    from relief_cli.money import parse_yuan

    return parse_yuan(amount)


def add(application: typer.Typer, say: Translate) -> None:
    """Add ``trace``, ``stop`` and ``recovery``."""
    _add_trace(application, say)
    _add_stops(application, say)
    _add_recoveries(application, say)


def _add_trace(application: typer.Typer, say: Translate) -> None:
    @application.command(
        "trace",
        help=say(
            N_("Tell one person's story: roster row, clause, shares, bank file, bank's answer.")
        ),
        epilog=say(N_("Example: relief trace one-time-2022-08-1-000123")),
    )
    def trace(context: typer.Context, given: Annotated[str, person_argument(say)]) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.trace(payouts.trace(state.office(), person_meant(state, given)))


def _add_stops(application: typer.Typer, say: Translate) -> None:
    person = Annotated[str, person_argument(say)]
    reason_option = Annotated[str, typer.Option(help=say(N_("Why, in your words.")))]
    since_option = Annotated[
        dt.datetime | None, day_option(say, N_("From which day on; today where not given."))
    ]
    stops = typer.Typer(
        help=say(N_("Who is paid no more (deceased, moved, no longer entitled).")),
        rich_markup_mode=None,
    )
    application.add_typer(stops, name="stop")

    @stops.command(
        "add",
        help=say(N_("Pay a person no more; their rows are held from that day on (R502).")),
        epilog=say(N_('Example: relief stop add - --reason "死亡" --since 2022-08-03')),
    )
    @signs(say)
    def add_stop(
        context: typer.Context,
        given: person,
        reason: reason_option,
        since: since_option = None,
        programme: Annotated[
            list[str] | None,
            typer.Option(
                "--programme",
                help=say(
                    N_(
                        "What is paid no more; may be given again. Everything for a death, else"
                        " all but temporary assistance where not given."
                    )
                ),
            ),
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        meant, why = person_meant(state, given), reason_given(reason)
        state.screen.stops(
            payouts.stop(state.office(), meant, _day(since), why, tuple(programme or ()))
        )

    @stops.command(
        "end",
        help=say(N_("Pay a person again.")),
        epilog=say(N_('Example: relief stop end - --reason "复核后恢复"')),
    )
    @signs(say)
    def end_stop(context: typer.Context, given: person, reason: reason_option) -> None:
        from relief_cli import payouts

        state: State = context.obj
        meant = person_meant(state, given)
        state.screen.stops(payouts.resume(state.office(), meant, reason_given(reason)))

    @stops.command(
        "list", help=say(N_("Show who is stopped.")), epilog=say(N_("Example: relief stop list"))
    )
    def list_stops(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.stops(payouts.all_stops(state.office()))


def reason_given(text: str) -> str:
    """Give a reason in the clerk's words.

    Raises:
        UsageError: ``reason-missing``, ``reason-unreadable``.
    """
    if not text.isprintable():
        raise UsageError(
            "reason-unreadable",
            N_("The reason holds characters that cannot be read."),
            remedy=N_("Type it again; the terminal must be set to UTF-8."),
        )
    if text.strip():
        return text.strip()
    raise UsageError(
        "reason-missing",
        N_("A reason is needed."),
        remedy=N_('Say in your words why: --reason "…"'),
    )


def _add_recoveries(application: typer.Typer, say: Translate) -> None:
    amount_argument = Annotated[
        str, typer.Argument(metavar="AMOUNT", help=say(N_("Yuan, such as 300 or 1234.50.")))
    ]
    recoveries = typer.Typer(
        help=say(N_("Who owes money back, and what came back.")), rich_markup_mode=None
    )
    application.add_typer(recoveries, name="recovery")

    @recoveries.command(
        "add",
        help=say(N_("Record that somebody owes back what should not have been paid.")),
        epilog=say(N_('Example: relief recovery add - 900 --reason "死亡后多发三个月"')),
    )
    @signs(say)
    def add_recovery(
        context: typer.Context,
        given: Annotated[str, person_argument(say)],
        amount: amount_argument,
        reason: Annotated[str, typer.Option(help=say(N_("Why, in your words.")))],
        since: Annotated[
            dt.datetime | None, day_option(say, N_("Since when it is owed; today where not given."))
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        meant = person_meant(state, given)
        owed = payouts.owe(state.office(), meant, _fen(amount), _day(since), reason_given(reason))
        state.screen.recoveries([owed])

    @recoveries.command(
        "repaid",
        help=say(N_("Record that money of a recovery came back.")),
        epilog=say(N_("Example: relief recovery repaid 1 300 --document 缴款书第12号")),
    )
    @signs(say)
    def repaid(
        context: typer.Context,
        number: Annotated[
            int, typer.Argument(metavar="NUMBER", help=say(N_("The recovery's number.")))
        ],
        amount: amount_argument,
        document: Annotated[str, typer.Option(help=say(N_("The document's number.")))],
        on: Annotated[
            dt.datetime | None, day_option(say, N_("The day; today where not given."))
        ] = None,
    ) -> None:
        from relief_cli import payouts

        state: State = context.obj
        owed = payouts.repay(state.office(), number, _fen(amount), _day(on), document)
        state.screen.recoveries([owed])

    @recoveries.command(
        "find",
        help=say(
            N_("List what stopped people were paid after their stop, and record it if told to.")
        ),
        epilog=say(N_("Example: relief recovery find --record")),
    )
    @signs(say)
    def find(
        context: typer.Context,
        record: Annotated[
            bool, typer.Option("--record", help=say(N_("Record it as recoveries.")))
        ] = False,
    ) -> int:
        from relief_cli import payouts

        state: State = context.obj
        setting = payouts.load_setting(state.office())
        outcome = payouts.find_overpaid(setting, record=record)
        state.screen.overpaid(outcome)
        return ExitCode.HELD if outcome.open_fen else ExitCode.DONE

    @recoveries.command(
        "list",
        help=say(N_("Show who owes what back since when, and what came back.")),
        epilog=say(N_("Example: relief recovery list")),
    )
    def list_recoveries(context: typer.Context) -> None:
        from relief_cli import payouts

        state: State = context.obj
        state.screen.recoveries(payouts.all_recoveries(state.office()))
