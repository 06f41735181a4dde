"""A new ledger: all tables, and what the database itself forbids.

Every table only grows: triggers abort each change and each deletion. The DDL of tables is
SQLAlchemy's, so that another database can be added; what only SQLite understands stands here.
"""

import sqlalchemy as sa

from relief_cli.ledger import approval_schema
from relief_cli.ledger.columns import METADATA

VERSION = 4
"""Grows with every change of the tables; kept in SQLite's ``user_version``."""
APPLICATION = 0x52454C46
"""``RELF``: tells a ledger from any other SQLite file; kept in SQLite's ``application_id``."""


_GROWS_ONLY = """
CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table}
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
"""

# A further attempt is made only where the one before went with its rejected batch, or failed.
_AFTER_FAILURE = """
CREATE TRIGGER entitlements_attempt BEFORE INSERT ON entitlements WHEN NEW.attempt > 0
BEGIN
    SELECT RAISE(ABORT, 'UNIQUE: entitlements.person has an entitlement that stands')
    WHERE NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    );
END
"""

# What is approved or rejected can be neither any more, and what went out cannot be rejected.
_DECIDED = """
CREATE TRIGGER {table}_decided BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
    OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch went out or was rejected'); END
"""


# What was rejected never goes out.
_STAYS = """
CREATE TRIGGER files_of_rejected BEFORE INSERT ON files
WHEN EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch was rejected'); END
"""


# A bank answers only what went out.
_SENT_BEFORE = """
CREATE TRIGGER returns_of_sent BEFORE INSERT ON returns
WHEN NOT EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch did not go out'); END
"""


def triggers() -> dict[str, str]:
    """Give the triggers of a ledger in SQLite: name → statement."""
    statements = [
        _GROWS_ONLY.format(table=table.name, action=action)
        for table in METADATA.sorted_tables
        for action in ("UPDATE", "DELETE")
    ]
    decided = (approval_schema.APPROVALS, approval_schema.REJECTIONS)
    statements += [_DECIDED.format(table=table.name) for table in decided]
    statements += [_AFTER_FAILURE, _STAYS, _SENT_BEFORE]

    return {statement.split()[2]: statement for statement in statements}


def create_tables(connection: sa.Connection) -> None:
    """Make all tables in SQLite with their triggers; stamp the version."""
    METADATA.create_all(connection, checkfirst=False)
    for statement in triggers().values():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
