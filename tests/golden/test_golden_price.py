"""The price subsidy from rosters of several categories to bank files, or to nobody at all."""

import openpyxl
import pytest
from golden.books import Books, check_conserved
from golden.running import done, make_office, relief, run

from sample_data.generate import people

MONTH = {"programme": "price", "cycle": "2022-09"}


def indices(office, cpi, food):
    blocks = [
        f"[[price.{name}]]\nsince = 2022-08-01\n"
        f'value = {{ percent = "{percent}", published = 2022-09-09 }}\n'
        'unit = "percent over the year before"\nreference = "省统计局"\n'
        for name, percent in (("cpi", cpi), ("food", food))
    ]
    (office / "policy" / "indices.toml").write_text("".join(blocks), "utf-8")


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def rosters(tmp_path):
    """Give two rosters: the second person stands in both, in different categories."""
    rows = people(40, 6100).drop_duplicates("household").head(8).to_dict("records")
    words = [
        "城市低保",
        "农村低保",
        "农村特困",
        "低保边缘",
        "农村低保",
        "城市低保",
        "其他",
        "农村低保",
    ]
    rest = [[row["name"], row["person"], word, "农村", "中国农业银行", row["account_number"]]
            for row, word in zip(rows, words, strict=True)]  # fmt: skip
    again = [[*rest[1][:2], "低保边缘", *rest[1][3:]]]
    paths = []
    for name, lines in (("一", rest), ("二", again)):
        book = openpyxl.Workbook()
        book.active.append(["姓名", "身份证号", "救助类别", "户口性质", "开户行", "账号"])
        for line in lines:
            book.active.append(line)
        paths.append(tmp_path / f"{name}.xlsx")
        book.save(paths[-1])
    return paths


@pytest.mark.parametrize("words", [("农村低保", "城市低保"), ("城市低保", "农村低保")])
def test_a_person_in_two_categories_gets_the_higher_amount(office, rosters, tmp_path, words):
    indices(office, "3.4", "6.1")
    header, line = list(openpyxl.load_workbook(rosters[0]).active.values)[:2]
    book = openpyxl.Workbook()
    for row in (header, *([*line[:2], word, *line[3:]] for word in words)):
        book.active.append(row)
    book.save(tmp_path / "both.xlsx")
    told = done(office, [tmp_path / "both.xlsx"], **MONTH)
    # 730 × 6.1 % = 44.53 → 45, against 37 by the rural standard.
    assert (told["amount_fen"], told["findings"]) == (4500, {"R402": 1})


def test_it_is_paid_once_per_person_by_the_higher_index(office, rosters):
    indices(office, "3.4", "6.1")
    told = done(office, rosters, **MONTH)
    assert told["rows"] == {"read": 9, "paid": 7, "held": 2, "skipped": 0}
    assert told["findings"] == {"R301": 1, "R402": 1}
    assert "food 6.1 %" in told["remark"]
    # 730 × 6.1 % = 44.53 → 45 twice; 610 × 6.1 % = 37.21 → 37 five times.
    assert told["amount_fen"] == 2 * 4500 + 5 * 3700
    books = Books(told["output"])
    assert sorted(int(row["amount_fen"]) for row in books.entitlements) == [3700] * 5 + [4500] * 2
    check_conserved(told, office)
    assert run(office, rosters, **MONTH).json["repeated"]


def test_not_triggered_is_said_and_nobody_is_paid(office, rosters):
    indices(office, "2.9", "5.9")
    answer = run(office, rosters, **MONTH)
    assert (answer.code, answer.json["batch"], answer.json["amount_fen"]) == (1, None, 0)
    assert answer.json["findings"]["R319"] == 8
    assert answer.json["rows"] == {"read": 9, "paid": 0, "held": 1, "skipped": 8}
    assert "not triggered by 2022-08" in answer.json["remark"]
    for language, words in (("en", "not triggered"), ("zh", "未启动")):
        shown = relief("--lang", language, "--office", office, "run", "price", *rosters,
                       "--cycle", "2022-09")  # fmt: skip
        assert words in shown.out + shown.err


def test_without_indices_nothing_is_guessed(office, rosters):
    answer = run(office, rosters, **MONTH)
    assert (answer.code, answer.json["error"]["code"]) == (2, "index-missing")
    assert "price.cpi" in answer.err
