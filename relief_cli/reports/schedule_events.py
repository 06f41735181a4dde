"""The calendar of payments for calendar programs: iCalendar, RFC 5545.

The same payment keeps its UID, so whoever takes the file in again replaces what was there. Nothing
in it tells when it was written: the stamp is the day since which the deadline is ordered, and a day
that has become sure counts as a revision of the provisional one.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from icalendar import Alarm, Calendar, Event

from relief_cli.calendar import workday_before
from relief_cli.i18n import N_, Translate
from relief_cli.reports.schedule import PROVISIONAL, Line, schedule_title
from relief_cli.reports.words import day_text

PRODUCT = "-//relief//calendar of payments//EN"
_DAY = dt.timedelta(days=1)
_WARNED_BEFORE = 3
"""Working days between the warning and the last day."""
_WARNED_AT = dt.timedelta(hours=9)


def schedule_events(year: int, lines: Sequence[Line], region: str, say: Translate) -> bytes:
    """Render the calendar: an event of a whole day for each payment, with a warning before.

    Args:
        year: the year.
        lines: at least one; RFC 5545 knows no empty calendar.
        region: the office's region code: its payments are not those of another one.
        say: into the office's language.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", schedule_title(year, say))
    for line in lines:
        calendar.add_component(_event(line, region, say))
    return bytes(calendar.to_ical())


def _event(line: Line, region: str, say: Translate) -> Event:
    day, sure = line.pay_by.on, not line.pay_by.provisional
    name = f"urn:relief:{region}:{line.programme}:{line.paid_for}"
    event = Event()
    event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_URL, name)))
    event.add("dtstamp", dt.datetime.combine(line.since, dt.time(), dt.UTC))
    event.add("sequence", int(sure))
    event.add("status", "CONFIRMED" if sure else "TENTATIVE")
    event.add("dtstart", day)
    event.add("dtend", day + _DAY)
    # A deadline keeps nobody from a meeting.
    event.add("transp", "TRANSPARENT")
    event.add("categories", [line.title(say)])
    summary = say(N_("{programme} {cycle}: last day to pay")).format(
        programme=line.title(say), cycle=line.cycle
    )
    event.add("summary", summary)
    told = [
        say(N_("Deadline: {day}")).format(day=day_text(line.deadline_on, say)),
        say(N_("Reference: {reference}")).format(reference=line.reference),
        *([] if sure else [say(PROVISIONAL)]),
    ]
    event.add("description", "\n".join(told))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", workday_before(day, _WARNED_BEFORE).on - day + _WARNED_AT)
    event.add_component(alarm)
    return event
