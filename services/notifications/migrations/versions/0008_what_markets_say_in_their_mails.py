"""A market has words of its own in its mails, its colour and its logo; what is done by right leaves a row."""

import sqlalchemy as sa
from alembic import op

from bus import migrations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("markets", sa.Column("brand_colour", sa.Text))
    op.add_column("markets", sa.Column("logo", sa.Text))
    op.create_table(
        "market_words",
        sa.Column("market_id", sa.Uuid, nullable=False),
        sa.Column("mail", sa.Text, nullable=False),
        sa.Column("french", sa.Text, nullable=False),
        sa.Column("english", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("market_id", "mail", name="pk_market_words"),
    )
    migrations.trail_0001()
