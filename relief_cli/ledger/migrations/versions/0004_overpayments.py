"""Which cycles a recovery is of."""

from alembic import op

from relief_cli.ledger.migrations.statements import carry_out

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    carry_out(revision, op.get_bind())
