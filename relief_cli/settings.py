"""What ``relief.toml`` may say.

Clerks edit it, so every mistake in it is one message that names the file and the key. A key that
is not known is refused: a misspelt setting must not be ignored in silence.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from relief_cli.errors import PolicyError
from relief_cli.i18n import LANGUAGES, N_

SETTINGS = "relief.toml"
_REGION = re.compile(r"[1-9][0-9]{5}")
_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_BANK = re.compile(r"[0-9]{3}")
_BANK_CODE = re.compile(r"[0-9]{12}")
_MOST_APPROVALS = 2
_OUTCOMES = ("paid", "failed", "open")
_FIRST_YEAR = 2000
_ADDRESS = re.compile(
    r"postgresql\+psycopg://([^\s:/?#@]+@)?"
    r"([A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?)?"
    r"/[^\s:/?#@]+(\?(?P<options>[^\s#]*))?"
)
_PATH = r"/[^\s,]*"
_OPTIONS: Mapping[str, str] = {
    "host": _PATH,
    "sslmode": r"disable|allow|prefer|require|verify-ca|verify-full",
    "sslrootcert": rf"system|{_PATH}",
    "sslcert": _PATH,
    "sslkey": _PATH,
    "sslcrl": _PATH,
    "connect_timeout": r"[0-9]{1,4}",
    "gssencmode": r"disable|prefer|require",
    "channel_binding": r"disable|prefer|require",
}
"""What an address may say besides: libpq's names. A host there is a folder with its socket."""


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Who pays, as bank files name it; empty where the bank's format does not need it."""

    name: str = ""
    account: str = ""
    bank_name: str = ""
    bank_code: str = ""
    """The 联行号 of the branch that keeps the account, twelve digits."""
    sender: str = ""
    """The number under which the bank knows the office."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a roster may ask of this machine before it is refused (F006)."""

    rows: int = 1_200_000
    """Rows of one sheet; Excel itself ends at 1,048,576."""
    file_megabytes: int = 512
    """One file."""
    inflated_megabytes: int = 3072
    """One workbook, unpacked; a million rows of sixteen columns are 900."""
    memory_megabytes: int = 6144
    """The process that reads a file."""
    seconds: int = 600
    """The reading of one file."""


def _is_text(value: object) -> bool:
    """Accept one line of printable text: it goes into bank files and onto reports."""
    return isinstance(value, str) and value.isprintable()


def _is_filled(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())


def _is_region(value: object) -> bool:
    return isinstance(value, str) and bool(_REGION.fullmatch(value))


def _is_bank_code(value: object) -> bool:
    """Accept a 联行号, whose last digit is a check digit by ISO 7064 MOD 11,10; or nothing.

    >>> _is_bank_code("102161000017"), _is_bank_code("102161000018"), _is_bank_code("")
    (True, False, True)
    """
    if value == "":
        return True
    if not isinstance(value, str) or not _BANK_CODE.fullmatch(value):
        return False
    carried = 10
    for digit in value[:-1]:
        carried = ((carried + int(digit)) % 10 or 10) * 2 % 11
    return (carried + int(value[-1])) % 10 == 1


def _is_approvals(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST_APPROVALS


def _is_address(value: object) -> bool:
    """Accept the address of a database of PostgreSQL that holds no password; or nothing."""
    if value == "":
        return True
    found = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    given = [part.partition("=") for part in (found["options"] or "").split("&") if part]
    names = [name for name, _, _ in given]
    return len(set(names)) == len(names) and all(
        name in _OPTIONS and re.fullmatch(_OPTIONS[name], unquote(option))
        for name, _, option in given
    )


def _is_yuan(value: object) -> bool:
    return isinstance(value, str) and (not value or bool(_YUAN.fullmatch(value)))


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_filled, value))


def _is_day(value: object) -> bool:
    """Accept a date of this century: none is older than any deadline that the policy knows."""
    # A date with a time is a ``datetime``, which is a ``date`` too.
    return type(value) is dt.date and value.year >= _FIRST_YEAR


def _is_positive(value: object) -> bool:
    return type(value) is int and value > 0


def _is_formats(value: object) -> bool:
    return isinstance(value, dict) and all(
        _BANK.fullmatch(code) and _is_filled(template) for code, template in value.items()
    )


def _is_meanings(value: object) -> bool:
    """Accept words of banks by format, each with paid, failed or open; none has wildcards."""
    return isinstance(value, dict) and all(
        isinstance(words, dict)
        and all(_is_filled(word) and outcome in _OUTCOMES for word, outcome in words.items())
        for words in value.values()
    )


def _is_headers(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(aliases, list) and all(map(_is_filled, aliases)) for aliases in value.values()
    )


def _is_lists(value: object) -> bool:
    """Accept patterns of files by kind; which kinds there are is policy."""
    return isinstance(value, dict) and all(
        isinstance(patterns, list) and patterns and all(map(_is_filled, patterns))
        for patterns in value.values()
    )


def _is_checks(value: object) -> bool:
    return isinstance(value, dict) and all(severity == "hold" for severity in value.values())


FUNDING_CHECKS = ("off", "warn", "wait", "refuse")
"""What becomes of a batch for which a source has not given enough."""

_Rule = tuple[Callable[[object], bool], str]
_TEXT: _Rule = (_is_text, N_("{key} must be a text in quotes, in one line."))
_FILLED: _Rule = (
    _is_filled,
    N_("{key} must be a text in quotes, in one line and not empty."),
)
_COUNT: _Rule = (_is_positive, N_("{key} must be a whole number above 0."))
_RULES: Mapping[str, Mapping[str, _Rule] | _Rule] = {
    "office": {
        "name": _FILLED,
        "region": (_is_region, N_("{key} must be six digits in quotes.")),
        "county": _FILLED,
        "city": _TEXT,
        "language": (LANGUAGES.__contains__, N_('{key} must be "zh" or "en".')),
        "approvals": (_is_approvals, N_("{key} must be 0, 1 or 2.")),
        "ledger": (
            _is_address,
            N_(
                "{key} must be empty, or an address without a password such as"
                ' "postgresql+psycopg://relief@192.0.2.10/yangqu".'
            ),
        ),
    },
    "approvals": {
        "second_above": (
            _is_yuan,
            N_('{key} must be an amount of yuan in quotes, such as "500000.00".'),
        ),
        "roles": (_is_words, N_('{key} must be a list such as ["复核", "审批"].')),
    },
    "banks": {
        "default": _FILLED,
        "formats": (
            _is_formats,
            N_('{key} must hold lines such as "402" = "shanxi-rcu".'),
        ),
        "meanings": (
            _is_meanings,
            N_('{key} must hold sections with lines such as "已入账" = "paid".'),
        ),
    },
    "payer": {
        **dict.fromkeys(Payer.__dataclass_fields__, _TEXT),
        "bank_code": (
            _is_bank_code,
            N_(
                "{key} must be a bank code number (联行号): twelve digits in quotes,"
                " of which the last is a check digit."
            ),
        ),
    },
    "notice": {"phone": _TEXT},
    "reading": {
        "headers": (
            _is_headers,
            N_('{key} must hold lines such as account_number = ["卡号", "账号"].'),
        )
    },
    "calendar": {
        "since": (_is_day, N_("{key} must be a date without quotes, such as 2022-08-20.")),
        "programmes": (
            _is_words,
            N_('{key} must be a list such as ["dibao", "one-time"].'),
        ),
    },
    "lists": (_is_lists, N_('{key} must hold lines such as dead = ["lists/死亡人员*.xlsx"].')),
    "funding": {
        "check": (
            FUNDING_CHECKS.__contains__,
            N_('{key} must be "off", "warn", "wait" or "refuse".'),
        )
    },
    "checks": (
        _is_checks,
        N_('{key} must hold lines such as R206 = "hold"; an error cannot be made milder.'),
    ),
    "limits": dict.fromkeys(Limits.__dataclass_fields__, _COUNT),
}


def check_settings(document: Mapping[str, Any]) -> None:
    """Refuse a ``relief.toml`` that says what relief does not know or cannot take.

    Raises:
        PolicyError: ``office-key-unknown`` or ``office-value``, for the first key at fault.
    """
    _check(document, _RULES, "")


def _check(document: Mapping[str, Any], rules: Mapping[str, Any], section: str) -> None:
    """Refuse the first key that is not known or holds what it must not."""
    for key, value in document.items():
        place = f"{section}.{key}" if section else key
        rule = rules.get(key)
        if rule is None:
            near = difflib.get_close_matches(key, rules, n=1)
            raise PolicyError(
                "office-key-unknown",
                N_("relief does not know this key: {key}"),
                why=N_("A misspelt setting would be ignored in silence."),
                remedy=N_("Correct it or take it out. Known here: {known}"),
                file=SETTINGS,
                key=place,
                known=", ".join(near or rules),
            )
        if isinstance(rule, tuple):
            accepts, message = rule
            if not accepts(value):
                raise PolicyError("office-value", message, file=SETTINGS, key=place)
        elif isinstance(value, dict):
            _check(value, rule, place)
        else:
            raise PolicyError(
                "office-value",
                N_("{key} must be a section, a line such as [{key}]."),
                file=SETTINGS,
                key=place,
            )
