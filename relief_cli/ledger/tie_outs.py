"""The sums of each batch, table by table: what must agree from the roster to the bank's answer."""

import datetime as dt
from collections.abc import Iterator

import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import FAILURES, RESOLUTIONS, RETURN_LINES
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, FILES, PARTS, rows_of

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
payments that the bank told of as paid or failed, the others are open; ``failed_fen`` failed or came
back, of which
``followed_fen`` is paid again; ``disputed`` counts payments for which the bank names another amount
than was sent, or says that what had failed was paid."""


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
    rows = []
    for row in connection.execute(select).mappings().all():
        figures = dict(row)
        for query in _sums(row["batch"]):
            figures |= connection.execute(query).mappings().one()
        # A sum over no rows is no number.
        rows.append([0 if figures[name] is None else figures[name] for name in TIE_OUTS])
    return frame_of(rows, TIE_OUTS)


def _sums(batch: int) -> Iterator[sa.Executable]:
    """Give the queries whose columns are the figures from ``rows_unpaid`` on.

    Each asks for the batch's rows by their numbers: they lie together.
    """
    count, total = sa.func.count, sa.func.sum
    unpaid, entitled, paid, shares = (
        PARTS[name].c for name in ("unpaid", "entitlements", "payments", "shares")
    )
    again, told = PARTS["follow_ups"].c, RESOLUTIONS.c.payment
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
            count(told).label("answered"),
            total(sa.case((told.is_not(None), paid.amount_fen), else_=0)).label("answered_fen"),
            total(sa.case((told.is_(None), paid.amount_fen), else_=0)).label("open_fen"),
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
        .where(rows_of(FAILURES.c.payment, batch))
    )
    yield (
        sa.select(total(paid.amount_fen).label("followed_fen"))
        .join(PARTS["follow_ups"], again.follows == paid.payment)
        .where(rows_of(again.follows, batch), live)
    )
    yield _disputed(batch)


def _disputed(batch: int) -> sa.Executable:
    """Count payments about which the bank contradicts the books, and that are not settled so."""
    lines, payment = RETURN_LINES.c, RETURN_LINES.c.payment
    other_amount = sa.and_(
        lines.verdict == "differs", ~sa.exists().where(RESOLUTIONS.c.payment == payment)
    )
    again = sa.select(PARTS["follow_ups"].c.follows)
    told_paid = sa.and_(lines.verdict == "contradicts", payment.not_in(again))
    return sa.select(sa.func.count(payment.distinct()).label("disputed")).where(
        rows_of(payment, batch), sa.or_(other_amount, told_paid)
    )
