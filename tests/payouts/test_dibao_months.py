"""Months of dibao from rosters to bank files, each figure worked out by hand."""

import openpyxl
import pytest
from golden.books import Books, check_conserved
from golden.running import done, make_office, run

from sample_data.generate import people

HEAD = ["户主姓名", "户主身份证号"]
PERSONS = [*HEAD, "姓名", "身份证号", "与户主关系", "救助类别"]
ACCOUNT = ["开户行", "账号"]


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture(scope="module")
def truth():
    """Give some households: of two people or more, each with an account of its head."""
    found = people(60, 4100)
    size = found.groupby("household")["person"].transform("size")
    return found[size > 1].reset_index(drop=True)


def write(path, header, rows):
    book = openpyxl.Workbook()
    book.active.append(["2022年8月农村低保花名册"])
    book.active.append(header)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def homes(truth, count):
    """Give the rows of each of the first households."""
    return [rows for _, rows in truth.groupby("household", sort=False)][:count]


def head_of(rows):
    return rows.iloc[0]


def persons_rows(rows, *, amounts=(), account=True):
    """Give a household's rows of a list of persons; amounts in the head's row."""
    head = head_of(rows)
    return [
        [head["name"], head["person"], one["name"], one["person"], one["relationship"], "农村低保",
         *(amounts if number == 0 else [""] * len(amounts)),
         *((head["bank_name"], head["account_number"]) if account else ())]
        for number, (_, one) in enumerate(rows.iterrows())
    ]  # fmt: skip


def shares(books):
    """Give person → fen."""
    return {row["id_number"]: int(row["amount_fen"]) for row in books.entitlements}


@pytest.mark.parametrize("households_first", [True, False])
def test_households_and_persons_are_joined_by_the_heads_id(
    office, truth, tmp_path, households_first
):
    first, second = homes(truth, 2)
    listed = [
        [head_of(first)["name"], head_of(first)["person"], len(first), "农村低保", "1000.00",
         "20.00", "1020.00", head_of(first)["bank_name"], head_of(first)["account_number"]],
        [head_of(second)["name"], head_of(second)["person"], len(second), "农村低保", "500.01",
         "", "500.01", head_of(second)["bank_name"], head_of(second)["account_number"]],
    ]  # fmt: skip
    households = write(
        tmp_path / "户.xlsx",
        [*HEAD, "保障人口", "救助类别", "户月保障金额", "分类施保金", "合计", *ACCOUNT], listed,
    )  # fmt: skip
    members = write(
        tmp_path / "人.xlsx", PERSONS,
        [*persons_rows(first, account=False), *persons_rows(second, account=False)],
    )  # fmt: skip
    files = [households, members] if households_first else [members, households]
    told = done(office, files, programme="dibao")
    assert told["rows"]["paid"] == len(first) + len(second)
    assert (told["payments"], told["amount_fen"]) == (2, 102000 + 50001)
    check_conserved(told, office)
    found = shares(Books(told["output"]))
    assert sum(found[one] for one in first["person"]) == 102000
    assert sum(found[one] for one in second["person"]) == 50001
    assert found[head_of(second)["person"]] == max(found[one] for one in second["person"])
    again = run(office, files[::-1], programme="dibao")
    assert again.json["repeated"]


def test_a_household_that_is_listed_twice_is_found(office, truth, tmp_path):
    """Once with its amount, and once with another: nobody drops one of them in silence."""
    first, second = homes(truth, 2)
    head = head_of(first)
    line = [head["name"], head["person"], len(first), "农村低保", "1000.00",
            head["bank_name"], head["account_number"]]  # fmt: skip
    households = write(
        tmp_path / "户.xlsx", [*HEAD, "保障人口", "救助类别", "户月保障金额", *ACCOUNT],
        [line, [*line[:4], "900.00", *line[5:]]],
    )  # fmt: skip
    header = [*PERSONS, "户月保障金额", *ACCOUNT]
    members = write(
        tmp_path / "人.xlsx", header,
        [*persons_rows(first, amounts=[""]), *persons_rows(second, amounts=["500"])],
    )  # fmt: skip
    told = done(office, [members, households], programme="dibao")
    assert told["amount_fen"] == 50000
    assert told["findings"]["R401"] == 1
    assert told["findings"]["R312"] == len(first)


def test_nobody_of_a_household_is_paid_until_all_its_rows_are_sound(office, truth, tmp_path):
    first, second = homes(truth, 2)
    wrong = persons_rows(first, amounts=["900"])
    wrong[-1][3] = wrong[-1][3][:-1] + ("1" if wrong[-1][3][-1] != "1" else "2")
    header = [*PERSONS, "户月保障金额", *ACCOUNT]
    path = write(tmp_path / "a.xlsx", header, [*wrong, *persons_rows(second, amounts=["600"])])
    told = done(office, [path], programme="dibao")
    assert told["amount_fen"] == 60000
    assert told["rows"] == {
        "read": len(first) + len(second), "paid": len(second), "held": len(first), "skipped": 0,
    }  # fmt: skip
    assert told["findings"]["R312"] == len(first) - 1
    right = write(tmp_path / "b.xlsx", header, persons_rows(first, amounts=["900"]))
    later = done(office, [right], programme="dibao")
    assert (later["batch"], later["amount_fen"]) == ("dibao-2022-08-2", 90000)


def test_held_rows_come_back_with_the_households_amount(office, truth, tmp_path):
    (first,) = homes(truth, 1)
    wrong = persons_rows(first, amounts=["900.01"])
    true = wrong[-1][3]
    wrong[-1][3] = true[:-1] + ("1" if true[-1] != "1" else "2")
    header = [*PERSONS, "户月保障金额", *ACCOUNT]
    write(tmp_path / "a.xlsx", header, wrong)
    sound = homes(truth, 2)[1]
    write(tmp_path / "c.xlsx", header, persons_rows(sound, amounts=["1"]))
    told = done(office, [tmp_path / "a.xlsx", tmp_path / "c.xlsx"], programme="dibao")
    held = f"{told['output']}/held.xlsx"
    book = openpyxl.load_workbook(held)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == wrong[-1][3]:
                    cell.value = true
    book.save(tmp_path / "back.xlsx")
    later = done(office, [tmp_path / "back.xlsx"], programme="dibao")
    assert later["amount_fen"] == 90001
    assert later["rows"]["paid"] == len(first)


def test_each_month_is_paid_once_and_the_next_one_again(office, truth, tmp_path):
    (first,) = homes(truth, 1)
    header = [*PERSONS, "户月保障金额", *ACCOUNT]
    path = write(tmp_path / "a.xlsx", header, persons_rows(first, amounts=["900"]))
    other = write(tmp_path / "b.xlsx", header, persons_rows(first, amounts=["950"]))
    august = done(office, [path], programme="dibao")
    twice = done(office, [other], programme="dibao")
    assert (twice["batch"], twice["findings"]) == (None, {"R409": len(first)})
    september = done(office, [other], programme="dibao", cycle="2022-09")
    assert (august["amount_fen"], september["amount_fen"]) == (90000, 95000)
    assert "R207" not in september["findings"]


def test_who_was_stopped_is_paid_until_then_and_in_the_months_of_taper(office, truth, tmp_path):
    (first,) = homes(truth, 1)
    header = [*PERSONS, "户月保障金额", "停发年月", *ACCOUNT]

    def roster(name, month):
        rows = persons_rows(first, amounts=["900", month])
        for row in rows:
            row[7] = month
        return write(tmp_path / name, header, rows)

    assert done(office, [roster("a.xlsx", "2022-09")], programme="dibao")["amount_fen"] == 90000
    september = run(office, [roster("a.xlsx", "2022-09")], programme="dibao", cycle="2022-09")
    assert september.json["findings"]["R502"] == len(first)
    (office / "policy" / "own.toml").write_text(
        '[[dibao.taper-months]]\nsince = 2022-01-01\nvalue = 2\nunit = "months"\nreference = "x"\n',
        "utf-8",
    )
    for cycle, fen in (("2022-10", 90000), ("2022-11", 0)):
        told = run(office, [roster("a.xlsx", "2022-09")], programme="dibao", cycle=cycle).json
        assert told["amount_fen"] == fen


@pytest.mark.parametrize(("reason", "paid"), [
    ("", True), ("收入提高", True), ("家庭收入超过标准", True),
    ("死亡", False), ("2022年8月30日病故", False), ("服刑", False), ("已纳入特困", False),
])  # fmt: skip
@pytest.mark.parametrize("month", ["2022-09", "", "否"])
def test_taper_is_for_incomes_that_rose(office, truth, tmp_path, reason, paid, month):
    (first,) = homes(truth, 1)
    header = [*PERSONS, "户月保障金额", "停发年月", "停发原因", *ACCOUNT]
    rows = persons_rows(first, amounts=["900", month, reason])
    for row in rows:
        row[7:9] = [month, reason]
    (office / "policy" / "own.toml").write_text(
        '[[dibao.taper-months]]\nsince = 2022-01-01\nvalue = 3\nunit = "months"\nreference = "x"\n',
        "utf-8",
    )
    roster = write(tmp_path / "a.xlsx", header, rows)
    told = run(office, [roster], programme="dibao", cycle="2022-10").json
    # A reason without a month is a stop, as it ever was; beside 否 too.
    due = paid if month == "2022-09" else not reason
    assert told["amount_fen"] == (90000 if due else 0)
    assert told["findings"].get("R502", 0) == (0 if due else len(first))


def test_a_quarter_is_refused(office, truth, tmp_path):
    (first,) = homes(truth, 1)
    path = write(tmp_path / "a.xlsx", [*PERSONS, "户月保障金额", *ACCOUNT],
                 persons_rows(first, amounts=["900"]))  # fmt: skip
    answer = run(office, [path], programme="dibao", cycle="2022Q3")
    assert (answer.code, answer.json["error"]["code"]) == (2, "cycle-kind")
