"""Rules between programmes, held against what the ledger has already paid."""

import openpyxl
import pytest
from golden.books import Books
from golden.running import done, make_office, relief

from sample_data.generate import people

DATABASES = ("sqlite",)

HEADER = ["姓名", "身份证号", "救助类别", "供养方式", "合计", "开户行", "账号"]


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture(scope="module")
def everybody():
    return people(60, 4500).drop_duplicates("household").head(6).to_dict("records")


def roster(path, rows, category, amount):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for row in rows:
        book.active.append([row["name"], row["person"], category, "分散", amount,
                            row["bank_name"], row["account_number"]])  # fmt: skip
    book.save(path)
    return path


def held(told):
    """Give ID → codes of the rows that are held."""
    path = f"{told['output']}/held.xlsx" if told["batch"] else told["held_list"]
    sheet = openpyxl.load_workbook(path).worksheets[-1]
    header, *rows = list(sheet.iter_rows(values_only=True))
    return {row[header.index("身份证号")]: row[header.index("Problem codes")] for row in rows}


@pytest.mark.parametrize(
    ("cycle", "excluded"),
    [("2022-06", False), ("2022-07", True), ("2022-09", True), ("2022-10", False)],
)
def test_tekun_and_dibao_exclude_each_other_over_cycles(
    office, everybody, tmp_path, cycle, excluded
):
    tekun = roster(tmp_path / "特困.xlsx", everybody[:2], "农村特困", "2379")
    done(office, [tekun], programme="tekun", cycle="2022Q3")
    dibao = roster(tmp_path / "低保.xlsx", everybody[1:], "农村低保", "450")
    told = done(office, [dibao], programme="dibao", cycle=cycle)
    assert told["findings"] == ({"R404": 1} if excluded else {})
    assert told["rows"]["paid"] == 5 - excluded
    if excluded:
        assert held(told) == {everybody[1]["person"]: "R404"}
        # The rule is among the parameters that the batch names.
        named = {one["name"] for one in Books(told["output"]).manifest["parameters"]}
        assert "cross.excludes" in named


def test_who_moves_within_a_quarter_gets_each_for_its_months(office, everybody, tmp_path):
    """Dibao until July, tekun from August on: neither stands in the way of the other."""
    who = everybody[0]
    dibao = roster(tmp_path / "低保.xlsx", [who], "农村低保", "450")
    done(office, [dibao], programme="dibao", cycle="2022-07")
    book = openpyxl.Workbook()
    book.active.append([*HEADER, "起始保障年月"])
    book.active.append([who["name"], who["person"], "农村特困", "分散", "1586", who["bank_name"],
                        who["account_number"], "2022-08"])  # fmt: skip
    book.save(tmp_path / "特困.xlsx")
    told = done(office, [tmp_path / "特困.xlsx"], programme="tekun", cycle="2022Q3")
    assert told["rows"]["paid"] == 1
    assert told["findings"] == {"R318": 1}
    (one,) = Books(told["output"]).entitlements
    assert one["reason"].endswith("(rural tekun, 2022-08 to 2022-09)")
    # In August the person is in tekun: dibao again would be both.
    again = done(office, [dibao], programme="dibao", cycle="2022-08")
    assert again["findings"] == {"R404": 1}


def test_the_other_way_too(office, everybody, tmp_path):
    dibao = roster(tmp_path / "低保.xlsx", everybody[:2], "农村低保", "450")
    done(office, [dibao], programme="dibao", cycle="2022-08")
    tekun = roster(tmp_path / "特困.xlsx", everybody[1:], "农村特困", "2379")
    told = done(office, [tekun], programme="tekun", cycle="2022Q3")
    assert held(told) == {everybody[1]["person"]: "R404"}


def test_a_batch_that_has_not_gone_out_excludes_too(office, everybody, tmp_path):
    tekun = roster(tmp_path / "特困.xlsx", everybody[:2], "农村特困", "2379")
    waiting = relief("--json", "--office", office, "prepare", "tekun", tekun, "--cycle", "2022Q3")
    assert waiting.json["state"] == "prepared", waiting.err
    dibao = roster(tmp_path / "低保.xlsx", everybody, "农村低保", "450")
    told = relief("--json", "--office", office, "prepare", "dibao", dibao, "--cycle", "2022-08")
    assert told.json["findings"] == {"R404": 2}


def block(name, value, unit):
    return f'[[{name}]]\nsince = 2022-01-01\nvalue = {value}\nunit = "{unit}"\nreference = "x"\n'


CAPS, EXCLUDES = "fen of both in a cycle", "programmes that exclude each"


def policy(office, text):
    (office / "policy" / "cross.toml").write_text(text, "utf-8")


def test_two_programmes_have_a_cap_together(office, everybody, tmp_path):
    policy(
        office,
        block("cross.caps", '{ "one-time+dibao" = 80000 }', CAPS),
    )
    subsidy = roster(tmp_path / "补贴.xlsx", everybody[:3], "农村低保", "")
    done(office, [subsidy], cycle="2022-08")
    # 300 + 500 is allowed, 300 + 500.01 is not; whoever got no subsidy is paid in any case.
    rows = [*everybody[:2], everybody[3]]
    first = roster(tmp_path / "一.xlsx", rows[:1], "农村低保", "500.00")
    others = roster(tmp_path / "二.xlsx", rows[1:], "农村低保", "500.01")
    told = done(office, [first, others], programme="dibao", cycle="2022-08")
    assert told["findings"] == {"R406": 1}
    assert held(told) == {everybody[1]["person"]: "R406"}
    assert told["amount_fen"] == 50000 + 50001


@pytest.mark.parametrize(
    "block",
    [
        block("cross.caps", '{ "dibao+dibao" = 1 }', CAPS),
        block("cross.caps", '{ "dibao" = 1 }', CAPS),
        block("cross.caps", '{ "dibao+tekun" = 1, "tekun+dibao" = 2 }', CAPS),
        block("cross.caps", '{ "dibao+tekun" = 0 }', CAPS),
        block("cross.excludes", '{ dibao = ["pension"] }', EXCLUDES),
        block("cross.excludes", '{ dibao = ["dibao"] }', EXCLUDES),
        block("cross.excludes", "{ dibao = [] }", EXCLUDES),
    ],
)
def test_a_rule_with_a_slip_is_refused(office, everybody, tmp_path, block):
    policy(office, block)
    path = roster(tmp_path / "低保.xlsx", everybody, "农村低保", "450")
    answer = relief("--json", "--office", office, "run", "dibao", path, "--cycle", "2022-08")
    assert (answer.code, answer.json["error"]["code"]) == (2, "policy-type")
