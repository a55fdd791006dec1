"""Tables of what happens to a sale once it is open: changes, who comes, late lines, lots, messages."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)

from bus.tables import INSTANT, NOW
from services.orders.store.tables import metadata

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

group_messages = Table(
    "group_messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid),
    Column("producer_name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Uuid, nullable=False),
    Column("written_at", INSTANT, nullable=False, server_default=NOW),
    Column("by_mail", Integer, nullable=False),
    Column("by_telephone", Integer, nullable=False),
    Column("told_up_to", Uuid),
    Column("done_at", INSTANT),
)
Index("ix_group_messages_distribution", group_messages.c.distribution_id, group_messages.c.written_at)
Index("ix_group_messages_writer", group_messages.c.written_by)
