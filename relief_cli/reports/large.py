"""The large files of a batch, those with a line for each payment or person, as bytes.

Apart from the other reports, so that a process of its own can make them: it loads no ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from relief_cli.banks.writing import Job, render_job
from relief_cli.batch import Batch
from relief_cli.reports.lists import render_lists
from relief_cli.reports.words import RuleText


@dataclass(frozen=True)
class LargeFiles:
    """Their bytes."""

    bank: Sequence[bytes]
    """The bank files, in the order in which they were planned."""
    lists: Mapping[str, bytes]
    """The lists, by name."""


def make_large_files(
    job: Job,
    batch: Batch,
    lines: pd.DataFrame,
    texts: Mapping[str, RuleText],
    categories: Mapping[str, str],
) -> LargeFiles:
    """Make the bank files of ``job`` and the lists of ``batch``; the arguments as for those."""
    return LargeFiles(render_job(job), render_lists(batch, lines, texts, categories))
