"""The tables of a ledger, as version 4 of those in SQLite had them."""

from alembic import op

from relief_cli.ledger.migrations.statements import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    for statement in statements(revision, op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
