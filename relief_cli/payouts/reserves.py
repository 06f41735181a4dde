"""Townships' reserve funds: money given, and what may still be handed out."""

import datetime as dt

import numpy as np
import numpy.typing as npt

from relief_cli.errors import UsageError
from relief_cli.findings import Block
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.reserves import Fund
from relief_cli.money import format_yuan, parse_yuan
from relief_cli.office import Office
from relief_cli.payouts.signed_books import writing
from relief_cli.programmes.terms import Dues
from relief_cli.roster.read import Roster


def give_reserve(
    office: Office, township: str, amount: str, document: str, on: dt.date
) -> tuple[list[Fund], bool]:
    """Record money given to a township's fund; the same again has no effect.

    Args:
        office: the office.
        township: as the rosters write it.
        amount: yuan; with a minus sign where money is given back.
        document: the number of the document.
        on: the day.

    Returns:
        The funds, and whether the grant is new.

    Raises:
        UsageError: ``amount-malformed``, ``amount-too-precise``, ``amount-nothing``,
            ``document-missing``, ``township-missing``.
        RefusedError: ``document-differs``, ``reserve-short``.
    """
    fen = parse_yuan(amount)
    if not fen:
        raise UsageError(
            "amount-nothing",
            N_("The amount must not be 0."),
            remedy=N_("Give yuan, such as 300 or 1234.50."),
        )
    number, place = " ".join(document.split()), township.strip()
    if not number or not number.isprintable():
        raise UsageError(
            "document-missing",
            N_("The number of the document is needed."),
            why=N_("Money without a document cannot be proved."),
            remedy=N_("Give it: --document NO"),
        )
    if not place or not place.isprintable():
        raise UsageError(
            "township-missing",
            N_("The township's name is needed."),
            remedy=N_("Write it as the rosters do, such as 黄寨镇."),
        )
    with writing(office) as book:
        new = book.reserves.give(place, fen, number, on)
        return book.reserves.funds(), new


def all_reserves(office: Office) -> list[Fund]:
    """Give all funds, by township."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.reserves.funds()


def beyond_reserves(
    book: Book,
    roster: Roster,
    dues: Dues,
    faulty: npt.NDArray[np.bool_],
    passed: npt.NDArray[np.bool_],
) -> list[Block]:
    """Find rows for which their township's fund does not suffice, counted in their order (R323).

    What is held, for this or for another reason, takes nothing out of it.

    Args:
        book: the ledger.
        roster: who stands in the rosters.
        dues: who is paid on paper, and how much.
        faulty: rows that another check holds.
        passed: rows that need nothing now.
    """
    chosen = np.flatnonzero(dues.on_paper & ~faulty & ~passed & (dues.amount_fen > 0))
    left = {fund.township: fund.left_fen for fund in book.reserves.funds()}
    beyond, detail = [], []
    for row, township in zip(
        chosen, roster.people["township"].iloc[chosen].fillna(""), strict=True
    ):
        there = left.get(township, 0)
        if dues.amount_fen[row] > there:
            beyond.append(row)
            detail.append(format_yuan(there))
        else:
            left[township] = there - int(dues.amount_fen[row])
    return [Block("R323", np.array(beyond, dtype=np.int64), "paid_from", detail)]
