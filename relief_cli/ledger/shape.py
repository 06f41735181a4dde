"""What a database was told of a ledger: tables, constraints, indexes, guards, word for word."""

import re
import sqlite3

import sqlalchemy as sa

from relief_cli.ledger.creation import create_tables
from relief_cli.ledger.guards import MOVED_NAME

Told = dict[str, str]
"""What it is, such as ``index once`` → how it is defined."""

_SQLITE = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_HERE = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
# Columns; constraints that hold and were held against every row; indexes that are used; triggers
# and whether they fire (those of references too); functions with the path on which they look for
# tables; rules that would do something else instead; tables and functions that the ledger's owner
# does not own, and rights on tables of others than the owner, beyond those to read and to add.
_POSTGRESQL = f"""
SELECT 'column ' || c.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
    || coalesce((SELECT collname FROM pg_collation WHERE oid = a.attcollation), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r' AND c.relnamespace = {_HERE}
UNION ALL
SELECT 'constraint ' || conrelid::regclass || ' ' || conname,
    pg_get_constraintdef(oid) || ' ' || convalidated
FROM pg_constraint WHERE connamespace = {_HERE} AND contype IN ('p', 'u', 'f', 'c')
UNION ALL
SELECT 'index ' || c.relname,
    pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid || ' ' || i.indisready
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = {_HERE}
UNION ALL
SELECT 'trigger ' || t.tgname, pg_get_triggerdef(t.oid, true) || ' ' || t.tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = {_HERE} AND NOT t.tgisinternal
UNION ALL
SELECT 'references of ' || c.relname, string_agg(t.tgenabled::text, '' ORDER BY t.tgenabled)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = {_HERE} AND t.tgisinternal GROUP BY c.relname
UNION ALL
SELECT 'function ' || proname, prosrc || ' ' || coalesce(array_to_string(proconfig, ' '), '')
FROM pg_proc WHERE pronamespace = {_HERE}
UNION ALL
SELECT 'rule ' || r.rulename, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = {_HERE} AND c.relkind = 'r'
UNION ALL
SELECT 'owner of ' || name, pg_get_userbyid(owner)
FROM (
    SELECT relname AS name, relowner AS owner FROM pg_class
    WHERE relnamespace = {_HERE} AND relkind = 'r'
    UNION ALL
    SELECT proname, proowner FROM pg_proc WHERE pronamespace = {_HERE}
) AS owned
WHERE owner <> (SELECT relowner FROM pg_class WHERE relnamespace = {_HERE} AND relname = 'events')
UNION ALL
SELECT DISTINCT
    'right of ' || coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'PUBLIC') || ' on ' || c.relname,
    'more than to read and to add'
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
WHERE c.relnamespace = {_HERE} AND c.relkind = 'r' AND a.grantee <> c.relowner
    AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')
"""  # noqa: S608  # constants


def told(connection: sa.Connection) -> Told:
    """Give what the database was told of the ledger; spaces and the schema's name count nothing."""
    if connection.dialect.name == "sqlite":
        found = {name: _plain(sql) for name, sql in connection.exec_driver_sql(_SQLITE)}
        found.pop(f"trigger {MOVED_NAME}", None)
        return found
    return _in_current_schema(connection)


def _in_current_schema(connection: sa.Connection, other_name: str = "") -> Told:
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    names = "|".join(re.escape(name) for name in (schema, other_name) if name)
    before_names = re.compile(rf'(?<![\w".])(?:{names})\.')
    return {
        name: before_names.sub("", _plain(definition)).replace(
            f"search_path={schema},", "search_path=*,"
        )
        for name, definition in connection.exec_driver_sql(_POSTGRESQL)
    }


def expected(connection: sa.Connection) -> Told:
    """Give what the same database would be told of a new ledger, which is made and taken back."""
    kind = connection.dialect.name, connection.dialect.server_version_info
    if kind not in _known:
        in_file = connection.dialect.name == "sqlite"
        _known[kind] = _of_new_file() if in_file else _of_temporary_tables(connection.engine)
    return _known[kind]


_known: dict[object, Told] = {}
"""Database and its version → what it is told of a new ledger: the same every time."""


def _of_new_file() -> Told:
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(":memory:"))
    with engine.begin() as new:
        create_tables(new)
        return told(new)


def _of_temporary_tables(engine: sa.Engine) -> Told:
    """Make a ledger that only this session sees: clerks and auditors may make no other tables."""
    with engine.connect() as new, new.begin() as transaction:
        new.exec_driver_sql("SET LOCAL search_path = pg_temp")
        create_tables(new)
        # The server writes both pg_temp_3, its name in this session, and pg_temp.
        found = _in_current_schema(new, "pg_temp")
        transaction.rollback()
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())
