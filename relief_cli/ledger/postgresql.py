"""A ledger in a database of PostgreSQL, for an office whose clerks share one.

The password never stands in the address: libpq finds it in ``~/.pgpass`` or in the environment.
"""

import functools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from relief_cli.errors import RefusedError, ReliefError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import postgresql_place, revisions
from relief_cli.ledger.database import (
    ANOTHERS,
    busy,
    closed,
    damaged,
    disk,
    forget_values,
)

_LOCK = "SELECT pg_advisory_xact_lock(x'52454C46'::int)"
"""Takes the lock that whoever writes holds; its number is the letters ``RELF``."""
_CONNECT_SECONDS = 10
_IDLE_MINUTES = 30
"""So long a desk may compute between two statements."""
_ENCODING = "UTF8"
_LOCAL = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1|/.*")
_ELSEWHERE = ("PGHOST", "PGHOSTADDR", "PGSERVICE")
"""What in the environment may send libpq to another computer."""

_HERE = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
# Rights of everybody who may log in, on a table or on some of its columns.
_OPEN_TO_ALL = f"""
SELECT relname FROM (
    SELECT c.relname, c.relacl AS acl FROM pg_class c
    WHERE c.relnamespace = {_HERE} AND c.relkind = 'r'
    UNION ALL
    SELECT c.relname, a.attacl FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = {_HERE} AND c.relkind = 'r'
) AS tables CROSS JOIN LATERAL aclexplode(acl) AS granted
WHERE granted.grantee = 0 ORDER BY relname LIMIT 1
"""  # noqa: S608  # constants
_TABLES = f"SELECT relname FROM pg_class WHERE relnamespace = {_HERE} AND relkind IN ('r', 'p')"  # noqa: S608

# Classes and codes of errors, see “PostgreSQL Error Codes” in its manual.
_BUSY = frozenset({"55P03", "40001", "40P01"})
_DAMAGED = ("XX001", "XX002", "42P01", "42703")
_DISK = ("53100", "58030")
_LOST = ("08", "57P01", "57P02", "57P03", "57P05", "25P03")
_RIGHTS = ("42501",)
_CLOSED = ("0A", "3F", "53", "25006", "57014")


class Postgresql:
    """One database; see :class:`relief_cli.ledger.database.Database`."""

    def __init__(self, address: str, busy_seconds: float) -> None:
        """Take the address ``postgresql+psycopg://[user@]host[:port]/database[?options]``.

        Raises:
            UsageError: ``ledger-driver``; psycopg is not installed. Connecting raises
                ``ledger-encoding`` and ``ledger-closed``.
        """
        url = sa.make_url(address)
        self.label = url.set(query={}).render_as_string(hide_password=True)
        self.file = url.database or ""
        self.errors: type[Exception]
        self._engine, self.errors = _engine(url, busy_seconds, self._require_encoding)

    def is_there(self) -> bool:
        """Say whether the database has tables."""
        with self.begin(writing=False) as connection:
            return bool(connection.exec_driver_sql(_TABLES).all())

    def make(self) -> None:
        """Nothing: the database is made by whoever keeps the server."""

    @contextmanager
    def begin(self, *, writing: bool) -> Iterator[sa.Connection]:
        """Give a connection; whoever writes takes the lock first, so that all it sees is newest."""
        level = "READ COMMITTED" if writing else "REPEATABLE READ"
        options: dict[str, Any] = {"isolation_level": level, "postgresql_readonly": not writing}
        with (
            self._connected().execution_options(**options) as connection,
            connection.begin(),
        ):
            if writing:
                connection.exec_driver_sql(_LOCK)
            if not postgresql_place.pin(self, connection):
                raise self._closed("no schema")
            yield connection

    def revision(self, connection: sa.Connection) -> str | None:
        """Give the revision; refuse tables that everybody may reach."""
        tables = set(connection.exec_driver_sql(_TABLES).scalars())
        if not tables:
            return None
        if not tables.issuperset(postgresql_place.OWN):
            raise damaged(self, ANOTHERS)
        open_table = connection.exec_driver_sql(_OPEN_TO_ALL).scalar()
        if open_table is not None:
            raise self._open_to_others(open_table)
        return revisions.kept(self, connection, tables)

    def require_owner(self, connection: sa.Connection) -> None:
        """Refuse to make or change tables by another role than the ledger's owner."""
        postgresql_place.require_owner(self, connection)

    def copy_to(self, place: Path) -> None:
        """Copy every row into a file of SQLite, which any office can be given again."""
        from relief_cli.ledger import copying  # noqa: PLC0415  # it loads pandas

        with self.begin(writing=False) as connection:
            copying.into_file(connection, place)

    def message(self, error: Exception) -> ReliefError | None:
        """Give what the code of the server's ``error`` means; without one, it could not answer."""
        state = getattr(error, "sqlstate", None)
        reason = _reason(error)
        if state is None:  # no answer, so the server is gone; or no connection was there to ask
            return self._lost(reason) if type(error).__name__ == "OperationalError" else None
        if state in _BUSY:
            return busy(self)
        for states, say in (
            (_DAMAGED, functools.partial(damaged, self)),
            (_DISK, functools.partial(disk, self)),
            (_LOST, self._lost),
            (_RIGHTS, self._without_right),
            (_CLOSED, self._closed),
        ):
            if state.startswith(states):
                return say(reason)
        return None

    def _connected(self) -> sa.Connection:
        try:
            return self._engine.connect()
        except sa.exc.OperationalError as error:
            raise self._closed(_reason(error.orig)) from error

    def _closed(self, reason: str) -> UsageError:
        remedy = N_(
            "Check that the server runs, the address in relief.toml, and the password in ~/.pgpass;"
            " then run this again."
        )
        return closed(self, reason, remedy)

    def _without_right(self, reason: str) -> RefusedError:
        return RefusedError(
            "ledger-rights",
            N_("The server refuses this to the role of this desk in {path}: {reason}."),
            why=N_("A clerk's role reads the ledger and adds to it; an auditor's role reads it."),
            remedy=N_("Ask whoever keeps the server for the role that the work needs."),
            file=self.file,
            path=self.label,
            reason=reason,
        )

    def _lost(self, reason: str) -> UsageError:
        return UsageError(
            "ledger-lost",
            N_("The server of the ledger {path} went away: {reason}."),
            why=N_("What was being recorded is in the ledger whole, or not at all."),
            remedy=N_("When the server is back, run this again: it finishes the work."),
            file=self.file,
            path=self.label,
            reason=reason,
        )

    def _require_encoding(self, encoding: str | None) -> None:
        if encoding == _ENCODING:
            return
        raise UsageError(
            "ledger-encoding",
            N_("The database {path} is encoded in {encoding}."),
            why=N_("It cannot hold every name that people have."),
            remedy=N_(
                "Let an empty one be made: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            ),
            file=self.file,
            path=self.label,
            encoding=encoding or "–",
        )

    def _open_to_others(self, table: str) -> RefusedError:
        return RefusedError(
            "ledger-open-to-others",
            N_("Everybody who may log in to {path} can reach its table {table}."),
            why=N_("It names everybody who was paid, and who can write it can change who is paid."),
            remedy=N_("Close it, then run this again: REVOKE ALL ON TABLE {table} FROM PUBLIC"),
            file=self.file,
            path=self.label,
            table=table,
        )


def _engine(
    url: sa.URL, busy_seconds: float, require_encoding: Callable[[str | None], None]
) -> tuple[sa.Engine, type[Exception]]:
    options: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "relief",
        # Whatever the computer is set to: a name may hold any character.
        "client_encoding": "utf8",
        # A server that is gone is missed within a minute, not within hours.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        # Names and accounts cross no network in the clear, unless somebody said so.
        **({} if _is_local(url) or "PGSSLMODE" in os.environ else {"sslmode": "require"}),
    }
    try:
        engine = sa.create_engine(
            url,
            connect_args={key: value for key, value in options.items() if key not in url.query},
            # A connection lives for one transaction: none is carried into a forked process.
            poolclass=sa.NullPool,
            # Parameters hold identity numbers: no error message may.
            hide_parameters=True,
        )
        errors = _driver_errors()
    except ImportError as error:
        raise UsageError(
            "ledger-driver",
            N_("This relief cannot talk to PostgreSQL: {name} is not installed."),
            why=N_("relief.toml says that the office's ledger is in such a database."),
            remedy=N_("Install it: pip install 'relief[postgres]'"),
            name=error.name or "psycopg",
        ) from error
    milliseconds = max(1, round(busy_seconds * 1000))

    def prepare(connection: Any, record: Any) -> None:  # noqa: ANN401  # the driver's
        require_encoding(connection.info.parameter_status("server_encoding"))
        connection.autocommit = True
        first = connection.execute("SELECT pg_catalog.current_schema()").fetchone()
        record.info[postgresql_place.FIRST_SCHEMA] = first[0]
        # A role's own path may put anything before the server's own tables and functions.
        connection.execute("SET search_path = pg_catalog, pg_temp")
        # A server may be set not to wait for its disk: a commit must never be lost.
        connection.execute("SET synchronous_commit = on")
        connection.execute(f"SET lock_timeout = {milliseconds}")
        # A desk that is gone must not keep the others waiting.
        for name, seconds in (("idle", 30), ("interval", 10), ("count", 3)):
            connection.execute(f"SET tcp_keepalives_{name} = {seconds}")
        connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_MINUTES}min'")
        # Sums of whole numbers; the driver's own would be decimals.
        connection.adapters.register_loader("numeric", _whole_numbers())
        connection.autocommit = False

    # First of all: SQLAlchemy cannot read a version in an encoding that it does not know.
    sa.event.listen(engine, "connect", prepare, insert=True)
    sa.event.listen(engine, "handle_error", _forget_values)
    return engine, errors


def _forget_values(context: sa.engine.ExceptionContext) -> None:
    """Keep identity numbers out of errors, as ``hide_parameters`` does for statements."""
    original, shown = context.original_exception, context.sqlalchemy_exception
    forget_values(original)
    if shown is not None:
        shown.args = (f"({type(original).__name__}) {original}",)


def _is_local(url: sa.URL) -> bool:
    """Say whether the server is on this computer for sure: its socket, or the loopback."""
    named = [url.host] if url.host else []
    given = url.query.get("host", ())
    named += [given] if isinstance(given, str) else given
    if not named and any(name in os.environ for name in _ELSEWHERE):
        return False
    return all(_LOCAL.fullmatch(name) for name in named) and "PGHOSTADDR" not in os.environ


def _driver_errors() -> type[Exception]:
    import psycopg  # noqa: PLC0415  # only offices that share a ledger have it

    return psycopg.Error


def _whole_numbers() -> Any:  # noqa: ANN401  # a class of the driver's
    from psycopg.adapt import Loader  # noqa: PLC0415  # as above

    class WholeNumbers(Loader):
        """Refuses fractions: no amount has any."""

        def load(self, data: Any) -> int:  # noqa: ANN401  # a buffer
            return int(bytes(data))

    return WholeNumbers


def _reason(error: BaseException | None) -> str:
    """Give the server's message in one line, without its details: they hold what was recorded."""
    forget_values(error)
    return " ".join(str(error).split()).rstrip(".")
