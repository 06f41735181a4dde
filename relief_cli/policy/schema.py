"""Which parameters there are, and what a value of each looks like."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.money import LIMIT_FEN, Rounding


@dataclass(frozen=True)
class Standard:
    """An amount per person, in the period in which it was published."""

    fen: int
    months: int
    """1, 3 or 12."""

    def __str__(self) -> str:
        """Give it as it is written in a policy file."""
        return f"{self.fen} per {_PERIODS_BY_MONTHS[self.months]}"


Value = int | str | dt.date | tuple[str, ...] | tuple[tuple[str, int], ...] | Standard | Rounding

SOURCES = ("central", "province", "municipal", "county")
"""Who pays; a name of a table of weights that is none of these is a group, split again."""
PERIODS = {"month": 1, "quarter": 3, "year": 12}
_PERIODS_BY_MONTHS = {months: period for period, months in PERIODS.items()}
_MOST_MONTHS = 12
_WHOLE = 100
_LAST_SURE_DAY = 28
"""Every month has it."""
GROUPS = {"local": "local.split"}
"""Groups of sources, and the parameter that splits each."""


def _fen(value: object) -> Value | None:
    return value if type(value) is int and 0 < value < LIMIT_FEN else None


def _day(value: object) -> Value | None:
    return value if type(value) is int and 1 <= value <= _LAST_SURE_DAY else None


def _standard(value: object) -> Value | None:
    if not isinstance(value, dict) or value.keys() != {"fen", "per"}:
        return None
    fen, months = _fen(value["fen"]), PERIODS.get(value["per"])
    return Standard(fen, months) if isinstance(fen, int) and months else None


def _rounding(value: object) -> Value | None:
    if not isinstance(value, dict) or value.keys() != {"to", "rule"}:
        return None
    units = {"fen": 1, "jiao": 10, "yuan": 100}
    known = value["to"] in units and value["rule"] in Rounding.RULES
    return Rounding(units[value["to"]], value["rule"]) if known else None


def _one_of(*words: str) -> Callable[[object], Value | None]:
    return lambda value: value if isinstance(value, str) and value in words else None


def _months(value: object) -> Value | None:
    return value if type(value) is int and 0 <= value <= _MOST_MONTHS else None


def _percents(value: object) -> Value | None:
    if not isinstance(value, dict) or not value:
        return None
    sound = all(type(percent) is int and 0 < percent <= _WHOLE for percent in value.values())
    return tuple(value.items()) if sound else None


def _date(value: object) -> Value | None:
    # A date with a time is a ``datetime``, which is a ``date`` too.
    return value if type(value) is dt.date else None


def _text(value: object) -> Value | None:
    return value.strip() or None if isinstance(value, str) else None


def _codes(value: object) -> Value | None:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        return None
    return tuple(value) if value and len(set(value)) == len(value) else None


def _weights(names: tuple[str, ...]) -> Callable[[object], Value | None]:
    def read(value: object) -> Value | None:
        if not isinstance(value, dict) or not set(value) <= set(names):
            return None
        if not all(type(weight) is int and weight >= 0 for weight in value.values()):
            return None
        return tuple(value.items()) if any(value.values()) else None

    return read


@dataclass(frozen=True)
class Known:
    """A parameter that the program reads."""

    unit: str
    read: Callable[[object], Value | None]
    """Gives the canonical value, or None where the TOML value has not the right form."""
    remedy: str
    """What to do about a value of the wrong form."""
    by_place: bool = False
    """Whether places may have their own value; one that nothing reads is refused."""


_WEIGHTS_WANTED = N_(
    "It must be a table of sources and whole numbers, not all zero, such as "
    "{{ municipal = 1, county = 1 }}."
)

_CODES = Known(
    "categories in order", _codes, N_("It must be a list of category codes, none of them twice.")
)
_DAY = Known(
    "day of the month", _day, N_("It must be a whole number from 1 to 28, such as 10 for the 10th.")
)

_STANDARD = Known(
    "fen per person",
    _standard,
    N_(
        "It must say how much in which period, such as "
        '{{ fen = 583200, per = "year" }}; per is "month", "quarter" or "year".'
    ),
    by_place=True,
)
_ROUNDING = Known(
    "rounding",
    _rounding,
    N_(
        'It must be such as {{ to = "yuan", rule = "half-up" }}: to "fen", "jiao" or "yuan", rule '
        '"half-up", "up" or "down".'
    ),
)

PARAMETERS = {
    "dibao.amount": Known(
        "where amounts come from",
        _one_of("roster", "computed"),
        N_('It must be "roster" or "computed".'),
    ),
    "dibao.categories": _CODES,
    "dibao.pay-day": _DAY,
    "dibao.shares": Known("weights", _weights((*SOURCES, *GROUPS)), _WEIGHTS_WANTED, by_place=True),
    "dibao.rounding": _ROUNDING,
    "dibao.standard-rural": _STANDARD,
    "dibao.standard-urban": _STANDARD,
    "dibao.supplements": Known(
        "percent of the standard",
        _percents,
        N_('It must be a table of words and whole percents, such as {{ "重度残疾人" = 20 }}.'),
    ),
    "dibao.taper-months": Known(
        "months", _months, N_("It must be a whole number of months, from 0 to 12.")
    ),
    "local.split": Known("weights", _weights(SOURCES), _WEIGHTS_WANTED, by_place=True),
    "one-time.amount": Known(
        "fen per person", _fen, N_("It must be whole fen above zero, such as 30000 for 300 yuan.")
    ),
    "one-time.categories": _CODES,
    "one-time.deadline": Known(
        "date", _date, N_("It must be a date without quotes, such as 2022-08-20.")
    ),
    "one-time.occasion": Known(
        "document", _text, N_("It must be the number of the notice, in quotes.")
    ),
    "one-time.shares": Known(
        "weights", _weights((*SOURCES, *GROUPS)), _WEIGHTS_WANTED, by_place=True
    ),
}


def refusal(
    code: str, message: str, file: str, key: str, remedy: str, **values: str
) -> PolicyError:
    """Give the error for ``key`` of a policy ``file``."""
    return PolicyError(
        code,
        message,
        why=N_("A policy that is read wrongly pays wrongly, so nothing in it is guessed."),
        remedy=remedy,
        file=file,
        key=key,
        **values,
    )
