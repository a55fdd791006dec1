"""Quality marks belong to farms, with scope and expiry; a market has a quality policy; refusals at an opening are kept.

What products were ticked with is carried over, one mark per farm and kind: its certifier and its last day are still to
be given, and until then it is good for nothing that is given for a time. `products.marks` stays for the release before.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "quality_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("certifier", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("product_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_quality_marks_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_marks")),
    )
    op.create_index("ix_quality_marks_producer_id", "quality_marks", ["producer_id", "id"])
    _carry_over()
    op.alter_column("products", "marks", server_default="{}")
    op.add_column("markets", sa.Column("quality_floor", sa.Text(), server_default="none", nullable=False))
    op.add_column("markets", sa.Column("welcome_marks", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    _refused_offers()


def _carry_over() -> None:
    op.execute("""
        insert into quality_marks (id, producer_id, version, kind, certifier, number, scope, product_ids)
        select uuidv7(), p.producer_id, 1, m.kind, '', '', 'named', array_agg(p.id order by p.id)
        from products p cross join unnest(p.marks) as m(kind)
        where p.archived_at is null group by p.producer_id, m.kind
    """)


def _refused_offers() -> None:
    op.create_table(
        "refused_offers",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lack", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("marks", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_refused_offers_distribution_id")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_refused_offers_offer_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_refused_offers_producer_id")),
        sa.PrimaryKeyConstraint("distribution_id", "offer_id", name=op.f("pk_refused_offers")),
    )
