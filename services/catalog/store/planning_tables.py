"""Tables of who sells where, of what is planned, and of who takes part."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
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
from sqlalchemy.dialects.postgresql import JSONB

from bus.tables import INSTANT, NOW
from services.catalog.store.tables import WALL, metadata

admissions = Table(
    "admissions",
    metadata,
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Uuid, nullable=False),
    Column("decided_at", INSTANT, nullable=False, server_default=NOW),
    Column("far_reason", Text, nullable=False, server_default=""),
    Column("accepted_version", Integer, nullable=False, server_default="0"),
    Column("accepted_name", Text, nullable=False, server_default=""),
    Column("accepted_by", Uuid),
    Column("accepted_at", INSTANT),
    Column("usual_venue_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    PrimaryKeyConstraint("market_id", "producer_id"),
)
Index("ix_admissions_producer_id", admissions.c.producer_id)

distributions = Table(
    "distributions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("venue_id", Uuid, ForeignKey("venues.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("wall_opens_at", WALL, nullable=False),
    Column("wall_closes_at", WALL, nullable=False),
    Column("wall_starts_at", WALL, nullable=False),
    Column("wall_ends_at", WALL, nullable=False),
    Column("opens_at", INSTANT, nullable=False),
    Column("closes_at", INSTANT, nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("sheet_version", Integer, nullable=False, server_default="0"),
    Column("heard_seq", BigInteger, nullable=False, server_default="0"),
    Column("slots", JSONB(none_as_null=True)),
    Column("shifted_seq", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("opens_at < closes_at and closes_at <= starts_at and starts_at <= ends_at", name="times"),
)
Index("ix_distributions_market_id", distributions.c.market_id, distributions.c.starts_at)

participations = Table(
    "participations",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("presence", Text, nullable=False),
    Column("wall_closes_at", WALL),
    Column("closes_at", INSTANT),
    Column("threshold_cents", Integer),
    Column("decided_by", Uuid, nullable=False),
    PrimaryKeyConstraint("distribution_id", "producer_id"),
)

refused_offers = Table(
    "refused_offers",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, ForeignKey("offers.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("lack", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("valid_until", Date),
    Column("marks", ARRAY(Text), nullable=False),
    PrimaryKeyConstraint("distribution_id", "offer_id"),
)
