"""A message may name somebody else than its reader, and speaks as its market does; both are looked up at sending."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("messages", sa.Column("named_id", sa.Uuid))
    op.add_column("messages", sa.Column("market_id", sa.Uuid))
    op.create_table(
        "markets",
        sa.Column("market_id", sa.Uuid, nullable=False),
        sa.Column("says_tu", sa.Boolean, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("market_id", name="pk_markets"),
    )
