"""The commands diff, compare and screen, as a clerk calls them."""

import re
import stat
from pathlib import Path

import openpyxl
import pytest
from golden import rosters
from golden.plain_changes import key_of, persons_of
from golden.running import make_office, relief
from rules.made import NAMES, card, id_number, person, table, write_csv, write_xlsx

from sample_data import generate


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def made(name, *people):
    return write_csv(Path(name).absolute(), table(*people))


def sheets_of(path):
    """Give name → rows of a workbook."""
    book = openpyxl.load_workbook(path)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def mode(path):
    return stat.S_IMODE(Path(path).stat().st_mode)


# --- diff -----------------------------------------------------------------------------------------


def test_diff_tells_everything_and_writes_it_side_by_side():
    old = made(
        "old.csv",
        *(person(n, 月保障金额="450", 备注="") for n in (1, 2, 3, 4)),
        person(5, 身份证号="123", 月保障金额="100"),
    )
    new = made(
        "new.csv",
        person(1, 月保障金额="500.5", 变更原因="提标"),
        person(2, 月保障金额="450", 账号=card(900)),
        person(3, 月保障金额="450", 姓名="改名"),
        person(6, 月保障金额="300", 变更原因="新增"),
    )
    answer = relief("--json", "--lang", "en", "diff", old, new)
    assert answer.code == 0
    told = answer.json
    assert (told["old"]["rows"], told["old"]["amount_fen"]) == (5, 190000)
    assert (told["new"]["rows"], told["new"]["amount_fen"]) == (4, 170050)
    assert (told["joined"], told["left"], told["unmatched"]) == (1, 1, 1)
    counted = {name: n for name, n in told["changed"].items() if n}
    assert counted == {"amount": 1, "account": 1, "name": 1}
    assert re.search("退出 +1 ", relief("--lang", "zh", "diff", old, new).out)
    assert mode(told["report"]) == 0o600
    sheets = sheets_of(told["report"])
    assert list(sheets) == [
        "账户变动",
        "汇总",
        "新增人员",
        "退出人员",
        "金额变动",
        "其他变动",
        "需核对的行",
    ]
    (account,) = [row for row in sheets["账户变动"][3:] if row[0] != "合计"]
    assert {card(2), card(900), id_number(2)} <= set(account)
    (amount,) = [row for row in sheets["金额变动"][3:] if row[0] != "合计"]
    assert {450, 500.5, 50.5, "提标"} <= set(amount)
    joined = sheets["新增人员"][3]
    assert (joined[1], joined[6], joined[7]) == (id_number(6), 300, "新增")
    summary = {row[0]: row[1:] for row in sheets["汇总"][3:]}
    parts = ("原册合计（行）", "退出（人）", "新增（人）", "金额调增（人）", "金额调减（人）",
             "原册无有效证号（行）", "新册无有效证号（行）")  # fmt: skip
    assert sum(round(summary[part][1] * 100) for part in parts) == 170050
    assert summary["新册合计（行）"] == (4, 1700.5)


def test_diff_warns_of_accounts_and_masks_them():
    old, new = made("old.csv", person(1)), made("new.csv", person(1, 账号=card(900)))
    answer = relief("--lang", "en", "diff", old, new)
    assert answer.code == 0
    assert "WARNING: the accounts of 1 people changed" in answer.out
    for whole in (id_number(1), card(1), card(900), NAMES[1]):
        assert whole not in answer.out + answer.err
    assert "WARNING" not in relief("--lang", "en", "diff", old, old).out


def test_diff_tells_who_may_be_the_same_with_a_number_put_right():
    wrong = id_number(1)[:14] + "9" + id_number(1)[15:]
    old, new = (
        made("old.csv", person(1, 身份证号=wrong), person(2)),
        made("new.csv", person(1), person(2)),
    )
    told = relief("--json", "diff", old, new).json
    assert (told["joined"], told["left"]) == (1, 1)
    assert "old.csv:2" in sheets_of(told["report"])["新增人员"][3]
    assert "new.csv:2" in sheets_of(told["report"])["退出人员"][3]


def test_diff_takes_folders_and_several_files(tmp_path):
    folder = tmp_path / "7月"
    folder.mkdir()
    write_csv(folder / "a.csv", table(person(1)))
    write_xlsx(folder / "b.xlsx", table(person(2)))
    (folder / "~$b.xlsx").write_bytes(b"x")
    (folder / "说明.docx").write_bytes(b"x")
    new = made("new.csv", person(1), person(2), person(3))
    more = made("more.csv", person(4))
    told = relief("--json", "diff", folder, new, "--new", more).json
    assert told["old"]["files"] == ["a.csv", "b.xlsx"]
    assert (told["old"]["rows"], told["new"]["rows"], told["joined"]) == (2, 4, 2)
    same = relief("--json", "diff", "--old", folder / "a.csv", "--old", folder / "b.xlsx",
                  "--new", new, "--new", more).json  # fmt: skip
    assert same == told
    (tmp_path / "empty").mkdir()
    for wrong, code in (
        ([], "side-missing"),
        ([folder], "side-missing"),
        ([folder, tmp_path / "empty"], "F001"),
        (["--old", folder], "side-missing"),
    ):
        answer = relief("--json", "diff", *wrong)
        assert (answer.code, answer.json["error"]["code"]) == (2, code)


def test_reports_of_an_office_lie_among_its_outputs(tmp_path):
    office = make_office(tmp_path / "office")
    one = made("a.csv", person(1))
    listed = write_csv(tmp_path / "d.csv", [["姓名", "身份证号"], [NAMES[1], id_number(1)]])
    for kind, command in {
        "diff": ("diff", one, one),
        "compare": ("compare", one, "--against", listed, "--as", "dead"),
    }.items():
        told = relief("--json", "--office", office, *command).json
        assert told["report"].startswith(str(office / "out" / kind))
        content = Path(told["report"]).read_bytes()
        assert relief("--json", "--office", office, *command).json == told
        assert Path(told["report"]).read_bytes() == content


def test_what_is_asked_otherwise_is_another_report():
    one, two = made("a.csv", person(1)), made("b.csv", person(1, 账号=card(9)))
    listed = dead_list([NAMES[1], id_number(1), "2022-09-01"])
    against = ("compare", one, "--against", listed, "--as")
    reports = [
        relief("--json", *command).json["report"]
        for command in (
            ("diff", one, two),
            ("diff", two, one),
            (*against, "dead"),
            (*against, "employed"),
            (*against, "dead", "--cycle", "2022-08"),
        )
    ]
    assert len(set(reports)) == len(reports)


# --- compare --------------------------------------------------------------------------------------


def dead_list(*entries, name="死亡.csv"):
    return write_csv(Path(name).absolute(), [["姓名", "身份证号", "死亡日期"], *entries])


def test_compare_holds_the_dead_and_writes_what_the_list_says():
    roster = made("r.csv", *(person(n) for n in range(1, 7)))
    short = id_number(2)[:6] + id_number(2)[8:17]
    near = id_number(4)[:16] + "9" + id_number(4)[17]
    listed = dead_list(
        [NAMES[2], short, "2022-07-03"],
        ["别名", id_number(3), ""],
        [NAMES[4], near, "2022-05-01"],
        [NAMES[5], id_number(5), "2022-09-12"],
        ["某某", "1401*", ""],
    )
    against = ("--against", listed, "--as", "dead")
    answer = relief("--json", "compare", roster, *against, "--cycle", "2022-08")
    assert answer.code == 1
    told = answer.json
    assert {name: told[name] for name in ("rows", "list_rows", "list_unusable", "matched", "held",
            "warned", "later", "name_differs", "possible", "findings")} == {
        "rows": 6, "list_rows": 5, "list_unusable": 2, "matched": 3, "held": 2, "warned": 0,
        "later": 1, "name_differs": 1, "possible": 1, "findings": {"R501": 2}}  # fmt: skip
    sheets = sheets_of(told["report"])
    rows = sheets[next(iter(sheets))]
    assert rows[0][:5] == ("姓名", "身份证号", "救助类别", "开户行", "账号")
    assert [row[1] for row in rows[1:]] == [id_number(2), id_number(3)]
    assert [row[5] for row in rows[1:]] == ["R501", "R501"]
    assert rows[1][-5:] == ("死亡.csv:2", NAMES[2], short, "2022-07-03", "✓")
    assert rows[2][-5:][1::3] == ("别名", "✗")
    assert sheets["疑似"][3][:2] == (NAMES[4], id_number(4))
    assert sheets["当月仍应发放"][3][1] == id_number(5)
    # Without a cycle everybody on the list counts.
    assert relief("--json", "compare", roster, *against).json["held"] == 3


def test_compare_only_warns_where_the_policy_says_so():
    roster = made("r.csv", person(1), person(2))
    listed = dead_list([NAMES[1], id_number(1), ""])
    answer = relief("--json", "compare", roster, "--against", listed, "--as", "employed")
    assert (answer.code, answer.json["held"], answer.json["warned"]) == (0, 0, 1)
    assert answer.json["findings"] == {"R503": 1}
    wrong = relief("--json", "compare", roster, "--against", listed, "--as", "ghost")
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "list-kind-unknown")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_compare_masks_people_on_the_screen(language):
    roster = made("r.csv", person(1), person(2))
    listed = dead_list(["别名先生", id_number(1), ""])
    answer = relief("--lang", language, "compare", roster, "--against", listed, "--as", "dead")
    assert answer.code == 1
    for whole in (id_number(1), NAMES[1], "别名先生"):
        assert whole not in answer.out + answer.err


@pytest.mark.parametrize("seed", [5, 6])
def test_a_made_up_county_is_compared_as_a_look_at_each_row_says(tmp_path, seed):
    truth = generate.inject(generate.people(400, seed), {"R101": 3, "R103": 3, "R107": 4}, seed)
    roster = tmp_path / "r.xlsx"
    rosters.write("persons", roster, truth)
    listed = generate.people(400, seed + 100).head(150)
    some = truth.iloc[::7]
    entries = [[row["name"], row["person"], "2022-07"] for _, row in listed.iterrows()]
    entries += [[row["name"] if n % 3 else "别人", row["id_number"].lower(), "2022-07"]
                for n, (_, row) in enumerate(some.iterrows())]  # fmt: skip
    old = [[name, number[:6] + number[8:17], day] for name, number, day in entries
           if len(number) == 18 and number[6:8] == "19"][:40]  # fmt: skip
    path = dead_list(*entries, *old)
    told = relief("--json", "compare", roster, "--against", path, "--as", "dead").json
    names = {}
    for name, number, _ in [*entries, *old]:
        names.setdefault(key_of(number), set()).add(name)
    names.pop(None, None)
    rows = [(key_of(row["id_number"]), row["name"]) for _, row in truth.iterrows()]
    matched = [(key, name) for key, name in rows if key in names]
    assert told["matched"] == told["held"] == len(matched) > 40
    assert told["name_differs"] == sum(name not in names[key] for key, name in matched) > 5
    assert persons_of(truth)[2]["nobody"] == 3


# --- screen ---------------------------------------------------------------------------------------


def disabled(*entries, header=("姓名", "身份证号", "残疾类别", "残疾等级"), name="残疾.csv"):
    rows = [[NAMES[n % len(NAMES)], id_number(n), *said] for n, *said in entries]
    return write_csv(Path(name).absolute(), [list(header), *rows])


def screened(*people, against, code=0):
    answer = relief("--json", "screen", made("r.csv", *people), "--against", against)
    assert answer.code == code, answer.err
    return answer.json


def test_screen_finds_margin_families_and_who_is_on_no_roster():
    people = [
        person(1, 救助类别="低保边缘", 乡镇="黄寨镇", 残疾等级="三级"),
        person(2, 救助类别="低保边缘"),
        person(3, 救助类别="低保边缘"),
        person(4, 救助类别="低保边缘"),
        person(4, 救助类别="农村低保"),
        person(5),
        person(6, 救助类别="特困"),
    ]
    listed = disabled(
        (1, "肢体", "二级"), (2, "智力三级", ""), (3, "肢体", "三级"), (4, "视力", "一级"),
        (5, "精神", "2"), (6, "精神", "一级"), (21, "肢体", "Ⅱ级"), (22, "听力", "一级"),
        (23, "视力", "二级"), (24, "视力", "壹级"), (25, "精神/三级", ""), (26, "多重", "一级"),
        (27, "肢体", ""), (28, "肢体", "四级"),
    )  # fmt: skip
    told = screened(*people, against=listed)
    assert told["found"] == {"dibao-alone": 2, "tekun-disability": 3}
    assert (told["rows"], told["list_rows"], told["unreadable"]) == (7, 14, 1)
    assert (told["unclear"], told["grade_differs"], told["unchecked"]) == (1, 1, [])
    sheets = sheets_of(told["report"])
    alone, tekun, kind, grade, unused = sheets.values()
    assert {row[3] for row in alone[3:]} == {id_number(1), id_number(2)}
    assert alone[3][:2] == ("黄寨镇", None)
    assert {row[3] for row in tekun[3:]} == {id_number(21), id_number(24), id_number(25)}
    assert [row[3] for row in kind[3:]] == [id_number(26)]
    assert [row[3] for row in grade[3:]] == [id_number(1)]
    assert [row[3] for row in unused[3:]] == [id_number(27)]
    assert mode(told["report"]) == 0o600


def test_screen_says_where_no_roster_of_such_families_was_given():
    told = screened(person(1), against=disabled((1, "肢体", "一级")))
    assert told["unchecked"] == ["dibao-alone"]
    answer = relief("--lang", "en", "screen", "r.csv", "--against", "残疾.csv")
    assert "Not checked, no roster of such families was given" in answer.out
    assert id_number(1) not in answer.out


@pytest.mark.parametrize(
    ("header", "said", "code"),
    [
        (("姓名", "身份证号", "性别"), ("男",), "F004"),
        (("姓名", "残疾类别", "残疾等级"), ("肢体", "一级"), "F004"),
        (("姓名", "身份证号", "残疾类别"), ("未知",), "list-unreadable"),
    ],
)
def test_screen_says_what_the_list_lacks(header, said, code):
    listed = disabled((1, *said), header=header)
    if "身份证号" not in header:
        listed.write_text(",".join(header) + "\n张三," + ",".join(said) + "\n", "utf-8")
    error = screened(person(1), against=listed, code=2)["error"]
    assert error["code"] == code
    assert error["file"] == "残疾.csv"
    assert error["remedy"]


def test_screen_needs_the_category_of_every_roster():
    roster = made("r.csv", person(1, 救助类别=None))
    listed = disabled((1, "肢体", "一级"))
    answer = relief("--json", "screen", roster, "--against", listed)
    assert (answer.code, answer.json["error"]["code"]) == (2, "F004")
