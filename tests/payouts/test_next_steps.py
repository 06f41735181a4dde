"""What is to be typed next, and in which order."""

import shlex

import pytest
from payouts.standings import batch_of, day
from payouts.test_cycles import POLICY, office

from relief_cli.ledger.later_answers import Doubt
from relief_cli.payouts.cycles import cycles
from relief_cli.payouts.next_steps import commands
from relief_cli.payouts.standing import OpenFailures

DATABASES = ("sqlite",)


def steps(batches, on, *, failures=(), doubts=(), closable=(), returns=None, **options):
    found = cycles(office(**options), POLICY, batches, day(on), day(on))
    return commands(found, batches, failures, doubts, closable, returns or office().out_folder)


def failed(batch, oldest, payments=1):
    return OpenFailures(
        batch=batch.name, programme=batch.programme, cycle=batch.cycle, payments=payments,
        amount_fen=100, oldest_on=day(oldest), days=0,
    )  # fmt: skip


def test_what_failed_and_is_said_to_be_paid_is_asked_about_and_does_not_go_out_again():
    sent = batch_of("dibao", "2022-06", exported_on=day("2022-06-08"), state="settled")
    again = batch_of("dibao", "2022-06", state="approved", follows=sent.name)
    doubt = Doubt(
        batch=sent.name, payment=1, verdict="contradicts", file="a", place="1",
        told_at="2022-06-12T00:00:00+00:00", amount_fen=100, again_batch=again.name,
        again_payment=1,
    )  # fmt: skip
    found = steps([sent, again], "2022-06-12", doubts=[doubt])
    assert found[:2] == [
        f"relief withhold {again.name}",
        f"relief settle {sent.name} FILE… --confirmed TEXT",
    ]
    assert not [one for one in found if "export" in one or "follow-up" in one]


def test_a_new_office_begins_with_a_run():
    assert steps([], "2022-06-08") == [
        "relief run dibao ROSTER… --cycle 2022-06",
        # Not due yet; only the first of what comes later is told.
        "relief run dibao ROSTER… --cycle 2022-07",
    ]


def test_late_goes_before_due_and_what_is_nearly_done_before_what_is_not_begun():
    june = batch_of("dibao", "2022-06", "prepared", missing=1, operator="李华")
    july = batch_of("dibao", "2022-07", "approved")
    assert steps([batch_of("dibao", "2022-04"), july, june], "2022-07-08") == [
        # Late: May, not begun, then June, which waits for a signature; by their days.
        "relief run dibao ROSTER… --cycle 2022-05",
        f"relief approve {june.name} --as 李华",
        # The last day for July is today.
        f"relief export {july.name}",
        "relief run dibao ROSTER… --cycle 2022-08",
    ]


def test_within_a_cycle_what_can_go_goes_first():
    ready = batch_of("dibao", "2022-06", "approved")
    waiting = batch_of("dibao", "2022-06", "prepared", missing=2, operator="李华")
    assert steps([waiting, ready], "2022-06-20")[:2] == [
        f"relief export {ready.name}",
        f"relief approve {waiting.name} --as 李华",
    ]


def test_after_the_payments_of_the_law_come_failures_answers_and_the_books():
    sent = batch_of("dibao", "2022-06", exported_on=day("2022-06-08"))
    old = batch_of("dibao", "2022-05", "settled", exported_on=day("2022-05-09"))
    older = batch_of("dibao", "2022-04", "settled", exported_on=day("2022-04-08"))
    found = steps(
        [older, old, sent], "2022-06-12",
        failures=[failed(old, "2022-05-12"), failed(older, "2022-04-12")], closable=[old.name],
    )  # fmt: skip
    assert found == [
        f"relief follow-up {older.name}",
        f"relief follow-up {old.name}",
        f"relief settle {sent.name} FILE…",
        "relief reconcile",
        "relief run dibao ROSTER… --cycle 2022-07",
    ]


def test_what_pays_again_goes_by_the_deadline_of_what_failed():
    first = batch_of("dibao", "2022-06", "settled", exported_on=day("2022-06-08"))
    second = batch_of("dibao", "2022-06", "settled", follows=first.name)
    third = batch_of("dibao", "2022-06", "prepared", follows=second.name, missing=1, operator="li")
    rejected = batch_of("dibao", "2022-06", "rejected", follows=second.name)
    found = steps([first, second, third, rejected], "2022-06-12")
    assert found == [
        f"relief approve {third.name} --as li",
        "relief run dibao ROSTER… --cycle 2022-07",
    ]


def test_where_nobody_may_approve_somebody_is_added_first():
    waiting = batch_of("dibao", "2022-06", "prepared", missing=1, roles=("复 核",))
    assert steps([waiting], "2022-06-08")[0] == "relief operator add NAME --role '复 核'"
    waiting = batch_of("dibao", "2022-06", "prepared", missing=1)
    assert steps([waiting], "2022-06-08")[0] == "relief operator add NAME"


def test_what_does_not_count_is_still_to_be_sent():
    waiting = batch_of("dibao", "2022-06", "prepared")
    assert steps([waiting], "2022-06-20", programmes=("one-time",)) == [
        f"relief export {waiting.name}",
        "relief run one-time ROSTER… --cycle 2022-08",
    ]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ((), ""),
        ((".xlsx",), ".xlsx"),
        ((".xlsx", "-2.xlsx", "-10.xlsx"), "-10.xlsx"),
        # Another batch's, whose name begins alike.
        (("7.xlsx", "-x.xlsx"), ""),
    ],
)
def test_a_follow_up_names_the_newest_workbook_of_the_batch(tmp_path, there, expected):
    folder = tmp_path / "of the office"
    folder.mkdir()
    sent = batch_of("dibao", "2022-06", "settled", exported_on=day("2022-06-08"))
    for ending in there:
        (folder / f"{sent.name}{ending}").touch()
    found = steps([sent], "2022-06-12", failures=[failed(sent, "2022-06-10")], returns=folder)
    words = shlex.split(found[0])
    file = [str(folder / f"{sent.name}{expected}")] if expected else []
    assert words == ["relief", "follow-up", sent.name, *file]


def test_nothing_waits_where_nothing_counts():
    assert steps([], "2022-06-08", calendar_since=day("2030-01-01")) == []
