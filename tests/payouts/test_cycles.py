"""Which cycles count, which are due and which late: the rules, without a ledger."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payouts.standings import batch_of, day

from relief_cli.calendar import Cycle, workday_on_or_before
from relief_cli.errors import PolicyError
from relief_cli.office import nowhere
from relief_cli.payouts.cycles import cycles, planned
from relief_cli.policy import load

DATABASES = ("sqlite",)
POLICY = load()


def office(**options):
    """Give an office that pays dibao and the subsidy, where ``options`` do not say otherwise."""
    return dataclasses.replace(nowhere(), **{"programmes": ("dibao", "one-time"), **options})


def of(found, programme="dibao"):
    return {one.cycle: one for one in found if one.programme == programme}


def late(batches, on, **options):
    found = cycles(office(**options), POLICY, batches, day(on), day(on))
    return [(one.programme, one.cycle) for one in found if one.late]


def test_a_new_office_is_held_to_the_present_cycle_only():
    assert late([], "2022-06-15") == [("dibao", "2022-06")]
    # The notice's deadline lies ahead, and counts.
    found = of(cycles(office(), POLICY, [], day("2022-08-15"), day("2022-08-15")), "one-time")
    assert (found["2022-08"].counts, found["2022-08"].late) == (True, False)
    # Whoever begins in September is not late for August.
    assert late([], "2022-09-05") == []


def test_what_counts_begins_with_the_first_cycle_that_was_paid_here():
    batches = [batch_of("dibao", "2022-03"), batch_of("dibao", "2022-05")]
    assert late(batches, "2022-07-08") == [("dibao", "2022-04"), ("dibao", "2022-06")]
    assert late(batches, "2022-07-09") == [
        ("dibao", "2022-04"), ("dibao", "2022-06"), ("dibao", "2022-07"),
    ]  # fmt: skip


def test_a_programme_never_paid_counts_since_the_office_began_with_another():
    batches = [batch_of("dibao", cycle) for cycle in ("2022-07", "2022-08")]
    assert late(batches, "2022-08-20") == [("one-time", "2022-08")]
    assert late([batch_of("dibao", "2022-09")], "2022-09-20") == []


def test_a_quarter_counts_where_its_day_lies_after_the_beginning():
    everything = {"programmes": ()}
    august = [batch_of("dibao", cycle) for cycle in ("2022-08", "2022-09")]
    # The third quarter was to be paid by 2022-07-10, before this office began.
    assert ("tekun", "2022Q3") not in late(august, "2022-10-20", **everything)
    assert ("tekun", "2022Q4") in late(august, "2022-10-20", **everything)
    july = [batch_of("dibao", "2022-07"), *august]
    assert ("tekun", "2022Q3") in late(july, "2022-09-20", **everything)
    # A new office is not late in the middle of a quarter.
    assert late([], "2022-08-05", **everything) == []


def test_the_same_notice_is_the_same_payment_whatever_the_cycle_is_called():
    batches = [batch_of("one-time", "2022-09")]
    found = of(cycles(office(), POLICY, batches, day("2022-09-01"), day("2022-09-01")), "one-time")
    assert list(found) == ["2022-08"]
    assert found["2022-08"].done
    assert found["2022-08"].batches == tuple(batches)
    # Prepared alone it is late, though it was prepared for a later cycle.
    assert late([batch_of("one-time", "2022-09", "prepared")], "2022-09-01") == [
        ("one-time", "2022-08")
    ]


@pytest.mark.parametrize(
    ("states", "state", "done"),
    [
        ([], "nothing", False),
        (["prepared"], "prepared", False),
        (["approved"], "approved", False),
        (["exported"], "exported", True),
        (["closed", "settled"], "settled", True),
        (["closed", "prepared"], "prepared", False),
        (["rejected"], "nothing", False),
        (["rejected", "exported"], "exported", True),
    ],
)
def test_a_cycle_stands_where_the_least_of_its_batches_does(states, state, done):
    # A rejected batch shows that the office was at work: the cycle counts.
    batches = [batch_of("dibao", "2022-06", one) for one in states]
    found = of(cycles(office(), POLICY, batches, day("2022-06-11"), day("2022-06-11")))["2022-06"]
    assert (found.state, found.done, found.late) == (state, done, not done)


def test_what_pays_again_neither_makes_nor_undoes_a_cycle():
    paid = batch_of("dibao", "2022-06", "settled")
    again = batch_of("dibao", "2022-06", "prepared", follows=paid.name)
    assert late([paid, again], "2022-06-11") == []
    waiting = batch_of("dibao", "2022-06", "prepared")
    sent = batch_of("dibao", "2022-06", "exported", follows=waiting.name)
    assert late([waiting, sent], "2022-06-11") == [("dibao", "2022-06")]


def test_what_went_out_late_is_late_no_more():
    # 2022-09-10 is a Saturday: Friday the 9th counts.
    for sent, said in (("2022-09-09", False), ("2022-09-10", True)):
        batches = [batch_of("dibao", "2022-09", exported_on=day(sent))]
        found = of(cycles(office(), POLICY, batches, day("2022-12-01"), day("2022-12-01")))[
            "2022-09"
        ]
        assert (found.late, found.went_out_late) == (False, said)


def test_one_that_went_out_late_is_enough():
    batches = [
        batch_of("dibao", "2022-09", exported_on=day("2022-09-08")),
        batch_of("dibao", "2022-09", exported_on=day("2022-09-20")),
    ]
    assert of(cycles(office(), POLICY, batches, day("2022-12-01"), day("2022-12-01")))[
        "2022-09"
    ].went_out_late


def test_an_office_says_since_when_and_for_what():
    batches = [batch_of("dibao", "2022-03")]
    # 2022-07-08 is the last day for July, but 2022-07-10 what is ordered.
    assert late(batches, "2022-08-22", calendar_since=day("2022-07-10")) == [
        ("dibao", "2022-07"), ("dibao", "2022-08"), ("one-time", "2022-08"),
    ]  # fmt: skip
    assert late(batches, "2022-08-22", calendar_since=day("2022-07-11")) == [
        ("dibao", "2022-08"), ("one-time", "2022-08"),
    ]  # fmt: skip
    assert late([], "2022-08-22", calendar_since=day("2021-12-01"), programmes=("one-time",)) == [
        ("one-time", "2022-08")
    ]
    assert late(batches, "2022-08-09", calendar_since=day("2030-01-01")) == []


def test_what_the_office_does_not_count_is_shown_where_it_was_paid():
    batches = [batch_of("dibao", "2022-03", "prepared")]
    found = cycles(
        office(programmes=("one-time",)), POLICY, batches, day("2022-08-22"), day("2022-08-22")
    )
    (shown,) = of(found).values()
    assert (shown.cycle, shown.planned, shown.late, shown.year) == ("2022-03", None, False, 2022)


def test_a_programme_that_is_none_is_refused():
    with pytest.raises(PolicyError) as caught:
        planned(office(programmes=("dibao", "dibo")), POLICY, [2022])
    assert (caught.value.code, caught.value.file) == ("office-value", "relief.toml")
    assert "dibo" in str(caught.value)


def test_a_cycle_without_a_deadline_comes_last():
    batches = [batch_of("temporary", "2022-08", "prepared"), batch_of("dibao", "2022-08")]
    found = cycles(office(), POLICY, batches, day("2022-08-22"), day("2022-08-22"))
    assert (found[-1].programme, found[-1].days_left, found[-1].late) == ("temporary", None, False)


def test_the_last_days_of_a_year_look_into_the_next():
    found = of(cycles(office(), POLICY, [], day("2022-12-31"), day("2023-01-10")))
    assert found["2023-01"].due_within(10)
    assert not found["2023-01"].due_within(9)
    # Nobody knows the days off of 2027 yet.
    assert of(cycles(office(), POLICY, [], day("2026-12-31"), day("2027-01-10")))[
        "2027-01"
    ].planned.pay_by.provisional


MONTHS = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(MONTHS),
            st.sampled_from(["prepared", "approved", "exported", "settled", "closed", "rejected"]),
        ),
        max_size=12,
    ),
    st.dates(day("2021-01-01"), day("2022-12-31")),
    st.integers(0, 40),
)
def test_due_and_late_as_an_oracle_says_month_by_month(given_batches, on, ahead):
    batches = [batch_of("dibao", cycle, state) for cycle, state in given_batches]
    found = of(cycles(office(), POLICY, batches, on, on + dt.timedelta(days=ahead)))
    expected_due, expected_late = [], []
    begins = min((cycle for cycle, _ in given_batches), default=f"{on:%Y-%m}")
    for month in [*MONTHS, "2023-01", "2023-02"]:
        states = [state for cycle, state in given_batches if cycle == month]
        standing = [state for state in states if state != "rejected"]
        gone = bool(standing) and all(one in ("exported", "settled", "closed") for one in standing)
        first = Cycle.parse(month).first_on
        last = workday_on_or_before(first.replace(day=10)).on
        if month < begins or gone:
            continue
        if last < on:
            expected_late.append(month)
        elif last <= on + dt.timedelta(days=ahead):
            expected_due.append(month)
    assert [cycle for cycle, one in found.items() if one.late] == expected_late
    assert [cycle for cycle, one in found.items() if one.due_within(ahead)] == expected_due
