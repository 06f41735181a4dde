"""Where the money is, after batches went out, failed, came back and were paid again at random."""

import dataclasses
import random
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd
import pytest
from made_batch import make_batch, persons

from relief_cli.batch import FOLLOW_UPS, TABLES
from relief_cli.files import OutputFile
from relief_cli.frames import conform
from relief_cli.ledger import Ledger
from relief_cli.ledger.positions import PAID, RETURNED, TRANSIT, UNSENT
from relief_cli.ledger.returns import LINES, AnswerFile
from relief_cli.ledger.schema import ROWS_OF_BATCH

LATER = ("contradicts", "confirmed-paid", "confirmed-failed")
COUNTIES, CATEGORIES = ("夏县", "垣曲县"), ("rural_dibao", "urban_dibao")


@dataclass
class Paid:
    """What a payment is for, and what became of it; kept by the test, one by one."""

    persons: list
    fate: str = UNSENT
    failed: int = 0
    reversed: int = 0
    followed: bool = False
    first: bool = True
    later: str = ""
    """What the bank said after it had failed."""

    @property
    def may_have_arrived(self):
        return self.later in {"contradicts", "confirmed-paid"}


@dataclass
class Books:
    """A ledger, and what must be in it."""

    ledger: Ledger
    chance: random.Random
    batches: dict = field(default_factory=dict)
    """Name → number in the batch → what it pays, for batches that stand."""
    follows: dict = field(default_factory=dict)
    out: set = field(default_factory=set)
    answers: int = 0
    sequence: int = 0

    def prepare(self):
        """Record a batch of six payments."""
        self.sequence += 1
        people = persons(100 * self.sequence, 12)
        batch = make_batch(people, self.sequence, occasion=f"{self.sequence}")
        places = [(self.chance.choice(COUNTIES), self.chance.choice(CATEGORIES)) for _ in people]
        entitlements = batch.entitlements.assign(
            county=[county for county, _ in places], category=[kind for _, kind in places]
        )
        self._record(batch, entitlements)

    def follow(self):
        """Record a batch that pays some failures of another one again."""
        owed = {
            name: [
                n
                for n, one in payments.items()
                if one.fate == RETURNED and not one.followed and not self.is_held(name, n)
            ]
            for name, payments in self.batches.items()
        }
        name = self.chance.choice([name for name, failed in owed.items() if failed] or [None])
        if name is None:
            return
        chosen = self.chance.sample(owed[name], self.chance.randint(1, len(owed[name])))
        self.sequence += 1
        with self.ledger.reading() as book:
            number, failed = book.number(name), book.load(name)
        entitlements = failed.entitlements[failed.entitlements["payment"].isin(chosen)]
        renumbered = {payment: n for n, payment in enumerate(sorted(chosen), start=1)}
        entitlements = entitlements.assign(
            payment=entitlements["payment"].map(renumbered),
            entitlement=range(1, len(entitlements) + 1),
        )
        payments = failed.payments[failed.payments["payment"].isin(chosen)]
        batch = dataclasses.replace(
            make_batch(persons(100 * self.sequence, 1), self.sequence, occasion=failed.occasion),
            follows=name,
            payments=payments.assign(payment=payments["payment"].map(renumbered)),
            follow_ups=conform(
                pd.DataFrame(
                    {
                        "payment": list(renumbered.values()),
                        "follows": [number * ROWS_OF_BATCH + one for one in renumbered],
                    }
                ),
                FOLLOW_UPS,
            ),
        )
        self._record(batch, entitlements)
        for payment in chosen:
            self.batches[name][payment].followed = True
        self.follows[batch.name] = (name, renumbered)

    def _record(self, batch, entitlements):
        keys = ["county", "category"]
        shares = entitlements.groupby(keys, as_index=False)["amount_fen"].sum()
        batch = dataclasses.replace(
            batch,
            entitlements=conform(entitlements, TABLES["entitlements"]),
            shares=conform(shares.assign(source="province", code=""), TABLES["shares"]),
        )
        with self.ledger.writing() as book:
            book.record(batch)
        whose = entitlements.groupby("payment")[["county", "category", "amount_fen"]]
        self.batches[batch.name] = {
            int(payment): Paid(rows.to_numpy().tolist(), first=batch.follows is None)
            for payment, rows in whose
        }

    def export(self):
        """Let a batch go out, of which the bank has said nothing that keeps it here."""
        here = {
            name
            for name in set(self.batches) - self.out
            if not any(self.is_held(name, n) for n in self.batches[name])
        }
        name = self._one_of(here)
        if name is None:
            return
        file = OutputFile(path="bank/x.csv", kind="bank", format="generic-csv", sha256="a" * 64,
                          size=1, payments=1, amount_fen=1, first_payment=1)  # fmt: skip
        with self.ledger.writing() as book:
            book.record_export(name, [file], {})
        self.out.add(name)
        for one in self.batches[name].values():
            one.fate = TRANSIT

    def reject(self):
        """Take a batch back."""
        name = self._one_of(set(self.batches) - self.out)
        if name is None:
            return
        with self.ledger.writing() as book:
            book.approvals.reject(name, "li", "x")
        del self.batches[name]
        followed, renumbered = self.follows.pop(name, (None, {}))
        for payment in renumbered:
            self.batches[followed][payment].followed = False

    def answer(self):
        """Let a bank answer some payments, or take back what it said."""
        name = self._one_of(self.out)
        if name is None:
            return
        said = {}
        everything = self.chance.random() < 0.5
        for payment, one in self.batches[name].items():
            if one.fate == TRANSIT and (everything or self.chance.random() < 0.5):
                said[payment] = self.chance.choice(("paid", "paid", "failed"))
            elif one.fate == PAID and self.chance.random() < 0.2:
                said[payment] = "reversed"
            elif one.fate == RETURNED and self.chance.random() < 0.3:
                said[payment] = self.chance.choice(LATER)
        self.answers += 1
        with self.ledger.writing() as book:
            file = AnswerFile(
                name="a",
                format="f",
                sha256=f"{self.answers:064}",
                size=1,
                bank_on="",
                meanings="",
                said=f"{self.answers:064}",
            )
            book.returns.take_in(name, file, _lines(said))
            book.returns.settle(name)
        for payment, verdict in said.items():
            one = self.batches[name][payment]
            if verdict in LATER:
                one.later = verdict
                continue
            one.fate = PAID if verdict == "paid" else RETURNED
            one.failed += verdict == "failed"
            one.reversed += verdict == "reversed"

    def _one_of(self, names):
        return self.chance.choice(sorted(names)) if names else None

    def is_held(self, name, payment):
        """Say whether a payment, or one that it pays again, may have arrived after it failed."""
        while not self.batches[name][payment].may_have_arrived:
            if name not in self.follows:
                return False
            name, renumbered = self.follows[name]
            payment = next(old for old, new in renumbered.items() if new == payment)
            # What follows a rejected batch goes with it: the one before is there.
        return True

    def expected(self):
        """Give, by batch, county, category and fate, what the model says."""
        after = {
            (followed, payment): (name, number)
            for name, (followed, renumbered) in self.follows.items()
            for payment, number in renumbered.items()
        }
        sums = {}
        for name, payments in self.batches.items():
            for number, one in payments.items():
                if not one.first:
                    continue
                chain, at = [one], (name, number)
                while at in after:
                    at = after[at]
                    chain.append(self.batches[at[0]][at[1]])
                fate = chain[-1].fate
                if fate == UNSENT and len(chain) > 1:
                    fate = RETURNED
                repaid = len(chain) > 1 and fate == PAID
                words = {each.later for each in chain}
                if fate == RETURNED and "confirmed-paid" in words:
                    fate = PAID
                elif fate == RETURNED and "contradicts" in words:
                    fate = TRANSIT
                for county, category, fen in one.persons:
                    found = sums.setdefault((name, county, category, fate), Counter())
                    found["amount_fen"] += fen
                    found["persons"] += 1
                    found["failed_fen"] += fen * sum(each.failed for each in chain)
                    found["reversed_fen"] += fen * sum(each.reversed for each in chain)
                    found["repaid_fen"] += fen * repaid
        return sums


def _lines(said):
    rows = [
        {**dict.fromkeys(LINES, ""), "payment": payment, "verdict": verdict, "amount_fen": 1}
        for payment, verdict in said.items()
    ]
    return pd.DataFrame(rows, columns=list(LINES)).astype(LINES)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.matrix) for seed in range(1, 8))]
)
def test_every_fen_is_where_a_model_of_single_payments_says(place, seed):
    books = Books(Ledger.open(place, make=True), random.Random(seed))  # noqa: S311  # repeatable chance
    steps = (books.prepare, books.export, books.export, books.answer, books.answer, books.answer,
             books.follow, books.follow, books.reject)  # fmt: skip
    for _ in range(3):
        books.prepare()
        books.export()
    seen = set()
    for turn in range(40):
        books.chance.choice(steps)()
        if turn % 8 == 7:
            _check(books)
            seen |= {fate for *_, fate in books.expected()}
    # Else chance moved too little money to show anything.
    assert seen >= {"paid", "returned", "transit"}


def _check(books):
    with books.ledger.reading() as book:
        positions, places, owed = book.positions(), book.places(), book.returns.owed()
        steps = book.movements().steps
        held = {name: set(book.returns.held(name)) for name in books.batches}
        names = {book.number(name): name for name in books.batches}
    expected = books.expected()
    figures = ["amount_fen", "persons", "failed_fen", "reversed_fen", "repaid_fen"]
    found = {}
    for one in positions:
        sums = found.setdefault((names[one.batch], *one[1:4]), dict.fromkeys(figures, 0))
        for name in figures:
            sums[name] += getattr(one, name)
    assert found == {
        key: {name: counted[name] for name in figures} for key, counted in expected.items()
    }
    by_place = Counter()
    for (name, county, _, fate), counted in expected.items():
        by_place[name, county, fate] += counted["amount_fen"]
    told = Counter()
    for row in places:
        told[names[row.batch], row.county, row.fate] += row.amount_fen
    assert +told == +by_place
    assert all(fen >= 0 for fen in told.values())
    assert sorted((one.batch, one.payment) for one in owed) == sorted(
        (name, payment)
        for name, payments in books.batches.items()
        for payment, one in payments.items()
        if one.fate == RETURNED and not one.followed and not books.is_held(name, payment)
    )
    assert held == {
        name: {n for n in payments if books.is_held(name, n)}
        for name, payments in books.batches.items()
    }
    # Every event moved what the places tell: the journal is made of them.
    moved = Counter()
    for step in steps.itertuples():
        assert step.amount_fen > 0
        moved[names[step.first], step.county, step.before] -= step.amount_fen
        moved[names[step.first], step.county, step.after] += step.amount_fen
    gone = {key: fen for key, fen in moved.items() if key[2] != UNSENT and fen}
    assert gone == {key: fen for key, fen in by_place.items() if key[2] != UNSENT and fen}


def test_an_empty_ledger_has_no_positions(place):
    with Ledger.open(place, make=True).reading() as book:
        assert book.positions() == book.places() == book.returns.owed() == []
