"""Reads one file, in a child process of its own; nothing else opens a workbook.

calamine gives values, types, merges and hidden sheets. What it does not tell (formulas, error
cells, hidden rows of .xlsx) comes from a scan of the sheet's XML. For .xls and .ods only formulas
are known, for .xlsb nothing: there an error cell arrives empty and holds its row as missing.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

import python_calamine

from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster import completeness, delimited, features, package
from relief_cli.roster.container import Container
from relief_cli.roster.fields import load_headers
from relief_cli.roster.formulas import Formulas, formulas_of
from relief_cli.roster.grid import CHUNK, Cell, Features, Grid, cell_text
from relief_cli.roster.job import Job
from relief_cli.roster.opc import BROKEN_ZIP
from relief_cli.roster.refusals import ASK, changed
from relief_cli.roster.repacking import repacked
from relief_cli.roster.sheet import SheetPassed, SheetTable, understand

_SCANNED = ("xlsx", "xlsm")
"""Kinds whose sheets are XML that can be looked at beside what calamine tells."""


@dataclass(frozen=True)
class FileTable:
    """What was read from one file."""

    container: Container
    sheets: tuple[SheetTable, ...]
    passed: tuple[SheetPassed, ...]
    """Visible sheets without a header."""
    hidden_sheets: tuple[str, ...]
    """Sheets that were not read because they are hidden."""
    missing_sheets: tuple[str, ...]
    """Sheets that were asked for and are not there."""


def read_file(job: Job) -> FileTable:
    """Read a file's rosters, or the lists of other departments in it.

    Raises:
        UnreadableError: F001, F002, F006, F011, ``file-changed``; the file as a whole cannot be
            taken in.
    """
    headers = load_headers(job.headers, lists=job.lists)
    opened = _open(job)
    found = [understand(grid, headers) for grid in opened.grids]
    if job.lists:
        found = [_without_cells(one) if isinstance(one, SheetTable) else one for one in found]
    return _file_table(job, found, opened.hidden, opened.absent)


def _without_cells(sheet: SheetTable) -> SheetTable:
    """Leave the rows as they stood behind: a list is not written out again, and may be long."""
    return replace(sheet, people=sheet.people.drop_columns(["cells"]))


def read_cells(job: Job) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Read every cell of a file's visible sheets as text, where no roster is meant.

    Returns:
        For each sheet its name (empty for a text) and its rows, from row 1 and column A on.

    Raises:
        UnreadableError: as :func:`read_file`; also while the rows are asked for.
    """
    for grid in _open(job).grids:
        yield (
            grid.name,
            ([cell_text(cell) for cell in row] for chunk in grid.chunks for row in chunk),
        )


@dataclass(frozen=True)
class _Opened:
    """A file's visible sheets, which are read one after the other."""

    grids: Iterable[Grid]
    hidden: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def _open(job: Job) -> _Opened:
    if job.container.kind == "csv":
        return _Opened([delimited.read(_content(job), job.container.name, job.limits.columns)])
    data = _opened(job)
    kind = _kind(job, data)
    with _damage(job):
        data = repacked(data) if kind in _SCANNED else data
        workbook = python_calamine.CalamineWorkbook.from_filelike(data)
        beside = _Scan(data) if kind in _SCANNED else _Beside(formulas_of(kind, data))
    return _workbook(job, workbook, beside)


def _kind(job: Job, data: io.BytesIO) -> str:
    """Give what kind of workbook it is; one that was encrypted is looked at like any other now."""
    if not job.container.encrypted or not data.getvalue().startswith(b"PK"):
        return job.container.kind
    found = package.examine(data, job.container.name, job.limits)
    data.seek(0)
    return str(found["kind"])


@contextmanager
def _damage(job: Job) -> Iterator[None]:
    """Tell what the readers of workbooks raise on damaged ones as F001; wrap nothing else in it."""
    try:
        yield
    except (python_calamine.CalamineError, *BROKEN_ZIP) as error:
        raise UnreadableError(
            "F001",
            N_("The file is damaged and cannot be read"),
            why=N_("What can still be read may not be all, and people would be left out"),
            remedy=ASK,
            file=job.container.name,
        ) from error


def _workbook(job: Job, workbook: python_calamine.CalamineWorkbook, beside: "_Beside") -> _Opened:
    kind = python_calamine.SheetTypeEnum.WorkSheet
    shown = python_calamine.SheetVisibleEnum.Visible
    completeness.check_names([sheet.name for sheet in workbook.sheets_metadata])
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == kind]
    wanted = [
        s.name for s in sheets if (s.name in job.sheets if job.sheets else s.visible == shown)
    ]
    return _Opened(
        _grids(job, workbook, beside, wanted),
        tuple(s.name for s in sheets if s.visible != shown and s.name not in wanted),
        tuple(name for name in job.sheets if name not in wanted),
    )


def _grids(
    job: Job,
    workbook: python_calamine.CalamineWorkbook,
    beside: "_Beside",
    names: Sequence[str],
) -> Iterator[Grid]:
    for name in names:
        with _damage(job):
            sheet = workbook.get_sheet_by_name(name)
        _check_size(job, name, sheet)
        with _damage(job):
            known = beside.features(name)
            known.merges = list(sheet.merged_cell_ranges or [])
        yield Grid(name, beside.all_of(name, _chunks(job, sheet)), known)


class _Beside:
    """What calamine does not tell about the sheets of a workbook."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas

    def features(self, sheet: str) -> Features:
        """Give what stands in a sheet beside its values."""
        return Features(formulas=self._formulas.get(sheet, []))

    def all_of(self, _sheet: str, chunks: Iterable[list[list[Cell]]]) -> Iterable[list[list[Cell]]]:
        """Give the rows on, where nothing can be held against them."""
        return chunks


class _Scan(_Beside):
    """Looks at the XML of sheets beside what calamine tells."""

    def __init__(self, data: io.BytesIO) -> None:
        super().__init__({})
        self._package = zipfile.ZipFile(data)
        self._parts = features.sheet_parts(self._package)
        self._values: dict[str, int] = {}

    def all_of(self, sheet: str, chunks: Iterable[list[list[Cell]]]) -> Iterator[list[list[Cell]]]:
        """Give the rows on, and see at their end that none of the sheet's cells is lost."""
        given = 0
        for chunk in chunks:
            given += sum(len(row) - row.count("") for row in chunk)
            yield chunk
        values = self._values.get(sheet, given)
        if values != given:
            xml = self._package.read(self._parts[sheet])
            completeness.check(self._package, xml, values, given)

    def features(self, sheet: str) -> Features:
        part = self._parts.get(sheet)
        if part is None:
            return Features()
        seen = features.scan(self._package.read(part))
        self._values[sheet] = seen.values
        return Features(
            formulas=[
                (row, column, stored)
                for (row, column), stored in zip(
                    seen.formulas.tolist(), seen.stored.tolist(), strict=True
                )
            ],
            errors=[(row, column) for row, column in seen.errors.tolist()],
            hidden_rows=seen.hidden_rows.tolist(),
        )


def _chunks(job: Job, sheet: python_calamine.CalamineSheet) -> Iterator[list[list[Cell]]]:
    """Give the rows from row 1 and column A on; calamine leaves out empty columns at the left."""
    left: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    rows = sheet.iter_rows()
    while True:
        with _damage(job):
            chunk = list(islice(rows, CHUNK))
        if left:
            chunk = [[*left, *row] for row in chunk]
        if not chunk:
            return
        yield chunk


def _check_size(job: Job, name: str, sheet: python_calamine.CalamineSheet) -> None:
    if not sheet.end:
        return
    rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
    if rows > job.limits.rows or columns > job.limits.columns:
        raise UnreadableError(
            "F006",
            N_("Sheet {sheet_name} has {rows} rows and {columns} columns"),
            why=N_("No roster is so large; cells far from the table are often left by mistake"),
            remedy=N_("Delete the empty rows and columns around the table, or split the file"),
            file=job.container.name,
            sheet=name,
            sheet_name=name,
            rows=rows,
            columns=columns,
        )


def _opened(job: Job) -> io.BytesIO:
    data = io.BytesIO(_content(job))
    return _decrypted(job, data) if job.container.encrypted else data


def _content(job: Job) -> bytes:
    """Read the file's bytes, which must be those that were looked at: their digest is recorded.

    Raises:
        UnreadableError: ``file-changed``.
    """
    try:
        content = job.container.path.read_bytes()
    except OSError as error:  # it was there a moment ago
        raise changed(job.container.name) from error
    if hashlib.sha256(content).hexdigest() != job.container.sha256:
        raise changed(job.container.name)
    return content


def _decrypted(job: Job, data: io.BytesIO) -> io.BytesIO:
    import msoffcrypto  # noqa: PLC0415  # few workbooks are encrypted, and it takes its time
    from msoffcrypto.exceptions import (  # noqa: PLC0415  # likewise
        DecryptionError,
        FileFormatError,
        InvalidKeyError,
    )

    file = job.container.name
    for password in job.passwords:
        plain = io.BytesIO()
        try:
            locked = msoffcrypto.OfficeFile(data)
            locked.load_key(password=password, verify_password=True)
            locked.decrypt(plain)
        except (InvalidKeyError, DecryptionError):
            continue
        except FileFormatError:
            break
        plain.seek(0)
        return plain
    message = (
        N_("None of the passwords given opens the file")
        if job.passwords
        else N_("The file is encrypted")
    )
    raise UnreadableError(
        "F002",
        message,
        remedy=N_("Give its password in a file with --password-file, or save it without one"),
        file=file,
    )


def _file_table(
    job: Job,
    found: Sequence[SheetTable | SheetPassed],
    hidden: tuple[str, ...],
    absent: tuple[str, ...],
) -> FileTable:
    return FileTable(
        container=job.container,
        sheets=tuple(sheet for sheet in found if isinstance(sheet, SheetTable)),
        passed=tuple(sheet for sheet in found if isinstance(sheet, SheetPassed)),
        hidden_sheets=hidden,
        missing_sheets=absent,
    )
