"""Which files of an inbox are meant: not what programs leave there, nor folders in it.

Light to import: files are looked at before anything large is loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relief_cli.shown import file_name

SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".txt")
_BEGINNINGS = ("~$", ".")
"""Of names of files that spreadsheet programs leave beside an open one, and of hidden ones."""
_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Inbox:
    """What was given."""

    files: list[Path]
    passed: list[str]
    """Names of files and folders that are passed over."""


def is_left_behind(path: Path) -> bool:
    """Say whether a program or the system left a file, so that nobody meant to send it.

    >>> is_left_behind(Path("in/~$花名册.xlsx")), is_left_behind(Path("in/花名册.xlsx"))
    (True, False)
    """
    return path.name.startswith(_BEGINNINGS) or path.name.lower() in _SYSTEM


def look(paths: Sequence[Path]) -> Inbox:
    """Tell which files are meant; a folder stands for the spreadsheets in it.

    A folder without any, and a file that a program left where nothing else was given, stay among
    the files: whoever opens them says what is wrong.
    """
    files: list[Path] = []
    passed: list[str] = []
    for path in paths:
        inside = _inside(path)
        meant = [one for one in inside if _is_spreadsheet(one)]
        if meant:
            files += meant
            passed += [one.name for one in inside if one not in meant]
        elif is_left_behind(path):
            passed.append(file_name(path))
        else:
            files.append(path)
    return Inbox(files, passed) if files else Inbox(list(paths), [])


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # no folder, or not for this clerk to read
        return []


def _is_spreadsheet(path: Path) -> bool:
    return path.suffix.lower() in SPREADSHEETS and not is_left_behind(path) and not path.is_dir()


def names(passed: Sequence[str]) -> str:
    """Give names for a message; the first of many."""
    shown = 10
    return "、".join(passed[:shown]) + (" …" if len(passed) > shown else "")
