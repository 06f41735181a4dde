"""The words that reports share: programmes, sources, fates and severities, and a rule's texts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from relief_cli.i18n import N_, Translate


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """What a report says about a finding's code, already in the report's language."""

    severity: str
    """``error``, ``warning`` or ``notice``."""
    title: str
    why: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Wording:
    """All that a report needs to speak: the office's language, and its names for things."""

    say: Translate
    """Turns a marked message into the language."""
    texts: Mapping[str, RuleText]
    """A finding's code → its texts, for every code that is shown."""
    categories: Mapping[str, str] = field(default_factory=dict)
    """A category's code → its title, in the order of the report."""

    def severity_rank(self, code: str) -> int:
        """Give the place of the code's severity: errors come first."""
        return _SEVERITY_ORDER.index(self.texts[code].severity)

    def severity(self, code: str) -> str:
        """Give the word for the code's severity."""
        return self.say(SEVERITIES[self.texts[code].severity])


PROGRAMMES = {
    "one-time": N_("One-time living subsidy"),
    "dibao": N_("Minimum living allowance"),
    "tekun": N_("Support for people in extreme hardship"),
    "price": N_("Price-linked temporary subsidy"),
    "temporary": N_("Temporary assistance"),
    "voucher": N_("Consumption vouchers"),
}
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
SOURCES = {
    "central": N_("central"),
    "province": N_("province"),
    "municipal": N_("municipal"),
    "county": N_("county"),
    "lottery": N_("welfare lottery"),
    "donation": N_("donations"),
    "commerce": N_("commerce"),
}
STATUSES = {
    "confirmed": N_("confirmed"),
    "to be confirmed": N_("to be confirmed"),
    "office": N_("the office's own"),
}
FATES = {"held": N_("held"), "skipped": N_("needs nothing now")}
SEVERITIES = {"error": N_("error"), "warning": N_("warning"), "notice": N_("notice")}
_SEVERITY_ORDER = tuple(SEVERITIES)


def day_text(day: dt.date, translate: Translate) -> str:
    """Give a day with the name of its weekday.

    >>> day_text(dt.date(2022, 8, 19), str)
    '2022-08-19 Friday'
    """
    return f"{day.isoformat()} {translate(WEEKDAYS[day.weekday()])}"


def word(words: Mapping[str, str], code: str, translate: Translate) -> str:
    """Give the word for ``code``; an office's own code, which no table knows, stands for itself.

    >>> word(SOURCES, "province", str), word(SOURCES, "bank", str)
    ('province', 'bank')
    """
    return translate(words[code]) if code in words else code


def reference(batch: str, payment: int) -> str:
    """Give what a payment is called in bank files.

    >>> reference("one-time-2022-08-1", 7)
    'one-time-2022-08-1-000007'
    """
    return f"{batch}-{payment:06d}"
