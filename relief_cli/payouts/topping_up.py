"""What is owed beyond what was paid for a cycle already, and what was paid too much."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli.calendar import TOP_UP, Occasion
from relief_cli.checks import paid_before
from relief_cli.checks import run as checks
from relief_cli.ledger import Book
from relief_cli.ledger.record import WritableBook
from relief_cli.ledger.stops import Overpayment
from relief_cli.money import format_yuan
from relief_cli.payouts.plan import Draft, with_ends
from relief_cli.programmes.components import ARREARS, Component
from relief_cli.programmes.terms import ALONE, Dues

Fen = npt.NDArray[np.int64]

# These stand in files, whose bytes must not hang on a catalogue that is built apart.
_REASON = {"zh": "{reason}，补差", "en": "{reason}, topped up"}
_TOO_MUCH = {
    "zh": "{programme} {cycle} 多发：已发{paid}元，应发{due}元",
    "en": "{programme} {cycle} overpaid: {paid} yuan paid, {due} due",
}


def held_to_books(drafted: Draft, book: Book) -> Draft:
    """Hold what is due against what was paid for it already; of a top-up only the rest is due."""
    drafted = with_ends(drafted, book)
    request, dues, people = drafted.request, drafted.dues, drafted.roster.people
    occasion = drafted.parameters.occasion
    paid = book.paid(request.programme, occasion, people["person"].dropna())
    due = dues.amount_fen
    if len(paid) and drafted.parameters.once_a_year:
        # What is for another cause is no correction of what was paid.
        causes = np.array([one.cause for one in dues.grounds], dtype=object)[dues.ground]
        before_for = people["person"].map(
            paid.drop_duplicates("person").set_index("person")["cause"]
        )
        due = np.where(before_for.fillna("").to_numpy(object) == causes, due, 0)
    before = paid_before.before(people, due, dues.bound, drafted.spans, paid)
    if not request.top_up:
        return replace(drafted, before=before, moves=paid[["person", "move"]])
    persons = people["person"].iloc[before["row"]]
    return replace(
        drafted,
        before=before,
        whole=dues,
        dues=_owed_beyond(dues, before, drafted.setting.office.language),
        parameters=replace(
            drafted.parameters,
            occasion=_occasion(book, request.programme, occasion, persons),
        ),
    )


def record_overpaid(drafted: Draft, book: WritableBook, result: checks.Result) -> None:
    """Record as owed back what was paid too much to people whose rows say nothing else wrong.

    Args:
        drafted: held to the books.
        book: the ledger.
        result: what else is found of the rows.
    """
    request, before, found = drafted.request, drafted.before, result.found
    wrong = found.loc[(found["severity"] == "error") & (found["code"] != "R410"), "row"]
    too_much = before[(before["owed_fen"] < 0) & ~before["row"].isin(wrong)]
    programme, cycle = request.programme, request.cycle
    columns = (
        drafted.roster.people["person"].iloc[too_much["row"]],
        *(too_much[name] for name in ("name", "paid_fen", "due_fen", "owed_fen", "move")),
    )
    for person, name, paid, due, owed, move in zip(*columns, strict=True):
        reason = _TOO_MUCH[drafted.setting.office.language].format(
            programme=programme, cycle=cycle.text, paid=format_yuan(paid), due=format_yuan(due)
        )
        part = Overpayment(
            programme=programme, cycle=cycle.text, amount_fen=-int(owed), move=int(move)
        )
        book.stops.owe(person, name, -int(owed), cycle.first_on, reason, [part])


def _owed_beyond(dues: Dues, before: pd.DataFrame, language: str) -> Dues:
    """Give what is owed beyond what was paid, each row's alone; nothing to who was not paid.

    Args:
        dues: what rows are due in all.
        before: :data:`relief_cli.checks.subject.BEFORE`.
        language: of the reasons.
    """
    owed = np.zeros(len(dues.amount_fen), dtype=np.int64)
    owed[before["row"]] = np.maximum(before["owed_fen"], 0)
    grounds = [
        replace(one, reason=_REASON[language].format(reason=one.reason), kind=TOP_UP)
        for one in dues.grounds
    ]
    return replace(
        dues,
        amount_fen=owed,
        bound=np.full(len(owed), ALONE, dtype=np.int64),
        grounds=grounds,
        components=[
            part
            for one in dues.components
            if one.part == ARREARS and len((part := _not_paid(one, owed, before)).places)
        ],
    )


def _not_paid(arrears: Component, owed: Fen, before: pd.DataFrame) -> Component:
    """Give what of the amounts that are owed is 补发 for other months."""
    paid = np.zeros(len(owed), dtype=np.int64)
    paid[before["row"]] = before["arrears_fen"]
    fen = np.minimum(np.maximum(arrears.amount_fen - paid[arrears.places], 0), owed[arrears.places])
    rows = np.flatnonzero(fen)
    months = (
        None if each is None else each.iloc[rows]
        for each in (arrears.first_month, arrears.last_month)
    )
    first, last = months
    return Component(
        part=ARREARS,
        places=arrears.places[rows],
        amount_fen=fen[rows],
        first_month=first,
        last_month=last,
    )


def _occasion(book: Book, programme: str, benefit: Occasion, persons: "pd.Series[str]") -> Occasion:
    """Give the occasion of a top-up for ``persons``: the first, or the one after their last."""
    turn = book.last_turn(programme, benefit, persons) + 1
    return replace(benefit, kind=TOP_UP, turn=turn)
