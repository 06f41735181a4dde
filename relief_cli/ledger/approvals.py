"""Operators, and what they approved and rejected."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from relief_cli.errors import RefusedError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.approval_schema import (
    APPROVALS,
    OPERATORS,
    REJECTIONS,
    REVOCATIONS,
    RULES,
)
from relief_cli.ledger.events import add_event
from relief_cli.ledger.schema import BATCHES
from relief_cli.ledger.signatures import last_event


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Somebody whose signature counts."""

    operator: int
    event: int
    """The number of the event that added it."""
    name: str
    role: str
    approves: bool
    """False for a key that prepares and never approves."""
    public_key: str
    revoked_event: int | None
    """The number of the event that ended it; ``None`` while it counts."""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One approval as it was recorded; whether it holds is for others to say."""

    operator: Operator
    event: int
    content: str
    """The digest that was signed."""
    signature: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How many people must approve a batch before it goes out, and who."""

    approvals: int
    second_above: str
    """Yuan; above it a batch needs two approvals where one is the rule. Empty: no such limit."""
    roles: tuple[str, ...]
    """Of which somebody must approve: the first for one approval, both for two."""


NO_RULE = Rule(approvals=0, second_above="", roles=())
"""What the books say before they say anything."""


class Approvals:
    """What the ledger knows of operators and approvals, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def operators(self) -> list[Operator]:
        """Give all operators in the order in which they were added."""
        select = self._operators().order_by(OPERATORS.c.operator)
        return [_operator(row) for row in self._connection.execute(select)]

    def operator(self, name: str) -> Operator:
        """Give the operator called ``name``.

        Raises:
            UsageError: ``operator-unknown``.
        """
        row = self._connection.execute(self._operators().where(OPERATORS.c.name == name)).first()
        if row is None:
            known = self._connection.scalars(sa.select(OPERATORS.c.name)).all()
            raise UsageError(
                "operator-unknown",
                N_("There is no operator {name} in this office."),
                remedy=N_("Known: {known}. A new one: relief operator add {name} --role …"),
                name=name,
                known=", ".join(known) or "–",
            )
        return _operator(row)

    def rule(self) -> Rule:
        """Give the rule that the books know; :data:`NO_RULE` where they know none."""
        row = self._connection.execute(sa.select(RULES).order_by(RULES.c.rule.desc())).first()
        if row is None:
            return NO_RULE
        return Rule(
            approvals=row.approvals,
            second_above=row.second_above,
            roles=tuple(row.roles.split()),
        )

    def is_founding(self) -> bool:
        """Say whether the first two operators are being added: nothing stands between them."""
        known = [row.event for row in self._connection.execute(sa.select(OPERATORS.c.event))]
        return not known or (len(known) == 1 and known[0] == last_event(self._connection))

    def of_batch(self, name: str) -> list[Approval]:
        """Give the approvals of the batch called ``name``, in their order."""
        select = (
            self._operators()
            .add_columns(
                APPROVALS.c.event.label("approval_event"),
                APPROVALS.c.content,
                APPROVALS.c.signature,
            )
            .join(APPROVALS, APPROVALS.c.operator == OPERATORS.c.operator)
            .join(BATCHES, BATCHES.c.batch == APPROVALS.c.batch)
            .where(BATCHES.c.name == name)
            .order_by(APPROVALS.c.event)
        )
        return [
            Approval(
                operator=_operator(row),
                event=row.approval_event,
                content=row.content,
                signature=row.signature,
            )
            for row in self._connection.execute(select)
        ]

    def rejection(self, name: str) -> str | None:
        """Give why the batch called ``name`` was rejected; ``None`` if it was not."""
        reason: str | None = self._connection.scalar(
            sa.select(REJECTIONS.c.reason)
            .join(BATCHES, BATCHES.c.batch == REJECTIONS.c.batch)
            .where(BATCHES.c.name == name)
        )
        return reason

    def _operators(self) -> sa.Select[Any]:
        revoked = REVOCATIONS.c.event.label("revoked_event")
        return sa.select(OPERATORS, revoked).join(
            REVOCATIONS, REVOCATIONS.c.operator == OPERATORS.c.operator, isouter=True
        )

    def require_new(self, name: str) -> None:
        """Refuse a name that another operator has.

        Raises:
            UsageError: ``operator-exists``.
        """
        if self._connection.scalar(sa.select(OPERATORS.c.name).where(OPERATORS.c.name == name)):
            raise UsageError(
                "operator-exists",
                N_("There is an operator {name} already."),
                why=N_("Two people under one name could not be told apart."),
                remedy=N_(
                    "Choose another name; who lost a key is revoked and added under a new one."
                ),
                name=name,
            )


class WritableApprovals(Approvals):
    """The same in a transaction that writes."""

    def add_operator(self, name: str, role: str, public_key: str, *, approves: bool = True) -> None:
        """Add an operator, and ``operator-added``.

        Raises:
            UsageError: ``operator-exists``.
        """
        self.require_new(name)
        last = self._connection.scalar(sa.select(sa.func.max(OPERATORS.c.operator)))
        body: dict[str, object] = {
            "name": name,
            "role": role,
            "approves": int(approves),
            "public_key": public_key,
        }
        event = add_event(self._connection, "operator-added", None, body)
        values = {"operator": (last or 0) + 1, "event": event, **body}
        self._connection.execute(OPERATORS.insert().values(values))

    def set_rule(self, rule: Rule) -> None:
        """Record the rule that counts from now on, and add ``rule``."""
        last = self._connection.scalar(sa.select(sa.func.max(RULES.c.rule)))
        body: dict[str, object] = {
            "rule": (last or 0) + 1,
            "approvals": rule.approvals,
            "second_above": rule.second_above,
            "roles": " ".join(rule.roles),
        }
        event = add_event(self._connection, "rule", None, body)
        self._connection.execute(RULES.insert().values(event=event, **body))

    def revoke(self, operator: Operator, reason: str) -> None:
        """End an operator's signature, and add ``operator-revoked``. What was approved stays so."""
        if operator.revoked_event is not None:
            return
        body: dict[str, object] = {"name": operator.name, "reason": reason}
        event = add_event(self._connection, "operator-revoked", None, body)
        values = {"operator": operator.operator, "event": event}
        self._connection.execute(REVOCATIONS.insert().values(values))

    def approve(
        self, name: str, operator: Operator, content: str, signature: str, *, complete: bool
    ) -> None:
        """Add an approval, and ``approval``; with the last one that is needed also ``approved``.

        Args:
            name: the batch's name.
            operator: who approves.
            content: the digest of the batch's content.
            signature: over the statement that :mod:`relief_cli.payouts.approving` makes.
            complete: no further approval is needed.

        Raises:
            RefusedError: ``approved-before``; the same operator has approved it.
        """
        batch = self._number(name)
        known = sa.select(APPROVALS.c.event).where(
            APPROVALS.c.batch == batch, APPROVALS.c.operator == operator.operator
        )
        if self._connection.scalar(known):
            raise RefusedError(
                "approved-before",
                N_("{name} has approved this batch already."),
                why=N_("A second signature of the same hand is no second pair of eyes."),
                remedy=N_("Let another operator approve it."),
                name=operator.name,
            )
        body: dict[str, object] = {
            "operator": operator.name,
            "public_key": operator.public_key,
            "content": content,
            "signature": signature,
        }
        event = add_event(self._connection, "approval", batch, body)
        self._connection.execute(
            APPROVALS.insert().values(
                batch=batch,
                operator=operator.operator,
                event=event,
                content=content,
                signature=signature,
            )
        )
        if complete:
            add_event(self._connection, "approved", batch, {"content": content})

    def reject(self, name: str, by: str, reason: str) -> None:
        """Reject a batch, and add ``rejected``: its people can be paid by another one.

        Args:
            name: the batch's name.
            by: the operator's name, or who is logged in where the office has no operators.
            reason: in the clerk's words.
        """
        batch = self._number(name)
        body: dict[str, object] = {"by": by, "reason": reason}
        event = add_event(self._connection, "rejected", batch, body)
        values = {"batch": batch, "event": event, "reason": reason}
        self._connection.execute(REJECTIONS.insert().values(values))

    def _number(self, name: str) -> int:
        known = sa.select(BATCHES.c.batch).where(BATCHES.c.name == name)
        return int(self._connection.execute(known).scalar_one())


def _operator(row: sa.Row[Any]) -> Operator:
    return Operator(
        operator=row.operator,
        event=row.event,
        name=row.name,
        role=row.role,
        approves=bool(row.approves),
        public_key=row.public_key,
        revoked_event=row.revoked_event,
    )
