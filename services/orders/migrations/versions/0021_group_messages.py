"""What markets and farms wrote to everybody who ordered, and how far it was told."""

import sqlalchemy as sa
from alembic import op

from bus.tables import INSTANT, NOW

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "group_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid()),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("by_mail", sa.Integer(), nullable=False),
        sa.Column("by_telephone", sa.Integer(), nullable=False),
        sa.Column("told_up_to", sa.Uuid()),
        sa.Column("done_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_group_messages_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_messages")),
    )
    op.create_index("ix_group_messages_distribution", "group_messages", ["distribution_id", "written_at"])
    op.create_index("ix_group_messages_writer", "group_messages", ["written_by"])
