"""What orders says of a shift has its own order: news of a state may overtake it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("distributions", sa.Column("shifted_seq", sa.BigInteger(), server_default="0", nullable=False))
