"""What is added to the ledger."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.batch import TABLES, Batch
from relief_cli.calendar import Occasion
from relief_cli.errors import RefusedError, ReliefError
from relief_cli.files import OutputFile, differing
from relief_cli.frames import conform
from relief_cli.i18n import N_
from relief_cli.ledger.acceptances import WritableAcceptances
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.approvals import WritableApprovals
from relief_cli.ledger.book import Book
from relief_cli.ledger.events import add_event
from relief_cli.ledger.funds import WritableFunds
from relief_cli.ledger.mandates import WritableMandates
from relief_cli.ledger.outgoing import Outgoing, add_layouts, add_outgoing
from relief_cli.ledger.positions import PAID, Position
from relief_cli.ledger.reserves import WritableReserves
from relief_cli.ledger.rows import batch_fields, content_digest, insert_part, insert_rows, selected
from relief_cli.ledger.schema import ATTEMPTS, BATCHES, ENTITLEMENTS, FILES, OCCASIONS
from relief_cli.ledger.signatures import Hand, last_event, sign_events
from relief_cli.ledger.stops import WritableStops
from relief_cli.ledger.taking_in import WritableReturns
from relief_cli.ledger.years import WritableYears
from relief_cli.roster import months
from relief_cli.roster.months import Spans

_UNIQUE = "23505"
"""PostgreSQL's code of what must be there only once (SQLSTATE)."""
_COLUMNS = re.compile(r"UNIQUE[^:]*: (\w+)\.")


class WritableBook(Book):
    """The ledger within a transaction that writes: all that is added, or nothing."""

    @property
    def approvals(self) -> WritableApprovals:
        """Operators and approvals."""
        return WritableApprovals(self._connection)

    @property
    def returns(self) -> WritableReturns:
        """Banks' answers."""
        return WritableReturns(self._connection)

    @property
    def stops(self) -> WritableStops:
        """People who are paid no more, and money that is owed back."""
        return WritableStops(self._connection)

    @property
    def mandates(self) -> WritableMandates:
        """Who may draw for whom."""
        return WritableMandates(self._connection)

    @property
    def acceptances(self) -> WritableAcceptances:
        """Findings that somebody has looked at."""
        return WritableAcceptances(self._connection)

    @property
    def funds(self) -> WritableFunds:
        """Money received from funding sources."""
        return WritableFunds(self._connection)

    @property
    def years(self) -> WritableYears:
        """The money of each year."""
        return WritableYears(self._connection)

    @property
    def reserves(self) -> WritableReserves:
        """Townships' reserve funds."""
        return WritableReserves(self._connection)

    def record(
        self,
        batch: Batch,
        maker: str = "",
        approvals: int = 0,
        outgoing: Callable[[], Outgoing] = Outgoing,
    ) -> None:
        """Add ``batch`` with all its tables, and the event ``prepared``.

        The event holds the digests over the batch's whole content and over its bank files, and its
        totals.

        Args:
            batch: the batch.
            maker: who prepared it; may not approve it.
            approvals: how many approvals it needs.
            outgoing: gives what it is to go out as; asked last.

        Raises:
            RefusedError: ``already-paid``, somebody in it has an entitlement for the occasion;
                ``batch-taken``, another batch has its name, its number or its inputs;
                ``year-closed``.
            ValueError: its entitlements, payments and shares do not add up, one points at nothing,
                or somebody stands in it twice for one month (a fault of the program).
            sqlalchemy.exc.IntegrityError: a row that the tables forbid (a fault of the program).
        """
        _check_whole(batch)
        self.years.require_open(batch.pay_on)
        tables = {name: conform(getattr(batch, name), TABLES[name]) for name in TABLES}
        number = (self._connection.scalar(sa.select(sa.func.max(BATCHES.c.batch))) or 0) + 1
        fields = batch_fields(batch)
        try:
            # Hashing is done meanwhile: the database needs no interpreter while it takes rows in.
            with ThreadPoolExecutor(1) as thread, self._connection.begin_nested():
                content = thread.submit(content_digest, fields, tables)
                occasion = self._occasion(batch.programme, batch.occasion)
                self._connection.execute(
                    BATCHES.insert().values(
                        **{
                            **{name: value for name, value in fields.items() if name in BATCHES.c},
                            "batch": number,
                            "occasion": occasion,
                            "follows": self._number_of(batch.follows),
                            "replaces": self._number_of(batch.replaces),
                        }
                    )
                )
                for name, frame in tables.items():
                    further: dict[str, int | pd.Series] = {}
                    if name == ENTITLEMENTS.name:
                        further = {"occasion": occasion, **self._attempts(batch, occasion, frame)}
                    insert_part(self._connection, name, frame, number, **further)
                leaving = outgoing()
                add_outgoing(self._connection, number, leaving)
                add_event(
                    self._connection,
                    "prepared",
                    number,
                    {
                        "content": content.result(),
                        "outgoing": leaving.digest,
                        "maker": maker,
                        "approvals": approvals,
                        "beneficiaries": batch.beneficiaries,
                        "payments": len(batch.payments),
                        "amount_fen": batch.amount_fen,
                    },
                )
        except sa.exc.IntegrityError as error:
            refusal = _refusal(error.orig, batch)
            if refusal is None:
                raise
            raise refusal from error

    def last_event(self) -> int:
        """Give the number of the newest event, 0 before the first."""
        return last_event(self._connection)

    def sign(self, after: int, hands: Sequence[Hand], lacking: ReliefError | None = None) -> None:
        """Sign what was added, see :func:`relief_cli.ledger.signatures.sign_events`."""
        sign_events(self._connection, after, hands, lacking)

    def _number_of(self, name: str | None) -> int | None:
        return self._batch(name).batch if name else None

    def _occasion(self, programme: str, occasion: Occasion) -> int:
        """Give the number of an occasion, which is added where it is new."""
        known = self.occasion(programme, occasion)
        if known is not None:
            return known
        last = self._connection.scalar(sa.select(sa.func.max(OCCASIONS.c.occasion)))
        new = (last or 0) + 1
        values = {"occasion": new, "programme": programme, **asdict(occasion)}
        self._connection.execute(OCCASIONS.insert().values(values))
        return new

    def _attempts(
        self, batch: Batch, occasion: int, entitlements: pd.DataFrame
    ) -> dict[str, int | pd.Series]:
        """Give how often each entitlement came to nothing before; mostly never, for all.

        Whether it did is for the database to say: a further attempt, which is added here, is
        refused where the one before stands, and what is for other months where one of them is paid.
        """
        rejected = sa.select(BATCHES.c.batch).join(REJECTIONS).where(BATCHES.c.occasion == occasion)
        first = not batch.follows and self._connection.scalar(rejected.limit(1)) is None
        if first and not entitlements["move"].any():
            return {"attempt": 0}
        keys = ENTITLEMENTS.c.person, ENTITLEMENTS.c.move
        attempts = (
            sa.select(*keys, sa.func.max(ENTITLEMENTS.c.attempt))
            .where(ENTITLEMENTS.c.occasion == occasion)
            .group_by(*keys)
        )
        if not batch.follows:
            attempts = attempts.where(ENTITLEMENTS.c.batch.in_(rejected))
        columns = {"person": "str", "move": "int32", "former": "Int64"}
        former = selected(self._connection, attempts, columns)
        own = entitlements[["person", "move", "ground"]].reset_index(drop=True)
        own = own.merge(batch.grounds[["ground", "first_month", "last_month"]], how="left")
        attempt = own.merge(former, how="left")["former"].add(1).fillna(0)
        further = own.assign(occasion=occasion, attempt=attempt)
        again = attempt.where((attempt > 0) | (own["move"] > 0))
        insert_rows(self._connection, ATTEMPTS, further[again.notna()])
        return {"attempt": attempt, "again": again}

    def close_finished(
        self, sums: pd.DataFrame, positions: Iterable[Position], excepted: Collection[str]
    ) -> list[str]:
        """Close every settled batch of which nothing is owed, and add ``closed``.

        Args:
            sums: what :meth:`tie_outs` gives in this transaction; batches of others stay as they
                are.
            positions: what :meth:`positions` gives of the same batches.
            excepted: names of batches whose figures do not agree.

        Returns:
            The names of those that are closed now, in the order of recording.
        """
        owed = {one.batch for one in positions if one.fate != PAID}
        closed = []
        columns = (sums[name] for name in ("batch", "name", "failed_fen", "followed_fen"))
        for batch, name, failed_fen, followed_fen in zip(*columns, strict=True):
            # What pays again is finished when nothing of it failed, or what failed is paid again.
            finished = batch not in owed and failed_fen == followed_fen
            if finished and name not in excepted and self.state(name) == "settled":
                add_event(self._connection, "closed", int(batch), {})
                closed.append(name)
        return closed

    def record_export(
        self, name: str, files: Iterable[OutputFile], layouts: Mapping[str, str]
    ) -> None:
        """Add the digests of the files that batch ``name`` goes out as, and ``exported``.

        To be called before the files are put in place. The same files again change nothing.

        Args:
            name: the batch.
            files: all of them.
            layouts: the bank formats that were chosen for the export, with their templates' texts;
                none where it goes out as it was prepared.

        Raises:
            UsageError: ``batch-unknown``.
            RefusedError: ``export-differs``; the batch went out as other files before, or its bank
                files are not those that were prepared.
        """
        number = self._batch(name).batch
        given = sorted(files, key=lambda file: file.path)
        known = self.files(name)
        if known:
            if others := differing(known, given):
                raise _went_out_otherwise(name, min(others))
            return
        prepared = self.outgoing(name).files
        if prepared and not layouts:
            bank = [file for file in given if file.kind == "bank"]
            if others := differing(prepared, bank):
                raise _prepared_otherwise(name, min(others))
        rows = [{"batch": number, **asdict(file)} for file in given]
        self._connection.execute(FILES.insert(), rows)
        add_layouts(self._connection, number, layouts)
        told = [asdict(file) for file in given]
        body: dict[str, object] = {"files": told, "layouts": dict(layouts)}
        add_event(self._connection, "exported", number, body)


def _check_whole(batch: Batch) -> None:
    """Hold the tables against each other: every fen in one place, no number without its row."""
    due = batch.entitlements.groupby("payment")["amount_fen"].agg(["sum", "size"])
    payments = batch.payments.set_index("payment")
    if not (
        due["sum"].equals(payments["amount_fen"].rename("sum"))
        and due["size"].equals(payments["beneficiaries"].rename("size"))
    ):
        raise ValueError("the payments are not the sums of their entitlements")
    if int(batch.shares["amount_fen"].sum()) != batch.amount_fen:
        raise ValueError("the shares do not add up to the payments")
    several = batch.entitlements[batch.entitlements["person"].duplicated(keep=False)]
    if len(several) and not _apart(several, batch.grounds):
        raise ValueError("somebody is paid twice for one month")
    parts = batch.components.groupby("entitlement")["amount_fen"].sum()
    whole = batch.entitlements.set_index("entitlement")["amount_fen"].reindex(parts.index)
    if not (parts <= whole).all():
        raise ValueError("an entitlement is less than what it is made of")
    for table, column, known in (
        (batch.entitlements, "ground", batch.grounds),
        (batch.entitlements, "sheet", batch.sheets),
        (batch.unpaid, "sheet", batch.sheets),
        (batch.sheets, "input", batch.inputs),
    ):
        if not np.isin(table[column].to_numpy(), known[column].to_numpy()).all():
            message = f"a {column} is missing"
            raise ValueError(message)


def _apart(entitlements: pd.DataFrame, grounds: pd.DataFrame) -> bool:
    """Say whether nobody of ``entitlements`` is paid for a month twice."""
    of_ground = grounds.set_index("ground").reindex(entitlements["ground"])
    spans = Spans(*(months.parse(of_ground[name]) for name in ("first_month", "last_month")))
    person, _ = pd.factorize(entitlements["person"])
    return bool(spans.apart(person).all())


def _went_out_otherwise(name: str, path: str) -> RefusedError:
    return RefusedError(
        "export-differs",
        N_("Batch {batch} went out as other files before: {path} differs."),
        why=N_("Two files for the same payments could both reach the bank."),
        remedy=N_("Use the files of the first export, in the batch's folder."),
        file=path,
        batch=name,
        path=path,
    )


def _prepared_otherwise(name: str, path: str) -> RefusedError:
    return RefusedError(
        "export-differs",
        N_("What would go out of {batch} is not what was prepared: {path} differs."),
        why=N_("What is approved goes out to the byte, or not at all."),
        remedy=N_("Reject it, which says why, and prepare it again: relief reject {batch} …"),
        file=path,
        batch=name,
        path=path,
    )


def _taken(error: BaseException | None) -> str:
    """Give the table in which the database found a row that must be there only once."""
    diagnosis: Any = getattr(error, "diag", None)
    if diagnosis is not None:  # PostgreSQL's
        return diagnosis.table_name if diagnosis.sqlstate == _UNIQUE else ""
    # SQLite names the columns of the constraint, never the values.
    found = _COLUMNS.search(str(error))
    return found[1] if found else ""


def _refusal(error: BaseException | None, batch: Batch) -> RefusedError | None:
    """Give what the database's ``error`` means to a clerk; ``None`` if it is no one's doing."""
    table = _taken(error)
    if table in {ENTITLEMENTS.name, ATTEMPTS.name}:
        return RefusedError(
            "already-paid",
            N_("Somebody in batch {batch} has been paid for {occasion} already."),
            why=N_("Nobody is paid twice for one programme and cycle; nothing was recorded."),
            remedy=N_("Run it again: whoever is paid already is then left out and listed."),
            batch=batch.name,
            occasion=batch.occasion.name,
        )
    if table == BATCHES.name:
        return RefusedError(
            "batch-taken",
            N_("Another run has recorded batch {batch}, or one from the same rosters."),
            why=N_("Nothing was recorded."),
            remedy=N_("Run it again: it answers with that batch or takes the next number."),
            batch=batch.name,
        )
    return None
