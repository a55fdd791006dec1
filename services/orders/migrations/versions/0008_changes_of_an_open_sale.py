"""Changes of a sale that has opened: prices that were lowered, products that were withdrawn, by whom."""

import sqlalchemy as sa
from alembic import op

from bus.tables import NOW

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "lowered_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("old_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("lowered_by", sa.Uuid(), nullable=False),
        sa.Column("lowered_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("price_cents < old_price_cents", name=op.f("ck_lowered_prices_lower")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_lowered_prices_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lowered_prices")),
    )
    op.create_index("ix_lowered_prices_distribution", "lowered_prices", ["distribution_id"])
    op.create_table(
        "withdrawals",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("orders", sa.Integer()),
        sa.Column("emptied", sa.Integer()),
        sa.Column("amount_cents", sa.BigInteger()),
        sa.Column("by_telephone", sa.Integer()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_withdrawals_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", "offer_id", name=op.f("pk_withdrawals")),
    )
