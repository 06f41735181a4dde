"""Cycles, deadlines and working days."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace

import chinese_calendar

from relief_cli.errors import UsageError
from relief_cli.i18n import N_

_MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([12][0-9]{3})Q([1-4])")
_YEAR = re.compile("[12][0-9]{3}")
_MONTHS_IN_QUARTER = 3
_SATURDAY = 5
_DAY = dt.timedelta(days=1)


def parse_year(text: str) -> int:
    """Give the year that four digits name.

    Raises:
        UsageError: ``year-malformed``, for anything else.

    >>> parse_year("2022")
    2022
    >>> parse_year("22")
    Traceback (most recent call last):
    relief_cli.errors.UsageError: “22” is not a year
    """
    if not _YEAR.fullmatch(text):
        raise UsageError(
            "year-malformed",
            N_("“{text}” is not a year"),
            remedy=N_("Write it with four digits, such as 2022."),
            text=text,
        )
    return int(text)


def day_here(at: str) -> dt.date:
    """Give the clerk's own calendar day of a time in ISO 8601 with its offset."""
    return dt.datetime.fromisoformat(at).astimezone().date()


@dataclass(frozen=True, order=True)
class Cycle:
    """The period that is paid for: a month or a quarter. Sorted by time."""

    first_on: dt.date
    last_on: dt.date

    @classmethod
    def parse(cls, text: str) -> "Cycle":
        """Give the cycle that ``2022-08`` (a month) or ``2022Q3`` (a quarter) names.

        Raises:
            UsageError: ``cycle-malformed``, for anything else.

        >>> Cycle.parse("2024-02").last_on
        datetime.date(2024, 2, 29)
        >>> Cycle.parse("2022Q3").first_on
        datetime.date(2022, 7, 1)
        >>> Cycle.parse("2022-13")
        Traceback (most recent call last):
        relief_cli.errors.UsageError: “2022-13” is not a cycle
        """
        if found := _MONTH.fullmatch(text):
            year, last = int(found[1]), int(found[2])
            first = last
        elif found := _QUARTER.fullmatch(text):
            year, last = int(found[1]), int(found[2]) * _MONTHS_IN_QUARTER
            first = last - _MONTHS_IN_QUARTER + 1
        else:
            raise UsageError(
                "cycle-malformed",
                N_("“{text}” is not a cycle"),
                why=N_("The cycle says which month or quarter people are paid for."),
                remedy=N_("Write a month as 2022-08 or a quarter as 2022Q3."),
                text=text,
            )
        last_day = calendar.monthrange(year, last)[1]
        return cls(dt.date(year, first, 1), dt.date(year, last, last_day))

    @property
    def is_month(self) -> bool:
        """Say whether it is a month; else it is a quarter."""
        return self.first_on.month == self.last_on.month

    @property
    def text(self) -> str:
        """The cycle as it is written in commands, names and files."""
        if self.is_month:
            return f"{self.first_on:%Y-%m}"
        return f"{self.first_on.year}Q{self.last_on.month // _MONTHS_IN_QUARTER}"

    def to(self, last: "Cycle") -> "list[Cycle]":
        """Give the cycles from this one to ``last``, all of the same length.

        Raises:
            UsageError: ``cycles-backwards``; the last is before this one, or of another length.

        >>> [cycle.text for cycle in Cycle.parse("2022Q4").to(Cycle.parse("2023Q1"))]
        ['2022Q4', '2023Q1']
        >>> Cycle.parse("2022-08").to(Cycle.parse("2022-07"))
        Traceback (most recent call last):
        relief_cli.errors.UsageError: 2022-08 to 2022-07 is no span of cycles
        """
        if last.first_on < self.first_on or last.is_month != self.is_month:
            raise UsageError(
                "cycles-backwards",
                N_("{first} to {last} is no span of cycles"),
                remedy=N_("Give two months or two quarters, the earlier one first."),
                first=self.text,
                last=last.text,
            )
        cycles = [self]
        while cycles[-1] != last:
            cycles.append(self.around(cycles[-1].last_on + _DAY))
        return cycles

    def around(self, day: dt.date) -> "Cycle":
        """Give the cycle of this one's length that ``day`` is in.

        >>> Cycle.parse("2022Q3").around(dt.date(2022, 12, 31)).text
        '2022Q4'
        """
        quarter = f"{day.year}Q{-(-day.month // _MONTHS_IN_QUARTER)}"
        return Cycle.parse(f"{day:%Y-%m}" if self.is_month else quarter)

    @property
    def before(self) -> "Cycle":
        """The one before it."""
        return self.around(self.first_on - _DAY)

    @property
    def sharing(self) -> list[str]:
        """The texts of all months and quarters that share a month with it, itself among them.

        >>> Cycle.parse("2022-08").sharing
        ['2022-08', '2022Q3']
        """
        quarter = -(-self.first_on.month // _MONTHS_IN_QUARTER)
        return [*self.months, f"{self.first_on.year}Q{quarter}"]

    @property
    def months(self) -> list[str]:
        """The texts of its months: one, or three.

        >>> Cycle.parse("2022Q3").months
        ['2022-07', '2022-08', '2022-09']
        """
        numbers = range(self.first_on.month, self.last_on.month + 1)
        return [f"{self.first_on.year}-{month:02d}" for month in numbers]


BENEFIT, ARREARS, TOP_UP = "benefit", "arrears", "top-up"
"""What a person is paid: what is due for a cycle or by a notice, what is still due for cycles that
were paid by a lower standard, or what a cycle was paid too little."""


@dataclass(frozen=True, order=True)
class Occasion:
    """What a person is paid for at most once: a cycle, a notice, or a raise backwards in time."""

    kind: str
    """:data:`BENEFIT`, :data:`ARREARS` or :data:`TOP_UP`."""
    first_cycle: str = ""
    """The first one; empty where a notice is paid once, whatever the cycle."""
    last_cycle: str = ""
    document: str = ""
    """The notice of a once-only benefit; else empty."""
    since: str = ""
    """Of arrears: the day since when the standard is a new one, ISO 8601; else empty."""
    turn: int = 0
    """Of top-ups: which one it is, from 1; else 0."""

    @classmethod
    def of_cycle(cls, cycle: Cycle) -> "Occasion":
        """Give the occasion of a benefit that is paid each cycle."""
        return cls(BENEFIT, first_cycle=cycle.text, last_cycle=cycle.text)

    @classmethod
    def of_notice(cls, document: str) -> "Occasion":
        """Give the occasion of a benefit that is paid once."""
        return cls(BENEFIT, document=document)

    @property
    def benefit(self) -> "Occasion":
        """The occasion that a top-up is on top of; a benefit's is its own."""
        return replace(self, kind=BENEFIT, turn=0) if self.kind == TOP_UP else self

    @property
    def cycle(self) -> Cycle | None:
        """The cycle that a benefit is paid for; None for others."""
        benefit = self.kind == BENEFIT and self.first_cycle
        return Cycle.parse(self.first_cycle) if benefit else None

    @property
    def name(self) -> str:
        """What it is called on screens.

        >>> Occasion.of_cycle(Cycle.parse("2022-08")).name
        '2022-08'
        >>> Occasion(ARREARS, "2022-01", "2022-07", since="2022-01-01").name
        '2022-01/2022-07'
        """
        if self.document:
            return self.document
        first, last = self.first_cycle, self.last_cycle
        return first if first == last else f"{first}/{last}"


@dataclass(frozen=True)
class Workday:
    """A working day; provisional while the State Council's calendar for it is not known here."""

    on: dt.date
    provisional: bool = False


def workday_on_or_before(day: dt.date) -> Workday:
    """Give the last working day that is not after ``day``, with make-up days and holidays.

    A year whose holidays are not published yet counts weekends only, and the answer is marked
    provisional.

    >>> workday_on_or_before(dt.date(2022, 8, 20))
    Workday(on=datetime.date(2022, 8, 19), provisional=False)
    >>> workday_on_or_before(dt.date(2100, 1, 2))
    Workday(on=datetime.date(2100, 1, 1), provisional=True)
    """
    works, provisional = _works(day)
    if works:
        return Workday(day, provisional)
    before = workday_before(day, 1)
    return Workday(before.on, provisional or before.provisional)


def workday_before(day: dt.date, count: int) -> Workday:
    """Give the working day that is the ``count``-th before ``day``, which itself does not count.

    Args:
        day: any day.
        count: above zero.

    Provisional as :func:`workday_on_or_before`, if any day on the way is.

    >>> workday_before(dt.date(2022, 10, 8), 1).on  # days off from the 1st; a Saturday worked
    datetime.date(2022, 9, 30)
    """
    if count < 1:
        raise ValueError(count)
    provisional = False
    while count:
        day -= _DAY
        works, unsure = _works(day)
        count -= works
        provisional |= unsure
    return Workday(day, provisional)


def _works(day: dt.date) -> tuple[bool, bool]:
    """Say whether ``day`` is a working day, and whether that is only likely."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < _SATURDAY, True
