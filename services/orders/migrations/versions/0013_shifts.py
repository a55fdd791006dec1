"""A sale may be shifted with its orders: when, to what, how far its people were told, and which farms answered again.

`shift_number` is what a timer of a sale is compared with: one that was wanted before the last shift is void.
"""

import sqlalchemy as sa
from alembic import op

from bus.tables import INSTANT, NOW

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("distributions", sa.Column("shift_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("distributions", sa.Column("shifted_from", INSTANT))
    op.add_column("distributions", sa.Column("free_until", INSTANT))
    op.add_column("presences", sa.Column("shift_asked_at", INSTANT))
    op.create_table(
        "shifts",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("was_starts_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("free_until", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("told_up_to", sa.Uuid()),
        sa.Column("done_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_shifts_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", "number", name=op.f("pk_shifts")),
    )
