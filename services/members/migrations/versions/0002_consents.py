"""Consents: who may order in whose name, in which town and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, with what both parties look up."""
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("consumer_id", sa.Uuid, nullable=False),
        sa.Column("mediator_id", sa.Uuid, nullable=False),
        sa.Column("town_id", sa.Uuid, nullable=False),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consents"),
        sa.UniqueConstraint(
            "consumer_id", "mediator_id", "town_id", name="uq_consents_consumer_id_mediator_id_town_id"
        ),
    )
    op.create_index("ix_consents_mediator_id", "consents", ["mediator_id"])
