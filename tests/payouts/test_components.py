"""What amounts are made of stands in the books, each figure worked out by hand."""

import sqlite3

import openpyxl
import pytest
from golden.running import done, make_office, relief

from sample_data.bank import answer_all
from sample_data.generate import people

HEADER = ["户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系", "救助类别", "月保障金额",
          "分类施保金", "补发", "合计", "开户行", "账号"]  # fmt: skip
COMPUTED = """
[[dibao.amount]]
since = 2022-01-01
value = "computed"
unit = "where amounts come from"
reference = "x"
[[dibao.supplements]]
since = 2022-01-01
value = { "重残" = 20, "三无" = 30 }
unit = "percent of the standard"
reference = "x"
"""
STANDARD = (
    '[[dibao.standard-rural]]\nplace = "垣曲县"\nsince = 2022-07-01\n'
    'value = { fen = 600000, per = "year" }\nunit = "fen per person"\nreference = "x"\n'
)


@pytest.fixture
def office(tmp_path):
    folder = make_office(tmp_path / "office", county="垣曲县", region="140827")
    (folder / "policy" / "own.toml").write_text(STANDARD, "utf-8")
    return folder


@pytest.fixture(scope="module")
def home():
    """Give a household of three."""
    truth = people(200, 4950)
    sizes = truth.groupby("household")["person"].transform("size")
    return truth[sizes == 3].head(3).to_dict("records")


def write(path, header, lines):
    book = openpyxl.Workbook()
    book.active.append(header)
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def made_of(office, batch):
    """Give person → parts: part, grade, income, months and fen."""
    with sqlite3.connect(office / "ledger.sqlite") as connection:
        rows = connection.execute(
            "SELECT e.person, c.part, c.grade, c.income_fen, c.first_month, c.last_month,"
            " c.amount_fen FROM components c JOIN entitlements e USING (entitlement)"
            " JOIN batches b ON b.batch = c.batch AND b.batch = e.batch"
            " WHERE b.name = ? ORDER BY c.line",
            (batch,),
        ).fetchall()
    found = {}
    for person, *rest in rows:
        found.setdefault(person, []).append(tuple(rest))
    return found


def one_household(home, *amounts):
    """Give a household's rows; amounts in the head's."""
    head = home[0]
    return [
        [head["name"], head["person"], one["name"], one["person"], "子女" if number else "户主",
         "农村低保", *([""] * len(amounts) if number else amounts), head["bank_name"],
         head["account_number"]]
        for number, one in enumerate(home)
    ]  # fmt: skip


def test_a_households_parts_are_divided_so_that_they_add_up(office, home, tmp_path):
    path = write(tmp_path / "低保.xlsx", HEADER,
                 one_household(home, "1000", "50", "72.01", "1122.01"))  # fmt: skip
    told = done(office, [path], programme="dibao")
    # 1122.01 is 374.01 and two times 374.00; 1000 is 333.34, 333.33, 333.33; 1050 three times 350.
    months = ("2022-07", "2022-07")
    expected = [
        [("supplement", None, -1, None, None, 1666), ("arrears", None, -1, *months, 2401)],
        [("supplement", None, -1, None, None, 1667), ("arrears", None, -1, *months, 2400)],
        [("supplement", None, -1, None, None, 1667), ("arrears", None, -1, *months, 2400)],
    ]
    found = {
        person: [(part, grade, income, *rest) for part, grade, income, *rest in parts]
        for person, parts in made_of(office, told["batch"]).items()
    }
    assert found == dict(zip([one["person"] for one in home], expected, strict=True))
    # What is paid again is made of the same.
    answers = answer_all(told["output"], tmp_path, lambda _one: ("失败", "RJ01 账号不存在"))
    relief("--json", "--office", office, "settle", told["batch"], *answers)
    again = relief("--json", "--office", office, "follow-up", told["batch"], "--same-accounts").json
    assert made_of(office, again["batch"]) == found
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_rows_with_amounts_of_their_own_keep_their_parts(office, home, tmp_path):
    lines = one_household(home, "", "", "", "")
    for line, amounts in zip(
        lines, (("300", "", "", "300"), ("300", "90", "", "390"), ("300", "", "8", "308")),
        strict=True,
    ):  # fmt: skip
        line[6:10] = amounts
    told = done(office, [write(tmp_path / "低保.xlsx", HEADER, lines)], programme="dibao")
    assert made_of(office, told["batch"]) == {
        home[1]["person"]: [("supplement", None, -1, None, None, 9000)],
        home[2]["person"]: [("arrears", None, -1, "2022-07", "2022-07", 800)],
    }


def test_what_a_computed_amount_came_from(office, home, tmp_path):
    (office / "policy" / "computed.toml").write_text(COMPUTED, "utf-8")
    header = [*HEADER[:6], "月人均收入", "分类施保类别", *HEADER[10:]]
    lines = one_household(home, "100.50", "")
    lines[1][7], lines[2][7] = "重残", "三无"
    told = done(office, [write(tmp_path / "低保.xlsx", header, lines)], programme="dibao")
    # 500 − 100.50 for each, and 100 + 150 for the household: 1448.50, of it 250.00 分类施保.
    assert told["amount_fen"] == 144_850
    classes = (None, "重残", "三无")
    found = made_of(office, told["batch"])
    assert [found[one["person"]] for one in home] == [
        [("basic", None, 10050, None, None, 39950), ("supplement", grade, -1, None, None, fen)]
        for grade, fen in zip(classes, (8334, 8333, 8333), strict=True)
    ]


def test_care_is_told_apart_from_basic_living(office, home, tmp_path):
    header = ["姓名", "身份证号", "救助类别", "供养方式", "护理等级", "基本生活费", "照料护理费",
              "补发", "合计", "开户行", "账号"]  # fmt: skip
    lines = [
        [one["name"], one["person"], "农村特困", "分散", grade, "1000", care, more, total,
         one["bank_name"] or "x", f"62170012345678912{number}"]
        for number, (one, grade, care, more, total) in enumerate(zip(
            home, ("全护理", "", "半护理"), ("300", "", "200.5"), ("", "", "6"),
            ("1300", "1000", "1206.5"), strict=True))
    ]  # fmt: skip
    told = done(office, [write(tmp_path / "特困.xlsx", header, lines)], programme="tekun",
                cycle="2022Q3")  # fmt: skip
    assert made_of(office, told["batch"]) == {
        home[0]["person"]: [("care", "full", -1, None, None, 30000)],
        home[2]["person"]: [
            ("care", "half", -1, None, None, 20050),
            ("arrears", None, -1, "2022-01", "2022-06", 600),
        ],
    }
