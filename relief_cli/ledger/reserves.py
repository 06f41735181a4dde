"""Townships' reserve funds for temporary assistance (临时救助备用金): given, used, left."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger.events import add_event
from relief_cli.ledger.funding_schema import RESERVES
from relief_cli.ledger.later_answers import MAY_HAVE_ARRIVED
from relief_cli.ledger.schema import ROWS_OF_BATCH
from relief_cli.ledger.years import Years
from relief_cli.programmes.registers import RESERVE_REGISTER

# What was handed out of a fund and not refused; a batch's rows lie together by their numbers.
_USED = sa.text(
    f"""
SELECT entitlements.township, sum(entitlements.amount_fen) AS used_fen
FROM batches
JOIN payments ON payments.payment BETWEEN batches.batch * {ROWS_OF_BATCH}
    AND batches.batch * {ROWS_OF_BATCH} + {ROWS_OF_BATCH - 1}
JOIN entitlements ON entitlements.payment = payments.payment
WHERE batches.programme = 'temporary' AND payments.format = :register
    AND NOT EXISTS (SELECT 1 FROM rejections WHERE rejections.batch = batches.batch)
    AND NOT EXISTS (SELECT 1 FROM failures WHERE failures.payment = payments.payment
        AND failures.payment NOT IN ({MAY_HAVE_ARRIVED}))
GROUP BY entitlements.township
"""  # noqa: S608  # a constant
)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Money given to a township's fund, or taken back."""

    reserve: int
    township: str
    amount_fen: int
    document: str
    given_on: dt.date


@dataclass(frozen=True, kw_only=True)
class Fund:
    """One township's fund."""

    township: str
    given_fen: int
    used_fen: int

    @property
    def left_fen(self) -> int:
        """What is left of it."""
        return self.given_fen - self.used_fen


class Reserves:
    """What the ledger knows of reserve funds, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def grants(self) -> list[Grant]:
        """Give all grants in the order of recording."""
        columns = [column for column in RESERVES.c if column.name != "event"]
        select = sa.select(*columns).order_by(RESERVES.c.reserve)
        return [
            Grant(
                reserve=row.reserve,
                township=row.township,
                amount_fen=row.amount_fen,
                document=row.document,
                given_on=dt.date.fromisoformat(row.given_on),
            )
            for row in self._connection.execute(select)
        ]

    def funds(self) -> list[Fund]:
        """Give the fund of every township that was given something or used it, by name."""
        given: dict[str, int] = {}
        for one in self.grants():
            given[one.township] = given.get(one.township, 0) + one.amount_fen
        rows = self._connection.execute(_USED, {"register": RESERVE_REGISTER})
        used = {str(row.township or ""): int(row.used_fen) for row in rows}
        return [
            Fund(
                township=township,
                given_fen=given.get(township, 0),
                used_fen=used.get(township, 0),
            )
            for township in sorted({*given, *used})
        ]


class WritableReserves(Reserves):
    """The same in a transaction that writes."""

    def give(self, township: str, amount_fen: int, document: str, on: dt.date) -> bool:
        """Record a grant, and add ``reserve``. The same again has no effect.

        Returns:
            Whether it is new.

        Raises:
            RefusedError: ``document-differs``; the document is recorded with another amount or day.
                ``reserve-short``; more is taken back than is left. ``year-closed``.
        """
        known = [
            one for one in self.grants() if (one.township, one.document) == (township, document)
        ]
        if known:
            if (known[0].amount_fen, known[0].given_on) == (amount_fen, on):
                return False
            raise RefusedError(
                "document-differs",
                N_("Document {document} of this fund is recorded with another amount or day."),
                why=N_("What is recorded is never changed; the same money must not count twice."),
                remedy=N_(
                    "If the record is wrong, enter the difference under the number of the document"
                    " that corrects it; a minus sign takes money back."
                ),
                document=document,
            )
        left = {one.township: one.left_fen for one in self.funds()}.get(township, 0)
        if left + amount_fen < 0:
            raise RefusedError(
                "reserve-short",
                N_("Only {left} yuan are left in the fund of {township}."),
                why=N_("More than is there cannot be taken back; an amount or a name is wrong."),
                remedy=N_("Check the document; relief reserve list shows what is left."),
                left=f"{left // 100}.{left % 100:02d}",
                township=township,
            )
        Years(self._connection).require_open(on)
        last = self._connection.scalar(sa.select(sa.func.max(RESERVES.c.reserve)))
        body: dict[str, object] = {
            "reserve": (last or 0) + 1,
            "township": township,
            "amount_fen": amount_fen,
            "document": document,
            "given_on": on.isoformat(),
        }
        event = add_event(self._connection, "reserve", None, body)
        self._connection.execute(RESERVES.insert().values(event=event, **body))
        return True
