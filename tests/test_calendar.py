import datetime as dt

import pytest

from relief_cli.calendar import (
    Cycle,
    Workday,
    workday_before,
    workday_on_or_before,
)
from relief_cli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-08", dt.date(2022, 8, 1), dt.date(2022, 8, 31)),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2022-12", dt.date(2022, 12, 1), dt.date(2022, 12, 31)),
        ("2022Q1", dt.date(2022, 1, 1), dt.date(2022, 3, 31)),
        ("2022Q3", dt.date(2022, 7, 1), dt.date(2022, 9, 30)),
        ("2022Q4", dt.date(2022, 10, 1), dt.date(2022, 12, 31)),
    ],
)
def test_a_cycle_knows_its_days_and_its_text(text, first, last):
    cycle = Cycle.parse(text)
    assert (cycle.first_on, cycle.last_on, cycle.text) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "202208",
        "2022-8",
        "2022Q5",
        "2022q3",
        "２０２２-08",
        "2022-08\n",
        "0-01",
    ],
)
def test_other_text_is_no_cycle(text):
    with pytest.raises(UsageError) as caught:
        Cycle.parse(text)
    assert caught.value.code == "cycle-malformed"
    assert "2022Q3" in caught.value.remedy


def test_cycles_sort_by_time():
    texts = ["2023-01", "2022Q3", "2022-07", "2022Q4", "2022-08"]
    assert [cycle.text for cycle in sorted(map(Cycle.parse, texts))] == [
        "2022-07",
        "2022Q3",
        "2022-08",
        "2022Q4",
        "2023-01",
    ]


MOVED = """
2022-04-08 2022-07-08 2022-09-09 2022-12-09 2023-06-09 2023-09-08 2023-12-08 2024-02-09 2024-03-08
2024-06-07 2024-08-09 2024-11-08 2025-05-09 2025-08-08 2026-01-09 2026-05-09
"""


def test_the_tenths_that_move_from_2022_to_2026():
    moved = set()
    for year in range(2022, 2027):
        for month in range(1, 13):
            workday = workday_on_or_before(dt.date(year, month, 10))
            assert not workday.provisional
            if workday.on.day != 10:
                moved.add(workday.on.isoformat())
    assert moved == set(MOVED.split())


def test_every_tenth_of_2027_is_provisional():
    # By weekends alone: 2027-01-10 and 2027-10-10 are Sundays, 2027-04-10 and 2027-07-10 Saturdays.
    moved = {(1, 8), (4, 9), (7, 9), (10, 8)}
    for month in range(1, 13):
        workday = workday_on_or_before(dt.date(2027, month, 10))
        assert workday.provisional
        assert (workday.on.day != 10) == ((month, workday.on.day) in moved)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        # Without days off between: a week later.
        ("2022-08-15", 5, "2022-08-22"),
        # From a day off on.
        ("2022-08-20", 1, "2022-08-22"),
        # 1 to 7 October 2022 are days off; Saturday the 8th and Sunday the 9th are worked.
        ("2022-09-30", 2, "2022-10-09"),
        ("2022-09-30", 20, "2022-11-02"),
        # 1 to 3 January 2026 are days off, Sunday the 4th is worked.
        ("2025-12-31", 1, "2026-01-04"),
        ("2026-12-01", 20, "2026-12-29"),
    ],
)
def test_working_days_are_counted(day, count, expected):
    day, expected = dt.date.fromisoformat(day), dt.date.fromisoformat(expected)
    # Back to where it began, or the last working day before that.
    assert workday_before(expected, count) == workday_on_or_before(day)


def test_counting_back_from_a_year_that_is_not_published_is_provisional():
    # 1 January 2027 is a Friday, of which nobody knows yet whether it is worked.
    assert workday_before(dt.date(2027, 1, 2), 1) == Workday(dt.date(2027, 1, 1), provisional=True)
    assert workday_before(dt.date(2027, 1, 1), 1) == Workday(dt.date(2026, 12, 31))


@pytest.mark.parametrize("count", [0, -1])
def test_no_working_days_are_no_count(count):
    with pytest.raises(ValueError, match=str(count)):
        workday_before(dt.date(2022, 8, 20), count)


def test_a_year_without_published_holidays_is_provisional():
    assert workday_on_or_before(dt.date(2027, 1, 9)) == Workday(
        dt.date(2027, 1, 8), provisional=True
    )
    assert workday_on_or_before(dt.date(2027, 1, 7)) == Workday(
        dt.date(2027, 1, 7), provisional=True
    )
