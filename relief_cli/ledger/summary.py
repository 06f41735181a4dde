"""Where batches stand."""

import json
from typing import NamedTuple

import sqlalchemy as sa

from relief_cli.calendar import Occasion
from relief_cli.ledger.schema import BATCHES, EVENTS, OCCASION, OCCASIONS


class Summary(NamedTuple):
    """One batch; dates and times in ISO 8601, times in UTC."""

    batch: int
    """Its number in the ledger."""
    name: str
    programme: str
    cycle: str
    sequence: int
    occasion: Occasion
    follows: str
    """The name of the batch whose failures this one pays again; empty where it pays first."""
    pay_on: str
    rows_read: int
    state: str
    prepared_at: str
    exported_at: str
    """Empty while it is here."""
    maker: str
    approvals: int
    """Those that it needed by the rule of the day when ``maker`` prepared it."""
    beneficiaries: int
    payments: int
    amount_fen: int


STATES = ("prepared", "approved", "rejected", "exported", "settled", "closed")
"""The kinds of events that say where a batch stands; the newest one holds."""


def batches(connection: sa.Connection) -> list[Summary]:
    """Give all batches in the order of recording."""
    prepared, exported = EVENTS.alias("prepared"), EVENTS.alias("exported")
    followed = BATCHES.alias("followed")
    select = (
        sa.select(
            BATCHES,
            *(OCCASIONS.c[name].label(f"occasion_{name}") for name in OCCASION),
            _newest(BATCHES.c.batch).scalar_subquery().label("state"),
            prepared.c.at.label("prepared_at"),
            prepared.c.body,
            sa.func.coalesce(exported.c.at, "").label("exported_at"),
            sa.func.coalesce(followed.c.name, "").label("followed_name"),
        )
        .join(OCCASIONS, OCCASIONS.c.occasion == BATCHES.c.occasion)
        .join(prepared, prepared.c.batch == BATCHES.c.batch)
        .join(
            exported,
            sa.and_(exported.c.batch == BATCHES.c.batch, exported.c.kind == "exported"),
            isouter=True,
        )
        .join(followed, followed.c.batch == BATCHES.c.follows, isouter=True)
        .where(prepared.c.kind == "prepared")
        .order_by(BATCHES.c.batch)
    )
    rows = []
    for row in connection.execute(select).mappings():
        known = {**row, **json.loads(row["body"])}
        occasion = Occasion(*(row[f"occasion_{name}"] for name in OCCASION))
        known |= {"occasion": occasion, "follows": row["followed_name"]}
        rows.append(Summary(*(known[column] for column in Summary._fields)))
    return rows


def state(connection: sa.Connection, batch: int) -> str:
    """Give where batch number ``batch`` stands: what its newest event says."""
    return str(connection.execute(_newest(batch)).scalar_one())


def _newest(batch: int | sa.ColumnElement[int]) -> sa.Select[str]:
    return (
        sa.select(EVENTS.c.kind)
        .where(EVENTS.c.batch == batch, EVENTS.c.kind.in_(STATES))
        .order_by(EVENTS.c.event.desc())
        .limit(1)
    )
