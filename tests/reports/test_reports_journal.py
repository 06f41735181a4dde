"""Journals made of few events, each worked out by hand."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.ledger.movements import OWED, RECEIVED, REPAID, STEPS, Entry, Movements
from relief_cli.ledger.positions import FATES, PAID, RETURNED, TRANSIT, UNSENT, Share
from relief_cli.reports.journal import journal
from relief_cli.reports.journal_accounts import Account, Place, held
from relief_cli.reports.journal_formats import beancount, hledger
from relief_cli.reports.source_figures import SourceFigures, fates_by_source

# Two thirds and one third of 1.00 yuan: whatever is split of it does not come out even.
SHARES = [
    Share(1, "甲县", "rural_dibao", "2081902", source, fen)
    for source, fen in (("province", 67), ("county", 33))
]


def made(steps, days, *entries):
    table = pd.DataFrame(steps, columns=list(STEPS)).astype(STEPS)
    batches = {1: ("one-time-2022-08-1", "one-time"), 2: ("one-time-2022-08-2", "one-time")}
    return Movements(steps=table, days=days, batches=batches, entries=entries)


def figures(**by_source):
    return [SourceFigures(source=source, **given) for source, given in by_source.items()]


def postings(day, number):
    return {one.name: fen for one, fen in day.transactions[number].postings.items()}


@pytest.fixture
def three_days():
    """Give what went out, was answered, and went out again: 100 fen, of which 50 failed."""
    place = (1, "甲县", "rural_dibao")
    return made(
        [
            (2, 1, *place, UNSENT, TRANSIT, 100, 2),
            (3, 1, *place, TRANSIT, PAID, 50, 1),
            (3, 1, *place, TRANSIT, RETURNED, 50, 1),
            (5, 2, *place, RETURNED, TRANSIT, 50, 1),
        ],
        {2: dt.date(2022, 8, 1), 3: dt.date(2022, 8, 1), 5: dt.date(2022, 8, 9)},
        Entry(
            event=4,
            kind=RECEIVED,
            on=dt.date(2022, 7, 31),
            amount_fen=67,
            source="province",
            document="1",
        ),
    )


IN_THE_END = {
    "province": {"received_fen": 67, "paid_fen": 34, "in_transit_fen": 33},
    "county": {"paid_fen": 16, "in_transit_fen": 17},
}


def test_what_moved_is_the_difference_of_two_splits(three_days, wording):
    shown = journal(three_days, SHARES, figures(**IN_THE_END), "甲县", wording)
    first, second, third = shown.days
    assert [one.on.day for one in shown.days] == [31, 1, 9]
    assert postings(first, 0) == {
        "Assets:Treasury:Province": 67,
        "Income:Appropriations:Province": -67,
    }
    assert postings(second, 0) == {
        "Assets:InTransit:County:One-time-2022-08-1": 33,
        "Assets:InTransit:Province:One-time-2022-08-1": 67,
        "Assets:Treasury:County": -33,
        "Assets:Treasury:Province": -67,
    }
    # 50 of 67 : 33 are 33.5 and 16.5; the fen left over goes to the first.
    assert postings(second, 1) == {
        "Assets:InTransit:County:One-time-2022-08-1": -33,
        "Assets:InTransit:Province:One-time-2022-08-1": -67,
        "Assets:Returned:County": 17,
        "Assets:Returned:Province": 33,
        "Expenses:Assistance:County:One-time:Rural-dibao": 16,
        "Expenses:Assistance:Province:One-time:Rural-dibao": 34,
    }
    assert postings(third, 0) == {
        "Assets:InTransit:County:One-time-2022-08-2": 17,
        "Assets:InTransit:Province:One-time-2022-08-2": 33,
        "Assets:Returned:County": -17,
        "Assets:Returned:Province": -33,
    }
    assert [one.narration for one in second.transactions] == [
        "one-time-2022-08-1: 2 payments sent",
        "one-time-2022-08-1: the bank says 1 paid, 1 failed, 0 came back",
    ]
    assert third.transactions[0].narration == "one-time-2022-08-2: 1 payments sent again"
    assert third.transactions[0].links == ("one-time-2022-08-2", "one-time-2022-08-1")


def test_every_day_balances_what_it_touched_and_the_last_one_all(three_days, wording):
    shown = journal(three_days, SHARES, figures(**IN_THE_END), "甲县", wording)
    first, second, third = (
        {one.name: fen for one, fen in day.balances.items()} for day in shown.days
    )
    assert first == {"Assets:Treasury:Province": 67, "Income:Appropriations:Province": -67}
    assert second == {
        "Assets:InTransit:County:One-time-2022-08-1": 0,
        "Assets:InTransit:Province:One-time-2022-08-1": 0,
        "Assets:Returned:County": 17,
        "Assets:Returned:Province": 33,
        "Assets:Treasury:County": -33,
        "Assets:Treasury:Province": 0,
        "Expenses:Assistance:County:One-time:Rural-dibao": 16,
        "Expenses:Assistance:Province:One-time:Rural-dibao": 34,
    }
    assert third == {
        "Assets:InTransit:County": 17,
        "Assets:InTransit:County:One-time-2022-08-1": 0,
        "Assets:InTransit:County:One-time-2022-08-2": 17,
        "Assets:InTransit:Province": 33,
        "Assets:InTransit:Province:One-time-2022-08-1": 0,
        "Assets:InTransit:Province:One-time-2022-08-2": 33,
        "Assets:Returned:County": 0,
        "Assets:Returned:Province": 0,
        "Assets:Treasury:County": -33,
        "Assets:Treasury:Province": 0,
        "Expenses:Assistance:County": 16,
        "Expenses:Assistance:County:One-time:Rural-dibao": 16,
        "Expenses:Assistance:Province": 34,
        "Expenses:Assistance:Province:One-time:Rural-dibao": 34,
        "Income:Appropriations:Province": -67,
    }
    assert list(third) == sorted(third) == [one.name for one in shown.accounts]


def test_a_figure_is_asserted_even_if_nothing_led_to_it(three_days, wording):
    wrong = figures(**IN_THE_END, municipal={"in_transit_fen": 1})
    last = journal(three_days, SHARES, wrong, "甲县", wording).days[-1].balances
    assert last[Account("Assets:InTransit", ("municipal",))] == 1
    assert Account("Assets:Returned", ("municipal",)) not in last


def test_recoveries_and_texts_of_a_clerk(wording):
    day = dt.date(2022, 8, 2)
    told = made(
        [],
        {},
        Entry(
            event=2,
            kind=REPAID,
            on=day,
            amount_fen=1,
            recovery=1,
            parts=(("province", 1),),
            document='a\n"\\\t b',
        ),
        Entry(event=1, kind=OWED, on=day, amount_fen=205, recovery=1),
    )
    back = figures(province={"recovered_fen": 1})
    shown = journal(told, [], back, '甲\n"县"', wording)
    (only,) = shown.days
    assert shown.transactions == 2
    assert {one.name: fen for one, fen in only.balances.items()} == {
        "Assets:Receivable:Recoveries": 204,
        "Assets:Treasury:Province": 1,
        "Income:Recoveries": -205,
    }
    assert beancount(shown, wording) == (
        "; relief journal\n"
        'option "title" "甲 \\"县\\""\n'
        'option "operating_currency" "CNY"\n'
        "\n"
        "2022-08-02 open Assets:Receivable:Recoveries CNY\n"
        '  title: "Owed back"\n'
        "2022-08-02 open Assets:Treasury:Province CNY\n"
        '  title: "Balance / province"\n'
        "2022-08-02 open Income:Recoveries CNY\n"
        '  title: "Recoveries"\n'
        "\n"
        '2022-08-02 * "Recovery 1: owed back" ^recovery-1\n'
        "  event: 1\n"
        "  Assets:Receivable:Recoveries  2.05 CNY\n"
        "  Income:Recoveries  -2.05 CNY\n"
        "\n"
        '2022-08-02 * "Recovery 1: repaid" ^recovery-1\n'
        "  event: 2\n"
        '  document: "a \\"\\\\ b"\n'
        "  Assets:Receivable:Recoveries  -0.01 CNY\n"
        "  Assets:Treasury:Province  0.01 CNY\n"
        "\n"
        "2022-08-03 balance Assets:Receivable:Recoveries 2.04 ~ 0.00 CNY\n"
        "2022-08-03 balance Assets:Treasury:Province 0.01 ~ 0.00 CNY\n"
        "2022-08-03 balance Income:Recoveries -2.05 ~ 0.00 CNY\n"
    )
    assert hledger(shown, wording).endswith(
        "\n"
        "2022-08-02 * Recovery 1: repaid\n"
        "    ; event: 2\n"
        '    ; document: a "\\ b\n'
        "    ; link: recovery-1\n"
        "    Assets:Receivable:Recoveries  -0.01 CNY\n"
        "    Assets:Treasury:Province  0.01 CNY\n"
        "\n"
        "2022-08-02 * Balances\n"
        "    Assets:Receivable:Recoveries  0.00 CNY =* 2.04 CNY\n"
        "    Assets:Treasury:Province  0.00 CNY =* 0.01 CNY\n"
        "    Income:Recoveries  0.00 CNY =* -2.05 CNY\n"
    )


@given(st.data())
def test_the_split_of_a_place_adds_up_both_ways(data):
    shares = data.draw(st.lists(st.integers(0, 10**9), min_size=1, max_size=4))
    sources = ["central", "province", "municipal", "county"][: len(shares)]
    place, left = Place(sources, shares), sum(shares)
    known = dict.fromkeys(FATES, 0)
    below = {}
    for _ in range(data.draw(st.integers(0, 6))):
        fen = data.draw(st.integers(0, left))
        left -= fen
        to = held(
            data.draw(st.sampled_from(FATES[:3])),
            f"b-{data.draw(st.integers(1, 2))}",
            "one-time",
            data.draw(st.sampled_from(["a", "b"])),
        )
        place.move(fen, held(UNSENT, "", "", ""), to)
        known[to[0]] += fen
        below[to] = below.get(to, 0) + fen
    split = place.split()
    rows = fates_by_source([known[fate] for fate in FATES[:3]], shares)
    heads = ("Expenses:Assistance", "Assets:Returned", "Assets:InTransit")
    for number, source in enumerate(sources):
        for head, row in zip(heads, rows[:3], strict=True):
            held_here = (
                fen for one, fen in split.items() if (one.head, one.codes[:1]) == (head, (source,))
            )
            assert sum(held_here) == row[number]
        assert split[Account("Assets:Treasury", (source,))] == rows[3][number] - shares[number]
    for (fate, codes), fen in below.items():
        head = heads[FATES.index(fate)]
        same = (
            held_fen
            for one, held_fen in split.items()
            if (one.head, one.codes[1:]) == (head, codes)
        )
        assert sum(same) == fen
