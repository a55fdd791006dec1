"""What becomes of an order for which nobody comes: each market says so, and its orders are placed by it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("markets", sa.Column("kept_minutes", sa.Integer(), server_default="0", nullable=False))
    op.add_column("markets", sa.Column("by_proxy", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("markets", sa.Column("in_fridge", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("markets", sa.Column("uncollected", sa.Text(), server_default="still_due", nullable=False))
