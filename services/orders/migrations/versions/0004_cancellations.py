"""Sales that are cancelled with orders in them: what that meant, and whether it is done."""

import sqlalchemy as sa
from alembic import op

from bus.tables import NOW

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "cancellations",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("farms", sa.Integer(), nullable=False),
        sa.Column("by_telephone", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_cancellations_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", name=op.f("pk_cancellations")),
    )
