"""A ledger in a database of PostgreSQL, for an office whose clerks share one.

The password never stands in the address: libpq finds it in ``~/.pgpass`` or in the environment.
"""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from relief_cli.errors import RefusedError, ReliefError, UsageError
from relief_cli.i18n import N_
from relief_cli.ledger import copying, revisions
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
_ENCODING = "UTF8"
_LOCAL = re.compile(r"localhost|127\.|::1|/")

# Rights of everybody who may log in, or of nobody in particular.
_OPEN_TO_ALL = """
SELECT relname FROM pg_class
CROSS JOIN LATERAL aclexplode(relacl) AS granted
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND granted.grantee = 0
ORDER BY relname LIMIT 1
"""
_TABLES = """
SELECT count(*) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
"""

# Classes and codes of errors, see “PostgreSQL Error Codes” in its manual.
_BUSY = frozenset({"55P03", "40001", "40P01"})
_DAMAGED = ("XX001", "XX002")
_DISK = ("53100", "58030")
_LOST = ("08", "57P01", "57P02", "57P03", "57P05", "25P03")
_CLOSED = ("53", "42501", "25006", "57014")


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
        self._engine = _engine(url, busy_seconds, self._require_encoding)
        self.errors: type[Exception] = _driver_errors()

    def is_there(self) -> bool:
        """Say whether the database has tables."""
        with self.begin(writing=False) as connection:
            return bool(connection.exec_driver_sql(_TABLES).scalar_one())

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
            yield connection

    def revision(self, connection: sa.Connection) -> str | None:
        """Give the revision; refuse tables that everybody may reach."""
        if not connection.exec_driver_sql(_TABLES).scalar_one():
            return None
        if not sa.inspect(connection).has_table(revisions.TABLE.name):
            raise damaged(self, ANOTHERS)
        open_table = connection.exec_driver_sql(_OPEN_TO_ALL).scalar()
        if open_table is not None:
            raise self._open_to_others(open_table)
        return revisions.kept(self, connection)

    def copy_to(self, place: Path) -> None:
        """Copy every row into a file of SQLite, which any office can be given again."""
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
) -> sa.Engine:
    options: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "relief",
        # Names and accounts cross no network in the clear, unless the address says so.
        **({} if _LOCAL.match(_host(url)) else {"sslmode": "require"}),
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
    except ModuleNotFoundError as error:
        raise UsageError(
            "ledger-driver",
            N_("This relief cannot talk to PostgreSQL: {name} is not installed."),
            why=N_("relief.toml says that the office's ledger is in such a database."),
            remedy=N_("Install it: pip install 'relief[postgres]'"),
            name=error.name or "",
        ) from error
    milliseconds = max(1, round(busy_seconds * 1000))

    def prepare(connection: Any, _: object) -> None:  # noqa: ANN401  # the driver's
        require_encoding(connection.info.parameter_status("server_encoding"))
        connection.autocommit = True
        # A server may be set not to wait for its disk: a commit must never be lost.
        connection.execute("SET synchronous_commit = on")
        connection.execute(f"SET lock_timeout = {milliseconds}")
        # Sums of whole numbers; the driver's own would be decimals.
        connection.adapters.register_loader("numeric", _whole_numbers())
        connection.autocommit = False

    # First of all: SQLAlchemy cannot read a version in an encoding that it does not know.
    sa.event.listen(engine, "connect", prepare, insert=True)
    sa.event.listen(engine, "handle_error", _forget_values)
    return engine


def _forget_values(context: sa.engine.ExceptionContext) -> None:
    """Keep identity numbers out of errors, as ``hide_parameters`` does for statements."""
    original, shown = context.original_exception, context.sqlalchemy_exception
    forget_values(original)
    if shown is not None:
        shown.args = (f"({type(original).__name__}) {original}",)


def _host(url: sa.URL) -> str:
    """Give the server's name; without one libpq takes the socket of this computer."""
    given = url.host or url.query.get("host") or "/"
    return given if isinstance(given, str) else given[0]


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
