"""Farms keep photos, papers and holidays; products say all that the law wants read.

A product's `photo` was any text and shown nowhere; from now on it is the digest of one that is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


TEXTS = ("variety", "traces", "keeps", "approval_number")
CHOSEN = ("grade", "date_kind", "sanitary")


def upgrade() -> None:
    _photos()
    _papers()
    _holidays()
    for name in TEXTS:
        op.add_column("products", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in CHOSEN:
        op.add_column("products", sa.Column(name, sa.Text()))
    for name in ("derogation_km", "derogation_kg"):
        op.add_column("products", sa.Column(name, sa.Integer()))


def _photos() -> None:
    op.add_column("producers", sa.Column("photo", sa.Text()))
    op.execute("update products set photo = null where photo is not null")
    op.create_table(
        "photos",
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("photo", sa.Text(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("halle_now()"), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_photos_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", "photo", name=op.f("pk_photos")),
    )
    op.create_index("ix_photos_photo", "photos", ["photo"])


def _papers() -> None:
    op.create_table(
        "farm_papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_farm_papers_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farm_papers")),
    )
    op.create_index("ix_farm_papers_producer_id", "farm_papers", ["producer_id", "id"])


def _holidays() -> None:
    op.create_table(
        "holidays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_holidays_days")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_holidays_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
    )
    op.create_index("ix_holidays_producer_id", "holidays", ["producer_id", "to_on"])
