"""A batch of 60 made-up people in two counties, and one that is small enough to add up by hand."""

import datetime as dt

import pandas as pd
import pytest

from relief_cli import batch as tables
from relief_cli.calendar import Occasion
from relief_cli.files import OutputFile
from relief_cli.reports.words import RuleText, Wording
from relief_cli.roster.grid import CELL_SEPARATOR

HEADER = ("序号", "姓名", "身份证号", "救助类别", "县区", "乡镇", "开户行", "账号", "发放金额")


def frame(columns, rows):
    """Make a table of the declared columns from rows; `None` is missing."""
    table = pd.DataFrame(rows, columns=list(columns))
    return table.astype(columns).reset_index(drop=True)


def joined(*cells):
    return CELL_SEPARATOR.join(cells)


@pytest.fixture
def texts():
    def text(severity, title, remedy):
        return RuleText(severity=severity, title=title, why=f"{title}的原因", remedy=remedy)

    return {
        "R101": text("error", "缺少身份证号", "补填身份证号。"),
        "R103": text("error", "身份证号校验位不对", "对照身份证原件重新录入。"),
        "R104": text("error", "身份证号存成了数字", "设为文本格式后重新录入 18 位。"),
        "R202": text("error", "账号不合规", "核对存折或卡面后重新录入。"),
        "R203": text("error", "账号存成了数字", "设为文本格式后重新录入。"),
        "R204": text("warning", "卡号校验位不符", "核对卡面。"),
        "R403": text("notice", "本周期已发放", "无需处理。"),
        "F010": text("error", "单元格是错误值", "改正公式后填入数值。"),
        "F008": text("warning", "有隐藏的工作表或行", "取消隐藏并核对。"),
    }


@pytest.fixture
def wording(texts):
    return Wording(
        say=lambda message: message,
        texts=texts,
        categories={"urban_dibao": "城市低保", "rural_dibao": "农村低保", "tekun": "特困"},
    )


ENTITLEMENTS = (
    # payment, person, name, category, county, township, household, its certificate, fen, ground,
    # move, sheet, row
    (1, "140101195001010019", "张三", "rural_dibao", "甲县", "东镇", 1, "Z1", 30_000, 0, 0, 0, 3),
    (1, "140101195001010027", "李四", "tekun", "甲县", "东镇", 1, None, 30_000, 0, 0, 0, 4),
    (
        2,
        "140101195001010035",
        '=HYPERLINK("x")',
        "urban_dibao",
        "甲县",
        "西镇",
        2,
        None,
        30_001,
        0,
        0,
        0,
        5,
    ),
    (3, "14010119500101004X", "王,五", "rural_dibao", "乙县", None, 3, None, 40_000, 1, 0, 1, 2),
)
SHARES = (
    ("甲县", "rural_dibao", "2081902", "province", 54_001),
    ("甲县", "rural_dibao", "2081902", "municipal", 18_000),
    ("甲县", "rural_dibao", "2081902", "county", 18_000),
    ("乙县", "rural_dibao", "2081902", "province", 24_000),
    ("乙县", "rural_dibao", "2081902", "municipal", 8_000),
    ("乙县", "rural_dibao", "2081902", "county", 8_000),
)
RECOVERED = (("county", "", 2, 1_999), ("province", "2081902", 1, 1))


@pytest.fixture
def batch():
    """Three payments of 1300.01 yuan: 甲县 900.01 in two households, 乙县 400.00 in one."""
    held = joined("3", "赵六", "140101195001011000", "农村低保", "甲县", "东镇", "", "=1+1", "300")
    pairs = joined("刘一", "140101", "陈二", "14010119500101006X")
    rows = [
        (4, 0, 0, 7, 0, "held", "R104,R202", held),
        (5, 0, 0, 8, 0, "skipped", "R403", joined(*"412345678")),
        (6, 1, 1, 3, 0, "held", "R103", pairs),
        (7, 1, 1, 3, 1, "held", "R101,R204", pairs),
    ]
    return tables.Batch(
        name="one-time-2022-08-1",
        programme="one-time",
        cycle="2022-08",
        sequence=1,
        occasion=Occasion.of_notice("notice-38"),
        region="140100",
        office="某市民政局",
        pay_on=dt.date(2022, 8, 19),
        inputs_digest="d" * 64,
        rows_read=8,
        inputs=frame(
            tables.INPUTS, [(0, "甲县.xlsx", "a" * 64, 1000), (1, "-乙县.xlsx", "b" * 64, 2000)]
        ),
        sheets=frame(
            tables.SHEETS,
            [
                (0, 0, "东镇", 2, joined(*HEADER), 5, 1, 0),
                (1, 1, "Sheet1", 1, joined("姓名", "身份证号", "姓名", "身份证号"), 3, 0, 2),
            ],
        ),
        follow_ups=frame(tables.FOLLOW_UPS, []),
        components=frame(tables.COMPONENTS, []),
        parameters=frame(
            tables.PARAMETERS,
            [
                (
                    "one_time_amount",
                    None,
                    "300",
                    "yuan",
                    "2022-07-19",
                    "晋民发〔2022〕38号 2.2",
                    "confirmed",
                )
            ],
        ),
        grounds=frame(
            tables.GROUNDS,
            [
                (
                    0,
                    "一次性补助",
                    "晋民发〔2022〕38号",
                    "benefit",
                    None,
                    None,
                    None,
                    1,
                    None,
                    "person",
                ),
                (1, "+补发", None, "benefit", None, "2022-07", "2022-07", 1, None, "person"),
            ],
        ),
        payments=frame(
            tables.PAYMENTS,
            [
                (
                    1,
                    "张三",
                    "140101195001010019",
                    "6228480010000000017",
                    "402",
                    "农信社",
                    "shanxi-rcu",
                    60_000,
                    2,
                ),
                (2, "@钱", "140101195001010035", "0012345", "402", None, "shanxi-rcu", 30_001, 1),
                (
                    3,
                    "王,五",
                    "140101195001010043",
                    "6217000010000000018",
                    "105",
                    "建行",
                    "ccb-txt",
                    40_000,
                    1,
                ),
            ],
        ),
        entitlements=frame(
            tables.ENTITLEMENTS,
            [(n, *line, 0) for n, line in enumerate(ENTITLEMENTS, start=1)],
        ),
        shares=frame(tables.SHARES, SHARES),
        recovered=frame(tables.RECOVERED, RECOVERED),
        facts=frame(tables.FACTS, [("language", "zh")]),
        titles=frame(tables.TITLES, [("rural_dibao", "农村低保"), ("urban_dibao", "城市低保")]),
        unpaid=frame(tables.UNPAID, rows),
        findings=frame(
            tables.FINDINGS,
            [
                (4, 0, 0, 7, 0, "R104", "error", "id_number", "C7", None, None, None, 0),
                (4, 0, 0, 7, 0, "R202", "error", "account_number", "H7", "=1…", None, None, 0),
                (6, 1, 1, 3, 0, "R103", "error", "id_number", "B3", None, None, None, 0),
                (7, 1, 1, 3, 1, "R101", "error", "id_number", "D3", None, None, None, 0),
                (-1, 1, -1, 0, 0, "F008", "warning", None, None, "1 行", None, None, 0),
            ],
        ),
    )


@pytest.fixture
def lines():
    return pd.DataFrame(
        {
            "payment": [3, 1, 2],
            "file": ["bank/b.txt", "bank/a.txt", "bank/a.txt"],
            "line": [1, 1, 2],
        }
    )


@pytest.fixture
def bank_files():
    def file(path, form, payments, fen, first):
        return OutputFile(
            path=path,
            kind="bank",
            format=form,
            payments=payments,
            amount_fen=fen,
            first_payment=first,
            sha256="0123456789abcdef" * 4,
            size=10,
        )

    return [
        file("bank/a.txt", "shanxi-rcu", 2, 90_001, 1),
        file("bank/b.txt", "ccb-txt", 1, 40_000, 3),
    ]
