"""Rosters as other systems give them: the provincial system's CSV, the tekun list."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import xlwt  # type: ignore[import-untyped]

from sample_data import accounts
from sample_data.writers import write_table

CSV_COLUMNS = {
    "流水号": "serial",
    "所属市": "city",
    "所属区县": "county",
    "所属乡镇": "township",
    "所属村组": "village",
    "户主姓名": "head_name",
    "户主身份证号": "head_id_number",
    "姓名": "name",
    "公民身份号码": "id_number",
    "与户主关系": "relationship",
    "低保类型": "category",
    "户口": "residence",
    "月保障金额": "amount",
    "起始保障年月": "start_month",
    "开户银行": "bank_name",
    "银行账户名称": "account_name",
    "一卡通账号": "account_number",
}
TEKUN_COLUMNS = {
    "序号": "serial",
    "乡镇": "township",
    "村": "village",
    "姓名": "name",
    "身份证号": "id_number",
    "救助类别": "category",
    "供养方式": "support_mode",
    "供养机构": "institution_name",
    "机构账号": "institution_account",
    "机构开户行": "institution_bank",
    "基本生活标准（元）": "amount",
    "照料护理费用（元）": "supplement",
    "合计（元）": "total",
    "开户行": "bank_name",
    "账户名": "account_name",
    "账号": "account_number",
}
INSTITUTIONS = ["黄寨镇敬老院", "泥屯镇敬老院", "阳曲县社会福利服务中心"]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
LIVING_YUAN = 2379  # 1.3 times the rural standard of 610, for a quarter
CARE_YUAN = (468, 936, 1872)


def write_csv(path: Path, truth: pd.DataFrame, *, encoding: str = "gb18030") -> pd.DataFrame:
    """Write the provincial system's export, with the noise that it and clerks leave in cells.

    Apostrophes before numbers, lower-case x, full-width digits (every 7th row), amounts with 元
    (every 3rd row) and spaces in accounts (every 11th row) change nothing about a row's fate.

    Args:
        path: the .csv to write.
        truth: rows in order.
        encoding: ``gb18030``, or ``utf-8-sig`` for the variant with a byte order mark.
    """
    truth = truth.reset_index(drop=True)
    serial = np.arange(1, len(truth) + 1)
    cells = truth.assign(serial=serial.astype(str), city="太原市", start_month="202109")
    for column in ("id_number", "head_id_number"):
        typed = cells[column].where(serial % 7 != 0, cells[column].str.translate(FULL_WIDTH))
        cells[column] = _apostrophe(typed.str.replace("X", "x"))
    spaced = cells["account_number"].str.replace(r"(\d{4})(?=\d)", r"\1 ", regex=True)
    cells["account_number"] = _apostrophe(cells["account_number"].where(serial % 11 != 0, spaced))
    yuan = cells["amount"].map(lambda text: f"{int(text):,}.00元" if text.isdigit() else text)
    cells["amount"] = cells["amount"].where(serial % 3 != 0, yuan)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(cells[list(CSV_COLUMNS.values())].to_numpy().tolist())
    path.write_bytes(text.getvalue().encode(encoding))
    return truth.assign(sheet="", sheet_row=serial + 1, entry=0)


def _apostrophe(cells: pd.Series) -> pd.Series:
    return ("'" + cells).where(cells != "", "")


def as_tekun(truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Give the persons of ``truth`` who live alone as tekun persons, three in ten of them 集中.

    A person in an institution has no account here: the institution's is credited.
    """
    truth = truth[truth["household_size"] == 1].reset_index(drop=True)
    rng = np.random.default_rng(seed)
    lodged = rng.random(len(truth)) < 0.3  # three in ten
    home = rng.integers(0, len(INSTITUTIONS), len(truth))
    credited = accounts.passbooks(np.arange(len(INSTITUTIONS), dtype=np.int64) + 880_000)
    care = np.array(CARE_YUAN)[rng.integers(0, len(CARE_YUAN), len(truth))]
    fields: dict[str, accounts.Texts | str] = {
        "institution_name": np.array(INSTITUTIONS, dtype=object)[home],
        "institution_account": credited[home],
        "institution_bank": "阳曲县农村信用合作联社",
    }
    tekun = truth.assign(
        category="特困",
        support_mode=np.where(lodged, "集中", "分散"),
        amount=str(LIVING_YUAN),
        household_amount=str(LIVING_YUAN),
        supplement=care.astype(str),
        total=(care + LIVING_YUAN).astype(str),
        **{name: np.where(lodged, value, "") for name, value in fields.items()},
    )
    for column in ("bank", "bank_name", "account_name", "account_number"):
        tekun[column] = tekun[column].where(~lodged, "")
    return tekun.astype(truth.dtypes.to_dict())


def write_tekun(path: Path, truth: pd.DataFrame, *, title: str) -> pd.DataFrame:
    """Write the list of tekun persons, as .xlsx or, for an old Excel, as .xls by the suffix."""
    truth = truth.reset_index(drop=True)
    if path.suffix == ".xls":
        _write_xls(path, truth, title)
    else:
        write_table(path, truth, TEKUN_COLUMNS, title=title)
    return truth.assign(sheet="花名册", sheet_row=truth.index + 3, entry=0)


def _write_xls(path: Path, truth: pd.DataFrame, title: str) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    sheet.write(0, 0, title)
    cells = truth.assign(serial=range(1, len(truth) + 1))
    for column, (header, name) in enumerate(TEKUN_COLUMNS.items()):
        sheet.write(1, column, header)
        money = name in ("amount", "supplement", "total")
        for line, cell in enumerate(cells[name].tolist(), start=2):
            sheet.write(line, column, int(cell) if money and cell.isdigit() else cell)
    book.save(str(path))
