"""Townships' reserve funds for temporary assistance."""

from alembic import op

from relief_cli.ledger.migrations.statements import carry_out

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add their table."""
    carry_out(revision, op.get_bind())
