"""Whether banks' answers, and what was made of them, are as they were recorded."""

import json
from collections.abc import Iterator

import pandas as pd
import sqlalchemy as sa

from relief_cli.i18n import N_
from relief_cli.ledger.return_schema import RETURN_LINES, RETURNS
from relief_cli.ledger.returns import LINES, NOBODY, AnswerFile
from relief_cli.ledger.rows import frame_digest, selected
from relief_cli.ledger.schema import EVENTS, ROWS_OF_BATCH, rows_of

# Each gives the record that is wrong; none gives a row in sound books.
CONTRADICTIONS = {
    N_("what became of it is not what its line of the answer says"): """
        SELECT coalesce('payment ' || l.payment, 'line ' || l.line) FROM return_lines l
        LEFT JOIN resolutions r ON r.payment = l.payment
        WHERE l.verdict IN ('paid', 'failed')
            AND (r.payment IS NULL OR r.line <> l.line OR r.outcome <> l.verdict)
        UNION SELECT 'payment ' || r.payment FROM resolutions r
        LEFT JOIN return_lines l ON l.line = r.line
        WHERE l.line IS NULL OR l.payment IS NULL OR l.payment <> r.payment
            OR l.verdict <> r.outcome
    """,
    N_("its failure is not what its line of the answer says"): """
        SELECT coalesce('payment ' || l.payment, 'line ' || l.line) FROM return_lines l
        LEFT JOIN failures f ON f.payment = l.payment
        WHERE l.verdict IN ('failed', 'reversed') AND (
            f.payment IS NULL OR f.line <> l.line
            OR f.outcome <> CASE l.verdict WHEN 'failed' THEN 'failed' ELSE 'paid' END
        )
        UNION SELECT 'payment ' || f.payment FROM failures f
        LEFT JOIN return_lines l ON l.line = f.line
        WHERE l.line IS NULL OR l.payment IS NULL OR l.payment <> f.payment
            OR l.verdict NOT IN ('failed', 'reversed')
    """,
    N_("a later word on what had failed is not what its line of the answer says"): """
        SELECT coalesce('payment ' || l.payment, 'line ' || l.line) FROM return_lines l
        JOIN failures f ON f.payment = l.payment AND f.line < l.line
        LEFT JOIN later_answers a ON a.line = l.line
        WHERE l.verdict IN ('contradicts', 'confirmed-paid', 'confirmed-failed')
            AND (a.line IS NULL OR a.payment <> l.payment OR a.verdict <> l.verdict)
        UNION SELECT 'payment ' || a.payment FROM later_answers a
        LEFT JOIN return_lines l ON l.line = a.line
        LEFT JOIN failures f ON f.payment = a.payment
        WHERE l.line IS NULL OR l.payment IS NULL OR l.payment <> a.payment
            OR l.verdict <> a.verdict OR f.line IS NULL OR f.line >= a.line
    """,
    N_("it pays again what the bank had said to be paid by then"): """
        SELECT 'payment ' || f.payment FROM later_answers a
        JOIN return_lines l ON l.line = a.line
        JOIN returns r ON r.answer = l.answer
        JOIN follow_ups f ON f.follows = a.payment
        JOIN events e ON e.batch = f.batch AND e.kind IN ('prepared', 'exported')
        WHERE a.verdict <> 'confirmed-failed' AND r.event < e.event AND NOT EXISTS (
            SELECT 1 FROM later_answers n
            JOIN return_lines m ON m.line = n.line
            JOIN returns s ON s.answer = m.answer
            WHERE n.payment = a.payment AND n.line > a.line AND s.event < e.event
        )
    """,
    N_("an answer tells of a payment of another batch"): f"""
        SELECT 'line ' || l.line FROM return_lines l
        JOIN returns a ON a.answer = l.answer
        WHERE l.payment / {ROWS_OF_BATCH} <> a.batch OR l.line / {ROWS_OF_BATCH} <> a.answer
    """,  # noqa: S608  # a constant
    N_("it was answered, and did not go out"): """
        SELECT 'answer ' || answer FROM returns
        WHERE batch NOT IN (SELECT batch FROM files)
    """,
}


def broken_returns(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Hold each answer and its lines against the event that tells of it."""
    told = {
        row.event: (row.batch, json.loads(row.body))
        for row in connection.execute(
            sa.select(EVENTS.c.event, EVENTS.c.batch, EVENTS.c.body).where(
                EVENTS.c.kind == "returned"
            )
        )
    }
    found = connection.execute(sa.select(RETURNS).order_by(RETURNS.c.answer)).all()
    if sorted(told) != [row.event for row in found]:
        yield "events returned", N_("what is kept of them is not what they say")
        return
    for number, row in enumerate(found, start=1):
        batch, body = told[row.event]
        kept = {name: getattr(row, name) for name in AnswerFile.__dataclass_fields__}
        lines = _lines(connection, row.answer, row.batch)
        same = (
            row.answer == number
            and row.batch == batch
            and kept == {name: body.get(name) for name in kept}
            and frame_digest("return_lines", lines, LINES) == body.get("lines")
        )
        if not same:
            yield f"answer {row.answer}", N_("it is not what was recorded")


def _lines(connection: sa.Connection, answer: int, batch: int) -> pd.DataFrame:
    payment = sa.func.coalesce(RETURN_LINES.c.payment - batch * ROWS_OF_BATCH, NOBODY)
    columns = [payment if name == "payment" else RETURN_LINES.c[name] for name in LINES]
    select = (
        sa.select(*columns)
        .where(rows_of(RETURN_LINES.c.line, answer))
        .order_by(RETURN_LINES.c.line)
    )
    return selected(connection, select, LINES)
