"""What people were paid is made of, and what was made up to them."""

from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.later_answers import MAY_HAVE_ARRIVED
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import ROWS_OF_BATCH

_STANDING = f"""
NOT EXISTS (SELECT 1 FROM rejections WHERE rejections.batch = entitlements.batch)
AND NOT EXISTS (SELECT 1 FROM failures WHERE failures.payment = entitlements.payment
    AND failures.payment NOT IN ({MAY_HAVE_ARRIVED}))
"""  # noqa: S608  # constants

MADE_OF = {
    "entitlement": "int64",
    "part": "str",
    "grade": "str",
    "income_fen": "int64",
    "first_month": "str",
    "last_month": "str",
    "amount_fen": "int64",
}
"""What :func:`made_of` gives; the months are missing where they are the ground's, or not known."""
_MADE_OF = sa.text(
    f"""
SELECT components.entitlement, components.part, components.grade, components.income_fen,
    components.first_month, components.last_month, components.amount_fen
FROM entitlements
JOIN components ON components.entitlement = entitlements.entitlement
WHERE entitlements.occasion = :occasion AND {_STANDING}
ORDER BY components.line
"""  # noqa: S608  # constants
)

MADE_UP = {
    "person": "str",
    "first_month": "str",
    "last_month": "str",
    "cycle": "str",
    "since": "str",
    "from_fen": "int64",
    "to_fen": "int64",
    "part": "str",
    "amount_fen": "int64",
}
"""What :func:`made_up` gives; the months are missing where they are not known, then it is for some
before the ``cycle`` of its batch. ``since``: the day of the raise, where the program made up for
it. ``part``: ``arrears``, or ``top-up`` for what was paid on top of the cycle itself."""
_MADE_UP = sa.text(
    f"""
SELECT entitlements.person, components.first_month, components.last_month, batches.cycle,
    grounds.since, components.from_fen, components.to_fen, components.part, components.amount_fen
FROM components
JOIN entitlements ON entitlements.entitlement = components.entitlement
JOIN batches ON batches.batch = entitlements.batch
JOIN grounds ON grounds.ground = entitlements.batch * {ROWS_OF_BATCH} + entitlements.ground
WHERE batches.programme = :programme AND components.part = 'arrears'
    AND entitlements.occasion <> :occasion AND {_STANDING}
UNION ALL
SELECT entitlements.person, grounds.first_month, grounds.last_month, batches.cycle,
    grounds.since, -1, -1, 'top-up',
    entitlements.amount_fen - coalesce((SELECT sum(components.amount_fen) FROM components
        WHERE components.entitlement = entitlements.entitlement), 0)
FROM entitlements
JOIN batches ON batches.batch = entitlements.batch
JOIN occasions ON occasions.occasion = entitlements.occasion AND occasions.kind = 'top-up'
JOIN grounds ON grounds.ground = entitlements.batch * {ROWS_OF_BATCH} + entitlements.ground
WHERE batches.programme = :programme AND {_STANDING}
"""  # noqa: S608  # constants
)


def made_of(connection: sa.Connection, occasion: int | None) -> pd.DataFrame:
    """Give the parts of what people were paid on an occasion, and was not rejected nor failed.

    Returns:
        Columns :data:`MADE_OF`; the entitlement's number is that in the whole ledger.
    """
    return _selected(connection, _MADE_OF, MADE_OF, occasion=occasion)


def made_up(connection: sa.Connection, programme: str, occasion: int | None) -> pd.DataFrame:
    """Give what people were paid of a programme for months other than the cycle's, or on top.

    Not on ``occasion`` itself.

    Returns:
        Columns :data:`MADE_UP`.
    """
    known = occasion or 0
    return _selected(connection, _MADE_UP, MADE_UP, programme=programme, occasion=known)


def _selected(
    connection: sa.Connection,
    text: sa.TextClause,
    columns: Mapping[str, str],
    **given: int | str | None,
) -> pd.DataFrame:
    return selected(connection, text.bindparams(**given), columns)
