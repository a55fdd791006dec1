"""Money on the spot: what is owed, tills, mandates, and a ledger that is append-only and balanced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bus import migrations
from bus.tables import NOW

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the kernel's tables, then ours, then what guards the ledger."""
    migrations.kernel_0001()
    _what_is_owed()
    _guards()


def _what_is_owed() -> None:
    op.create_table(
        "closings",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("versions", sa.BigInteger(), nullable=False),
        sa.Column("only_if_exact", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("distribution_id", name=op.f("pk_closings")),
    )
    op.create_table(
        "mandates",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mandate_id", name=op.f("pk_mandates")),
        sa.UniqueConstraint(
            "producer_id", "market_id", "holder", name=op.f("uq_mandates_producer_id_market_id_holder")
        ),
    )
    op.create_table(
        "sales",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("market_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("distribution_id", name=op.f("pk_sales")),
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("consumer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["distribution_id"], ["sales.distribution_id"], name=op.f("fk_orders_distribution_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_consumer", "orders", ["consumer_id"], unique=False)
    op.create_index("ix_orders_distribution", "orders", ["distribution_id"], unique=False)
    op.create_table(
        "tills",
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("float_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("counted_cents", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["distribution_id"], ["sales.distribution_id"], name=op.f("fk_tills_distribution_id")),
        sa.PrimaryKeyConstraint("till_id", name=op.f("pk_tills")),
    )
    op.create_index("ix_tills_distribution", "tills", ["distribution_id"], unique=False)
    op.create_table(
        "movements",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("consumer_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("till_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("shown_version", sa.BigInteger(), nullable=True),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("by_person", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["corrects"], ["movements.movement_id"], name=op.f("fk_movements_corrects")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["sales.distribution_id"], name=op.f("fk_movements_distribution_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_movements_order_id")),
        sa.ForeignKeyConstraint(["till_id"], ["tills.till_id"], name=op.f("fk_movements_till_id")),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_movements")),
        sa.UniqueConstraint("corrects", name=op.f("uq_movements_corrects")),
        sa.UniqueConstraint("key", name=op.f("uq_movements_key")),
    )
    op.create_index("ix_movements_consumer", "movements", ["consumer_id"], unique=False)
    op.create_index("ix_movements_distribution", "movements", ["distribution_id"], unique=False)
    op.create_index("ix_movements_order", "movements", ["order_id"], unique=False)
    op.create_index("ix_movements_till", "movements", ["till_id"], unique=False)
    op.create_table(
        "order_sellers",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owed_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_sellers_order_id")),
        sa.PrimaryKeyConstraint("order_id", "producer_id", name=op.f("pk_order_sellers")),
    )
    op.create_table(
        "entries",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "account in ('due', 'sold', 'till', 'farm', 'adjusted')", name=op.f("ck_entries_known_account")
        ),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.movement_id"], name=op.f("fk_entries_movement_id")),
        sa.PrimaryKeyConstraint("movement_id", "account", name=op.f("pk_entries")),
    )


def _guards() -> None:
    op.execute("""
        create function ledger_is_for_good() returns trigger language plpgsql as $$
        begin raise exception 'the ledger is only written, never changed: % of %', tg_op, tg_table_name; end $$
    """)
    for table in ("movements", "entries"):
        op.execute(
            f"create trigger for_good before update or delete on {table} "
            "for each row execute function ledger_is_for_good()"
        )
    op.execute("""
        create function movement_comes_to_zero() returns trigger language plpgsql as $$
        declare
          id uuid := new.movement_id;
        begin
          if (select coalesce(sum(cents), 1) from entries where movement_id = id) <> 0 then
            raise exception 'the entries of movement % do not come to zero', id;
          end if;
          return null;
        end $$
    """)
    for table in ("movements", "entries"):
        op.execute(
            f"create constraint trigger comes_to_zero after insert on {table} deferrable initially deferred "
            "for each row execute function movement_comes_to_zero()"
        )
