"""What changed between two rosters, as tables of the people concerned."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli import changes
from relief_cli.changes import Changes, Side
from relief_cli.checks import listed as finding
from relief_cli.i18n import N_
from relief_cli.payouts.setting import Setting
from relief_cli.reports.changed import FIELDS, Sheet
from relief_cli.roster.identity import NOBODY

_BANK = "bank"
_REASONS = ("change_reason", "remark")
_REASONS_OF_LEAVING = ("stop", *_REASONS)

Rows = npt.NDArray[np.int64]


class ChangeTables:
    """Makes the tables of the workbook from what changed, in the office's language."""

    def __init__(self, found: Changes, setting: Setting) -> None:
        self._found = found
        self._setting = setting
        self._twins = self._same_again()

    def accounts(self) -> Sheet:
        """Give everybody whose account or account holder is another."""
        found = self._found
        at = np.union1d(found.changed[changes.ACCOUNT], found.changed[changes.PAYEE])
        before, after = found.before[at], found.after[at]
        # As few columns as there may be: they are printed side by side on one page.
        columns = self._whom(found.new, after)
        del columns["village"], columns["category"]
        for name in (changes.ACCOUNT, changes.PAYEE, _BANK):
            columns[f"old_{name}"] = _said(found.old, name, before)
            columns[f"new_{name}"] = _said(found.new, name, after)
        changed = np.isin(at, found.changed[changes.ACCOUNT])
        into = pd.Series(columns["new_account"], dtype="str").where(changed)
        columns["sharing"] = into.map(into.value_counts()).fillna(0).astype("int64").tolist()
        columns["new_fen"] = found.amount_after[at].tolist()
        return Sheet(columns={**columns, **self._whence(before, after)})

    def amounts(self) -> Sheet:
        """Give everybody whose amount is another."""
        found = self._found
        at = found.changed[changes.AMOUNT]
        before, after = found.before[at], found.after[at]
        columns = self._whom(found.new, after)
        columns["old_fen"] = found.amount_before[at].tolist()
        columns["new_fen"] = found.amount_after[at].tolist()
        columns["difference"] = found.differences()[at].tolist()
        return Sheet(columns={**columns, **self._whence(before, after)})

    def moved(self, side: Side, rows: Rows, fen: Rows) -> Sheet:
        """Give those who joined or left."""
        reasons = _REASONS if side is self._found.new else _REASONS_OF_LEAVING
        twins = self._twins[0 if side is self._found.new else 1]
        columns = self._whom(side, rows)
        columns["account"] = _said(side, changes.ACCOUNT, rows)
        columns["fen"] = fen.tolist()
        columns["reason"] = side.roster.said(reasons, rows)
        columns["possible"] = [twins.get(int(row), "") for row in rows]
        columns["place"] = _places(side, rows)
        return Sheet(columns=columns)

    def others(self) -> Sheet:
        """Give a line for each change of all else."""
        found = self._found
        parts = []
        # Beside a changed account or holder these stand on its sheet.
        shown = np.union1d(found.changed[changes.ACCOUNT], found.changed[changes.PAYEE])
        for name, rows in found.changed.items():
            if name in (changes.AMOUNT, changes.ACCOUNT, changes.PAYEE):
                continue
            at = np.setdiff1d(rows, shown) if name == _BANK else rows
            before, after = found.before[at], found.after[at]
            part = self._whom(found.new, after)
            part["field"] = [self._setting.say(FIELDS[name])] * len(at)
            part["old"] = self._titles(name, _said(found.old, name, before))
            part["new"] = self._titles(name, _said(found.new, name, after))
            parts.append({**part, **self._whence(before, after)})
        names = parts[0].keys()
        return Sheet(
            columns={name: [one for part in parts for one in part[name]] for name in names}
        )

    def aside(self) -> Sheet:
        """Give the rows that could be held against nobody, and further rows of one person."""
        say = self._setting.say
        columns: dict[str, list[Any]] = {}
        for side, rows, why in (
            (self._found.old, self._found.old.unmatched, N_("Old roster: no usable ID")),
            (self._found.new, self._found.new.unmatched, N_("New roster: no usable ID")),
            (self._found.old, self._found.old.repeated, N_("Old roster: same person again")),
            (self._found.new, self._found.new.repeated, N_("New roster: same person again")),
        ):
            part = self._whom(side, rows)
            part["person"] = side.roster.people["id_number"].iloc[rows].fillna("").tolist()
            part["fen"] = side.amount[0][rows].tolist()
            part["why"] = [say(why)] * len(rows)
            part["place"] = _places(side, rows)
            for name, cells in part.items():
                columns.setdefault(name, []).extend(cells)
        return Sheet(columns=columns)

    def _whom(self, side: Side, rows: Rows) -> dict[str, list[Any]]:
        people = side.roster.people
        columns: dict[str, list[Any]] = {
            name: people[name].iloc[rows].fillna("").tolist()
            for name in ("name", "person", "township", "village")
        }
        columns["category"] = self._titles(
            changes.CATEGORY, side.category.iloc[rows].fillna("").tolist()
        )
        return {
            name: columns[name] for name in ("name", "person", "category", "township", "village")
        }

    def _titles(self, name: str, said: Sequence[str]) -> list[str]:
        if name != changes.CATEGORY:
            return list(said)
        categories, language = self._setting.policy.categories, self._setting.office.language
        known = {one: categories.title(one, language) for one in set(said) & categories.codes}
        return [known.get(one, one) for one in said]

    def _whence(self, before: Rows, after: Rows) -> dict[str, list[Any]]:
        old, new = self._found.old, self._found.new
        return {
            "reason": new.roster.said((*_REASONS, "stop"), after),
            "old_place": _places(old, before),
            "new_place": _places(new, after),
        }

    def _same_again(self) -> tuple[dict[int, str], dict[int, str]]:
        """Find who joined and may be somebody who left, with a number that was put right."""
        found = self._found
        new, old = found.new.roster, found.old.roster
        keys = []
        for side, moved in ((found.new, found.joined), (found.old, found.left)):
            key = np.full(len(side.roster.people), NOBODY, dtype=np.int64)
            key[moved] = side.roster.identities.key[moved]
            keys.append(key)
        pairs = finding.possible(
            replace(new.identities, key=keys[0]),
            new.people["name"],
            replace(old.identities, key=keys[1]),
            old.people["name"],
        )
        rows, others = pairs["row"].tolist(), pairs["entry"].tolist()
        joined = {row: old.place(other) for row, other in zip(rows, others, strict=True)}
        left = {other: new.place(row) for row, other in zip(rows, others, strict=True)}
        return joined, left


def _said(side: Side, name: str, rows: Rows) -> list[str]:
    return [one or "" for one in side.of_persons(name, rows).to_pylist()]


def _places(side: Side, rows: Rows) -> list[str]:
    return [side.roster.place(int(row)) for row in rows]
