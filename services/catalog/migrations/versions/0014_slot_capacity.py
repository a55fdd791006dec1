"""For how many orders a place has room in a slot. The release before plans slots without asking it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("venues", sa.Column("slot_capacity", sa.Integer(), nullable=True))
