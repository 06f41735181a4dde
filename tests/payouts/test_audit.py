"""Whoever changes one figure in the books, deletes, swaps or cuts off, is found: n of n."""

import dataclasses
import datetime as dt
import itertools
import shutil

import openpyxl
import pytest
from databases import (
    REFUSED,
    copy_office,
    everything,
    forget_ledger,
    give_copy,
    one_row,
    past,
    place_of,
    unguarded,
)  # fmt: skip
from golden.books import Books
from golden.running import make_office, relief, run

from relief_cli import __version__, payouts
from relief_cli import office as offices
from relief_cli.errors import UsageError
from relief_cli.ledger import Ledger
from relief_cli.ledger.stops import Overpayment
from relief_cli.payouts.signed_books import writing
from relief_cli.signing import Acting
from sample_data.bank import PAID, answer_all
from sample_data.generate import PERSON_COLUMNS, inject, people, write_table

TABLES = (
    "occasions", "batches", "events", "files", "operators", "revocations", "approvals",
    "rejections", "signatures", "rules", "inputs", "sheets", "parameters", "facts", "titles",
    "grounds", "payments", "entitlements", "components", "shares", "recovered", "unpaid",
    "findings", "follow_ups", "returns", "return_lines", "resolutions", "failures", "stops",
    "resumptions", "recoveries", "later_answers",
    "repayments", "receipts", "reserves", "prepared_files", "layouts", "overpayments", "attempts",
    "mandates", "mandate_ends",
    "acceptances", "acceptance_facts", "acceptance_ends", "closed_years", "carried",
)  # fmt: skip
WITHOUT_BATCH = ("return_lines", "resolutions", "failures", "later_answers",
                 "stops", "resumptions", "recoveries",
                 "repayments", "receipts", "returns", "reserves", "overpayments",
                 "mandates", "mandate_ends",
                 "acceptances", "acceptance_facts", "acceptance_ends", "closed_years",
                 "carried")  # fmt: skip

NULLABLE = {
    ("events", "batch"),
    ("batches", "follows"),
    ("batches", "replaces"),
    ("entitlements", "again"),
}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Give an office whose ledger has rows in every table, and its chain's head.

    One batch was approved and went out, its approver's key was revoked; the bank answered it, and
    a third batch pays again what failed. One was rejected, and its people are in a fourth.
    """
    folder = tmp_path_factory.mktemp("books")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "home"))
        secret = folder / "secret.txt"
        secret.write_text("four words for li\n", "utf-8")
        patch.setenv("RELIEF_OPERATOR", "wang")
        patch.setenv("RELIEF_PASSPHRASE_FILE", str(secret))
        rosters = []
        for seed in (1, 2, 3):
            truth = inject(people(14, seed), {"R103": 1, "R205": 1, "R310": 1}, seed)
            rosters.append(folder / f"{seed}.xlsx")
            write_table(rosters[-1], truth, PERSON_COLUMNS, title="2022年8月低保人员花名册")
        office = make_office(folder / "office", approvals=1)
        li = ("--as", "li", "--passphrase-file", secret)
        command = ("--json", "--office", office)
        for step in (
            ("operator", "add", "li", "--role", "复核", "--passphrase-file", secret),
            ("operator", "add", "wang", "--passphrase-file", secret),
        ):
            assert relief(*command, *step).code == 0
        assert run(office, rosters[:1], "--as", "wang").code == 3
        assert relief(*command, "approve", "one-time-2022-08-1", *li).code == 0
        assert relief(*command, "export", "one-time-2022-08-1").code == 1
        assert run(office, rosters[1:2], "--as", "wang").code == 3
        assert relief(*command, "reject", "one-time-2022-08-2", "--reason", "x", *li).code == 0
        signers = ("--by", "li", "--by", "wang", *(2 * ("--by-passphrase-file", secret)))
        assert relief(*command, "operator", "revoke", "li", "--reason", "gone", *signers).code == 0
        _after_the_export(relief, command, folder, office)
        assert run(office, rosters[1:3], "--as", "wang").code == 3
        made_of = folder / "parts.csv"
        columns = {**PERSON_COLUMNS, "分类施保金": "supplement", "合计": "total"}
        table = people(4, 4).assign(supplement=["0", "30", "0", "0"])
        whole = table["amount"].astype(int) + table["supplement"].astype(int)
        table = table.assign(total=whole.astype("str"))
        write_table(made_of, table, columns, title="2022年8月低保花名册")
        assert run(office, [made_of], "--as", "wang", programme="dibao").code == 3
        audited = relief(*command, "audit")
        assert (audited.code, audited.json["verified"]) == (0, True), audited.json
    return office, audited.json


def _after_the_export(relief, command, folder, office):
    """Let the bank answer, pay a failure again, and record what is no batch's."""
    output = office / "out" / "one-time-2022-08-1"
    answers = answer_all(
        output, folder / "a", lambda one: ("失败", "RJ01") if one.payment < 3 else PAID
    )
    back = answer_all(
        output, folder / "b", lambda one: ("失败", "RJ09") if one.payment == 3 else None
    )
    assert relief(*command, "settle", output.name, *answers).code == 0
    assert relief(*command, "settle", output.name, *[one for one in back if filled(one)]).code == 0
    assert relief(*command, "follow-up", output.name, "--same-accounts", "--as", "wang").code == 3
    later = answer_all(output, folder / "c", lambda one: PAID if one.payment < 3 else None)
    later = [one for one in later if filled(one)]
    assert relief(*command, "settle", output.name, *later).code == 1
    assert relief(*command, "settle", output.name, *later, "--confirmed", "x").code == 0
    person = Books(output).entitlements[0]["id_number"]
    for step in (
        ("stop", "add", person, "--reason", "x"),
        ("stop", "end", person, "--reason", "y"),
        ("stop", "add", person, "--reason", "z", "--since", "2030-01-01"),
        ("recovery", "add", person, "9", "--reason", "x"),
        ("recovery", "repaid", "1", "3", "--document", "1"),
        ("payee", "add", person, "王五", "--document", "1", "--until", "2030-01-01"),
        ("payee", "end", "1", "--reason", "x"),
        ("payee", "add", person, "赵六", "--document", "2", "--until", "2030-01-01"),
        ("accept", "R205", person, "--reason", "x", "--as", "wang"),
        ("accept", "end", "1", "--reason", "x"),
        ("receive", "province", "100", "--document", "1"),
        ("receive", "province", "9", "--document", "2", "--on", "2021-08-01"),
        ("reconcile", "--year", "2021", "--close"),
        ("reserve", "give", "某镇", "100", "--document", "1"),
    ):
        assert relief(*command, *step).code == 0
    parts = [Overpayment(programme="dibao", cycle=f"2022-0{month}", amount_fen=450)
             for month in (8, 9)]  # fmt: skip
    wang = Acting("wang", lambda _name: "four words for li")
    with writing(dataclasses.replace(offices.load(office), acting=wang)) as book:
        book.acceptances.bind(1, ["x|y"])
        book.stops.owe(person, "王", 900, dt.date(2022, 8, 3), "x", parts)


def filled(path):
    """Say whether an answer tells of a payment."""
    if path.suffix == ".xlsx":
        return openpyxl.load_workbook(path).active.max_row > 1
    return path.stat().st_size > 0


@pytest.fixture
def office(books, tmp_path):
    return copy_office(books[0], tmp_path / "office")


def found(office, head=None):
    return payouts.audit(offices.load(office), head).broken


def test_the_fixture_has_rows_in_every_table(books):
    with past(books[0]) as connection:
        # No event tells of the versions of relief.
        assert connection.tables() == {*TABLES, "versions"}
    assert all(everything(books[0]).values())


def test_the_version_that_made_the_books_is_told(books):
    assert books[1]["version"] == __version__


@pytest.mark.parametrize("table", TABLES)
def test_every_changed_cell_is_found(books, office, table, database, pytestconfig):
    tried, missed = 0, []
    with past(office) as connection:
        columns = connection.columns(table)
    if not pytestconfig.option.matrix:  # every second one, of tables in turn the other
        columns = dict(list(columns.items())[TABLES.index(table) % 2 :: 2])
    # In the matrix the last row too: on one database, for what looks at rows is the same for both.
    both_ends = pytestconfig.option.matrix and database == "sqlite"
    orders = ("ASC", "DESC") if both_ends else ("ASC",)
    for order, (column, kind) in itertools.product(orders, columns.items()):
        give_copy(office, place_of(books[0]))
        changed = f"{column} + 1" if kind == "INTEGER" else f"coalesce({column}, '') || '0'"
        if (table, column) in NULLABLE:
            changed = f"coalesce({column}, 0) + 1"
        with unguarded(office) as connection:
            try:
                count = connection.execute(
                    f"UPDATE {table} SET {column} = {changed} WHERE {one_row(table, order)}"  # noqa: S608
                ).rowcount
            except REFUSED:
                continue  # a constraint refused it
        assert count == 1
        tried += 1
        if not found(office):
            missed.append((column, order))
    assert tried
    assert missed == []


@pytest.mark.parametrize("order", ["DESC", pytest.param("ASC", marks=pytest.mark.matrix)])
@pytest.mark.parametrize("table", TABLES)
def test_every_deleted_row_is_found(office, table, order):
    with unguarded(office) as connection:
        connection.execute(f"DELETE FROM {table} WHERE {one_row(table, order)}")  # noqa: S608
    assert found(office)


@pytest.mark.parametrize(
    ("table", "column", "key", "one", "other"),
    [
        ("payments", "account_number", "payment", 2_00000001, 2_00000002),
        ("payments", "amount_fen", "payment", 1_00000001, 1_00000005),
        ("entitlements", "person", "entitlement", 1_00000001, 2_00000001),
        ("entitlements", "payment", "entitlement", 1_00000001, 1_00000002),
        ("events", "body", "event", 3, 4),
        ("events", "at", "event", 1, 26),  # far enough apart for another second
        ("files", "sha256", "path", "payments.csv", "held.xlsx"),
    ],
)
def test_what_was_swapped_is_found(office, table, column, key, one, other):
    with unguarded(office) as connection:
        select = f"SELECT {column} FROM {table} WHERE {key} = ?"  # noqa: S608
        (first,), (second,) = (connection.rows(select, (k,))[0] for k in (one, other))
        connection.execute("DROP INDEX once")
        for place, value in ((one, second), (other, first)):
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, place))  # noqa: S608
        connection.execute("CREATE UNIQUE INDEX once ON entitlements (occasion, person, attempt)")
    assert first != second
    assert found(office)


@pytest.mark.parametrize("part", range(4))
def test_a_tail_that_was_cut_off_is_found(books, office, part):
    for kept in range(part, books[1]["events"], 4):
        give_copy(office, place_of(books[0]))
        with unguarded(office) as connection:
            cut = connection.execute("DELETE FROM events WHERE event > ?", (kept,)).rowcount
        assert cut == books[1]["events"] - kept
        assert found(office)


def test_batches_cut_off_with_all_their_rows_are_found_by_the_head_that_was_noted(books, office):
    with unguarded(office) as connection:
        for table in TABLES:
            if "batch" in connection.columns(table):
                connection.execute(f"DELETE FROM {table} WHERE batch >= 4")  # noqa: S608
        connection.execute(
            "DELETE FROM attempts WHERE (occasion, person, attempt) NOT IN"
            " (SELECT occasion, person, attempt FROM entitlements)"
        )
        connection.execute("DELETE FROM signatures WHERE event NOT IN (SELECT event FROM events)")
    assert not found(office)
    assert found(office, books[1]["head"])[0][0].startswith("event ")


def test_a_batch_that_went_out_and_that_the_ledger_forgot_is_found(office):
    shutil.copytree(office / "out" / "one-time-2022-08-1", office / "out" / "one-time-2022-08-7")
    assert found(office)[0][0] == "one-time-2022-08-7"


@pytest.mark.parametrize("name", ["payments.csv", "manifest.json"])
def test_a_file_that_was_changed_or_taken_away_is_found(office, name):
    path = office / "out" / "one-time-2022-08-1" / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert found(office) == ((f"one-time-2022-08-1/{name}", "the file was changed"),)
    path.unlink()
    assert found(office) == ((f"one-time-2022-08-1/{name}", "the file is missing"),)


def test_batches_that_were_moved_to_an_archive_are_no_fault(office):
    shutil.move(office / "out" / "one-time-2022-08-1", office.parent / "archive")
    assert not found(office)


def test_guards_that_were_taken_away_are_missed(office):
    with past(office) as connection:
        guards = [name for name, table in connection.guards() if table == "payments"]
        assert guards
        for name in guards:
            connection.drop_guard(name, "payments")
    assert {record for record, _ in found(office)} == {f"trigger {name}" for name in guards}


def test_what_is_broken_is_named_and_ends_with_4(office):
    with unguarded(office) as connection:
        connection.execute("UPDATE payments SET amount_fen = amount_fen + 1")
    answer = relief("--json", "--office", office, "audit")
    assert answer.code == 4
    assert answer.json["verified"] is False
    assert answer.json["broken"]["record"] == "batch one-time-2022-08-1"
    shown = relief("--lang", "en", "--office", office, "audit")
    assert "batch one-time-2022-08-1" in shown.out


def test_an_office_without_a_ledger_is_not_given_one(tmp_path):
    office = make_office(tmp_path / "office")
    forget_ledger(office)
    answer = relief("--json", "--office", office, "audit")
    assert (answer.code, answer.json["error"]["code"]) == (2, "ledger-missing")
    with past(office) as connection:
        assert connection.tables() == set()


def test_an_export_that_was_cut_out_of_the_ledger_is_found_by_its_files(office):
    with unguarded(office) as connection:
        ((event,),) = connection.rows("SELECT event FROM events WHERE kind = 'exported'")
        connection.execute("DELETE FROM files")
        connection.execute("DELETE FROM events WHERE event >= ?", (event,))
        connection.execute(f"DELETE FROM signatures WHERE event >= {event}")  # noqa: S608
        for table in (*WITHOUT_BATCH, "rejections", "revocations", "attempts"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        for table in TABLES:
            if "batch" in connection.columns(table):
                connection.execute(f"DELETE FROM {table} WHERE batch > 1")  # noqa: S608
    assert [record for record, _ in found(office)] == ["one-time-2022-08-1"]


def test_a_rejection_that_nobody_signed_is_found(office):
    with Ledger.open(place_of(office)).writing() as book:
        book.approvals.reject("one-time-2022-08-3", "wang", "x")
    assert found(office)[0][1] == "it was signed by nobody who may"


def test_whoever_is_named_signed_it(books, office, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(books[0].parent / "home"))
    wang = Acting("wang", lambda _name: "four words for li")
    with writing(dataclasses.replace(offices.load(office), acting=wang)) as book:
        book.approvals.reject("one-time-2022-08-3", "li", "x")
    assert found(office)[0][1] == "it was signed by nobody who may"


def test_a_file_that_does_not_belong_to_a_batch_is_found(office):
    (office / "out" / "one-time-2022-08-1" / "bank" / "more.txt").write_text("x")
    assert found(office) == (
        ("one-time-2022-08-1/bank/more.txt", "the ledger does not know this file"),
    )


def test_a_head_may_be_given_by_its_first_digits_and_nothing_else(books, office):
    head = books[1]["head"]
    for given in (head, head[:16], f" {head.upper()} "):
        assert not found(office, given)
    for wrong in ("", "3f2a…", head[:15], head + "0", "x" * 64):
        with pytest.raises(UsageError) as caught:
            found(office, wrong)
        assert caught.value.code == "head-malformed"


def test_an_empty_place_is_no_ledger(office):
    forget_ledger(office)
    with past(office):
        pass  # an empty file, where it is one
    with pytest.raises(UsageError) as caught:
        found(office)
    assert caught.value.code == "ledger-missing"


def test_what_a_killed_run_left_unfinished_is_no_fault(office):
    out = office / "out"
    shutil.copytree(
        out / "one-time-2022-08-1", out / ".one-time-2022-08-9.partial-7-0123456789abcdef"
    )
    assert not found(office)
