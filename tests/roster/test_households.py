"""Who belongs to one household, and into whose account each person is paid."""

import pytest
from rules.made import card, id_number, read, relief, told, write_csv, write_xlsx

from relief_cli import office as offices
from relief_cli.errors import UnreadableError

A, B, C, D = (id_number(n) for n in range(1, 5))
ACCOUNT, OTHER, THIRD = card(1), card(2), card(3)


def homes(roster):
    """Give the people's names grouped by household, in the order of the roster."""
    people = roster.people
    return [list(group["name"]) for _, group in people.groupby("household", sort=False)]


def payees(roster):
    people = roster.people
    return {
        name: (payee, account)
        for name, payee, account in zip(
            people["name"], people["payee_name"].fillna(""), people["payee_account"].fillna(""),
            strict=True,
        )
    }  # fmt: skip


@pytest.mark.parametrize("writer", [write_xlsx, write_csv])
def test_by_the_heads_number(tmp_path, writer):
    rows = [
        ["户主身份证号", "姓名", "身份证号", "救助类别", "账号"],
        [A, "张三", A, "农村低保", ACCOUNT],
        [C, "王五", C, "农村低保", THIRD],
        [A, "李四", B, "农村低保", ""],
    ]
    roster = read(writer(tmp_path / "a", rows))
    assert homes(roster) == [["张三", "李四"], ["王五"]]
    assert payees(roster)["李四"] == ("张三", ACCOUNT)


def test_by_the_households_number(tmp_path):
    rows = [
        ["户号", "姓名", "身份证号", "与户主关系", "账号"],
        ["1", "张三", A, "户主", ACCOUNT],
        ["2", "王五", C, "户主", THIRD],
        ["1", "李四", B, "妻", ""],
    ]
    roster = read(write_xlsx(tmp_path / "a.xlsx", rows))
    assert homes(roster) == [["张三", "李四"], ["王五"]]
    assert payees(roster)["李四"] == ("张三", ACCOUNT)


def test_by_merged_cells(tmp_path):
    rows = [
        ["户主姓名", "姓名", "身份证号", "与户主关系", "开户行", "账号"],
        ["张三", "李四", B, "妻", "农行", ACCOUNT],
        ["", "张三", A, "户主", "", ""],
        ["王五", "王五", C, "户主", "农行", THIRD],
    ]
    roster = read(write_xlsx(tmp_path / "a.xlsx", rows, merges=("A2:A3", "E2:E3", "F2:F3")))
    assert homes(roster) == [["李四", "张三"], ["王五"]]
    assert set(roster.people["payee_bank"]) == {"农行"}
    assert payees(roster)["李四"] == ("张三", ACCOUNT)


def test_by_the_run_of_relationships_below_a_head(tmp_path):
    rows = [
        ["姓名", "身份证号", "与户主关系", "账号"],
        ["张三", A, "户主", ACCOUNT],
        ["李四", B, "妻", ""],
        ["王五", C, "户主", THIRD],
        ["赵六", D, "子", ""],
    ]
    roster = read(write_xlsx(tmp_path / "a.xlsx", rows))
    assert homes(roster) == [["张三", "李四"], ["王五", "赵六"]]
    assert payees(roster)["赵六"] == ("王五", THIRD)


def test_two_heads_of_one_name_are_two_households(tmp_path):
    rows = [
        ["户主姓名", "户号", "姓名", "身份证号", "账号"],
        ["张三", "1", "张三", A, ACCOUNT],
        ["张三", "2", "张三", B, OTHER],
    ]
    assert homes(read(write_xlsx(tmp_path / "a.xlsx", rows))) == [["张三"], ["张三"]]


def test_neighbours_whose_heads_have_one_name_are_two_households(tmp_path):
    rows = [
        ["户主姓名", "姓名", "身份证号", "救助类别", "账号"],
        ["张三", "张三", A, "农村低保", ACCOUNT],
        ["张三", "李四", B, "农村低保", ""],
        ["张三", "张三", C, "农村低保", ""],
        ["张三", "王五", D, "农村低保", ""],
    ]
    roster = read(write_xlsx(tmp_path / "a.xlsx", rows))
    assert homes(roster) == [["张三", "李四"], ["张三", "王五"]]
    accounts = list(roster.people["payee_account"].fillna(""))
    assert accounts == [ACCOUNT, ACCOUNT, "", ""]


def test_a_household_does_not_reach_into_the_next_sheet(tmp_path):
    header = ["户号", "姓名", "身份证号", "与户主关系", "账号"]
    sheets = {
        "一镇": [header, ["1", "张三", A, "户主", ACCOUNT]],
        "二镇": [header, ["1", "王五", C, "户主", THIRD], ["1", "赵六", D, "子", ""]],
    }
    roster = read(write_xlsx(tmp_path / "a.xlsx", sheets=sheets))
    assert homes(roster) == [["张三"], ["王五", "赵六"]]


def test_nobody_borrows_an_account_from_a_stranger(tmp_path):
    rows = [["姓名", "身份证号", "账号"], ["张三", A, ACCOUNT], ["李四", B, ""]]
    assert payees(read(write_xlsx(tmp_path / "a.xlsx", rows)))["李四"] == ("李四", "")


def test_where_the_household_has_several_accounts_the_heads_is_borrowed(tmp_path):
    rows = [
        ["户号", "姓名", "身份证号", "与户主关系", "账号"],
        ["1", "李四", B, "妻", OTHER],
        ["1", "张三", A, "户主", ACCOUNT],
        ["1", "王五", C, "子", ""],
        ["2", "赵六", D, "子", THIRD],
        ["2", "钱七", id_number(5), "子", card(5)],
        ["2", "孙八", id_number(6), "子", ""],
    ]
    found = payees(read(write_xlsx(tmp_path / "a.xlsx", rows)))
    assert found["王五"] == ("张三", ACCOUNT)
    assert found["李四"] == ("李四", OTHER)
    assert found["孙八"] == ("孙八", "")


def test_the_accounts_owner_is_named_by_the_roster(tmp_path):
    rows = [["姓名", "身份证号", "户名", "账号"], ["张三", A, "李四", ACCOUNT]]
    assert payees(read(write_xlsx(tmp_path / "a.xlsx", rows)))["张三"] == ("李四", ACCOUNT)


def test_one_account_of_a_household_is_one_payment_in_the_heads_name(tmp_path):
    rows = [
        ["户号", "姓名", "身份证号", "与户主关系", "救助类别", "账号"],
        ["1", "李四", B, "妻", "农村低保", ACCOUNT],
        ["1", "张三", A, "户主", "农村低保", ACCOUNT],
    ]
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    payments = run.batch.payments
    assert list(zip(payments["payee_name"], payments["amount_fen"], strict=True)) == [
        ("张三", 60_000)
    ]
    assert "R206" not in run.codes


# Household files beside person files

HOUSEHOLDS = [
    ["户主姓名", "户主身份证号", "救助类别", "保障人口数", "户月保障金额（元）", "开户行", "账号"],
    ["张三", A, "农村低保", "2", "600", "农行", ACCOUNT],
    ["王五", C, "农村低保", "1", "300", "农行", THIRD],
]
PERSONS = [
    ["户主身份证号", "姓名", "身份证号", "与户主关系", "救助类别"],
    [A, "张三", A, "户主", "农村低保"],
    [A, "李四", B, "妻", "农村低保"],
    [C, "王五", C, "户主", "农村低保"],
]


@pytest.mark.parametrize("households_first", [True, False])
def test_a_file_of_households_gives_its_accounts_to_the_people(tmp_path, households_first):
    files = [write_xlsx(tmp_path / "户.xlsx", HOUSEHOLDS), write_csv(tmp_path / "人.csv", PERSONS)]
    run = told(tmp_path / "office", *(files if households_first else files[::-1]))
    assert run.findings == set()
    assert run.rows == {"read": 3, "paid": 3, "held": 0, "skipped": 0}
    paid = run.batch.payments
    assert dict(zip(paid["account_number"], paid["amount_fen"], strict=True)) == {
        ACCOUNT: 60_000,
        THIRD: 30_000,
    }


def test_a_head_on_no_list_of_people_stays_a_person(tmp_path):
    households = write_xlsx(tmp_path / "户.xlsx", HOUSEHOLDS)
    persons = write_csv(tmp_path / "人.csv", PERSONS[:3])
    assert sorted(read(households, persons).people["name"]) == sorted(["张三", "李四", "王五"])


def test_households_alone_do_not_forget_their_members(tmp_path):
    path = write_xlsx(tmp_path / "户.xlsx", HOUSEHOLDS)
    code, answer = relief(tmp_path / "office", "run", "one-time", path, "--cycle", "2022-08")
    assert (code, answer["error"]["code"]) == (2, "F004")


def test_heads_who_live_alone_are_people(tmp_path):
    run = told(tmp_path / "o", write_xlsx(tmp_path / "户.xlsx", [HOUSEHOLDS[0], HOUSEHOLDS[2]]))
    assert list(run.batch.entitlements["person"]) == [C]


def test_members_under_the_heads_number_alone_are_refused(tmp_path):
    rows = [["户主身份证号", "姓名", "救助类别", "账号"], [A, "李四", "农村低保", ACCOUNT]]
    with pytest.raises(UnreadableError) as caught:
        read(write_xlsx(tmp_path / "a.xlsx", rows))
    assert caught.value.code == "F004"


# Institutions

TEKUN = [
    "姓名",
    "身份证号",
    "救助类别",
    "供养方式",
    "供养机构名称",
    "机构账号",
    "机构开户行",
    "账号",
]
HOME = "阳曲县敬老院"


def test_people_in_an_institution_are_paid_through_it(tmp_path):
    rows = [
        TEKUN,
        ["张三", A, "特困", "集中", HOME, "140201012200001", "农信社", ""],
        ["李四", B, "特困", "集中供养", HOME, "", "", ""],
        ["王五", C, "特困", "分散", "", "", "", THIRD],
    ]
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    paid = run.batch.payments
    found = set(zip(paid["payee_name"], paid["account_number"], paid["amount_fen"], strict=True))
    assert found == {(HOME, "140201012200001", 60_000), ("王五", THIRD, 30_000)}


def test_where_two_accounts_are_said_of_an_institution_nobody_guesses(tmp_path):
    rows = [
        TEKUN,
        ["张三", A, "特困", "集中", HOME, "140201012200001", "农信社", ""],
        ["李四", B, "特困", "集中供养", HOME, "", "", ""],
        ["王五", C, "特困", "集中", HOME, "140201012200002", "农信社", ""],
    ]
    run = told(tmp_path / "office", write_xlsx(tmp_path / "a.xlsx", rows))
    paid = run.batch.payments
    assert sorted(paid["account_number"]) == ["140201012200001", "140201012200002"]
    assert run.codes == {"R308"}


HEAD_OF = [
    "户主身份证号",
    "户主姓名",
    "姓名",
    "身份证号",
    "与户主关系",
    "救助类别",
    "开户行",
    "账号",
]


def at_home(account, *, relation="户主", name="张三", number=A):
    bank = "中国农业银行" if account else ""
    return [A, "张三", name, number, relation, "农村低保", bank, account]


def test_where_files_disagree_the_members_own_sheet_counts(tmp_path):
    one = write_csv(
        tmp_path / "1.csv",
        [HEAD_OF, at_home(ACCOUNT), at_home("", relation="妻", name="李四", number=B)],
    )
    other = write_csv(
        tmp_path / "2.csv",
        [HEAD_OF, at_home(OTHER), at_home("", relation="子", name="王五", number=C)],
    )
    for order in ((one, other), (other, one)):
        assert {name: account for name, (_, account) in payees(read(*order)).items()} | {
            "张三": ""
        } == {"张三": "", "李四": ACCOUNT, "王五": OTHER}


def test_what_the_file_says_counts_before_what_another_file_says(tmp_path):
    sheets = {
        "户主": [HEAD_OF, at_home(ACCOUNT)],
        "家属": [HEAD_OF, at_home("", relation="妻", name="李四", number=B)],
    }
    one = write_xlsx(tmp_path / "1.xlsx", sheets=sheets)
    other = write_csv(tmp_path / "2.csv", [HEAD_OF, at_home(OTHER)])
    assert payees(read(other, one))["李四"] == ("张三", ACCOUNT)


def test_where_it_stays_open_both_places_are_named(tmp_path):
    one, other = (
        write_csv(tmp_path / f"{n}.csv", [HEAD_OF, at_home(account)])
        for n, account in ((1, ACCOUNT), (2, OTHER))
    )
    member = write_csv(
        tmp_path / "3.csv", [HEAD_OF, at_home("", relation="妻", name="李四", number=B)]
    )
    office = tmp_path / "office"
    offices.create(office)
    run = told(office, one, other, member)
    (found,) = run.batch.findings.query("code == 'R201'").itertuples()
    assert "1.csv" in found.detail
    assert "2.csv" in found.detail
    # One of the two rows of the head is paid; the member waits.
    assert run.rows["paid"] == 1
