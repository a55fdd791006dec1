"""A reason explains the difference that was counted, and no other; of earlier counts it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("tills", sa.Column("explained_cents", sa.BigInteger()))
