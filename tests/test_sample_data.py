"""The made-up rosters are what they say, and the oracle agrees with what was planted."""

import csv
from pathlib import Path

import oracle
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from sample_data import generate, quarter

HERE = Path(generate.__file__).parent
ROSTERS = HERE / "rosters"
WARNINGS = {"R107", "R108", "R204", "R206"}  # those that the oracle looks for


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    return folder, generate.county(folder)


def cells_of(path):
    if path.suffix == ".csv":
        with path.open(encoding="gb18030", newline="") as file:
            return {"": list(csv.reader(file))}
    book = CalamineWorkbook.from_path(path)
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def test_the_committed_rosters_are_what_the_generator_writes(county):
    folder, rows = county
    assert sorted(path.name for path in ROSTERS.iterdir()) == sorted(generate.FILES.values())
    for name in generate.FILES.values():
        assert cells_of(ROSTERS / name) == cells_of(folder / name)
    planted = pd.read_csv(HERE / "planted.csv", dtype=str, keep_default_na=False)
    expected = rows.loc[rows["codes"] != "", generate.PLANTED_COLUMNS].astype(str)
    assert planted.to_numpy().tolist() == expected.to_numpy().tolist()


def test_the_rosters_are_small():
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 600_000


def test_the_oracle_agrees_with_every_planted_fate(county):
    _, rows = county
    answer = oracle.one_time(rows)
    for row, outcome in zip(rows.to_dict("records"), answer.outcomes, strict=True):
        expected = {row["codes"]} - {""}
        where = (row["file"], row["sheet"], row["sheet_row"], outcome)
        assert outcome.fate == row["fate"], where
        if row["fate"] == "paid":
            assert outcome.warnings == expected & WARNINGS, where
        else:
            assert outcome.codes == expected, where
    assert answer.count("paid") == (rows["fate"] == "paid").sum()
    assert answer.amount_fen == answer.count("paid") * 30_000 == sum(answer.payments.values())


def test_every_kind_of_fault_is_planted(county):
    _, rows = county
    assert set(rows["codes"]) - {""} == set(generate.FAULTS) | {"R401", "R402"}


def test_the_origin_of_every_row_is_where_it_stands(county):
    folder, rows = county
    for name, part in rows.groupby("file"):
        sheets = cells_of(folder / name)
        for row in part.to_dict("records"):
            line = sheets[row["sheet"]][row["sheet_row"] - 1]
            assert row["name"] in line


def test_a_merged_account_stands_once_and_counts_for_every_member(county):
    _, rows = county
    part = rows[rows["file"] == generate.FILES["households"]]
    assert (
        not part[["household", "account_number"]].drop_duplicates()["household"].duplicated().any()
    )
    book = CalamineWorkbook.from_path(ROSTERS / generate.FILES["households"])
    merged = book.get_sheet_by_name("高村乡").merged_cell_ranges
    households = part[part["sheet"] == "高村乡"].groupby("household").size()
    down = sum(1 for first, last in merged if first[1] == last[1] == 11 and first[0] > 2)
    assert down == (households > 1).sum()


def test_the_first_row_of_a_household_shows_its_head_and_account(county):
    folder, rows = county
    sheets = cells_of(folder / generate.FILES["households"])
    part = rows[(rows["file"] == generate.FILES["households"]) & (rows["member"] == 0)]
    for row in part[~part["account_as_number"]].to_dict("records"):
        line = sheets[row["sheet"]][row["sheet_row"] - 1]
        assert (line[3], line[11]) == (row["head_name"], row["account_number"])


def test_a_number_cell_has_lost_its_last_digits(county):
    folder, rows = county
    planted = rows[(rows["codes"] == "R203") & (rows["file"] == generate.FILES["persons"])].iloc[0]
    line = cells_of(folder / planted["file"])[planted["sheet"]][planted["sheet_row"] - 1]
    (number,) = [cell for cell in line if isinstance(cell, float) and cell > 1e18]
    assert str(int(number)) != planted["account_number"]


def test_people_have_valid_numbers_of_their_own():
    truth = generate.people(3000, 7)
    assert truth["person"].is_unique
    assert truth["person"].map(mod_11_2.is_valid).all()
    own = truth.loc[truth["member"] == 0, "account_number"]
    assert own.is_unique
    assert set(own[own.str.startswith("62")].map(luhn.is_valid)) == {True}
    abolished = truth["person"].str.slice(0, 4).isin(["1421", "1422", "1423", "1424", "1426"])
    assert abolished.any()
    assert 0.5 < (truth.loc[truth["member"] == 0, "bank"] == "402").mean() < 0.7


def test_the_same_seed_gives_the_same_people():
    pd.testing.assert_frame_equal(generate.people(500, 3), generate.people(500, 3))
    assert not generate.people(500, 3).equals(generate.people(500, 4))


def test_counties_hold_exactly_the_rows_asked_for():
    truth = generate.people(250, 1, counties=("清徐县", "娄烦县"), per_county=100)
    assert truth["county"].tolist() == ["清徐县"] * 100 + ["娄烦县"] * 100 + ["清徐县"] * 50
    assert not truth[["household", "county"]].drop_duplicates()["household"].duplicated().any()


def test_side_by_side_members_stand_in_pairs(tmp_path):
    truth = generate.people(120, 5)
    path = tmp_path / "户.xlsx"
    rows = generate.write_side_by_side(path, truth, title="低保户花名册")
    lines = cells_of(path)["花名册"]
    assert lines[1][-10:] == ["姓名", "身份证号"] * 5
    assert len(lines) == 2 + (truth["member"] == 0).sum()
    members = rows[rows["entry"] > 0]
    assert len(members) == (truth["member"] > 0).sum() > 0
    for row in members.to_dict("records"):
        at = 10 + 2 * (row["entry"] - 1)
        assert lines[row["sheet_row"] - 1][at : at + 2] == [row["name"], row["id_number"]]


def test_the_export_has_a_variant_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "导出.csv"
    generate.write_csv(path, generate.people(50, 5), encoding="utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf\xe6\xb5\x81\xe6\xb0\xb4\xe5\x8f\xb7,")


def test_tekun_rosters_are_the_same_as_xls_and_xlsx(tmp_path):
    truth = generate.as_tekun(generate.people(100, 5), 1)
    assert set(truth["support_mode"]) == {"集中", "分散"}
    assert (truth.loc[truth["support_mode"] == "集中", "account_number"] == "").all()
    for suffix in ("xls", "xlsx"):
        generate.write_tekun(tmp_path / f"名册.{suffix}", truth, title="特困")
    assert cells_of(tmp_path / "名册.xls") == cells_of(tmp_path / "名册.xlsx")


def test_too_many_faults_are_refused():
    with pytest.raises(ValueError, match="left to spoil"):
        generate.inject(generate.people(20, 1), {"R103": 50}, 1)


def test_shares_of_the_oracle_by_hand():
    # 300 yuan = 180 + 120; of the 120, one seventh is 17.142857: the larger remainder is the city's
    # (12000 * 6 / 7 = 10285.71, 12000 / 7 = 1714.28).
    assert oracle.shares_of(30_000, 6, 1) == {
        "province": 18_000,
        "municipal": 10_286,
        "county": 1_714,
    }
    # Of 5 fen: 3 and 2; of 1 fen: 0.6 and 0.4; a tie goes to the first.
    assert oracle.shares_of(5, 1, 1) == {"province": 3, "municipal": 1, "county": 1}
    assert oracle.shares_of(1, 1, 1) == {"province": 1, "municipal": 0, "county": 0}
    assert oracle.largest_remainder(1, [1, 1]) == [1, 0]


def test_the_committed_quarter_is_what_the_generator_writes(tmp_path):
    quarter.quarter(tmp_path)
    committed = HERE / "quarter"
    names = sorted(path.name for path in committed.iterdir())
    assert names == sorted([*quarter.FILES.values(), *quarter.POLICIES])
    for name in names:
        written, kept = tmp_path / name, committed / name
        if name.endswith(".toml"):
            assert written.read_text("utf-8") == kept.read_text("utf-8")
        else:
            assert cells_of(written) == cells_of(kept)
