"""Whether records that are no batch's (stops, recoveries, appropriations) are as they were made."""

import json
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from relief_cli.i18n import N_
from relief_cli.ledger.acceptance_schema import ACCEPTANCE_ENDS, ACCEPTANCE_FACTS, ACCEPTANCES
from relief_cli.ledger.approval_schema import RULES
from relief_cli.ledger.funding_schema import CARRIED, CLOSED_YEARS, RECEIPTS, RESERVES
from relief_cli.ledger.mandate_schema import MANDATE_ENDS, MANDATES
from relief_cli.ledger.schema import EVENTS
from relief_cli.ledger.stop_schema import (
    OVERPAYMENTS,
    RECOVERIES,
    REPAYMENTS,
    RESUMPTIONS,
    STOPS,
)

_KINDS: Mapping[str, sa.Table] = {
    "rule": RULES,
    "stopped": STOPS,
    "resumed": RESUMPTIONS,
    "recovery": RECOVERIES,
    "overpaid": OVERPAYMENTS,
    "repaid": REPAYMENTS,
    "mandate": MANDATES,
    "mandate-ended": MANDATE_ENDS,
    "accepted": ACCEPTANCES,
    "accepted-facts": ACCEPTANCE_FACTS,
    "acceptance-ended": ACCEPTANCE_ENDS,
    "received": RECEIPTS,
    "reserve": RESERVES,
    "year-closed": CLOSED_YEARS,
    "carried": CARRIED,
}
"""The kind of an event → the table whose row says the same."""

CONTRADICTIONS = {
    N_("more came back than was owed"): """
        SELECT 'recovery ' || r.recovery FROM recoveries r
        WHERE r.amount_fen < (SELECT sum(p.amount_fen) FROM repayments p
                              WHERE p.recovery = r.recovery)
    """,
    N_("a recovery is not the sum of its cycles"): """
        SELECT 'recovery ' || r.recovery FROM recoveries r
        WHERE r.amount_fen <> (SELECT sum(o.amount_fen) FROM overpayments o
                               WHERE o.recovery = r.recovery)
    """,
    N_("what had come back when it was made is not what people had repaid"): """
        SELECT 'batch ' || b.name FROM batches b
        WHERE coalesce((SELECT sum(r.amount_fen) FROM recovered r WHERE r.batch = b.batch), 0)
            <> coalesce((SELECT sum(p.amount_fen) FROM repayments p WHERE p.event < (
                SELECT min(v.event) FROM events v WHERE v.batch = b.batch)), 0)
    """,
}


def broken_records(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Hold each record against the event that tells of it, one for one."""
    for kind, table in _KINDS.items():
        select = sa.select(EVENTS.c.event, EVENTS.c.body).where(EVENTS.c.kind == kind)
        told = {event: json.loads(body) for event, body in connection.execute(select)}
        kept = {
            row["event"]: {name: value for name, value in row.items() if name != "event"}
            for row in connection.execute(sa.select(table)).mappings()
        }
        count = connection.scalar(sa.select(sa.func.count()).select_from(table))
        if kept != told or count != len(told):
            yield f"events {kind}", N_("what is kept of them is not what they say")
