"""Rosters as workbooks: one row per person, merged households, or members side by side.

Every writer gives back the rows in reading order with their origin: ``sheet`` (its name),
``sheet_row`` (1-based, as the spreadsheet counts) and ``entry`` (0 is the first person of a row).
Amounts are number cells where they look like money, texts otherwise.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet as Sheet

Cell = Callable[[Sheet, int, int], object]
"""Writes one cell, at a line and a column that count from 0."""
MONEY = r"-?\d+(\.\d{1,2})?"
FIXED_DATE = dt.datetime(2022, 8, 1)  # noqa: DTZ001 -- a workbook's dates bear no zone
PERSON_COLUMNS = {
    "序号": "serial",
    "县区": "county",
    "乡镇": "township",
    "村": "village",
    "户号": "household_id",
    "户主姓名": "head_name",
    "户主身份证号": "head_id_number",
    "姓名": "name",
    "身份证号": "id_number",
    "与户主关系": "relationship",
    "救助类别": "category",
    "户口性质": "residence",
    "月保障金额": "amount",
    "开户行": "bank_name",
    "账户名": "account_name",
    "账号": "account_number",
}
HOUSEHOLD_COLUMNS = {  # merged over the household's rows
    "序号": "serial",
    "村": "village",
    "户号": "household_id",
    "户主姓名": "head_name",
    "保障人口": "household_size",
    "救助类别": "category",
    "户月保障金额（元）": "household_amount",
}
MEMBER_COLUMNS = {"姓名": "name", "身份证号": "id_number", "与户主关系": "relationship"}
ACCOUNT_COLUMNS = {"开户行": "bank_name", "账号": "account_number"}
MEMBER_PAIRS = 5
NUMBER_FLAGS = {
    "id_number": "id_as_number",
    "head_id_number": "id_as_number",
    "account_number": "account_as_number",
}


def write_persons(
    path: Path, truth: pd.DataFrame, *, title: str, wrong_total: str = ""
) -> pd.DataFrame:
    """Write one row per person, one sheet per township, two title rows, 小计 and 合计.

    Args:
        path: the .xlsx to write.
        truth: rows, a township's together.
        title: stands above every header.
        wrong_total: a township whose 小计 is 100 yuan too high (F012).
    """
    truth = truth.reset_index(drop=True)
    with _workbook(path) as book:
        parts = []
        for township, rows in truth.groupby("township", sort=False):
            sheet = book.add_worksheet(str(township))
            extra = 100 * (township == wrong_total)
            parts.append(_township(sheet, rows, f"{title}（{township}）", extra))
    return pd.concat(parts, ignore_index=True)


def _township(sheet: Sheet, rows: pd.DataFrame, title: str, extra: int) -> pd.DataFrame:
    sheet.merge_range(0, 0, 0, len(PERSON_COLUMNS) - 1, title)
    sheet.write_string(1, 0, "填报单位：阳曲县民政局")
    sheet.write_string(1, 12, "单位：元")
    _headers(sheet, 2, PERSON_COLUMNS)
    amount = list(PERSON_COLUMNS.values()).index("amount")
    line, parts, sum_of_all = 3, [], 0.0
    # A subtotal under every half of the township, as clerks do by page.
    for label, part in (("小计", rows[: len(rows) // 2]), ("小计", rows[len(rows) // 2 :])):
        _body(sheet, line, part, PERSON_COLUMNS)
        parts.append(
            part.assign(sheet=sheet.get_name(), sheet_row=range(line + 1, line + 1 + len(part)))
        )
        line += len(part)
        total = part.loc[part["amount"].str.fullmatch(MONEY), "amount"].astype("float64").sum()
        sum_of_all += total
        sheet.write_string(line, 0, label)
        sheet.write_number(line, amount, total + extra)
        line += 1
    sheet.write_string(line, 0, "合计")
    sheet.write_number(line, amount, sum_of_all)
    sheet.write_string(line + 1, 0, "制表：　　　复核：　　　审批：")
    return pd.concat(parts).assign(entry=0)


def write_table(
    path: Path, truth: pd.DataFrame, columns: dict[str, str], *, title: str
) -> pd.DataFrame:
    """Write one plain sheet: a title row, a header row, one row per person."""
    truth = truth.reset_index(drop=True)
    with _workbook(path) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_string(0, 0, title)
        _headers(sheet, 1, columns)
        _body(sheet, 2, truth, columns)
    return truth.assign(sheet="花名册", sheet_row=truth.index + 3, entry=0)


def write_households(path: Path, truth: pd.DataFrame, *, title: str) -> pd.DataFrame:
    """Write households with their shared cells merged downwards, under a header of two rows.

    The account is the household's, so members' own accounts do not appear.
    """
    columns = HOUSEHOLD_COLUMNS | MEMBER_COLUMNS | ACCOUNT_COLUMNS
    truth = household_accounts(truth.reset_index(drop=True))
    parts = []
    with _workbook(path) as book:
        for township, rows in truth.groupby("township", sort=False):
            sheet = book.add_worksheet(str(township))
            sheet.merge_range(0, 0, 0, len(columns) - 1, f"{title}（{township}）")
            _two_row_header(sheet, columns)
            _body(sheet, 3, rows, MEMBER_COLUMNS, first_column=len(HOUSEHOLD_COLUMNS))
            _merge_own(sheet, rows.reset_index(drop=True))
            _merge_homes(sheet, 3, rows, columns)
            parts.append(rows.assign(sheet=township, sheet_row=range(4, 4 + len(rows)), entry=0))
    return pd.concat(parts, ignore_index=True)


def household_accounts(truth: pd.DataFrame) -> pd.DataFrame:
    """Give ``truth`` with the head's account for every member and no account names."""
    heads = truth[truth["member"] == 0].drop_duplicates("household").set_index("household")
    account = heads[["bank", "bank_name", "account_number", "account_as_number"]]
    shared = account.loc[truth["household"]].set_axis(truth.index)
    return truth.assign(**shared, account_name="")


def _two_row_header(sheet: Sheet, columns: dict[str, str]) -> None:
    first, last = len(HOUSEHOLD_COLUMNS), len(columns) - 1
    sheet.merge_range(1, first, 1, first + 2, "家庭成员")
    sheet.merge_range(1, last - 1, 1, last, "发放账户")
    for column, header in enumerate(columns):
        if column < first:
            sheet.merge_range(1, column, 2, column, header)
        else:
            sheet.write_string(2, column, header)


def _merge_homes(sheet: Sheet, line: int, rows: pd.DataFrame, columns: dict[str, str]) -> None:
    """Write what a household has once, beside its members from ``line`` on."""
    # A household that is entered again further down is a block of its own.
    begins = rows["household"] != rows["household"].shift()
    tops = rows[begins].assign(serial=range(1, begins.sum() + 1))
    shared = {
        column: _cells(tops, name)
        for column, name in enumerate(columns.values())
        if name not in MEMBER_COLUMNS.values()
    }
    for number, size in enumerate(rows.groupby(begins.cumsum()).size().tolist()):
        for column, cells in shared.items():
            if size > 1:
                sheet.merge_range(line, column, line + size - 1, column, "")
            cells[number](sheet, line, column)
        line += size


def _merge_own(sheet: Sheet, rows: pd.DataFrame) -> None:
    """Merge the identity number over two persons, which nobody can read (F009)."""
    column = len(HOUSEHOLD_COLUMNS) + 1
    for line in rows.index[rows["merged_with_next"] & (rows["member"] == 0)]:
        sheet.merge_range(line + 3, column, line + 4, column, rows["id_number"][line])


def write_side_by_side(path: Path, truth: pd.DataFrame, *, title: str) -> pd.DataFrame:
    """Write a household a row: the head, then five pairs of 姓名 and 身份证号 for the others."""
    truth = household_accounts(truth.reset_index(drop=True))
    homes = truth[truth["member"] == 0].reset_index(drop=True)
    columns = {"序号": "serial", "乡镇": "township", "村": "village", "户主姓名": "head_name",
               "户主身份证号": "head_id_number", "救助类别": "category",
               "保障人数": "household_size", "月保障金额": "household_amount",
               "开户行": "bank_name", "账号": "account_number"}  # fmt: skip
    place = {household: line for line, household in enumerate(homes["household"])}
    with _workbook(path) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_string(0, 0, title)
        _headers(sheet, 1, columns)
        for pair in range(MEMBER_PAIRS):
            sheet.write_string(1, len(columns) + 2 * pair, "姓名")
            sheet.write_string(1, len(columns) + 2 * pair + 1, "身份证号")
        _body(sheet, 2, homes, columns)
        for row in truth[truth["member"] > 0].to_dict("records"):
            line, column = place[row["household"]] + 2, len(columns) + 2 * (row["member"] - 1)
            sheet.write_string(line, column, row["name"])
            sheet.write_string(line, column + 1, row["id_number"])
    lines = truth["household"].map(place) + 3
    return truth.assign(sheet="花名册", sheet_row=lines, entry=truth["member"])


def _workbook(path: Path) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": FIXED_DATE})
    return book


def _headers(sheet: Sheet, line: int, headers: Iterable[str]) -> None:
    for column, header in enumerate(headers):
        sheet.write_string(line, column, header)


def _body(
    sheet: Sheet, line: int, rows: pd.DataFrame, columns: dict[str, str], first_column: int = 0
) -> None:
    """Write ``rows`` from ``line`` on, column after column."""
    rows = rows if "serial" in rows else rows.assign(serial=range(1, len(rows) + 1))
    for column, name in enumerate(columns.values(), start=first_column):
        _column(sheet, line, column, rows, name)
    for place in (rows["hidden"].to_numpy().nonzero()[0] + line).tolist():
        sheet.set_row(place, None, None, {"hidden": True})


def _column(sheet: Sheet, line: int, column: int, rows: pd.DataFrame, name: str) -> None:
    for place, write in enumerate(_cells(rows, name), start=line):
        write(sheet, place, column)


def _cells(rows: pd.DataFrame, name: str) -> list[Cell]:
    """Give what writes each cell of a column: numbers where the clerk has numbers, else texts."""
    texts = rows[name].astype("str")
    numbers = _numbers(rows, texts).tolist()
    cells = [
        _number(text) if is_number else _text(text)
        for text, is_number in zip(texts.tolist(), numbers, strict=True)
    ]
    if name == "amount":
        for place in rows["amount_as_formula"].to_numpy().nonzero()[0].tolist():
            value = int(texts.iloc[place])
            cells[place] = _formula(f"={value - 20}+20", value)
    if name == "bank_name":
        for place in rows["bank_as_error"].to_numpy().nonzero()[0].tolist():
            cells[place] = _formula("=VLOOKUP(A1,A:B,9,0)", "#N/A")
    return cells


def _number(text: str) -> Cell:
    # Excel keeps fifteen digits of a number: the rest is lost.
    value = float(f"{float(text):.15g}")
    return lambda sheet, line, column: sheet.write_number(line, column, value)


def _text(text: str) -> Cell:
    return lambda sheet, line, column: sheet.write_string(line, column, text)


def _formula(formula: str, value: object) -> Cell:
    return lambda sheet, line, column: sheet.write_formula(line, column, formula, None, value)


def _numbers(rows: pd.DataFrame, texts: pd.Series) -> pd.Series:
    """Tell which cells of a column are numbers in the workbook."""
    name = str(texts.name)
    if name in ("serial", "household_size"):
        return texts != ""
    if name in NUMBER_FLAGS:
        return rows[NUMBER_FLAGS[name]] & texts.str.fullmatch(r"\d+")
    if name.endswith("amount") or name in ("supplement", "total"):
        return texts.str.fullmatch(MONEY)
    return pd.Series(data=False, index=rows.index)
