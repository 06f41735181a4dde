"""The approvals that a batch waits for."""

from collections.abc import Sequence
from dataclasses import dataclass

from relief_cli.ledger import Book
from relief_cli.ledger.approvals import Operator
from relief_cli.money import parse_yuan
from relief_cli.office import Office


def approvals_needed(office: Office, amount_fen: int) -> int:
    """Give how many approvals a batch of ``amount_fen`` needs by the office's present rule."""
    limit = office.second_approval_above
    if office.approvals == 1 and limit and amount_fen > parse_yuan(limit):
        return 2
    return office.approvals


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What a batch waits for before it can go out."""

    approvals: int
    roles: tuple[str, ...]
    """Of whom some must be; empty where any operator will do."""
    operator: str | None
    """The first of those who may give one; ``None`` where there is nobody."""


def missing(
    office: Office, book: Book, name: str, *, maker: str, needed: int, amount_fen: int
) -> Missing:
    """Tell what a batch that has not gone out waits for, by what is recorded.

    Signatures are not verified here: that takes the whole batch, and `export` does it.

    Args:
        office: whose rule holds.
        book: the ledger.
        name: the batch.
        maker: who prepared it.
        needed: the approvals that it needed when it was prepared.
        amount_fen: the batch's amount.
    """
    needed = max(needed, approvals_needed(office, amount_fen))
    given = [one.operator for one in book.approvals.of_batch(name)]
    roles = _absent(given, needed, office.approval_roles)
    count = max(needed - len(given), len(roles))
    before = {maker, *(one.name for one in given)}
    able = (
        one.name
        for one in book.approvals.operators()
        if one.revoked_event is None
        and one.name not in before
        # Where each that is missing must be of a role, another one does not help.
        and (one.role in roles or len(roles) < count)
    )
    return Missing(
        approvals=count, roles=tuple(roles), operator=next(able, None) if count else None
    )


def lacking(given: Sequence[Operator], needed: int, roles: Sequence[str]) -> int:
    """Count the approvals that are missing; of the office's roles, the first ``needed`` must be."""
    return max(needed - len(given), len(_absent(given, needed, roles)))


def _absent(given: Sequence[Operator], needed: int, roles: Sequence[str]) -> list[str]:
    there = {one.role for one in given}
    return [role for role in dict.fromkeys(roles[:needed]) if role not in there]
