"""Workbook formats, read with a second reader."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from relief_cli.banks.planning import locate
from relief_cli.banks.rereading import read_fields

WORKBOOKS = ("ccb-xlsx", "cmb-xlsx", "generic-xlsx", "icbc-xlsx")


@pytest.fixture
def written_sheet(tmp_path, send, make_payments):
    def sheet(people, name):
        _, [written] = send(make_payments(people, name))
        return openpyxl.load_workbook(tmp_path / written.path).worksheets[0]

    return sheet


def _values(sheet, row):
    return [cell.value for cell in sheet[row]]


def test_ccb_template(written_sheet, three):
    sheet = written_sheet(three, "ccb-xlsx")
    assert sheet.title == "代发工资模板"
    assert (sheet["B2"].value, sheet["B3"].value) == ("1534.51", "3")
    assert _values(sheet, 4) == ["序号", "账号", "户名", None, "金额"]
    assert _values(sheet, 5) == ["1", "6221550000000000017", "王小明", None, "300.00"]
    assert _values(sheet, 7) == ["3", "6221550000000000025", "李秀英", None, "1234.50"]
    assert sheet.max_row == 7


def test_cmb_has_starred_headers(written_sheet, three):
    sheet = written_sheet(three, "cmb-xlsx")
    assert _values(sheet, 1) == ["*账号", "*户名", "*金额"]
    assert _values(sheet, 3) == ["101001201234", "买买提·艾力", "0.01"]


def test_icbc_columns(written_sheet, three):
    sheet = written_sheet(three, "icbc-xlsx")
    assert " ".join(_values(sheet, 1)) == (
        "币种 日期 明细标志 顺序号 付款账号开户行 付款账号/卡号 付款账号名称/卡名称 收款账号开户行 "
        "收款账号省份 收款账号地市 收款账号地区码 收款账号 收款账号名称 金额 汇款用途 "
        "备注信息 汇款方式 收款账户短信通知手机号码 自定义序号 预先审批编号"
    )
    assert _values(sheet, 2)[:4] == ["RMB", "20220819", "2", "1"]
    assert _values(sheet, 2)[11:16] == [
        "6221550000000000017",
        "王小明",
        "300.00",
        "一次性生活补贴000001",
        "one-time-2022-08-1-000001",
    ]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_cell_is_text_and_none_is_empty(written_sheet, three, name):
    sheet = written_sheet(three, name)
    kinds = {cell.data_type for row in sheet for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert not [cell for row in sheet for cell in row if cell.value == ""]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_workbook_is_reread(tmp_path, templates, send, make_payments, name):
    _, [written] = send(make_payments([("李", "000123", 29), ("王", "0001", 1)], name))
    content = (tmp_path / written.path).read_bytes()
    assert read_fields(content, templates[name], written.path) == (
        ["000123", "0001"],
        ["李", "王"],
        ["0.29", "0.01"],
    )


@pytest.mark.parametrize(
    "name",
    ["=1+1", "=cmd|' /C calc'!A0", "+8", "-李", "@李", "http://a.b/c", "_x0041_", "000123", "'李"],
)
def test_hostile_name_stays_text(written_sheet, name):
    sheet = written_sheet([(name, "101001201234", 100)], "generic-xlsx")
    # openpyxl takes the format's escapes back in shared strings only; spreadsheet programs in both.
    assert (unescape(sheet["B2"].value), sheet["B2"].data_type) == (name, "s")
    assert sheet["B2"].hyperlink is None


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_workbook_knows_no_clock(tmp_path, send, make_payments, three, name):
    _, [written] = send(make_payments(three, name))
    with zipfile.ZipFile(tmp_path / written.path) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = openpyxl.load_workbook(tmp_path / written.path).properties
    assert properties.created == properties.modified == dt.datetime(2000, 1, 1)  # noqa: DTZ001  # as openpyxl tells it


def test_lines_are_where_payments_stand(tmp_path, send, make_payments, three):
    planned, _ = send(make_payments(three, "ccb-xlsx"))
    located = locate(planned)
    assert located["line"].tolist() == [5, 6, 7]
    for row, (_, account, _) in zip(located.itertuples(), three, strict=True):
        sheet = openpyxl.load_workbook(tmp_path / row.file).worksheets[0]
        assert sheet.cell(row.line, 2).value == account
