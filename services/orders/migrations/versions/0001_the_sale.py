"""The sale: distributions, sheets, stock, orders, lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bus import migrations
from bus.tables import NOW

revision = "0001"
down_revision = None


def upgrade() -> None:
    migrations.kernel_0001()

    op.create_table(
        "distributions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sheet_version", sa.BigInteger(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("market_name", sa.Text(), nullable=False),
        sa.Column("joining", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("venue_name", sa.Text(), nullable=False),
        sa.Column("venue_address", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_producers", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributions")),
    )
    op.create_index("ix_distributions_market", "distributions", ["market_id", "starts_at"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_person", "memberships", ["person_id", "market_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    op.create_table(
        "stocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("left_", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocks")),
        sa.UniqueConstraint("key", name=op.f("uq_stocks_key")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("consumer_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["distribution_id"], ["distributions.id"], name=op.f("fk_orders_distribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_changed", "orders", ["changed_at"], unique=False)
    op.create_index("ix_orders_consumer", "orders", ["consumer_id", "id"], unique=False)
    op.create_index(
        "uq_orders_one_per_recipient",
        "orders",
        ["distribution_id", "consumer_id", "recipient"],
        unique=True,
        postgresql_where=sa.text("state = 'placed'"),
    )
    op.create_table(
        "preparation_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distributions.id"],
            name=op.f("fk_preparation_lists_distribution_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_lists")),
        sa.UniqueConstraint(
            "distribution_id",
            "producer_id",
            name=op.f("uq_preparation_lists_distribution_id_producer_id"),
        ),
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_version", sa.BigInteger(), nullable=False),
        sa.Column("line", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["distribution_id"], ["distributions.id"], name=op.f("fk_snapshots_distribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint(
            "distribution_id",
            "offer_id",
            "sheet_version",
            name=op.f("uq_snapshots_distribution_id_offer_id_sheet_version"),
        ),
    )
    op.create_table(
        "stock_moves",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("by_person", sa.Uuid(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["stock_id"], ["stocks.id"], name=op.f("fk_stock_moves_stock_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stock_moves")),
    )
    op.create_index("ix_stock_moves_stock", "stock_moves", ["stock_id"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("order_id", "offer_id", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "sheet_lines",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["distribution_id"], ["distributions.id"], name=op.f("fk_sheet_lines_distribution_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_sheet_lines_snapshot_id")),
        sa.ForeignKeyConstraint(["stock_id"], ["stocks.id"], name=op.f("fk_sheet_lines_stock_id")),
        sa.PrimaryKeyConstraint("distribution_id", "offer_id", name=op.f("pk_sheet_lines")),
    )
    op.create_index("ix_sheet_lines_stock", "sheet_lines", ["stock_id"], unique=False)
