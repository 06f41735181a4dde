"""A batch of arrears: the tables of a batch, made from what people were paid before."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from relief_cli.batch import (
    COMPONENTS,
    ENTITLEMENTS,
    FINDINGS,
    FOLLOW_UPS,
    GROUNDS,
    INPUTS,
    LOUD,
    PAYMENTS,
    SHARES,
    SHEETS,
    UNPAID,
    Batch,
)
from relief_cli.calendar import Cycle, Occasion, workday_on_or_before
from relief_cli.frames import conform, empty
from relief_cli.funding import share
from relief_cli.ledger import Book
from relief_cli.payments import combine
from relief_cli.payouts.funding_check import money, purses_of
from relief_cli.payouts.setting import Setting
from relief_cli.policy import Funding, Parameter, funding_at
from relief_cli.policy.tables import parameters_table
from relief_cli.programmes.components import ARREARS, UNKNOWN
from relief_cli.programmes.terms import Ground, grounds_table
from relief_cli.roster.grid import CELL_SEPARATOR

HELD, SKIPPED = "held", "skipped"
_HEADER = ("姓名", "身份证号", "救助类别", "县区", "乡镇", "账户名称", "账号", "开户行")


@dataclass(frozen=True, kw_only=True)
class Arrears:
    """What is asked for."""

    programme: str
    first: Cycle
    last: Cycle
    pay_on: dt.date | None = None
    """The day that bank files carry; the last working day of the last cycle where None."""


BY_CYCLE = {
    "person": "str",
    "county": "str",
    "cycle": "str",
    "first_month": "str",
    "last_month": "str",
    "from_fen": "int64",
    "to_fen": "int64",
    "more_fen": "int64",
}
"""What is due to each person for each cycle, for which months of it, and for which rise."""


@dataclass(frozen=True, kw_only=True)
class MadeUpFor:
    """Everybody who was paid in the cycles, each once."""

    people: pd.DataFrame
    """By person, as last paid: :data:`relief_cli.ledger.entitled.STANDING`, ``more_fen`` in all,
    ``fate`` (empty: to be paid), ``code``, ``source`` (a place in ``batches``), ``key`` (a place
    in ``grounds``)."""
    by_cycle: pd.DataFrame
    """Of what ``more_fen`` is the sum (:data:`BY_CYCLE`)."""
    batches: tuple[str, ...]
    grounds: tuple[Ground, ...]
    used: tuple[Parameter, ...]
    occasion: Occasion


def arrears_batch(
    setting: Setting, book: Book, asked: Arrears, found: MadeUpFor, digest: str, sequence: int
) -> Batch:
    """Make the batch of everybody who is still due something.

    Args:
        setting: the office.
        book: the ledger.
        asked: what is asked for.
        found: who was paid, and what is still due to whom.
        digest: of all that decides the outcome.
        sequence: the batch's number in its cycle.
    """
    rows = found.people[found.people["fate"] == ""].assign(
        institution=lambda frame: frame["payee_id_number"].isna(),
        sheet=lambda frame: frame["source"],
        sheet_row=lambda frame: frame["payment"],
        member=0,
        move=0,
        amount_fen=lambda frame: frame["more_fen"],
    )
    occurring, ground = np.unique(rows["key"].to_numpy(), return_inverse=True)
    entitled = rows.assign(ground=ground)[
        [name for name in ENTITLEMENTS if name not in ("entitlement", "payment")]
    ]
    directory = setting.directory
    paid, entitlements = combine(rows, entitled, directory.formats(), directory.default_format)
    grounds = grounds_table([found.grounds[key] for key in occurring])
    number = pd.Series(entitlements["entitlement"].to_numpy(), index=entitlements["person"])
    due = found.by_cycle[found.by_cycle["person"].isin(number.index)]
    category = pd.Series(entitlements["category"].to_numpy(), index=number.index)
    many = found.people.set_index("person")["people"]
    whose = due.assign(
        category=due["person"].map(category),
        amount_fen=due["more_fen"],
        times=due["person"].map(many),
    )
    shares, cited = _shares(setting, book, asked.programme, whose)
    return Batch(
        name=f"{asked.programme}-{asked.last.text}-{sequence}",
        programme=asked.programme,
        cycle=asked.last.text,
        sequence=sequence,
        occasion=found.occasion,
        region=setting.office.region,
        office=setting.office.name,
        pay_on=asked.pay_on or workday_on_or_before(asked.last.last_on).on,
        inputs_digest=digest,
        rows_read=len(found.people),
        inputs=inputs(book, found),
        sheets=sheets(found),
        parameters=parameters_table((*found.used, *cited)),
        grounds=conform(grounds, GROUNDS),
        payments=conform(paid, PAYMENTS),
        entitlements=conform(entitlements, ENTITLEMENTS),
        components=_components(due, number),
        shares=shares,
        recovered=book.recovered_by_source(),
        facts=setting.facts(asked.programme),
        titles=setting.titles(entitlements["category"]),
        unpaid=unpaid(found),
        findings=findings(found),
        follow_ups=empty(FOLLOW_UPS),
    )


def _components(due: pd.DataFrame, number: pd.Series) -> pd.DataFrame:
    """Give what each entitlement is of each cycle (:data:`relief_cli.batch.COMPONENTS`)."""
    table = pd.DataFrame(
        {
            "entitlement": number.reindex(due["person"]).to_numpy(),
            "part": ARREARS,
            "grade": None,
            "income_fen": UNKNOWN,
            "first_month": due["first_month"].array,
            "last_month": due["last_month"].array,
            "from_fen": due["from_fen"].to_numpy(),
            "to_fen": due["to_fen"].to_numpy(),
            "amount_fen": due["more_fen"].to_numpy(),
        }
    )
    return conform(table.sort_values(["entitlement", "first_month"]), COMPONENTS)


def _shares(
    setting: Setting, book: Book, programme: str, due: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Parameter, ...]]:
    """Split what is due for each cycle as that cycle is split; cycles of one split together.

    Args:
        setting: the office.
        book: the ledger.
        programme: which one.
        due: columns cycle, county, category, amount_fen and times (people).
    """
    alike: dict[object, tuple[Funding, list[pd.DataFrame]]] = {}
    every: list[Parameter] = []
    for (text, county), rows in due.groupby(["cycle", "county"]):
        on = Cycle.parse(str(text)).first_on
        funding, cited = funding_at(setting.policy, programme, on, [str(county)])
        parts_of = funding.weights[str(county)], funding.lump_sums
        key = county, parts_of, (*funding.codes.items(),), (*funding.county_alone.items(),)
        alike.setdefault(key, (funding, []))[1].append(rows)
        every += cited
    left = money(book)
    tables = []
    for funding, parts in alike.values():
        tables.append(share(pd.concat(parts), funding, left))
        left = left.with_due(purses_of(tables[-1]))
    keys = ["county", "category", "code", "source"]
    summed = pd.concat(tables, ignore_index=True).groupby(keys, sort=False, as_index=False).sum()
    split = summed.sort_values(["county", "category"], kind="stable")
    return conform(split, SHARES), tuple(dict.fromkeys(every))


def inputs(book: Book, found: MadeUpFor) -> pd.DataFrame:
    """Give the batches that were paid in the cycles in the place of files."""
    rows = [
        (place, name, book.preparation(name).content, 0) for place, name in enumerate(found.batches)
    ]
    return conform(pd.DataFrame(rows, columns=list(INPUTS)), INPUTS)


def sheets(found: MadeUpFor) -> pd.DataFrame:
    """Give a sheet for each batch that was paid in the cycles (:data:`relief_cli.batch.SHEETS`)."""
    header = CELL_SEPARATOR.join(_HEADER)
    count = found.people["source"].value_counts()
    rows = [
        (place, place, "", 1, header, int(count.get(place, 0)), 0, 0)
        for place in range(len(found.batches))
    ]
    return conform(pd.DataFrame(rows, columns=list(SHEETS)), SHEETS)


def unpaid(found: MadeUpFor) -> pd.DataFrame:
    """Give those who are not paid (:data:`relief_cli.batch.UNPAID`)."""
    people = found.people
    cells = people[["name", "person", "category", "county", "township", "payee_name",
                    "account_number", "bank_name"]].fillna("")  # fmt: skip
    table = pd.DataFrame(
        {
            "row": np.arange(len(people)),
            "input": people["source"],
            "sheet": people["source"],
            "sheet_row": people["payment"],
            "member": 0,
            "fate": people["fate"],
            "codes": people["code"],
            "cells": [CELL_SEPARATOR.join(row) for row in cells.itertuples(index=False)],
        }
    )
    return conform(table[table["fate"] != ""], UNPAID)


def findings(found: MadeUpFor) -> pd.DataFrame:
    """Say why they are not (:data:`relief_cli.batch.FINDINGS`)."""
    people = found.people.assign(row=np.arange(len(found.people)))
    told = people[people["code"] != ""]
    table = pd.DataFrame(
        {
            "row": told["row"],
            "input": told["source"],
            "sheet": told["source"],
            "sheet_row": told["payment"],
            "member": 0,
            "code": told["code"],
            "severity": told["fate"].map({HELD: "error", SKIPPED: "notice"}),
            "field": "total",
            "cell": "",
            "detail": "",
            **LOUD,
        }
    )
    return conform(table, FINDINGS)
