"""Who was paid for a cycle already, of households that a roster may list again."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from relief_cli.calendar import Occasion
from relief_cli.checks.claims import PAID_HOUSEHOLDS
from relief_cli.frames import empty
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.entitled import (
    BESIDE,
    GROUNDS,
    Persons,
    occasion_number,
    wanted_ones,
)
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import BATCHES, ENTITLEMENTS, rows_of

_FOUND = {"entitlement": "int64", **PAID_HOUSEHOLDS}


def paid_households(
    connection: sa.Connection,
    programme: str,
    occasion: Occasion,
    persons: Persons,
    certificates: Persons,
) -> pd.DataFrame:
    """Tell whom a household's amount was paid to, by person or by certificate.

    Batches that were rejected do not count. A payment that failed does: it is owed to that head,
    whom a follow-up pays.

    Args:
        connection: to the ledger.
        programme: one that pays households, such as ``dibao``.
        occasion: what is paid for.
        persons: canonical identity numbers; repeated ones count once.
        certificates: numbers of certificates, as the books have them.

    Returns:
        Columns :data:`relief_cli.checks.claims.PAID_HOUSEHOLDS`, in the order of recording.
    """
    occasion_of = occasion_number(connection, programme, occasion)
    batches = connection.scalars(
        sa.select(BATCHES.c.batch).where(
            BATCHES.c.occasion == occasion_of,
            BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
        )
    ).all()
    if not batches:
        return empty(PAID_HOUSEHOLDS)
    select = _select(occasion_of)
    tables = [empty(_FOUND)]
    if len(persons):
        by_person = ENTITLEMENTS.c.person.in_(wanted_ones(connection, persons))
        of_batches = ENTITLEMENTS.c.batch.in_(list(batches))
        tables.append(selected(connection, select.where(by_person, of_batches), _FOUND))
    if len(certificates):
        # No index leads there: to read through a month takes less than to keep one every month.
        known = ENTITLEMENTS.c.household_id.in_(wanted_ones(connection, certificates))
        tables += [
            selected(
                connection, select.where(known, rows_of(ENTITLEMENTS.c.entitlement, batch)), _FOUND
            )
            for batch in batches
        ]
    found = pd.concat(tables, ignore_index=True).drop_duplicates("entitlement")
    return found.sort_values("entitlement")[list(PAID_HOUSEHOLDS)].reset_index(drop=True)


def _select(occasion: int | None) -> sa.Select[Any]:
    columns = ("person", "name", "household", "category", "township", "household_id")
    entitled = {name: ENTITLEMENTS.c[name] for name in columns}
    facts = {**entitled, "entitlement": ENTITLEMENTS.c.entitlement, "batch": BATCHES.c.name}
    facts["unit"] = GROUNDS.c.unit
    return (
        sa.select(*(facts[name] for name in _FOUND))
        .select_from(ENTITLEMENTS)
        .join(BATCHES, BESIDE[BATCHES])
        .join(GROUNDS, BESIDE[GROUNDS])
        .where(ENTITLEMENTS.c.occasion == occasion)
    )
