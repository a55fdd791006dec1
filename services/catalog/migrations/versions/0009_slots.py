"""A hand-over may go on in slots: their length and how many orders each takes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("distributions", sa.Column("slots", postgresql.JSONB()))
