"""The ledger within one transaction: what it is asked, and what is added to it."""

import datetime as dt
import difflib
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from relief_cli.batch import RECOVERED, TABLES, Batch
from relief_cli.calendar import Occasion
from relief_cli.errors import UsageError
from relief_cli.files import OutputFile
from relief_cli.i18n import N_
from relief_cli.ledger import summary
from relief_cli.ledger.acceptances import Acceptances
from relief_cli.ledger.approval_schema import REJECTIONS
from relief_cli.ledger.approvals import Approvals
from relief_cli.ledger.events import START, canonical
from relief_cli.ledger.funds import Funds
from relief_cli.ledger.mandates import Mandates
from relief_cli.ledger.outgoing import Outgoing, read_outgoing
from relief_cli.ledger.positions import (
    Place,
    Position,
    Share,
    people,
    places,
    positions,
    shares,
)
from relief_cli.ledger.recovered import Recovered, by_source, recovered
from relief_cli.ledger.reserves import Reserves
from relief_cli.ledger.returns import Returns
from relief_cli.ledger.schema import (
    BATCHES,
    EVENTS,
    FILES,
    OCCASION,
    OCCASIONS,
    PARTS,
    ROWS_OF_BATCH,
)
from relief_cli.ledger.stops import Stops
from relief_cli.ledger.story import Entitled, Row, entitlements_of, name_of, rows_not_paid
from relief_cli.ledger.summary import Summary
from relief_cli.ledger.years import Years

if TYPE_CHECKING:
    import pandas as pd

    from relief_cli.ledger.entitled import Persons
    from relief_cli.ledger.movements import Movements

_FOLLOWED = BATCHES.alias("followed")
_REPLACED = BATCHES.alias("replaced")


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """The event with which a batch began."""

    batch: str
    """Its name."""
    region: str
    office: str
    event: int
    digest: str
    """The head of the chain of events at that moment."""
    previous: str
    """The one before it; empty where it is the first event."""
    content: str
    """The digest over the batch's content."""
    outgoing: str
    """The digest over the bank files that it is to go out as."""
    maker: str
    approvals: int
    """How many approvals it needed by the rules of that day."""


class Book:
    """What the ledger knows; everything asked within one transaction fits together."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @property
    def approvals(self) -> Approvals:
        """Operators and approvals."""
        return Approvals(self._connection)

    @property
    def returns(self) -> Returns:
        """Banks' answers."""
        return Returns(self._connection)

    @property
    def stops(self) -> Stops:
        """People who are paid no more, and money that is owed back."""
        return Stops(self._connection)

    @property
    def mandates(self) -> Mandates:
        """Who may draw for whom."""
        return Mandates(self._connection)

    @property
    def acceptances(self) -> Acceptances:
        """Findings that somebody has looked at."""
        return Acceptances(self._connection)

    @property
    def funds(self) -> Funds:
        """Money received from funding sources."""
        return Funds(self._connection)

    @property
    def years(self) -> Years:
        """The money of each year."""
        return Years(self._connection)

    @property
    def reserves(self) -> Reserves:
        """Townships' reserve funds."""
        return Reserves(self._connection)

    def find(self, programme: str, cycle: str, inputs_digest: str) -> str | None:
        """Give the name of the batch that was made from the same inputs, if there is one.

        Where it was made again without some of its people, the last that was made so.
        """
        columns = sa.select(BATCHES.c.batch, BATCHES.c.name)
        row = self._connection.execute(
            columns.where(
                BATCHES.c.programme == programme,
                BATCHES.c.cycle == cycle,
                BATCHES.c.inputs_digest == inputs_digest,
            )
        ).first()
        found = row
        while row is not None:
            found = row
            row = self._connection.execute(columns.where(BATCHES.c.replaces == row.batch)).first()
        return str(found.name) if found else None

    def positions(self, until: dt.date | None = None) -> list[Position]:
        """Tell where the money of entitlements is; see :mod:`relief_cli.ledger.positions`."""
        return positions(self._connection, until)

    def people(self, first: dt.date, last: dt.date) -> dict[str, int]:
        """Count who was paid in a span; see :func:`relief_cli.ledger.positions.people`."""
        return people(self._connection, first, last)

    def places(self) -> list[Place]:
        """Tell what they come to by county; see :func:`relief_cli.ledger.positions.places`."""
        return places(self._connection)

    def recovered_by_source(self) -> "pd.DataFrame":
        """Give what has come back to each source by code (:data:`relief_cli.batch.RECOVERED`)."""
        from relief_cli.ledger.rows import frame_of

        return frame_of(by_source(self.recovered()), RECOVERED)

    def recovered(self) -> list[Recovered]:
        """Tell which sources money from people went back to, see :func:`recovered.recovered`."""
        return recovered(self._connection)

    def movements(self) -> "Movements":
        """Tell how the money came where it is; see :mod:`relief_cli.ledger.movements`."""
        from relief_cli.ledger.movements import movements

        return movements(self._connection)

    def tie_outs(self, until: dt.date | None = None) -> "pd.DataFrame":
        """Give the sums of batches; see :mod:`relief_cli.ledger.tie_outs`."""
        from relief_cli.ledger.tie_outs import tie_outs

        return tie_outs(self._connection, until)

    def shares(self) -> list[Share]:
        """Give the funding shares of all batches that pay for the first time and stand."""
        return shares(self._connection)

    def follow_up_of(self, name: str, rosters: Sequence[str]) -> str | None:
        """Give the last batch that pays failures of the batch called ``name``, and stands.

        Args:
            name: the failed batch.
            rosters: the digests of the rosters that the batch was made from, and of the lists of
                other departments, sorted.
        """
        followed = self._batch(name).batch
        inputs = PARTS["inputs"]
        numbers = self._connection.execute(
            sa.select(BATCHES.c.batch, BATCHES.c.name)
            .where(
                BATCHES.c.follows == followed,
                BATCHES.c.batch.not_in(sa.select(REJECTIONS.c.batch)),
            )
            .order_by(BATCHES.c.batch.desc())
        ).all()
        for number, found in numbers:
            # The first input is the failed batch itself.
            shas = self._connection.scalars(
                sa.select(inputs.c.sha256).where(
                    inputs.c.batch == number, inputs.c.input > number * ROWS_OF_BATCH
                )
            )
            if sorted(shas) == list(rosters):
                return str(found)
        return None

    def persons_of(self, name: str, payment: int) -> list[str]:
        """Give the persons whom payment number ``payment`` of a batch is for.

        Raises:
            UsageError: ``batch-unknown``.
        """
        number = self._batch(name).batch * ROWS_OF_BATCH + payment
        entitlements = PARTS["entitlements"]
        return list(
            self._connection.scalars(
                sa.select(entitlements.c.person)
                .where(entitlements.c.payment == number)
                .order_by(entitlements.c.person)
            )
        )

    def name_of(self, person: str) -> str:
        """Give the name under which a person was last entitled; empty where never."""
        return name_of(self._connection, person)

    def entitlements_of(self, person: str) -> list[Entitled]:
        """Give every entitlement of a person with all that belongs to it."""
        return entitlements_of(self._connection, person)

    def rows_not_paid(self, person: str) -> list[Row]:
        """Give the rows that held or passed over a person."""
        return rows_not_paid(self._connection, person)

    def number(self, name: str) -> int:
        """Give the number of the batch called ``name`` in the ledger.

        Raises:
            UsageError: ``batch-unknown``.
        """
        return int(self._batch(name).batch)

    def next_sequence(self, programme: str, cycle: str) -> int:
        """Give the number that the next batch of ``programme`` and ``cycle`` bears, from 1."""
        last = self._connection.scalar(
            sa.select(sa.func.max(BATCHES.c.sequence)).where(
                BATCHES.c.programme == programme, BATCHES.c.cycle == cycle
            )
        )
        return (last or 0) + 1

    def paid(self, programme: str, occasion: Occasion, persons: "Persons") -> "pd.DataFrame":
        """Tell who of ``persons`` was paid for it, and how much in all, see :func:`paid.paid`."""
        from relief_cli.ledger import paid

        return paid.paid(self._connection, programme, occasion, persons)

    def drawn(self, programme: str, occasion: Occasion, pairs: "pd.DataFrame") -> "pd.DataFrame":
        """Tell who was paid into accounts before, see :func:`accounts.drawn`."""
        from relief_cli.ledger import accounts

        return accounts.drawn(self._connection, programme, occasion, pairs)

    def known_accounts(self, given: Sequence[str]) -> list[str]:
        """Give those of ``given`` into which somebody was paid."""
        from relief_cli.ledger import accounts

        return accounts.known_accounts(self._connection, given)

    def shared_accounts(self) -> list[str]:
        """Give accounts that several share, see :func:`accounts.shared_accounts`."""
        from relief_cli.ledger import accounts

        return accounts.shared_accounts(self._connection)

    def paid_households(
        self,
        programme: str,
        occasion: Occasion,
        persons: "Persons",
        certificates: "Persons",
    ) -> "pd.DataFrame":
        """Tell whose household was paid for it, see :func:`households.paid_households`."""
        from relief_cli.ledger import households

        return households.paid_households(
            self._connection, programme, occasion, persons, certificates
        )

    def paid_elsewhere(
        self, pairs: Iterable[tuple[str, Occasion]], persons: "Persons"
    ) -> "pd.DataFrame":
        """Tell who of ``persons`` has one elsewhere, see :func:`entitled.paid_elsewhere`."""
        from relief_cli.ledger import entitled

        return entitled.paid_elsewhere(self._connection, pairs, persons)

    def parameters(self, name: str) -> "pd.DataFrame":
        """Give the parameters of batch ``name`` (:data:`relief_cli.batch.PARAMETERS`).

        Raises:
            UsageError: ``batch-unknown``.
        """
        from relief_cli.ledger.rows import read_part

        return read_part(self._connection, "parameters", self._batch(name).batch)

    def standing(self, programme: str, occasion: Occasion) -> "pd.DataFrame":
        """Give what people were paid on an occasion, see :func:`entitled.standing`."""
        from relief_cli.ledger import entitled

        return entitled.standing(self._connection, programme, occasion)

    def notices(self, programme: str) -> list[tuple[str, str, str]]:
        """Give under which notices a programme was paid, see :func:`entitled.notices`."""
        from relief_cli.ledger import entitled

        return entitled.notices(self._connection, programme)

    def moved(self, programme: str) -> "pd.DataFrame":
        """Give what people were paid for after a move, see :func:`entitled.moved`."""
        from relief_cli.ledger import entitled

        return entitled.moved(self._connection, programme)

    def last_turn(self, programme: str, occasion: Occasion, persons: "Persons") -> int:
        """Give the number of the last top-up, see :func:`paid.last_turn`."""
        from relief_cli.ledger import paid

        return paid.last_turn(self._connection, programme, occasion, persons)

    def made_of(self, programme: str, occasion: Occasion) -> "pd.DataFrame":
        """Give what that was made of, see :func:`made_of.made_of`."""
        from relief_cli.ledger import made_of

        return made_of.made_of(self._connection, self.occasion(programme, occasion))

    def made_up(self, programme: str, occasion: Occasion) -> "pd.DataFrame":
        """Give what was made up to people on others, see :func:`made_of.made_up`."""
        from relief_cli.ledger import made_of

        return made_of.made_up(self._connection, programme, self.occasion(programme, occasion))

    def occasions(self, programme: str) -> list[Occasion]:
        """Give a programme's occasions, see :func:`entitled.occasions`."""
        from relief_cli.ledger import entitled

        return entitled.occasions(self._connection, programme)

    def causes(self, programme: str, occasion: Occasion, persons: "Persons") -> "pd.DataFrame":
        """Tell why ``persons`` were paid on other occasions, see :func:`entitled.causes`."""
        from relief_cli.ledger import entitled

        return entitled.causes(self._connection, programme, occasion, persons)

    def last_accounts(self, programme: str, persons: "Persons") -> "pd.DataFrame":
        """Give where ``persons`` were last paid into, see :func:`accounts.last_accounts`."""
        from relief_cli.ledger import accounts

        return accounts.last_accounts(self._connection, programme, persons)

    def last_holders(self, programme: str, persons: "Persons") -> "pd.DataFrame":
        """Give whose these accounts were, see :func:`accounts.last_holders`."""
        from relief_cli.ledger import accounts

        return accounts.last_holders(self._connection, programme, persons)

    def load(self, name: str) -> Batch:
        """Give the batch called ``name``, its tables equal to those that were recorded.

        Raises:
            UsageError: ``batch-unknown``.
        """
        from relief_cli.ledger.rows import read_part

        row = self._batch(name)
        return Batch(
            name=row.name,
            programme=row.programme,
            cycle=row.cycle,
            sequence=row.sequence,
            occasion=Occasion(*(getattr(row, f"occasion_{name}") for name in OCCASION)),
            region=row.region,
            office=row.office,
            pay_on=dt.date.fromisoformat(row.pay_on),
            inputs_digest=row.inputs_digest,
            rows_read=row.rows_read,
            follows=row.follows_name,
            replaces=row.replaces_name,
            **{part: read_part(self._connection, part, row.batch) for part in TABLES},
        )

    def state(self, name: str) -> str:
        """Give where the batch called ``name`` stands: what its newest event says.

        Raises:
            UsageError: ``batch-unknown``.
        """
        return summary.state(self._connection, self._batch(name).batch)

    def preparation(self, name: str) -> Preparation:
        """Tell how the batch called ``name`` was prepared.

        Raises:
            UsageError: ``batch-unknown``.
        """
        batch = self._batch(name)
        row = self._connection.execute(
            sa.select(EVENTS.c.event, EVENTS.c.digest, EVENTS.c.previous, EVENTS.c.body).where(
                EVENTS.c.batch == batch.batch, EVENTS.c.kind == "prepared"
            )
        ).one()
        body = json.loads(row.body)
        return Preparation(
            batch=batch.name,
            region=batch.region,
            office=batch.office,
            event=row.event,
            digest=row.digest,
            previous=row.previous if row.previous != START else "",
            content=body["content"],
            outgoing=body["outgoing"],
            maker=body["maker"],
            approvals=body["approvals"],
        )

    def batches(self) -> list[Summary]:
        """Give all batches in the order of recording."""
        return summary.batches(self._connection)

    def names(self) -> list[str]:
        """Give the names of all batches in the order of recording."""
        return list(self._connection.scalars(sa.select(BATCHES.c.name).order_by(BATCHES.c.batch)))

    def event_digests(self) -> list[str]:
        """Give the digests of all events, the newest last."""
        return list(self._connection.scalars(sa.select(EVENTS.c.digest).order_by(EVENTS.c.event)))

    def head(self) -> str:
        """Give the digest of the newest event; empty before the first."""
        newest = sa.select(EVENTS.c.digest).order_by(EVENTS.c.event.desc()).limit(1)
        return self._connection.scalar(newest) or ""

    def mark(self, number: int) -> str:
        """Give the SHA-256 over what event ``number`` tells; empty where there is no such one.

        When it was recorded is left out: the same work gives the same mark.
        """
        row = self._connection.execute(
            sa.select(EVENTS.c.event, EVENTS.c.kind, EVENTS.c.batch, EVENTS.c.body).where(
                EVENTS.c.event == number
            )
        ).first()
        return hashlib.sha256(canonical(list(row)).encode()).hexdigest() if row else ""

    def files(self, name: str) -> list[OutputFile]:
        """Give the files that batch ``name`` was exported as, by path; none before the export.

        Raises:
            UsageError: ``batch-unknown``.
        """
        columns = [FILES.c[field.name] for field in fields(OutputFile)]
        select = (
            sa.select(*columns)
            .where(FILES.c.batch == self._batch(name).batch)
            .order_by(FILES.c.path)
        )
        return [OutputFile(**row) for row in self._connection.execute(select).mappings()]

    def outgoing(self, name: str) -> Outgoing:
        """Give what batch ``name`` was to go out as when it was prepared.

        Raises:
            UsageError: ``batch-unknown``.
        """
        return read_outgoing(self._connection, self._batch(name).batch)

    def _batch(self, name: str) -> sa.Row[Any]:
        """Give the row of the batch called ``name``."""
        select = (
            sa.select(
                BATCHES,
                *(OCCASIONS.c[name].label(f"occasion_{name}") for name in OCCASION),
                _FOLLOWED.c.name.label("follows_name"),
                _REPLACED.c.name.label("replaces_name"),
            )
            .join(OCCASIONS, OCCASIONS.c.occasion == BATCHES.c.occasion)
            .join(_FOLLOWED, _FOLLOWED.c.batch == BATCHES.c.follows, isouter=True)
            .join(_REPLACED, _REPLACED.c.batch == BATCHES.c.replaces, isouter=True)
            .where(BATCHES.c.name == name)
        )
        row = self._connection.execute(select).first()
        if row is not None:
            return row
        known = self._connection.scalars(sa.select(BATCHES.c.name)).all()
        near = difflib.get_close_matches(name, known, cutoff=0.3) or known[-3:]
        raise UsageError(
            "batch-unknown",
            N_("There is no batch {batch} in this office."),
            remedy=N_("Nearest: {near}"),
            batch=name,
            near=", ".join(near) or "–",
        )

    def occasion(self, programme: str, occasion: Occasion) -> int | None:
        """Give the number of an occasion of ``programme``, ``None`` where none is known."""
        from relief_cli.ledger import entitled

        return entitled.occasion_number(self._connection, programme, occasion)
