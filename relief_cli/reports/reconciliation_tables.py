"""The tables of the reconciliation, in the office's language: one for the workbook and the page."""

from collections.abc import Mapping, Sequence

from relief_cli.i18n import N_
from relief_cli.money import format_yuan
from relief_cli.reports.figures import Link
from relief_cli.reports.purse_figures import REPAID, UNCOVERED
from relief_cli.reports.reconciliation_figures import Line, Reconciliation
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import PROGRAMMES, SOURCES, Wording, word


def tables(shown: Reconciliation, meanings: Mapping[str, str], wording: Wording) -> list[Table]:
    """Give the tables of the reconciliation.

    Args:
        shown: the figures.
        meanings: of banks' codes, in the office's language.
        wording: the office's language.
    """
    say = wording.say
    cycle = say(N_("Cycle {cycle}")).format(cycle=shown.cycle or "–")
    return [
        _sources(shown, wording),
        _lines(shown.of_cycle, cycle, cycle, wording),
        _by_code(shown, cycle, wording),
        _purses(shown, wording),
        _documents(shown, wording),
        _lines(shown.of_all, say(N_("All cycles")), say(N_("All cycles up to it")), wording),
        _by_county(shown, wording),
        _tie_out(shown, wording),
        _failures(shown, meanings, wording),
    ]


def _text(title: str, cells: Sequence[str], width: int) -> Column:
    return Column(title=title, kind="text", cells=list(cells), width=width)


def _right(title: str, cells: Sequence[str]) -> Column:
    return Column(title=title, kind="right", cells=list(cells), width=18)


def _money(title: str, cells: Sequence[int], *, total: bool = True) -> Column:
    return Column(title=title, kind="money", cells=list(cells), width=18, total=total)


def _sources(shown: Reconciliation, wording: Wording) -> Table:
    say, table = wording.say, shown.sources
    return Table(
        name=say(N_("Funding")),
        title=say(N_("Funding by source")),
        columns=(
            _text(say(N_("Source")), [word(SOURCES, one.source, say) for one in table], 16),
            _money(say(N_("Received")), [one.received_fen for one in table]),
            _money(say(N_("Repaid by people")), [one.recovered_fen for one in table]),
            _money(say(N_("Due")), [one.due_fen for one in table]),
            _money(say(N_("Sent")), [one.sent_fen for one in table]),
            _money(say(N_("Paid")), [one.paid_fen for one in table]),
            _money(say(N_("In transit")), [one.in_transit_fen for one in table]),
            _money(say(N_("Returned")), [one.returned_fen for one in table]),
            _money(say(N_("Balance")), [one.balance_fen for one in table]),
            _money(say(N_("Shortfall")), [one.shortfall_fen for one in table]),
        ),
        note=say(
            N_(
                "Received + repaid by people = paid + in transit + returned + balance. Returned"
                " money has failed or come back and is owed; a shortfall is what is due above what"
                " was received and repaid."
            )
        ),
        chart=(5, 6, 7, 8),
    )


def _lines(table: Sequence[Line], name: str, when: str, wording: Wording) -> Table:
    say = wording.say
    titles = [wording.categories.get(one.category, one.category) for one in table]
    balance = [one.due_fen - one.paid_fen - one.repaid_fen for one in table]
    return Table(
        name=name,
        title=say(N_("By programme, county and category: {when}")).format(when=when),
        columns=(
            _text(
                say(N_("Programme")), [word(PROGRAMMES, one.programme, say) for one in table], 18
            ),
            _text(say(N_("County")), [one.county for one in table], 16),
            _text(say(N_("Category")), titles, 18),
            Column(
                title=say(N_("Persons")),
                kind="count",
                cells=[one.persons for one in table],
                width=10,
                total=True,
            ),
            _money(say(N_("Due")), [one.due_fen for one in table]),
            _money(say(N_("Paid at first")), [one.paid_fen for one in table]),
            _money(say(N_("Failed")), [one.failed_fen for one in table]),
            _money(say(N_("Came back later")), [one.reversed_fen for one in table]),
            _money(say(N_("Paid again")), [one.repaid_fen for one in table]),
            _money(say(N_("In transit")), [one.in_transit_fen for one in table]),
            _money(say(N_("To be paid again")), [one.returned_fen for one in table]),
            _money(say(N_("Not sent")), [one.unsent_fen for one in table]),
            _money(say(N_("Not paid yet")), balance),
        ),
        note=say(
            N_(
                "Due = paid at first + paid again + not paid yet; not paid yet = in transit + to be"
                " paid again + not sent. Failed and came back count all that did, however it ended."
            )
        ),
        chart=(5, 8, 9, 10, 11),
        labels=3,
    )


def _by_code(shown: Reconciliation, when: str, wording: Wording) -> Table:
    say = wording.say
    names = [word(PROGRAMMES, name, say) for name in shown.by_programme]
    codes = [code or say(N_("without a function code")) for code in shown.by_code]
    lines = [*shown.by_programme.values(), *shown.by_code.values()]
    counts = [f"{shown.people.get(name, 0):,}" for name in shown.by_programme]
    return Table(
        name=say(N_("Programmes and codes")),
        title=say(N_("By programme and by function code: {when}")).format(when=when),
        columns=(
            _text(say(N_("Programme or code")), [*names, *codes], 24),
            _right(say(N_("Persons")), [*counts, *([""] * len(codes))]),
            _money(say(N_("Due")), [one.due_fen for one in lines], total=False),
            _money(say(N_("Paid")), [one.paid_fen + one.repaid_fen for one in lines], total=False),
            _money(say(N_("In transit")), [one.in_transit_fen for one in lines], total=False),
            _money(say(N_("Returned")), [one.returned_fen for one in lines], total=False),
            _money(say(N_("Not sent")), [one.unsent_fen for one in lines], total=False),
        ),
        note=say(
            N_(
                "First each programme, its persons counted once; then the same money by function"
                " code. {people} persons in all, each once."
            )
        ).format(people=f"{shown.people.get('', 0):,}"),
    )


def _by_county(shown: Reconciliation, wording: Wording) -> Table:
    say, table = wording.say, shown.by_county
    return Table(
        name=say(N_("Counties and sources")),
        title=say(N_("By county and source")),
        columns=(
            _text(say(N_("County")), [one.county for one in table], 16),
            _text(say(N_("Source")), [word(SOURCES, one.source, say) for one in table], 16),
            _text(say(N_("Function code")), [one.code for one in table], 14),
            _money(say(N_("Due")), [one.due_fen for one in table]),
            _money(say(N_("Sent")), [one.sent_fen for one in table]),
            _money(say(N_("Paid")), [one.paid_fen for one in table]),
            _money(say(N_("In transit")), [one.in_transit_fen for one in table]),
            _money(say(N_("Returned")), [one.returned_fen for one in table]),
        ),
    )


def _tie_out(shown: Reconciliation, wording: Wording) -> Table:
    say = wording.say
    links = [one.link for one in shown.tie_outs]
    results = [say(N_("agrees")) if not one.difference else say(N_("differs")) for one in links]
    return Table(
        name=say(N_("Tie-out")),
        title=say(N_("Tie-out: roster = entitlements = payments = files = answers")),
        columns=(
            _text(say(N_("Batch")), [one.batch for one in shown.tie_outs], 26),
            _text(say(N_("Figure")), [say(one.left) for one in links], 48),
            _right(say(N_("Value")), [figure(one, one.left_figure) for one in links]),
            _text(say(N_("Must equal")), [say(one.right) for one in links], 48),
            _right(say(N_("Value")), [figure(one, one.right_figure) for one in links]),
            _right(say(N_("Difference")), [figure(one, one.difference) for one in links]),
            _text(say(N_("Result")), results, 12),
        ),
    )


def figure(link: Link, value: int) -> str:
    """Give a figure of ``link`` as it is read: yuan or a number."""
    return format_yuan(value) if link.money else f"{value:,}"


def _failures(shown: Reconciliation, meanings: Mapping[str, str], wording: Wording) -> Table:
    say, table = wording.say, shown.failures
    return Table(
        name=say(N_("Open failures")),
        title=say(N_("Failures that are not paid again yet, on {day}")).format(
            day=shown.on.isoformat()
        ),
        columns=(
            _text(say(N_("Payment no.")), [one.reference for one in table], 30),
            _text(say(N_("Known since")), [one.since for one in table], 14),
            Column(title=say(N_("Days")), kind="count", cells=[one.days for one in table], width=8),
            _text(say(N_("Bank's code")), [one.code for one in table], 12),
            _text(say(N_("What it means")), [meanings.get(one.code, "") for one in table], 40),
            _money(say(N_("Amount (yuan)")), [one.amount_fen for one in table]),
        ),
    )


def _purses(shown: Reconciliation, wording: Wording) -> Table:
    say, table = wording.say, shown.purses
    return Table(
        name=say(N_("Sources and codes")),
        title=say(N_("Received, sent and left by source and function code")),
        columns=(
            _text(say(N_("Source")), [word(SOURCES, one.source, say) for one in table], 16),
            _text(say(N_("Function code")), [_code(one.code, wording) for one in table], 18),
            _money(say(N_("Received")), [one.received_fen for one in table]),
            _money(say(N_("Repaid by people")), [one.recovered_fen for one in table]),
            _money(say(N_("Sent")), [one.used_fen for one in table]),
            _money(say(N_("Balance")), [one.balance_fen for one in table]),
        ),
        note=say(
            N_(
                "Money for one code pays for that code alone; what it does not cover comes out of"
                " the source's money for any code. A balance below 0 is not covered yet."
            )
        ),
    )


def _documents(shown: Reconciliation, wording: Wording) -> Table:
    say, table = wording.say, shown.documents
    kinds = {
        REPAID: say(N_("(repaid by people)")),
        UNCOVERED: say(N_("(no money has arrived for it)")),
    }
    return Table(
        name=say(N_("Appropriations")),
        title=say(N_("Money received, and what was sent of it, by document")),
        columns=(
            _text(say(N_("Source")), [word(SOURCES, one.source, say) for one in table], 16),
            _text(say(N_("Function code")), [_code(one.code, wording) for one in table], 18),
            _text(say(N_("Document")), [kinds.get(one.kind, one.document) for one in table], 44),
            _text(say(N_("Mark")), [one.mark for one in table], 8),
            _text(
                say(N_("Received on")),
                [one.received_on.isoformat() if one.received_on else "" for one in table],
                14,
            ),
            _money(say(N_("Received")), [one.received_fen for one in table]),
            _money(say(N_("Sent")), [one.used_fen for one in table]),
            _money(say(N_("Balance")), [one.left_fen for one in table]),
        ),
        note=say(
            N_("The oldest appropriation is used up first; what people paid back is used last.")
        ),
    )


def _code(code: str, wording: Wording) -> str:
    return code or wording.say(N_("for any code"))
