"""What people were paid for an occasion in all: with top-ups and arrears, less what they owe."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import sqlalchemy as sa

from relief_cli.calendar import TOP_UP, Occasion
from relief_cli.frames import empty
from relief_cli.ledger.entitled import Persons, facts_of, occasion_number
from relief_cli.ledger.made_of import made_of, made_up
from relief_cli.ledger.rows import selected
from relief_cli.ledger.schema import OCCASIONS
from relief_cli.ledger.stop_schema import OVERPAYMENTS, RECOVERIES
from relief_cli.roster import months
from relief_cli.roster.months import Spans

PAID = {
    "person": "str",
    "name": "str",
    "batch": "str",
    "cause": "str",
    "first_month": "str",
    "last_month": "str",
    "move": "int64",
    "amount_fen": "int64",
    "arrears_fen": "int64",
}
"""What :func:`paid` gives, a line for each person and move (:data:`relief_cli.batch.ENTITLEMENTS`);
the months that the benefit was for, missing where for none. ``arrears_fen``: what of the amount is
补发 for other months, of its own roster or a top-up's."""
_FURTHER = {
    "person": "str",
    "move": "int64",
    "first_month": "int64",
    "last_month": "int64",
    "amount_fen": "int64",
    "arrears_fen": "int64",
}
"""What was paid on top: of which move, :data:`_BY_MONTHS` where its months tell that."""
_BY_MONTHS = -1
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
    known = _each_once(connection, number, facts_of(connection, number, persons, _FACTS))
    if known.empty:
        return known[list(PAID)]
    asked = known["person"].drop_duplicates()
    tables = (
        *_topped_up(connection, programme, occasion, asked),
        _arrears(connection, programme, occasion, asked),
        _owed(connection, programme, occasion, asked),
    )
    further = pd.concat(tables, ignore_index=True)
    columns = ["amount_fen", "arrears_fen"]
    more = _on_top_of(known, further)
    more = more.groupby("entitlement")[columns].sum().reindex(known["entitlement"]).fillna(0)
    sums = {name: known[name] + more[name].to_numpy("int64") for name in columns}
    return known.assign(**sums)[list(PAID)]


def _on_top_of(known: pd.DataFrame, further: pd.DataFrame) -> pd.DataFrame:
    """Give ``further`` with the entitlement that each line is on top of.

    What is for the months of several parts of somebody who moved is shared among these by months;
    what is for none of theirs is on top of the last.
    """
    known = known.sort_values("first_month", kind="stable")
    moved = further["person"].isin(known.loc[known["move"] > 0, "person"])
    last = known.drop_duplicates("person", keep="last").set_index("person")["entitlement"]
    rest = further[~moved]
    rest = rest.assign(entitlement=last.reindex(rest["person"]).to_numpy())
    if not moved.any():
        return rest
    lines = further[moved].reset_index(drop=True).reset_index(names="line")
    parts = known[["person", "entitlement", "move", "first_month", "last_month"]]
    pairs = lines.merge(parts, on="person", suffixes=("", "_of"))
    own = Spans(*(months.parse(pairs[f"{name}_month_of"]) for name in ("first", "last")))
    shared = np.minimum(own.last, pairs["last_month"]) - np.maximum(own.first, pairs["first_month"])
    shared = np.where(pairs["move"] == _BY_MONTHS, shared + 1, pairs["move"] == pairs["move_of"])
    pairs["shared"] = np.clip(shared, 0, None)
    none = pairs.groupby("line")["shared"].transform("sum") == 0
    pairs.loc[none & ~pairs.duplicated("line", keep="last"), "shared"] = 1
    weights = pairs.groupby("line")["shared"]
    until, whole = weights.cumsum(), weights.transform("sum")
    for name in ("amount_fen", "arrears_fen"):
        pairs[name] = (
            pairs[name] * until // whole - pairs[name] * (until - pairs["shared"]) // whole
        )
    return pd.concat([rest, pairs[list(rest)]], ignore_index=True)


def _each_once(connection: sa.Connection, occasion: int | None, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave what was paid again after it had failed to its last attempt; add ``arrears_fen``."""
    if rows.empty:
        return rows.assign(arrears_fen=0)
    rows = rows.drop_duplicates(["person", "move"], keep="last")
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
        rows = _each_once(connection, number, facts_of(connection, number, persons, _FACTS))
        spans = Spans.parse(rows)
        rows = rows.assign(move=_BY_MONTHS, first_month=spans.first, last_month=spans.last)
        yield rows[list(_FURTHER)]


def _arrears(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: pd.Series
) -> pd.DataFrame:
    """Give what other batches made up for the months of an occasion."""
    nothing = empty(_FURTHER)
    if occasion.cycle is None:
        return nothing
    made = made_up(connection, programme, occasion_number(connection, programme, occasion))
    made = made[made["part"].eq("arrears") & made["first_month"].notna()]
    made = made[made["person"].isin(persons)]
    if made.empty:
        return nothing
    spans = Spans.parse(made)
    here = months.parse(pd.Series(occasion.cycle.months))
    first, last = np.maximum(spans.first, here[0]), np.minimum(spans.last, here[-1])
    shared = np.clip(last - first + 1, 0, None)
    made = made.assign(
        move=_BY_MONTHS,
        first_month=first,
        last_month=last,
        amount_fen=-(-made["amount_fen"].to_numpy() * shared // (spans.last - spans.first + 1)),
        arrears_fen=0,
    )
    found: pd.DataFrame = made.loc[shared > 0, list(_FURTHER)]
    return found


def _owed(
    connection: sa.Connection, programme: str, occasion: Occasion, persons: pd.Series
) -> pd.DataFrame:
    """Give what is asked back of the cycle, as amounts below zero."""
    select = (
        sa.select(RECOVERIES.c.person, OVERPAYMENTS.c.move, -OVERPAYMENTS.c.amount_fen)
        .join(OVERPAYMENTS, OVERPAYMENTS.c.recovery == RECOVERIES.c.recovery)
        .where(OVERPAYMENTS.c.programme == programme, OVERPAYMENTS.c.cycle == occasion.first_cycle)
    )
    columns = {"person": "str", "move": "int64", "amount_fen": "int64"}
    rows = selected(connection, select, columns)
    rows = rows[rows["person"].isin(persons)]
    return rows.assign(first_month=months.UNKNOWN, last_month=months.UNKNOWN, arrears_fen=0)
