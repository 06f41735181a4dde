"""Writes a batch's reports: pure rendering of its tables, the same bytes every time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from relief_cli.batch import Batch
from relief_cli.files import OutputFile
from relief_cli.reports.fix_list import held_workbook
from relief_cli.reports.manifest import manifest_json
from relief_cli.reports.outputs import save
from relief_cli.reports.summary import summary_workbook
from relief_cli.reports.words import Wording


def write_batch(
    batch: Batch,
    lines: pd.DataFrame,
    lists: Mapping[str, bytes],
    bank_files: Sequence[OutputFile],
    wording: Wording,
    folder: Path,
) -> list[OutputFile]:
    """Write payments.csv, entitlements.csv, skipped.csv, held.xlsx, summary.xlsx and manifest.json.

    Args:
        batch: the batch.
        lines: ``payment`` int64, ``file`` str, ``line`` int64: one row per line of a bank file.
        lists: what :func:`relief_cli.reports.lists.render_lists` gave.
        bank_files: the bank files as written, for 笔数, 金额 and digests.
        wording: in the office's language.
        folder: an existing folder that nobody reads yet.

    Returns:
        The six files, the manifest last.

    Raises:
        OSError: the disk refuses.
    """
    reports = {
        **lists,
        "held.xlsx": held_workbook(batch, wording),
        "summary.xlsx": summary_workbook(batch, lines, bank_files, wording),
    }
    files = [save(folder, name, content) for name, content in reports.items()]
    manifest = manifest_json(batch, [*bank_files, *files])
    return [*files, save(folder, "manifest.json", manifest)]
