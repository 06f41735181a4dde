"""Who may do what: operators are added and revoked, and the rule of approvals is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relief_cli import signing
from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger import Ledger
from relief_cli.ledger.approvals import NO_RULE, Operator, Rule
from relief_cli.ledger.signatures import Hand
from relief_cli.office import Office
from relief_cli.payouts.operators import keys_folders, two_hands
from relief_cli.payouts.signed_books import Hands, writing
from relief_cli.payouts.waiting import rule_by_settings, strengthen


def begin_books(office: Office) -> None:
    """Make the ledger of a new office, which knows the rule of approvals from the first day.

    Raises:
        UsageError: as :meth:`relief_cli.ledger.Ledger.open`.
    """
    ledger = Ledger.open(office.ledger_place, make=True)
    if rule_by_settings(office) == NO_RULE:
        return
    with ledger.reading() as book:
        # A shared ledger that has operators learns of it when one of them prepares a batch.
        if book.approvals.operators():
            return
    with writing(office) as book:
        strengthen(book, office)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """An operator who is to be added."""

    name: str
    role: str
    approves: bool
    """False for a key that prepares and never approves, such as that of a nightly run."""
    ask: signing.Ask
    """Gives the new passphrase."""


def add_operator(
    office: Office, newcomer: Newcomer, by: Sequence[signing.Acting]
) -> tuple[Operator, Path]:
    """Make a key pair in this home, and let its public half count in ``office``.

    The first two are added one right after the other and sign for themselves; everybody else is
    signed for by two operators.

    Args:
        office: the office.
        newcomer: who is added.
        by: who signs for it.

    Raises:
        UsageError: ``operator-name``, ``operator-exists``, ``passphrase-short``, ``write-failed``;
            as :func:`relief_cli.payouts.operators.two_hands`.
        RefusedError: likewise; ``founder-approves``.
    """
    signing.check_name(newcomer.name)
    with Ledger.open(office.ledger_place).reading() as book:
        book.approvals.require_new(newcomer.name)
        founding = book.approvals.is_founding()
        hands = [] if founding else two_hands(book, by)
    if founding and not newcomer.approves:
        raise RefusedError(
            "founder-approves",
            N_("The first two operators must be ones who may approve."),
            why=N_("Everybody else is signed for by two who may."),
            remedy=N_("Add two people first, then this one."),
        )
    public_key, place, key = signing.create_key(keys_folders()[0], newcomer.ask(newcomer.name))
    if founding:
        hands = [Hand(newcomer.name, key.sign)]
    with writing(office, Hands(hands)) as book:
        if founding and not book.approvals.is_founding():
            two_hands(book, ())  # somebody else was added meanwhile
        book.approvals.add_operator(
            newcomer.name, newcomer.role, public_key, approves=newcomer.approves
        )
        if len(book.approvals.operators()) > 1:  # nothing stands between the first two
            strengthen(book, office)
        return book.approvals.operator(newcomer.name), place


def revoke_operator(
    office: Office, name: str, reason: str, by: Sequence[signing.Acting]
) -> Operator:
    """End an operator's signature, signed by two; what it approved before stays approved.

    Raises:
        UsageError: ``operator-unknown``; as :func:`relief_cli.payouts.operators.two_hands`.
        RefusedError: likewise.
    """
    with Ledger.open(office.ledger_place).reading() as book:
        book.approvals.operator(name)
        hands = two_hands(book, by)
    with writing(office, Hands(hands)) as book:
        book.approvals.revoke(book.approvals.operator(name), reason)
        return book.approvals.operator(name)


def all_operators(office: Office) -> list[Operator]:
    """Give the office's operators."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.approvals.operators()


def set_rule(office: Office, by: Sequence[signing.Acting]) -> None:
    """Let the rule of approvals be what relief.toml says, signed by two operators.

    Raises:
        UsageError: as :func:`relief_cli.payouts.operators.two_hands`.
        RefusedError: likewise.
    """
    with Ledger.open(office.ledger_place).reading() as book:
        hands = two_hands(book, by)
    with writing(office, Hands(hands)) as book:
        book.approvals.set_rule(rule_by_settings(office))


def rules(office: Office) -> tuple[Rule, Rule]:
    """Give the rule of approvals by the books, and the one that relief.toml asks for."""
    with Ledger.open(office.ledger_place).reading() as book:
        return book.approvals.rule(), rule_by_settings(office)
