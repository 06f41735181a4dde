"""From which month on nothing is due to people, by the stops of the books."""

from typing import cast

from relief_cli.calendar import Cycle
from relief_cli.ledger import Book
from relief_cli.policy import Policy
from relief_cli.programmes.ends import ends_of


def ends_by_books(book: Book, policy: Policy, programme: str, cycle: Cycle) -> dict[str, int]:
    """Give person → the first month of a programme that is not due (:mod:`…roster.months`).

    Args:
        book: the ledger.
        policy: with the programme's months of 渐退.
        programme: such as ``dibao``.
        cycle: the one whose policy counts.
    """
    stops = book.stops.holding(programme)
    if not stops:
        return {}
    taper, never = (
        policy.find(f"{programme}.taper-{name}", cycle.first_on) for name in ("months", "never")
    )
    return ends_of(
        stops,
        cast("int", taper.value) if taper else 0,
        cast("tuple[str, ...]", never.value) if never else (),
    )
