"""A quarter of tekun of a made-up county, against a count row by row of who is due what."""

from collections import defaultdict
from decimal import Decimal

import openpyxl
from golden.books import Books, check_conserved
from golden.running import done, make_office, run

from sample_data.generate import as_tekun, people, write_tekun

QUARTER = {"programme": "tekun", "cycle": "2022Q3"}


def residents(folder):
    """Give institution → name, ID and fen of each resident, from the list that goes with it."""
    book = openpyxl.load_workbook(f"{folder}/summary.xlsx")
    found = defaultdict(list)
    for row in book["Residents of institutions"].iter_rows(min_row=3, values_only=True):
        if row[1] is not None:
            found[row[0]].append((row[2], row[3], int(Decimal(str(row[5])) * 100)))
        else:
            name, count = row[0], row[3].removesuffix(" persons in all")
            assert len(found[name]) == int(count)
            assert sum(fen for _, _, fen in found[name]) == int(Decimal(str(row[5])) * 100)
    return found


def test_a_county_with_institutions(tmp_path):
    truth = as_tekun(people(300, 7300), 7300)
    write_tekun(tmp_path / "特困.xls", truth, title="阳曲县2022年第三季度特困人员供养花名册")
    office = make_office(tmp_path / "office")
    told = done(office, [tmp_path / "特困.xls"], **QUARTER)
    assert told["rows"] == {"read": len(truth), "paid": len(truth), "held": 0, "skipped": 0}
    assert told["batch"] == "tekun-2022Q3-1"
    books = Books(told["output"])
    fen = {row["person"]: int(Decimal(row["total"]) * 100)
           for row in truth.to_dict("records")}  # fmt: skip
    assert {row["id_number"]: int(row["amount_fen"]) for row in books.entitlements} == fen
    # 集中: one payment for each institution, with the residents listed; 分散: each person's own.
    by_account = defaultdict(lambda: [0, 0])
    for row in truth.to_dict("records"):
        inside = row["support_mode"] == "集中"
        one = by_account[row["institution_account"] if inside else row["account_number"]]
        one[0] += fen[row["person"]]
        one[1] += 1
    paid = {row["account_number"]: [int(row["amount_fen"]), int(row["beneficiaries"])]
            for row in books.payments.values()}  # fmt: skip
    assert paid == dict(by_account)
    names = set(truth.loc[truth["support_mode"] == "集中", "institution_name"])
    assert names <= {row["payee_name"] for row in books.payments.values()}
    listed = residents(told["output"])
    inside = truth[truth["support_mode"] == "集中"]
    assert {name: sorted(people) for name, people in listed.items()} == {
        name: sorted((row["name"], row["person"], fen[row["person"]])
                     for row in rows.to_dict("records"))
        for name, rows in inside.groupby("institution_name")
    }  # fmt: skip
    check_conserved(told, office)
    assert run(office, [tmp_path / "特困.xls"], **QUARTER).json["repeated"]
    # The next quarter is another one, the subsidy of the notice another programme.
    assert done(office, [tmp_path / "特困.xls"], programme="tekun", cycle="2022Q4")["batch"]
    assert done(office, [tmp_path / "特困.xls"])["amount_fen"] == 30_000 * len(truth)


def test_a_month_is_refused_before_anything_is_recorded(tmp_path):
    truth = as_tekun(people(20, 7301), 7301)
    write_tekun(tmp_path / "特困.xls", truth, title="特困人员供养花名册")
    office = make_office(tmp_path / "office")
    answer = run(office, [tmp_path / "特困.xls"], programme="tekun", cycle="2022-08")
    assert answer.code == 2
    assert answer.json["error"]["code"] == "cycle-kind"
    assert "2022Q3" in answer.err
    assert done(office, [tmp_path / "特困.xls"], **QUARTER)["batch"] == "tekun-2022Q3-1"
