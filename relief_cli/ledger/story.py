"""One person's whole story: from the roster's row to the bank's answer, attempt by attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from relief_cli.calendar import Occasion
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.return_schema import RETURN_LINES, RETURNS
from relief_cli.ledger.schema import (
    BATCHES,
    ENTITLEMENTS,
    EVENTS,
    FILES,
    OCCASION,
    OCCASIONS,
    PARTS,
    ROWS_OF_BATCH,
    rows_of,
)

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Entitled:
    """One entitlement, and all that belongs to it."""

    entitlement: Row
    """``batch``, ``programme``, ``cycle``, ``occasion``, ``follows``, ``attempt``, ``rejected``
    (whether its batch was), ``prepared_at``, ``exported_at`` (None before), ``source_file``,
    ``sheet``, ``row``, ``name``, ``category``, ``county``, ``township``, ``amount_fen``, ``reason``
    and ``reference`` (the clause)."""
    parameters: tuple[Row, ...]
    """``name``, ``place``, ``value``, ``unit``, ``since``, ``reference``."""
    shares: tuple[Row, ...]
    """``source`` and ``amount_fen`` of the whole county's sum."""
    findings: tuple[Row, ...]
    """``code``, ``severity``, ``cell``, ``detail`` of the row; ``acceptance``, 0 where none."""
    payment: Row
    """``payment`` (its number in the batch), ``account_number``, ``payee_name``, ``bank_name``,
    ``format``, ``amount_fen``, ``beneficiaries``."""
    file: Row | None
    """``path``, ``format``, ``first_payment`` of the bank file; ``None`` before the export."""
    answers: tuple[Row, ...]
    """``file``, ``place``, ``verdict``, ``code``, ``reason``, ``at``: what the bank said."""


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


def entitlements_of(connection: sa.Connection, person: str) -> list[Entitled]:
    """Give every entitlement of a person, in the order of recording.

    Args:
        connection: in a transaction.
        person: the canonical identity number.
    """
    table, grounds, sheets, inputs = (
        PARTS[name] for name in ("entitlements", "grounds", "sheets", "inputs")
    )
    first = table.c.batch * ROWS_OF_BATCH
    followed = BATCHES.alias("followed")
    select = (
        sa.select(
            table.c.entitlement,
            table.c.payment.label("payment_number"),
            table.c.batch.label("batch_number"),
            table.c.sheet.label("sheet_number"),
            BATCHES.c.name.label("batch"),
            BATCHES.c.programme,
            BATCHES.c.cycle,
            *(OCCASIONS.c[name].label(f"occasion_{name}") for name in OCCASION),
            followed.c.name.label("follows"),
            table.c.attempt,
            table.c.batch.in_(sa.select(REJECTIONS.c.batch)).label("rejected"),
            _time_of("prepared").label("prepared_at"),
            _time_of("exported").label("exported_at"),
            inputs.c.name.label("source_file"),
            sheets.c.name.label("sheet"),
            table.c.sheet_row.label("row"),
            table.c.member,
            table.c.name,
            table.c.category,
            table.c.county,
            table.c.township,
            table.c.amount_fen,
            grounds.c.reason,
            grounds.c.reference,
        )
        .join(BATCHES, BATCHES.c.batch == table.c.batch)
        .join(OCCASIONS, OCCASIONS.c.occasion == table.c.occasion)
        .join(followed, followed.c.batch == BATCHES.c.follows, isouter=True)
        .join(grounds, grounds.c.ground == first + table.c.ground)
        .join(sheets, sheets.c.sheet == first + table.c.sheet)
        .join(inputs, inputs.c.input == first + sheets.c.input)
        # By occasion too, so that the index is used.
        .where(table.c.occasion.in_(sa.select(OCCASIONS.c.occasion)), table.c.person == person)
        .order_by(table.c.entitlement)
    )
    return [_entitled(connection, row) for row in _all(connection, select)]


def _time_of(kind: str) -> sa.ScalarSelect[str]:
    event = EVENTS.alias()
    return (
        sa.select(event.c.at)
        .where(event.c.batch == BATCHES.c.batch, event.c.kind == kind)
        .scalar_subquery()
    )


def _entitled(connection: sa.Connection, row: Row) -> Entitled:
    batch, number = row["batch_number"], row["payment_number"]
    parameters, shares, found, payments = (
        PARTS[name] for name in ("parameters", "shares", "findings", "payments")
    )
    here = number - batch * ROWS_OF_BATCH
    of_category = (
        shares.c.batch == batch,
        shares.c.county == row["county"],
        shares.c.category == row["category"],
    )
    same_row = sa.and_(
        found.c.sheet == row["sheet_number"],
        found.c.sheet_row == row["row"],
        found.c.member == row["member"],
    )
    (payment,) = _all(
        connection,
        sa.select(
            sa.literal(here).label("payment"),
            *(payments.c[name] for name in _PAYMENT),
        ).where(payments.c.payment == number),
    )
    files = sa.select(FILES.c.path, FILES.c.format, FILES.c.first_payment).where(
        FILES.c.batch == batch,
        FILES.c.kind == "bank",
        FILES.c.first_payment <= here,
        FILES.c.first_payment + FILES.c.payments > here,
    )
    occasion = Occasion(*(row[f"occasion_{name}"] for name in OCCASION))
    return Entitled(
        entitlement={**row, "occasion": occasion.name},
        parameters=_part(connection, parameters, _PARAMETER, rows_of(parameters.c.line, batch)),
        shares=_part(connection, shares, ("source", "amount_fen"), sa.and_(*of_category)),
        findings=_part(
            connection,
            found,
            ("code", "severity", "cell", "detail", "acceptance"),
            sa.and_(rows_of(found.c.line, batch), same_row),
        ),
        payment=payment,
        file=next(iter(_all(connection, files)), None),
        answers=_answers(connection, number),
    )


_PAYMENT = (
    "account_number",
    "payee_name",
    "bank_name",
    "format",
    "amount_fen",
    "beneficiaries",
)
_PARAMETER = ("name", "place", "value", "unit", "since", "reference", "status")


def _part(
    connection: sa.Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    condition: sa.ColumnElement[bool],
) -> tuple[Row, ...]:
    select = sa.select(*(table.c[name] for name in columns)).where(condition)
    return tuple(_all(connection, select.order_by(table.c.line)))


def _answers(connection: sa.Connection, payment: int) -> tuple[Row, ...]:
    select = (
        sa.select(
            RETURNS.c.name.label("file"),
            *(RETURN_LINES.c[name] for name in ("place", "verdict", "result", "code", "reason")),
            EVENTS.c.at,
        )
        .join(RETURNS, RETURNS.c.answer == RETURN_LINES.c.answer)
        .join(EVENTS, EVENTS.c.event == RETURNS.c.event)
        .where(RETURN_LINES.c.payment == payment)
        .order_by(RETURN_LINES.c.line)
    )
    return tuple(_all(connection, select))


def rows_not_paid(connection: sa.Connection, person: str) -> list[Row]:
    """Give the rows that held or passed over a person: ``batch``, ``fate``, ``codes``, place.

    Such a row has no person of its own, as its number may be what is wrong with it: it is found by
    the number that stands in its cells.
    """
    unpaid, sheets, inputs = (PARTS[name] for name in ("unpaid", "sheets", "inputs"))
    first = unpaid.c.batch * ROWS_OF_BATCH
    select = (
        sa.select(
            BATCHES.c.name.label("batch"),
            unpaid.c.fate,
            unpaid.c.codes,
            inputs.c.name.label("source_file"),
            sheets.c.name.label("sheet"),
            unpaid.c.sheet_row.label("row"),
        )
        .join(BATCHES, BATCHES.c.batch == unpaid.c.batch)
        .join(sheets, sheets.c.sheet == first + unpaid.c.sheet)
        .join(inputs, inputs.c.input == first + unpaid.c.input)
        .where(sa.func.upper(unpaid.c.cells).contains(person, autoescape=True))
        .order_by(unpaid.c.line)
    )
    return _all(connection, select)


def _all(connection: sa.Connection, select: sa.Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(select).mappings()]
