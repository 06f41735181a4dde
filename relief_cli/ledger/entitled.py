"""Who was entitled to what before: asked for many people at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd
import sqlalchemy as sa

from relief_cli.arrow import is_among
from relief_cli.calendar import BENEFIT, Occasion
from relief_cli.frames import empty
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.later_answers import MAY_HAVE_ARRIVED
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import (
    ATTEMPTS,
    BATCHES,
    ENTITLEMENTS,
    OCCASION,
    OCCASIONS,
    PARTS,
    PAYMENTS,
    ROWS_OF_BATCH,
    rows_of,
)

Persons: TypeAlias = "Sequence[str] | pd.Series[str]"
"""Canonical identity numbers; only where they are asked for, a column becomes single texts."""

GROUNDS = PARTS["grounds"]
_FEW = 3
"""Where an occasion has more than so many times the people that are wanted, each is looked up."""

_OTHER_HOLDER = sa.func.nullif(PAYMENTS.c.payee_name, ENTITLEMENTS.c.name)
"""Missing where it is the person's own name: a text for each row takes twice as long."""
_FACTS: Mapping[str, tuple[sa.ColumnElement[Any], str, sa.Table]] = {
    "entitlement": (ENTITLEMENTS.c.entitlement, "int64", ENTITLEMENTS),
    "person": (ENTITLEMENTS.c.person, "str", ENTITLEMENTS),
    "name": (ENTITLEMENTS.c.name, "str", ENTITLEMENTS),
    "batch": (BATCHES.c.name, "str", BATCHES),
    "account_number": (PAYMENTS.c.account_number, "str", PAYMENTS),
    "payee_name": (PAYMENTS.c.payee_name, "str", PAYMENTS),
    "other_holder": (_OTHER_HOLDER, "str", PAYMENTS),
    "move": (ENTITLEMENTS.c.move, "int64", ENTITLEMENTS),
    "amount_fen": (ENTITLEMENTS.c.amount_fen, "int64", ENTITLEMENTS),
    "kind": (GROUNDS.c.kind, "str", GROUNDS),
    "cause": (GROUNDS.c.cause, "str", GROUNDS),
    "first_month": (GROUNDS.c.first_month, "str", GROUNDS),
    "last_month": (GROUNDS.c.last_month, "str", GROUNDS),
}
"""What can be asked of an entitlement: the expression, its dtype, and the table it stands in."""
BESIDE = {
    BATCHES: BATCHES.c.batch == ENTITLEMENTS.c.batch,
    PAYMENTS: PAYMENTS.c.payment == ENTITLEMENTS.c.payment,
    GROUNDS: GROUNDS.c.ground == ENTITLEMENTS.c.batch * ROWS_OF_BATCH + ENTITLEMENTS.c.ground,
}
"""The other tables that facts stand in, and where in them."""


def paid_elsewhere(
    connection: sa.Connection, pairs: Iterable[tuple[str, Occasion]], persons: Persons
) -> pd.DataFrame:
    """Tell who of ``persons`` has an entitlement under other programmes.

    Args:
        connection: to the ledger.
        pairs: programme and occasion of each entitlement that excludes.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``programme``, ``occasion`` (its name), ``amount_fen``, ``first_month`` and
        ``last_month`` that it is for (missing where it is for none); a line for each pair that a
        person is found under.
    """
    facts = ("person", "amount_fen", "first_month", "last_month")
    columns = {
        "person": "str",
        "programme": "str",
        "occasion": "str",
        "amount_fen": "int64",
        "first_month": "str",
        "last_month": "str",
    }
    found = [empty(columns)]
    for programme, known in pairs:
        occasion = occasion_number(connection, programme, known)
        rows = facts_of(connection, occasion, persons, facts)
        named = rows.assign(programme=programme, occasion=known.name)
        found.append(named[list(columns)].astype(columns))
    return pd.concat(found, ignore_index=True)


def causes(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: Persons
) -> pd.DataFrame:
    """Tell for which causes ``persons`` were paid under ``programme``.

    Args:
        connection: to the ledger.
        programme: one whose occasions are months, such as ``temporary``.
        occasion: one that does not count.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``cause``, ``batch``, ``year``; a line for each entitlement.
    """
    columns = ("person", "cause", "batch")
    found = [empty({**dict.fromkeys(columns, "str"), "year": "int64"})]
    for one in occasions(connection, programme):
        if one != occasion and one.cycle:
            number = occasion_number(connection, programme, one)
            rows = facts_of(connection, number, persons, columns)
            found.append(rows.assign(year=one.cycle.first_on.year))
    return pd.concat(found, ignore_index=True)


# What an occasion's people were paid, and where. The batch's rows lie together by their numbers.
_STANDING = sa.text(
    f"""
SELECT entitlements.entitlement, entitlements.person, entitlements.name, entitlements.category,
    entitlements.county, entitlements.township, entitlements.household, entitlements.household_id,
    entitlements.amount_fen, entitlements.move, grounds.kind, grounds.first_month,
    grounds.last_month, grounds.people, batches.name AS batch, payments.payment,
    payments.payee_name, payments.payee_id_number, payments.account_number, payments.bank,
    payments.bank_name
FROM entitlements
JOIN batches ON batches.batch = entitlements.batch
JOIN payments ON payments.payment = entitlements.payment
JOIN grounds ON grounds.ground = entitlements.batch * {ROWS_OF_BATCH} + entitlements.ground
WHERE entitlements.occasion = :occasion
    AND NOT EXISTS (SELECT 1 FROM rejections WHERE rejections.batch = entitlements.batch)
    AND NOT EXISTS (SELECT 1 FROM failures WHERE failures.payment = entitlements.payment
    AND failures.payment NOT IN ({MAY_HAVE_ARRIVED}))
ORDER BY entitlements.person, grounds.first_month
"""  # noqa: S608  # a constant
)
STANDING = {
    "entitlement": "int64",
    "person": "str",
    "name": "str",
    "category": "str",
    "county": "str",
    "township": "str",
    "household": "int64",
    "household_id": "str",
    "amount_fen": "int64",
    "move": "int64",
    "kind": "str",
    "first_month": "str",
    "last_month": "str",
    "people": "int64",
    "batch": "str",
    "payment": "int64",
    "payee_name": "str",
    "payee_id_number": "str",
    "account_number": "str",
    "bank": "str",
    "bank_name": "str",
}
"""What :func:`standing` gives; ``payment`` is the number in the batch, ``entitlement`` that in the
whole ledger."""


def standing(connection: sa.Connection, programme: str, occasion: Occasion) -> pd.DataFrame:
    """Give what people were paid on an occasion, each once but for moves, by person and month.

    What was rejected, or failed and was not paid again, is not among it.

    Returns:
        Columns :data:`STANDING`.
    """
    number = occasion_number(connection, programme, occasion)
    found = selected(connection, _STANDING.bindparams(occasion=number), STANDING)
    return found.assign(payment=found["payment"] % ROWS_OF_BATCH)


MOVED = {
    "person": "str",
    "cycle": "str",
    "move": "int64",
    "first_month": "str",
    "last_month": "str",
}
"""What :func:`moved` gives."""


def moved(connection: sa.Connection, programme: str) -> pd.DataFrame:
    """Give what people were paid for after a move within a cycle, and was not rejected.

    Returns:
        Columns :data:`MOVED`; few, found without reading all entitlements.
    """
    same = (
        ENTITLEMENTS.c[name] == ATTEMPTS.c[name]
        for name in ("occasion", "person", "move", "attempt")
    )
    select = (
        sa.select(
            ATTEMPTS.c.person,
            OCCASIONS.c.first_cycle,
            *(ATTEMPTS.c[name] for name in ("move", "first_month", "last_month")),
        )
        .join(OCCASIONS, OCCASIONS.c.occasion == ATTEMPTS.c.occasion)
        .join(ENTITLEMENTS, sa.and_(*same))
        .where(
            ATTEMPTS.c.move > 0,
            OCCASIONS.c.programme == programme,
            OCCASIONS.c.kind == BENEFIT,
            ENTITLEMENTS.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
        )
    )
    return selected(connection, select, MOVED)


def occasions(connection: sa.Connection, programme: str) -> list[Occasion]:
    """Give all occasions of a programme on which something stands, in the order of recording."""
    select = (
        sa.select(*(OCCASIONS.c[name] for name in OCCASION))
        .where(
            OCCASIONS.c.programme == programme,
            sa.exists().where(
                BATCHES.c.occasion == OCCASIONS.c.occasion,
                BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
            ),
        )
        .order_by(OCCASIONS.c.occasion)
    )
    return [Occasion(*row) for row in connection.execute(select)]


def notices(connection: sa.Connection, programme: str) -> list[tuple[str, str, str]]:
    """Give name, notice and cycle of each batch of a programme that stands, in order."""
    select = (
        sa.select(BATCHES.c.name, OCCASIONS.c.document, BATCHES.c.cycle)
        .join(OCCASIONS, OCCASIONS.c.occasion == BATCHES.c.occasion)
        .where(
            BATCHES.c.programme == programme,
            BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
        )
        .order_by(BATCHES.c.batch)
    )
    return [(name, document, cycle) for name, document, cycle in connection.execute(select)]


def occasion_number(connection: sa.Connection, programme: str, occasion: Occasion) -> int | None:
    """Give the number of an occasion of ``programme``, ``None`` where none is known."""
    same = (OCCASIONS.c[name] == getattr(occasion, name) for name in OCCASION)
    return connection.scalar(
        sa.select(OCCASIONS.c.occasion).where(OCCASIONS.c.programme == programme, *same)
    )


def facts_of(
    connection: sa.Connection,
    occasion: int | None,
    persons: Persons,
    columns: Sequence[str],
    *conditions: sa.ColumnElement[bool],
) -> pd.DataFrame:
    """Give ``columns`` of what ``persons`` are entitled to on an occasion, as recorded.

    ``conditions`` are on the entitlement, or on its payment where a column of it is asked for.
    """
    found = facts_around(connection, occasion, persons, columns, *conditions)
    return found[is_among(found["person"], persons)].reset_index(drop=True)


def facts_around(
    connection: sa.Connection,
    occasion: int | None,
    persons: Persons,
    columns: Sequence[str],
    *conditions: sa.ColumnElement[bool],
) -> pd.DataFrame:
    """Give the same, and perhaps that of others.

    To pick many people out of all of the occasion takes half as long as to look each of them up.
    """
    dtypes = {name: _FACTS[name][1] for name in columns}
    live = _live_batches(connection, occasion)
    if not live or not len(persons):
        return empty(dtypes)
    facts = [_FACTS[name][0] for name in columns]
    select = sa.select(*facts).select_from(ENTITLEMENTS).where(*conditions)
    select = select.order_by(ENTITLEMENTS.c.entitlement)
    for table, place in BESIDE.items():
        if any(_FACTS[name][2] is table for name in columns):
            select = select.join(table, place)
    if _FEW * len(persons) < sum(live.values()):
        wanted = wanted_ones(connection, persons)
        few = ENTITLEMENTS.c.person.in_(wanted), ENTITLEMENTS.c.batch.in_(list(live))
        return selected(connection, select.where(ENTITLEMENTS.c.occasion == occasion, *few), dtypes)
    parts = [
        selected(connection, select.where(rows_of(ENTITLEMENTS.c.entitlement, number)), dtypes)
        for number in live
    ]
    return pd.concat(parts, ignore_index=True)


def _live_batches(connection: sa.Connection, occasion: int | None) -> dict[int, int]:
    """Give the batches of an occasion that were not rejected, each with its last entitlement."""
    last = (
        sa.select(ENTITLEMENTS.c.entitlement - BATCHES.c.batch * ROWS_OF_BATCH)
        .where(rows_of(ENTITLEMENTS.c.entitlement, BATCHES.c.batch))
        .order_by(ENTITLEMENTS.c.entitlement.desc())
        .limit(1)
    )
    select = (
        sa.select(BATCHES.c.batch, sa.func.coalesce(last.scalar_subquery(), 0))
        .where(
            BATCHES.c.occasion == occasion, BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch))
        )
        .order_by(BATCHES.c.batch)
    )
    return {int(batch): int(count) for batch, count in connection.execute(select)}


def wanted_ones(connection: sa.Connection, persons: Persons) -> sa.Select[Any]:
    """Select ``persons``, all of them in one parameter."""
    given = sa.literal(list(persons), sa.JSON())
    in_sqlite = connection.dialect.name == "sqlite"
    each = sa.func.json_each if in_sqlite else sa.func.json_array_elements_text
    return sa.select(each(given).table_valued("value").c.value)
