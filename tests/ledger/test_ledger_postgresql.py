"""What only PostgreSQL does: addresses, passwords, rights, a server that goes away."""

import subprocess
import sys
import threading
import time

import psycopg
import pytest
from databases import past
from ledger.made_batch import OCCASION, changed, make_batch, persons
from postgres import Server

from relief_cli.errors import RefusedError, UnreadableError, UsageError
from relief_cli.ledger import Ledger, postgresql


@pytest.fixture
def address(server):
    return server.new_database()


def code_of(error):
    return error.value.code, error.value.file


@pytest.mark.parametrize("wrong", ["password", "user", "database", "port", "host"])
def test_a_server_that_lets_nobody_in_is_one_clear_message(server, address, monkeypatch, wrong,
                                                           tmp_path):  # fmt: skip
    given = {
        "password": address,
        "user": address.replace("relief@", "nobody@"),
        "database": f"{address}_not_there",
        "port": address.replace(f":{server.port}/", ":1/"),
        "host": address.replace("127.0.0.1", "host.invalid"),
    }[wrong]
    if wrong == "password":
        secret = tmp_path / "pgpass"
        secret.write_text("*:*:*:*:not-the-right-one\n")
        secret.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(secret))
    with pytest.raises(UsageError) as caught:
        Ledger.open(given, make=True)
    assert code_of(caught) == ("ledger-closed", given.rpartition("/")[2])
    shown = f"{caught.value} {caught.value.values}"
    assert "not-the-right-one" not in shown
    assert "\n" not in shown


def test_the_password_is_taken_from_the_environment_too(server, address, monkeypatch, tmp_path):
    password = server.passwords.read_text().splitlines()[0].rpartition(":")[2]
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    with pytest.raises(UsageError) as caught:
        Ledger.open(address, make=True)
    assert code_of(caught)[0] == "ledger-closed"
    monkeypatch.setenv("PGPASSWORD", password)
    with Ledger.open(address, make=True).reading() as book:
        assert book.batches() == []


def test_connections_are_durable_and_readers_cannot_write(address):
    ledger = Ledger.open(address, make=True)
    with ledger.writing() as book:
        assert book._connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"  # noqa: SLF001
    with ledger.reading() as book:
        level = book._connection.exec_driver_sql("SHOW transaction_isolation").scalar()  # noqa: SLF001
        assert level == "repeatable read"
        assert book._connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"  # noqa: SLF001


def test_a_desk_that_is_gone_is_missed_within_a_minute_or_so(address):
    """Else its lock would keep the others waiting for hours."""
    with Ledger.open(address, make=True).writing() as book:

        def shown(name):
            return book._connection.exec_driver_sql(f"SHOW {name}").scalar()  # noqa: SLF001

        found = {name: shown(f"tcp_keepalives_{name}") for name in ("idle", "interval", "count")}
        assert found == {"idle": "30", "interval": "10", "count": "3"}
        assert shown("idle_in_transaction_session_timeout") == "30min"


def test_a_reader_keeps_nobody_waiting_and_sees_one_moment(address):
    ledger = Ledger.open(address, busy_seconds=1, make=True)
    with ledger.reading() as reader:
        assert reader.batches() == []
        with ledger.writing() as book:
            book.record(make_batch(persons(0, 1)))
        assert reader.batches() == []
    with ledger.reading() as reader:
        assert len(reader.batches()) == 1


def test_what_a_writer_sees_is_what_the_writer_before_it_left(address):
    ledger = Ledger.open(address, make=True)
    seen = []

    def second():
        with ledger.writing() as book:
            seen.extend(book.paid("one-time", OCCASION, persons(0, 3))["person"])

    with ledger.writing() as book:
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        book.record(make_batch(persons(0, 2)))
    waiting.join()
    assert seen == persons(0, 2)


TEXTS = ["a\tb", "a\nb", "a\rb", "a\\b", "a\\tb", "\\N", "\\.", "", " ", "\\x41", '"', "’", "𠮷"]


def test_every_text_comes_back_as_it_was(address):
    batch = changed(make_batch(persons(0, 2 * len(TEXTS))), "payments", "payee_name", TEXTS)
    ledger = Ledger.open(address, make=True)
    with ledger.writing() as book:
        book.record(batch)
    with ledger.reading() as book:
        assert book.load(batch.name).payments["payee_name"].tolist() == TEXTS
    assert ledger.broken_records() == []


def test_a_character_that_no_text_can_hold_is_refused_and_nothing_is_recorded(address):
    """Readers take it out; a ledger of an older relief in a file may hold one."""
    batch = changed(make_batch(persons(0, 1)), "payments", "payee_name", "a\0b")
    ledger = Ledger.open(address, make=True)
    with pytest.raises(RefusedError) as caught, ledger.writing() as book:
        book.record(batch)
    assert caught.value.code == "text-unstorable"
    with ledger.reading() as book:
        assert book.batches() == []


@pytest.mark.parametrize("encoding", ["GBK", "LATIN1", "SQL_ASCII"])
def test_any_name_is_kept_whatever_the_computer_is_set_to(address, monkeypatch, encoding):
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    batch = changed(make_batch(persons(0, 1)), "payments", "payee_name", "𠮷㛃")
    ledger = Ledger.open(address, make=True)
    with ledger.writing() as book:
        book.record(batch)
    assert ledger.broken_records() == []


def test_an_empty_database_is_no_ledger_unless_one_is_asked_for(address):
    """A slip in the address must not begin a second ledger, by which all are paid again."""
    with pytest.raises(UsageError) as caught:
        Ledger.open(address)
    assert code_of(caught)[0] == "ledger-missing"
    with past(address) as connection:
        assert connection.tables() == set()


def test_texts_are_sorted_by_code_points_whatever_the_language_of_the_server(address):
    """As SQLite does it; a server that is set to a language has an order of its own."""
    Ledger.open(address, make=True)
    with past(address) as connection:
        collations = connection.rows(
            "SELECT table_name, column_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type = 'text'"
        )
    assert len(collations) > 50
    assert {name for _, _, name in collations} == {"C"}


def test_a_database_that_cannot_hold_every_name_is_refused(server):
    address = server.new_database("template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with pytest.raises(UsageError) as caught:
        Ledger.open(address, make=True)
    assert code_of(caught)[0] == "ledger-encoding"
    with past(address) as connection:
        assert connection.tables() == set()


@pytest.mark.parametrize("table", ["batches (x int)", "versions (revision text, version text)"])
def test_another_programs_database_is_left_alone(address, table):
    with past(address) as connection:
        connection.execute(f"CREATE TABLE {table}")
        if "version" in table:
            connection.execute("INSERT INTO versions VALUES ('0001', '0.1.0')")
    with pytest.raises(UnreadableError) as caught:
        Ledger.open(address, make=True)
    assert code_of(caught)[0] == "ledger-damaged"
    with past(address) as connection:
        assert connection.tables() == {table.split()[0]}


@pytest.mark.parametrize("schema", ["Office-1", "of fice"])
def test_a_schema_of_its_own_may_be_called_anything(server, schema):
    address = server.new_database()
    with past(address) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
        name = address.rpartition("/")[2]
        connection.execute(f'ALTER DATABASE {name} SET search_path = "{schema}"')
    ledger = Ledger.open(address, make=True)
    with ledger.writing() as book:
        book.record(make_batch(persons(0, 1)))
    assert ledger.broken_records() == []


def test_a_database_without_a_schema_is_one_clear_message(address):
    with past(address) as connection:
        connection.execute("DROP SCHEMA public")
    with pytest.raises(UsageError) as caught:
        Ledger.open(address, make=True)
    assert code_of(caught)[0] == "ledger-closed"


@pytest.mark.parametrize("right", ["SELECT", "SELECT (payee_name)", "INSERT"])
def test_tables_that_everybody_may_reach_are_refused(address, right):
    Ledger.open(address, make=True)
    with past(address) as connection:
        connection.execute(f"GRANT {right} ON payments TO PUBLIC")
    with pytest.raises(RefusedError) as caught:
        Ledger.open(address, make=True)
    assert code_of(caught)[0] == "ledger-open-to-others"
    assert "payments" in str(caught.value.values)
    with past(address) as connection:
        connection.execute("REVOKE ALL ON TABLE payments FROM PUBLIC")
        connection.execute("REVOKE ALL (payee_name) ON TABLE payments FROM PUBLIC")
    Ledger.open(address, make=True)


def test_a_role_without_rights_is_told_so(server, address):
    Ledger.open(address, make=True)
    nobody = server.new_login("nobody")
    with pytest.raises(RefusedError) as caught:
        Ledger.open(address.replace("relief@", f"{nobody}@"))
    assert code_of(caught)[0] == "ledger-rights"
    assert "permission denied" in str(caught.value)


GUARD = "attempts_after"


@pytest.mark.parametrize(
    "forged",
    [
        f"ALTER TABLE attempts DISABLE TRIGGER {GUARD}",
        f"ALTER TABLE attempts ENABLE TRIGGER {GUARD}",  # not in every session any more
        f"DROP TRIGGER {GUARD} ON attempts",
        f"""
        CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql
        AS $$BEGIN RETURN NEW; END$$
        """,
        f"""
        CREATE OR REPLACE TRIGGER {GUARD} BEFORE INSERT ON attempts
        FOR EACH ROW WHEN (new.attempt > 1) EXECUTE FUNCTION {GUARD}()
        """,
        f"ALTER FUNCTION {GUARD}() SET search_path = elsewhere, public",
        f"ALTER FUNCTION {GUARD}() RESET search_path",
        "DROP INDEX once",
        "ALTER TABLE batches DROP CONSTRAINT batches_programme_cycle_inputs_digest_key",
        "ALTER TABLE events DROP CONSTRAINT events_previous_key",
        "ALTER TABLE entitlements DROP CONSTRAINT entitlements_payment_fkey",
        "ALTER TABLE entitlements DROP CONSTRAINT entitlements_occasion_person_move_again_fkey",
        "ALTER TABLE entitlements DROP CONSTRAINT again",
        "ALTER TABLE payments DROP CONSTRAINT payments_check",
        "ALTER TABLE payments ALTER COLUMN payee_name DROP NOT NULL",
        "ALTER TABLE entitlements DISABLE TRIGGER ALL",
        "CREATE RULE nothing AS ON INSERT TO stops DO INSTEAD NOTHING",
        """
        CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
        CREATE TRIGGER swallow BEFORE INSERT ON stops FOR EACH ROW EXECUTE FUNCTION swallow()
        """,
        "ALTER TABLE versions DISABLE TRIGGER versions_by_owner",
        "GRANT UPDATE ON payments TO pg_monitor",
        "GRANT TRIGGER ON payments TO pg_monitor",
        "ALTER TABLE payments OWNER TO pg_database_owner",
        f"ALTER FUNCTION {GUARD}() OWNER TO pg_database_owner",
    ],
)
def test_a_guard_that_was_weakened_is_missed(server, forged):
    address = server.new_database(like=server.ledger)
    ledger = Ledger.open(address)
    assert ledger.broken_records() == []
    with past(address) as connection:
        connection.execute(forged)
    assert ledger.broken_records()


def test_a_session_cannot_lead_the_guards_astray(address):
    """Temporary tables go before all others where a function does not say where to look."""
    with Ledger.open(address, make=True).writing() as book:
        book.record(make_batch(persons(0, 1)))
    with past(address) as connection:
        connection.execute("CREATE TEMP TABLE rejections AS SELECT 1::bigint AS batch")
        values = "SELECT occasion, person, 0, 1, NULL, NULL FROM entitlements"
        with pytest.raises(psycopg.IntegrityError, match="that stands"):
            connection.execute(f"INSERT INTO attempts {values}")


def test_rows_cannot_be_cut_off_either(address):
    with Ledger.open(address, make=True).writing() as book:
        book.record(make_batch(persons(0, 1)))
    with past(address) as connection, pytest.raises(psycopg.Error, match="rows are only added"):
        connection.execute("TRUNCATE payments CASCADE")


def test_a_connection_that_is_cut_while_recording_leaves_nothing(address):
    ledger = Ledger.open(address, make=True)

    def cut_off(book):
        book.record(make_batch(persons(0, 5)))
        with past(address) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        book.batches()

    with pytest.raises(UsageError) as caught, ledger.writing() as book:
        cut_off(book)
    assert code_of(caught)[0] == "ledger-lost"
    with ledger.reading() as book:
        assert book.batches() == []


def dies_meanwhile(book, server):
    book.record(make_batch(persons(10, 3), 2))
    server.stop()
    book.batches()


def test_a_server_that_dies_keeps_what_was_committed_and_nothing_else(monkeypatch):
    """Its own server: it is stopped as if the power went, and started again."""
    own = Server()
    monkeypatch.setenv("PGPASSFILE", str(own.passwords))
    try:
        ledger = Ledger.open(own.new_database(), make=True)
        with ledger.writing() as book:
            book.record(make_batch(persons(0, 3)))
        with pytest.raises(UsageError) as caught, ledger.writing() as book:
            dies_meanwhile(book, own)
        assert caught.value.code == "ledger-lost"
        with pytest.raises(UsageError) as caught, ledger.reading():
            pass
        assert caught.value.code == "ledger-closed"
        own.start()
        with ledger.reading() as book:
            assert [one.sequence for one in book.batches()] == [1]
        assert ledger.broken_records() == []
    finally:
        own.close()


def test_names_cross_no_network_in_the_clear(monkeypatch):
    """Only an address that says so goes without encryption; on this computer it goes without."""
    given = {}

    def connect(*_, **options):
        given.update(options)
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(psycopg, "connect", connect)
    for variable in ("PGSSLMODE", "PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(variable, raising=False)

    def mode(place):
        given.clear()
        with pytest.raises(UsageError):
            Ledger.open(f"postgresql+psycopg://{place}")
        return given.get("sslmode")

    for place, expected in {
        "relief@192.0.2.10/yangqu": "require",
        "relief@192.0.2.10/yangqu?sslmode=verify-full": "verify-full",
        "relief@192.0.2.10/yangqu?sslmode=disable": "disable",
        "relief@localhost.example/yangqu": "require",
        "relief@127.example/yangqu": "require",
        "relief@[::1234]/yangqu": "require",
        "relief@[::1]/yangqu": None,
        "relief@127.0.0.1/yangqu": None,
        "relief@localhost/yangqu": None,
        "/yangqu": None,
        "/yangqu?host=/run/postgresql": None,
    }.items():
        assert mode(place) == expected, place
    monkeypatch.setenv("PGHOST", "db.example")
    assert mode("/yangqu") == "require"
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert mode("relief@192.0.2.10/yangqu") is None  # libpq takes the stricter one from there


def test_without_the_driver_it_says_what_to_install():
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from relief_cli.ledger import Ledger\n"
        "from relief_cli.errors import UsageError\n"
        "try:\n"
        "    Ledger.open('postgresql+psycopg://relief@127.0.0.1/x', make=True)\n"
        "except UsageError as error:\n"
        "    print(error.code, error.remedy)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "ledger-driver Install it: pip install 'relief[postgres]'"


def test_what_is_not_the_servers_fault_stays_a_fault():
    database = postgresql.Postgresql("postgresql+psycopg://relief@127.0.0.1/x", 1)
    assert database.message(psycopg.errors.SyntaxError("a slip")) is None
