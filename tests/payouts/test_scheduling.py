"""``relief schedule``: on the screen, as a page, and for calendar programs."""

import datetime as dt
import shutil

import icalendar
import openpyxl
import pytest
from golden.running import make_office, relief

from relief_cli.calendar import Workday
from relief_cli.i18n import translator
from relief_cli.reports.schedule import Line
from relief_cli.reports.schedule_events import schedule_events

DATABASES = ("sqlite",)

# The 10ths of 2022 with the working days before them, and the notice's deadline, by hand.
OF_2022 = [
    ("dibao", "2022-01", "2022-01-10", "2022-01-10"),
    ("dibao", "2022-02", "2022-02-10", "2022-02-10"),
    ("dibao", "2022-03", "2022-03-10", "2022-03-10"),
    ("dibao", "2022-04", "2022-04-10", "2022-04-08"),
    ("dibao", "2022-05", "2022-05-10", "2022-05-10"),
    ("dibao", "2022-06", "2022-06-10", "2022-06-10"),
    ("dibao", "2022-07", "2022-07-10", "2022-07-08"),
    ("dibao", "2022-08", "2022-08-10", "2022-08-10"),
    ("one-time", "2022-08", "2022-08-20", "2022-08-19"),
    ("dibao", "2022-09", "2022-09-10", "2022-09-09"),
    ("dibao", "2022-10", "2022-10-10", "2022-10-10"),
    ("dibao", "2022-11", "2022-11-10", "2022-11-10"),
    ("dibao", "2022-12", "2022-12-10", "2022-12-09"),
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work where no office is."""
    monkeypatch.delenv("RELIEF_OFFICE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def schedule(*arguments, office=None):
    where = ("--office", office) if office else ()
    answer = relief("--json", *where, "schedule", *arguments)
    assert answer.code == 0, answer.err
    assert not answer.err
    return answer.json


def ours(found):
    return [one for one in found if one["programme"] in ("dibao", "one-time")]


def test_the_year_of_the_notice_outside_an_office(elsewhere):
    told = schedule("2022")
    assert (told["year"], told["files"]) == (2022, [])
    found = ours(told["deadlines"])
    keys = ("programme", "cycle", "deadline_on", "pay_by_on")
    assert [tuple(one[key] for key in keys) for one in found] == OF_2022
    assert {one["provisional"] for one in found} == {False}
    assert found[8]["reference"] == "晋民发〔2022〕38号 第二条第二款"
    assert list(elsewhere.iterdir()) == []


def test_a_year_that_is_not_published_is_provisional_and_says_so():
    found = ours(schedule("2027")["deadlines"])
    assert {one["provisional"] for one in found} == {True}
    assert [one["pay_by_on"] for one in found if one["pay_by_on"] != one["deadline_on"]] == [
        "2027-01-08", "2027-04-09", "2027-07-09", "2027-10-08",
    ]  # fmt: skip
    shown = relief("--lang", "en", "schedule", "2027")
    assert "Provisional: the State Council's days off" in shown.out
    assert "暂定：" in relief("--lang", "zh", "schedule", "2027").out
    assert "暂定" not in relief("--lang", "zh", "schedule", "2026").out


def test_the_offices_own_policy_and_programmes(tmp_path):
    office = make_office(tmp_path / "office")
    (office / "policy" / "own.toml").write_text(
        '[[dibao.pay-day]]\nsince = 2022-01-01\nvalue = 5\nunit = "day of the month"\n'
        'reference = "县民政局 2022年1号通知"\n', "utf-8",
    )  # fmt: skip
    settings = office / "relief.toml"
    text = settings.read_text("utf-8").replace("programmes = []", 'programmes = ["dibao"]')
    settings.write_text(text, "utf-8")
    found = schedule("2022", office=office)["deadlines"]
    assert {one["programme"] for one in found} == {"dibao"}
    # From 2022-07-19 on the notice's 10th is the newer value.
    assert [one["deadline_on"][-2:] for one in found] == ["05"] * 7 + ["10"] * 5
    assert found[0]["reference"] == "县民政局 2022年1号通知"
    settings.write_text(text.replace('["dibao"]', '["dibo"]'), "utf-8")
    answer = relief("--json", "--office", office, "schedule", "2022")
    assert (answer.code, answer.json["error"]["code"]) == (2, "office-value")


@pytest.mark.parametrize(
    "year", ["", "22", "２０２２", "2022-08", "last", "12022", "0999", "-2022"]
)
def test_no_year_is_one_clear_message(year, elsewhere):
    answer = relief("--json", "--lang", "en", "schedule", "--ics", "x.ics", "--", year)
    assert (answer.code, answer.json["error"]["code"]) == (2, "year-malformed")
    assert "four digits" in answer.json["error"]["remedy"]
    assert list(elsewhere.iterdir()) == []


def test_a_year_without_deadlines():
    assert schedule("1949")["deadlines"] == []
    shown = relief("--lang", "en", "schedule", "1949")
    assert (shown.code, shown.out) == (0, "The policy orders no deadline in 1949.\n")
    for option, name in (("--output", "x.xlsx"), ("--ics", "x.ics")):
        answer = relief("--json", "schedule", "1949", option, name)
        assert (answer.code, answer.json["error"]["code"]) == (2, "schedule-empty")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_clerk_sees(language):
    shown = relief("--lang", language, "schedule", "2022")
    for text in {
        "en": ["2022-08-20 Saturday", "2022-08-19 Friday", "moved from a day off", "One-time"],
        "zh": ["2022-08-20 星期六", "2022-08-19 星期五", "逢休息日提前", "一次性生活补贴"],
    }[language]:
        assert text in shown.out
    assert "] 晋民发〔2022〕38号 第二条第二款" in shown.out


def test_the_page(elsewhere):
    told = schedule("2022", "--output", "out/of/2022.xlsx")
    path = elsewhere / "out" / "of" / "2022.xlsx"
    assert told["files"] == ["out/of/2022.xlsx"]
    assert path.stat().st_mode & 0o777 == 0o600
    (sheet,) = openpyxl.load_workbook(path).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "2022 年发放日程表"
    assert rows[2] == ["项目", "所属期", "规定时限", "最迟发放日", "备注", "依据"]
    assert ["一次性生活补贴", "2022-08", "2022-08-20 星期六", "2022-08-19 星期五", "逢休息日提前",
            "晋民发〔2022〕38号 第二条第二款"] in rows  # fmt: skip
    assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
    assert sheet.page_setup.fitToHeight == 0
    before = path.read_bytes()
    schedule("2022", "--output", path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("option", "name", "content"),
    [
        ("--output", "花名册.csv", b"PK\x03\x04"),
        ("--output", "relief.xlsx", b"[office]"),
        ("--ics", "x.ics", b"PK\x03\x04"),
        ("--ics", "x.xlsx", None),
        ("--output", "x.ics", None),
        ("--ics", "calendar", None),
    ],
)
def test_no_other_file_is_lost(elsewhere, option, name, content):
    path = elsewhere / name
    if content is not None:
        path.write_bytes(content)
    answer = relief("--json", "schedule", "2022", option, path)
    assert (answer.code, answer.json["error"]["code"]) == (2, "schedule-place")
    assert not path.exists() if content is None else path.read_bytes() == content


def test_no_folder_is_taken_for_a_file(elsewhere):
    (elsewhere / "x.ics").mkdir()
    answer = relief("--json", "schedule", "2022", "--ics", "x.ics")
    assert (answer.code, answer.json["error"]["code"]) == (2, "schedule-place")


def events_of(content):
    return {str(one["uid"]): one for one in icalendar.Calendar.from_ical(content).events}


def test_calendar_programs_read_what_was_meant(elsewhere):
    schedule("2022", "--ics", "2022.ics")
    content = (elsewhere / "2022.ics").read_bytes()
    calendar = icalendar.Calendar.from_ical(content)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    found = [
        (str(one["summary"]), one["dtstart"].dt, one["dtend"].dt)
        for one in sorted(calendar.events, key=lambda one: one["dtstart"].dt)
    ]
    titles = {"dibao": "最低生活保障金", "one-time": "一次性生活补贴"}
    days = [(titles[name], cycle, dt.date.fromisoformat(by)) for name, cycle, _, by in OF_2022]
    wanted = {
        (f"{title} {cycle}：最迟发放日", day, day + dt.timedelta(1)) for title, cycle, day in days
    }
    assert wanted <= set(found)
    for one in calendar.events:
        # A whole day: no hour in any time zone.
        assert type(one["dtstart"].dt) is dt.date
        (alarm,) = one.subcomponents
        warned = dt.datetime.combine(one["dtstart"].dt, dt.time()) + alarm["trigger"].dt
        assert warned.hour == 9
        assert alarm["action"] == "DISPLAY"
    (subsidy,) = (one for one in calendar.events if str(one["summary"]).startswith("一次性"))
    assert str(subsidy["description"]) == (
        "规定时限：2022-08-20 星期六\n依据：晋民发〔2022〕38号 第二条第二款"
    )
    # The third working day before Friday the 19th is Tuesday the 16th, nine in the morning.
    assert subsidy.subcomponents[0]["trigger"].dt == -dt.timedelta(days=2, hours=15)
    assert (str(subsidy["status"]), subsidy["sequence"]) == ("CONFIRMED", 1)
    assert subsidy["dtstamp"].dt == dt.datetime(2022, 7, 19, tzinfo=dt.UTC)


def test_the_warning_comes_on_a_working_day_before_a_long_holiday(elsewhere):
    schedule("2022", "--ics", "2022.ics")
    found = events_of((elsewhere / "2022.ics").read_bytes()).values()
    (october,) = (one for one in found if "2022-10：" in str(one["summary"]))
    # 1 to 7 October are days off, the 8th and 9th are worked: the third before the 10th is 09-30.
    warned = dt.datetime(2022, 10, 10) + october.subcomponents[0]["trigger"].dt  # noqa: DTZ001
    assert warned == dt.datetime(2022, 9, 30, 9)  # noqa: DTZ001


def test_lines_are_folded_at_75_octets_between_characters_and_end_with_crlf(elsewhere):
    schedule("2022", "--ics", "2022.ics")
    content = (elsewhere / "2022.ics").read_bytes()
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # no character is cut in two
    assert any(line.startswith(b" ") for line in lines)


def line_of(**changed):
    given = {
        "programme": "dibao",
        "cycle": "2022-08",
        "deadline_on": dt.date(2022, 8, 10),
        "pay_by": Workday(dt.date(2022, 8, 10)),
        "reference": "晋民发",
        "since": dt.date(2022, 7, 19),
        "paid_for": "2022-08",
    }
    return Line(**{**given, **changed})


@pytest.mark.parametrize(
    "text",
    ["a;b,c\\n", "一，二；三", "\\", ":", "END:VEVENT", "𠮷" * 40, 'x"y', "a\nEND:VCALENDAR"],
)
def test_any_text_comes_back_as_it_was(text):
    content = schedule_events(2022, [line_of(reference=text)], "140122", translator("en"))
    (event,) = events_of(content).values()
    assert str(event["description"]) == f"Deadline: 2022-08-10 Wednesday\nReference: {text}"
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_taken_in_again_a_payment_takes_its_own_place():
    """UIDs stay where the day is moved, and differ between programmes, cycles and regions."""

    def uids(*lines, region="140122"):
        return list(events_of(schedule_events(2022, lines, region, translator("zh"))))

    first = line_of()
    assert uids(first) == uids(line_of(deadline_on=dt.date(2022, 8, 5), reference="x"))
    notice = line_of(programme="one-time", paid_for="晋民发〔2022〕38号")
    later = line_of(programme="one-time", paid_for="晋民发〔2022〕38号", cycle="2022-09")
    assert uids(notice) == uids(later)
    others = [
        *uids(first), *uids(first, region="140121"), *uids(line_of(paid_for="2022-09")),
        *uids(line_of(programme="tekun")), *uids(notice),
    ]  # fmt: skip
    assert len(set(others)) == 5


def test_a_day_that_became_sure_is_a_revision_of_the_provisional_one():
    unsure = line_of(pay_by=Workday(dt.date(2022, 8, 10), provisional=True))
    for line, sequence, state in ((unsure, 0, "TENTATIVE"), (line_of(), 1, "CONFIRMED")):
        (event,) = events_of(schedule_events(2022, [line], "140122", translator("zh"))).values()
        assert (event["sequence"], str(event["status"])) == (sequence, state)


def test_the_same_year_is_the_same_to_the_byte_in_any_office_of_the_region(tmp_path):
    office = make_office(tmp_path / "office")
    for name in ("a.ics", "b.ics"):
        schedule("2022", "--ics", name, office=office)
    shutil.copytree(office, tmp_path / "copy")
    schedule("2022", "--ics", "c.ics", office=tmp_path / "copy")
    assert len({(tmp_path / f"{name}.ics").read_bytes() for name in "abc"}) == 1
