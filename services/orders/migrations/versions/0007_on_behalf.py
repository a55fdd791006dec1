"""Consents as members says them, and what mediators did by them. Acts are only ever added."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("consumer_id", sa.Uuid(), nullable=False),
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("town_id", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_pair", "consents", ["mediator_id", "consumer_id"])
    op.create_table(
        "acts_on_behalf",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_acts_on_behalf_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", "version", name=op.f("pk_acts_on_behalf")),
    )
    op.execute("""
        create function acts_on_behalf_are_for_good() returns trigger language plpgsql as $$
        begin raise exception 'acts on behalf of somebody are only written, never changed'; end $$
    """)
    op.execute(
        "create trigger for_good before update or delete on acts_on_behalf "
        "for each row execute function acts_on_behalf_are_for_good()"
    )
