"""How far above its estimated weight a piece is paid: each farm says so for each product."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("products", sa.Column("tolerance_percent", sa.Integer(), server_default="10", nullable=False))
