"""The lists of other departments that an office names: who stands there is held, or marked.

They are a net below every payment. A list that is named and cannot be read stops the payment: a net
that is not there, and of which nobody knows it, is worse than none.
"""

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.batch import INPUTS
from relief_cli.calendar import Cycle
from relief_cli.checks import listed as finding
from relief_cli.checks.subject import LISTED, no_one_listed
from relief_cli.errors import UnreadableError
from relief_cli.frames import conform
from relief_cli.i18n import N_
from relief_cli.office import Office
from relief_cli.payouts.office_policy import EFFECTS, effect_of
from relief_cli.policy import Parameter, Policy
from relief_cli.policy.comparing import Effect
from relief_cli.programmes import ends
from relief_cli.programmes.ends import after_event
from relief_cli.programmes.periods import first_month
from relief_cli.roster import months
from relief_cli.roster.gather import Gathering, Options, gather, reading_options
from relief_cli.roster.inbox import is_left_behind
from relief_cli.roster.listed import PeopleList, read_list
from relief_cli.roster.masks import mask_name
from relief_cli.roster.months import NEVER
from relief_cli.settings import SETTINGS

_DEAD = "dead"


@dataclass(frozen=True, kw_only=True)
class NamedList:
    """A list of one kind, and what it means to stand there."""

    effect: Effect
    people: PeopleList

    @property
    def code(self) -> str:
        """The finding: R501 for the dead, R503 for all others."""
        return code_of(self.effect)


def code_of(effect: Effect) -> str:
    """Give the finding that standing on a list of this kind is."""
    return "R501" if effect.kind == _DEAD else "R503"


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The lists that hold for one payment; none where the office names none."""

    language: str
    """Of the details of findings: ``zh`` or ``en``."""
    lists: tuple[NamedList, ...] = ()
    used: tuple[Parameter, ...] = ()
    """The parameter that says what they mean."""
    rule: str = ends.BEGUN
    """Which month is the last that is due; see :mod:`relief_cli.programmes.ends`."""

    def standing(self, key: npt.NDArray[np.int64], name: pd.Series, cycle: Cycle) -> pd.DataFrame:
        """Say who stands on a list for ``cycle``; see :data:`relief_cli.checks.subject.LISTED`.

        Args:
            key: the people's numbers, as :attr:`relief_cli.roster.identity.Identities.key`.
            name: their names.
            cycle: what is paid for; who died later is due it, or a part of it.
        """
        parts = [self._standing(one, key, name, cycle) for one in self.lists]
        return pd.concat(parts, ignore_index=True) if parts else no_one_listed()

    def _standing(
        self, one: NamedList, key: npt.NDArray[np.int64], name: pd.Series, cycle: Cycle
    ) -> pd.DataFrame:
        found = finding.find(key, name, one.people)
        if one.effect.ends:
            month = after_event(found["month"].to_numpy(), self.rule)
            found = found[month <= first_month(cycle)]
        title = one.effect.title(self.language)
        details = [
            detail(one.people, title, int(entry), int(month), differs=bool(differs))
            for entry, month, differs in zip(
                found["entry"], found["month"], found["name_differs"], strict=True
            )
        ]
        table = pd.DataFrame(
            {"row": found["row"], "code": one.code, "holds": one.effect.holds, "detail": details}
        )
        return table.astype(LISTED)

    def lasting(self) -> "Lists":
        """Give those that end no claim at a month: who stands there is held, whatever the month."""
        lists = tuple(one for one in self.lists if not one.effect.ends)
        return replace(self, lists=lists)

    def ended(self, key: npt.NDArray[np.int64], name: pd.Series) -> npt.NDArray[np.int64]:
        """Give the first month that is not due to each of the people; far off where none is told.

        Args:
            key: as of :meth:`standing`.
            name: likewise.
        """
        first = np.full(len(key), NEVER, dtype=np.int64)
        for one in self.lists:
            if one.effect.ends and one.effect.holds:
                found = finding.find(key, name, one.people)
                month = after_event(found["month"].to_numpy(), self.rule)
                np.minimum.at(first, found["row"].to_numpy(), month)
        return first

    def digests(self) -> dict[str, list[str]]:
        """Give for each kind the digests of its files, sorted; names of files do not matter."""
        return {
            one.effect.kind: sorted(given.sha256 for given in one.people.inputs)
            for one in self.lists
        }

    def shas(self) -> list[str]:
        """Give the digests of all files."""
        return [sha256 for digests in self.digests().values() for sha256 in digests]

    def inputs(self, first: int) -> pd.DataFrame:
        """Give the table of files (:data:`relief_cli.batch.INPUTS`), numbered from ``first``.

        A list's file has its kind before its name, and no sheet refers to it.
        """
        files = [(one.effect.kind, given) for one in self.lists for given in one.people.inputs]
        rows = [
            (number, f"{kind}: {given.name}", given.sha256, given.size)
            for number, (kind, given) in enumerate(files, start=first)
        ]
        return conform(pd.DataFrame(rows, columns=list(INPUTS)), INPUTS)

    def told(self) -> tuple[tuple[str, int, int], ...]:
        """Give of each list its kind, its rows, and how many of them have no usable number."""
        return tuple(
            (one.effect.kind, len(one.people.rows), one.people.unusable) for one in self.lists
        )


def detail(people: PeopleList, title: str, entry: int, month: int, *, differs: bool) -> str:
    """Say where a list names somebody, since which month, and that it gives another name."""
    parts = [title, people.place(entry)]
    if month != months.UNKNOWN:
        parts.append(months.text(month))
    if differs:
        parts.append(f"≠ {mask_name(str(people.rows['name'].iloc[entry]))}")
    return " ".join(parts)


@dataclass(frozen=True)
class Taken:
    """The lists that an office names, read; nobody has said yet what is paid for."""

    language: str
    lists: Mapping[str, PeopleList]

    def at(self, policy: Policy, cycle: Cycle, programme: str) -> Lists:
        """Say by the policy what they mean for ``cycle`` of a programme.

        Raises:
            PolicyError: ``policy-missing``; ``list-kind-unknown``.
        """
        if not self.lists:
            return Lists(language=self.language)
        parameter = policy.at(EFFECTS, cycle.first_on)
        lists = [
            NamedList(effect=effect_of(parameter, kind, file=SETTINGS), people=people)
            for kind, people in self.lists.items()
        ]
        rule = ends.rule_at(policy, programme, cycle.last_on)
        return Lists(
            language=self.language,
            lists=tuple(lists),
            used=(parameter,),
            rule=str(rule.value),
        )


@dataclass(frozen=True)
class Coming:
    """The lists that an office names, being read."""

    language: str
    gatherings: Mapping[str, Gathering]

    def read(self) -> Taken:
        """Wait for the lists.

        Raises:
            UnreadableError: a list cannot be taken in.
        """
        lists = {kind: read_list(gathering) for kind, gathering in self.gatherings.items()}
        return Taken(self.language, lists)


def start(office: Office, options: Options) -> Coming:
    """Start reading the lists that the settings of ``office`` name.

    Args:
        office: whose lists.
        options: how its rosters are read; a password may open a list too.

    Raises:
        UnreadableError: ``list-missing``; no file is where one is named.
    """
    chosen = {
        kind: [path for pattern in patterns for path in _files(office.folder, kind, pattern)]
        for kind, patterns in sorted(office.lists.items())
    }
    reading = reading_options(office, passwords=options.passwords, lists=True)
    return Coming(office.language, {kind: gather(paths, reading) for kind, paths in chosen.items()})


def _files(folder: Path, kind: str, pattern: str) -> Sequence[Path]:
    wanted = str(Path(glob.escape(str(folder))) / pattern)
    given = glob.glob(wanted)  # noqa: PTH207  # a pattern may begin at the root, too
    found = [Path(one) for one in sorted(given)]
    files = [path for path in found if not is_left_behind(path)]
    if files:
        return files
    raise UnreadableError(
        "list-missing",
        N_("There is no list {pattern}, which relief.toml names for {kind}"),
        why=N_("Without it the people on it would be paid, and nobody would notice"),
        remedy=N_("Put the file there, or take its line out of [lists] in relief.toml"),
        file=SETTINGS,
        pattern=pattern,
        kind=kind,
    )
