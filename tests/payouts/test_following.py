"""What failed or came back is paid again once: into corrected accounts, never without a failure."""

from collections import Counter

import openpyxl
import pytest
from databases import REFUSED, copied, past
from golden.books import Books, recorded, sheets
from golden.running import done, make_office, relief

from relief_cli.roster.masks import mask_id
from sample_data.bank import PAID, answer_all, ordered
from sample_data.generate import PERSON_COLUMNS, people, write_table

FAILED = ("失败", "RJ01 账号不存在")
TITLE = "2022年8月低保人员花名册"


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("roster") / "roster.xlsx"
    write_table(path, people(40, 7), PERSON_COLUMNS, title=TITLE)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory, roster):
    folder = tmp_path_factory.mktemp("made")
    office = make_office(folder / "office")
    batch = done(office, [roster])
    answers = answer_all(
        batch["output"], folder / "a", lambda one: FAILED if one.payment % 3 == 0 else PAID
    )
    answer = relief("--json", "--office", office, "settle", batch["batch"], *answers)
    assert answer.code == 0, answer.err
    return office, batch, answer.json


@pytest.fixture
def settled(made, tmp_path):
    """Give an office and its batch, of which payments 3, 6, 9 … have failed."""
    return copied(made, tmp_path / "office")


def follow(office, batch, *rosters):
    """Pay the failures again: as rosters say, else into the same accounts."""
    given = rosters or ("--same-accounts",)
    return relief("--json", "--office", office, "follow-up", batch["batch"], *given)


def verified(office):
    assert relief("--json", "--office", office, "audit").json["broken"] is None
    return True


def failed_payments(batch):
    return {
        number: row for number, row in Books(batch["output"]).payments.items() if number % 3 == 0
    }


def persons(folder):
    return Counter(row["id_number"] for row in Books(folder).entitlements)


def test_all_of_it_again(settled):
    office, batch, answer = settled
    failed = failed_payments(batch)
    shown = follow(office, batch)
    assert shown.code == 0, shown.err
    again = shown.json
    assert (again["batch"], again["follows"]) == ("one-time-2022-08-2", batch["batch"])
    assert (again["state"], again["payments"]) == ("exported", len(failed))
    assert again["amount_fen"] == answer["failed_fen"] == sum(again["shares_fen"].values())
    books = Books(again["output"])
    assert sorted(row["account_number"] for row in books.payments.values()) == sorted(
        row["account_number"] for row in failed.values()
    )
    # The same people, each with the amount and the clause of before, and where it stood.
    before = [row for row in Books(batch["output"]).entitlements if int(row["payment"]) in failed]
    same = ("beneficiary_name", "id_number", "category", "amount_fen", "reason", "reference")
    assert sorted([row[name] for name in same] for row in books.entitlements) == sorted(
        [row[name] for name in same] for row in before
    )
    assert {row["source_file"] for row in books.entitlements} == {batch["batch"]}
    assert {int(row["row"]) for row in books.entitlements} == set(failed)
    assert verified(office)


def test_the_same_again_is_the_same_batch(settled):
    office, batch, _ = settled
    first = follow(office, batch).json
    before = recorded(office)
    second = follow(office, batch).json
    assert second == {**first, "repeated": True}
    assert recorded(office) == before


def test_nothing_has_failed(tmp_path, roster):
    office = make_office(tmp_path / "office")
    batch = done(office, [roster])
    before = recorded(office)
    answer = follow(office, batch)
    assert (answer.code, answer.json["batch"], answer.json["amount_fen"]) == (0, None, 0)
    assert recorded(office) == before


def test_what_was_not_sent_cannot_be_followed(tmp_path, roster):
    office = make_office(tmp_path / "office")
    batch = relief(
        "--json", "--office", office, "prepare", "one-time", roster, "--cycle", "2022-08"
    ).json
    assert follow(office, batch).json["error"]["code"] == "not-sent"


def test_the_list_of_failures_comes_back_corrected(settled, tmp_path):
    office, batch, answer = settled
    book = openpyxl.load_workbook(answer["report"])
    sheet = book["Failures"]
    header = [cell.value for cell in sheet[1]]
    account, bank = header.index("账号") + 1, header.index("开户行") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, account).value = f"1010012000{row:02d}"
        sheet.cell(row, bank).value = "阳曲县农村信用合作联社"
    corrected = tmp_path / "改正.xlsx"
    book.save(corrected)
    again = follow(office, batch, corrected)
    assert again.code == 0, again.err
    failed = failed_payments(batch)
    paid = Books(again.json["output"]).payments
    assert again.json["payments"] == len(failed) == sheet.max_row - 1
    assert {row["account_number"] for row in paid.values()} == {
        f"1010012000{row:02d}" for row in range(2, sheet.max_row + 1)
    }
    assert [file["format"] for file in again.json["files"]] == ["shanxi-rcu"]
    assert again.json["findings"]["R207"] == len(failed)  # the account is another one
    assert verified(office)


def test_the_list_of_failures_names_the_payee_where_the_payee_is_paid_too(settled):
    _, batch, answer = settled
    sheet = openpyxl.load_workbook(answer["report"])["Failures"]
    header, *rows = [list(row) for row in sheet.values]
    shown = [dict(zip(header, row, strict=True)) for row in rows]
    failed = failed_payments(batch)
    told = {}
    for row in Books(batch["output"]).entitlements:
        told.setdefault(int(row["payment"]), []).append((row["beneficiary_name"], row["id_number"]))
    assert any(len(told[number]) > 1 for number in failed)
    for row, (number, payment) in zip(shown, sorted(failed.items()), strict=True):
        assert (row["姓名"], row["身份证号"]) in told[number]
        assert row["账户名称"] == payment["payee_name"]
        if payment["payee_name"] in {name for name, _ in told[number]}:
            assert row["姓名"] == payment["payee_name"]


def test_a_township_s_roster_corrects_some(settled, tmp_path):
    """Two rows are sound, one is not, one is nobody's whose payment failed; the rest stays held."""
    office, batch, _ = settled
    failed = sorted(failed_payments(batch))
    entitled = Books(batch["output"]).entitlements
    rows = [[row for row in entitled if int(row["payment"]) == number] for number in failed]
    single = [found[0] for found in rows if len(found) == 1]
    untouched = next(row for row in entitled if int(row["payment"]) not in failed)
    table = [["姓名", "身份证号", "账号", "开户行"]]
    for row, number in zip(single[:2], ("1010012345", "1010012346"), strict=True):
        table.append([row["beneficiary_name"], row["id_number"], number, "阳曲县农村信用合作联社"])
    table.append([single[2]["beneficiary_name"], single[2]["id_number"], "12", "农业银行"])
    table.append([untouched["beneficiary_name"], untouched["id_number"], "1010012347", "农业银行"])
    path = tmp_path / "改正.xlsx"
    _save(path, table)
    answer = follow(office, batch, path)
    assert answer.code == 1, answer.err
    shown = answer.json
    owed = sum(len(found) for found in rows)
    assert shown["rows"] == {"read": owed + 1, "paid": 2, "held": owed - 2, "skipped": 1}
    assert (shown["findings"]["R202"], shown["findings"]["R405"]) == (1, 1)
    assert shown["findings"]["R209"] == owed - 3
    assert persons(shown["output"]) == Counter(row["id_number"] for row in single[:2])
    held = Books(shown["output"]).held()
    assert Counter(code for codes in held.values() for code in codes)["R202"] == 1
    assert verified(office)
    # What was held comes back in the list itself, and then nothing is left.
    rest = follow(office, batch)
    assert rest.json["payments"] == len(failed) - 2
    assert follow(office, batch).json["batch"] == rest.json["batch"]
    assert verified(office)


def _save(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def household(batch):
    """Give the entitlements of a failed payment that is for several people."""
    found = {}
    for row in Books(batch["output"]).entitlements:
        if int(row["payment"]) % 3 == 0:
            found.setdefault(row["payment"], []).append(row)
    return next(rows for rows in found.values() if len(rows) > 1)


def test_one_member_s_row_corrects_the_household_s_account(settled, tmp_path):
    office, batch, _ = settled
    members = household(batch)
    path = tmp_path / "改正.xlsx"
    one = members[-1]
    header = ["姓名", "身份证号", "账号", "开户行"]
    _save(path, [header, [one["beneficiary_name"], one["id_number"], "1010012345", "农信社"]])
    shown = follow(office, batch, path).json
    assert (shown["payments"], shown["rows"]["paid"]) == (1, len(members))
    assert persons(shown["output"]) == Counter(row["id_number"] for row in members)


def test_members_who_give_different_accounts_are_held(settled, tmp_path):
    office, batch, _ = settled
    members = household(batch)
    path = tmp_path / "改正.xlsx"
    header = ["姓名", "身份证号", "账号", "开户行"]
    rows = [
        [one["beneficiary_name"], one["id_number"], f"101001234{n}", "农信社"]
        for n, one in enumerate(members)
    ]
    _save(path, [header, *rows])
    answer = follow(office, batch, path)
    assert (answer.code, answer.json["batch"]) == (1, None)
    assert answer.json["findings"]["R210"] == len(members)
    header, *listed = sheets(answer.json["held_list"])["Sheet"]
    number, codes = header.index("身份证号"), header.index("Problem codes")
    assert [(row[number], row[codes]) for row in listed] == [
        (one["id_number"], "R210,R207") for one in members
    ]


def test_another_name_is_not_believed(settled, tmp_path):
    office, batch, _ = settled
    row = next(one for one in Books(batch["output"]).entitlements if int(one["payment"]) == 3)
    path = tmp_path / "改正.xlsx"
    header = ["姓名", "身份证号", "账号", "开户行"]
    _save(path, [header, ["别人", row["id_number"], "1010012345", "农信社"]])
    answer = follow(office, batch, path)
    assert answer.json["batch"] is None
    assert answer.json["findings"]["R401"] == 1


def test_who_is_stopped_is_not_paid_again(settled):
    office, batch, _ = settled
    failed = failed_payments(batch)
    (row,) = (one for one in Books(batch["output"]).entitlements if int(one["payment"]) == 3)
    command = ("--json", "--office", office)
    stopped = relief(*command, "stop", "add", row["id_number"], "--reason", "死亡",
                     "--since", "2022-08-03")  # fmt: skip
    assert stopped.code == 0, stopped.err
    assert stopped.json["stops"][0]["person"] == mask_id(row["id_number"])
    answer = follow(office, batch)
    assert (answer.code, answer.json["payments"]) == (1, len(failed) - 1)
    assert answer.json["findings"]["R502"] == 1
    assert row["id_number"] not in persons(answer.json["output"])
    ended = relief(*command, "stop", "end", row["id_number"], "--reason", "误报")
    assert ended.json["stops"][0]["ended"] == "误报"
    assert follow(office, batch).json["payments"] == 1
    assert verified(office)


def test_a_reversal_is_paid_again_and_a_follow_up_can_fail(settled, tmp_path):
    office, batch, _ = settled
    first = follow(office, batch).json
    lines = {one.payment: one for found in ordered(first["output"]).values() for one in found}
    answers = answer_all(
        first["output"], tmp_path / "b", lambda one: FAILED if one.payment == 1 else PAID
    )
    answer = relief("--json", "--office", office, "settle", first["batch"], *answers)
    assert answer.json["failed_fen"] == lines[1].line.fen
    second = follow(office, first).json
    assert (second["follows"], second["payments"]) == (first["batch"], 1)
    assert second["amount_fen"] == lines[1].line.fen
    # Weeks later one of the first batch comes back.
    back = answer_all(
        batch["output"],
        tmp_path / "c",
        lambda one: ("失败", "RJ09 退票") if one.payment == 1 else None,
        only=next(
            path.name
            for path, found in ordered(batch["output"]).items()
            if any(one.payment == 1 for one in found)
        ),
    )
    assert relief("--json", "--office", office, "settle", batch["batch"], *back).code == 0
    third = follow(office, batch).json
    assert (third["follows"], third["payments"]) == (batch["batch"], 1)
    assert verified(office)


def test_a_rejected_follow_up_leaves_the_failures_open(tmp_path, roster):
    office = make_office(tmp_path / "office")
    batch = done(office, [roster])
    answers = answer_all(
        batch["output"], tmp_path / "a", lambda one: FAILED if one.payment % 3 == 0 else PAID
    )
    assert relief("--office", office, "settle", batch["batch"], *answers).code == 0
    settings = office / "relief.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("approvals = 0", "approvals = 1"), "utf-8"
    )
    first = follow(office, batch)
    assert (first.code, first.json["state"]) == (3, "prepared")
    assert relief("--office", office, "reject", first.json["batch"], "--reason", "x").code == 0
    second = follow(office, batch)
    assert (second.code, second.json["payments"]) == (3, first.json["payments"])
    assert second.json["batch"] != first.json["batch"]
    assert verified(office)


def test_the_database_pays_nothing_again_that_has_not_failed(settled):
    office, _, _ = settled
    with past(office) as book:
        failed, paid = (
            book.rows("SELECT min(payment) FROM resolutions WHERE outcome = ?", (outcome,))[0][0]
            for outcome in ("failed", "paid")
        )
        columns = book.columns("entitlements")

        def again(payment):
            """Entitle a person of ``payment`` a second time."""
            one = f"FROM entitlements WHERE payment = {payment} ORDER BY entitlement LIMIT 1"
            book.execute(
                f"INSERT INTO attempts SELECT occasion, person, move, attempt + 1, NULL, NULL {one}"
            )
            further = {"attempt": "attempt + 1", "again": "attempt + 1"}
            further["entitlement"] = "entitlement + 5000"
            given = ", ".join(further.get(name, name) for name in columns)
            book.execute(f"INSERT INTO entitlements ({', '.join(columns)}) SELECT {given} {one}")

        with pytest.raises(REFUSED, match="has an entitlement that stands"):
            again(paid)
        book.execute("BEGIN")
        again(failed)
        book.execute("ROLLBACK")
        with pytest.raises(REFUSED, match=r"(?i)foreign key"):
            book.execute("INSERT INTO follow_ups VALUES (?, 1, ?)", (paid, paid))
        with pytest.raises(REFUSED, match=r"(?i)unique"):
            book.execute(
                "INSERT INTO resolutions SELECT payment, 'failed', line FROM resolutions "
                "WHERE payment = ?",
                (paid,),
            )
        with pytest.raises(REFUSED, match=r"(?i)foreign key"):
            book.execute(
                "INSERT INTO failures SELECT payment, 'failed', line FROM resolutions "
                "WHERE payment = ?",
                (paid,),
            )


def test_recoveries_are_records_of_their_own(settled):
    office, batch, _ = settled
    row = Books(batch["output"]).entitlements[0]
    command = ("--json", "--office", office, "recovery")
    owed = relief(*command, "add", row["id_number"], "900", "--reason", "死亡后多发三个月",
                  "--since", "2022-05-01")  # fmt: skip
    assert owed.code == 0, owed.err
    assert relief(*command, "repaid", 1, "300", "--document", "12号").json["recoveries"] == [
        {
            "recovery": 1, "person": mask_id(row["id_number"]), "since": "2022-05-01",
            "reason": "死亡后多发三个月", "amount_fen": 90_000, "repaid_fen": 30_000,
            "owed_fen": 60_000,
        }
    ]  # fmt: skip
    for arguments, code in (
        (("repaid", 1, "300", "--document", "12号"), "document-known"),
        (("repaid", 1, "600.01", "--document", "13号"), "repaid-too-much"),
        (("repaid", 2, "1", "--document", "14号"), "recovery-unknown"),
        (("add", row["id_number"], "0", "--reason", "x"), "amount-not-positive"),
        (("add", "140122198001010010", "1", "--reason", "x"), "person-malformed"),
        (("add", row["id_number"], "1", "--reason", " "), "reason-missing"),
    ):
        assert relief(*command, *arguments).json["error"]["code"] == code
    shown = relief("--lang", "en", "--office", office, "recovery", "list")
    assert row["id_number"] not in shown.out
    assert "600.00" in shown.out
    assert verified(office)
