"""One person's whole story, held against the lists that the batches wrote."""

import pytest
from golden.books import Books
from golden.running import done, make_office, relief
from rules.made import id_number, person, table, write_csv

from relief_cli.roster.masks import mask_account, mask_id
from sample_data.bank import PAID, answer_all
from sample_data.generate import PERSON_COLUMNS, inject, people, write_table

FAILED = ("失败", "RJ01 账号不存在")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Give an office in which payment 1 failed, was paid again and came back; and who was held."""
    folder = tmp_path_factory.mktemp("told")
    truth = inject(people(30, 7), {"R103": 1, "R202": 1}, 7)
    roster = folder / "roster.xlsx"
    write_table(roster, truth, PERSON_COLUMNS, title="2022年8月低保人员花名册")
    office = make_office(folder / "office")
    batch = done(office, [roster])
    answers = answer_all(
        batch["output"], folder / "a", lambda one: FAILED if one.payment == 1 else PAID
    )
    command = ("--json", "--office", office)
    assert relief(*command, "settle", batch["batch"], *answers).code == 0
    again = relief(*command, "follow-up", batch["batch"], "--same-accounts").json
    assert (
        relief(*command, "settle", again["batch"], *answer_all(again["output"], folder / "b")).code
        == 0
    )
    back = answer_all(again["output"], folder / "c", lambda _one: ("失败", "RJ09 退票"))
    assert relief(*command, "settle", again["batch"], *back).code == 0
    return office, batch, again, truth


def trace(office, person, code=0):
    answer = relief("--json", "--office", office, "trace", person)
    assert answer.code == code, answer.err
    return answer.json


def test_the_story_is_that_of_the_lists(told):
    office, batch, again, _ = told
    books = Books(batch["output"])
    row = next(one for one in books.entitlements if one["payment"] == "1")
    story = trace(office, row["id_number"])
    first, second = story["entitlements"]
    payment = books.payments[1]
    assert story["person"] == mask_id(row["id_number"])
    assert (first["batch"], first["row"]) == (batch["batch"], int(row["row"]))
    for name in ("source_file", "sheet", "reason", "reference"):
        assert first[name] == row[name]
    assert first["payment"]["account"] == mask_account(payment["account_number"])
    assert first["payment"]["amount_fen"] == int(payment["amount_fen"])
    assert first["bank_file"]["path"] == f"{batch['batch']}/{payment['file']}"
    assert first["bank_file"]["line"] == int(payment["line"])
    # 300 yuan at 6:4, the 40 % half and half.
    assert first["shares"] == {"province": 18_000, "municipal": 6_000, "county": 6_000}
    assert [one["verdict"] for one in first["answers"]] == ["failed"]
    assert first["answers"][0]["meaning"] == "there is no such account"
    assert (first["outcome"], second["outcome"]) == ("failed", "reversed")
    assert (second["batch"], second["follows"]) == (again["batch"], batch["batch"])
    assert [one["verdict"] for one in second["answers"]] == ["paid", "reversed"]
    assert "one-time.amount" in {one["name"] for one in first["parameters"]}


def test_every_line_of_every_file_is_where_the_story_says(told):
    office, batch, _, _ = told
    books = Books(batch["output"])
    for number in (2, len(books.payments)):
        row = next(one for one in books.entitlements if one["payment"] == str(number))
        (only,) = trace(office, row["id_number"])["entitlements"]
        assert only["outcome"] == "paid"
        assert only["bank_file"]["line"] == int(books.payments[number]["line"])


def test_who_was_held_is_told_too(told):
    office, batch, _, truth = told
    held = Books(batch["output"]).held()
    ((file, sheet, row), codes) = next(item for item in held.items() if item[1] == ["R202"])
    # The title and the header stand above the people.
    person = truth["person"].iloc[row - 3]
    story = trace(office, person)
    assert story["entitlements"] == []
    assert story["not_paid"] == [
        {"batch": batch["batch"], "fate": "held", "codes": codes[0], "source_file": file,
         "sheet": sheet, "row": row}
    ]  # fmt: skip


def test_a_person_may_be_named_by_a_payment_that_is_theirs_alone(told):
    office, batch, _, _ = told
    counts = {n: int(row["beneficiaries"]) for n, row in Books(batch["output"]).payments.items()}
    alone = next(n for n, count in counts.items() if count == 1)
    several = next(n for n, count in counts.items() if count > 1)
    assert trace(office, f"{batch['batch']}-{alone:06d}")["entitlements"]
    error = trace(office, f"{batch['batch']}-{several:06d}", code=2)["error"]
    assert error["code"] == "person-unclear"


def test_nobody_is_named_in_full(told):
    office, batch, _, _ = told
    row = Books(batch["output"]).entitlements[0]
    for language in ("en", "zh"):
        shown = relief("--lang", language, "--office", office, "trace", row["id_number"]).out
        assert row["id_number"] not in shown
        assert row["beneficiary_name"] not in shown
        assert "one-time-2022-08-1-000001" in shown


def test_somebody_unknown(told):
    unknown = people(40, 99)["person"].iloc[-1]
    shown = relief("--lang", "en", "--office", told[0], "trace", unknown)
    assert (shown.code, "know nothing" in shown.out) == (0, True)


def test_findings_are_those_of_the_persons_own_row(tmp_path):
    """Rows of the same number in other files have findings of their own."""
    for name, number, bank in (("a.csv", 1, "本地银行"), ("b.csv", 2, "农业银行")):
        write_csv(tmp_path / name, table(person(number, 开户行=bank)))
    office = make_office(tmp_path / "office")
    done(office, [tmp_path / "a.csv", tmp_path / "b.csv"])
    found = [trace(office, id_number(one))["entitlements"][0]["findings"] for one in (1, 2)]
    assert [[finding["code"] for finding in findings] for findings in found] == [["R205"], []]
