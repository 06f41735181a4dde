"""Each role of a shared ledger can do its work, and the server refuses it everything else."""

import threading
import time

import psycopg
import pytest
from databases import everything, past
from desks import give_rights, new_desks
from ledger.made_batch import make_batch, persons

from relief_cli.errors import RefusedError
from relief_cli.ledger import Ledger, revisions, store
from relief_cli.ledger.columns import METADATA
from relief_cli.ledger.creation import create_tables
from relief_cli.ledger.postgresql_place import Place
from relief_cli.ledger.roles import Roles
from relief_cli.ledger.sharing import copy_into

GUARD = "attempts_after"
NOTHING = "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
AGAIN = (
    "INSERT INTO public.attempts"
    " SELECT occasion, person, 0, 1, NULL, NULL FROM public.entitlements LIMIT 1"
)
"""Lets somebody be paid again whose entitlement stands."""


@pytest.fixture(scope="module")
def desks(server):
    """Give a ledger with a batch that a clerk recorded."""
    desks = new_desks(server)
    with Ledger.open(desks.clerk).writing() as book:
        book.record(make_batch(persons(0, 3)))
    return desks


def rights(server, address):
    """Give role → table → what it may do there, without the owner's."""
    with server.connect(address) as connection:
        found = connection.execute(
            "SELECT grantee::regrole::text, relname, privilege_type"
            " FROM pg_class, aclexplode(relacl)"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND grantee <> relowner"
        ).fetchall()
    given = {}
    for role, table, right in found:
        given.setdefault(role, {}).setdefault(table, set()).add(right)
    return given


def code_of(caught):
    return caught.value.code


@pytest.mark.parametrize("made", [True, False], ids=["ledger first", "rights first"])
def test_a_clerk_reads_and_adds_and_an_auditor_reads(server, made):
    desks = new_desks(server, made=made)
    database = desks.owner.rpartition("/")[2]
    clerk = {table: {"SELECT", "INSERT"} for table in METADATA.tables}
    if made:  # else a guard refuses to add to it, see below
        clerk["versions"] = {"SELECT"}
    assert rights(server, desks.owner) == {
        f"{database}_clerk": clerk,
        f"{database}_auditor": {table: {"SELECT"} for table in METADATA.tables},
    }
    with Ledger.open(desks.clerk).writing() as book:
        book.record(make_batch(persons(0, 3)))
    for address in vars(desks).values():
        ledger = Ledger.open(address)
        assert ledger.broken_records() == []
        with ledger.reading() as book:
            assert len(book.names()) == 1


def test_the_rights_may_be_given_again(server):
    desks = new_desks(server, made=False)
    give_rights(server, desks.owner)
    once = rights(server, desks.owner)
    assert once[f"{desks.owner.rpartition('/')[2]}_clerk"]["versions"] == {"SELECT"}
    give_rights(server, desks.clerk)  # whoever asks for them: the owner is the ledger's
    assert rights(server, desks.owner) == once


def test_the_tables_of_a_later_version_have_the_same_rights(server, desks):
    names = desks.names
    with server.connect(desks.owner, names["owner"]) as connection:
        connection.execute("CREATE TABLE later (words text)")
    try:
        with server.connect(desks.clerk, names["clerk"]) as connection:
            connection.execute("INSERT INTO later VALUES ('a')")
        with server.connect(desks.auditor, names["auditor"]) as connection:
            assert connection.execute("SELECT * FROM later").fetchall() == [("a",)]
    finally:
        with server.connect(desks.owner, names["owner"]) as connection:
            connection.execute("DROP TABLE later")


def test_nobody_else_comes_in(server, desks):
    stranger = server.new_login("stranger")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        server.connect(desks.owner, stranger)


ATTACKS = [
    "UPDATE payments SET amount_fen = amount_fen + 1",
    "DELETE FROM events",
    "TRUNCATE payments CASCADE",
    "INSERT INTO versions VALUES ('9999', '9.9.9')",
    "SELECT * FROM payments FOR UPDATE",
    "BEGIN; LOCK TABLE payments IN ACCESS EXCLUSIVE MODE",
    "DROP TABLE rejections CASCADE",
    "DROP SCHEMA public CASCADE",
    "DROP INDEX once",
    f"DROP TRIGGER {GUARD} ON attempts",
    f"DROP FUNCTION {GUARD}() CASCADE",
    f"ALTER TABLE attempts DISABLE TRIGGER {GUARD}",
    "ALTER TABLE attempts DISABLE TRIGGER ALL",
    f"ALTER TABLE attempts ENABLE REPLICA TRIGGER {GUARD}",
    "ALTER TABLE payments DROP CONSTRAINT payments_check",
    "ALTER TABLE payments ALTER COLUMN payee_name DROP NOT NULL",
    "ALTER TABLE payments ADD COLUMN more text",
    "ALTER TABLE payments RENAME TO others",
    "ALTER TABLE payments SET SCHEMA pg_temp",
    "ALTER TABLE payments OWNER TO CURRENT_USER",
    "ALTER TABLE payments ENABLE ROW LEVEL SECURITY",
    f"CREATE OR REPLACE FUNCTION {GUARD}() {NOTHING}",
    f"ALTER FUNCTION {GUARD}() SET search_path = elsewhere",
    f"ALTER FUNCTION {GUARD}() OWNER TO CURRENT_USER",
    f"CREATE TRIGGER pass BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION {GUARD}()",
    "CREATE RULE nothing AS ON INSERT TO stops DO INSTEAD NOTHING",
    "CREATE INDEX more ON payments (amount_fen)",
    "CREATE TABLE public.more (x int)",
    "CREATE FUNCTION public.length(text) RETURNS int LANGUAGE sql AS 'SELECT 64'",
    "CREATE SCHEMA more",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION relief",
    "SET ROLE {owner}",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "GRANT {owner} TO CURRENT_USER",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT ALL ON TABLES TO PUBLIC",
    "ALTER DATABASE {database} SET session_replication_role = replica",
    "ALTER SYSTEM SET session_replication_role = replica",
    "COPY payments TO PROGRAM 'true'",
    "COPY stops FROM '/etc/passwd'",
]


@pytest.mark.parametrize("role", ["clerk", "auditor"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_server_refuses_an_attack(server, desks, role, attack):
    names = {**desks.names, "database": desks.owner.rpartition("/")[2]}
    attack = attack.replace("{owner}", names["owner"]).replace("{database}", names["database"])
    with (
        server.connect(desks.owner, names[role]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(attack)


@pytest.mark.parametrize("statement", [AGAIN, "INSERT INTO events SELECT * FROM events"])
def test_an_auditor_adds_nothing(server, desks, statement):
    with (
        server.connect(desks.owner, desks.names["auditor"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_nobody_hands_on_rights(server, desks):
    before = rights(server, desks.owner)
    with server.connect(desks.owner, desks.names["clerk"]) as connection:
        for right in ("SELECT, INSERT", "UPDATE", "ALL"):  # the server warns, and grants nothing
            connection.execute(f"GRANT {right} ON payments TO PUBLIC")
            connection.execute(f"GRANT {right} ON payments TO CURRENT_USER")
    assert rights(server, desks.owner) == before


def test_a_version_is_added_by_the_owner_alone_whatever_was_granted(server):
    desks = new_desks(server, made=False)
    with (
        server.connect(desks.clerk, desks.names["clerk"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="only the owner"),
    ):
        connection.execute("INSERT INTO versions VALUES ('9999', '9.9.9')")


DECOYS = (
    "CREATE {temp} TABLE {place}rejections AS SELECT batch FROM public.batches",
    "CREATE {temp} TABLE {place}failures AS SELECT payment FROM public.payments",
    "CREATE {temp} TABLE {place}files AS SELECT batch, 'a'::text AS path FROM public.batches",
    "CREATE {temp} TABLE {place}entitlements AS SELECT * FROM public.entitlements WITH NO DATA",
)


def test_temporary_tables_do_not_stand_for_the_ledgers(server, desks):
    with server.connect(desks.owner, desks.names["clerk"]) as connection:
        for decoy in DECOYS:
            connection.execute(decoy.format(temp="TEMP", place=""))
        connection.execute(f"CREATE FUNCTION pg_temp.{GUARD}() {NOTHING}")
        for path in ("DEFAULT", "pg_temp, public", "pg_temp, pg_catalog, public"):
            connection.execute(f"SET search_path = {path}")
            with pytest.raises(psycopg.IntegrityError, match="that stands"):
                connection.execute(AGAIN)
            with pytest.raises(psycopg.IntegrityError, match="did not go out"):
                connection.execute(
                    "INSERT INTO public.returns (batch, answer) SELECT batch, 1 FROM public.batches"
                )


@pytest.fixture
def led_astray(server, monkeypatch):
    """Give a ledger whose clerk looks first into a schema of his own, full of decoys."""
    desks = new_desks(server)
    clerk = desks.names["clerk"]
    with server.connect(desks.owner) as connection:
        connection.execute(f"CREATE SCHEMA before AUTHORIZATION {clerk}")
    with Ledger.open(desks.clerk).writing() as book:
        book.record(make_batch(persons(0, 3)))
    with server.connect(desks.owner, clerk) as connection:
        for decoy in DECOYS:
            connection.execute(decoy.format(temp="", place="before."))
        for name in ("pg_class", "pg_namespace", "pg_roles"):
            connection.execute(f"CREATE VIEW before.{name} AS SELECT 0 AS nothing")
        connection.execute(
            "CREATE FUNCTION before.never(bigint, bigint) RETURNS boolean"
            " LANGUAGE sql AS 'SELECT false';"
            "CREATE OPERATOR before.= (LEFTARG = bigint, RIGHTARG = bigint,"
            " FUNCTION = before.never);"
            "CREATE FUNCTION before.pg_has_role(oid, text) RETURNS boolean"
            " LANGUAGE sql AS 'SELECT true';"
            "CREATE FUNCTION before.pg_advisory_xact_lock(int) RETURNS void"
            " LANGUAGE sql AS 'SELECT'"
        )
    path = "before, pg_catalog, public"
    with server.connect(desks.owner) as connection:
        connection.execute(f"ALTER ROLE {clerk} SET search_path = {path}")
    monkeypatch.setenv("PGOPTIONS", f"-csearch_path={path.replace(' ', '')}")
    return desks


def test_what_lies_earlier_on_the_path_leads_no_guard_astray(server, led_astray):
    with server.connect(led_astray.owner, led_astray.names["clerk"]) as connection:
        path = connection.execute("SHOW search_path").fetchone()
        assert path[0].startswith("before")
        with pytest.raises(psycopg.IntegrityError, match="that stands"):
            connection.execute(AGAIN)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO public.versions VALUES ('9999', '9.9.9')")


def test_what_lies_earlier_on_the_path_leads_no_desk_astray(led_astray):
    ledger = Ledger.open(led_astray.clerk)
    with ledger.writing() as book:
        path = book._connection.exec_driver_sql("SHOW search_path").scalar()  # noqa: SLF001
        assert path == "public, pg_temp"
        held = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        assert book._connection.exec_driver_sql(held).scalar() == 1  # noqa: SLF001
        book.record(make_batch(persons(10, 3), 2))
    with pytest.raises(RefusedError, match="paid"), ledger.writing() as book:
        book.record(make_batch(persons(0, 1), 3))
    auditor = Ledger.open(led_astray.auditor)
    assert auditor.broken_records() == []
    with auditor.reading() as book:
        assert len(book.names()) == 2


def test_a_clerk_is_told_who_makes_a_ledger(server):
    address = server.new_database(owner=server.new_login("owner"))
    roles = give_rights(server, address)
    clerk = server.new_login("clerk", roles.clerk)
    with pytest.raises(RefusedError) as caught:
        Ledger.open(server.address(address.rpartition("/")[2], clerk), make=True)
    assert code_of(caught) == "ledger-owner"
    assert roles.place.owner in caught.value.remedy_text(str)
    with past(address) as connection:
        assert connection.tables() == set()


@pytest.mark.parametrize("role", ["clerk", "auditor"])
def test_a_clerk_is_told_who_brings_a_ledger_up_to_date(desks, role, monkeypatch):
    monkeypatch.setattr(revisions, "KNOWN", (*revisions.KNOWN, "0002"))
    monkeypatch.setattr(revisions, "NEWEST", "0002")
    before = everything(desks.owner)
    with pytest.raises(RefusedError) as caught:
        Ledger.open(vars(desks)[role])
    assert code_of(caught) == "ledger-owner"
    assert desks.names[role] in str(caught.value)
    assert desks.names["owner"] in caught.value.remedy_text(str)
    assert everything(desks.owner) == before


def test_an_auditor_who_records_is_told_whom_to_ask(desks):
    with pytest.raises(RefusedError) as caught, Ledger.open(desks.auditor).writing() as book:
        book.record(make_batch(persons(20, 1), 7))
    assert code_of(caught) == "ledger-rights"


def schemas(address):
    """Give the schemas that have a ledger's tables."""
    with past(address) as connection:
        found = connection.rows("SELECT schemaname FROM pg_tables WHERE tablename = 'payments'")
    return sorted(name for (name,) in found)


@pytest.mark.parametrize("schema", ["other", "{owner}"], ids=["path", "name of the role"])
def test_another_path_leads_to_the_same_ledger(server, tmp_path, schema):
    desks = new_desks(server)
    owner = desks.names["owner"]
    schema = schema.format(owner=owner)
    with server.connect(desks.owner) as connection:
        connection.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {owner}")
        connection.execute(f"ALTER ROLE {owner} SET search_path = '{schema}'")
    with Ledger.open(desks.clerk).writing() as book:
        book.record(make_batch(persons(0, 3)))
    ledger = Ledger.open(desks.owner, make=True)
    with ledger.reading() as book:
        assert len(book.names()) == 1
    with Ledger.open(tmp_path / "own.sqlite").writing() as book:
        book.record(make_batch(persons(5, 1)))
    assert copy_into(tmp_path / "own.sqlite", desks.owner) is None
    assert schemas(desks.owner) == ["public"]


def test_two_that_begin_a_ledger_at_once_in_two_schemas_make_one(server):
    """Both have seen an empty database when the first of them gets the writers' lock."""
    address, failed = server.new_database(), []
    lock = "x'52454C46'::int"
    users = {schema: server.new_login(schema) for schema in ("one", "two")}

    def open_it(user):
        try:
            Ledger.open(server.address(address.rpartition("/")[2], user), make=True)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown below
            failed.append(error)

    with past(address) as connection:
        for schema, user in users.items():
            connection.execute(f"CREATE SCHEMA {schema}")
            connection.execute(f"ALTER ROLE {user} SUPERUSER")
            connection.execute(f"ALTER ROLE {user} SET search_path = {schema}")
        connection.execute(f"SELECT pg_advisory_lock({lock})")
        threads = [threading.Thread(target=open_it, args=(user,)) for user in users.values()]
        for thread in threads:
            thread.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while connection.rows(waiting) != [(2,)] and all(thread.is_alive() for thread in threads):
            time.sleep(0.02)
        connection.execute(f"SELECT pg_advisory_unlock({lock})")
        for thread in threads:
            thread.join()
    assert failed == []
    assert len(schemas(address)) == 1


def test_a_database_with_two_ledgers_is_refused(server):
    """An older relief, or a copy of the keeper's own, has made the second."""
    address = server.new_database(like=server.ledger)
    with past(address) as connection:
        connection.execute("CREATE SCHEMA copied")
    database = store.database_at(address)
    with database.begin(writing=True) as connection:
        connection.exec_driver_sql("SET LOCAL search_path = copied")
        create_tables(connection)
    for make in (True, False):
        with pytest.raises(RefusedError) as caught:
            Ledger.open(address, make=make)
        assert code_of(caught) == "ledger-two"
        assert "copied, public" in str(caught.value)


def test_temporary_tables_of_another_session_are_no_second_ledger(server, desks):
    with server.connect(desks.owner, desks.names["clerk"]) as connection:
        for name in METADATA.tables:
            connection.execute(f"CREATE TEMP TABLE {name} (x int)")
        assert Ledger.open(desks.clerk).broken_records() == []


@pytest.mark.parametrize("name", ["yangqu", "Office-1", "user", "it's", "太原", "x" * 63])
def test_names_of_databases_may_be_anything(server, name):
    """The SQL is what the server's administrator runs, so no name ends a statement."""
    quoted = name.replace("'", "''")
    with server.connect("postgres") as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            with server.connect(name) as there:
                there.execute('CREATE SCHEMA "Ledger of"')
                roles = Roles(
                    Place(
                        database=name, schema="Ledger of", owner="relief", made=False, public=True
                    )
                )
                there.execute(roles.sql(str))
                there.execute(roles.sql(str))
            for role, length in ((roles.clerk, 6), (roles.auditor, 8)):
                assert len(role.encode()) <= 63
                assert role.startswith(name[: 63 - length])
                found = connection.execute(
                    f"SELECT has_database_privilege('{role.replace(chr(39), chr(39) * 2)}',"
                    f" '{quoted}', 'CONNECT')"
                ).fetchone()
                assert found == (True,)
        finally:
            connection.execute(f'DROP DATABASE "{name}"')


def test_the_sql_holds_no_password():
    place = Place(database="yangqu", schema="public", owner="relief", made=True, public=False)
    sql = Roles(place).sql(str)
    assert "PASSWORD" not in sql.replace("\\password", "")
    granted = [line for line in sql.splitlines() if "GRANT" in line and not line.startswith("--")]
    forbidden = ("UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "ALL PRIVILEGES")
    assert [line for line in granted if any(word in line for word in forbidden)] == []
