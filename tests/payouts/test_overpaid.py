"""What was paid to people after they had died or stopped, worked out by hand."""

import openpyxl
import pytest
from golden.running import done, make_office, relief

from sample_data.generate import people

DATABASES = ("sqlite",)

MONTHS = ["2022-07", "2022-08", "2022-09", "2022-10"]


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture(scope="module")
def somebody():
    return people(40, 5300).drop_duplicates("household").head(3).to_dict("records")


def roster(path, rows, category, amount):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "供养方式", "合计", "开户行", "账号"])
    for row in rows:
        book.active.append([row["name"], row["person"], category, "分散", amount,
                            row["bank_name"], row["account_number"]])  # fmt: skip
    book.save(path)
    return path


def stop(office, person, since, reason="死亡"):
    told = relief("--office", office, "stop", "add", person, "--reason", reason, "--since", since)
    assert told.code == 0


def end(office, person):
    assert relief("--office", office, "stop", "end", person, "--reason", "更正").code == 0


def owed(office):
    told = relief("--json", "--office", office, "recovery", "list").json["recoveries"]
    return [(each["amount_fen"], each["since"]) for each in told]


def listed(told):
    """Give name, ID and the three amounts of the first line of the workbook."""
    sheet = openpyxl.load_workbook(told["report"]).active
    return [sheet.cell(3, column).value for column in (2, 3, 6, 7, 8)]


def find(office, *options):
    answer = relief("--json", "--office", office, "recovery", "find", *options)
    return answer.code, answer.json


def test_months_of_dibao_from_the_month_of_the_stop_on(office, somebody, tmp_path):
    path = roster(tmp_path / "低保.xlsx", somebody, "农村低保", "450.50")
    for month in MONTHS:
        done(office, [path], programme="dibao", cycle=month)
    nobody = {"overpaid": [], "amount_fen": 0, "recorded": 0, "open_fen": 0, "report": None}
    assert find(office) == (0, nobody)
    stop(office, somebody[0]["person"], "2022-08-31")
    stop(office, somebody[1]["person"], "2022-12-01")
    code, told = find(office)
    assert code == 1
    ((one),) = told["overpaid"]
    assert one["cycles"] == ["2022-08", "2022-09", "2022-10"]
    assert (one["amount_fen"], one["missing_fen"]) == (3 * 45_050, 3 * 45_050)
    assert told["open_fen"] == 3 * 45_050
    assert listed(told) == [somebody[0]["name"], somebody[0]["person"], 1351.5, 0, 1351.5]
    code, told = find(office, "--record")
    assert (code, told["recorded"], told["open_fen"]) == (0, 1, 0)
    assert listed(told)[2:] == [1351.5, 1351.5, 0]
    # It is owed once, however often it is found.
    code, told = find(office, "--record")
    assert (code, told["recorded"], told["overpaid"][0]["missing_fen"]) == (0, 0, 0)
    settings = office / "relief.toml"
    given = settings.read_text("utf-8")
    other = given.replace('language = "en"', 'language = "zh"')
    assert other != given
    settings.write_text(other, "utf-8")
    code, told = find(office, "--record")
    assert (code, told["recorded"], told["overpaid"][0]["missing_fen"]) == (0, 0, 0)
    assert owed(office) == [(135_150, "2022-08-31")]


def test_a_month_more_is_owed_beside_what_was_recorded(office, somebody, tmp_path):
    path = roster(tmp_path / "低保.xlsx", somebody, "农村低保", "450.50")
    for month in MONTHS[:3]:
        done(office, [path], programme="dibao", cycle=month)
    stop(office, somebody[0]["person"], "2022-09-15")
    assert find(office, "--record")[1]["recorded"] == 1
    end(office, somebody[0]["person"])
    done(office, [path], programme="dibao", cycle="2022-10")
    # Written down anew with an earlier day: August too, and October that was paid meanwhile.
    stop(office, somebody[0]["person"], "2022-08-20")
    code, told = find(office)
    ((one),) = told["overpaid"]
    assert (code, one["cycles"]) == (1, ["2022-08", "2022-09", "2022-10"])
    assert (one["amount_fen"], one["missing_fen"]) == (3 * 45_050, 2 * 45_050)
    assert find(office, "--record")[:1] == (0,)
    assert find(office, "--record")[1]["recorded"] == 0
    assert owed(office) == [(45_050, "2022-09-15"), (2 * 45_050, "2022-08-20")]
    # A later day makes nobody owe anything twice.
    end(office, somebody[0]["person"])
    stop(office, somebody[0]["person"], "2022-10-01")
    assert find(office)[0] == 0
    assert find(office, "--record")[1]["recorded"] == 0
    assert sum(fen for fen, _ in owed(office)) == 3 * 45_050
    reasons = relief("--json", "--office", office, "recovery", "list").json["recoveries"]
    assert [each["reason"] for each in reasons] == [
        "stopped since 2022-09-15 (死亡); dibao 2022-09 overpaid",
        "stopped since 2022-08-20 (死亡); dibao 2022-08, 2022-10 overpaid",
    ]
    assert relief("--office", office, "audit").code == 0


def test_of_a_quarter_only_the_months_beyond_are_asked_for(office, somebody, tmp_path):
    (office / "policy" / "own.toml").write_text(
        '[[tekun.leaving]]\nsince = 2022-01-01\nvalue = "by-month"\n'
        'unit = "rule within a cycle"\nreference = "x"\n',
        "utf-8",
    )
    path = roster(tmp_path / "特困.xlsx", somebody, "农村特困", "1000.51")
    done(office, [path], programme="tekun", cycle="2022Q3")
    stop(office, somebody[0]["person"], "2022-09-10")
    find(office, "--record")
    end(office, somebody[0]["person"])
    stop(office, somebody[0]["person"], "2022-08-10")
    find(office, "--record")
    # Two thirds of 1000.51 are due, rounded up to 667.01, so 333.50 are not; then 667.00 are not.
    assert [fen for fen, _ in owed(office)] == [33_350, 33_350]


@pytest.mark.parametrize(("rule", "fen"), [("by-month", 66_700), ("whole-cycle", 0)])
def test_a_quarter_of_tekun_by_the_policys_rule(office, somebody, tmp_path, rule, fen):
    (office / "policy" / "own.toml").write_text(
        f'[[tekun.leaving]]\nsince = 2022-01-01\nvalue = "{rule}"\n'
        'unit = "rule within a cycle"\nreference = "x"\n',
        "utf-8",
    )
    path = roster(tmp_path / "特困.xlsx", somebody, "农村特困", "1000.51")
    done(office, [path], programme="tekun", cycle="2022Q3")
    stop(office, somebody[0]["person"], "2022-08-10")
    # July is due: a third of 1000.51, rounded up to 333.51, so 667.00 are not.
    _, told = find(office)
    assert told["amount_fen"] == fen


@pytest.mark.parametrize(("reason", "cycles"), [
    ("收入超过标准", ["2022-10"]),
    # 渐退 is for incomes that rose: after a death nothing is due.
    ("死亡", ["2022-08", "2022-09", "2022-10"]),
])  # fmt: skip
def test_months_of_tapering_are_due(office, somebody, tmp_path, reason, cycles):
    (office / "policy" / "own.toml").write_text(
        '[[dibao.taper-months]]\nsince = 2022-01-01\nvalue = 2\nunit = "months"\nreference = "x"\n',
        "utf-8",
    )
    path = roster(tmp_path / "低保.xlsx", somebody, "农村低保", "450")
    for month in MONTHS:
        done(office, [path], programme="dibao", cycle=month)
    stop(office, somebody[0]["person"], "2022-08-10", reason)
    _, told = find(office)
    assert told["overpaid"][0]["cycles"] == cycles


def test_what_did_not_go_out_is_not_owed(office, somebody, tmp_path):
    path = roster(tmp_path / "低保.xlsx", somebody, "农村低保", "450")
    told = relief("--json", "--office", office, "prepare", "dibao", path, "--cycle", "2022-08")
    assert told.json["state"] == "prepared"
    stop(office, somebody[0]["person"], "2022-07-01")
    assert find(office)[1]["overpaid"] == []
