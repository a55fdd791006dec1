"""Venues say when they are open, what is in them and whose they are, and are written anew."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"


def upgrade() -> None:
    _venues()


def _venues() -> None:
    for name in ("hours", "owner_name", "owner_contact"):
        op.add_column("venues", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("venues", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("venues", sa.Column("fridge_shelves", sa.Integer(), server_default="0", nullable=False))
