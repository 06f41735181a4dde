"""What is recorded comes back, and what must not be recorded is refused by the database."""

import dataclasses
import datetime as dt
import hashlib
import json
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa
from databases import REFUSED, past
from ledger.made_batch import OCCASION, changed, make_batch, occasion_of, persons

from relief_cli.batch import TABLES, Batch
from relief_cli.errors import RefusedError, UsageError
from relief_cli.files import OutputFile
from relief_cli.frames import empty
from relief_cli.ledger import Ledger, bulk
from relief_cli.ledger.approvals import Rule
from relief_cli.ledger.outgoing import Outgoing
from relief_cli.ledger.returns import LINES, AnswerFile
from relief_cli.ledger.rows import batch_fields, content_digest, frame_digest
from relief_cli.ledger.signatures import Hand
from relief_cli.ledger.stops import Overpayment

FILES = [
    OutputFile(
        path="bank/1.csv",
        kind="bank",
        format="generic-csv",
        payments=2,
        amount_fen=90000,
        first_payment=1,
        sha256="b" * 64,
        size=10,
    ),
    OutputFile(path="held.xlsx", kind="held", format="xlsx", sha256="c" * 64, size=0),
]


@pytest.fixture
def ledger(place, request):
    """Give a new ledger in each kind of database; it knows its place."""
    if not isinstance(place, Path):
        running = request.getfixturevalue("server")
        place = running.new_database(like=running.ledger)
    opened = Ledger.open(place, make=True)
    opened.place = place
    return opened


def record(ledger, *batches):
    with ledger.writing() as book:
        for batch in batches:
            book.record(batch)


def rows(ledger, statement):
    with past(ledger.place) as connection:
        return connection.rows(statement)


def assert_same(found, batch):
    for name in {field.name for field in dataclasses.fields(Batch)} - TABLES.keys():
        assert getattr(found, name) == getattr(batch, name), name
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(batch, name))


def test_batch_comes_back_as_it_was_recorded(ledger):
    batches = [make_batch(persons(0, 5)), make_batch(persons(5, 3), sequence=2)]
    record(ledger, *batches)
    with ledger.reading() as book:
        for batch in batches:
            assert_same(book.load(batch.name), batch)


def test_as_many_rows_as_one_statement_takes_and_one_more_or_less(ledger, monkeypatch):
    monkeypatch.setattr(bulk, "_VALUES", 60)
    monkeypatch.setattr(bulk, "_SLICE", 25)
    first = 0
    for sequence, count in enumerate([*range(1, 15), 24, 25, 26, 49, 50, 51, 120], start=1):
        batch = make_batch(persons(first, count), sequence=sequence)
        record(ledger, batch)
        with ledger.reading() as book:
            assert_same(book.load(batch.name), batch)
        first += count


def test_empty_tables_come_back_empty(ledger):
    none = {name: empty(TABLES[name]) for name in ("parameters", "unpaid", "findings")}
    batch = dataclasses.replace(make_batch(persons(0, 1)), **none)
    record(ledger, batch)
    with ledger.reading() as book:
        assert_same(book.load(batch.name), batch)


def test_repeat_is_found_by_its_inputs(ledger):
    batch = make_batch(persons(0, 1))
    record(ledger, batch)
    with ledger.reading() as book:
        assert book.find("one-time", "2022-08", batch.inputs_digest) == batch.name
        assert book.find("one-time", "2022-09", batch.inputs_digest) is None
        assert book.find("dibao", "2022-08", batch.inputs_digest) is None
        assert book.next_sequence("one-time", "2022-08") == 2
        assert book.next_sequence("one-time", "2022-09") == 1


def test_unknown_batch_names_the_nearest(ledger):
    record(ledger, make_batch(persons(0, 1)))
    for ask in ("load", "state", "files"):
        with ledger.reading() as book, pytest.raises(UsageError) as caught:
            getattr(book, ask)("one-time-2022-8-1")
        assert caught.value.code == "batch-unknown"
        assert "one-time-2022-08-1" in caught.value.remedy_text(str)


def test_where_no_batch_is_near_the_last_three_are_named(ledger):
    for sequence in range(1, 5):
        record(ledger, make_batch(persons(sequence, 1), sequence))
    with ledger.reading() as book, pytest.raises(UsageError) as caught:
        book.load("x")
    named = ", ".join(f"one-time-2022-08-{sequence}" for sequence in (2, 3, 4))
    assert caught.value.remedy_text(lambda text: text).endswith(named)


def test_summary_of_batches(ledger):
    record(ledger, make_batch(persons(0, 3)))
    with ledger.reading() as book:
        (found,) = book.batches()
    assert (found.name, found.state, found.pay_on) == (
        "one-time-2022-08-1", "prepared", "2022-08-19",
    )  # fmt: skip
    assert (found.rows_read, found.beneficiaries, found.payments) == (5, 3, 2)
    assert found.amount_fen == 90000


def test_summary_tells_who_made_a_batch_what_it_follows_and_when_it_went_out(ledger):
    batch, unsent = make_batch(persons(0, 2)), make_batch(persons(2, 2), 2)
    with ledger.writing() as book:
        book.record(batch, maker="王芳", approvals=2)
    record(ledger, unsent)
    with ledger.writing() as book:
        book.record_export(batch.name, FILES, {})
        book.returns.take_in(
            batch.name, AnswerFile(name="a", format="f", sha256="a" * 64, size=1, bank_on="",
                                  meanings="", said="a" * 64),
            answered("failed"),
        )  # fmt: skip
        book.record(following(batch))
    with ledger.reading() as book:
        found = book.batches()
    assert [one.maker for one in found] == ["王芳", "", ""]
    assert [one.approvals for one in found] == [2, 0, 0]
    assert [one.follows for one in found] == ["", "", batch.name]
    assert [one.state for one in found] == ["exported", "prepared", "prepared"]
    assert [len(one.exported_at) for one in found] == [25, 0, 0]


def test_who_is_paid_already(ledger):
    record(ledger, make_batch(persons(0, 2)), make_batch(persons(2, 1), sequence=2))
    with ledger.reading() as book:
        found = book.paid("one-time", OCCASION, pd.Series(persons(1, 4)))
        assert found[["person", "name", "batch", "amount_fen"]].to_numpy().tolist() == [
            [persons(1, 1)[0], "某人", "one-time-2022-08-1", 30000],
            [persons(2, 1)[0], "某人", "one-time-2022-08-2", 30000],
        ]
        assert found["first_month"].isna().all()
        assert book.paid("one-time", occasion_of("another notice"), persons(0, 9)).empty
        assert book.paid("dibao", OCCASION, persons(0, 9)).empty
        assert book.paid("one-time", OCCASION, []).empty


def test_who_is_paid_under_other_programmes(ledger):
    record(ledger, make_batch(persons(0, 2), programme="tekun", occasion="2022Q3", cycle="2022Q3"))
    with ledger.reading() as book:
        pairs = [("tekun", occasion_of("2022Q3")), ("dibao", occasion_of("2022-08"))]
        found = book.paid_elsewhere(pairs, persons(1, 4))
    assert found.dropna(axis=1).to_numpy().tolist() == [
        [persons(1, 1)[0], "tekun", "2022Q3", 30000]
    ]


def test_last_account_is_the_newest(ledger):
    months = [
        make_batch(persons(0, 3), 1, programme="dibao", cycle="2022-07", occasion="2022-07"),
        make_batch(persons(0, 1), 2, programme="dibao", cycle="2022-08", occasion="2022-08"),
    ]
    record(ledger, *months)
    with ledger.reading() as book:
        found = book.last_accounts("dibao", persons(0, 9))
        # Who is new to a programme is known by the others.
        assert book.last_accounts("tekun", persons(0, 9)).equals(found)
    first, second, third = persons(0, 3)
    assert dict(found[["person", "account_number"]].to_numpy().tolist()) == {
        first: "62000000000000012",
        second: "62000000000000011",
        third: "62000000000000021",
    }


def test_nobody_twice_and_then_nothing_of_the_batch(ledger):
    record(ledger, make_batch(persons(0, 4)))
    before = rows(ledger, "SELECT count(*) FROM payments")
    with ledger.writing() as book, pytest.raises(RefusedError) as caught:
        book.record(make_batch(persons(3, 4), sequence=2))
    assert caught.value.code == "already-paid"
    assert "1408" not in f"{caught.value} {vars(caught.value)} {caught.value.__cause__}"
    # The block above ended without an error, so what it held was committed: nothing.
    assert rows(ledger, "SELECT count(*) FROM payments") == before
    assert rows(ledger, "SELECT name FROM batches") == [("one-time-2022-08-1",)]


@pytest.mark.parametrize("paid", [0, 70, 199], ids="person {}".format)
def test_nobody_twice_wherever_they_stand_among_many(ledger, paid):
    record(ledger, make_batch(persons(paid, 1)))
    with ledger.writing() as book, pytest.raises(RefusedError) as caught:
        book.record(make_batch(persons(0, 200), sequence=2))
    assert caught.value.code == "already-paid"
    assert rows(ledger, "SELECT count(*) FROM entitlements") == [(1,)]


@pytest.mark.parametrize("fields", [{"sequence": 1}, {"inputs_digest": "same"}])
def test_two_runs_cannot_record_one_batch(ledger, fields):
    record(ledger, make_batch(persons(0, 1), inputs_digest="same"))
    with ledger.writing() as book, pytest.raises(RefusedError) as caught:
        book.record(make_batch(persons(1, 1), **({"sequence": 2} | fields)))
    assert caught.value.code == "batch-taken"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("payments", "amount_fen", 1),
        ("payments", "beneficiaries", 1),
        ("shares", "amount_fen", 1),
        ("entitlements", "amount_fen", 1),
        ("entitlements", "payment", 1),
    ],
)
def test_sums_that_disagree_are_a_fault(ledger, table, column, value):
    with ledger.writing() as book, pytest.raises(ValueError, match="payments"):
        book.record(changed(make_batch(persons(0, 4)), table, column, value))
    assert rows(ledger, "SELECT count(*) FROM batches") == [(0,)]


ENTITLEMENT = {
    "batch": 1,
    "entitlement": 1_00000099,
    "payment": 1_00000001,
    "person": "140828190001019999",
    "name": "某人",
    "category": "x",
    "household": 1,
    "amount_fen": 1,
    "ground": 1,
    "sheet": 0,
    "sheet_row": 1,
    "member": 0,
    "occasion": 1,
    "move": 0,
    "attempt": 0,
}


def insert(connection, values):
    places = ", ".join("?" * len(values))
    statement = f"INSERT INTO entitlements ({', '.join(values)}) VALUES ({places})"  # noqa: S608
    connection.execute(statement, list(values.values()))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("person", persons(0, 1)[0], "UNIQUE"),
        ("person", "140828000101999", "CHECK"),
        ("amount_fen", 0, "CHECK"),
        ("amount_fen", -1, "CHECK"),
        ("amount_fen", "300", None),
        ("amount_fen", 10**19, "too large|out of range"),
        ("amount_fen", "x", "cannot store TEXT|invalid input syntax"),
        ("payment", 1_00000077, "foreign key"),
        ("batch", 77, "CHECK"),
        ("occasion", 2, "foreign key"),
        ("attempt", -1, "CHECK"),
        ("attempt", 1, "CHECK"),
        ("again", 1, "CHECK"),
        ("entitlement", 77_00000099, "CHECK"),
        ("entitlement", 1_00000001, "UNIQUE"),
        ("member", 0, None),
    ],
)
def test_the_database_itself_refuses(ledger, field, value, reason):
    record(ledger, make_batch(persons(0, 2)))
    with past(ledger.place) as connection:
        if reason is None:
            insert(connection, ENTITLEMENT | {field: value})
            return
        with pytest.raises((*REFUSED, OverflowError, psycopg.DataError), match=f"(?i){reason}"):
            insert(connection, ENTITLEMENT | {field: value})


def test_the_database_lets_in_no_attempt_while_the_one_before_stands(ledger):
    person = persons(0, 1)[0]
    record(ledger, make_batch(persons(0, 2)))
    with past(ledger.place) as connection:
        for attempt in (1, 2):
            with pytest.raises(REFUSED, match="that stands"):
                connection.execute(
                    "INSERT INTO attempts VALUES (1, ?, 0, ?, NULL, NULL)", (person, attempt)
                )
            again = {"person": person, "attempt": attempt, "again": attempt}
            with pytest.raises(REFUSED, match=r"(?i)foreign key"):
                insert(connection, ENTITLEMENT | again)


def answered(verdict):
    """Give the line of an answer that tells of payment 1."""
    line = {
        "place": "1", "payment": 1, "verdict": verdict, "reference": "", "account_number": "1",
        "payee_name": "", "amount_fen": 60_000, "result": "", "reason": "", "code": "",
    }  # fmt: skip
    return pd.DataFrame([line]).astype(LINES)


def following(batch):
    """Give the batch that pays payment 1 of ``batch``, the first in the ledger, again."""
    follow_ups = pd.DataFrame({"payment": [1], "follows": [100_000_001]})
    people = list(batch.entitlements["person"])
    return dataclasses.replace(
        make_batch(people, sequence=3, inputs_digest="f" * 64),
        follows=batch.name,
        follow_ups=follow_ups,
    )


def test_no_table_can_be_changed(ledger):
    first, second = make_batch(persons(0, 2)), make_batch(persons(2, 2), 2)
    with ledger.writing() as book:
        book.record(first, outgoing=lambda: Outgoing(FILES[:1], {"generic-csv": "x"}))
        book.record(second)
        book.approvals.add_operator("li", "", "a" * 64)
        li = book.approvals.operator("li")
        book.approvals.approve(first.name, li, "c" * 64, "d" * 128, complete=True)
        book.approvals.set_rule(Rule(approvals=1, second_above="", roles=()))
        book.sign(0, [Hand("li", lambda _statement: "e" * 128)])
        book.approvals.revoke(li, "gone")
        book.record_export(first.name, FILES, {})
        book.approvals.reject(second.name, "li", "wrong")
        answer = AnswerFile(
            name="a.txt",
            format="ccb-txt",
            sha256="a" * 64,
            size=1,
            bank_on="",
            meanings="",
            said="a" * 64,
        )
        book.returns.take_in(first.name, answer, answered("failed"))
        book.record(following(first))
        later = dataclasses.replace(answer, said="b" * 64)
        book.returns.take_in(first.name, later, answered("contradicts"))
        person = persons(0, 1)[0]
        book.stops.stop(person, dt.date(2022, 8, 3), "dead")
        book.stops.resume(person, "alive")
        part = Overpayment(programme="dibao", cycle="2022-08", amount_fen=100)
        number = book.stops.owe(person, "王", 100, dt.date(2022, 8, 3), "twice", [part])
        book.stops.repay(number, 50, dt.date(2022, 9, 1), "12")
        book.mandates.add(person, "王", "3", dt.date(2023, 6, 30))
        book.mandates.end(1, "back")
        accepted = {"reason": "x", "accepted_by": "li", "until": dt.date(2023, 6, 30)}
        book.acceptances.accept("R206", person=person, **accepted)
        book.acceptances.bind(1, ["6200|x"])
        book.acceptances.end(1, "back")
        book.funds.receive("province", 100, "1", dt.date(2022, 8, 1))
        book.reserves.give("黄寨镇", 100, "1", dt.date(2022, 8, 1))
        book.funds.receive("province", 100, "2", dt.date(2021, 8, 1))
        book.years.close(2021)
    with past(ledger.place) as connection:
        tables = connection.tables()
    others = {"occasions", "batches", "events", "files"}
    others |= {"operators", "revocations", "approvals", "rejections"}
    others |= {"returns", "return_lines", "resolutions", "failures", "later_answers"}
    others |= {"stops", "resumptions", "recoveries", "overpayments", "repayments", "receipts"}
    others |= {"reserves", "attempts", "versions", "mandates", "mandate_ends"}
    others |= {"acceptances", "acceptance_facts", "acceptance_ends"}
    others |= {"closed_years", "carried", "prepared_files", "layouts", "signatures", "rules"}
    assert tables == {*TABLES, *others}
    with past(ledger.place) as connection:
        for table in tables:
            assert connection.rows(f"SELECT count(*) FROM {table}")[0][0] > 0  # noqa: S608
            column = next(iter(connection.columns(table)))
            for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608
                with pytest.raises(REFUSED, match="rows are only added"):
                    connection.execute(statement)


def test_what_was_decided_stays_decided_whatever_the_program_does(ledger):
    first, second = make_batch(persons(0, 2)), make_batch(persons(2, 2), 2)
    record(ledger, first, second)
    with ledger.writing() as book:
        book.approvals.add_operator("li", "", "a" * 64)
        book.record_export(first.name, FILES, {})
        book.approvals.reject(second.name, "li", "wrong")
        li = book.approvals.operator("li")
    for name in (first.name, second.name):
        with (
            pytest.raises(sa.exc.IntegrityError, match="went out or was rejected"),
            ledger.writing() as book,
        ):
            book.approvals.approve(name, li, "c" * 64, "d" * 128, complete=True)
    with (
        pytest.raises(sa.exc.IntegrityError, match="went out or was rejected"),
        ledger.writing() as book,
    ):
        book.approvals.reject(first.name, "li", "too late")
    with (
        pytest.raises(sa.exc.IntegrityError, match="was rejected"),
        ledger.writing() as book,
    ):
        book.record_export(second.name, FILES, {})


def test_after_a_rejection_people_can_be_paid_again_and_only_then(ledger):
    people = persons(0, 3)
    record(ledger, make_batch(people))
    with ledger.writing() as book:
        book.approvals.reject("one-time-2022-08-1", "li", "wrong")
    with ledger.reading() as book:
        assert book.paid("one-time", OCCASION, people).empty
        assert book.last_accounts("one-time", people).empty
        assert book.state("one-time-2022-08-1") == "rejected"
    record(ledger, make_batch(people[:2], 2), make_batch(people[2:], 3))
    assert rows(ledger, "SELECT attempt FROM entitlements ORDER BY entitlement") == [
        (0,), (0,), (0,), (1,), (1,), (1,),
    ]  # fmt: skip
    with pytest.raises(RefusedError) as caught:
        record(ledger, make_batch(people[:1], 4))
    assert caught.value.code == "already-paid"
    with ledger.reading() as book:
        assert set(book.paid("one-time", OCCASION, people)["batch"]) == {
            "one-time-2022-08-2",
            "one-time-2022-08-3",
        }


def test_replacing_is_changing(ledger):
    record(ledger, make_batch(persons(0, 2)))
    again = "INTO shares SELECT line, batch, county, category, code, source, 1 FROM shares"
    replace = {
        "sqlite": f"REPLACE {again}",
        "postgresql": f"INSERT {again} ON CONFLICT (line) DO UPDATE SET amount_fen = 1",
    }["sqlite" if isinstance(ledger.place, Path) else "postgresql"]
    with ledger.writing() as book, pytest.raises(Exception, match="rows are only added"):
        book._connection.exec_driver_sql(replace)  # noqa: SLF001


def test_export_is_recorded_once(ledger):
    batch = make_batch(persons(0, 3))
    record(ledger, batch)
    for files in (FILES, FILES[::-1]):
        with ledger.writing() as book:
            book.record_export(batch.name, files, {})
    with ledger.reading() as book:
        assert book.files(batch.name) == FILES
        assert book.state(batch.name) == "exported"
    assert rows(ledger, "SELECT kind FROM events") == [("prepared",), ("exported",)]


@pytest.mark.parametrize(
    "files", [FILES[:1], [FILES[0], dataclasses.replace(FILES[1], sha256="d" * 64)]]
)
def test_another_export_is_refused(ledger, files):
    batch = make_batch(persons(0, 3))
    record(ledger, batch)
    with ledger.writing() as book:
        book.record_export(batch.name, FILES, {})
    with ledger.writing() as book, pytest.raises(RefusedError) as caught:
        book.record_export(batch.name, files, {})
    assert (caught.value.code, caught.value.file) == ("export-differs", "held.xlsx")
    with ledger.reading() as book:
        assert book.files(batch.name) == FILES


def test_events_are_a_chain_over_the_content(ledger):
    batch = make_batch(persons(0, 3))
    record(ledger, batch)
    with ledger.writing() as book:
        book.record_export(batch.name, FILES, {})
    events = rows(ledger, "SELECT event, at, kind, body, previous, digest FROM events")
    previous = "0" * 64
    for number, (event, at, kind, body, before, digest) in enumerate(events, start=1):
        # Written out here once more: the format is a promise to whoever verifies.
        text = json.dumps(
            {"at": at, "batch": batch.name, "body": body, "event": event, "kind": kind}
            | {"previous": before},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        assert (event, before) == (number, previous)
        assert at.endswith("+00:00")
        assert hashlib.sha256(text.encode()).hexdigest() == digest
        previous = digest
    body = json.loads(events[0][3])
    assert (body["beneficiaries"], body["payments"], body["amount_fen"]) == (3, 2, 90000)
    with ledger.reading() as book:
        found = book.load(batch.name)
    tables = {name: getattr(found, name) for name in TABLES}
    assert body["content"] == content_digest(batch_fields(found), tables)


def test_content_digest_sees_every_cell():
    follow_ups = pd.DataFrame({"payment": [1], "follows": [100_000_001]})
    batch = dataclasses.replace(make_batch(persons(0, 3)), follow_ups=follow_ups)
    variants = [batch]
    for name, columns in TABLES.items():
        for column, dtype in columns.items():
            variants.append(changed(batch, name, column, "x" if dtype == "str" else 77))
    # The same characters in other cells, and missing against empty, are other contents too.
    variants += [changed(batch, "payments", "bank_name", value) for value in ("", None)]
    variants += [
        changed(batch, "grounds", "reason", "ab"),
        changed(changed(batch, "grounds", "reason", "a"), "grounds", "reference", "b2.2"),
    ]
    digests = {
        content_digest(batch_fields(variant), {name: getattr(variant, name) for name in TABLES})
        for variant in variants
    }
    assert len(digests) == len(variants)


@pytest.mark.parametrize("name", ["grounds", "sheets", "inputs"])
def test_a_row_that_points_at_nothing_is_a_fault(ledger, name):
    orphan = make_batch(persons(0, 2))
    orphan = dataclasses.replace(orphan, **{name: empty(TABLES[name])})
    with ledger.writing() as book, pytest.raises(ValueError, match="is missing"):
        book.record(orphan)
    assert rows(ledger, "SELECT count(*) FROM batches") == [(0,)]


def test_what_is_given_to_reserve_funds_is_numbered_from_one(ledger):
    with ledger.writing() as book:
        for document in ("甲", "乙", "丙"):
            assert book.reserves.give("黄寨镇", 100, document, dt.date(2022, 8, 1))
    with past(ledger.place) as connection:
        found = connection.rows("SELECT reserve, document FROM reserves ORDER BY event")
    assert list(map(tuple, found)) == [(1, "甲"), (2, "乙"), (3, "丙")]


@pytest.mark.parametrize("texts", [("a", "bc"), ("abc", ""), ("abc", None), (None, "abc")])
def test_content_digest_sees_where_a_cell_ends(texts):
    columns = {"name": "str"}
    one, other = (pd.DataFrame({"name": pd.Series(given, dtype="str")})
                  for given in (("ab", "c"), texts))  # fmt: skip
    assert frame_digest("people", one, columns) != frame_digest("people", other, columns)


def test_an_error_of_the_database_names_nobody(place):
    person = persons(0, 1)[0]
    nothing = sa.text("SELECT 1 FROM nowhere WHERE person = :person")
    with (
        Ledger.open(place, make=True).reading() as book,
        pytest.raises(sa.exc.DBAPIError) as caught,
    ):
        book._connection.execute(nothing, {"person": person})  # noqa: SLF001
    assert "nowhere" in str(caught.value)
    assert person not in str(caught.value)
