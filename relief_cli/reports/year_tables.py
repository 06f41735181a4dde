"""The table of a year's money: 上年结转 + 本年下达 − 支出 + 收回 = 结余."""

from collections.abc import Sequence

from relief_cli.i18n import N_
from relief_cli.ledger.years import YearLine
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import SOURCES, Wording, word


def year_table(year: int, lines: Sequence[YearLine], wording: Wording, *, closed: bool) -> Table:
    """Give the table of a year by source and function code.

    Args:
        year: which one.
        lines: its figures.
        wording: the office's language.
        closed: whether it takes no new entries.
    """
    say = wording.say
    title = N_("Year {year}, closed") if closed else N_("Year {year}, not closed yet")
    amounts = (
        (N_("Carried over"), [one.carried_fen for one in lines]),
        (N_("Received in the year"), [one.received_fen for one in lines]),
        (N_("Spent in the year"), [one.spent_fen for one in lines]),
        (N_("Repaid by people"), [one.recovered_fen for one in lines]),
        (N_("Left at its end"), [one.balance_fen for one in lines]),
    )
    texts = (
        (N_("Source"), [word(SOURCES, one.source, say) for one in lines]),
        (N_("Function code"), [one.code or say(N_("for any code")) for one in lines]),
    )
    return Table(
        name=say(N_("Year {year}")).format(year=year),
        title=say(title).format(year=year),
        columns=(
            *(Column(title=say(name), kind="text", cells=cells, width=18) for name, cells in texts),
            *(
                Column(title=say(name), kind="money", cells=cells, width=18, total=True)
                for name, cells in amounts
            ),
        ),
        note=say(
            N_(
                "Carried over + received − spent + repaid = left. Payments stand in the year of"
                " their pay day; what failed or came back is not spent until it is paid again."
            )
        ),
    )
