"""The SQL that gives everybody the least rights that their work needs in a shared ledger.

Whoever keeps the server reads it before running it: it is short, says why, and holds no password.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.dialects import postgresql

from relief_cli.i18n import N_, Translate
from relief_cli.ledger import postgresql_place
from relief_cli.ledger.postgresql_place import Place
from relief_cli.ledger.revisions import VERSIONS
from relief_cli.ledger.store import database_at, named

_NAME_BYTES = 63
"""PostgreSQL cuts off what is longer, and two names would become one."""

_Section = tuple[str, str]
"""A comment (English, marked) and the statements that it explains, both with ``{names}``."""

_ABOUT: _Section = (
    N_(
        "Roles for the ledger of relief in the database {database}, schema {schema}.\n"
        "{owner} owns the tables. It is needed for a new ledger and for a new relief only.\n"
        "{clerk} reads the ledger and adds to it; the server refuses anything else.\n"
        "{auditor} reads the ledger.\n"
        "Run this in {database} as the server's administrator. It may be run again."
    ),
    "BEGIN;",
)
_GROUPS: _Section = (
    N_("Nobody logs in with these two; people's own logins are in them."),
    """\
DO $relief$
BEGIN
    IF to_regrole({clerk_text}) IS NULL THEN
        CREATE ROLE {clerk} NOLOGIN;
    END IF;
    IF to_regrole({auditor_text}) IS NULL THEN
        CREATE ROLE {auditor} NOLOGIN;
    END IF;
END
$relief$;""",
)
_CLOSED: _Section = (
    N_("The database is closed to everybody else."),
    """\
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON SCHEMA {schema} FROM PUBLIC;""",
)
_PUBLIC: _Section = (
    N_("Nobody makes tables beside the ledger."),
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
)
_OWNER: _Section = (
    N_("The owner alone makes tables."),
    """\
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner};
GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner};""",
)
_LOGIN: _Section = (
    N_(
        "TEMPORARY is for “relief audit”, which makes an empty ledger of temporary tables,\n"
        "compares the ledger with it and takes it back."
    ),
    """\
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {clerk}, {auditor};
REVOKE ALL ON SCHEMA {schema} FROM {clerk}, {auditor};
GRANT USAGE ON SCHEMA {schema} TO {clerk}, {auditor};""",
)
_TABLES: _Section = (
    N_("The tables that are there."),
    """\
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {clerk}, {auditor};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC, {clerk}, {auditor};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {clerk}, {auditor};
GRANT INSERT ON ALL TABLES IN SCHEMA {schema} TO {clerk};""",
)
_VERSIONS: _Section = (
    N_("Only the owner says that a newer relief made the tables."),
    f"REVOKE INSERT ON {{schema}}.{VERSIONS.name} FROM {{clerk}};",
)
_LATER: _Section = (
    N_("The tables that the owner makes later, with a new relief."),
    """\
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT SELECT, INSERT ON TABLES TO {clerk};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT SELECT ON TABLES TO {auditor};

COMMIT;""",
)
_PEOPLE: _Section = (
    N_(
        "A login for each person, here wangfang; \\password asks for the password:\n"
        "    CREATE ROLE wangfang LOGIN IN ROLE {clerk};\n"
        "    \\password wangfang\n"
        "When somebody leaves:\n"
        "    ALTER ROLE wangfang NOLOGIN;"
    ),
    "",
)


@dataclass(frozen=True)
class Roles:
    """The roles of the ledger at a place: its owner, and one each for clerks' and auditors' logins.

    Roles are the whole server's, so the name of the database stands in theirs.
    """

    place: Place

    @property
    def clerk(self) -> str:
        """The role that every clerk's login is in."""
        return self._named("_clerk")

    @property
    def auditor(self) -> str:
        """The role that every auditor's login is in."""
        return self._named("_auditor")

    def sql(self, say: Translate) -> str:
        """Give what makes them, in one transaction; comments are in the language of ``say``."""
        names = {
            "database": self.place.database,
            "schema": self.place.schema,
            "owner": self.place.owner,
            "clerk": self.clerk,
            "auditor": self.auditor,
        }
        quoted = {key: _quoted(name) for key, name in names.items()}
        quoted |= {f"{key}_text": _text(quoted[key]) for key in ("clerk", "auditor")}
        blocks = [
            "\n".join((*_comment(say(comment).format(**quoted)), statements.format(**quoted)))
            for comment, statements in self._sections()
        ]
        return "\n\n".join(blocks)

    def _sections(self) -> Iterator[_Section]:
        yield from (_ABOUT, _GROUPS, _CLOSED)
        if self.place.public:
            yield _PUBLIC
        yield from (_OWNER, _LOGIN, _TABLES)
        if self.place.made:
            yield _VERSIONS
        yield from (_LATER, _PEOPLE)

    def _named(self, ending: str) -> str:
        name = self.place.database.encode()[: _NAME_BYTES - len(ending)]
        return name.decode(errors="ignore") + ending


def roles_at(address: str) -> Roles:
    """Give the roles for the database at ``address``, whether it holds a ledger already or not.

    The owner is the role that owns the ledger; without one, the role that asks.

    Raises:
        UsageError: ``ledger-closed``, ``ledger-lost``, ``ledger-driver``, ``ledger-encoding``.
        RefusedError: ``ledger-rights``, ``ledger-two``.
    """
    database = database_at(address)
    with named(database), database.begin(writing=False) as connection:
        return Roles(postgresql_place.place(connection))


def _quoted(name: str) -> str:
    """Give a name as SQL writes it, in quotes only where it needs them."""
    # SQLAlchemy doubles what the driver would take for a parameter.
    return postgresql.dialect().identifier_preparer.quote(name).replace("%%", "%")  # type: ignore[no-untyped-call]


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _comment(text: str) -> list[str]:
    return [f"-- {line}" for line in text.splitlines()]
