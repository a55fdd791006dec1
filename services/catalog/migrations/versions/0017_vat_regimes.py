"""Under which VAT regime a farm is from which day on; those that said nothing are under the normal one."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "vat_regimes",
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_vat_regimes_producer_id_producers")),
        sa.PrimaryKeyConstraint("producer_id", "begins_on", name=op.f("pk_vat_regimes")),
    )
