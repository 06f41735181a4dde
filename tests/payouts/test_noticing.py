"""The public notice through the command: what may be put up, when, and what it tells."""

import hashlib
import re
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest
from golden.books import Books
from golden.canaries import canaries, parts_of, secrets_of, sung_in_bytes
from golden.running import done, make_office, relief, run

from sample_data.bank import PAID, answer_all
from sample_data.generate import (
    PERSON_COLUMNS,
    as_tekun,
    household_accounts,
    write_households,
    write_table,
    write_tekun,
)

DATABASES = ("sqlite",)

TITLE = "阳曲县2022年8月城乡低保人员花名册"
FAILED = ("失败", "RJ01 账号不存在")


@pytest.fixture(scope="module")
def people():
    return canaries(60, 7300)


@pytest.fixture(scope="module")
def roster(people, tmp_path_factory):
    path = tmp_path_factory.mktemp("rosters") / "1.xlsx"
    write_table(path, people, PERSON_COLUMNS, title=TITLE)
    return path


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


def notice(office, name, *options, code=0):
    answer = relief("--json", "--office", office, "notice", name, *options)
    assert answer.code == code, answer.err
    return answer.json


def is_minor(number, on):
    """Say whether somebody is under eighteen on a day (yyyymmdd)."""
    return int(number[6:14]) + 180000 > on


def names_in(path, header="Name"):
    return sorted(line[1] for rows in listed(path, header).values() for line in rows)


def files_of(told):
    return {Path(one["path"]).suffix: Path(one["path"]) for one in told["files"]}


def listed(path, header="Name"):
    """Give sheet → its lines below the header, up to the total."""
    found = {}
    for sheet in openpyxl.load_workbook(path).worksheets[1:]:
        rows = [row[:5] for row in sheet.iter_rows(values_only=True)]
        start = next(n for n, row in enumerate(rows) if row[1] == header)
        end = next(n for n, row in enumerate(rows) if str(row[0]).startswith("Total: "))
        found[sheet.title] = rows[start + 1 : end]
    return found


def test_everybody_is_told_of_and_nobody_can_be_found(office, roster, people):
    batch = done(office, [roster])
    told = notice(office, batch["batch"], "--from", "2022-08-29")
    books = Books(batch["output"])
    assert told["people"] == told["listed"] == batch["beneficiaries"] == len(people)
    assert told["households"] == people["household"].nunique()
    assert told["amount_fen"] == batch["amount_fen"]
    assert (told["from"], told["until"], told["days"]) == ("2022-08-29", "2022-09-04", 7)
    assert (told["state"], told["paid"]) == ("exported", True)
    files = files_of(told)
    assert files.keys() == {".xlsx", ".html"}
    for one in told["files"]:
        content = Path(one["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert stat.S_IMODE(Path(one["path"]).stat().st_mode) == 0o600
    # Row by row, from what the batch wrote: who is under eighteen on the day is hidden.
    expected = sorted(
        "***"
        if int(row["id_number"][6:14]) + 180000 > 20220829
        else f"{row['beneficiary_name'][0]}**"
        for row in books.entitlements
    )
    assert names_in(files[".xlsx"]) == expected
    lines = [line for rows in listed(files[".xlsx"]).values() for line in rows]
    assert {line[3:] for line in lines} == {(1, 300)}
    # No run of digits, no name, in any part of either file.
    parts = parts_of(secrets_of(people))
    with zipfile.ZipFile(files[".xlsx"]) as book:
        contents = [book.read(name) for name in book.namelist()]
    for content in (*contents, files[".html"].read_bytes(), files[".xlsx"].read_bytes()):
        assert not sung_in_bytes(content, parts)
        assert not re.search(rb"[0-9]{11}", content.replace(b"0351", b""))


def test_the_same_notice_is_the_same_bytes(office, roster):
    batch = done(office, [roster])["batch"]
    first = notice(office, batch)
    assert notice(office, batch) == first
    assert (first["from"], first["until"]) == (None, None)
    assert relief("--json", "--office", office, "audit").json["verified"] is True


def test_dibao_by_household(office, people, tmp_path):
    truth = household_accounts(people)
    write_households(tmp_path / "h.xlsx", truth, title=TITLE)
    batch = done(office, [tmp_path / "h.xlsx"], programme="dibao")
    told = notice(office, batch["batch"])
    lines = [
        line
        for rows in listed(files_of(told)[".xlsx"], "Head or adult member").values()
        for line in rows
    ]
    by = truth.groupby("household", sort=False)
    assert len(lines) == told["households"] == len(by)
    expected = sorted((len(rows), float(rows.iloc[0]["household_amount"])) for _, rows in by)
    assert sorted((line[3], float(line[4])) for line in lines) == expected
    assert sum(line[3] for line in lines) == told["people"] == len(people)
    heads = truth[truth["relationship"] == "户主"]
    adult = heads[heads["person"].str[6:14].astype(int) + 180000 <= 20220810]
    assert {name[0] for name in adult["name"]} == {line[1][0] for line in lines} - {"*"}


def test_institutions_stand_by_their_names(office, people, tmp_path):
    truth = as_tekun(people, 5)
    write_tekun(tmp_path / "t.xlsx", truth, title="阳曲县2022年8月特困人员花名册")
    batch = done(office, [tmp_path / "t.xlsx"])
    told = notice(office, batch["batch"])
    inside = truth[truth["support_mode"].str.contains("集中")]
    assert len(inside)
    rows = [row for rows in listed(files_of(told)[".xlsx"]).values() for row in rows]
    shown = {row[1]: row[3] for row in rows if row[1] in set(inside["institution_name"])}
    assert shown == inside["institution_name"].value_counts().to_dict()
    assert told["listed"] == told["people"] - len(inside)


def test_what_nobody_approved_and_what_was_rejected_is_not_put_up(tmp_path, roster):
    office = make_office(tmp_path / "office", approvals="1")
    batch = run(office, [roster]).json["batch"]
    refused = notice(office, batch, code=3)
    assert refused["error"]["code"] == "approval-missing"
    relief("--office", office, "reject", batch, "--reason", "账号未核对")
    refused = notice(office, batch, code=4)
    assert refused["error"]["code"] == "batch-rejected"
    assert not (office / "out" / "notices").exists()


def test_before_it_is_paid_the_notice_says_so(office, roster):
    prepared = relief(
        "--json", "--office", office, "prepare", "one-time", roster, "--cycle", "2022-08"
    ).json
    told = notice(office, prepared["batch"])
    assert (told["state"], told["paid"]) == ("prepared", False)
    page = files_of(told)[".html"].read_text("utf-8")
    assert "It has not been paid yet." in page
    relief("--office", office, "export", prepared["batch"])
    told = notice(office, prepared["batch"])
    assert told["paid"]
    assert "not been paid" not in files_of(told)[".html"].read_text("utf-8")


def test_whose_payment_failed_is_told_by_no_notice(office, roster, tmp_path):
    batch = done(office, [roster])
    before = notice(office, batch["batch"])
    answers = answer_all(
        batch["output"], tmp_path / "a", lambda one: FAILED if one.payment % 3 == 0 else PAID
    )
    relief("--office", office, "settle", batch["batch"], *answers)
    after = notice(office, batch["batch"])
    assert (after["files"], after["state"]) == (before["files"], "settled")
    again = relief(
        "--json", "--office", office, "follow-up", batch["batch"], "--same-accounts"
    ).json
    refused = notice(office, again["batch"], code=4)["error"]
    assert refused["code"] == "notice-follow-up"
    assert f"relief notice {batch['batch']}" in refused["remedy"]
    answers = answer_all(again["output"], tmp_path / "b", lambda _one: FAILED)
    relief("--office", office, "settle", again["batch"], *answers)
    third = relief(
        "--json", "--office", office, "follow-up", again["batch"], "--same-accounts"
    ).json
    refused = notice(office, third["batch"], code=4)["error"]
    assert f"relief notice {batch['batch']}" in refused["remedy"]


OWN = """
[[notice.masking]]
since = 2022-08-25
value = "full"
unit = "how names are shown"
reference = "县政府会议纪要〔2022〕9号"

[[notice.days]]
since = 2022-08-25
value = 10
unit = "days"
reference = "县政府会议纪要〔2022〕9号"
"""


def test_the_offices_policy_and_settings_hold(office, roster, people):
    batch = done(office, [roster])["batch"]
    (office / "policy" / "own.toml").write_text(OWN, "utf-8")
    settings = office / "relief.toml"
    text = settings.read_text("utf-8").replace('phone = ""', 'phone = "0351-5522345"')
    settings.write_text(text, "utf-8")
    # The day of payment is before the office's own value, the first day of display after it.
    masked = notice(office, batch)
    assert (masked["full_names"], masked["days"]) == (False, 7)
    told = notice(office, batch, "--from", "2022-08-25")
    assert (told["full_names"], told["until"]) == (True, "2022-09-03")
    assert "Telephone: 0351-5522345" in files_of(told)[".html"].read_text("utf-8")
    expected = [
        "***" if is_minor(number, 20220825) else name
        for name, number in zip(people["name"], people["person"], strict=True)
    ]
    assert names_in(files_of(told)[".xlsx"]) == sorted(expected)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("one-time-2022-08-9",), "batch-unknown"), (("x", "--from", "2022-13-01"), "usage")],
)
def test_wrong_input_is_one_message(office, roster, arguments, code):
    done(office, [roster])
    answer = relief("--json", "--office", office, "notice", *arguments)
    assert (answer.code, answer.json["error"]["code"]) == (2, code)


def test_an_office_without_a_ledger(office):
    (office / "ledger.sqlite").unlink()
    answer = relief("--json", "--office", office, "notice", "one-time-2022-08-1")
    assert (answer.code, answer.json["error"]["code"]) == (2, "ledger-missing")
