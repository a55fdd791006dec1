"""Organisers name deputies for an evening: whose a distribution is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("distribution_id", name=op.f("pk_plans")),
    )
