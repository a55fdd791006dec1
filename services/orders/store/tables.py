"""Tables of a sale, its orders and the people in it."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
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

distributions = Table(
    "distributions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("sheet_version", BigInteger, nullable=False),
    Column("market_id", Uuid, nullable=False),
    Column("market_name", Text, nullable=False),
    Column("joining", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("venue_name", Text, nullable=False),
    Column("venue_address", Text, nullable=False),
    Column("opens_at", INSTANT, nullable=False),
    Column("closes_at", INSTANT, nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("closed_producers", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("absence", JSONB(none_as_null=True)),
    Column("slots", JSONB(none_as_null=True)),
    Column("fee", JSONB(none_as_null=True)),
    Column("shift_number", Integer, nullable=False, server_default="0"),
    Column("shifted_from", INSTANT),
    Column("free_until", INSTANT),
)
Index("ix_distributions_market", distributions.c.market_id, distributions.c.starts_at)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("sheet_version", BigInteger, nullable=False),
    Column("line", JSONB, nullable=False),
    UniqueConstraint("distribution_id", "offer_id", "sheet_version"),
)

stocks = Table(
    "stocks",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("left_", Integer, nullable=False),
    Column("held_back", Integer, nullable=False, server_default="0"),
    CheckConstraint("left_ >= 0", name="never_oversold"),
)

stock_moves = Table(
    "stock_moves",
    metadata,
    Column("key", Text, primary_key=True),
    Column("stock_id", BigInteger, ForeignKey("stocks.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("change", Integer, nullable=False),
    Column("by_person", Uuid),
    Column("moved_at", INSTANT, nullable=False, server_default=NOW),
)
Index("ix_stock_moves_stock", stock_moves.c.stock_id)

sheet_lines = Table(
    "sheet_lines",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("snapshot_id", BigInteger, ForeignKey("snapshots.id"), nullable=False),
    Column("stock_id", BigInteger, ForeignKey("stocks.id")),
    Column("closes_at", INSTANT, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default="false"),
    PrimaryKeyConstraint("distribution_id", "offer_id"),
)
Index("ix_sheet_lines_stock", sheet_lines.c.stock_id)
Index("ix_sheet_lines_producer", sheet_lines.c.producer_id)

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("consumer_id", Uuid, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("number", Integer),
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    Column("placed_at", INSTANT, nullable=False, server_default=NOW),
    Column("changed_at", INSTANT, nullable=False, server_default=NOW),
    Column("handed_at", INSTANT),
    Column("handed_to", Text, nullable=False, server_default=""),
    Column("handed_by", Uuid),
)
Index(
    "uq_orders_one_per_recipient",
    orders.c.distribution_id,
    orders.c.consumer_id,
    orders.c.recipient,
    unique=True,
    postgresql_where=orders.c.state == "placed",
)
Index(
    "uq_orders_number",
    orders.c.distribution_id,
    orders.c.number,
    unique=True,
    postgresql_where=orders.c.number.is_not(None),
)
Index("ix_orders_consumer", orders.c.consumer_id, orders.c.id)
Index("ix_orders_changed", orders.c.changed_at)
Index("ix_orders_distribution", orders.c.distribution_id)

slots = Table(
    "slots",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("left_", Integer, nullable=False),
    CheckConstraint("left_ >= 0", name="never_overfull"),
    PrimaryKeyConstraint("distribution_id", "starts_at"),
)

order_slots = Table(
    "order_slots",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.id", deferrable=True, initially="deferred"), primary_key=True),
    Column("distribution_id", Uuid, nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    ForeignKeyConstraint(["distribution_id", "starts_at"], ["slots.distribution_id", "slots.starts_at"]),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("snapshot_id", BigInteger, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("short", Integer, nullable=False, server_default="0"),
    Column("weighed_grams", Integer),
    Column("substitutes", Uuid),
    CheckConstraint("quantity >= 0 and short >= 0 and quantity + short > 0", name="something"),
    PrimaryKeyConstraint("order_id", "offer_id"),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("has_email", Boolean, nullable=False, server_default="false"),
    Column("guest", Boolean, nullable=False, server_default="false"),
    Column("adults", JSONB, nullable=False, server_default="[]"),
    Column("seq", BigInteger, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("membership_id", Uuid, primary_key=True),
    Column("market_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("standing", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_memberships_person", memberships.c.person_id, memberships.c.market_id)

preparation_lists = Table(
    "preparation_lists",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("made_at", INSTANT, nullable=False, server_default=NOW),
    UniqueConstraint("distribution_id", "producer_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("consent_id", Uuid, primary_key=True),
    Column("consumer_id", Uuid, nullable=False),
    Column("mediator_id", Uuid, nullable=False),
    Column("town_id", Uuid, nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_consents_pair", consents.c.mediator_id, consents.c.consumer_id)

acts_on_behalf = Table(
    "acts_on_behalf",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("mediator_id", Uuid, nullable=False),
    Column("acted_at", INSTANT, nullable=False),
    Column("by_consent", Boolean, nullable=False, server_default="true"),
    PrimaryKeyConstraint("order_id", "version"),
)
