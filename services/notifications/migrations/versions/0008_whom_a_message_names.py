"""A message may name somebody else than its reader; the name is looked up when it is sent, as the reader's is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("messages", sa.Column("named_id", sa.Uuid))
