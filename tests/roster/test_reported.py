"""Right behaviour that is not there yet; see the report. Move into tests/roster/ when it is."""

import io

from msoffcrypto.format.ooxml import OOXMLFile
from rules.made import card, id_number, person, read, table, told, write_csv, write_xlsx

A, B, C = (id_number(n) for n in range(1, 4))
ACCOUNT, THIRD = card(1), card(3)
SOUND = table(person(1), person(2))
TEKUN = ["姓名", "身份证号", "救助类别", "供养方式", "供养机构", "机构账号", "机构开户行", "账号"]
HOME = "阳曲县敬老院"


def test_heads_numbers_stored_as_numbers_join_no_strangers(tmp_path):
    rows = [
        ["户主身份证号", "姓名", "身份证号", "救助类别", "账号"],
        [int(A[:17] + "0"), "张三", A, "农村低保", ACCOUNT],
        [int(B[:17] + "0"), "李四", B, "农村低保", ""],
        ["", "王五", C, "农村低保", THIRD],
    ]
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    assert run.fates[0, 3, 0] == "held"
    assert run.of("R201") == {(3, "E3")}


def test_an_encrypted_workbook_knows_its_formulas(tmp_path):
    plain, path = tmp_path / "plain.xlsx", tmp_path / "a.xlsx"
    write_xlsx(plain, [[*SOUND[0], "发放金额"], [*SOUND[1], "=1+1"], [*SOUND[2], "300"]])
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt("x", stream)
    path.write_bytes(stream.getvalue())
    assert list(read(path, passwords=("x",)).cell_findings["code"]) == ["F007"]


def test_two_accounts_of_one_institution_lend_none(tmp_path):
    rows = [
        TEKUN,
        ["张三", A, "特困", "集中", HOME, "140201012200001", "农信社", ""],
        ["李四", B, "特困", "集中", HOME, "140201012200002", "农信社", ""],
        ["王五", C, "特困", "集中", HOME, "", "", ""],
    ]
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    assert run.of("R308") == {(4, "E4")}
    assert sorted(run.fates.values()) == ["held", "paid", "paid"]


def test_institutions_without_any_account(tmp_path):
    rows = table(person(1), person(2, 救助类别="特困", 供养方式="集中", 账号="", 供养机构=""))
    run = told(tmp_path / "office", write_csv(tmp_path / "a.csv", rows))
    assert run.of("R308") == {(3, "G3")}


def test_merged_households_without_relationship_or_heads_number(tmp_path):
    rows = [
        ["户主姓名", "姓名", "身份证号", "开户行", "账号"],
        ["张三", "李四", B, "农行", ACCOUNT],
        ["", "张三", A, "", ""],
    ]
    found = read(write_xlsx(tmp_path / "a.xlsx", rows, merges=("A2:A3", "D2:D3", "E2:E3"))).people
    assert list(found["payee_name"]) == ["张三", "张三"]


def test_a_total_above_its_rows_is_held_against_those_below(tmp_path):
    rows = table(person(1, 发放金额="300"), person(2, 发放金额="300"))
    rows.insert(1, ["合计", "", "", "", "", "600"])
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    assert run.findings == set()


def test_the_grand_total_on_the_last_sheet_is_that_of_the_file(tmp_path):
    one = [*table(person(1, 发放金额="300")), ["合计", "", "", "", "", "300"]]
    two = [*table(person(2, 发放金额="300")), ["合计", "", "", "", "", "300"],
           ["全县总计", "", "", "", "", "600"]]  # fmt: skip
    path = write_xlsx(tmp_path / "a.xlsx", sheets={"一镇": one, "二镇": two})
    assert told(tmp_path / "office", path).findings == set()
