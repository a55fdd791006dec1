"""Changes of an open sale: prices that were raised, lines that nobody confirmed, what is held back of a stock."""

import sqlalchemy as sa
from alembic import op

from bus.tables import NOW

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("stocks", sa.Column("held_back", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "raised_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("old_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("asked_up_to", sa.Uuid()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("price_cents > old_price_cents", name=op.f("ck_raised_prices_higher")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_raised_prices_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised_prices")),
    )
    op.create_index("ix_raised_prices_distribution", "raised_prices", ["distribution_id"])
    op.create_table(
        "dropped_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_dropped_lines_order_id_orders")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_dropped_lines_snapshot_id_snapshots")),
        sa.PrimaryKeyConstraint("order_id", "offer_id", name=op.f("pk_dropped_lines")),
    )
