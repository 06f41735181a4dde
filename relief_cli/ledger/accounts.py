"""Into which accounts people were paid before, and whose these are."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import sqlalchemy as sa

from relief_cli.arrow import is_among, mask, texts
from relief_cli.calendar import Occasion
from relief_cli.frames import empty
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.entitled import (
    BESIDE,
    Persons,
    facts_around,
    occasion_number,
    wanted_ones,
)
from relief_cli.ledger.later_answers import may_have_arrived, went_nowhere
from relief_cli.ledger.return_schema import FAILURES
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import BATCHES, ENTITLEMENTS, PARTS, PAYMENTS, rows_of
from relief_cli.programmes.registers import REGISTERS

FINDINGS = PARTS["findings"]

_FEW_ACCOUNTS = 1000
"""So many are looked up one by one in all the years; more are picked out of the newest months."""

DRAWN = {
    "person": "str",
    "name": "str",
    "household": "int64",
    "account_number": "str",
    "payee_name": "str",
    "institution": "bool",
    "batch": "str",
    "now": "bool",
}
"""What :func:`drawn` gives. ``household`` is a number within the batch; ``institution``: it was an
institution's; ``now``: on the same occasion."""
_DRAWN = {**{name: dtype for name, dtype in DRAWN.items() if name != "now"}, "batch": "int64"}


def drawn(
    connection: sa.Connection, programme: str, occasion: Occasion, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Tell who was paid into an account before, under whichever programme and cycle.

    What failed counts only for the same occasion, where it may be paid again.

    Args:
        connection: to the ledger.
        programme: such as ``one-time``.
        occasion: what is paid for.
        pairs: ``person`` (missing allowed) and ``account_number``: who is to be paid where.

    Returns:
        Columns :data:`DRAWN`, the newest last. Where many accounts are asked about and the newest
        months know nobody but these persons for one, only these months.
    """
    standing = sa.select(BATCHES.c.batch, BATCHES.c.name, BATCHES.c.occasion, BATCHES.c.programme)
    rejected = sa.select(REJECTIONS.c.batch)
    batches = connection.execute(standing.where(BATCHES.c.batch.not_in(rejected))).all()
    wanted = pairs["account_number"].drop_duplicates()
    if not batches or wanted.empty:
        return empty(DRAWN)
    now = occasion_number(connection, programme, occasion) or 0
    parts = []
    if len(wanted) > _FEW_ACCOUNTS:
        newest = {one.programme: one.occasion for one in sorted(batches, key=lambda one: one.batch)}
        near = [one.batch for one in batches if one.occasion in {now, *newest.values()}]
        rows = pd.concat(
            selected(connection, _drawn(now, rows_of(PAYMENTS.c.payment, batch)), _DRAWN)
            for batch in near
        )
        rows = rows[is_among(rows["account_number"], wanted)]
        # Of an account that somebody else has, all the years are asked about.
        own = pd.MultiIndex.from_frame(rows[["person", "account_number"]]).isin(
            pd.MultiIndex.from_frame(pairs[["person", "account_number"]])
        )
        alone = ~is_among(rows["account_number"], rows.loc[~own, "account_number"])
        parts.append(rows[alone])
        wanted = wanted[~is_among(wanted, parts[0]["account_number"])]
    among = PAYMENTS.c.account_number.in_(wanted_ones(connection, wanted))
    parts.insert(0, selected(connection, _drawn(now, among), _DRAWN))
    found = pd.concat(parts, ignore_index=True)
    names = {one.batch: one.name for one in batches}
    here = [one.batch for one in batches if one.occasion == now]
    found = found[found["batch"].isin(names)]
    named = found["batch"].map(names).astype("str")
    return found.assign(now=found["batch"].isin(here), batch=named)[list(DRAWN)]


def _drawn(now: int, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select whom the payments of ``condition`` are for, but for what failed on other occasions."""
    failed = sa.exists().where(
        FAILURES.c.payment == PAYMENTS.c.payment, FAILURES.c.payment.not_in(may_have_arrived())
    )
    return (
        sa.select(
            ENTITLEMENTS.c.person,
            ENTITLEMENTS.c.name,
            ENTITLEMENTS.c.household,
            PAYMENTS.c.account_number,
            PAYMENTS.c.payee_name,
            PAYMENTS.c.payee_id_number.is_(None),
            ENTITLEMENTS.c.batch,
        )
        .select_from(PAYMENTS)
        .join(ENTITLEMENTS, BESIDE[PAYMENTS])
        .where(condition, (ENTITLEMENTS.c.occasion == now) | ~failed)
        .order_by(ENTITLEMENTS.c.entitlement)
    )


def shared_accounts(connection: sa.Connection) -> list[str]:
    """Give the accounts of which a run has said that several share them (R206), each once."""
    facts = connection.scalars(
        sa.select(FINDINGS.c.facts).where(FINDINGS.c.code == "R206").distinct()
    )
    return sorted({str(text).split("|", 1)[0] for text in facts if text})


def known_accounts(connection: sa.Connection, accounts: Sequence[str]) -> list[str]:
    """Give those of ``accounts`` into which somebody was paid."""
    column = PAYMENTS.c.account_number
    return list(connection.scalars(sa.select(column).where(column.in_(accounts)).distinct()))


def last_accounts(connection: sa.Connection, programme: str, persons: Persons) -> pd.DataFrame:
    """Give the account that each of ``persons`` was last paid into under ``programme``.

    Args:
        connection: to the ledger.
        programme: such as ``dibao``.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        ``person``, ``account_number``, ``other_holder`` (its name, where that is not the person's
        own); only people with an earlier payment, each once.
    """
    return _last(connection, programme, persons, ("person", "account_number", "other_holder"))


def last_holders(connection: sa.Connection, programme: str, persons: Persons) -> pd.DataFrame:
    """Give the name that the account bore which each of ``persons`` was last paid into.

    Returns:
        ``person``, ``payee_name``; as :func:`last_accounts`.
    """
    return _last(connection, programme, persons, ("person", "payee_name"))


def _last(
    connection: sa.Connection, programme: str, persons: Persons, columns: Sequence[str]
) -> pd.DataFrame:
    """Give ``columns``, ``person`` among them, of the last payment of each into an account.

    Of the programme itself before any other. What failed went nowhere, and what was handed out on
    paper has no account.
    """
    # Newest first, each time only for those not found yet: after the newest few are left.
    occasions = connection.scalars(
        sa.select(BATCHES.c.occasion)
        .group_by(BATCHES.c.occasion, BATCHES.c.programme)
        .order_by(BATCHES.c.programme != programme, sa.func.max(BATCHES.c.batch).desc())
    ).all()
    arrived = (
        PAYMENTS.c.payment.not_in(went_nowhere()),
        PAYMENTS.c.format.not_in(REGISTERS),
    )
    found, wanted = [empty(dict.fromkeys(columns, "str"))], pd.Series(persons, dtype="str")
    wanted = wanted.drop_duplicates()
    for occasion in occasions:
        rows = facts_around(connection, occasion, wanted, columns, *arrived).iloc[::-1]
        place = pc.index_in(texts(wanted), value_set=texts(rows["person"]))
        found.append(rows.take(place.drop_null().to_numpy()))
        wanted = wanted[mask(place.is_null())]
        if wanted.empty:
            break
    return pd.concat(found, ignore_index=True)
