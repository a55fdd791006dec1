"""Logos of markets, beside them: whoever reads a market does not read its picture. The release before shows none."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "logos",
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("logo", sa.Text(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_logos_market_id")),
        sa.PrimaryKeyConstraint("market_id", name=op.f("pk_logos")),
    )
    op.create_index("ix_logos_logo", "logos", ["logo"])
