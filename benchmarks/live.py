"""Let an office live for years: ``python benchmarks/live.py OFFICE BATCH CYCLE…``.

In every cycle the people of the batch are paid what it pays: what the program would record is
recorded, without reading the rosters again. The bank answers; one payment in 500 fails, and nine
in ten of those are paid again at once and are paid. The batch's own cycle may be among them.
"""

import dataclasses
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from relief_cli import office as offices
from relief_cli import payouts
from relief_cli.batch import Batch
from relief_cli.ledger import Ledger
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.returns import LINES, AnswerFile
from relief_cli.payouts import Repeat, Setting

FIRST_FAILS, AGAIN_FAILS = 500, 10
_FAILED = {"verdict": "failed", "result": "失败", "code": "RJ11", "reason": "账户已销户"}


def live(folder: Path, first: str, cycles: Sequence[str]) -> None:
    """Pay and answer every cycle."""
    setting = payouts.load_setting(offices.load(folder))
    ledger = Ledger.open(setting.office.ledger_place)
    with ledger.reading() as book:
        batch, files = book.load(first), book.files(first)
    for cycle in cycles:
        with ledger.writing() as book:
            if cycle != batch.cycle:
                paid = at(batch, cycle)
                book.record(paid, "clerk")
                book.record_export(paid.name, files)
            answer(book, f"dibao-{cycle}-1", FIRST_FAILS)
        follow_up(setting, ledger, f"dibao-{cycle}-1")


def at(batch: Batch, cycle: str) -> Batch:
    """Give the batch as it is in another cycle."""
    return dataclasses.replace(
        batch,
        name=f"dibao-{cycle}-1",
        cycle=cycle,
        occasion=cycle,
        inputs_digest=hashlib.sha256(cycle.encode()).hexdigest(),
    )


def follow_up(setting: Setting, ledger: Ledger, name: str) -> None:
    """Pay again what failed of a batch, and let the bank answer."""
    again = payouts.follow_up(setting, Repeat(batch=name, rosters=None, maker="clerk"))
    if again.batch is not None:
        with ledger.writing() as book:
            answer(book, again.batch, AGAIN_FAILS)


def answer(book: WritableBook, name: str, fail_every: int) -> None:
    """Take in what the bank says of every payment of a batch."""
    payments = book.load(name).payments
    number = payments["payment"]
    lines = payments[["payment", "account_number", "payee_name", "amount_fen"]].assign(
        place="1", verdict="paid", reference=name + "-" + number.astype("str"),
        result="成功", reason="", code="",
    )  # fmt: skip
    failed = np.flatnonzero(number % fail_every == 0)
    for column, value in _FAILED.items():
        lines.iloc[failed, lines.columns.get_loc(column)] = value
    content = pd.util.hash_pandas_object(lines, index=False).to_numpy().tobytes()
    file = AnswerFile(
        name=f"{name}.txt", format="shanxi-rcu", sha256=hashlib.sha256(content).hexdigest(), size=1
    )
    book.returns.take_in(name, file, lines[list(LINES)].astype(LINES))
    book.returns.settle(name)


if __name__ == "__main__":
    live(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
