"""Lists of other departments: two columns are enough, and what is missing is said."""

import datetime as dt

import pytest
from rules.made import id_number, write_csv, write_xls, write_xlsx

from relief_cli.errors import PolicyError, UnreadableError
from relief_cli.roster.fields import load_headers
from relief_cli.roster.gather import Options, gather
from relief_cli.roster.identity import NOBODY
from relief_cli.roster.listed import read_list

FIRST, SECOND = id_number(1), id_number(2)


def listed(*paths, **options):
    return read_list(gather(paths, Options(lists=True, **options)))


@pytest.mark.parametrize("write", [write_csv, write_xls, write_xlsx])
def test_name_and_number_are_enough(tmp_path, write):
    ending = {"write_csv": "csv", "write_xls": "xls", "write_xlsx": "xlsx"}[write.__name__]
    rows = [["姓名", "身份证号"], ["张三", FIRST], ["李四", SECOND]]
    found = listed(write(tmp_path / f"名单.{ending}", rows))
    assert found.identities.person.tolist() == [FIRST, SECOND]
    assert found.rows["name"].tolist() == ["张三", "李四"]
    assert found.rows["happened_on"].isna().all()
    assert found.place(1).endswith(":3")
    assert found.unusable == 0


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("死者姓名", "死者身份证号"),
        ("公民姓名", "公民身份号码"),
        ("参保人姓名", "社会保障号码"),
        ("机动车所有人", "身份证明号码"),
        ("法定代表人", "证件号码"),
    ],
)
def test_departments_have_their_own_words(tmp_path, name, number):
    rows = [["某局 2022年名单"], ["序号", name, number, "其他"], ["1", "张三", FIRST, "x"]]
    found = listed(write_xlsx(tmp_path / "a.xlsx", rows))
    assert found.rows["name"].tolist() == ["张三"]
    assert found.identities.person.tolist() == [FIRST]


def test_their_words_mean_nothing_in_a_roster():
    assert load_headers().meaning("死者姓名") is None
    assert load_headers().meaning("死亡日期") is None
    assert load_headers(lists=True).meaning("死者姓名").field == "name"
    assert load_headers(lists=True).meaning("账号") is None


def test_an_offices_own_words_hold_for_lists_too(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["当事人", "编码", "去世"], ["张三", FIRST, "2022-07"]])
    headers = {"name": ["当事人"], "id_number": ["编码"], "happened_on": ["去世"],
               "account_number": ["惠农卡号"]}  # fmt: skip
    found = listed(path, headers=headers)
    assert found.rows["happened_on"].tolist() == ["2022-07"]
    with pytest.raises(PolicyError) as caught:
        load_headers({"nothing": ["x"]}, lists=True)
    assert caught.value.code == "header-field-unknown"


def test_old_numbers_small_letters_and_spaces_are_read(tmp_path):
    with_x = next(id_number(n) for n in range(100) if id_number(n).endswith("X"))
    rows = [["姓名", "身份证号"], ["张三", FIRST[:6] + FIRST[8:17]], ["李四", with_x.lower()],
            ["王五", f" {SECOND[:6]} {SECOND[6:]}"]]  # fmt: skip
    found = listed(write_csv(tmp_path / "a.csv", rows))
    assert found.identities.person.tolist() == [FIRST, with_x, SECOND]


def test_the_date_of_death_goes_before_the_one_of_deregistration(tmp_path):
    rows = [["注销日期", "姓名", "身份证号", "死亡日期"],
            ["2022-10-01", "张三", FIRST, dt.datetime(2022, 7, 3)]]  # noqa: DTZ001  # fmt: skip
    found = listed(write_xlsx(tmp_path / "a.xlsx", rows))
    assert found.rows["happened_on"].tolist()[0].startswith("2022-07-03")


def test_several_files_and_sheets_are_one_list(tmp_path):
    rows = [["姓名", "身份证号"], ["张三", FIRST]]
    other = [["死亡日期", "身份证号", "姓名"], ["2022-07", SECOND, "李四"]]
    one = write_xlsx(tmp_path / "a.xlsx", sheets={"上半年": rows, "下半年": other})
    two = write_csv(tmp_path / "b.csv", [["姓名", "身份证号"], ["王五", id_number(3)]])
    found = listed(one, two)
    assert found.rows["name"].tolist() == ["张三", "李四", "王五"]
    assert [found.place(n) for n in range(3)] == ["a.xlsx[上半年]:2", "a.xlsx[下半年]:2", "b.csv:2"]


def test_what_identifies_nobody_is_counted(tmp_path):
    rows = [["姓名", "身份证号"], ["张三", FIRST], ["李四", "1401**********1234"], ["王五", ""]]
    found = listed(write_csv(tmp_path / "a.csv", rows))
    assert found.unusable == 2
    assert found.identities.key.tolist().count(NOBODY) == 2


def test_a_list_that_identifies_nobody_at_all_is_refused(tmp_path):
    masked = write_csv(tmp_path / "b.csv", [["姓名", "身份证号"], ["李四", "1401**********1234"]])
    numbers = write_xlsx(
        tmp_path / "c.xlsx", [["姓名", "身份证号"], ["李四", int(FIRST[:17]) * 10]]
    )
    sound = write_csv(tmp_path / "a.csv", [["姓名", "身份证号"], ["张三", FIRST]])
    for path in (masked, numbers):
        with pytest.raises(UnreadableError) as caught:
            listed(sound, path)
        assert (caught.value.code, caught.value.file) == ("list-nobody", path.name)


def test_a_list_of_nobody_is_a_list(tmp_path):
    assert len(listed(write_csv(tmp_path / "a.csv", [["姓名", "身份证号", "死亡日期"]])).rows) == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["张三", FIRST], ["李四", SECOND]], "F003"),
        ([["姓名", "乡镇"], ["张三", "黄寨镇"]], "F004"),
        ([["证件号码", "死亡日期"], [FIRST, "2022-07"]], "F004"),
        ([["姓名", "身份证号", "证件号码"], ["张三", FIRST, FIRST]], "F005"),
    ],
)
def test_what_is_missing_is_said_in_the_words_of_a_list(tmp_path, rows, code):
    with pytest.raises(UnreadableError) as caught:
        listed(write_csv(tmp_path / "a.csv", rows))
    assert caught.value.code == code
    if code != "F005":
        assert "账号" not in caught.value.remedy
        assert "account" not in caught.value.why
