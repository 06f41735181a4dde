import csv
import io

import pandas as pd
import pytest

from relief_cli.reports.lists import entitlements_csv, payments_csv, skipped_csv

TITLES = {"urban_dibao": "城市低保", "rural_dibao": "农村低保"}


def test_payments_are_the_contracts_columns_byte_for_byte(batch, lines):
    assert payments_csv(batch.payments, lines).decode("utf-8") == (
        "payment,payee_name,account_number,bank_name,amount_fen,beneficiaries,file,line\n"
        '1,"张三","6228480010000000017","农信社",60000,2,"bank/a.txt",1\n'
        '2,"\'@钱","0012345",,30001,1,"bank/a.txt",2\n'
        '3,"王,五","6217000010000000018","建行",40000,1,"bank/b.txt",1\n'
    )


def test_entitlements_carry_reason_reference_and_origin(batch):
    rows = list(csv.reader(io.StringIO(entitlements_csv(batch, TITLES).decode("utf-8"))))
    assert rows[0] == [
        *("payment", "beneficiary_name", "id_number", "category", "amount_fen", "reason"),
        *("reference", "source_file", "sheet", "row"),
    ]
    assert rows[1] == [
        *("1", "张三", "140101195001010019", "农村低保", "30000", "一次性补助"),
        *("晋民发〔2022〕38号", "甲县.xlsx", "东镇", "3"),
    ]
    assert rows[2][3] == "tekun"  # a category without a title stands as its code
    assert rows[4] == [
        *("3", "王,五", "14010119500101004X", "农村低保", "40000", "'+补发"),
        *("", "'-乙县.xlsx", "Sheet1", "2"),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_starts_a_formula(batch, lines, start):
    batch.payments.loc[0, ["payee_name", "account_number", "bank_name"]] = f"{start}1"
    batch.entitlements.loc[0, ["name", "category"]] = f"{start}1"
    lines["file"] = f"{start}1"
    paid = pd.read_csv(io.BytesIO(payments_csv(batch.payments, lines)), dtype=str)
    for column in ("payee_name", "account_number", "bank_name", "file"):
        assert paid.loc[0, column].startswith(f"'{start}")
    entitled = pd.read_csv(io.BytesIO(entitlements_csv(batch, TITLES)), dtype=str)
    for column in ("beneficiary_name", "category"):
        assert entitled.loc[0, column].startswith(f"'{start}")


def test_lists_are_plain_utf_8(batch, lines):
    for content in (payments_csv(batch.payments, lines), entitlements_csv(batch, TITLES)):
        assert content.startswith(b"payment,")
        assert pd.read_csv(io.BytesIO(content)).columns[0] == "payment"


def test_a_payment_in_no_file_shows_no_file(batch, lines):
    rows = payments_csv(batch.payments, lines[lines["payment"] != 2]).decode("utf-8").splitlines()
    assert rows[2].endswith(",30001,1,,")


def test_an_empty_batch_gives_headers(batch, lines):
    none = batch.__class__(
        **{
            **vars(batch),
            "payments": batch.payments[:0],
            "entitlements": batch.entitlements[:0],
        }
    )
    assert payments_csv(none.payments, lines[:0]).count(b"\n") == 1
    assert entitlements_csv(none, {}).count(b"\n") == 1


def test_rows_that_need_nothing_stand_with_place_and_reason(batch, wording):
    assert skipped_csv(batch, wording).decode("utf-8") == (
        'source_file,sheet,row,codes,reason\n"甲县.xlsx","东镇",8,"R403","本周期已发放"\n'
    )
