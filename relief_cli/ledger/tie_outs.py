"""The sums of each batch, table by table: what must agree from the roster to the bank's answer."""

import pandas as pd
import sqlalchemy as sa

from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import FAILURES, RESOLUTIONS, RETURN_LINES, RETURNS
from relief_cli.ledger.rows import frame_of
from relief_cli.ledger.schema import BATCHES, FILES, PARTS

TIE_OUTS = {
    "batch": "int64",
    "name": "str",
    "programme": "str",
    "cycle": "str",
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


def tie_outs(connection: sa.Connection) -> pd.DataFrame:
    """Give the sums of every batch that was not rejected; see :data:`TIE_OUTS`."""
    followed = BATCHES.alias("followed")
    select = (
        sa.select(
            BATCHES.c.batch,
            BATCHES.c.name,
            BATCHES.c.programme,
            BATCHES.c.cycle,
            sa.func.coalesce(followed.c.name, ""),
            BATCHES.c.rows_read,
        )
        .join(followed, followed.c.batch == BATCHES.c.follows, isouter=True)
        .where(BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
        .order_by(BATCHES.c.batch)
    )
    known = {name: TIE_OUTS[name] for name in list(TIE_OUTS)[:6]}
    table = frame_of(connection.execute(select).all(), known).set_index("batch", drop=False)
    for names, query in _sums().items():
        found = frame_of(
            connection.execute(query).all(), {"batch": "int64", **dict.fromkeys(names, "int64")}
        ).set_index("batch")
        table[list(names)] = found.reindex(table.index).fillna(0).astype("int64")
    return table.reset_index(drop=True).astype(TIE_OUTS)


def _sums() -> dict[tuple[str, ...], sa.Select[tuple[int, ...]]]:
    """Give, by the columns that it fills, each query; all of them group by batch."""
    count, total = sa.func.count(), sa.func.sum
    unpaid, entitled, paid, shares = (
        PARTS[name] for name in ("unpaid", "entitlements", "payments", "shares")
    )
    again = PARTS["follow_ups"]
    live = sa.select(again.c.follows).where(again.c.batch.not_in(sa.select(REJECTIONS.c.batch)))
    # Not NOT IN: PostgreSQL would go through the answers of all batches for each payment.
    answered = sa.exists().where(RESOLUTIONS.c.payment == paid.c.payment)
    failed = paid.c.payment.in_(sa.select(FAILURES.c.payment))
    bank = FILES.c.kind == "bank"
    return {
        ("rows_unpaid",): sa.select(unpaid.c.batch, count).group_by(unpaid.c.batch),
        ("entitlements", "entitlements_fen"): sa.select(
            entitled.c.batch, count, total(entitled.c.amount_fen)
        ).group_by(entitled.c.batch),
        ("payments", "payments_fen", "beneficiaries"): sa.select(
            paid.c.batch, count, total(paid.c.amount_fen), total(paid.c.beneficiaries)
        ).group_by(paid.c.batch),
        ("shares_fen",): sa.select(shares.c.batch, total(shares.c.amount_fen)).group_by(
            shares.c.batch
        ),
        ("files", "files_payments", "files_fen"): sa.select(
            FILES.c.batch, count, total(FILES.c.payments), total(FILES.c.amount_fen)
        )
        .where(bank)
        .group_by(FILES.c.batch),
        ("answered", "answered_fen"): sa.select(paid.c.batch, count, total(paid.c.amount_fen))
        .where(answered)
        .group_by(paid.c.batch),
        ("open_fen",): sa.select(paid.c.batch, total(paid.c.amount_fen))
        .where(sa.not_(answered))
        .group_by(paid.c.batch),
        ("failed_fen",): sa.select(paid.c.batch, total(paid.c.amount_fen))
        .where(failed)
        .group_by(paid.c.batch),
        ("followed_fen",): sa.select(paid.c.batch, total(paid.c.amount_fen))
        .where(paid.c.payment.in_(live))
        .group_by(paid.c.batch),
        ("disputed",): _disputed(),
    }


def _disputed() -> sa.Select[tuple[int, ...]]:
    """Count payments about which the bank said what does not agree, and that are not settled so."""
    lines, payment = RETURN_LINES.c, RETURN_LINES.c.payment
    other_amount = sa.and_(
        lines.verdict == "differs", ~sa.exists().where(RESOLUTIONS.c.payment == payment)
    )
    again = sa.select(PARTS["follow_ups"].c.follows)
    told_paid = sa.and_(lines.verdict == "contradicts", payment.not_in(again))
    return (
        sa.select(RETURNS.c.batch, sa.func.count(payment.distinct()))
        .join(RETURN_LINES, lines.answer == RETURNS.c.answer)
        .where(sa.or_(other_amount, told_paid))
        .group_by(RETURNS.c.batch)
    )
