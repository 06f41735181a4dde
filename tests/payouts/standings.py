"""Batches and cycles made up for the tests of deadlines; their people are not real ones."""

import datetime as dt
import itertools

import pandas as pd
from databases import place_of
from ledger.made_batch import OCCASION, make_batch, occasion_of, persons

from relief_cli.files import OutputFile
from relief_cli.ledger import Ledger
from relief_cli.ledger.returns import LINES, AnswerFile
from relief_cli.payouts.standing import BatchStanding
from relief_cli.payouts.waiting import Missing

_FILE = OutputFile(path="bank/x.csv", kind="bank", format="generic-csv", sha256="a" * 64, size=1,
                   payments=1, amount_fen=1, first_payment=1)  # fmt: skip
_numbers = itertools.count(1)


def batch_of(programme, cycle, state="exported", *, follows="", missing=0, roles=(), operator=None,
             exported_on=None, occasion=None):  # fmt: skip
    """Give one batch as the ledger tells of it."""
    number = next(_numbers)
    named = OCCASION if programme == "one-time" else occasion_of(cycle)
    return BatchStanding(
        number=number, name=f"{programme}-{cycle}-{number}", programme=programme, cycle=cycle,
        occasion=occasion or named, state=state, follows=follows, payments=2, amount_fen=90000,
        maker="王芳", exported_on=exported_on,
        missing=Missing(approvals=missing, roles=tuple(roles), operator=operator),
    )  # fmt: skip


def day(text):
    return dt.date.fromisoformat(text)


class Desk:
    """Adds batches to an office's ledger without rosters."""

    def __init__(self, office):
        self.ledger = Ledger.open(place_of(office), make=False)
        self._count = 0

    def prepare(self, programme, cycle, *, approvals=0, occasion=None):
        """Record a batch; give its name."""
        self._count += 1
        people = persons(10 * self._count, 4)
        named = occasion or (OCCASION if programme == "one-time" else cycle)
        batch = make_batch(people, self._count, programme=programme, cycle=cycle, occasion=named)
        with self.ledger.writing() as book:
            book.record(batch, maker="王芳", approvals=approvals)
        return batch.name

    def export(self, *given, **options):
        """Let a batch go out, a new one where programme and cycle are given."""
        name = self.prepare(*given, **options) if len(given) > 1 else given[0]
        with self.ledger.writing() as book:
            book.record_export(name, [_FILE], {})
        return name

    def reject(self, name):
        """Reject a batch."""
        with self.ledger.writing() as book:
            book.approvals.reject(name, "li", "x")

    def answer(self, name, *verdicts):
        """Let the bank answer the payments of a batch, from the first one on."""
        self._count += 1
        rows = [
            {**dict.fromkeys(LINES, ""), "payment": n, "verdict": verdict, "amount_fen": 1}
            for n, verdict in enumerate(verdicts, start=1)
        ]
        lines = pd.DataFrame(rows, columns=list(LINES)).astype(LINES)
        file = AnswerFile(
            name="a",
            format="f",
            sha256=f"{self._count:064}",
            size=1,
            bank_on="",
            meanings="",
            said=f"{self._count:064}",
        )
        with self.ledger.writing() as book:
            book.returns.take_in(name, file, lines)
            book.returns.settle(name)
