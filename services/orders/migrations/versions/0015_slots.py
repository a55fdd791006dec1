"""Slots of a hand-over, and which order chose which.

The choice has a table of its own: orders are placed as before. Each statement commits by itself and may be tried again,
for writers lock sales and orders in an order of their own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _upgrade()


def _upgrade() -> None:
    op.add_column("distributions", sa.Column("slots", postgresql.JSONB()), if_not_exists=True)
    op.create_table(
        "slots",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_", sa.Integer(), nullable=False),
        sa.CheckConstraint("left_ >= 0", name=op.f("ck_slots_never_overfull")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_slots_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", "starts_at", name=op.f("pk_slots")),
        if_not_exists=True,
    )
    op.create_table(
        "order_slots",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_order_slots_order_id_orders"),
            deferrable=True,
            initially="deferred",
        ),
        sa.ForeignKeyConstraint(
            ["distribution_id", "starts_at"],
            ["slots.distribution_id", "slots.starts_at"],
            name=op.f("fk_order_slots_distribution_id_starts_at"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_slots")),
        if_not_exists=True,
    )
