"""What values of parameters look like: read from TOML into the canonical form, or refused.

Each reader gives the canonical value, or None where the TOML value has not the right form.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from relief_cli.money import LIMIT_FEN, Rounding
from relief_cli.policy.comparing import Criterion, Effect


@dataclass(frozen=True)
class Standard:
    """An amount per person, in the period in which it was published."""

    fen: int
    months: int
    """1, 3 or 12."""
    rounding: Rounding | None = None
    """How a part of it is rounded; None where the programme's own rule holds."""

    def __str__(self) -> str:
        """Give it as it is written in a policy file."""
        own = f" ({self.rounding})" if self.rounding else ""
        return f"{self.fen} per {_PERIODS_BY_MONTHS[self.months]}{own}"


@dataclass(frozen=True, order=True)
class Percent:
    """A percentage with at most two decimals, exactly."""

    basis_points: int
    """Hundredths of a percent."""

    def __str__(self) -> str:
        """Give it as it is written in a policy file."""
        whole, rest = divmod(abs(self.basis_points), _BASIS)
        decimals = f".{rest:02d}".rstrip("0").rstrip(".")
        return f"{'-' if self.basis_points < 0 else ''}{whole}{decimals}"


@dataclass(frozen=True)
class Index:
    """A published change of prices over the same month of the year before."""

    percent: Percent
    published_on: dt.date

    def __str__(self) -> str:
        """Give it as one line."""
        return f"{self.percent} % ({self.published_on.isoformat()})"


Pairs = tuple[tuple[str, int], ...]
Choices = tuple[tuple[str, str], ...]
Words = tuple[tuple[str, tuple[str, ...]], ...]
Value = (
    int
    | str
    | dt.date
    | tuple[str, ...]
    | tuple[Effect, ...]
    | tuple[Criterion, ...]
    | Pairs
    | Choices
    | Words
    | Standard
    | Rounding
    | Percent
    | Index
)
Reader = Callable[[object], Value | None]

SOURCES = ("central", "province", "municipal", "county", "lottery", "donation", "commerce")
"""Who pays; a name of a table of weights that is none of these is a group, split again."""
GROUPS = {"local": "local.split"}
"""Groups of sources, and the parameter that splits each."""
BY_WEIGHT, LUMP_SUMS = "weights", "lump-sums"
"""How what is due is split among the sources."""
PERIODS = {"month": 1, "quarter": 3, "year": 12}
_PERIODS_BY_MONTHS = {months: period for period, months in PERIODS.items()}
_PERCENT = re.compile(r"(-?)([0-9]{1,3})(?:\.([0-9]{1,2}))?")
_BASIS = 100
_TWO = 2
_UNITS = {"fen": 1, "jiao": 10, "yuan": 100}


def fen(value: object) -> int | None:
    """Read an amount in fen.

    >>> fen(30000), fen(0), fen(300.0)
    (30000, None, None)
    """
    return value if type(value) is int and 0 < value < LIMIT_FEN else None


def whole(least: int, most: int) -> Reader:
    """Give the reader of whole numbers from ``least`` to ``most``.

    >>> whole(1, 12)(12), whole(1, 12)(13)
    (12, None)
    """
    return lambda value: value if type(value) is int and least <= value <= most else None


def one_of(*words: str) -> Reader:
    """Give the reader of one of some words.

    >>> one_of("month", "quarter")("quarter"), one_of("month", "quarter")("year")
    ('quarter', None)
    """
    return lambda value: value if isinstance(value, str) and value in words else None


def date(value: object) -> dt.date | None:
    """Read a date. A date with a time is a ``datetime``, which is a ``date`` too: refused.

    >>> date(dt.date(2022, 8, 1)), date(dt.datetime(2022, 8, 1, 9, 30))
    (datetime.date(2022, 8, 1), None)
    """
    return value if type(value) is dt.date else None


def text(value: object) -> str | None:
    """Read a text that is not blank.

    >>> text(" 县政府会议纪要 "), text("  ")
    ('县政府会议纪要', None)
    """
    return value.strip() or None if isinstance(value, str) else None


def codes(value: object) -> tuple[str, ...] | None:
    """Read a list of texts, none of them twice.

    >>> codes(["urban_dibao", "rural_dibao"]), codes(["urban_dibao", "urban_dibao"])
    (('urban_dibao', 'rural_dibao'), None)
    """
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        return None
    return tuple(value) if value and len(set(value)) == len(value) else None


def codes_of(names: tuple[str, ...]) -> Reader:
    """Give the reader of a list of some of ``names``, none of them twice.

    >>> codes_of(("central", "province"))(["central"]), codes_of(("central",))(["village"])
    (('central',), None)
    """

    def read(value: object) -> tuple[str, ...] | None:
        found = codes(value)
        return found if found and set(found) <= set(names) else None

    return read


def standard(value: object) -> Standard | None:
    """Read an amount with its period, and with its own rule of rounding where it has one.

    >>> standard({"fen": 60000, "per": "month"})
    Standard(fen=60000, months=1, rounding=None)
    >>> standard({"fen": 60000}) is None
    True
    """
    if not isinstance(value, dict) or value.keys() not in (
        {"fen", "per"},
        {"fen", "per", "to", "rule"},
    ):
        return None
    amount, months = fen(value["fen"]), PERIODS.get(value["per"])
    if amount is None or months is None:
        return None
    if "to" not in value:
        return Standard(amount, months)
    own = rounding({key: value[key] for key in ("to", "rule")})
    return Standard(amount, months, own) if own else None


def percent(value: object) -> Percent | None:
    """Read a percentage, written in quotes: a TOML number with a point is a binary float.

    >>> str(percent("3.50")), percent(3.5)
    ('3.5', None)
    """
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    points = int(found[2]) * _BASIS + int((found[3] or "").ljust(2, "0"))
    return Percent(-points if found[1] else points)


def index(value: object) -> Index | None:
    """Read a published change of prices.

    >>> str(index({"percent": "3.5", "published": dt.date(2022, 10, 14)}))
    '3.5 % (2022-10-14)'
    """
    if not isinstance(value, dict) or value.keys() != {"percent", "published"}:
        return None
    change, published_on = percent(value["percent"]), date(value["published"])
    return Index(change, published_on) if change is not None and published_on else None


def rounding(value: object) -> Rounding | None:
    """Read a rule of rounding.

    >>> str(rounding({"to": "jiao", "rule": "up"})), rounding({"to": "jiao", "rule": "even"})
    ('jiao, up', None)
    """
    if not isinstance(value, dict) or value.keys() != {"to", "rule"}:
        return None
    known = value["to"] in _UNITS and value["rule"] in Rounding.RULES
    return Rounding(_UNITS[value["to"]], value["rule"]) if known else None


def numbers(least: int, most: int) -> Reader:
    """Give the reader of a table of words and whole numbers from ``least`` to ``most``.

    >>> numbers(1, 10)({"province": 6, "local": 4}), numbers(1, 10)({"province": 0})
    ((('province', 6), ('local', 4)), None)
    """

    def read(value: object) -> Pairs | None:
        if not isinstance(value, dict) or not value:
            return None
        sound = all(type(number) is int and least <= number <= most for number in value.values())
        return tuple(value.items()) if sound else None

    return read


def weights(names: tuple[str, ...]) -> Reader:
    """Give the reader of a table of weights by source.

    >>> weights(SOURCES)({"province": 6, "county": 4}), weights(SOURCES)({"village": 1})
    ((('province', 6), ('county', 4)), None)
    """

    def read(value: object) -> Pairs | None:
        if not isinstance(value, dict) or not set(value) <= set(names):
            return None
        if not all(type(weight) is int and weight >= 0 for weight in value.values()):
            return None
        return tuple(value.items()) if any(value.values()) else None

    return read


def lists(names: tuple[str, ...]) -> Reader:
    """Give the reader of a table that names for each of ``names`` some others of them.

    >>> lists(("dibao", "tekun"))({"dibao": ["tekun"]})
    (('dibao', ('tekun',)),)
    >>> lists(("dibao", "tekun"))({"dibao": ["dibao"]}) is None
    True
    """

    def read(value: object) -> Words | None:
        if not isinstance(value, dict) or not value or not set(value) <= set(names):
            return None
        found = [(name, codes(others)) for name, others in value.items()]
        if any(not others or name in others or set(others) - set(names) for name, others in found):
            return None
        return tuple((name, others) for name, others in found if others)

    return read


def choices(names: tuple[str, ...], words: tuple[str, ...]) -> Reader:
    """Give the reader of a table that chooses one of ``words`` for some of ``names``.

    >>> choices(("dibao", "tekun"), ("weights", "lump-sums"))({"dibao": "lump-sums"})
    (('dibao', 'lump-sums'),)
    >>> choices(("dibao", "tekun"), ("weights", "lump-sums"))({"dibao": "lump"}) is None
    True
    """

    def read(value: object) -> Choices | None:
        if not isinstance(value, dict) or not value or not set(value) <= set(names):
            return None
        chosen = [(name, word) for name, word in value.items() if word in words]
        return tuple(chosen) if len(chosen) == len(value) else None

    return read


def caps(names: tuple[str, ...]) -> Reader:
    """Give the reader of a table of pairs of ``names`` (``dibao+temporary``) and amounts in fen.

    >>> caps(("dibao", "temporary"))({"dibao+temporary": 100000})
    (('dibao+temporary', 100000),)
    >>> caps(("dibao", "temporary"))({"dibao": 100000}) is None
    True
    """

    def read(value: object) -> Pairs | None:
        if not isinstance(value, dict) or not value:
            return None
        pairs = [frozenset(pair.split("+")) for pair in value]
        sound = all(len(pair) == _TWO and pair <= set(names) for pair in pairs)
        if not sound or len(set(pairs)) < len(pairs):
            return None
        return tuple(value.items()) if all(map(fen, value.values())) else None

    return read


def words(names: tuple[str, ...] | None = None) -> Reader:
    """Give the reader of a table of lists of words, each word in one list only.

    Args:
        names: the keys that may stand there; any where None.

    >>> words()({"rural": ["农村", "村民"]}), words()({"rural": ["村民"], "urban": ["村民"]})
    ((('rural', ('农村', '村民')),), None)
    """

    def read(value: object) -> Words | None:
        if not isinstance(value, dict) or not value or (names and not set(value) <= set(names)):
            return None
        lists = [codes(one) for one in value.values()]
        every = [word for one in lists for word in one or ()]
        if None in lists or len(set(every)) < len(every):
            return None
        return tuple((name, one) for name, one in zip(value, lists, strict=True) if one)

    return read
