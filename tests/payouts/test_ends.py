"""From which month on nothing is due: the same whoever says it, and whichever came first."""

import openpyxl
import pytest
from golden.books import Books
from golden.running import done, make_office, relief, run

from sample_data.generate import people

HEADER = ["姓名", "身份证号", "救助类别", "供养方式", "季度合计", "停发年月", "开户行", "账号"]
QUARTER = {"programme": "tekun", "cycle": "2022Q3"}


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture(scope="module")
def somebody():
    return people(40, 5310).drop_duplicates("household").head(3).to_dict("records")


def roster(path, rows, stop="", amount="3000", category="农村特困", title="季度合计"):
    book = openpyxl.Workbook()
    header = [title if one == "季度合计" else one for one in HEADER]
    book.active.append(header)
    for number, row in enumerate(rows):
        book.active.append([row["name"], row["person"], category, "分散", amount,
                            "" if number else stop, row["bank_name"],
                            row["account_number"]])  # fmt: skip
    book.save(path)
    return path


def stop(office, person, since="2022-09-01", reason="死亡", *further):
    answer = relief("--json", "--office", office, "stop", "add", person, "--reason", reason,
                    "--since", since, *further)  # fmt: skip
    assert answer.code == 0, answer.err
    return answer.json["stops"]


def dead(office, row, on="2022-08-20"):
    (office / "lists").mkdir(exist_ok=True)
    (office / "lists" / "死亡.csv").write_text(
        f"姓名,身份证号,死亡日期\n{row['name']},{row['person']},{on}\n", "utf-8"
    )
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[lists]\n", '[lists]\ndead = ["lists/*.csv"]\n', 1), "utf-8")


def by_person(told):
    return {one["id_number"]: int(one["amount_fen"]) for one in Books(told["output"]).entitlements}


def find(office, *options):
    return relief("--json", "--office", office, "recovery", "find", *options).json


@pytest.mark.parametrize("told_by", ["roster", "stop", "list", "stop and list"])
def test_two_months_of_three_are_paid_whoever_says_so(office, somebody, tmp_path, told_by):
    """Stopped from the first of September on, or died in August: 2,000 of 3,000."""
    person = somebody[0]["person"]
    if "stop" in told_by:
        stop(office, person)
    if "list" in told_by:
        dead(office, somebody[0])
    path = roster(tmp_path / "特困.xlsx", somebody, "2022-09" if told_by == "roster" else "")
    told = done(office, [path], **QUARTER)
    assert by_person(told)[person] == 200_000
    assert set(by_person(told).values()) == {200_000, 300_000}
    assert told["findings"].get("R328", 0) == (0 if told_by == "roster" else 1)
    reasons = {one["id_number"]: one["reason"] for one in Books(told["output"]).entitlements}
    assert "2022-07 to 2022-08" in reasons[person]
    # Whatever is found afterwards claims nothing that was due.
    if told_by == "roster":
        stop(office, person)
    assert find(office)["overpaid"] == []


def test_paid_first_a_third_is_owed_back(office, somebody, tmp_path):
    done(office, [roster(tmp_path / "特困.xlsx", somebody)], **QUARTER)
    stop(office, somebody[0]["person"])
    told = find(office, "--record")
    assert (told["amount_fen"], told["overpaid"][0]["cycles"]) == (100_000, ["2022Q3"])


def test_nothing_is_paid_to_who_ended_before(office, somebody, tmp_path):
    stop(office, somebody[0]["person"], "2022-07-01")
    dead(office, somebody[1], "2022-06-30")
    told = done(office, [roster(tmp_path / "特困.xlsx", somebody)], **QUARTER)
    assert told["findings"] == {"R501": 1, "R502": 1}
    assert list(by_person(told)) == [somebody[2]["person"]]


def test_an_office_that_pays_whole_months_only(office, somebody, tmp_path):
    (office / "policy" / "own.toml").write_text(
        '[[tekun.end]]\nsince = 2022-01-01\nvalue = "whole"\n'
        'unit = "rule of the month of an end"\nreference = "x"\n', "utf-8",
    )  # fmt: skip
    dead(office, somebody[0])
    told = done(office, [roster(tmp_path / "特困.xlsx", somebody)], **QUARTER)
    assert by_person(told)[somebody[0]["person"]] == 100_000


def test_what_was_paid_for_the_months_that_were_due_is_not_claimed(office, somebody, tmp_path):
    """Two months were paid, and both were due: no third of them is asked back."""
    path = roster(tmp_path / "特困.xlsx", somebody, "2022-09", amount="2000", title="合计")
    told = done(office, [path], **QUARTER)
    assert by_person(told)[somebody[0]["person"]] == 200_000
    stop(office, somebody[0]["person"])
    assert find(office)["overpaid"] == []


def test_leaving_dibao_bars_nobody_from_temporary_assistance(office, somebody, tmp_path):
    (left, died, named) = somebody
    told = stop(office, left["person"], "2022-07-01", "收入超过标准")
    assert told[0]["programmes"] == ["dibao", "tekun", "price", "one-time", "voucher"]
    assert stop(office, died["person"], "2022-07-01", "2022年6月死亡")[0]["programmes"] == []
    stop(office, named["person"], "2022-07-01", "转出", "--programme", "dibao")
    dibao = roster(
        tmp_path / "低保.xlsx", somebody, amount="400", category="农村低保", title="合计"
    )
    answer = run(office, [dibao], programme="dibao", cycle="2022-08")
    assert answer.json["findings"] == {"R502": 3}
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "救助原因", "救助金额", "开户行", "账号"])
    for row in somebody:
        book.active.append([row["name"], row["person"], "临时救助", "火灾", "800",
                            row["bank_name"], row["account_number"]])  # fmt: skip
    book.save(tmp_path / "临时.xlsx")
    told = done(office, [tmp_path / "临时.xlsx"], programme="temporary", cycle="2022-08")
    assert told["findings"] == {"R502": 1}
    assert set(by_person(told)) == {left["person"], named["person"]}
    # What is stopped for one programme can be stopped for another, and ends together.
    stop(office, named["person"], "2022-08-01", "转出", "--programme", "tekun")
    again = relief("--json", "--office", office, "stop", "add", named["person"], "--reason", "x",
                   "--programme", "tekun")  # fmt: skip
    assert (again.code, again.json["error"]["code"]) == (4, "stopped-before")
    ended = relief("--json", "--office", office, "stop", "end", named["person"], "--reason", "x")
    assert [one["ended"] for one in ended.json["stops"]] == ["x", "x"]
    wrong = relief("--json", "--office", office, "stop", "add", left["person"], "--reason", "x",
                   "--programme", "moon")  # fmt: skip
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "programme-unknown")


def test_what_was_paid_once_is_found_too(office, somebody, tmp_path):
    """The 300 went to somebody who had died two months before."""
    path = roster(tmp_path / "一次性.xlsx", somebody, amount="300", title="发放金额")
    done(office, [path], programme="one-time", cycle="2022-08")
    stop(office, somebody[0]["person"], "2022-07-01")
    stop(office, somebody[1]["person"], "2022-09-01")
    (one,) = find(office)["overpaid"]
    assert (one["programme"], one["cycles"], one["amount_fen"]) == ("one-time", ["2022-08"], 30_000)


def over_books(office, tmp_path, lines, *further, header="姓名,身份证号,死亡日期"):
    path = tmp_path / "名单.csv"
    path.write_text("\n".join([header, *lines, ""]), "utf-8")
    answer = relief("--json", "--office", office, "compare", "--books", "--against", path,
                    "--from", "2022-07", "--to", "2022-10", *further)  # fmt: skip
    return answer.code, answer.json


def test_a_list_that_comes_late_is_run_over_the_books(office, somebody, tmp_path):
    """Deaths come months later: what was paid to whom for months that were not due."""
    dibao = roster(tmp_path / "低保.xlsx", somebody[:2], amount="450.50", category="农村低保",
                   title="合计")  # fmt: skip
    for cycle in ("2022-06", "2022-07", "2022-08", "2022-09", "2022-10", "2022-11"):
        done(office, [dibao], programme="dibao", cycle=cycle)
    done(office, [roster(tmp_path / "特困.xlsx", somebody[2:])], **QUARTER)
    lines = [
        f"{somebody[0]['name']},{somebody[0]['person']},2022-08-15",
        f"{somebody[2]['name']},{somebody[2]['person']},2022-08-31",
    ]
    code, told = over_books(office, tmp_path, lines, "--as", "dead")
    assert code == 1
    # August is due; November lies beyond what was asked.
    found = {one["programme"]: one for one in told["overpaid"]}
    assert found["dibao"]["cycles"] == ["2022-09", "2022-10"]
    assert found["dibao"]["amount_fen"] == 90_100
    assert (found["tekun"]["cycles"], found["tekun"]["amount_fen"]) == (["2022Q3"], 100_000)
    assert (told["amount_fen"], told["open_fen"], told["recorded"]) == (190_100, 190_100, 0)
    assert relief("--json", "--office", office, "recovery", "list").json["recoveries"] == []
    code, told = over_books(office, tmp_path, lines, "--record")
    assert (code, told["recorded"], told["open_fen"]) == (0, 2, 0)
    # Once, whoever finds it: the list again, or the stop.
    stop(office, somebody[0]["person"], "2022-09-01")
    found = find(office)["overpaid"]
    assert [(one["cycles"], one["missing_fen"]) for one in found] == [
        (["2022-09", "2022-10", "2022-11"], 45_050)
    ]
    assert over_books(office, tmp_path, lines)[1]["open_fen"] == 0


def test_whoever_is_listed_without_a_day_was_due_nothing(office, somebody, tmp_path):
    dibao = roster(
        tmp_path / "低保.xlsx", somebody, amount="450", category="农村低保", title="合计"
    )
    for cycle in ("2022-07", "2022-08"):
        done(office, [dibao], programme="dibao", cycle=cycle)
    lines = [f"{somebody[1]['name']},{somebody[1]['person']}"]
    code, told = over_books(
        office, tmp_path, lines, "--as", "public_payroll", header="姓名,身份证号"
    )
    ((one),) = told["overpaid"]
    assert (code, one["cycles"], one["amount_fen"]) == (1, ["2022-07", "2022-08"], 90_000)


@pytest.mark.parametrize("further", [(), ("--from", "2022-07"), ("x.xlsx",)])
def test_what_is_asked_of_the_books_wrongly(office, tmp_path, further):
    path = tmp_path / "名单.csv"
    path.write_text("姓名,身份证号\n", "utf-8")
    answer = relief("--json", "--office", office, "compare", "--books", "--against", path, *further)
    assert (answer.code, answer.json["error"]["code"]) == (2, "comparison-unclear")
