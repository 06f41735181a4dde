"""What people were paid for an occasion in all: with top-ups and arrears, less what they owe."""

from collections.abc import Iterator

import pandas as pd
import sqlalchemy as sa

from relief_cli.calendar import TOP_UP, Occasion
from relief_cli.frames import empty
from relief_cli.ledger.entitled import Persons, facts_of, occasion_number
from relief_cli.ledger.made_of import made_of, made_up
from relief_cli.ledger.schema import OCCASIONS
from relief_cli.ledger.stop_schema import OVERPAYMENTS, RECOVERIES
from relief_cli.roster import months

PAID = {
    "person": "str",
    "name": "str",
    "batch": "str",
    "cause": "str",
    "first_month": "str",
    "last_month": "str",
    "amount_fen": "int64",
    "arrears_fen": "int64",
}
"""What :func:`paid` gives; the months that the benefit was for, missing where for none.
``arrears_fen``: what of the amount is 补发 for other months, of its own roster or a top-up's."""
_AMOUNT = ("person", "amount_fen")
_FACTS = ("entitlement", *(name for name in PAID if name != "arrears_fen"))


def paid(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: Persons
) -> pd.DataFrame:
    """Tell who of ``persons`` was paid for a benefit already, and how much in all.

    Arrears for several months count for each of them alike, whole fen upwards.

    Args:
        connection: to the ledger.
        programme: such as ``dibao``.
        occasion: of a benefit.
        persons: canonical identity numbers; repeated ones count once.

    Returns:
        Columns :data:`PAID`; in the order of recording.
    """
    number = occasion_number(connection, programme, occasion)
    known = _with_arrears(connection, number, facts_of(connection, number, persons, _FACTS))
    if known.empty:
        return known[list(PAID)]
    asked = known["person"].drop_duplicates()
    tables = (
        *_topped_up(connection, programme, occasion, asked),
        _arrears(connection, programme, occasion, asked),
        _owed(connection, programme, occasion, asked),
    )
    columns = ["amount_fen", "arrears_fen"]
    further = pd.concat(tables, ignore_index=True).groupby("person")[columns].sum()
    more = further.reindex(known["person"]).fillna(0).astype("int64")
    sums = {name: known[name] + more[name].to_numpy() for name in columns}
    return known.assign(**sums)[list(PAID)]


def _with_arrears(
    connection: sa.Connection, occasion: int | None, rows: pd.DataFrame
) -> pd.DataFrame:
    """Add ``arrears_fen`` to what people were paid on an occasion."""
    if rows.empty:
        return rows.assign(arrears_fen=0)
    parts = made_of(connection, occasion)
    arrears = parts[parts["part"] == "arrears"].groupby("entitlement")["amount_fen"].sum()
    fen = arrears.reindex(rows["entitlement"]).fillna(0).to_numpy("int64")
    return rows.assign(arrears_fen=fen)


def last_turn(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: Persons
) -> int:
    """Give the highest number of a top-up of a benefit's occasion that any of ``persons`` has."""
    turns = [
        turn
        for turn, number in _top_ups(connection, programme, occasion)
        if len(facts_of(connection, number, persons, ("person",)))
    ]
    return max(turns, default=0)


def _top_ups(
    connection: sa.Connection, programme: str, occasion: Occasion
) -> list[tuple[int, int]]:
    """Give turn and number of the occasions that top a benefit's up."""
    same = ("first_cycle", "last_cycle", "document")
    select = sa.select(OCCASIONS.c.turn, OCCASIONS.c.occasion).where(
        OCCASIONS.c.programme == programme,
        OCCASIONS.c.kind == TOP_UP,
        *(OCCASIONS.c[name] == getattr(occasion, name) for name in same),
    )
    return [(turn, number) for turn, number in connection.execute(select)]


def _topped_up(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: pd.Series
) -> Iterator[pd.DataFrame]:
    for _, number in _top_ups(connection, programme, occasion):
        rows = facts_of(connection, number, persons, ("entitlement", *_AMOUNT))
        yield _with_arrears(connection, number, rows).drop(columns="entitlement")


def _arrears(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: pd.Series
) -> pd.DataFrame:
    """Give what other batches made up for the months of an occasion."""
    nothing = empty({"person": "str", "amount_fen": "int64", "arrears_fen": "int64"})
    if occasion.cycle is None:
        return nothing
    made = made_up(connection, programme, occasion_number(connection, programme, occasion))
    made = made[made["part"].eq("arrears") & made["first_month"].notna()]
    made = made[made["person"].isin(persons)]
    if made.empty:
        return nothing
    first, last = (months.parse(made[name]) for name in ("first_month", "last_month"))
    here = months.parse(pd.Series(occasion.cycle.months))
    shared = (last.clip(max=here[-1]) - first.clip(min=here[0]) + 1).clip(min=0)
    fen = -(-made["amount_fen"].to_numpy() * shared // (last - first + 1))
    return made[["person"]].assign(amount_fen=fen, arrears_fen=0)


def _owed(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: pd.Series
) -> pd.DataFrame:
    """Give what is asked back of the cycle, as amounts below zero."""
    select = (
        sa.select(RECOVERIES.c.person, -OVERPAYMENTS.c.amount_fen)
        .join(OVERPAYMENTS, OVERPAYMENTS.c.recovery == RECOVERIES.c.recovery)
        .where(OVERPAYMENTS.c.programme == programme, OVERPAYMENTS.c.cycle == occasion.first_cycle)
    )
    rows = pd.DataFrame(connection.execute(select).all(), columns=list(_AMOUNT))
    rows = rows[rows["person"].isin(persons)].assign(arrears_fen=0)
    return rows.astype({"person": "str", "amount_fen": "int64"})
