"""Who wants to hear of the windows of which market, and how far the telling of each is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "memberships",
        sa.Column("membership_id", sa.Uuid, nullable=False),
        sa.Column("market_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("membership_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_person", "memberships", ["person_id", "market_id"])
    op.create_table(
        "choices",
        sa.Column("market_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("window_opened", sa.Boolean, nullable=False),
        sa.Column("closing_soon", sa.Boolean, nullable=False),
        sa.Column("secret", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.PrimaryKeyConstraint("market_id", "person_id", name="pk_choices"),
        sa.UniqueConstraint("secret", name="uq_choices_secret"),
    )
    op.create_index("ix_choices_person_id", "choices", ["person_id"])
    op.create_table(
        "announcements",
        sa.Column("distribution_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("reached", sa.Uuid),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("halle_now()")),
        sa.PrimaryKeyConstraint("distribution_id", "kind", name="pk_announcements"),
    )
