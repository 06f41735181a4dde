"""The approvals that a batch waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relief_cli.ledger import Book
from relief_cli.ledger.approvals import Operator, Rule
from relief_cli.ledger.book import Preparation
from relief_cli.money import parse_yuan
from relief_cli.office import Office

if TYPE_CHECKING:  # it loads tables
    from relief_cli.ledger.record import WritableBook


def rule_by_settings(office: Office) -> Rule:
    """Give the rule that relief.toml asks for."""
    return Rule(
        approvals=office.approvals,
        second_above=office.second_approval_above,
        roles=office.approval_roles,
    )


def rule_of(book: Book, office: Office) -> Rule:
    """Give the rule that counts: that of the books, made stricter by relief.toml, never milder."""
    known, asked = book.approvals.rule(), rule_by_settings(office)
    limits = [limit for limit in (known.second_above, asked.second_above) if limit]
    longer = asked.roles[: len(known.roles)] == known.roles
    return Rule(
        approvals=max(known.approvals, asked.approvals),
        second_above=min(limits, key=parse_yuan, default=""),
        roles=asked.roles if longer else known.roles,
    )


def strengthen(book: "WritableBook", office: Office) -> Rule:
    """Let the books know the rule that counts, and give it."""
    rule = rule_of(book, office)
    if rule != book.approvals.rule():
        book.approvals.set_rule(rule)
    return rule


def approvals_needed(rule: Rule, amount_fen: int) -> int:
    """Give how many approvals a batch of ``amount_fen`` needs by a rule."""
    limit = rule.second_above
    if rule.approvals == 1 and limit and amount_fen > parse_yuan(limit):
        return 2
    return rule.approvals


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What a batch waits for before it can go out."""

    approvals: int
    roles: tuple[str, ...]
    """Of whom some must be; empty where any operator will do."""
    operator: str | None
    """The first of those who may give one; ``None`` where there is nobody."""
    late: bool = False
    """Somebody could approve it who was added after it was prepared: it is to be made anew."""


def missing(office: Office, book: Book, prepared: Preparation, amount_fen: int) -> Missing:
    """Tell what a batch that has not gone out waits for, by what is recorded.

    Signatures are not verified here: that takes the whole batch, and `export` does it.

    Args:
        office: whose rule holds.
        book: the ledger.
        prepared: how the batch was prepared.
        amount_fen: its amount.
    """
    rule = rule_of(book, office)
    needed = max(prepared.approvals, approvals_needed(rule, amount_fen))
    given = [one.operator for one in book.approvals.of_batch(prepared.batch)]
    roles = _absent(given, needed, rule.roles)
    count = max(needed - len(given), len(roles))
    before = {prepared.maker, *(one.name for one in given)}
    able = [
        one
        for one in book.approvals.operators()
        if count
        and one.revoked_event is None
        and one.approves
        and one.name not in before
        # Where each that is missing must be of a role, another one does not help.
        and (one.role in roles or len(roles) < count)
    ]
    in_time = [one.name for one in able if one.event < prepared.event]
    return Missing(
        approvals=count,
        roles=tuple(roles),
        operator=next(iter(in_time), None),
        late=bool(able and not in_time),
    )


def lacking(given: Sequence[Operator], needed: int, roles: Sequence[str]) -> int:
    """Count the approvals that are missing; of the office's roles, the first ``needed`` must be."""
    return max(needed - len(given), len(_absent(given, needed, roles)))


def _absent(given: Sequence[Operator], needed: int, roles: Sequence[str]) -> list[str]:
    there = {one.role for one in given}
    return [role for role in dict.fromkeys(roles[:needed]) if role not in there]
