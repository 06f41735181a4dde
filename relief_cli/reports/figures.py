"""The figures that reports show, counted from a batch's tables alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from relief_cli.banks.planning import PlannedFile
from relief_cli.batch import Batch
from relief_cli.i18n import N_

GROUP = ("county", "township", "category")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """People's rows and their fates."""

    read: int
    paid: int
    held: int
    skipped: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """Two figures that must be one."""

    left: str
    """What the left figure is: English, marked."""
    right: str
    left_figure: int
    right_figure: int
    money: bool
    """The figures are fen, else they count rows or payments."""

    @property
    def difference(self) -> int:
        """Left minus right: 0 where nothing is lost."""
        return self.left_figure - self.right_figure


def count_rows(batch: Batch) -> Rows:
    """Count the rows by fate; a person is entitled at most once in a batch."""
    fates = batch.unpaid["fate"].value_counts()
    return Rows(
        read=batch.rows_read,
        paid=len(batch.entitlements),
        held=int(fates.get("held", 0)),
        skipped=int(fates.get("skipped", 0)),
    )


def links(batch: Batch, lines: pd.DataFrame, files: Sequence[PlannedFile]) -> list[Link]:
    """Hold the batch's figures against each other, from the rows read to the funding shares.

    Args:
        batch: the batch.
        lines: ``payment``, ``file``, ``line``: one row per line of a bank file.
        files: its bank files.
    """
    rows = count_rows(batch)
    entitled = int(batch.entitlements["amount_fen"].sum())
    paid = batch.amount_fen
    return [
        _count(
            N_("Rows read"),
            N_("Rows paid, held and needing nothing"),
            rows.read,
            rows.paid + rows.held + rows.skipped,
        ),
        _count(
            N_("Persons entitled"),
            N_("Beneficiaries of the payments"),
            len(batch.entitlements),
            int(batch.payments["beneficiaries"].sum()),
        ),
        _money(N_("Sum of the entitlements"), N_("Sum of the payments"), entitled, paid),
        _count(
            N_("Payments whose entitlements sum to another amount"),
            N_("None allowed"),
            _payments_off(batch),
            0,
        ),
        _count(
            N_("Number of payments"),
            N_("Payments that stand in a bank file once"),
            len(batch.payments),
            _written_once(batch, lines),
        ),
        _count(
            N_("Number of payments"),
            N_("Lines of the bank files"),
            len(batch.payments),
            sum(file.payments for file in files),
        ),
        _money(
            N_("Sum of the payments"),
            N_("Sum of the bank files"),
            paid,
            sum(file.amount_fen for file in files),
        ),
        _money(
            N_("Sum of the entitlements"),
            N_("Sum of the funding shares"),
            entitled,
            int(batch.shares["amount_fen"].sum()),
        ),
    ]


def by_place(batch: Batch, order: Sequence[str]) -> pd.DataFrame:
    """Sum the entitlements by county, township and category.

    Args:
        batch: the batch.
        order: the categories' codes in the order of the report; others follow.

    Returns:
        ``county``, ``township``, ``category`` str ("" where not given), ``households``,
        ``persons``, ``amount_fen`` int64, and per group of rows, from the finest up, ``level``:
        ``category``, ``county`` (a county's subtotal) or ``total``. Counties and townships stand
        in the order in which the rosters name them. A household counts once in each row, so a
        household of two categories makes a subtotal smaller than the sum above it.
    """
    group = np.zeros(len(batch.entitlements), dtype=np.int64)
    titles: list[list[str]] = []
    for column in GROUP:
        codes, distinct = pd.factorize(batch.entitlements[column].fillna(""))
        found = list(map(str, distinct))
        if column == "category":
            codes, found = _in_order(codes, found, order)
        # A group's number counts on from those before, so that groups sort by their columns.
        group = group * (len(found) + 1) + codes
        titles.append(found)
    counties, townships, categories = (len(found) + 1 for found in titles)
    everywhere = (counties - 1) * townships * categories
    levels = {
        "category": group,
        "county": group // (townships * categories) * townships * categories
        + townships * categories
        - 1,
        "total": np.full(len(group), everywhere + townships * categories - 1),
    }
    sums = pd.concat([_sums(batch.entitlements, keys, level) for level, keys in levels.items()])
    sums = sums.sort_index(kind="stable")
    rest = sums.index.to_numpy()
    for column, found in zip(reversed(GROUP), reversed(titles), strict=True):
        rest, place = np.divmod(rest, len(found) + 1)
        sums.insert(
            0, column, pd.Series([*found, ""], dtype="str").take(place).set_axis(sums.index)
        )
    return sums.reset_index(drop=True)


def _sums(entitlements: pd.DataFrame, group: np.ndarray, level: str) -> pd.DataFrame:
    amounts = entitlements["amount_fen"].groupby(group)
    household, households = pd.factorize(entitlements["household"])
    homes = pd.unique(group * len(households) + household) // max(len(households), 1)
    # Who moved within the cycle stands there twice.
    moved = entitlements["move"].any()
    persons = entitlements["person"].groupby(group).nunique() if moved else amounts.size()
    sums = {
        "households": pd.Series(homes).value_counts(),
        "persons": persons,
        "amount_fen": amounts.sum(),
    }
    return pd.DataFrame(sums).assign(level=level)


def _in_order(
    codes: np.ndarray, found: list[str], order: Sequence[str]
) -> tuple[np.ndarray, list[str]]:
    """Number the categories anew, in the order of the report."""
    wanted = [code for code in order if code in found]
    wanted += [code for code in found if code not in order]
    places = np.array([wanted.index(code) for code in found], dtype="int64")
    return places[codes], wanted


def _payments_off(batch: Batch) -> int:
    """Count the payments that are not the sum of their entitlements."""
    due = batch.entitlements.groupby("payment")["amount_fen"].sum()
    paid = batch.payments.set_index("payment")["amount_fen"]
    return int((due.sub(paid, fill_value=0) != 0).sum())


def _written_once(batch: Batch, lines: pd.DataFrame) -> int:
    once = lines["payment"].drop_duplicates(keep=False)
    return int(batch.payments["payment"].isin(once).sum())


def _count(left: str, right: str, left_figure: int, right_figure: int) -> Link:
    return Link(
        left=left, right=right, left_figure=left_figure, right_figure=right_figure, money=False
    )


def _money(left: str, right: str, left_figure: int, right_figure: int) -> Link:
    return Link(
        left=left, right=right, left_figure=left_figure, right_figure=right_figure, money=True
    )
