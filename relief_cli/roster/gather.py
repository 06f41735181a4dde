"""Starts reading rosters, and takes in what comes back; knows nothing of tables yet.

Kept apart from :mod:`relief_cli.roster.read` so that files are being read while pandas loads.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias

from relief_cli.errors import ReliefError, UnreadableError
from relief_cli.i18n import N_
from relief_cli.office import Office
from relief_cli.roster import container, sandbox, server
from relief_cli.roster.header import IDENTIFYING
from relief_cli.roster.job import Job
from relief_cli.roster.limits import DEFAULT, MIB, Limits
from relief_cli.roster.task import read

if TYPE_CHECKING:  # these load NumPy and Arrow
    from relief_cli.roster.reader import FileTable
    from relief_cli.roster.sheet import SheetPassed, SheetTable


@dataclass(frozen=True, kw_only=True)
class Options:
    """How rosters are read."""

    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The office's own headers by field."""
    sheets: tuple[str, ...] = ()
    """Sheets to read; all visible ones where empty."""
    passwords: tuple[str, ...] = field(default=(), repr=False)
    """Passwords to try on encrypted workbooks."""
    limits: Limits = DEFAULT
    lists: bool = False
    """Lists of other departments are meant, not rosters."""


def reading_options(
    office: Office,
    sheets: tuple[str, ...] = (),
    passwords: tuple[str, ...] = (),
    *,
    lists: bool = False,
) -> Options:
    """Say how rosters are read for ``office``.

    Args:
        office: its headers and limits hold.
        sheets: the sheets to read; all visible ones where empty.
        passwords: to try on encrypted workbooks.
        lists: lists of other departments are meant.
    """
    given = office.limits
    limits = Limits(
        rows=given.rows,
        file_bytes=given.file_megabytes * MIB,
        inflated_bytes=given.inflated_megabytes * MIB,
        memory_bytes=given.memory_megabytes * MIB,
        seconds=given.seconds,
    )
    return Options(
        headers=office.headers, sheets=sheets, passwords=passwords, limits=limits, lists=lists
    )


Outcome: TypeAlias = "FileTable | ReliefError"


@dataclass(frozen=True)
class _Fault:
    """What was raised while files were taken in."""

    error: BaseException


@dataclass(frozen=True)
class Gathering:
    """Rosters on their way in: children are reading the files."""

    seen: list[Job | UnreadableError]
    """The files that were looked at so far: all of them, when everything has arrived."""
    options: Options
    arriving: Iterator[Outcome]

    def tables(
        self, advance: Callable[[str], None], refused: list[ReliefError] | None = None
    ) -> "list[FileTable]":
        """Wait for all files; see :func:`relief_cli.roster.read.read`."""
        arrived = []
        for outcome in self.arriving:
            arrived.append(outcome)
            advance(_name(outcome))
        in_order = iter(arrived)
        outcomes = [next(in_order) if isinstance(job, Job) else job for job in self.seen]
        tables = [table for table in outcomes if not isinstance(table, ReliefError)]
        errors = [error for error in outcomes if isinstance(error, ReliefError)]
        of_tables = [_refusals(table, lists=self.options.lists) for table in tables]
        errors += [error for found in of_tables for error in found]
        errors += _missing_sheets(tables, self.options)
        sound = [table for table, found in zip(tables, of_tables, strict=True) if not found]
        if errors and (refused is None or not sound):
            errors[0].also = tuple(errors[1:])
            raise errors[0]
        if refused is not None:
            refused += errors
        return sound


def gather(paths: Sequence[Path], options: Options) -> Gathering:
    """Look at the files and start reading them, each in a process of its own.

    The same content twice is read once. A file that is refused at sight is told by
    :meth:`Gathering.tables`, together with all others.
    """
    server.warm_up()  # before the files are looked at: it takes its time
    seen: list[Job | UnreadableError] = []
    arriving = sandbox.read_each(
        read,
        _jobs(paths, options, seen),
        lambda job: sandbox.allowance(job.container, options.limits),
    )
    # What arrives is made of it. Here, for two threads that import the same may find it half made.
    import_module("relief_cli.roster.reader")
    return Gathering(seen, options, _taken_in(arriving))


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, ReliefError):
        return outcome.file or ""
    return outcome.container.name


def _taken_in(arriving: Iterator[Outcome]) -> Iterator[Outcome]:
    """Take in what arrives in a thread, so that no child waits while this one loads libraries."""
    taken: SimpleQueue[Outcome | _Fault | None] = SimpleQueue()

    def take_in() -> None:
        try:
            for outcome in arriving:
                taken.put(outcome)
            taken.put(None)
        except BaseException as fault:  # noqa: BLE001  # raised where the outcome is waited for
            taken.put(_Fault(fault))

    def give() -> Iterator[Outcome]:
        while (outcome := taken.get()) is not None:
            if isinstance(outcome, _Fault):
                raise outcome.error
            yield outcome

    Thread(target=take_in, daemon=True).start()
    return give()


def _jobs(
    paths: Sequence[Path], options: Options, seen: list[Job | UnreadableError]
) -> Iterator[Job]:
    """Look at one file after the other, while those before are being read; ``seen`` gets all."""
    known: set[str] = set()
    for path in paths:
        try:
            found = container.inspect(path, options.limits)
        except UnreadableError as error:
            seen.append(error)
            continue
        if found.sha256 in known:
            continue
        known.add(found.sha256)
        job = Job(
            container=found,
            limits=options.limits,
            headers=options.headers,
            sheets=options.sheets,
            passwords=options.passwords,
            lists=options.lists,
        )
        seen.append(job)
        yield job


def _missing_sheets(tables: "Iterable[FileTable]", options: Options) -> list[UnreadableError]:
    """A sheet that was asked for must be in at least one file."""
    tables = list(tables)
    absent = [
        name
        for name in options.sheets
        if tables and all(t.container.kind == "csv" or name in t.missing_sheets for t in tables)
    ]
    return [
        UnreadableError(
            "F003",
            N_("No file has a sheet named {sheet_name}"),
            remedy=N_("Give the name as it stands on the sheet's tab"),
            file=tables[0].container.name,
            sheet_name=name,
        )
        for name in absent
    ]


def _refusals(table: "FileTable", *, lists: bool) -> list[UnreadableError]:
    """Say why a file that was read cannot be used: F003 no header, F004, F005."""
    name = table.container.name
    lost = [sheet for sheet in table.passed if sheet.holds_people]
    if not table.sheets and not table.missing_sheets:
        lost = lost or list(table.passed[:1])
        return [_no_header(name, lost[0] if lost else None, lists=lists)]
    refusals = [_no_header(name, sheet, lists=lists) for sheet in lost]
    for sheet in table.sheets:
        if sheet.layout.repeated:
            refusals.append(_twice(name, sheet))
        else:
            refusals += _lacking(name, sheet, lists=lists)
    return refusals


def _no_header(file: str, sheet: "SheetPassed | None", *, lists: bool) -> UnreadableError:
    nearest = sheet.nearest if sheet else None
    message = N_("No header was found in the list") if lists else N_("No header was found")
    values = {}
    if nearest:
        message = N_(
            "No header was found. Row {row} is the nearest: understood {known};"
            " not understood {unknown}; missing {missing}"
        )
        shown = {"known": nearest.known, "unknown": nearest.unknown, "missing": nearest.missing}
        values = {name: "、".join(titles) or "—" for name, titles in shown.items()}
        values["row"] = str(nearest.row)
    return UnreadableError(
        "F003",
        message,
        why=N_("Without the names of the columns nobody can say whom the list means")
        if lists
        else N_("Without the names of the columns nobody can say which number is an ID or a card"),
        remedy=N_("Put one row with names such as 姓名, 身份证号 above the people")
        if lists
        else N_("Put one row with names such as 姓名, 身份证号, 账号 above the people"),
        file=file,
        sheet=(sheet.name if sheet else "") or None,
        **values,
    )


def _twice(file: str, sheet: "SheetTable") -> UnreadableError:
    return UnreadableError(
        "F005",
        N_("Two columns mean the same: {columns}"),
        why=N_("It is not clear which of them decides who is paid, and into which account"),
        remedy=N_("Delete or rename the column that does not count, and save the file"),
        file=file,
        sheet=sheet.name or None,
        columns="、".join(sheet.layout.repeated),
    )


def _lacking(file: str, sheet: "SheetTable", *, lists: bool) -> list[UnreadableError]:
    missing = {name: title for name, title in IDENTIFYING.items() if not sheet.layout.has(name)}
    make = list_lacking_columns if lists else lacking_columns
    return [make(file, sheet.name, missing, sheet.layout.ignored)] if missing else []


def lacking_columns(
    file: str, sheet: str, columns: Mapping[str, str], unknown: Sequence[str]
) -> UnreadableError:
    """Make the error for required columns that a sheet does not have (F004).

    Args:
        file: the file's name.
        sheet: the sheet's.
        columns: what is missing, field → its usual title.
        unknown: titles that stand there and are not understood; one of them may be meant.
    """
    return _columns_lacking(
        file,
        sheet,
        columns,
        unknown,
        message=N_("Columns are missing: {columns}"),
        why=N_("Without them it cannot be said who is paid, for what, or into which account"),
        remedy=N_("Add the columns, or list their names under [reading.headers] in relief.toml"),
    )


def list_lacking_columns(
    file: str, sheet: str, columns: Mapping[str, str], unknown: Sequence[str]
) -> UnreadableError:
    """Make the error for required columns that a list of another department lacks (F004)."""
    return _columns_lacking(
        file,
        sheet,
        columns,
        unknown,
        message=N_("Columns are missing in the list: {columns}"),
        why=N_("Without them nobody in the rosters can be found in it"),
        remedy=N_("Ask who sent it for them, or list their names under [reading.headers]"),
    )


def _columns_lacking(
    file: str, sheet: str, columns: Mapping[str, str], unknown: Sequence[str], **texts: str
) -> UnreadableError:
    if unknown:
        texts["remedy"] = N_(
            "Add them. If a title that is not understood ({unknown}) means one, write it into"
            " relief.toml under [reading.headers], for example: {line}"
        )
    return UnreadableError(
        "F004",
        file=file,
        sheet=sheet or None,
        columns="、".join(columns.values()),
        unknown="、".join(unknown),
        line=f'{next(iter(columns))} = ["{next(iter(unknown), "")}"]',
        **texts,
    )
