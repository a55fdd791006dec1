"""Payments' tables; the statements on them stand in the modules beside, by what is acted on.

`movements` and `entries` are the ledger: the database refuses to change or delete them, and a movement whose entries
do not come to zero. Debits are positive. Every entry names the producer whose money it is.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from bus.tables import INSTANT, NAMING, NOW, with_adults

metadata = with_adults(MetaData(naming_convention=NAMING))

sales = Table(
    "sales",
    metadata,
    Column("distribution_id", Uuid, primary_key=True),
    Column("market_id", Uuid, nullable=False),
    Column("market_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("final_at", INSTANT),
    Column("figures", JSONB),
)

orders = Table(
    "orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("sales.distribution_id"), nullable=False),
    Column("consumer_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_orders_distribution", orders.c.distribution_id)
Index("ix_orders_consumer", orders.c.consumer_id)

order_sellers = Table(
    "order_sellers",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.order_id"), nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("owed_cents", BigInteger, nullable=False),
    PrimaryKeyConstraint("order_id", "producer_id"),
)

tills = Table(
    "tills",
    metadata,
    Column("till_id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("sales.distribution_id"), nullable=False),
    Column("producer_id", Uuid),
    Column("holder", Text, nullable=False),
    Column("float_cents", BigInteger, nullable=False, server_default="0"),
    Column("counted_cents", BigInteger),
    Column("counted_at", INSTANT),
    Column("counted_by", Uuid),
    Column("reason", Text, nullable=False, server_default=""),
    Column("explained_cents", BigInteger),
)
Index("ix_tills_distribution", tills.c.distribution_id)

movements = Table(
    "movements",
    metadata,
    Column("movement_id", Uuid, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("distribution_id", Uuid, ForeignKey("sales.distribution_id"), nullable=False),
    Column("order_id", Uuid, ForeignKey("orders.order_id"), nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("consumer_id", Uuid, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("means", Text),
    Column("till_id", Uuid, ForeignKey("tills.till_id")),
    Column("reference", Text, nullable=False, server_default=""),
    Column("shown_version", BigInteger),
    Column("corrects", Uuid, ForeignKey("movements.movement_id"), unique=True),
    Column("by_person", Uuid),
    Column("at", INSTANT, nullable=False, server_default=NOW),
)
Index("ix_movements_order", movements.c.order_id)
Index("ix_movements_distribution", movements.c.distribution_id)
Index("ix_movements_till", movements.c.till_id)
Index("ix_movements_consumer", movements.c.consumer_id)

entries = Table(
    "entries",
    metadata,
    Column("movement_id", Uuid, ForeignKey("movements.movement_id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("cents", BigInteger, nullable=False),
    CheckConstraint("account in ('due', 'sold', 'till', 'farm', 'adjusted')", name="known_account"),
    PrimaryKeyConstraint("movement_id", "account"),
)

closings = Table(
    "closings",
    metadata,
    Column("distribution_id", Uuid, primary_key=True),
    Column("attempt", BigInteger, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("versions", BigInteger, nullable=False),
    Column("only_if_exact", Boolean, nullable=False),
    Column("answered", Boolean, nullable=False, server_default="false"),
    Column("seq", BigInteger, nullable=False),
)

mandates = Table(
    "mandates",
    metadata,
    Column("mandate_id", Uuid, primary_key=True),
    Column("producer_id", Uuid, nullable=False),
    Column("market_id", Uuid, nullable=False),
    Column("holder", Text, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("given_by", Uuid, nullable=False),
    Column("valid_until", INSTANT),
    UniqueConstraint("producer_id", "market_id", "holder"),
)
