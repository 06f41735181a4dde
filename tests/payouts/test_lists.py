"""The lists that an office names: the dead are not paid by the nightly run, nor by a follow-up."""

import json
import subprocess
import time
from pathlib import Path

import openpyxl
import pytest
from databases import everything
from golden.books import check_conserved
from golden.running import arguments_of, done, environment, make_office, relief, run
from rules.made import NAMES, card, id_number, person, table, write_csv

from relief_cli.ledger import Ledger
from relief_cli.office import load
from sample_data.bank import PAID, answer_all

DATABASES = ("sqlite",)

DEAD = ["姓名", "身份证号", "死亡日期"]
MANY = range(1, 13)


def name_lists(office, **lists):
    """Write the section [lists] of an office's settings."""
    settings = office / "relief.toml"
    head, tail = settings.read_text("utf-8").split("[lists]\n", 1)
    notes = "".join(line for line in tail.splitlines(keepends=True) if "= [" not in line[:12])
    named = "".join(f"{kind} = {json.dumps(files, ensure_ascii=False)}\n"
                    for kind, files in lists.items())  # fmt: skip
    settings.write_text(f"{head}[lists]\n{named}{notes}", "utf-8")


def write_list(office, name, *entries, header=DEAD):
    """Write a list of the numbers of people, each with a date or what else."""
    (office / "lists").mkdir(exist_ok=True)
    rows = [[NAMES[number % len(NAMES)], id_number(number), said] for number, said in entries]
    return write_csv(office / "lists" / name, [header, *rows])


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def roster(tmp_path):
    return write_csv(tmp_path / "花名册.csv", table(*(person(n, 月保障金额="450") for n in MANY)))


def held_of(answer):
    """Give code → the numbers of the rows of held.xlsx."""
    place = answer["held_list"] or str(Path(answer["output"]) / "held.xlsx")
    page = openpyxl.load_workbook(place).worksheets[0]
    rows = list(page.iter_rows(values_only=True))
    at = rows[0].index("Problem codes")
    return {row[1]: row[at] for row in rows[1:] if row[1]}


def test_the_dead_are_held_and_others_marked(office, roster):
    write_list(office, "死亡人员7月.csv", (2, "2022-06-30"), (3, "2022年7月"))
    write_list(office, "死亡人员8月.csv", (4, ""), (99, "2022-01-01"))
    write_list(office, "就业.csv", (5, "某厂"), header=["姓名", "身份证号", "单位"])
    name_lists(office, dead=["lists/死亡人员*.csv"], employed=["lists/就业.csv"])
    answer = done(office, [roster])
    assert answer["rows"] == {"read": 12, "paid": 9, "held": 3, "skipped": 0}
    assert answer["findings"] == {"R501": 3, "R503": 1}
    assert held_of(answer) == {id_number(n): "R501" for n in (2, 3, 4)}
    assert answer["lists"] == [
        {"kind": "dead", "rows": 4, "unusable": 0},
        {"kind": "employed", "rows": 1, "unusable": 0},
    ]
    check_conserved(answer, office)


@pytest.mark.parametrize(
    ("died", "paid"),
    [
        ("2022-07-31", False),
        ("20220731", False),
        ("2022-08-01", True),
        ("2022-08-31", True),
        ("2022-09-12", True),
        ("2022年9月12日", True),
        ("2022/9/12", True),
        ("不详", False),
        ("", False),
        ("44816", True),
    ],
)
def test_who_died_after_the_month_is_due_it(office, roster, died, paid):
    write_list(office, "d.csv", (2, died))
    name_lists(office, dead=["lists/d.csv"])
    answer = done(office, [roster], programme="dibao")
    assert answer["rows"]["held"] == (0 if paid else 1)
    assert answer["findings"].get("R501", 0) == (0 if paid else 1)


def test_the_month_of_death_is_policy(office, roster):
    write_list(office, "d.csv", (2, "2022-08-01"), (3, "2022-09-01"))
    name_lists(office, dead=["lists/d.csv"])
    (office / "policy" / "own.toml").write_text(
        '[[one-time.end]]\nsince = 2022-08-01\nvalue = "whole"\n'
        'unit = "rule of the month of an end"\nreference = "x"\n',
        "utf-8",
    )
    answer = done(office, [roster])
    assert set(held_of(answer)) == {id_number(2)}


def test_an_office_may_decide_to_mark_only_and_to_hold(office, roster):
    write_list(office, "d.csv", (2, ""))
    write_list(office, "v.csv", (3, ""))
    name_lists(office, dead=["lists/d.csv"], veteran=["lists/v.csv"])
    policy = office / "policy" / "own.toml"
    answer = run(office, [roster])
    assert (answer.code, answer.json["error"]["code"]) == (2, "list-kind-unknown")
    policy.write_text(
        '[[compare.effects]]\nsince = 2022-01-01\nunit = "effects by kind"\nreference = "x"\n'
        '[compare.effects.value]\ndead = { effect = "warn", zh = "死亡", en = "deaths" }\n'
        'veteran = { effect = "hold", zh = "退役军人", en = "veterans" }\n',
        "utf-8",
    )
    answer = done(office, [roster])
    assert held_of(answer) == {id_number(3): "R503"}
    assert answer["findings"] == {"R501": 1, "R503": 1}


def test_the_same_lists_are_the_same_batch_and_new_ones_another(office, roster):
    write_list(office, "d1.csv", (2, "2022-06-30"), (3, "2022-06-30"))
    name_lists(office, dead=["lists/*.csv"])
    first = done(office, [roster])
    kept = everything(office)
    (office / "lists" / "d1.csv").rename(office / "lists" / "renamed.csv")
    (office / "lists" / "~$renamed.csv").write_bytes(b"x")
    again = done(office, [roster])
    assert (again["batch"], again["repeated"]) == (first["batch"], True)
    assert again["lists"] == first["lists"]
    assert everything(office) == kept
    # Person 3 lives after all: a corrected list lets the row be paid, and nobody twice.
    (office / "lists" / "renamed.csv").unlink()
    write_list(office, "d2.csv", (2, "2022-06-30"))
    second = done(office, [roster])
    assert (second["batch"], second["rows"]["paid"]) == ("one-time-2022-08-2", 1)
    assert second["findings"]["R403"] == 10
    # Person 5 was paid already: nothing is paid again, and it is told.
    write_list(office, "d3.csv", (5, "2022-06-30"))
    third = done(office, [roster])
    assert (third["batch"], third["rows"]["skipped"]) == (None, 11)
    assert third["findings"]["R501"] == 2
    check_conserved(first, office)
    check_conserved(second, office)


def test_the_manifest_tells_which_lists_were_used(office, roster):
    path = write_list(office, "d.csv", (2, "2022-06-30"))
    without = done(make_office(office.parent / "other"), [roster])
    name_lists(office, dead=["lists/d.csv"])
    answer = done(office, [roster])
    manifest, plain = (
        json.loads((load(office.parent / name).out_folder / one["batch"] / "manifest.json")
                   .read_text("utf-8"))
        for name, one in (("office", answer), ("other", without))
    )  # fmt: skip
    (used,) = manifest["lists"]
    assert (used["name"], used["size"]) == ("dead: d.csv", path.stat().st_size)
    assert [one["name"] for one in manifest["inputs"]] == ["花名册.csv"]
    assert "compare.effects" in {one["name"] for one in manifest["parameters"]}
    assert "lists" not in plain
    exported = relief("--json", "--office", office, "export", answer["batch"])
    assert exported.code == 1
    audited = relief("--json", "--office", office, "audit")
    assert audited.json["verified"]


@pytest.mark.parametrize("case", ["missing", "empty pattern", "broken", "headless", "columns",
                                  "masked", "folder"])  # fmt: skip
def test_a_list_that_is_not_there_or_cannot_be_read_stops_the_run(office, roster, case):
    before = everything(office)
    write_list(office, "good.csv", (2, "2022-06-30"))
    bad = office / "lists" / "bad.csv"
    content = {
        "broken": b"\xff\xff\xfe\x00",
        "headless": f"张三,{id_number(3)}\n".encode(),
        "columns": "姓名,性别,年龄\n张三,男,3\n".encode(),
        "masked": "姓名,身份证号\n张三,1401**********1234\n".encode(),
    }
    if case in content:
        bad.write_bytes(content[case])
    if case == "folder":
        bad.mkdir()
    named = ["lists/good.csv", "lists/none*.csv" if case == "empty pattern" else "lists/bad.csv"]
    name_lists(office, dead=named)
    for command in ("run", "prepare"):
        answer = run(office, [roster], command=command)
        assert answer.code == 2, answer.out
        error = answer.json["error"]
        # Where nothing is there it is the setting that is wrong.
        absent = case in ("missing", "empty pattern")
        assert error["file"] == ("relief.toml" if absent else "bad.csv")
        assert error["message"]
        assert "Traceback" not in answer.err
    assert everything(office) == before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('ghosts = ["a.csv"]', "list-kind-unknown"),
        ('dead = "a.csv"', "office-value"),
        ("dead = []", "office-value"),
        ("dead = [1]", "office-value"),
    ],
)
def test_settings_that_are_wrong_are_refused(office, roster, text, code):
    settings = office / "relief.toml"
    settings.write_text(settings.read_text("utf-8").replace("[lists]\n", f"[lists]\n{text}\n"))
    answer = run(office, [roster])
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    assert answer.json["error"]["file"] == "relief.toml"


def test_another_name_holds_too_and_is_told_masked(office, roster):
    path = write_list(office, "d.csv", (2, "2022-06-30"))
    path.write_text(path.read_text("utf-8-sig").replace(NAMES[2], "欧阳锋"), "utf-8")
    name_lists(office, dead=["lists/d.csv"])
    answer = done(office, [roster])
    with Ledger.open(load(office).ledger_place).reading() as book:
        details = book.load(answer["batch"]).findings["detail"].tolist()
    assert details == ["deaths d.csv:2 2022-06 ≠ 欧**"]


def test_a_household_of_dibao_waits_for_its_dead_member(office, tmp_path):
    home = [
        person(1, 户号="7", 与户主关系="户主", 月保障金额="900"),
        person(2, 户号="7", 与户主关系="妻", 月保障金额="", 账号=card(1)),
    ]
    roster = write_csv(tmp_path / "r.csv", table(*home, person(3, 户号="8", 月保障金额="450")))
    write_list(office, "d.csv", (2, "2022-06-30"))
    name_lists(office, dead=["lists/d.csv"])
    answer = done(office, [roster], programme="dibao")
    assert answer["rows"] == {"read": 3, "paid": 1, "held": 2, "skipped": 0}
    assert answer["findings"] == {"R312": 1, "R501": 1}


def answered(office, batch, failing):
    """Let the bank fail some payments."""
    failed = ("失败", "RJ02 账号户名不符")
    files = answer_all(
        office / "out" / batch, office.parent / "answers",
        lambda one: failed if one.payment in failing else PAID,
    )  # fmt: skip
    settled = relief("--json", "--office", office, "settle", batch, *files)
    assert settled.code == 0, settled.err


def payment_of(office, batch, number):
    with Ledger.open(load(office).ledger_place).reading() as book:
        entitled = book.load(batch).entitlements
    return int(entitled.loc[entitled["person"] == id_number(number), "payment"].iloc[0])


def test_a_follow_up_does_not_pay_the_dead(office, roster, tmp_path):
    batch = done(office, [roster])["batch"]
    answered(office, batch, {payment_of(office, batch, n) for n in (2, 3, 4)})
    write_list(office, "d.csv", (2, "2022-06-30"))
    write_list(office, "e.csv", (3, ""))
    name_lists(office, dead=["lists/d.csv"], employed=["lists/e.csv"])
    corrected = write_csv(
        tmp_path / "改正.csv", table(*(person(n, 账号=card(800 + n)) for n in (2, 3, 4)))
    )
    answer = relief(
        "--json", "--office", office, "follow-up", batch, "--same-accounts", corrected
    ).json
    assert answer["rows"]["paid"] == 2
    assert answer["findings"]["R501"] == 1
    assert answer["findings"]["R503"] == 1
    assert set(held_of(answer)) == {id_number(2)}
    again = relief(
        "--json", "--office", office, "follow-up", batch, "--same-accounts", corrected
    ).json
    assert (again["batch"], again["repeated"]) == (answer["batch"], True)
    rest = relief("--json", "--office", office, "follow-up", batch, "--same-accounts")
    assert (rest.code, rest.json["batch"]) == (1, None)
    assert rest.json["findings"] == {"R501": 1}
    (office / "lists" / "d.csv").unlink()
    stopped = relief("--json", "--office", office, "follow-up", batch, "--same-accounts")
    assert (stopped.code, stopped.json["error"]["code"]) == (2, "list-missing")


@pytest.mark.matrix
def test_a_run_that_is_killed_again_and_again_holds_the_dead_all_the_same(office, roster):
    write_list(office, "d.csv", (2, "2022-06-30"))
    name_lists(office, dead=["lists/d.csv"])
    for moment in range(1, 6):
        with subprocess.Popen(
            arguments_of(office, [roster]), env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as started:  # fmt: skip
            time.sleep(moment * 0.3)
            started.kill()
    answer = done(office, [roster])
    assert answer["batch"] == "one-time-2022-08-1"
    assert answer["rows"] == {"read": 12, "paid": 11, "held": 1, "skipped": 0}
    assert set(held_of(answer)) == {id_number(2)}
    check_conserved(answer, office)
