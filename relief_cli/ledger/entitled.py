"""Who was entitled to what before: asked for many people at once."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, ENTITLEMENTS, OCCASIONS, ROWS_OF_BATCH

Persons: TypeAlias = "Sequence[str] | pd.Series[str]"
"""Canonical identity numbers; only where they are asked for, a column becomes single texts."""

# One parameter holds all persons. In SQLite CROSS JOIN fixes the order of the loops: a look-up in
# the unique index for each person, however many others the occasion has.
_ENTITLED = """
SELECT wanted.value AS person, entitlements.name, batches.name AS batch, payments.account_number,
       entitlements.amount_fen, grounds.reason
FROM {wanted}
{join} JOIN entitlements ON entitlements.occasion = :occasion AND entitlements.person = wanted.value
{join} JOIN batches ON batches.batch = entitlements.batch
{join} JOIN payments ON payments.payment = entitlements.payment
{join} JOIN grounds ON grounds.ground = entitlements.batch * {rows} + entitlements.ground
WHERE NOT EXISTS (SELECT 1 FROM rejections WHERE rejections.batch = entitlements.batch)
{order}
"""
_ENTITLED_IN = {
    "sqlite": sa.text(
        _ENTITLED.format(
            wanted="json_each(:persons) AS wanted", join="CROSS", order="", rows=ROWS_OF_BATCH
        )
    ),
    "postgresql": sa.text(
        _ENTITLED.format(
            wanted="json_array_elements_text(CAST(:persons AS json)) AS wanted(value)",
            join="INNER",
            rows=ROWS_OF_BATCH,
            # Else the order is the planner's; in SQLite it is that of the loops.
            order="ORDER BY person",
        )
    ),
}


def paid(
    connection: sa.Connection, programme: str, occasion: str, persons: Persons
) -> pd.DataFrame:
    """Tell who of ``persons`` has an entitlement of ``programme`` for ``occasion`` already.

    Args:
        connection: to the ledger.
        programme: such as ``one-time``.
        occasion: see :class:`relief_cli.batch.Batch`.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``name`` (as recorded), ``batch`` (its name); by person.
    """
    known = occasion_number(connection, programme, occasion)
    # The first batch of an occasion finds nobody, so a hundred thousand people need no sorting.
    rows = (
        [] if known is None else [row[:3] for row in _entitled(connection, known, _once(persons))]
    )
    return frame_of(rows, {"person": "str", "name": "str", "batch": "str"})


def paid_elsewhere(
    connection: sa.Connection, pairs: Iterable[tuple[str, str]], persons: Persons
) -> pd.DataFrame:
    """Tell who of ``persons`` has an entitlement under other programmes.

    Args:
        connection: to the ledger.
        pairs: programme and occasion of each entitlement that excludes.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``programme``, ``occasion``, ``amount_fen``, ``reason``; a line for each pair
        that a person is found under.
    """
    occasions = [
        (programme, name, occasion)
        for programme, name in pairs
        if (occasion := occasion_number(connection, programme, name)) is not None
    ]
    wanted = _once(persons) if occasions else ()
    rows = [
        (row.person, programme, name, row.amount_fen, row.reason)
        for programme, name, occasion in occasions
        for row in _entitled(connection, occasion, wanted)
    ]
    columns = {
        "person": "str",
        "programme": "str",
        "occasion": "str",
        "amount_fen": "int64",
        "reason": "str",
    }
    return frame_of(rows, columns)


def reasons_of_year(
    connection: sa.Connection, programme: str, year: int, occasion: str, persons: Persons
) -> pd.DataFrame:
    """Tell what ``persons`` were paid for under ``programme`` in a calendar year.

    Args:
        connection: to the ledger.
        programme: one whose occasions are cycles, such as ``temporary``.
        year: the calendar year.
        occasion: one that does not count.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``reason``, ``batch``; a line for each entitlement.
    """
    names = connection.scalars(
        sa.select(OCCASIONS.c.name).where(
            OCCASIONS.c.programme == programme,
            OCCASIONS.c.name.like(f"{year}%"),
            OCCASIONS.c.name != occasion,
        )
    ).all()
    wanted = _once(persons) if names else []
    rows = [
        (row.person, row.reason, row.batch)
        for name in sorted(names)
        if (number := occasion_number(connection, programme, name)) is not None
        for row in _entitled(connection, number, wanted)
    ]
    return frame_of(rows, {"person": "str", "reason": "str", "batch": "str"})


# What an occasion's people were paid, and where. The batch's rows lie together by their numbers.
_STANDING = sa.text(
    f"""
SELECT entitlements.person, entitlements.name, entitlements.category, entitlements.county,
    entitlements.township, entitlements.household, entitlements.amount_fen, grounds.reason,
    batches.name AS batch, payments.payment, payments.payee_name, payments.payee_id_number,
    payments.account_number, payments.bank, payments.bank_name
FROM entitlements
JOIN batches ON batches.batch = entitlements.batch
JOIN payments ON payments.payment = entitlements.payment
JOIN grounds ON grounds.ground = entitlements.batch * {ROWS_OF_BATCH} + entitlements.ground
WHERE entitlements.occasion = :occasion
    AND NOT EXISTS (SELECT 1 FROM rejections WHERE rejections.batch = entitlements.batch)
    AND NOT EXISTS (SELECT 1 FROM failures WHERE failures.payment = entitlements.payment)
ORDER BY entitlements.person
"""  # noqa: S608  # a constant
)
STANDING = {
    "person": "str",
    "name": "str",
    "category": "str",
    "county": "str",
    "township": "str",
    "household": "int64",
    "amount_fen": "int64",
    "reason": "str",
    "batch": "str",
    "payment": "int64",
    "payee_name": "str",
    "payee_id_number": "str",
    "account_number": "str",
    "bank": "str",
    "bank_name": "str",
}
"""What :func:`standing` gives; ``payment`` is the number in the batch."""


def standing(connection: sa.Connection, programme: str, occasion: str) -> pd.DataFrame:
    """Give what people were paid on an occasion, each person once, by person.

    What was rejected, or failed and was not paid again, is not among it.

    Returns:
        Columns :data:`STANDING`.
    """
    number = occasion_number(connection, programme, occasion)
    rows = connection.execute(_STANDING, {"occasion": number}).all() if number is not None else []
    found = frame_of(rows, STANDING)
    return found.assign(payment=found["payment"] % ROWS_OF_BATCH)


def occasions(connection: sa.Connection, programme: str) -> list[str]:
    """Give the names of all occasions of a programme on which something stands, in order."""
    select = (
        sa.select(OCCASIONS.c.name)
        .where(
            OCCASIONS.c.programme == programme,
            sa.exists().where(
                BATCHES.c.occasion == OCCASIONS.c.occasion,
                BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
            ),
        )
        .order_by(OCCASIONS.c.occasion)
    )
    return list(connection.scalars(select))


def last_accounts(connection: sa.Connection, programme: str, persons: Persons) -> pd.DataFrame:
    """Give the account that each of ``persons`` was last paid into under ``programme``.

    Args:
        connection: to the ledger.
        programme: such as ``dibao``.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``account_number``; only people with an earlier payment, by person.
    """
    # Newest first, each time only for those not found yet: after the newest few are left.
    occasions = connection.scalars(
        sa.select(BATCHES.c.occasion)
        .where(BATCHES.c.programme == programme)
        .group_by(BATCHES.c.occasion)
        .order_by(sa.func.max(BATCHES.c.batch).desc())
    ).all()
    accounts: dict[str, str] = {}
    wanted = _once(persons) if occasions else []
    for occasion in occasions:
        accounts.update(
            (row.person, row.account_number) for row in _entitled(connection, occasion, wanted)
        )
        wanted = [person for person in wanted if person not in accounts]
    return frame_of(sorted(accounts.items()), {"person": "str", "account_number": "str"})


def name_of(connection: sa.Connection, person: str) -> str:
    """Give the name under which a person was last entitled; empty where never."""
    occasions = sa.select(OCCASIONS.c.occasion)
    last = (
        sa.select(ENTITLEMENTS.c.name)
        # By occasion too, so that the index is used.
        .where(ENTITLEMENTS.c.person == person, ENTITLEMENTS.c.occasion.in_(occasions))
        .order_by(ENTITLEMENTS.c.entitlement.desc())
        .limit(1)
    )
    return connection.scalar(last) or ""


def occasion_number(connection: sa.Connection, programme: str, name: str) -> int | None:
    """Give the number of an occasion of ``programme``, ``None`` where none is known."""
    return connection.scalar(
        sa.select(OCCASIONS.c.occasion).where(
            OCCASIONS.c.programme == programme, OCCASIONS.c.name == name
        )
    )


def _entitled(
    connection: sa.Connection, occasion: int, persons: Sequence[str]
) -> Sequence[sa.Row[Any]]:
    """Give person, name, batch, account_number, amount_fen of those who are entitled."""
    values = {"persons": json.dumps(persons), "occasion": occasion}
    return connection.execute(_ENTITLED_IN[connection.dialect.name], values).all()


def _once(persons: Persons) -> list[str]:
    """Give each of ``persons`` once, in the order of the index that is asked."""
    return sorted(set(np.asarray(persons, dtype=object)))
