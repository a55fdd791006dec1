"""Markets are approved: until then whoever wants to join waits for the organisers. Those that exist are approved."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("markets", sa.Column("approved", sa.Boolean(), server_default="true", nullable=False))
