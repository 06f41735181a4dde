"""``relief due``: what is told from the books, and that nothing is touched."""

import threading
import time

import pytest
from databases import forget_ledger
from golden.running import SAMPLES, arguments_of, make_office, process, relief
from payouts.standings import Desk

WHY = {"programme", "cycle", "state", "deadline_on", "pay_by_on", "provisional", "days_left",
       "late", "went_out_late", "batches"}  # fmt: skip


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


def due(office, on, *options, code=0):
    answer = relief("--json", "--office", office, "due", "--on", on, *options)
    assert answer.code == code, answer.out + answer.err
    assert not answer.err
    return answer.json


def cycles(found):
    return [(one["programme"], one["cycle"], one["state"]) for one in found]


def set_calendar(office, text):
    path = office / "relief.toml"
    kept = path.read_text("utf-8").replace("programmes = []\n", text)
    path.write_text(kept, "utf-8")


def test_a_new_office(office):
    told = due(office, "2022-08-05", "--ahead", "14")
    assert told["on"] == "2022-08-05"
    assert told["late"] == []
    assert cycles(told["due"]) == [("dibao", "2022-08", "nothing"),
                                   ("one-time", "2022-08", "nothing")]  # fmt: skip
    subsidy = told["due"][1]
    assert set(subsidy) == WHY
    assert (subsidy["deadline_on"], subsidy["pay_by_on"]) == ("2022-08-20", "2022-08-19")
    assert (subsidy["days_left"], subsidy["batches"]) == (14, [])
    assert cycles(due(office, "2022-08-05", "--ahead", "13")["due"]) == cycles(told["due"])[:1]
    assert due(office, "2022-08-05", "--ahead", "4")["due"] == []
    # Ten days where nothing is said.
    assert cycles(due(office, "2022-08-09")["due"]) == cycles(told["due"])


def test_what_nobody_pays_here_is_late_too(office):
    """Since July the office is at work, so the third quarter's tekun was its to pay."""
    Desk(office).export("dibao", "2022-07")
    told = due(office, "2022-08-01", code=1)
    assert cycles(told["late"]) == [("tekun", "2022Q3", "nothing")]
    Desk(office).export("one-time", "2022-08")
    set_calendar(office, 'programmes = ["dibao", "one-time"]\n')
    assert due(office, "2022-08-01")["late"] == []


def test_a_cycle_from_nothing_to_done(office):
    set_calendar(office, 'programmes = ["dibao", "one-time"]\n')
    desk = Desk(office)
    desk.export("dibao", "2022-07")
    desk.export("one-time", "2022-08")
    assert cycles(due(office, "2022-08-10")["due"]) == [("dibao", "2022-08", "nothing")]
    first = desk.prepare("dibao", "2022-08", approvals=1)
    (told,) = due(office, "2022-08-11", code=1)["late"]
    assert (told["state"], told["days_left"], told["late"]) == ("prepared", -1, True)
    (batch,) = told["batches"]
    assert (batch["batch"], batch["approvals_missing"], batch["prepared_by"]) == (first, 1, "王芳")
    desk.export(first)
    assert due(office, "2022-08-11")["late"] == []
    # Corrected rows come in later: the cycle is not done while they are here.
    second = desk.prepare("dibao", "2022-08")
    (told,) = due(office, "2022-08-11", code=1)["late"]
    assert [one["batch"] for one in told["batches"]] == [first, second]
    desk.reject(second)
    assert due(office, "2022-08-11")["late"] == []


def test_a_rejected_batch_alone_leaves_a_cycle_late(office):
    desk = Desk(office)
    desk.reject(desk.prepare("dibao", "2022-06"))
    assert cycles(due(office, "2022-06-11", code=1)["late"]) == [("dibao", "2022-06", "nothing")]


def test_failures_are_told_and_make_nothing_late(office):
    desk = Desk(office)
    name = desk.export("dibao", "2022-06")
    desk.answer(name, "failed", "paid")
    told = due(office, "2099-01-01", "--ahead", "0", code=1)
    assert "2022-06" not in [one["cycle"] for one in told["late"]]
    assert told["open_failures"] == 1
    (failure,) = told["failures"]
    assert (failure["batch"], failure["payments"]) == (name, 1)
    # Two people of 300 yuan share the payment.
    assert failure["amount_fen"] == 60000
    assert failure["days"] > 26000
    told = relief("--lang", "en", "--office", office, "due", "--on", "2022-06-15")
    assert (told.code, "not paid again yet" in told.out) == (0, True)


def test_the_same_notice_under_another_cycle(office):
    Desk(office).export("one-time", "2022-09")
    assert "one-time" not in [one[0] for one in cycles(due(office, "2022-09-20", code=1)["late"])]


def test_the_offices_own_beginning_and_programmes(office):
    Desk(office).export("dibao", "2022-01")
    late = cycles(due(office, "2022-06-30", code=1)["late"])
    assert [one[1] for one in late if one[0] == "dibao"] == [
        "2022-02", "2022-03", "2022-04", "2022-05", "2022-06",
    ]  # fmt: skip
    assert [one[1] for one in late if one[0] != "dibao"] == ["2022Q1", "2022Q2"]
    set_calendar(office, 'since = 2022-06-01\nprogrammes = ["dibao"]\n')
    assert cycles(due(office, "2022-08-30", code=1)["late"]) == [
        ("dibao", cycle, "nothing") for cycle in ("2022-06", "2022-07", "2022-08")
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('programmes = ["dibao", "dibo"]\n', "dibo"),
        ('since = "2022-06-01"\n', "calendar.since"),
        ("since = 2022-06-01T00:00:00\n", "calendar.since"),
        ('programmes = "dibao"\n', "calendar.programmes"),
        ("from = 2022-06-01\n", "calendar.from"),
    ],
)
@pytest.mark.parametrize("command", ["due", "status"])
def test_settings_that_cannot_be_are_refused(office, text, named, command):
    set_calendar(office, text)
    answer = relief("--json", "--office", office, command)
    assert answer.code == 2
    assert answer.json["error"]["file"] == "relief.toml"
    assert named in answer.json["error"]["message"]


def test_a_year_that_is_not_published_is_provisional(office):
    told = due(office, "2027-01-05")
    assert [(one["programme"], one["pay_by_on"], one["provisional"]) for one in told["due"]] == [
        ("dibao", "2027-01-08", True), ("tekun", "2027-01-08", True),
    ]  # fmt: skip
    shown = relief("--lang", "en", "--office", office, "due", "--on", "2027-01-05")
    assert "2027-01-08*" in shown.out
    assert "* provisional" in shown.out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_clerk_and_a_mail_of_cron_show(office, language):
    desk = Desk(office)
    name = desk.prepare("dibao", "2022-06", approvals=2)
    shown = relief("--lang", language, "--office", office, "due", "--on", "2022-06-20")
    assert shown.code == 1
    assert name in shown.out
    assert {"en": "10 days late", "zh": "逾期 10 天"}[language] in shown.out
    assert {"en": "waits for 2 approvals", "zh": "还需 2 人审批"}[language] in shown.out
    assert shown.err == ""
    quiet = relief("--quiet", "--office", office, "due", "--on", "2022-06-20")
    assert (quiet.code, quiet.out, quiet.err) == (1, "", "")


@pytest.mark.parametrize(
    "options", [["--ahead", "-1"], ["--ahead", "soon"], ["--on", "2022-02-30"], ["--on", "today"]]
)
def test_wrong_options_are_bad_usage(office, options):
    assert relief("--json", "--office", office, "due", *options).code == 2


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("command", ["due", "status"])
def test_a_day_that_no_deadline_has_is_bad_usage(office, command, day):
    answer = relief("--json", "--office", office, command, "--on", day)
    assert (answer.code, answer.json["error"]["code"]) == (2, "year-malformed")


def test_without_a_ledger_none_is_made(office, database):
    forget_ledger(office)
    for command in ("due", "status"):
        answer = relief("--json", "--office", office, command)
        assert answer.code == 2
        assert answer.json["error"]["code"] == "ledger-missing"
    if database == "sqlite":
        assert not (office / "ledger.sqlite").exists()


def everything(folder):
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in (folder, *folder.rglob("*"))
    }


def test_nothing_is_written(office):
    desk = Desk(office)
    desk.answer(desk.export("dibao", "2022-06"), "failed", "paid")
    desk.prepare("dibao", "2022-07", approvals=1)
    before = everything(office)
    for command in ("due", "status"):
        assert relief("--office", office, command, "--on", "2022-07-30").code in (0, 1)
    assert everything(office) == before


@pytest.mark.matrix
def test_asking_while_a_run_pays_neither_fails_nor_waits_long(office):
    """The run takes rosters of 2,009 people in, records and exports them meanwhile."""
    set_calendar(office, 'programmes = ["one-time"]\n')
    ended = []
    run = threading.Thread(target=lambda: ended.append(process(arguments_of(office, SAMPLES))))
    run.start()
    longest, asked = 0.0, 0
    while run.is_alive():
        for command in ("due", "status"):
            began = time.monotonic()
            answer = relief("--json", "--office", office, command, "--on", "2022-08-19")
            longest = max(longest, time.monotonic() - began)
            assert answer.code == 0, answer.err
            asked += 1
    run.join()
    assert ended[0].code == 1, ended[0].err
    assert ended[0].json["state"] == "exported"
    assert asked > 1
    assert longest < 20
    assert cycles(due(office, "2022-08-19")["due"]) == []
