"""Reads every cell of a file as a reader would, to see what that does to a process."""

import csv
import io
import resource
import time
import zipfile

import python_calamine

from relief_cli.errors import UnreadableError
from relief_cli.roster.features import scan, sheet_parts

MOST_SHEETS = 1000


def read(container):
    """Give (rows, seconds of processor, peak bytes of memory) of one file."""
    started = time.process_time()
    rows = _text(container) if container.kind == "csv" else _workbook(container)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return rows, time.process_time() - started, peak


def _text(container):
    content = container.path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return sum(1 for _ in csv.reader(io.StringIO(text)))
        except csv.Error as error:
            raise UnreadableError("F001", "not a table") from error
    raise UnreadableError("F011", "encoding")


def _workbook(container):
    if container.encrypted:
        raise UnreadableError("F002", "encrypted")
    try:
        # By its bytes: given a path, the reader would believe the name.
        with (
            container.path.open("rb") as file,
            python_calamine.load_workbook(file) as book,
        ):
            rows = sum(_rows(book, index) for index in range(_sheets(book)))
    except python_calamine.PasswordError as error:
        raise UnreadableError("F002", "encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableError("F001", "damaged") from error
    if container.kind in {"xlsx", "xlsm"}:
        with zipfile.ZipFile(container.path) as archive:
            for part in sheet_parts(archive).values():
                try:
                    scan(archive.read(part))
                except zipfile.BadZipFile as error:
                    raise UnreadableError("F001", "damaged") from error
    return rows


def _sheets(book):
    if len(book.sheet_names) > MOST_SHEETS:
        raise UnreadableError("F006", "sheets")
    return len(book.sheet_names)


def _rows(book, index):
    page = book.get_sheet_by_index(index)
    len(page.merged_cell_ranges or ())
    return sum(1 for _ in page.iter_rows())
