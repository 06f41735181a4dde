"""Which cycles a recovery is of; further attempts in a table of their own, with the guard on it."""

from alembic import op

from relief_cli.ledger.migrations.statements import carry_out

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add both tables; entitlements point at their attempt where it is not the first."""
    carry_out(revision, op.get_bind())
