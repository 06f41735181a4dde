"""Where reports go that belong to no batch."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from relief_cli import files
from relief_cli.office import Office
from relief_cli.roster.read import Input


def put_report(
    office: Office,
    kind: str,
    inputs: Iterable[Input],
    wanted: Path | None,
    content: bytes,
    asked: str = "",
) -> Path:
    """Write a workbook that only its owner can read, and give its place.

    Args:
        office: whose outputs it is among; in the current folder where there is no office.
        kind: what it is of, such as ``check``; its folder there, or part of its name here.
        inputs: the files that it was made from: the same files are the same report.
        wanted: where it goes instead.
        content: the workbook.
        asked: what else decides what it says.

    Raises:
        UsageError: ``write-failed``.
    """
    digests = "".join(sorted(one.sha256 for one in inputs)) + asked
    name = f"{hashlib.sha256(digests.encode()).hexdigest()[:12]}.xlsx"
    beside = Path(f"relief-{kind}-{name}") if office.is_nowhere else office.out_folder / kind / name
    place = wanted or beside
    files.make_private_folder(place.parent)
    files.write_beside(place, content)
    return place
