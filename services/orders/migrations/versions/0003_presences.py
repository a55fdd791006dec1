"""How the farms of a sale come: thresholds, what was ordered at the close, and the farms' answers.

Sales that are open already get rows without a threshold: their farms are not asked, and come in person.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "presences",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("threshold_cents", sa.BigInteger()),
        sa.Column("ordered_cents", sa.BigInteger()),
        sa.Column("people", sa.Integer()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("coming", sa.Text()),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_presences_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", "producer_id", name=op.f("pk_presences")),
    )
    op.execute(
        "insert into presences (distribution_id, producer_id, producer_name)"
        " select distinct on (l.distribution_id, l.producer_id) l.distribution_id, l.producer_id,"
        " s.line ->> 'producer_name' from sheet_lines l join snapshots s on s.id = l.snapshot_id"
    )
    op.add_column("drop_outs", sa.Column("because", sa.Text(), server_default="drop_out", nullable=False))
