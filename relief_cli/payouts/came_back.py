"""The workbook of what came back from the bank, kept for each batch in ``out/returns/``."""

from itertools import count
from pathlib import Path

from relief_cli import files
from relief_cli.banks.codes import all_codes
from relief_cli.batch import Batch
from relief_cli.ledger import Book
from relief_cli.payouts.setting import Setting
from relief_cli.reports.returned import Meaning, returned_workbook

ASIDE = ("unmatched", "ambiguous", "differs", "contradicts")
"""Verdicts of lines that were kept and change nothing."""


def render(setting: Setting, book: Book, batch: Batch) -> bytes | None:
    """Render what has failed of ``batch`` and is not paid again, and the lines kept aside.

    ``None`` where there is neither.
    """
    lines = book.returns.lines(batch.name)
    aside = lines[lines["verdict"].isin(ASIDE)]
    failed = book.returns.failures(batch.name)
    if not len(failed) and not len(aside):
        return None
    language = setting.office.language
    meanings = {
        code: Meaning(one.title[language], one.remedy[language])
        for code, one in all_codes().items()
    }
    return returned_workbook(batch, failed, aside, meanings, setting.wording())


def put(setting: Setting, name: str, content: bytes | None) -> Path | None:
    """Put the workbook in place; one that stands there may hold corrections, and stays."""
    if content is None:
        return None
    folder = setting.office.out_folder / "returns"
    files.make_private_folder(folder)
    places = (folder / f"{name}{f'-{n}' if n > 1 else ''}.xlsx" for n in count(1))
    place = next(one for one in places if not one.exists() or one.read_bytes() == content)
    if not place.exists():
        files.write_beside(place, content)
    return place
