"""From a roster to what became of every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from relief_cli import money, money_columns
from relief_cli.banks.template import Template
from relief_cli.batch import FINDINGS, INPUTS, LOUD, SHEETS, UNPAID
from relief_cli.checks.accepting import NOT_ACCEPTED
from relief_cli.checks.rules import Severity
from relief_cli.checks.run import HELD, Result
from relief_cli.checks.subject import Unfit, nothing_unfit
from relief_cli.errors import UnreadableError
from relief_cli.frames import conform
from relief_cli.payouts.setting import Setting
from relief_cli.policy import Policy
from relief_cli.policy.categories import fold
from relief_cli.policy.tables import classify
from relief_cli.roster.fields import MONEY
from relief_cli.roster.gather import lacking_columns
from relief_cli.roster.grid import CELL_SEPARATOR
from relief_cli.roster.read import Roster, Sheet

_ADDED = {"account_name": "账户名称", "category": "救助类别", "township": "乡镇"}
"""Fields that a held row keeps although its sheet has no column of them: whose account it was to be
paid into, the category that stood in the sheet's title, and the township that the sheet is named
after."""


@dataclass(frozen=True)
class Known:
    """What the settings say about a roster's people; as long as ``roster.people``."""

    category_text: pd.Series
    """The category's word in the row, or in its sheet's title."""
    category: pd.Series
    """Its code, missing where unknown."""
    bank: pd.Series
    unfit: Unfit


def know(roster: Roster, setting: Setting) -> Known:
    """Classify categories and banks, and see which names a bank's file cannot hold.

    Raises:
        UnreadableError: F004; a sheet says nothing of categories, or no sheet has accounts.
    """
    return with_payees(know_categories(roster, setting), roster, setting)


def know_categories(
    roster: Roster, setting: Setting, words: Mapping[str, str] | None = None
) -> Known:
    """Classify categories alone; no bank is known then.

    Args:
        roster: the rosters.
        setting: the office.
        words: further words for categories, as words are compared.

    Raises:
        UnreadableError: F004; a sheet says nothing of categories.
    """
    texts = category_texts(roster, setting.policy)
    category = classify(setting.policy.categories, texts, roster.people["residence"])
    if words:
        category = category.fillna(texts.map(fold, na_action="ignore").map(dict(words)))
    none = pd.Series(pd.NA, index=roster.people.index, dtype="str")
    return Known(texts, category, none, nothing_unfit(len(roster.people)))


def with_payees(known: Known, roster: Roster, setting: Setting) -> Known:
    """Add the banks of those who are paid into accounts.

    Raises:
        UnreadableError: F004; no sheet has accounts.
    """
    bank, unfit = _payees(roster, setting)
    return replace(known, bank=bank, unfit=unfit)


def know_payees(roster: Roster, setting: Setting) -> Known:
    """Do as :func:`know` where only the accounts matter; no category is known then.

    Raises:
        UnreadableError: F004; no sheet has accounts.
    """
    none = pd.Series(pd.NA, index=roster.people.index, dtype="str")
    return Known(none, none, *_payees(roster, setting))


def _payees(roster: Roster, setting: Setting) -> tuple[pd.Series, Unfit]:
    """Give the bank of every row, and what the file of its payee's bank cannot hold."""
    _require_accounts(roster)
    people = roster.people
    bank = setting.directory.identify(people["payee_bank"])
    code, banks = pd.factorize(bank)
    # An unknown bank has the code -1, which finds the last of these.
    formats = np.array([setting.directory.format_of(each) for each in (*banks, None)])
    unfit = nothing_unfit(len(people))
    paid = people["payee_account"].notna().to_numpy()
    for name in np.unique(formats):
        template = setting.templates[name]
        chosen = (formats == name)[code] & paid
        unfit.name[chosen] = template.unencodable(people.loc[chosen, "payee_name"])
        if "bank_name" in template.sources:
            unfit.bank_name[chosen] = _unfit_branches(template, people.loc[chosen, "payee_bank"])
    return bank, unfit


def _unfit_branches(template: Template, branches: pd.Series) -> npt.NDArray[np.bool_]:
    # They are few, and stand in many rows each; a missing one fits.
    code, different = pd.factorize(branches)
    unfit = template.unfit_text(pd.Series(different, dtype="str"), "bank_name")
    return np.append(unfit, np.False_)[code]


def category_texts(roster: Roster, policy: Policy, *, required: bool = True) -> pd.Series:
    """Give the category of every row; a sheet without such a column says it in its title.

    Args:
        roster: the roster.
        policy: its words.
        required: whether a sheet that says nothing is refused; else its rows have none.

    Raises:
        UnreadableError: F004; a sheet says nothing of categories.
    """
    texts = roster.people["category"].copy()
    for number, sheet in enumerate(roster.sheets):
        if sheet.layout.has("category"):
            continue
        word = policy.categories.mentioned(f"{sheet.title} {sheet.name}")
        if word is None:
            if required:
                raise _lacking(roster, sheet, {"category": "救助类别"})
            continue
        texts[(roster.people["sheet"] == number).to_numpy()] = word
    return texts


def _require_accounts(roster: Roster) -> None:
    if not (roster.sheets_with("account_number") or roster.sheets_with("institution_account")):
        sheet = roster.sheets[0]
        raise _lacking(roster, sheet, {"account_number": "账号"})


def _lacking(roster: Roster, sheet: Sheet, columns: Mapping[str, str]) -> UnreadableError:
    file = roster.inputs[sheet.input].name
    return lacking_columns(file, sheet.name, columns, sheet.layout.ignored)


def inputs_table(roster: Roster) -> pd.DataFrame:
    """Give the table of files (:data:`relief_cli.batch.INPUTS`)."""
    rows = [(n, one.name, one.sha256, one.size) for n, one in enumerate(roster.inputs)]
    return conform(pd.DataFrame(rows, columns=list(INPUTS)), INPUTS)


def sheets_table(roster: Roster, *, widened: bool = True) -> pd.DataFrame:
    """Give the table of sheets (:data:`relief_cli.batch.SHEETS`), last those without a roster.

    Args:
        roster: the roster.
        widened: the header has columns for the account's owner and the category at its end where
            the roster has none, see :func:`unpaid_table`.
    """
    added = _added(roster)
    rows = [
        (
            number,
            sheet.input,
            sheet.name,
            sheet.layout.last_row + 1,
            CELL_SEPARATOR.join(
                [
                    *sheet.layout.header,
                    *(_ADDED[name] for name in added[number] if widened),
                ]
            ),
            sheet.rows,
            len(sheet.totals),
            sheet.notes,
        )
        for number, sheet in enumerate(roster.sheets)
    ]
    passed = [(n, name) for n, one in enumerate(roster.inputs) for name in one.passed_sheets]
    rows += [
        (len(roster.sheets) + number, given, name, 0, "", 0, 0, 0)
        for number, (given, name) in enumerate(passed)
    ]
    return conform(pd.DataFrame(rows, columns=list(SHEETS)), SHEETS)


def _added(roster: Roster) -> list[list[str]]:
    """Give for each sheet the fields that its rows keep beside its own columns."""
    people = roster.people
    placed = set(people.loc[people["township"].notna(), "sheet"].unique())
    return [
        [
            name
            for name in _ADDED
            if not sheet.layout.has(name) and (name != "township" or number in placed)
        ]
        for number, sheet in enumerate(roster.sheets)
    ]


def findings_table(roster: Roster, result: Result) -> pd.DataFrame:
    """Give the table of findings (:data:`relief_cli.batch.FINDINGS`), sheets' own among them."""
    table = located(roster, result.found, result.found["severity"])
    columns = [name for name in FINDINGS if name not in LOUD]
    own = pd.DataFrame(_sheet_findings(roster), columns=columns).assign(**LOUD)
    return conform(pd.concat([table, conform(own, FINDINGS)]), FINDINGS)


def located(roster: Roster, found: pd.DataFrame, severity: pd.Series | str) -> pd.DataFrame:
    """Give findings of rows with the place of each (:data:`relief_cli.batch.FINDINGS`)."""
    origin = roster.people[["input", "sheet", "sheet_row", "member", "slot"]]
    table = found.assign(severity=severity).join(origin, on="row")
    table["cell"] = [
        roster.sheets[sheet].cell(field, slot, row)
        for sheet, field, slot, row in zip(
            table["sheet"], table["field"], table["slot"], table["sheet_row"], strict=True
        )
    ]
    return conform(table, FINDINGS)


def _sheet_findings(roster: Roster) -> list[tuple[object, ...]]:
    """Tell of hidden sheets and rows (F008) and of totals that disagree (F012)."""
    found: list[tuple[object, ...]] = []
    for number, given in enumerate(roster.inputs):
        found += [
            (-1, number, -1, 0, 0, "F008", "warning", "", "", name) for name in given.hidden_sheets
        ]
    for number, sheet in enumerate(roster.sheets):
        at = (-1, sheet.input, number)
        if sheet.hidden_rows:
            found.append((*at, 0, 0, "F008", "warning", "", "", str(sheet.hidden_rows)))
        for row, field, detail in _wrong_totals(roster, number, sheet):
            found.append((*at, row, 0, "F012", "warning", field, sheet.cell(field, 0, row), detail))
    return found


def _wrong_totals(roster: Roster, number: int, sheet: Sheet) -> list[tuple[int, str, str]]:
    """Hold each total against the rows above it, all of them or those since an earlier total.

    A total may also stand above its rows, or on the last sheet for the whole file.
    """
    if not sheet.totals:
        return []
    of_file = roster.people[(roster.people["input"] == sheet.input).to_numpy()]
    here = (of_file["sheet"] == number).to_numpy()
    rows = of_file["sheet_row"].to_numpy()
    of_sheet = (roster.people["sheet"] == number).to_numpy()
    wrong = []
    for field in MONEY:
        if not sheet.layout.has(field):
            continue
        fen, state = money_columns.parse_yuan_column(of_file[field])
        fen = np.where(state == money_columns.AmountState.OK, fen, 0)
        starts = [0]
        if (roster.household_wide(field) & of_sheet).any():
            fen = _once_each(fen, of_file["household"].to_numpy())
        whole = {int(fen[here].sum()), int(fen.sum())}
        for total in sheet.totals:
            stated = _stated(total.amounts.get(field))
            above = here & (rows < total.sheet_row)
            sums = [int(fen[above & (rows > start)].sum()) for start in starts]
            if stated is not None and stated not in {*sums, *whole}:
                shown = f"{money.format_yuan(stated)} ≠ Σ {money.format_yuan(sums[-1])}"
                wrong.append((total.sheet_row, field, shown))
            starts.append(total.sheet_row)
    return wrong


def _once_each(fen: npt.NDArray[np.int64], homes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Leave what stands alike in all rows of a household (户月保障金额) to the first of them."""
    by = pd.Series(fen).groupby(homes)
    alike = (by.transform("min") == by.transform("max")).to_numpy()
    again = pd.Series(homes).duplicated().to_numpy()
    return np.where(alike & again, 0, fen)


def _stated(text: str | None) -> int | None:
    if text is None:
        return None
    fen, state = money_columns.parse_yuan_column(pd.Series([text], dtype="str"))
    return int(fen[0]) if state[0] == money_columns.AmountState.OK else None


def unpaid_table(
    roster: Roster, known: Known, result: Result, wanted: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Give the table of rows that are not paid (:data:`relief_cli.batch.UNPAID`).

    A held row goes back to the township alone, without the merged cells or the head's row beside
    it. So what belongs to it and was written there is written into its own blank cells.
    """
    table = roster.people.loc[wanted, ["input", "sheet", "sheet_row", "member", "cells"]].copy()
    table.insert(0, "row", np.flatnonzero(wanted))
    table["fate"] = result.fate[wanted]
    table["codes"] = table["row"].map(_codes(result)).fillna("")
    held = (table["fate"] == HELD).to_numpy()
    rows = table.loc[held, "row"].to_numpy()
    table.loc[held, "cells"] = _completed(roster, known, rows)
    skipped = ~held
    if skipped.any():
        widened = table.loc[skipped, "sheet"].map(
            {n: CELL_SEPARATOR * len(names) for n, names in enumerate(_added(roster))}
        )
        table.loc[skipped, "cells"] = table.loc[skipped, "cells"] + widened
    return conform(table, UNPAID)


def _codes(result: Result) -> pd.Series:
    """Give the codes of each row that has some, joined, errors first."""
    loud = result.found[result.found["acceptance"] == NOT_ACCEPTED]
    found = loud[["row", "code", "severity"]].drop_duplicates(["row", "code"])
    found = found.assign(warns=found["severity"] != Severity.ERROR.value)
    ordered = found.sort_values(["row", "warns", "code"], kind="stable")
    return ordered.groupby("row")["code"].agg(",".join)


def _completed(roster: Roster, known: Known, rows: npt.NDArray[np.int64]) -> list[str]:
    """Give the original cells of ``rows`` with what belongs to them written into blank ones."""
    wanted = {column.field for sheet in roster.sheets for column in sheet.layout.columns}
    wanted |= {
        "cells",
        "sheet",
        "institution",
        "payee_account",
        "payee_bank",
        "payee_name",
        *_ADDED,
    }
    columns = [name for name in roster.people.columns if name in wanted]
    people = roster.people[columns].iloc[rows].assign(category=known.category_text.iloc[rows])
    outside = ~people["institution"]
    # Whose an account will be that the township still has to write down, nobody knows yet.
    people["payee_name"] = people["payee_name"].where(people["payee_account"].notna())
    for name, payee in (
        ("account_number", "payee_account"),
        ("bank_name", "payee_bank"),
        ("account_name", "payee_name"),
    ):
        people[name] = people[payee].where(outside, people.get(name))
    records = cast("list[dict[str, Any]]", people.to_dict("records"))
    added = _added(roster)
    return [
        _filled(roster.sheets[person["sheet"]], person, added[person["sheet"]])
        for person in records
    ]


def _filled(sheet: Sheet, person: dict[str, Any], added: Sequence[str]) -> str:
    cells = str(person["cells"]).split(CELL_SEPARATOR)
    columns = sheet.layout.columns
    # Where people stand side by side, a blank place is nobody's and stays blank.
    own = {column.field for column in columns if column.slot}
    for column in columns:
        value = person.get(column.field)
        blank = column.field not in own and not cells[column.index].strip()
        if blank and not pd.isna(value):
            cells[column.index] = str(value)
    cells += ["" if pd.isna(person[name]) else str(person[name]) for name in added]
    return CELL_SEPARATOR.join(cells)
