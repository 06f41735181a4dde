"""The second pair of eyes: operators, approvals that are bound to the content, rejections.

An approval is an Ed25519 signature over a statement that names the office, the batch, its content
by digest, and the operator. It counts while it verifies, is of another hand than the maker's, and
the content is still that content.
"""

from typing import TYPE_CHECKING, NoReturn, TypeVar

from relief_cli import signing
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, UsageError, WaitingError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.approvals import Approval, Operator
from relief_cli.ledger.book import Preparation
from relief_cli.ledger.rows import digest_of
from relief_cli.ledger.signatures import Hand
from relief_cli.payouts.operators import acting, by_whom, hand_of, refused, require_counting
from relief_cli.payouts.setting import Setting
from relief_cli.payouts.signed_books import writing
from relief_cli.payouts.states import REJECTED, SENT
from relief_cli.payouts.waiting import approvals_needed, lacking, rule_of

if TYPE_CHECKING:  # it loads tables, which whoever rejects does without
    from collections.abc import Callable

    from relief_cli.ledger.record import WritableBook

Then = TypeVar("Then")


def approve(setting: Setting, name: str) -> None:
    """Approve the batch called ``name`` with the signature of who acts.

    The passphrase is asked for when all else is right.

    Args:
        setting: the office.
        name: the batch.

    Raises:
        UsageError: ``batch-unknown``, ``operator-unknown``, ``operator-unclear``, ``key-missing``,
            ``passphrase-wrong``.
        RefusedError: ``batch-decided``, ``approval-maker``, ``approval-late``, ``approval-never``,
            ``approval-revoked``, ``approval-content``, ``approved-before``, ``ended-since``.
    """
    # Whoever rejects does without tables.
    from relief_cli.payouts.still_entitled import lists_for, require_entitled  # noqa: PLC0415

    office = setting.office
    with Ledger.open(office.ledger_place).reading() as book:
        batch, prepared = book.load(name), book.preparation(name)
        _require_waiting(setting, book, batch)
        require_entitled(book, setting, batch, lists_for(setting, batch))
        who = acting(book, office.acting.name)
        content = digest_of(batch)
        _require_right(who, prepared, content, name)
        hand = hand_of(book, office)
    signature = _signed(hand, _statement(prepared, content, who.name))
    with writing(office) as book:
        # Minutes may have passed at the passphrase.
        _require_waiting(setting, book, batch)
        require_counting(book.approvals.operator(who.name))
        given = [one.operator for one in book.approvals.of_batch(name)]
        rule = rule_of(book, office)
        needed = max(prepared.approvals, approvals_needed(rule, batch.amount_fen))
        left = lacking([*given, who], needed, rule.roles)
        book.approvals.approve(name, who, content, signature, complete=not left)


def reject(setting: Setting, name: str, reason: str) -> None:
    """Reject the batch called ``name``: it never goes out, and its people can be paid by another.

    An office without operators rejects in the name of whoever is logged in.

    Raises:
        UsageError: as :func:`approve`; ``reason-missing``.
        RefusedError: ``batch-decided``, ``approval-revoked``.
    """
    reject_and(setting, name, reason, lambda _book: None)


def reject_and(
    setting: Setting, name: str, reason: str, then: "Callable[[WritableBook], Then]"
) -> Then:
    """Do as :func:`reject`, and something else in the same transaction.

    Args:
        setting: the office.
        name: the batch.
        reason: in the clerk's words.
        then: what is done besides; what it gives is given.

    Raises:
        UsageError: as :func:`reject`.
        RefusedError: as :func:`reject`.
    """
    if not reason.strip():
        raise UsageError(
            "reason-missing",
            N_("A rejection needs a reason."),
            why=N_("Whoever prepared the batch must know what to correct."),
            remedy=N_('Say it: --reason "…"'),
        )
    with Ledger.open(setting.office.ledger_place).reading() as book:
        _require_here(setting, book, name)
    with writing(setting.office) as book:
        _require_here(setting, book, name)
        book.approvals.reject(name, by_whom(book, setting.office), reason)
        return then(book)


def approvals_missing(setting: Setting, book: Book, batch: Batch) -> int:
    """Count the approvals that ``batch`` still lacks; each one given must hold.

    Raises:
        RefusedError: ``approval-forged``, ``approval-maker``, ``approval-revoked`` or
            ``approval-content``; ``batch-rejected``.
    """
    rejection = book.approvals.rejection(batch.name)
    if rejection is not None:
        raise RefusedError(
            "batch-rejected",
            N_("{batch} was rejected: {reason}"),
            why=N_("A rejected batch never goes out; its people can be paid by another one."),
            remedy=N_("Correct the rosters, or make it again from the same ones: relief prepare …"),
            batch=batch.name,
            reason=rejection,
        )
    prepared = book.preparation(batch.name)
    needed: int = prepared.approvals
    roles: tuple[str, ...] = ()
    if not book.files(batch.name):  # what went out is held to the rule of its own day
        rule = rule_of(book, setting.office)
        needed, roles = max(needed, approvals_needed(rule, batch.amount_fen)), rule.roles
    given = book.approvals.of_batch(batch.name)
    if not needed and not given:
        return 0
    content = digest_of(batch) if given else ""
    for approval in given:
        require_holding(approval, prepared, content)
    return lacking([one.operator for one in given], needed, roles)


def approval_missing(name: str, missing: int) -> WaitingError:
    """Give the error for a batch that must not go out yet."""
    return WaitingError(
        "approval-missing",
        N_("{batch} waits for {count} approvals"),
        why=N_("Nothing goes out that the office's rule has not let pass"),
        remedy=N_("Let another person look at it: relief approve {batch}"),
        batch=name,
        count=missing,
    )


def _signed(hand: Hand | None, statement: dict[str, object]) -> str:
    if hand is None:
        raise UsageError(
            "operators-missing",
            N_("This office has no operators; nobody can approve."),
            remedy=N_("Add two people: relief operator add NAME --role …"),
        )
    return hand.sign(statement)


def _statement(prepared: Preparation, content: str, operator: str) -> dict[str, object]:
    return {
        "statement": "approve",
        "office": prepared.office,
        "region": prepared.region,
        "batch": prepared.batch,
        "content": content,
        "outgoing": prepared.outgoing,
        "operator": operator,
    }


def _require_waiting(setting: Setting, book: Book, batch: Batch) -> None:
    """Refuse to approve what needs no further approval."""
    decided = book.state(batch.name) in {REJECTED, *SENT}
    if decided or not approvals_missing(setting, book, batch):
        _refuse_decided(book, batch.name)


def _require_here(setting: Setting, book: Book, name: str) -> None:
    """Refuse to reject what was rejected before, or what went out."""
    out = setting.office.out_folder / name / "manifest.json"
    if book.state(name) in {REJECTED, *SENT} or out.exists():
        _refuse_decided(book, name)


def _refuse_decided(book: Book, name: str) -> NoReturn:
    message = (
        N_("{batch} was rejected before.")
        if book.state(name) == REJECTED
        else N_("{batch} does not wait for an approval any more.")
    )
    raise RefusedError(
        "batch-decided",
        message,
        why=N_("Only what was prepared and has not gone out can be approved or rejected."),
        remedy=N_("If it was approved: relief export {batch}. If rejected: run corrected rosters."),
        batch=name,
    )


def _require_right(who: Operator, prepared: Preparation, content: str, name: str) -> None:
    require_counting(who)
    _require_another(who, prepared)
    if content != prepared.content:
        raise refused("approval-content", N_("{batch} is not what was prepared."), who, batch=name)


def require_holding(approval: Approval, prepared: Preparation, content: str) -> None:
    """Refuse an approval that does not hold.

    Args:
        approval: of the batch.
        prepared: how the batch was prepared.
        content: the digest of what the batch holds now.

    Raises:
        RefusedError: ``approval-forged``, ``approval-maker``, ``approval-late``,
            ``approval-never``, ``approval-revoked`` or ``approval-content``.
    """
    who = approval.operator
    revoked = who.revoked_event
    statement = _statement(prepared, approval.content, who.name)
    if not signing.verifies(who.public_key, approval.signature, statement):
        raise refused("approval-forged", N_("The signature of {name} does not verify."), who)
    _require_another(who, prepared)
    if revoked is not None and approval.event > revoked:
        raise refused("approval-revoked", N_("{name}'s signature does not count any more."), who)
    if not content == approval.content == prepared.content:
        raise refused(
            "approval-content",
            N_("{name} approved other content than {batch} has."),
            who,
            batch=prepared.batch,
        )


def _require_another(who: Operator, prepared: Preparation) -> None:
    """Refuse an operator who may not approve the batch: its maker, a newcomer, a machine's key."""
    if who.name == prepared.maker:
        raise refused(
            "approval-maker", N_("{name} prepared this batch and cannot approve it."), who
        )
    if who.event > prepared.event:
        raise refused("approval-late", N_("{name} was added after this batch was prepared."), who)
    if not who.approves:
        raise refused("approval-never", N_("The key of {name} prepares and never approves."), who)
