"""The auditor's table: every entitlement once, with what the files and the bank say of it."""

import csv
import io
import stat

import openpyxl
import pandas as pd
import pytest
from golden.books import Books
from golden.running import SAMPLES, done, make_office, relief, run

from sample_data.bank import PAID, answer_all

SPAN = ("--from", "2022-08", "--to", "2022-08", "--output")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give an office that paid one batch, which the bank answered, and prepared another."""
    folder = tmp_path_factory.mktemp("extract")
    office = make_office(folder / "office")
    told = done(office, SAMPLES[:1])
    answers = answer_all(
        told["output"], folder / "a", lambda one: ("失败", "RJ02") if one.payment == 2 else PAID
    )
    assert relief("--office", office, "settle", told["batch"], *answers).code == 0
    assert run(office, SAMPLES[1:2], command="prepare").code == 1
    assert run(office, SAMPLES[:1], cycle="2022-09", programme="dibao").code == 1
    return office, told


def table(office, path, *span):
    answer = relief("--json", "--office", office, "extract", *(span or SPAN), path)
    assert answer.code == 0, answer.err
    return answer.json


def test_it_says_what_the_files_say(office, tmp_path):
    office, told = office
    made = table(office, tmp_path / "x.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    books = Books(told["output"])
    sent = [row for row in rows if row["batch"] == told["batch"]]
    assert len(sent) == len(books.entitlements) == told["beneficiaries"]
    for row, other in zip(sent, books.entitlements, strict=True):
        payment = books.payments[int(row["payment"][-6:])]
        assert int(other["payment"]) == int(payment["payment"])
        assert (row["name"], row["id_number"]) == (other["beneficiary_name"], other["id_number"])
        assert (row["reason"], row["clause"]) == (other["reason"], other["reference"])
        place = other["source_file"], other["sheet"], other["row"]
        assert (row["source_file"], row["sheet"], row["row"]) == place
        assert row["amount_fen"] == other["amount_fen"]
        assert (row["account_number"], row["file"], row["line"]) == tuple(
            payment[name] for name in ("account_number", "file", "line")
        )
        failed = int(row["payment"][-6:]) == 2  # the one that the bank refused
        assert row["outcome"] == ("failed" if failed else "paid")
        assert row["answer_code"] == ("RJ02" if failed else "")
    prepared = [row for row in rows if row["batch"] != told["batch"]]
    assert {row["state"] for row in prepared} == {"prepared"}
    assert {(row["file"], row["line"], row["outcome"]) for row in prepared} == {("", "", "")}
    assert (made["rows"], made["amount_fen"]) == (
        len(rows),
        sum(int(row["amount_fen"]) for row in rows),
    )
    head = relief("--json", "--office", office, "audit").json["head"]
    assert made["head"] == head
    assert {row["head"].replace("-", "") for row in rows} == {head[:16]}


def test_the_formats_say_the_same(office, tmp_path):
    office, _ = office
    for ending in ("csv", "xlsx", "parquet"):
        path = tmp_path / f"x.{ending}"
        table(office, path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    as_csv = pd.read_csv(tmp_path / "x.csv", dtype=str, keep_default_na=False)
    parquet = pd.read_parquet(tmp_path / "x.parquet").astype("str")
    parquet = parquet.where(parquet != "<NA>", "").fillna("")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    _, _, header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert header == list(as_csv.columns) == list(parquet.columns)
    for place, row in enumerate(as_csv.itertuples(index=False)):
        assert list(row) == list(parquet.iloc[place])
        assert list(row) == ["" if cell is None else str(cell) for cell in rows[place]]


def test_other_cycles_are_left_out(office, tmp_path):
    office, _ = office
    span = ("--from", "2022-09", "--to", "2022-12", "--output")
    assert table(office, tmp_path / "x.csv", *span)["rows"] > 0
    text = (tmp_path / "x.csv").read_text("utf-8")
    assert "dibao-2022-09-1" in text
    assert "one-time-2022-08" not in text
    span = ("--from", "2021-01", "--to", "2021-12", "--output")
    assert table(office, tmp_path / "none.csv", *span)["rows"] == 0


@pytest.mark.parametrize(
    ("name", "code"), [("x.doc", "extract-format"), ("y.csv", "extract-place")]
)
def test_what_is_no_new_file_is_refused(office, tmp_path, name, code):
    (tmp_path / "y.csv").write_text("kept", "utf-8")
    answer = relief("--json", "--office", office[0], "extract", *SPAN, tmp_path / name)
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    assert (tmp_path / "y.csv").read_text("utf-8") == "kept"
    assert not (tmp_path / "x.doc").exists()
