import datetime as dt
import io
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from relief_cli.reports.corrections import ADDED, Checked, column_number
from relief_cli.reports.fix_list import fix_list_workbook, held_workbook
from relief_cli.roster.fields import load_headers
from relief_cli.roster.grid import CELL_SEPARATOR

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet):
    return list(sheet.iter_rows(values_only=True))


def as_read(cell):
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell or "")


def fill(cell):
    return cell.fill.fgColor.rgb if cell.fill.fill_type else None


def checked(batch):
    return Checked(
        rows=batch.unpaid, findings=batch.findings, sheets=batch.sheets, inputs=batch.inputs
    )


def test_held_rows_stand_in_their_original_columns(batch, wording):
    book = opened(held_workbook(batch, wording))
    assert book.sheetnames == ["东镇", "Sheet1"]
    header, row = rows_of(book["东镇"])
    assert header[:9] == (
        *("序号", "姓名", "身份证号", "救助类别", "县区", "乡镇", "开户行", "账号", "发放金额"),
    )
    assert header[9:] == ADDED
    assert row[:2] == ("3", "赵六")
    assert row[3:9] == ("农村低保", "甲县", "东镇", None, "=1+1", "300")
    assert row[9:] == (
        "R104,R202",
        "1. 身份证号存成了数字 (身份证号)\n2. 账号不合规 (账号, =1…)",
        "1. 设为文本格式后重新录入 18 位。\n2. 核对存折或卡面后重新录入。",
        *("甲县.xlsx", "东镇", 7),
    )


def test_the_wrong_cells_are_marked_and_a_lost_number_stays_a_number(batch, wording):
    sheet = opened(held_workbook(batch, wording))["东镇"]
    number, account, name = sheet["C2"], sheet["H2"], sheet["B2"]
    assert (number.value, number.data_type, fill(number)) == (1.40101195001011e17, "n", RED)
    assert number.number_format == "@"  # what is typed over it is text
    assert (account.value, account.data_type, fill(account)) == ("=1+1", "s", RED)
    assert (name.data_type, fill(name)) == ("s", None)
    empty = [part for part in sheet.column_dimensions.values() if part.min <= 7 <= part.max]
    assert [part.number_format for part in empty] == ["@"]  # a number typed there is text, too


def test_people_side_by_side_give_their_row_once(batch, wording):
    sheet = opened(held_workbook(batch, wording))["Sheet1"]
    header, row = rows_of(sheet)
    assert header[:4] == ("姓名", "身份证号", "姓名", "身份证号")
    assert row[:5] == ("刘一", "140101", "陈二", "14010119500101006X", "R103,R101,R204")
    assert (fill(sheet["B2"]), fill(sheet["D2"])) == (RED, RED)


def test_added_headers_mean_no_field_of_a_roster():
    headers = load_headers()
    chinese = ("问题代码", "原因", "如何改正", "来源文件", "来源表", "来源行")
    assert [headers.meaning(text) for text in (*ADDED, *chinese)] == [None] * 12


def test_a_workbook_that_comes_back_does_not_grow(batch, wording):
    first = held_workbook(batch, wording)
    rows = {name: list(opened(first)[name].values) for name in ("东镇", "Sheet1")}
    sheets = batch.sheets.assign(
        header=[CELL_SEPARATOR.join(values[0]) for values in rows.values()], header_row=1
    )
    cells = {
        name: CELL_SEPARATOR.join(as_read(cell) for cell in values[1])
        for name, values in rows.items()
    }
    unpaid = batch.unpaid.assign(
        sheet_row=2, cells=[cells["东镇"], "", cells["Sheet1"], cells["Sheet1"]]
    )
    findings = batch.findings.assign(sheet_row=batch.findings["sheet_row"].clip(upper=2))
    again = opened(
        held_workbook(
            replace(
                batch,
                sheets=sheets,
                unpaid=unpaid.astype({"sheet_row": "int32"}),
                findings=findings.astype({"sheet_row": "int32"}),
            ),
            wording,
        )
    )
    for name, (header, row) in rows.items():
        assert next(again[name].values) == header
        second = list(again[name].values)[1]
        assert second[:-1] == row[:-1]
        assert second[-1] == 2


def test_sheets_of_one_header_share_a_sheet_without_a_false_name(batch, wording):
    sheets = batch.sheets.assign(header=batch.sheets.loc[0, "header"])
    cells = batch.unpaid["cells"].where(batch.unpaid["sheet"] == 0, batch.unpaid.loc[0, "cells"])
    book = opened(
        held_workbook(
            replace(batch, sheets=sheets, unpaid=batch.unpaid.assign(cells=cells)), wording
        )
    )
    assert book.sheetnames == ["Rows to put right"]
    assert [row[-3:] for row in list(book.active.values)[1:]] == [
        ("甲县.xlsx", "东镇", 7),
        ("-乙县.xlsx", "Sheet1", 3),
    ]


def test_an_error_cell_never_comes_back_empty(batch, wording):
    unpaid = batch.unpaid[:1].assign(codes="F010")
    findings = batch.findings[:1].assign(code="F010", cell="G7", field="bank_name")
    sheet = opened(held_workbook(replace(batch, unpaid=unpaid, findings=findings), wording))["东镇"]
    assert (sheet["G2"].value, fill(sheet["G2"])) == ("#N/A", RED)


def test_a_finding_without_a_cell_marks_nothing_and_is_still_said(batch, wording):
    findings = batch.findings[:2].assign(cell=pd.Series([None, None], dtype="str"))
    held = replace(batch, unpaid=batch.unpaid[:1], findings=findings)
    sheet = opened(held_workbook(held, wording))["东镇"]
    assert {fill(cell) for cell in sheet[2]} == {None}
    assert sheet["K2"].value == "1. 身份证号存成了数字\n2. 账号不合规 (=1…)"


def test_the_worse_of_two_findings_colours_the_cell(batch, wording):
    unpaid = batch.unpaid[:1].assign(codes="R202,R204")
    findings = batch.findings[:2].assign(code=["R204", "R202"], cell=["H7", "H7"])
    sheet = opened(held_workbook(replace(batch, unpaid=unpaid, findings=findings), wording))["东镇"]
    assert fill(sheet["H2"]) == RED
    unpaid = unpaid.assign(codes="R204")
    sheet = opened(held_workbook(replace(batch, unpaid=unpaid, findings=findings), wording))["东镇"]
    assert fill(sheet["H2"]) == YELLOW


def test_no_held_row_says_so(batch, wording):
    none = replace(batch, unpaid=batch.unpaid[batch.unpaid["fate"] == "skipped"])
    book = opened(held_workbook(none, wording))
    assert list(book.active.values) == [("No row of this batch is held.",)]


def test_a_fix_list_ends_with_the_findings_by_code(batch, wording):
    book = opened(fix_list_workbook(checked(batch), wording))
    assert book.sheetnames == ["东镇", "Sheet1", "Findings by code"]
    assert len(list(book["东镇"].values)) == 3  # the skipped row too
    rows = list(book["Findings by code"].values)
    assert rows[1] == ("Code", "Kind", "Problem", "Count", "Why it matters", "How to put it right")
    assert [(row[0], row[1], row[3]) for row in rows[2:7]] == [
        ("R101", "error", 1),
        ("R103", "error", 1),
        ("R104", "error", 1),
        ("R202", "error", 1),
        ("F008", "warning", 1),
    ]
    assert rows[-1] == ("F008", "warning", "有隐藏的工作表或行", None, "1 行", "-乙县.xlsx")


def test_the_workbooks_know_no_clock(batch, wording):
    for content in (held_workbook(batch, wording), fix_list_workbook(checked(batch), wording)):
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
        assert {part.date_time for part in parts} == {(1980, 1, 1, 0, 0, 0)}
        created = opened(content).properties
        assert created.created == created.modified == dt.datetime(2000, 1, 1)  # noqa: DTZ001  # as openpyxl tells it


@pytest.mark.parametrize(("cell", "column"), [("Z9", 25), ("AA1", 26), ("XFD1", 16383)])
def test_column_number(cell, column):
    assert column_number(cell) == column
