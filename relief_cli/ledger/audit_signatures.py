"""Whether every event was signed by operators whose signature counted then, where there were some.

The first two operators sign for themselves. Who is added or revoked later, and a rule that is
lowered, is signed by two who may approve; everything else by one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from relief_cli.i18n import N_
from relief_cli.ledger.approval_schema import OPERATORS, SIGNATURES
from relief_cli.ledger.database import Broken
from relief_cli.ledger.schema import EVENTS
from relief_cli.ledger.signatures import FOLLOWING, statement_of
from relief_cli.money import parse_yuan
from relief_cli.signing import verifies

_NAMED = {
    "prepared": "maker",
    "approval": "operator",
    "rejected": "by",
    "accepted": "accepted_by",
}
"""A kind of event → where it names who did it: that one signed it."""
_FOUNDERS = 2
_BY_TWO = 2


@dataclass
class _Office:
    """Who may do what, as the events before tell."""

    keys: dict[str, str] = field(default_factory=dict)
    """Operators who count: name → public key."""
    approvers: set[str] = field(default_factory=set)
    last_added: int = 0
    """The number of the event that added the last one."""
    rule: dict[str, Any] = field(
        default_factory=lambda: {"approvals": 0, "second_above": "", "roles": ""}
    )


def unsigned_events(connection: sa.Connection) -> Iterator[Broken]:
    """Hold the signatures against the events, in their order."""
    signatures: dict[int, list[tuple[str, str]]] = {}
    select = sa.select(SIGNATURES, OPERATORS.c.name).join(
        OPERATORS, OPERATORS.c.operator == SIGNATURES.c.operator
    )
    for row in connection.execute(select):
        signatures.setdefault(row.event, []).append((row.name, row.signature))
    office = _Office()
    events = sa.select(EVENTS.c.event, EVENTS.c.kind, EVENTS.c.body, EVENTS.c.digest)
    for event in connection.execute(events.order_by(EVENTS.c.event)).all():
        body = json.loads(event.body)
        known = dict(office.keys)
        founding = event.kind == "operator-added" and _is_founding(office, event.event)
        if founding:  # signs with the key that comes with it
            known[body["name"]] = body["public_key"]
        given = signatures.pop(event.event, [])
        statement = statement_of(event.digest)
        holding = {
            name
            for name, signature in given
            if name in known and verifies(known[name], signature, statement)
        }
        enough = _holds(office, event.kind, body, holding, founding=founding)
        if len(holding) < len(given) or not enough:
            yield f"event {event.event}", N_("it was signed by nobody who may")
            return
        _follow(office, event.kind, event.event, body)
    if signatures:
        yield f"event {min(signatures)}", N_("it was signed by nobody who may")


def _is_founding(office: _Office, event: int) -> bool:
    """Say whether the first two are being added: nothing stands between them."""
    count = len(office.keys)
    return not office.last_added or (count < _FOUNDERS and office.last_added == event - 1)


def _holds(
    office: _Office, kind: str, body: dict[str, Any], holding: set[str], *, founding: bool
) -> bool:
    """Say whether those whose signature verifies are enough for an event."""
    if founding:
        return body["name"] in holding
    if not office.last_added or kind in FOLLOWING:
        return True
    lowered = kind == "rule" and _is_milder(body, office.rule)
    if kind in ("operator-added", "operator-revoked") or lowered:
        return len(holding & office.approvers) >= _BY_TWO
    return body[_NAMED[kind]] in holding if kind in _NAMED else bool(holding)


def _is_milder(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Say whether a rule asks for less than the one before it in anything."""
    limit, before = new["second_above"], old["second_above"]
    roles = old["roles"].split()
    return (
        new["approvals"] < old["approvals"]
        or bool(before and (not limit or parse_yuan(limit) > parse_yuan(before)))
        or new["roles"].split()[: len(roles)] != roles
    )


def _follow(office: _Office, kind: str, event: int, body: dict[str, Any]) -> None:
    if kind == "operator-added":
        office.keys[body["name"]] = body["public_key"]
        office.last_added = event
        if body["approves"]:
            office.approvers.add(body["name"])
    elif kind == "operator-revoked":
        office.keys.pop(body["name"], None)
        office.approvers.discard(body["name"])
    elif kind == "rule":
        office.rule = body
