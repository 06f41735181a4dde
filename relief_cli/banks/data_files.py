"""The data files of banks: where they are, and what is read of a format without loading it."""

from pathlib import Path

from relief_cli.banks.tables import read
from relief_cli.own_files import toml_files

DATA = Path(__file__).parent / "data"
BANKS_FILE = "banks.toml"
ANSWERS_FILE = "answers.toml"

_NO_TEMPLATES = (BANKS_FILE, ANSWERS_FILE)


def template_paths(office_folder: Path | None = None) -> dict[str, Path]:
    """Give the file of every bank format by its name: the file's name without ``.toml``.

    Args:
        office_folder: the office's folder; its ``banks/*.toml`` are added, and a file with the
            name of a format that comes with the project takes that one's place.

    Raises:
        PolicyError: ``office-folder``; the folder of an office is missing or cannot be read.
    """
    paths = {path.stem: path for path in DATA.glob("*.toml") if path.name not in _NO_TEMPLATES}
    if office_folder is not None:
        paths |= {path.stem: path for path in toml_files(office_folder, "banks")}
    return paths


def first_line(header: int, *, titles: bool) -> int:
    """Give the line (text) or row (workbook) of a file's first payment, counted from 1.

    Args:
        header: the number of lines above the data.
        titles: whether the columns' titles stand on the line above the data.
    """
    return header + titles + 1


def first_line_of(name: str, office_folder: Path) -> int | None:
    """Give the line of the first payment in files of a format; ``None`` where there is no such one.

    Raises:
        PolicyError: ``bank-template``.
    """
    path = template_paths(office_folder).get(name)
    if path is None:
        return None
    table = read(path)
    header = table.take("header", list, [])
    return first_line(len(header), titles=table.take("titles", bool, False))  # noqa: FBT003  # a default
