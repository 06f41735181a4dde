"""A month's reconciliation goes by the day of the payment; each figure worked out by hand."""

import openpyxl
import pytest
from golden.running import done, make_office, relief

from sample_data.generate import people


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture(scope="module")
def somebody():
    return people(60, 5370).drop_duplicates("household").head(6).to_dict("records")


def pay(office, path, rows, programme, cycle, categories, amount):
    book = openpyxl.Workbook()
    book.active.append(
        ["姓名", "身份证号", "救助类别", "供养方式", "合计", "救助原因", "开户行", "账号"]
    )
    for row, category in zip(rows, categories, strict=True):
        book.active.append([row["name"], row["person"], category, "分散", amount, "火灾",
                            row["bank_name"], row["account_number"]])  # fmt: skip
    book.save(path)
    return done(office, [path], programme=programme, cycle=cycle)


def reconcile(office, cycle):
    told = relief("--json", "--office", office, "reconcile", "--cycle", cycle).json
    assert told["differences"] == []
    return told


def due(told):
    return {name: (one["people"], one["due_fen"]) for name, one in told["programmes"].items()}


def test_what_is_paid_stands_in_the_month_of_its_day(office, somebody, tmp_path):
    """Tekun of the third quarter is paid on the 8th of July: it stands in July."""
    tekun = ("农村特困", "城市特困")
    pay(office, tmp_path / "t.xlsx", somebody[:2], "tekun", "2022Q3", tekun, "3000")
    dibao = ("农村低保", "农村低保", "城市低保")
    for cycle in ("2022-07", "2022-08"):
        pay(office, tmp_path / "d.xlsx", somebody[2:5], "dibao", cycle, dibao, "450.50")
    # In August somebody who gets dibao has a fire, and somebody else too.
    pay(office, tmp_path / "f.xlsx", somebody[4:], "temporary", "2022-08", ("临时救助",) * 2, "800")
    july, august = reconcile(office, "2022-07"), reconcile(office, "2022-08")
    assert due(july) == {"dibao": (3, 3 * 45_050), "tekun": (2, 600_000)}
    assert due(august) == {"dibao": (3, 3 * 45_050), "temporary": (2, 160_000)}
    # Persons count once in all.
    assert (july["people"], august["people"]) == (5, 4)
    assert {code: one["due_fen"] for code, one in july["codes"].items()} == {
        "2081901": 45_050, "2081902": 90_100, "2082101": 300_000, "2082102": 300_000,
    }  # fmt: skip
    assert {code: one["due_fen"] for code, one in august["codes"].items()} == {
        "2081901": 45_050, "2081902": 90_100, "2082001": 160_000,
    }  # fmt: skip
    # The quarter holds both; and what was paid until July's end is what its sources are due.
    assert due(reconcile(office, "2022Q3")) == {
        "dibao": (3, 6 * 45_050), "tekun": (2, 600_000), "temporary": (2, 160_000),
    }  # fmt: skip
    of_july = sum(one["due_fen"] for one in july["sources"].values())
    assert of_july == 3 * 45_050 + 600_000
    assert sum(one["due_fen"] for one in august["sources"].values()) == (
        6 * 45_050 + 600_000 + 160_000
    )
    pages = openpyxl.load_workbook(july["files"][0])
    rows = list(pages["Programmes and codes"].iter_rows(values_only=True))
    shown = {row[0]: (row[1], row[2]) for row in rows}
    assert shown["2082102"] == ("", 3000) or shown["2082102"] == (None, 3000)
    assert any("5 persons in all" in str(cell) for row in rows for cell in row)
    programmes = {row[0] for row in pages["Cycle 2022-07"].iter_rows(min_row=4, values_only=True)}
    assert len(programmes - {None, "Total"}) >= 2


def test_somebody_topped_up_counts_once(office, somebody, tmp_path):
    path = tmp_path / "d.xlsx"
    pay(office, path, somebody[:2], "dibao", "2022-08", ("农村低保",) * 2, "400")
    pay(office, tmp_path / "t.xlsx", somebody[2:3], "tekun", "2022Q3", ("农村特困",), "3000")
    book = openpyxl.load_workbook(path)
    for row in (2, 3):
        book.active.cell(row, 5).value = "410"
    book.save(path)
    answer = relief("--json", "--office", office, "top-up", "dibao", path, "--cycle", "2022-08")
    assert answer.code == 0, answer.err
    assert due(reconcile(office, "2022-08")) == {"dibao": (2, 82_000)}
