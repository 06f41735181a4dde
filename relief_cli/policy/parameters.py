"""Parameters by date and place, with where each value comes from."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.policy import files
from relief_cli.policy.categories import KEYS as CATEGORY_KEYS
from relief_cli.policy.categories import Categories, read_categories
from relief_cli.policy.files import Table
from relief_cli.policy.schema import PARAMETERS, WEIGHTS, refusal
from relief_cli.policy.values import GROUPS, Pairs, Value

if TYPE_CHECKING:
    from relief_cli.policy.comparing import Criterion

_REQUIRED = {"since": dt.date, "value": object, "unit": str, "reference": str}
_OPTIONAL = {"place": str, "status": str}
CONFIRMED, OPEN, OWN = "confirmed", "to be confirmed", "office"
"""Whether a public text says so, or the office has to find out; or it is the office's own value."""
TOPICS = tuple(dict.fromkeys(name.partition(".")[0] for name in PARAMETERS))
"""What stands before the dot in parameters' names: the programmes, and what is no programme's."""


@dataclass(frozen=True)
class Parameter:
    """One value of a parameter: since when it holds, where, and who says so."""

    name: str
    value: Value
    unit: str
    since: dt.date
    reference: str
    place: str = ""
    """The county's name as in the rosters; empty where the value holds everywhere."""
    file: str = field(default="", compare=False)
    status: str = OWN
    """:data:`CONFIRMED`, :data:`OPEN` or :data:`OWN`."""

    @property
    def value_text(self) -> str:
        """The value as one line: ``30000``, ``2022-08-20``, ``province 6 : local 4``."""
        if not isinstance(self.value, tuple):
            return str(self.value)
        pairs = [f"{part[0]} {_said(part[1])}" for part in self.value if isinstance(part, tuple)]
        return " : ".join(pairs) if pairs else ", ".join(map(str, self.value))


@dataclass(frozen=True)
class Policy:
    """All parameters that are known, and the categories of assistance."""

    parameters: tuple[Parameter, ...]
    """By name, place and date, each of these once."""
    categories: Categories

    def find(self, name: str, on: dt.date, place: str = "") -> Parameter | None:
        """Give the value of ``name`` that holds ``on`` a day in ``place``, or None.

        A value of the place goes before one for everywhere; of these the newest holds that is not
        later than the day.
        """
        held = [
            parameter
            for parameter in self.parameters
            if parameter.name == name and parameter.since <= on and parameter.place in ("", place)
        ]
        return max(held, key=lambda one: (one.place != "", one.since), default=None)

    def at(self, name: str, on: dt.date, place: str = "") -> Parameter:
        """Give the value of ``name`` that holds ``on`` a day in ``place``; see :meth:`find`.

        Raises:
            PolicyError: ``policy-missing``, no value holds then and there.
        """
        if found := self.find(name, on, place):
            return found
        raise missing(name, on, place)

    def listed(self, prefix: str, on: dt.date, place: str = "") -> list[Parameter]:
        """Give what holds ``on`` a day in ``place`` of all parameters under ``prefix``, by name.

        Args:
            prefix: the part of the names before the dot, such as ``one-time``.
            on: the day.
            place: the county; empty for what holds everywhere.
        """
        names = sorted(name for name in PARAMETERS if name.startswith(prefix + "."))
        found = (self.find(name, on, place) for name in names)
        return [parameter for parameter in found if parameter]

    def sources(self) -> list[str]:
        """Give every funding source that some split names, groups of sources apart."""
        named = [
            source
            for parameter in self.parameters
            if parameter.unit == WEIGHTS
            for source, _ in cast("Pairs", parameter.value)
        ]
        return [source for source in dict.fromkeys(named) if source not in GROUPS]

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the policy says, whatever the files are named."""
        content = {
            "categories": self.categories.content,
            "parameters": [
                [one.name, one.place, one.since.isoformat(), one.value, one.unit, one.reference]
                for one in self.parameters
            ],
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _said(part: object) -> str:
    return "/".join(map(str, part)) if isinstance(part, tuple) else str(part)


def load(office_files: Sequence[Path] = ()) -> Policy:
    """Give the policy that comes with the program, with an office's own files laid over it.

    Raises:
        PolicyError: a file cannot be read, or something in it is unknown, missing, given twice or
            of the wrong form; the error names the file and the key.
    """
    shipped = tuple(files.shipped())
    own = tuple(files.read(path) for path in office_files)
    categories = read_categories((*shipped, *own))
    merged = {**_collect(shipped), **_collect(own)}
    for parameter in merged.values():
        _check_categories(parameter, categories)
    return Policy(tuple(merged[key] for key in sorted(merged)), categories)


def _collect(tables: Iterable[tuple[str, Table]]) -> dict[tuple[str, str, dt.date], Parameter]:
    found: dict[tuple[str, str, dt.date], Parameter] = {}
    for file, table in tables:
        content = {key: value for key, value in table.items() if key not in CATEGORY_KEYS}
        for name, entry in _entries(file, "", content):
            parameter = _read_entry(file, name, entry)
            key = (parameter.name, parameter.place, parameter.since)
            if key in found:
                raise refusal(
                    "policy-twice",
                    N_("{key} has two values since {since}, in {first} and {second}"),
                    file,
                    name,
                    N_("Keep the one that holds."),
                    since=parameter.since.isoformat(),
                    first=found[key].file,
                    second=file,
                )
            found[key] = parameter
    return found


def _entries(file: str, above: str, table: Table) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        name = f"{above}.{key}" if above else key
        if name in PARAMETERS:
            if not isinstance(value, list):
                raise files.mistyped(
                    file, name, N_("Its blocks begin with two brackets on each side: [[{key}]].")
                )
            yield from ((name, entry) for entry in value)
        elif isinstance(value, dict) and any(known.startswith(name + ".") for known in PARAMETERS):
            yield from _entries(file, name, value)
        else:
            raise files.unknown(file, name, PARAMETERS)


def _read_entry(file: str, name: str, entry: object) -> Parameter:
    table = files.check_keys(file, name, entry, _REQUIRED, _OPTIONAL)
    known = PARAMETERS[name]
    if table["unit"] != known.unit:
        raise refusal(
            "policy-unit",
            N_("{key} is “{given}”, not “{unit}”"),
            file,
            f"{name}.unit",
            N_("Give the value in this unit: {unit}."),
            given=table["unit"],
            unit=known.unit,
        )
    value = known.read(table["value"])
    if value is None:
        raise files.mistyped(file, f"{name}.value", known.remedy)
    if "place" in table and not known.by_place:
        raise refusal(
            "policy-place",
            N_("{key}: this parameter holds for all places"),
            file,
            f"{name}.place",
            N_("Take the place out, or keep an office of its own for the place."),
        )
    status = table.get("status", OWN)
    if status not in (CONFIRMED, OPEN, OWN):
        remedy = N_('It must be "confirmed", "to be confirmed" or "office".')
        raise files.mistyped(file, f"{name}.status", remedy)
    return Parameter(
        name=name,
        value=value,
        unit=known.unit,
        since=table["since"],
        reference=table["reference"].strip(),
        place=table.get("place", "").strip(),
        file=file,
        status=status,
    )


def _check_categories(parameter: Parameter, categories: Categories) -> None:
    for code in _named_categories(parameter):
        if code not in categories.codes:
            raise refusal(
                "policy-category-unknown",
                N_("{key} names the category {category}, which is not known"),
                parameter.file,
                f"{parameter.name}.value",
                N_("Correct the code, or add a block [[category]] for it."),
                category=code,
            )


def _named_categories(parameter: Parameter) -> tuple[str, ...]:
    if parameter.name.endswith(".categories"):
        return cast("tuple[str, ...]", parameter.value)
    if parameter.name == "screen.criteria":
        criteria = cast("tuple[Criterion, ...]", parameter.value)
        return tuple(code for one in criteria for code in (*one.families, *one.on_none_of))
    return ()


def missing(name: str, on: dt.date, place: str = "") -> PolicyError:
    """Give the error that no value of ``name`` holds ``on`` a day in ``place``."""
    message = N_("the policy gives no value of {name} for {on}")
    if place:
        message = N_("the policy gives no value of {name} for {on} in {place}")
    return PolicyError(
        "policy-missing",
        message,
        why=N_("An amount without a dated and cited value is not paid."),
        remedy=N_(
            "Add a block [[{name}]] with since (not after {on}), value, unit “{unit}” and "
            "reference to a file policy/….toml in the office's folder."
        ),
        name=name,
        on=on.isoformat(),
        place=place,
        unit=PARAMETERS[name].unit,
    )
