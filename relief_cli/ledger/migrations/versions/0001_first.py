"""The tables of a ledger, as version 4 of those in SQLite had them."""

from alembic import op

from relief_cli.ledger.migrations.statements import carry_out

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    carry_out(revision, op.get_bind())
