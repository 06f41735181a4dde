"""Who stands on a sheet, which rows are totals or notes, which cells are in doubt."""

import pytest
from rules.made import card, id_number, person, table

from relief_cli.roster.fields import load_headers
from relief_cli.roster.grid import Features, Grid
from relief_cli.roster.sheet import SheetPassed, SheetTable, understand

HEADERS = load_headers()
HEADER = ["序号", "姓名", "身份证号", "救助类别", "账号", "发放金额"]


def sheet(*rows, features=None, chunk=0):
    width = max(map(len, rows))
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    step = chunk or len(filled)
    chunks = [filled[at : at + step] for at in range(0, len(filled), step)]
    return understand(Grid("一镇", chunks, features or Features()), HEADERS)


def row(number, **cells):
    given = {
        "序号": str(number),
        "姓名": "张三",
        "身份证号": id_number(number),
        "救助类别": "农村低保",
        "账号": card(number),
        "发放金额": "300",
        **cells,
    }
    return [given[header] for header in HEADER]


def rows_of(found):
    return found.people["sheet_row"].to_pylist()


def test_people_are_read_with_the_rows_they_stand_in():
    found = sheet(["花名册"], HEADER, row(1), [], row(2), ["", "　", " "], row(3))
    assert isinstance(found, SheetTable)
    assert rows_of(found) == [3, 5, 7]
    assert found.title == "花名册"
    assert (found.totals, found.notes, found.findings) == ((), 0, ())


@pytest.mark.parametrize(
    "label",
    ["合计", "小计", "总计", "合 计", "合　计：", "累计", "共计", "总合计", "本页小计", "本村合计",
     "全县合计", "合计（大写）：叁佰元整", "合计：1户1人", "上庄村小计", "黄寨镇合计",
     "农村低保小计", "以上合计"],
)  # fmt: skip
@pytest.mark.parametrize("column", [0, 1, 4])
def test_total_rows_are_no_people(label, column):
    total = ["", "", "", "", "", "600.00"]
    total[column] = label
    found = sheet(HEADER, row(1), total, row(2))
    assert rows_of(found) == [2, 4]
    assert [(one.sheet_row, one.amounts) for one in found.totals] == [(3, {"total": "600.00"})]
    assert found.notes == 0


def test_a_total_may_have_a_number_before_it_and_counts_behind():
    found = sheet(HEADER, row(1), ["2", "合计", "1人", "", "1户", "300"])
    assert rows_of(found) == [2]
    assert found.totals[0].kind == "合计"


@pytest.mark.parametrize("name", ["张三", "小计强", "合计"])
def test_a_whole_id_makes_a_person_whatever_the_name(name):
    assert rows_of(sheet(HEADER, row(1, 姓名=name))) == [2]


@pytest.mark.parametrize("number", ["14012219800101001", "", "140122 1980", 140122198001010018.0])
def test_a_person_with_a_bad_id_stays_a_person(number):
    assert rows_of(sheet(HEADER, row(1), row(2, 身份证号=number))) == [2, 3]


@pytest.mark.parametrize(
    "note",
    [
        ["制表人：张三", "", "", "审核人：李四"],
        ["注：本表一式三份，由乡镇留存"],
        ["填表日期：2022年8月1日", "", "", "", "", "单位（盖章）"],
        ["", "主管领导：", "张书记", "", "经办人："],
        ["第 1 页，共 3 页"],
        ["说明：按月发放"],
        ["", "", "", "", "", "300"],
        ["1", "2", "3", "4", "5", "6"],
        ["甲", "乙", "1", "2", "3", "4"],
        ["栏次", "（1）", "（2）", "（3）", "（4）", "（5）"],
    ],
)
def test_notes_signatures_and_column_numbers_are_no_people(note):
    found = sheet(HEADER, row(1), note)
    assert rows_of(found) == [2]
    assert (found.totals, found.notes) == ((), 1)


def test_a_header_printed_on_every_page_is_passed_over():
    found = sheet(HEADER, row(1), HEADER, row(2), ["序 号", *HEADER[1:]], row(3))
    assert rows_of(found) == [2, 4, 6]
    assert found.notes == 2


@pytest.mark.parametrize(
    "cells",
    [
        {"姓名": ""},
        {"身份证号": ""},
        {"账号": ""},
        {"姓名": "", "身份证号": ""},
        {"姓名": "", "账号": ""},
        {"身份证号": "", "账号": ""},
    ],
)
def test_a_row_with_any_of_name_id_account_is_a_person(cells):
    assert rows_of(sheet(HEADER, row(1, **cells))) == [2]


@pytest.mark.parametrize("village", ["单位家属院", "合计沟村", "说明村", "第三页岩村"])
def test_a_village_that_reads_like_a_note_loses_nobody(village):
    header = ["村", "姓名", "身份证号", "账号"]
    assert rows_of(sheet(header, [village, "张三", "", card(1)])) == [2]
    assert rows_of(sheet(header, [village, "张三", "14012219800101", ""])) == [2]


def test_a_row_that_names_only_its_head_is_not_lost():
    header = ["户主姓名", "户主身份证号", "姓名", "身份证号", "账号"]
    found = sheet(header, ["张三", id_number(1), "", "", ""])
    assert rows_of(found) == [2]


def test_a_sheet_without_header_is_passed_over_only_where_nobody_stands_in_it():
    empty = sheet(["填表说明"], ["一、如实填写"])
    assert isinstance(empty, SheetPassed)
    assert not empty.holds_people


@pytest.mark.parametrize(
    "cell",
    [
        id_number(1),
        f"身份证：{id_number(1)}",
        f"{id_number(1)[:6]} {id_number(1)[6:14]} {id_number(1)[14:]}",
        "１４０１２２１９８００１０１００１８",
        float(id_number(1)),
        int(id_number(1)),
    ],
)
def test_people_on_a_sheet_without_header_are_noticed(cell):
    assert sheet(["张三", cell]).holds_people


def test_accounts_and_phones_are_no_people():
    assert not sheet(["张三", card(1), "13800138000", 6228480000000000018.0]).holds_people


def test_rows_in_many_chunks_keep_their_numbers():
    rows = [["题目"], HEADER, *(row(number) for number in range(1, 12))]
    for chunk in (2, 3, 5, 100):
        assert rows_of(sheet(*rows, chunk=chunk)) == list(range(3, 14))


# Cells in doubt


def findings(found):
    return {(one.code, one.cell, one.field, one.warning) for one in found.findings}


def test_formulas_matter_in_money_ids_and_accounts():
    formulas = [(1, column, stored) for column in range(6) for stored in (column % 2 == 0,)]
    found = sheet(HEADER, row(1), features=Features(formulas=formulas))
    assert findings(found) == {
        ("F007", "C2", "id_number", True),
        ("F007", "E2", "account_number", True),
        ("F007", "F2", "total", False),
    }


def test_formulas_in_header_totals_and_beside_the_table_are_nobodys():
    formulas = [(0, 2, True), (2, 5, True), (1, 6, False)]
    features = Features(formulas=formulas)
    found = sheet([*HEADER, "x"], [*row(1), ""], ["合计", "", "", "", "", "300"], features=features)
    assert findings(found) == set()


def test_errors_matter_in_all_but_what_is_only_told():
    errors = [(1, column) for column in range(6)]
    found = sheet(HEADER, row(1), features=Features(errors=errors))
    assert {cell for _, cell, _, _ in findings(found)} == {"B2", "C2", "D2", "E2", "F2"}


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"]
)
@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\xa0"])
def test_errors_that_became_text_are_errors(error, blank):
    found = sheet(HEADER, row(1, 救助类别=f"{blank}{error}{blank}"), row(2))
    assert findings(found) == {("F010", "D2", "category", False)}


def test_a_hash_is_no_error():
    assert findings(sheet(HEADER, row(1, 救助类别="#1农村低保"))) == set()


def test_hidden_rows_count_where_people_stand():
    features = Features(hidden_rows=[0, 1, 2, 3, 9])
    found = sheet(HEADER, row(1), ["合计"], row(2), features=features)
    assert found.hidden_rows == 2


def test_a_table_of_many_columns_is_read_by_its_headers():
    extra = {f"其他{number}": "x" for number in range(40)}
    found = sheet(*table(person(1, **extra), person(2, **extra)))
    assert rows_of(found) == [2, 3]
    assert len(found.layout.ignored) == 40
