"""Guards in SQLite are said in the words that PostgreSQL understands too."""

from alembic import op

from relief_cli.ledger.migrations.statements import carry_out

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Put each in the place of the one before; in PostgreSQL they were so from the beginning."""
    carry_out(revision, op.get_bind())
