"""Where in a database of PostgreSQL the one ledger is, and who owns it.

Nothing here depends on the path on which a session looks for tables: catalogues are named in full.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from relief_cli.errors import RefusedError
from relief_cli.i18n import N_
from relief_cli.ledger.database import Database

OWN = ("batches", "entitlements", "events", "payments")
"""Tables by which a ledger is told from another program's tables."""
FIRST_SCHEMA = "relief_first_schema"
"""Key of a connection's facts: the schema in which its role makes tables, or ``None``."""

# Temporary tables are left out: any session may have some of the same names.
_LEDGERS = f"""
SELECT n.nspname, pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_namespace n
WHERE {len(OWN)} = (
    SELECT count(*) FROM pg_catalog.pg_class c
    WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND c.relname IN {OWN}
) ORDER BY n.nspname
"""  # noqa: S608  # constants
_QUOTED = sa.text("SELECT pg_catalog.quote_ident(:name)")
_PIN = sa.text("SELECT pg_catalog.set_config('search_path', :path, true)")
# Who owns the ledger and whether this role does, where there is one; else who owns the database,
# and whether this role may make tables in the schema.
_OWNER = """
SELECT pg_catalog.pg_get_userbyid(c.relowner) AS owner, current_user AS role,
    pg_catalog.pg_has_role(c.relowner, 'USAGE') AS may, true AS made
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = pg_catalog.current_schema() AND c.relname = 'events'
UNION ALL
SELECT pg_catalog.pg_get_userbyid(d.datdba), current_user,
    pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE'), false
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
ORDER BY made DESC LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A ledger in its database, or where one would be made."""

    database: str
    schema: str
    owner: str
    made: bool
    """Whether the ledger is there."""
    public: bool
    """Whether the database has another schema that is called ``public``."""


def pin(database: Database, connection: sa.Connection) -> bool:
    """Let the transaction look for tables in the ledger's schema and nowhere else.

    The schema is that of the ledger, whatever path the role or the database has; where there is
    no ledger, it is the first schema of that path.

    Returns:
        Whether there is such a schema.

    Raises:
        RefusedError: ``ledger-two``.
    """
    found = connection.exec_driver_sql(_LEDGERS).all()
    if len(found) > 1:
        raise _two(database, [name for name, _ in found])
    first = connection.info.get(FIRST_SCHEMA)
    if found:
        schema = found[0][1]
    elif first is not None:
        schema = connection.execute(_QUOTED, {"name": first}).scalar_one()
    else:
        return False
    # Temporary tables come last: else those of a session would come before the ledger's.
    connection.execute(_PIN, {"path": f"{schema}, pg_temp"})
    return True


def require_owner(database: Database, connection: sa.Connection) -> None:
    """Refuse to make or change tables by a role that does not own the ledger.

    Raises:
        RefusedError: ``ledger-owner``.
    """
    row = connection.exec_driver_sql(_OWNER).one()
    if row.may:
        return
    raise RefusedError(
        "ledger-owner",
        N_("The ledger {path} is of an older relief, and {role} may not bring it up to date.")
        if row.made
        else N_("There is no ledger in {path} yet, and {role} may not make one."),
        why=N_("Whoever pays must not be able to change what the database forbids."),
        remedy=N_(
            "Ask whoever keeps the server to run this relief once as {owner}, the owner: relief"
            " audit for a new version, relief share for a new ledger."
        ),
        file=database.file,
        path=database.label,
        role=row.role,
        owner=row.owner,
    )


def place(connection: sa.Connection) -> Place:
    """Give where the ledger is; the connection is pinned."""
    row = connection.exec_driver_sql(_OWNER).one()
    named = connection.exec_driver_sql(
        "SELECT pg_catalog.current_database(), pg_catalog.current_schema(),"
        " pg_catalog.to_regnamespace('public') IS NOT NULL"
    ).one()
    database, schema, public = named
    return Place(
        database=database,
        schema=schema,
        owner=row.owner if row.made else row.role,
        made=row.made,
        public=public and schema != "public",
    )


def _two(database: Database, schemas: list[str]) -> RefusedError:
    return RefusedError(
        "ledger-two",
        N_("The database {path} holds several ledgers, in the schemas {schemas}."),
        why=N_("Whoever was paid by the one would be paid again by the other."),
        remedy=N_(
            "Pay nobody. Ask whoever keeps the server which of them is this office's, and to move"
            " the other into a database of its own."
        ),
        file=database.file,
        path=database.label,
        schemas=", ".join(schemas),
    )
