"""The second pair of eyes: operators, approvals that are bound to the content, rejections.

An approval is an Ed25519 signature over a statement that names the office, the batch, its content
by digest, and the operator. It counts while it verifies, is of another hand than the maker's, and
the content is still that content.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from relief_cli import money, signing
from relief_cli.batch import Batch
from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import Book, Ledger
from relief_cli.ledger.approvals import Approval, Operator, Rejection
from relief_cli.ledger.book import Preparation
from relief_cli.ledger.rows import digest_of
from relief_cli.office import Office
from relief_cli.payouts.outcome import EXPORTED, REJECTED
from relief_cli.payouts.setting import Setting

Ask = Callable[[str], str]
"""Gives the passphrase of the operator whose name it is told."""


def keys_folder() -> Path:
    """Give the folder of private keys in the operator's own home (XDG base directories)."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "relief" / "keys"


def _key_path(public_key: str) -> Path:
    return keys_folder() / signing.key_file(public_key)


def add_operator(office: Office, name: str, role: str, ask: Ask) -> tuple[Operator, Path]:
    """Make a key pair in this home, and let its public half count in ``office``.

    Raises:
        UsageError: ``operator-name``, ``operator-exists``, ``passphrase-short``, ``write-failed``.
    """
    signing.check_name(name)
    ledger = Ledger.open(office.ledger_path)
    with ledger.reading() as book:
        book.approvals.require_new(name)
    public_key, place = signing.create_key(keys_folder(), ask(name))
    with ledger.writing() as book:
        book.approvals.add_operator(name, role, public_key)
        return book.approvals.operator(name), place


def revoke_operator(office: Office, name: str, reason: str) -> Operator:
    """End an operator's signature; what it approved before stays approved.

    Raises:
        UsageError: ``operator-unknown``.
    """
    with Ledger.open(office.ledger_path).writing() as book:
        book.approvals.revoke(book.approvals.operator(name), reason)
        return book.approvals.operator(name)


def operators(office: Office) -> list[Operator]:
    """Give the office's operators."""
    with Ledger.open(office.ledger_path).reading() as book:
        return book.approvals.operators()


def approvals_needed(setting: Setting, amount_fen: int) -> int:
    """Give how many approvals a batch of ``amount_fen`` needs by the office's present rule."""
    office = setting.office
    limit = office.second_approval_above
    if office.approvals == 1 and limit and amount_fen > money.parse_yuan(limit):
        return 2
    return office.approvals


def approve(setting: Setting, name: str, operator: str | None, ask: Ask) -> None:
    """Approve the batch called ``name`` with the operator's signature.

    Args:
        setting: the office.
        name: the batch.
        operator: who approves; where ``None`` the only operator whose key is in this home.
        ask: gives the passphrase; called when all else is right.

    Raises:
        UsageError: ``batch-unknown``, ``operator-unknown``, ``operator-unclear``, ``key-missing``,
            ``passphrase-wrong``.
        RefusedError: ``batch-decided``, ``approval-maker``, ``approval-revoked``,
            ``approval-content``, ``approved-before``.
    """
    ledger = Ledger.open(setting.office.ledger_path)
    with ledger.reading() as book:
        batch, prepared = book.load(name), book.preparation(name)
        _require_waiting(setting, book, batch)
        who = _acting(book, operator)
        content = digest_of(batch)
    _require_right(who, prepared, content, name)
    statement = _statement("approve", batch, content, who.name)
    signature = _signed(who, statement, ask)
    needed = max(prepared.approvals, approvals_needed(setting, batch.amount_fen))
    with ledger.writing() as book:
        # Minutes may have passed at the passphrase.
        _require_waiting(setting, book, batch)
        _require_counting(book.approvals.operator(who.name))
        given = [one.operator for one in book.approvals.of_batch(name)]
        lacking = _lacking([*given, who], needed, setting.office.approval_roles)
        book.approvals.approve(name, who, content, signature, complete=not lacking)


def reject(setting: Setting, name: str, reason: str, operator: str | None, ask: Ask) -> None:
    """Reject the batch called ``name``: it never goes out, and its people can be paid by another.

    An office without operators rejects in the name of whoever is logged in.

    Raises:
        UsageError: as :func:`approve`; ``reason-missing``.
        RefusedError: ``batch-decided``, ``approval-revoked``.
    """
    if not reason.strip():
        raise UsageError(
            "reason-missing",
            N_("A rejection needs a reason."),
            why=N_("Whoever prepared the batch must know what to correct."),
            remedy=N_('Say it: --reason "…"'),
        )
    ledger = Ledger.open(setting.office.ledger_path)
    with ledger.reading() as book:
        batch, known = book.load(name), book.approvals.operators()
        _require_here(setting, book, name)
        who = _acting(book, operator) if known else None
    signature = None
    if who is not None:
        _require_counting(who)
        content = digest_of(batch)
        statement = _statement("reject", batch, content, who.name, reason=reason)
        signature = _signed(who, statement, ask)
    by = who.name if who else _login()
    with ledger.writing() as book:
        _require_here(setting, book, name)
        if who is not None:
            _require_counting(book.approvals.operator(who.name))
        book.approvals.reject(name, by, reason, signature)


def approvals_missing(setting: Setting, book: Book, batch: Batch) -> int:
    """Count the approvals that ``batch`` still lacks; each one given must hold.

    Raises:
        RefusedError: ``approval-forged``, ``approval-maker``, ``approval-revoked`` or
            ``approval-content``; ``batch-rejected``.
    """
    reason = book.approvals.rejection(batch.name)
    if reason is not None:
        raise RefusedError(
            "batch-rejected",
            N_("{batch} was rejected: {reason}"),
            why=N_("A rejected batch never goes out; its people can be paid by another one."),
            remedy=N_("Correct the rosters and run it again with them."),
            batch=batch.name,
            reason=reason,
        )
    prepared = book.preparation(batch.name)
    needed = prepared.approvals
    if not book.files(batch.name):  # what went out is held to the rule of its own day
        needed = max(needed, approvals_needed(setting, batch.amount_fen))
    given = book.approvals.of_batch(batch.name)
    if not needed and not given:
        return 0
    for approval in given:
        require_holding(approval, prepared, batch)
    return _lacking([one.operator for one in given], needed, setting.office.approval_roles)


def rejection_holds(book: Book, batch: Batch, rejection: Rejection) -> bool:
    """Say whether a rejection was signed by an operator whose signature counted then.

    An office that had no operators rejected without a signature.
    """
    if rejection.signature is None:
        return not rejection.had_operators
    who = next((one for one in book.approvals.operators() if one.name == rejection.by), None)
    if who is None or (who.revoked_event is not None and rejection.event > who.revoked_event):
        return False
    statement = _statement("reject", batch, digest_of(batch), who.name, reason=rejection.reason)
    return signing.verifies(who.public_key, rejection.signature, statement)


def maker(setting: Setting, book: Book, operator: str | None) -> str:
    """Give who prepares a batch, and so may not approve it.

    Where approvals are needed and there are operators it is one of them: under another name the
    same person could be both. Else it is whoever is named or logged in.

    Raises:
        UsageError: ``operator-unknown``, ``operator-unclear``.
        RefusedError: ``approval-revoked``.
    """
    if not setting.office.approvals or not book.approvals.operators():
        return operator or _login()
    who = _acting(book, operator)
    _require_counting(who)
    return who.name


def _login() -> str:
    return os.environ.get("LOGNAME") or os.environ.get("USER") or f"uid{os.getuid()}"


def _acting(book: Book, name: str | None) -> Operator:
    """Give the operator that is meant: the one named, or the only one whose key is here."""
    if name is not None:
        return book.approvals.operator(name)
    known = book.approvals.operators()
    here = [one for one in known if _key_path(one.public_key).exists()]
    if len(here) == 1:
        return here[0]
    raise UsageError(
        "operator-unclear",
        N_("It is not clear who you are: {count} keys of this office are in your home."),
        why=N_("An approval counts only with the approver's signature."),
        remedy=N_("Name yourself: --as NAME (or RELIEF_OPERATOR). Known: {known}."),
        count=len(here),
        known=", ".join(one.name for one in known) or "–",
    )


def _lacking(given: Sequence[Operator], needed: int, roles: Sequence[str]) -> int:
    """Count the approvals that are missing; of the office's roles, the first ``needed`` must be."""
    absent = set(roles[:needed]) - {one.role for one in given}
    return max(needed - len(given), len(absent))


def _statement(
    kind: str, batch: Batch, content: str, operator: str, **more: str
) -> dict[str, object]:
    return {
        "statement": kind,
        "office": batch.office,
        "region": batch.region,
        "batch": batch.name,
        "content": content,
        "operator": operator,
        **more,
    }


def _signed(who: Operator, statement: dict[str, object], ask: Ask) -> str:
    path = _key_path(who.public_key)
    signature, public_key = signing.sign(path, ask(who.name) if path.exists() else "", statement)
    if public_key != who.public_key:
        raise _refused("approval-forged", N_("The key in your home is not the one of {name}."), who)
    return signature


def _require_waiting(setting: Setting, book: Book, batch: Batch) -> None:
    """Refuse to approve what needs no further approval."""
    decided = book.state(batch.name) in {REJECTED, EXPORTED}
    if decided or not approvals_missing(setting, book, batch):
        _refuse_decided(book, batch.name)


def _require_here(setting: Setting, book: Book, name: str) -> None:
    """Refuse to reject what was rejected before, or what went out."""
    out = setting.office.out_folder / name / "manifest.json"
    if book.state(name) in {REJECTED, EXPORTED} or out.exists():
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
        batch=name,
    )


def _require_right(who: Operator, prepared: Preparation, content: str, name: str) -> None:
    _require_counting(who)
    if who.name == prepared.maker:
        raise _refused(
            "approval-maker", N_("{name} prepared this batch and cannot approve it."), who
        )
    if content != prepared.content:
        raise _refused("approval-content", N_("{batch} is not what was prepared."), who, batch=name)


def _require_counting(who: Operator) -> None:
    if who.revoked_event is not None:
        raise _refused("approval-revoked", N_("{name}'s signature does not count any more."), who)


def require_holding(approval: Approval, prepared: Preparation, batch: Batch) -> None:
    """Refuse an approval that does not hold.

    Raises:
        RefusedError: ``approval-forged``, ``approval-maker``, ``approval-revoked`` or
            ``approval-content``.
    """
    content = digest_of(batch)
    who = approval.operator
    revoked = who.revoked_event
    statement = _statement("approve", batch, approval.content, who.name)
    if not signing.verifies(who.public_key, approval.signature, statement):
        raise _refused("approval-forged", N_("The signature of {name} does not verify."), who)
    if who.name == prepared.maker:
        raise _refused(
            "approval-maker", N_("{name} prepared this batch and cannot approve it."), who
        )
    if revoked is not None and approval.event > revoked:
        raise _refused("approval-revoked", N_("{name}'s signature does not count any more."), who)
    if not content == approval.content == prepared.content:
        raise _refused(
            "approval-content",
            N_("{name} approved other content than {batch} has."),
            who,
            batch=batch.name,
        )


def _refused(code: str, message: str, who: Operator, **values: object) -> RefusedError:
    return RefusedError(
        code,
        message,
        why=N_("Nothing goes out that two pairs of eyes have not seen, exactly as it is."),
        remedy=N_(
            "Let another operator look at the batch, and find out why before any money moves."
        ),
        name=who.name,
        **values,  # type: ignore[arg-type]  # placeholders only, never the error's own fields
    )
