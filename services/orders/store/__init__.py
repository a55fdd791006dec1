"""Orders' tables; the statements on them stand in the modules beside, by what is acted on.

A line's snapshot is a row of `snapshots` that never changes: an order's line points at the one it was ordered from, so
that a later edit changes no past order. `stocks.left_` is what may still be sold; `null` stock means unlimited.
A slot is taken before stock, and so before its order is written: that it is there is seen to at the commit.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
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

from bus.tables import INSTANT, NAMING, NOW, with_trail

metadata = with_trail(MetaData(naming_convention=NAMING))

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

drop_outs = Table(
    "drop_outs",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("because", Text, nullable=False, server_default="drop_out"),
    Column("reason", Text, nullable=False),
    Column("declared_by", Uuid, nullable=False),
    Column("declared_at", INSTANT, nullable=False, server_default=NOW),
    Column("orders", Integer, nullable=False),
    Column("emptied", Integer, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("by_telephone", Integer, nullable=False),
    Column("done_at", INSTANT),
    PrimaryKeyConstraint("distribution_id", "producer_id"),
)

presences = Table(
    "presences",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("threshold_cents", BigInteger),
    Column("ordered_cents", BigInteger),
    Column("people", Integer),
    Column("asked_at", INSTANT),
    Column("coming", Text),
    Column("carrier", Text, nullable=False, server_default=""),
    Column("answered_by", Uuid),
    Column("answered_at", INSTANT),
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("shift_asked_at", INSTANT),
    PrimaryKeyConstraint("distribution_id", "producer_id"),
)

shifts = Table(
    "shifts",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("was_starts_at", INSTANT, nullable=False),
    Column("closes_at", INSTANT, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("free_until", INSTANT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("declared_by", Uuid, nullable=False),
    Column("declared_at", INSTANT, nullable=False, server_default=NOW),
    Column("told_up_to", Uuid),
    Column("done_at", INSTANT),
    PrimaryKeyConstraint("distribution_id", "number"),
)

cancellations = Table(
    "cancellations",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("declared_by", Uuid, nullable=False),
    Column("declared_at", INSTANT, nullable=False, server_default=NOW),
    Column("orders", Integer, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("farms", Integer, nullable=False),
    Column("by_telephone", Integer, nullable=False),
    Column("done_at", INSTANT),
)

expired_marks = Table(
    "expired_marks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("marks", ARRAY(Text), nullable=False),
    Column("expired_at", INSTANT, nullable=False),
    Column("offers", ARRAY(Uuid), nullable=False),
    Column("names", ARRAY(Text), nullable=False),
    Column("required", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("decision", Text),
    Column("reason", Text, nullable=False, server_default=""),
    Column("decided_by", Uuid),
    Column("decided_at", INSTANT),
    Column("orders", Integer),
    Column("emptied", Integer),
    Column("amount_cents", BigInteger),
    Column("by_telephone", Integer),
    Column("done_at", INSTANT),
)
Index("ix_expired_marks_distribution", expired_marks.c.distribution_id)

late_lines = Table(
    "late_lines",
    metadata,
    Column("late_id", Uuid, nullable=False),
    Column("order_id", Uuid, ForeignKey("orders.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("agreed", Text),
    Column("entered_by", Uuid, nullable=False),
    Column("entered_at", INSTANT, nullable=False, server_default=NOW),
    Column("substitutes", Uuid),
    CheckConstraint("quantity > 0", name="more"),
    PrimaryKeyConstraint("late_id", "offer_id"),
)
Index("ix_late_lines_order", late_lines.c.order_id)

lowered_prices = Table(
    "lowered_prices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("old_price_cents", BigInteger, nullable=False),
    Column("price_cents", BigInteger, nullable=False),
    Column("lowered_by", Uuid, nullable=False),
    Column("lowered_at", INSTANT, nullable=False, server_default=NOW),
    Column("done_at", INSTANT),
    CheckConstraint("price_cents < old_price_cents", name="lower"),
)
Index("ix_lowered_prices_distribution", lowered_prices.c.distribution_id)

raised_prices = Table(
    "raised_prices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("old_price_cents", BigInteger, nullable=False),
    Column("price_cents", BigInteger, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("raised_by", Uuid, nullable=False),
    Column("raised_at", INSTANT, nullable=False, server_default=NOW),
    Column("asked_up_to", Uuid),
    Column("done_at", INSTANT),
    CheckConstraint("price_cents > old_price_cents", name="higher"),
)
Index("ix_raised_prices_distribution", raised_prices.c.distribution_id)

dropped_lines = Table(
    "dropped_lines",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("snapshot_id", BigInteger, ForeignKey("snapshots.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("dropped_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("order_id", "offer_id"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("decision", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("decided_by", Uuid, nullable=False),
    Column("decided_at", INSTANT, nullable=False, server_default=NOW),
    Column("orders", Integer),
    Column("emptied", Integer),
    Column("amount_cents", BigInteger),
    Column("by_telephone", Integer),
    Column("done_at", INSTANT),
    PrimaryKeyConstraint("distribution_id", "offer_id"),
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
    PrimaryKeyConstraint("order_id", "version"),
)

lots = Table(
    "lots",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("producer_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("use_by", Date),
    Column("noted_by", Uuid, nullable=False),
    Column("noted_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("distribution_id", "offer_id", "key"),
)
Index("ix_lots_farm", lots.c.producer_id, lots.c.key)

order_lots = Table(
    "order_lots",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.id"), nullable=False),
    Column("offer_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    PrimaryKeyConstraint("order_id", "offer_id"),
)

recall_notices = Table(
    "recall_notices",
    metadata,
    Column("producer_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("recall_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("declared_by", Uuid, nullable=False),
    Column("declared_at", INSTANT, nullable=False, server_default=NOW),
    Column("said_at", INSTANT),
    PrimaryKeyConstraint("producer_id", "key", "person_id"),
)
Index("ix_recall_notices_recall", recall_notices.c.recall_id)
