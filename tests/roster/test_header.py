"""Headers as townships write them, and what each column then means."""

import pytest

from relief_cli.errors import PolicyError
from relief_cli.roster.fields import load_headers, normal
from relief_cli.roster.header import find_header, is_header_again

# The headers seen in rosters, and the field that each must mean.
SEEN = """
name: 姓名, 老人姓名, 享受人姓名, 家庭成员姓名
id_number: 身份证号, 身份证号码, 公民身份号码, 证件号码, 家庭成员身份证号
category: 救助类别, 对象类别, 救助类型, 低保类型, 低保类别
residence: 户口, 户口性质
household_id: 户号, 低保证号, 低保（特困）证号
household_head: 户主姓名
household_head_id_number: 户主身份证号
relationship: 与户主关系
household_size: 家庭人口, 家庭人口数
covered_members: 保障人口, 保障人口数, 保障人数
monthly_amount: 户月保障金额（元）, 月保障金额, 保障金, 保障金额
supplement: 分类施保金, 合计分类施保金额（元）
household_supplement: 家庭分类施保总额（元）
person_supplement: 人员分类施保总额（元）
arrears: 补发, 补发合计(元)
total: 合计, 合计（元）, 发放合计(元), 发放金额
bank_name: 开户行, 开户银行, 银行名称
account_name: 账户名, 账户名称, 户名, 银行账户名称
account_number: 账号, 银行账号, 银行帐号, 银行卡号, 卡号, 一卡通账号, 一卡通账户
support_mode: 供养方式
institution_name: 供养机构, 供养机构名称
institution_account: 机构账号
institution_bank: 机构开户行
basic_living_standard: 基本生活标准（元）, 基本生活总费用（元）
care_amount: 照料护理费用（元）, 照料护理总费用（元）
care_grade: 生活自理能力, 自理能力
disability: 残疾类别, 残疾类别/等级
disability_grade: 残疾等级
city: 所属市
county: 所属区, 所属区县, 县区, 县（市、区）
township: 所属街, 所属街道, 所属乡镇, 乡镇
village: 所属社, 社区, 村, 所属村组
start_month: 最初享受月, 起始保障年月
stop: 停发, 停保
serial: 序号, 流水号
phone: 手机号, 联系电话
address: 家庭住址, 详细地址
remark: 备注
change_reason: 变更原因, 增减原因
"""
ALIASES = [
    (header.strip(), field)
    for line in SEEN.strip().splitlines()
    for field, headers in [line.split(": ")]
    for header in headers.split(", ")
]
FULL_WIDTH = str.maketrans("()/", "（）／")
HEADERS = load_headers()


def layout(*rows, merges=()):
    width = max(map(len, rows))
    return find_header([[*row, *[""] * (width - len(row))] for row in rows], merges, HEADERS)


def fields(found):
    return {column.index: (column.field, column.slot) for column in found.columns}


def names(found):
    return [field for _, (field, _) in sorted(fields(found).items())]


@pytest.mark.parametrize(("header", "field"), ALIASES)
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text,
        "\n".join,
        lambda text: f" {text[0]}　{text[1:]} ",
        lambda text: f"*{text}：".translate(FULL_WIDTH),
        lambda text: f"\u200b{text}\ufeff",
    ],
    ids=["plain", "newlines", "spaces", "full width", "invisible"],
)
def test_every_header_seen_is_understood(header, field, written):
    meaning = HEADERS.meaning(written(header))
    assert meaning is not None
    assert meaning.field == field


@pytest.mark.parametrize(
    "header", ["监护人姓名", "开户人身份证号", "代领人", "出生日期", "性别", ""]
)
def test_a_header_that_means_nothing_here_is_not_guessed(header):
    assert HEADERS.meaning(header) is None


@pytest.mark.parametrize("header", ["成员1姓名", "姓名3", "成员二身份证号", "家庭成员2姓名"])
def test_numbered_headers_are_members(header):
    assert HEADERS.meaning(header).member


def test_a_number_in_a_households_header_is_not_looked_over():
    assert HEADERS.meaning("账号2") is None


def test_units_and_brackets_are_looked_over():
    for written in ("发放金额", "发放金额（元）", " 发放\n金额(元/月)"):
        assert normal(written) == "发放金额"


PLAIN = ["序号", "姓名", "身份证号", "救助类别", "账号"]


def test_titles_and_blank_rows_stand_above():
    found = layout(["2022年8月低保花名册"], [], ["单位：元", "", "2022年8月"], PLAIN, ["1"])
    assert found.last_row == 3
    assert names(found) == ["serial", "name", "id_number", "category", "account_number"]


def test_the_header_may_stand_right_of_blank_columns():
    assert fields(layout(["", "", *PLAIN]))[3] == ("name", 0)


def test_no_header_is_no_layout():
    assert layout(["张三", "140122198001010018", "农村低保", "6228480000000000018"]) is None
    assert layout(["姓名", "身份证号"]) is None
    assert layout(["救助类别", "账号", "发放金额", "备注"]) is None


def test_a_header_too_deep_is_not_found():
    assert layout(*[["注"]] * 45, PLAIN) is None


def test_two_rows_with_merged_tops():
    found = layout(
        ["序号", "户主", "", "银行信息", "", "发放金额"],
        ["", "姓名", "身份证号", "开户行", "账号", ""],
        merges=[((0, 1), (0, 2)), ((0, 3), (0, 4)), ((0, 0), (1, 0)), ((0, 5), (1, 5))],
    )
    assert found.last_row == 1
    assert found.header[1:3] == ("户主姓名", "户主身份证号")
    assert {"household_head", "household_head_id_number", "name", "id_number", "total"} <= {
        column.field for column in found.columns
    }


def test_two_rows_of_head_and_members():
    found = layout(
        ["户主", "", "家庭成员", "", "", "账号"],
        ["姓名", "身份证号", "姓名", "身份证号", "与户主关系", ""],
        merges=[((0, 0), (0, 1)), ((0, 2), (0, 4))],
    )
    by_index = {index: field for index, (field, _) in fields(found).items()}
    assert by_index == {
        0: "household_head",
        1: "household_head_id_number",
        2: "name",
        3: "id_number",
        4: "relationship",
        5: "account_number",
    }


def test_two_rows_without_merges_as_a_csv_has_them():
    found = layout(
        ["序号", "基本信息", "", "银行信息", ""], ["", "姓名", "身份证号", "开户行", "账号"]
    )
    assert found.last_row == 1
    assert names(found) == ["serial", "name", "id_number", "bank_name", "account_number"]


def test_a_row_of_people_is_not_a_second_header():
    assert layout(PLAIN, ["1", "张三", "140122198001010018", "农村低保", "6228"]).last_row == 0


def test_pairs_side_by_side():
    found = layout(["姓名", "身份证号", "姓名", "身份证号", "姓名", "身份证号", "账号"])
    assert found.slots == 3
    assert not found.head_in_row
    assert fields(found)[4] == ("name", 2)
    assert fields(found)[5] == ("id_number", 2)


def test_the_head_before_the_members():
    header = ["姓名", "身份证号", "账号"]
    members = [f"家庭成员{what}{n}" for n in (1, 2) for what in ("姓名", "身份证号")]
    found = layout([*header, *members])
    assert (found.slots, found.head_in_row) == (2, True)
    assert fields(found)[0] == ("household_head", 0)
    assert fields(found)[3] == ("name", 0)


def test_a_sheet_of_heads_alone():
    found = layout(["户主姓名", "户主身份证号", "账号"])
    assert fields(found) == {0: ("name", 0), 1: ("id_number", 0), 2: ("account_number", 0)}
    assert found.slots == 1


def test_the_heads_number_is_not_that_of_others():
    found = layout(["姓名", "户主身份证号", "救助类别", "账号"])
    assert not found.has("id_number")


@pytest.mark.parametrize(
    ("doubled", "expected"),
    [
        (["姓名", "身份证号", "证件号码", "账号"], ("身份证号", "证件号码")),
        (["姓名", "名字", "身份证号", "账号"], ("姓名", "名字")),
        (["姓名", "身份证号", "账号", "卡号"], ("账号", "卡号")),
        (["姓名", "身份证号", "救助类别", "低保类别", "账号"], ("救助类别", "低保类别")),
        (["姓名", "身份证号", "发放金额", "发放金额", "账号"], ("发放金额", "发放金额")),
    ],
)
def test_two_columns_of_one_field_are_told(doubled, expected):
    assert layout(doubled).repeated == expected


def test_sums_beside_their_parts_are_taken():
    header = ["姓名", "身份证号", "家庭分类施保总额（元）", "分类施保金", "合计分类施保金额（元）"]
    found = layout(header)
    assert found.repeated == ()
    assert fields(found)[4] == ("supplement", 0)
    assert 3 not in fields(found)


def test_two_telephones_hurt_nobody():
    assert layout([*PLAIN, "手机号", "联系电话"]).repeated == ()


def test_what_is_not_understood_is_told():
    assert layout([*PLAIN, "性别", "民族"]).ignored == ("性别", "民族")


def test_an_offices_own_headers():
    headers = load_headers({"account_number": ["惠农卡（折）号"], "name": ["五保老人"]})
    found = find_header([["五保老人", "身份证号", "惠农 卡(折)号"]], (), headers)
    assert names(found) == ["name", "id_number", "account_number"]


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(PolicyError) as caught:
        load_headers({"acount_number": ["卡"]})
    assert caught.value.code == "header-field-unknown"
    assert "account_number" in caught.value.remedy_text(str)


def test_a_header_printed_again_is_known():
    found = layout(PLAIN)
    assert is_header_again(["序号", "姓 名", "身份证号", "救助类别", "账号"], found)
    assert is_header_again(["", "姓名", "身份证号", "", "账号"], found)
    assert not is_header_again(["1", "姓名", "身份证号", "救助类别", "账号"], found)
    assert not is_header_again(["", "姓名", "", "", ""], found)
