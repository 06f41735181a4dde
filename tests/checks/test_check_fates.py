"""Whatever stands in a table, every person in it has one fate, and money goes to no faulty row."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rules.made import CYCLE, card, id_number, person, relief, table, told, write_csv

from relief_cli.checks.rules import ERRORS, RULES

CELLS = {
    "姓名": st.sampled_from(["张三", "李四", "", "王五1", "合计", "\u200b", "无", "=1+1"]),
    "身份证号": st.one_of(
        st.integers(1, 6).map(id_number),
        st.sampled_from(["", "14012219800101001", "140122800101001", "1.4E+17", "无", "身份证号"]),
    ),
    "救助类别": st.sampled_from(["农村低保", "特困", "低保边缘", "", "其他", "城市低保"]),
    "开户行": st.sampled_from(["农业银行", "农信社", "", "本地银行"]),
    "账号": st.one_of(
        st.integers(1, 4).map(card), st.sampled_from(["", "123", "1402010122000012345", "无"])
    ),
    "与户主关系": st.sampled_from(["户主", "妻", "子", "", "本人"]),
    "户号": st.sampled_from(["1", "2", ""]),
    "供养方式": st.sampled_from(["", "分散", "集中"]),
    "供养机构": st.sampled_from(["", "敬老院"]),
    "发放金额": st.sampled_from(["300", "", "三百", "300.001", "-1", "900", "0"]),
    "停发": st.sampled_from(["", "否", "2022-07"]),
}
INSTITUTION = {"供养机构": "光荣院", "机构账号": "140201012200001", "机构开户行": "农信社"}
BLANK = dict.fromkeys([*CELLS, *INSTITUTION], "")
rows = st.lists(st.fixed_dictionaries(CELLS), max_size=8)


@settings(
    max_examples=settings.default.max_examples // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows)
def test_every_row_has_one_fate(tmp_path_factory, messy):
    folder = tmp_path_factory.mktemp("fates")
    # Somebody without faults, whose number and household no other row has, is always paid.
    sound = person(50, 户号="99", 与户主关系="户主", 发放金额="300")
    resident = person(51, 救助类别="特困", 账号="", 供养方式="集中", **INSTITUTION)
    path = write_csv(folder / "a.csv", table({**BLANK, **sound}, {**BLANK, **resident}, *messy))
    run = told(folder / "office", path)
    assert run.fates[0, 2, 0] == run.fates[0, 3, 0] == "paid"
    assert run.codes <= set(RULES)
    findings = run.batch.findings[~run.batch.findings["row"].isin([-1])]
    faulty = {
        (int(one.sheet), int(one.sheet_row), int(one.member))
        for one in findings.itertuples()
        if one.code in ERRORS
    }
    passed = {
        (int(one.sheet), int(one.sheet_row), int(one.member))
        for one in findings.itertuples()
        if one.code in {"R310", "R403"}
    }
    held = {place for place, fate in run.fates.items() if fate == "held"}
    assert held == faulty - passed
    assert {place for place, fate in run.fates.items() if fate == "skipped"} == passed
    paid = run.batch.entitlements
    assert not paid["person"].duplicated().any()
    assert run.batch.amount_fen == 30_000 * run.rows["paid"] == paid["amount_fen"].sum()
    assert run.batch.shares["amount_fen"].sum() == run.batch.amount_fen


def test_the_account_of_a_head_without_a_name_is_lent_to_nobody(tmp_path):
    head = person(1, 姓名="", 户号="1", 与户主关系="户主")
    member = person(2, 账号="", 户号="1", 与户主关系="妻")
    other = person(3, 户号="2", 与户主关系="户主")
    path = write_csv(tmp_path / "a.csv", table(head, member, other))
    run = told(tmp_path / "office", path)
    assert run.fates == {(0, 2, 0): "held", (0, 3, 0): "held", (0, 4, 0): "paid"}
    assert {row for row, _ in run.of("R201")} == {3}


def test_nobody_left_to_pay_makes_no_batch(tmp_path):
    path = write_csv(tmp_path / "a.csv", table(person(1, 姓名=""), person(2, 救助类别="低保边缘")))
    code, answer = relief(tmp_path / "office", "run", "one-time", path, "--cycle", CYCLE)
    assert code == 1
    assert (answer["batch"], answer["amount_fen"]) == (None, 0)
    assert answer["rows"] == {"read": 2, "paid": 0, "held": 1, "skipped": 1}


def test_a_faulty_row_gives_way_to_a_sound_one_of_the_same_person(tmp_path):
    path = write_csv(tmp_path / "a.csv", table(person(1, 姓名=""), person(1), person(1)))
    run = told(tmp_path / "office", path)
    assert run.of("R401") == {(2, "B2"), (4, "B4")}
    assert run.fates == {(0, 2, 0): "held", (0, 3, 0): "paid", (0, 4, 0): "held"}


def test_a_check_counts_what_a_run_would_hold(tmp_path):
    path = write_csv(tmp_path / "a.csv", table(person(1), person(2, 姓名=""), person(3, 账号="1")))
    code, answer = relief(tmp_path / "office", "check", path, "--report", tmp_path / "r.xlsx")
    assert (code, answer["rows"], answer["rows_with_errors"]) == (1, 3, 2)
    assert answer["findings"] == {"R109": 1, "R202": 1}
    assert not (tmp_path / "office").exists()
