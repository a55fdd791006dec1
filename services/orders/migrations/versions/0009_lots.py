"""What the day still lacked: lots and recalls, what is done when nobody comes, what was given in whose place.

Each statement commits by itself and may be tried again: orders, their lines and their sale are locked by writers in
orders of their own, and two of them in one transaction would make deadlocks while the release before goes on.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bus.tables import NOW

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _upgrade()


def _upgrade() -> None:
    op.add_column("order_lines", sa.Column("substitutes", sa.Uuid()), if_not_exists=True)
    op.add_column("late_lines", sa.Column("substitutes", sa.Uuid()), if_not_exists=True)
    op.add_column("distributions", sa.Column("absence", postgresql.JSONB()), if_not_exists=True)
    op.create_table(
        "lots",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("use_by", sa.Date()),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_lots_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", "offer_id", "key", name=op.f("pk_lots")),
        if_not_exists=True,
    )
    op.create_index("ix_lots_farm", "lots", ["producer_id", "key"], if_not_exists=True)
    op.create_table(
        "order_lots",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lots_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", "offer_id", name=op.f("pk_order_lots")),
        if_not_exists=True,
    )
    op.create_table(
        "recall_notices",
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("producer_id", "key", "person_id", name=op.f("pk_recall_notices")),
        if_not_exists=True,
    )
    op.create_index("ix_recall_notices_recall", "recall_notices", ["recall_id"], if_not_exists=True)
