"""What each order of a sale pays to the market itself, as it was when the sale opened; nothing in those before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("distributions", sa.Column("fee", postgresql.JSONB(none_as_null=True)))
