"""What a corrected roster says beyond what was paid, each figure worked out by hand."""

import sqlite3

import openpyxl
import pytest
from golden.books import Books
from golden.running import done, make_office, relief, run

from sample_data.bank import PAID, answer_all
from sample_data.generate import people

HEADER = ["户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系", "救助类别", "月保障金额",
          "补发", "开户行", "账号"]  # fmt: skip


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office", county="定襄县", region="140921")


@pytest.fixture(scope="module")
def homes():
    """Give households of three, two and one."""
    truth = people(200, 4980)
    found = {}
    for _, rows in truth.groupby("household", sort=False):
        found.setdefault(len(rows), rows.to_dict("records"))
    return [found[size] for size in (3, 2, 1)]


def roster(path, homes, amounts, more=()):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for place, (rows, amount) in enumerate(zip(homes, amounts, strict=True)):
        head = rows[0]
        for number, one in enumerate(rows):
            book.active.append(
                [head["name"], head["person"], one["name"], one["person"],
                 "子女" if number else "户主", "农村低保", "" if number else amount,
                 "" if number or not more else more[place], head["bank_name"],
                 head["account_number"]]
            )  # fmt: skip
    book.save(path)
    return path


def top_up(office, path, *further, cycle="2022-08", programme="dibao"):
    return run(office, [path], *further, cycle=cycle, command="top-up", programme=programme)


def by_person(told):
    return {one["id_number"]: int(one["amount_fen"]) for one in Books(told["output"]).entitlements}


def test_what_is_owed_beyond_is_told_and_paid_once(office, homes, tmp_path):
    first = done(office, [roster(tmp_path / "1.xlsx", homes, ["1200", "800", "400"])],
                 programme="dibao")  # fmt: skip
    corrected = roster(tmp_path / "2.xlsx", homes, ["1200", "800", "610"])
    answer = run(office, [corrected], programme="dibao")
    assert (answer.code, answer.json["batch"]) == (1, None)
    assert answer.json["findings"] == {"R403": 5, "R409": 1}
    assert answer.json["rows"] == {"read": 6, "paid": 0, "held": 1, "skipped": 5}
    cells = [
        str(cell.value)
        for row in openpyxl.load_workbook(answer.json["held_list"]).active.iter_rows()
        for cell in row
    ]
    assert any(f"{first['batch']}: 400.00 → 610.00" in text for text in cells)

    answer = top_up(office, corrected)
    told = answer.json
    assert answer.code == 0, answer.err
    assert by_person(told) == {homes[2][0]["person"]: 21000}
    assert sum(told["shares_fen"].values()) == told["amount_fen"] == 21000
    ((reason,),) = {(one["reason"],) for one in Books(told["output"]).entitlements}
    assert reason == "minimum living allowance for 2022-08 (rural dibao), topped up"
    # Once: the same answers with the same batch, and the roster itself has nothing left.
    assert (top_up(office, corrected).json["batch"], told["repeated"]) == (told["batch"], False)
    again = run(office, [corrected], programme="dibao")
    assert (again.code, again.json["findings"]) == (0, {"R403": 6})
    # Corrected once more.
    more = roster(tmp_path / "3.xlsx", homes, ["1200", "800", "650"])
    assert by_person(top_up(office, more).json) == {homes[2][0]["person"]: 4000}
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_of_a_household_the_sum_counts_and_not_who_has_the_odd_fen(office, homes, tmp_path):
    done(office, [roster(tmp_path / "1.xlsx", homes[:1], ["1000"])], programme="dibao")
    turned = roster(tmp_path / "2.xlsx", [[homes[0][0], *homes[0][:0:-1]]], ["1000"])
    again = run(office, [turned], programme="dibao")
    assert (again.code, again.json["findings"]) == (0, {"R403": 3})
    more = roster(tmp_path / "3.xlsx", homes[:1], ["1000.05"])
    assert run(office, [more], programme="dibao").json["findings"] == {"R409": 3}
    assert sorted(by_person(top_up(office, more).json).values()) == [1, 2, 2]


def test_who_joins_a_household_waits_for_its_top_up(office, homes, tmp_path):
    done(office, [roster(tmp_path / "1.xlsx", [homes[0][:2]], ["800"])], programme="dibao")
    path = roster(tmp_path / "2.xlsx", homes[:1], ["1260"])
    answer = run(office, [path], programme="dibao").json
    assert answer["findings"] == {"R312": 1, "R409": 2}
    # The whole household stands in the list of what is held: it is topped up, then paid, from that.
    held = answer["held_list"]
    told = top_up(office, held).json
    assert by_person(told) == {one["person"]: 2000 for one in homes[0][:2]}
    assert told["findings"] == {"R411": 1}
    told = done(office, [held], programme="dibao")
    assert by_person(told) == {homes[0][2]["person"]: 42000}
    # Who joins without more for the others is paid at once.
    done(office, [roster(tmp_path / "5.xlsx", [homes[2]], ["400"])], programme="dibao")
    other = [homes[2][0], {**homes[1][1], "household": None}]
    told = done(office, [roster(tmp_path / "6.xlsx", [other], ["800"])], programme="dibao")
    assert by_person(told) == {homes[1][1]["person"]: 40000}
    # With less for each of more people, somebody got too much, and nobody joins unseen.
    truth = people(60, 4981)
    sizes = truth.groupby("household")["person"].transform("size")
    home = truth[sizes == 2].head(2).to_dict("records")
    done(office, [roster(tmp_path / "3.xlsx", [home[:1]], ["500"])], programme="dibao")
    answer = run(office, [roster(tmp_path / "4.xlsx", [home], ["600"])], programme="dibao").json
    assert (answer["batch"], answer["findings"]) == (None, {"R312": 1, "R410": 1})


def test_a_top_up_pays_nobody_who_was_not_paid(office, homes, tmp_path):
    path = roster(tmp_path / "1.xlsx", homes, ["1200", "800", "400"])
    answer = top_up(office, path)
    assert (answer.json["batch"], answer.json["findings"]) == (None, {"R411": 6})
    assert done(office, [path], programme="dibao")["rows"]["paid"] == 6


def test_what_was_paid_too_much_is_told_and_recorded_on_request(office, homes, tmp_path):
    done(office, [roster(tmp_path / "1.xlsx", homes, ["1200", "800", "610"])], programme="dibao")
    path = roster(tmp_path / "2.xlsx", homes, ["1200", "801", "400"])
    assert run(office, [path], programme="dibao").json["findings"] == {
        "R403": 3, "R409": 2, "R410": 1,
    }  # fmt: skip
    # Without the request nothing is recorded.
    told = top_up(office, path).json
    assert (told["amount_fen"], told["findings"]) == (100, {"R403": 3, "R410": 1})
    assert recoveries(office) == []
    again = top_up(office, path, "--recover").json
    assert (again["batch"], again["repeated"]) == (told["batch"], True)
    ((person, fen, reason),) = recoveries(office)
    assert (person, fen) == (homes[2][0]["person"], 21000)
    assert "610.00" in reason
    assert "400.00" in reason
    top_up(office, path, "--recover")
    assert len(recoveries(office)) == 1
    assert run(office, [path], programme="dibao").json["findings"] == {"R403": 6}


def recoveries(office):
    with sqlite3.connect(office / "ledger.sqlite") as connection:
        return connection.execute("SELECT person, amount_fen, reason FROM recoveries").fetchall()


def test_an_approval_is_asked_for_and_a_rejected_top_up_is_owed_still(homes, tmp_path):
    office = make_office(tmp_path / "office", county="定襄县", region="140921")
    done(office, [roster(tmp_path / "1.xlsx", homes[2:], ["400"])], programme="dibao")
    settings = office / "relief.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("approvals = 0", "approvals = 1"), "utf-8"
    )
    path = roster(tmp_path / "2.xlsx", homes[2:], ["610"])
    answer = top_up(office, path)
    assert answer.code == 3
    command = ("--json", "--office", office)
    rejected = relief(*command, "reject", answer.json["batch"], "--reason", "x", "--as", "li")
    assert rejected.code == 0, rejected.err
    other = roster(tmp_path / "3.xlsx", homes[2:], ["600"])
    told = top_up(office, other).json
    assert (told["amount_fen"], told["approvals_missing"]) == (20000, 1)


def test_what_comes_back_of_a_top_up_is_paid_again(office, homes, tmp_path):
    done(office, [roster(tmp_path / "1.xlsx", homes[2:], ["400"])], programme="dibao")
    told = top_up(office, roster(tmp_path / "2.xlsx", homes[2:], ["610"])).json
    answers = answer_all(told["output"], tmp_path, lambda _one: ("失败", "RJ01 账号不存在"))
    command = ("--json", "--office", office)
    relief(*command, "settle", told["batch"], *answers)
    again = relief(*command, "follow-up", told["batch"], "--same-accounts").json
    assert by_person(again) == {homes[2][0]["person"]: 21000}
    answers = answer_all(again["output"], tmp_path / "b", lambda _one: PAID)
    assert relief(*command, "settle", again["batch"], *answers).code == 0
    status = relief(*command, "reconcile", "--cycle", "2022-08").json
    assert status["differences"] == []


def test_arrears_in_the_corrected_roster_are_no_arrears_again(office, homes, tmp_path):
    """August's roster 400; corrected: 424 and 补发 24 for July. Topped up by 48."""
    own = (
        '[[dibao.standard-rural]]\nplace = "定襄县"\nsince = {}\n'
        'value = {{ fen = {}, per = "month" }}\nunit = "fen per person"\nreference = "x"\n'
    )
    policy = office / "policy"
    (policy / "own.toml").write_text(own.format("2021-01-01", 40000), "utf-8")
    for cycle in ("2022-07", "2022-08"):
        done(office, [roster(tmp_path / "1.xlsx", homes[2:], ["400"])], programme="dibao",
             cycle=cycle)  # fmt: skip
    (policy / "new.toml").write_text(own.format("2022-07-01", 42400), "utf-8")
    corrected = roster(tmp_path / "2.xlsx", homes[2:], ["424"], more=["24"])
    assert top_up(office, corrected).json["amount_fen"] == 4800
    found = relief("--json", "--office", office, "arrears", "dibao", "--from", "2022-07", "--to",
                   "2022-08").json  # fmt: skip
    assert (found["batch"], found["findings"]) == (None, {"R325": 1})
