"""Who goes short when less comes than was ordered: each farm says it before, in its profile."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("producers", sa.Column("share_rule", sa.Text(), nullable=False, server_default="first_come"))
