"""Marks that expired while a sale was open: which offers of which farm, and what the organisers decided."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "expired_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("marks", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offers", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("names", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("decision", sa.Text()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("orders", sa.Integer()),
        sa.Column("emptied", sa.Integer()),
        sa.Column("amount_cents", sa.BigInteger()),
        sa.Column("by_telephone", sa.Integer()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_expired_marks_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expired_marks")),
    )
    op.create_index("ix_expired_marks_distribution", "expired_marks", ["distribution_id"])
