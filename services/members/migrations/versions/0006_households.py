"""An account has one or more adults: those who order for it by an account of their own, and names for the counter."""

import sqlalchemy as sa
from alembic import op

from bus.tables import INSTANT

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "adults",
        sa.Column("adult_id", sa.Uuid(), nullable=False),
        sa.Column("consumer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("since", INSTANT),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("adult_id", name=op.f("pk_adults")),
        sa.UniqueConstraint("consumer_id", "email", name=op.f("uq_adults_consumer_id_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_adults_person_id")),
    )
    op.create_index("ix_adults_email", "adults", ["email"])
