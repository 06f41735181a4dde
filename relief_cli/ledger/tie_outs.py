"""The sums of each batch, table by table: what must agree from the roster to the bank's answer."""

import datetime as dt
from collections.abc import Iterator

import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.later_answers import held, said
from relief_cli.ledger.return_schema import (
    CONFIRMED_PAID,
    CONTRADICTS,
    FAILURES,
    RESOLUTIONS,
    RETURN_LINES,
)
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, FILES, PARTS, ROWS_OF_BATCH, rows_of

TIE_OUTS = {
    "batch": "int64",
    "name": "str",
    "programme": "str",
    "pay_on": "str",
    "follows": "str",
    "rows_read": "int64",
    "rows_unpaid": "int64",
    "entitlements": "int64",
    "entitlements_fen": "int64",
    "payments": "int64",
    "payments_fen": "int64",
    "beneficiaries": "int64",
    "shares_fen": "int64",
    "files": "int64",
    "files_payments": "int64",
    "files_fen": "int64",
    "answered": "int64",
    "answered_fen": "int64",
    "open_fen": "int64",
    "failed_fen": "int64",
    "followed_fen": "int64",
    "disputed": "int64",
}
"""A line for each batch that was not rejected. ``files`` counts those for banks; ``answered`` are
payments that the bank told of as paid or failed, the others are open, and so is what failed and is
said to be paid later; ``failed_fen`` failed or came back and did not arrive after all, of which
``followed_fen`` is paid again; ``disputed`` counts payments for which the bank names another amount
than was sent, or of which it says two things."""


def tie_outs(connection: sa.Connection, until: dt.date | None = None) -> pd.DataFrame:
    """Give the sums of every batch that was not rejected; see :data:`TIE_OUTS`.

    Args:
        connection: to the ledger.
        until: only batches that are paid by this day; all where ``None``.
    """
    followed = BATCHES.alias("followed")
    select = (
        sa.select(
            BATCHES.c.batch,
            BATCHES.c.name,
            BATCHES.c.programme,
            BATCHES.c.pay_on,
            sa.func.coalesce(followed.c.name, "").label("follows"),
            BATCHES.c.rows_read,
        )
        .join(followed, followed.c.batch == BATCHES.c.follows, isouter=True)
        .where(BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        .order_by(BATCHES.c.batch)
    )
    if until is not None:
        select = select.where(BATCHES.c.pay_on <= until.isoformat())
    arrived: dict[int, list[int]] = {}
    for payment, one in held(connection).items():
        if one.verdict == CONFIRMED_PAID:
            arrived.setdefault(payment // ROWS_OF_BATCH, []).append(payment)
    rows = []
    for row in connection.execute(select).mappings().all():
        figures = dict(row)
        for query in _sums(row["batch"], arrived.get(row["batch"], [])):
            figures |= connection.execute(query).mappings().one()
        # A sum over no rows is no number.
        rows.append([0 if figures[name] is None else figures[name] for name in TIE_OUTS])
    return frame_of(rows, TIE_OUTS)


def _sums(batch: int, arrived: list[int]) -> Iterator[sa.Executable]:
    """Give the queries whose columns are the figures from ``rows_unpaid`` on.

    Each asks for the batch's rows by their numbers: they lie together.

    Args:
        batch: its number.
        arrived: of its payments those that failed, or pay again what did, and are not owed: the
            bank has confirmed that the money arrived.
    """
    count, total = sa.func.count, sa.func.sum
    unpaid, entitled, paid, shares = (
        PARTS[name].c for name in ("unpaid", "entitlements", "payments", "shares")
    )
    again, told = PARTS["follow_ups"].c, RESOLUTIONS.c.payment
    is_told = sa.and_(told.is_not(None), told.not_in(said(CONTRADICTS)))
    live = again.batch.not_in(sa.select(REJECTIONS.c.batch))
    yield sa.select(count().label("rows_unpaid")).where(rows_of(unpaid.line, batch))
    yield sa.select(
        count().label("entitlements"), total(entitled.amount_fen).label("entitlements_fen")
    ).where(rows_of(entitled.entitlement, batch))
    yield (
        sa.select(
            count().label("payments"),
            total(paid.amount_fen).label("payments_fen"),
            total(paid.beneficiaries).label("beneficiaries"),
            total(sa.case((is_told, 1), else_=0)).label("answered"),
            total(sa.case((is_told, paid.amount_fen), else_=0)).label("answered_fen"),
            total(sa.case((is_told, 0), else_=paid.amount_fen)).label("open_fen"),
        )
        .join_from(PARTS["payments"], RESOLUTIONS, told == paid.payment, isouter=True)
        .where(rows_of(paid.payment, batch))
    )
    yield sa.select(total(shares.amount_fen).label("shares_fen")).where(rows_of(shares.line, batch))
    yield sa.select(
        count().label("files"),
        total(FILES.c.payments).label("files_payments"),
        total(FILES.c.amount_fen).label("files_fen"),
    ).where(FILES.c.batch == batch, FILES.c.kind == "bank")
    yield (
        sa.select(total(paid.amount_fen).label("failed_fen"))
        .join(FAILURES, FAILURES.c.payment == paid.payment)
        .where(
            rows_of(FAILURES.c.payment, batch),
            FAILURES.c.payment.not_in(said(CONTRADICTS)),
            FAILURES.c.payment.not_in(arrived),
        )
    )
    yield (
        sa.select(total(paid.amount_fen).label("followed_fen"))
        .join(PARTS["follow_ups"], again.follows == paid.payment)
        .where(rows_of(again.follows, batch), live, again.follows.not_in(arrived))
    )
    yield _disputed(batch)


def _disputed(batch: int) -> sa.Executable:
    """Count payments about which the bank contradicts the books, and that are not settled so."""
    lines, payment = RETURN_LINES.c, RETURN_LINES.c.payment
    other_amount = sa.and_(
        lines.verdict == "differs", ~sa.exists().where(RESOLUTIONS.c.payment == payment)
    )
    told_later = sa.exists().where(
        RESOLUTIONS.c.payment == payment, RESOLUTIONS.c.line > lines.line
    )
    # Of what has failed the newest word counts.
    told_otherwise = sa.and_(
        lines.verdict == CONTRADICTS,
        payment.not_in(sa.select(FAILURES.c.payment)),
        ~told_later,
    )
    return sa.select(sa.func.count(payment.distinct()).label("disputed")).where(
        rows_of(payment, batch),
        sa.or_(other_amount, told_otherwise, payment.in_(said(CONTRADICTS))),
    )
